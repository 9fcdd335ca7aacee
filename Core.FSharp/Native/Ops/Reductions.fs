namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Reductions.
[<AutoOpen>]
module internal ReductionOps =

    type private T = torch.Tensor

    [<RequireQualifiedAccess>]
    module Ops =

        let sum a = unary "sum" a _.sum()
        let sumOver (axes: int64[]) keep a = unary "sum" a (fun a -> a.sum (axes, keep))
        let mean a = unary "mean" a _.mean()
        let meanOver (axes: int64[]) keep a = unary "mean" a (fun a -> a.mean (axes, keep))

        let varOver (axes: int64[]) (unbiased: bool) keep a =
            requireFloating "variance" a
            unary "variance" a (fun a -> a.var (axes, unbiased, keep))

        let max a = unary "max" a _.max()
        let min a = unary "min" a _.min()
        let maxOver (axis: int64) keep a = unary "max" a (fun a -> a.amax ([| axis |], keep))
        let argmax (axis: int64) a = unary "argmax" a (fun a -> a.argmax axis)
        let all a = unary "all" a _.all()
        let softmax (axis: int64) a = unary "softmax" a (fun a -> a.softmax axis)
        let logsoftmax (axis: int64) a = unary "logsoftmax" a (fun a -> a.log_softmax axis)
