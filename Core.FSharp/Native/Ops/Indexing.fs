namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Elements picked by place and by truth, and copies with some of them replaced.
[<AutoOpen>]
module internal IndexingOps =

    type private T = torch.Tensor

    [<RequireQualifiedAccess>]
    module Ops =

        let indexSelect (axis: int64) a index =
            binary "indexSelect" a index (fun a index -> a.index_select (axis, index))

        let gather (axis: int64) a index = binary "gather" a index (fun a index -> a.gather (axis, index))

        let scatter (axis: int64) (index: T) (values: T) (a: T) =
            many "scatter" [| a; index; values |] (fun all -> all[0].scatter(axis, all[1], all[2]))

        let scatterAdd (axis: int64) (index: T) (values: T) (a: T) =
            many "scatterAdd" [| a; index; values |] (fun all -> all[0].scatter_add(axis, all[1], all[2]))

        let indexAdd (axis: int64) (index: T) (values: T) (a: T) =
            many "indexAdd" [| a; index; values |] (fun all -> all[0].index_add(axis, all[1], all[2], one.Value))

        let selectScatter (axis: int64) (index: int64) (part: T) (a: T) =
            binary "put" a part (fun a part -> a.select_scatter (part, axis, index))

        let sliceScatter (axis: int64) (start: int64) (stop: int64) (step: int64) (part: T) (a: T) =
            binary "put" a part (fun a part -> a.slice_scatter (part, axis, Nullable start, Nullable stop, step))

        let maskedFill (mask: T) (value: float) a =
            binary "maskedFill" a mask (fun a mask -> withScalar value (fun s -> a.masked_fill (mask, s)))

        let maskedSelect (mask: T) a = binary "maskedSelect" a mask (fun a mask -> a.masked_select mask)
        let nonzero a = unary "nonzero" a _.nonzero()
