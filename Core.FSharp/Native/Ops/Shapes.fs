namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Shapes and indices.
[<AutoOpen>]
module internal ShapeOps =

    type private T = torch.Tensor

    [<RequireQualifiedAccess>]
    module Ops =

        let reshape (shape: int64[]) a =
            try
                unary "reshape" a (fun a -> a.reshape shape)
            with :? ArgumentException as error ->
                raise (ArgumentException($"reshape to {showShape shape}: {error.Message}"))

        let transpose (i: int64) (j: int64) a = unary "transpose" a (fun a -> a.transpose (i, j))
        let permute (axes: int64[]) a = unary "permute" a (fun a -> a.permute axes)
        let expand (shape: int64[]) a = unary "expand" a (fun a -> a.expand shape)
        let squeeze (axis: int64) a = unary "squeeze" a (fun a -> a.squeeze (Nullable axis))
        let unsqueeze (axis: int64) a = unary "unsqueeze" a (fun a -> a.unsqueeze axis)
        let flip (axes: int64[]) a = unary "flip" a (fun a -> a.flip axes)

        let slice (axis: int64) (start: int64) (stop: int64) (step: int64) a =
            unary "slice" a (fun a -> a.slice (axis, start, stop, step))

        let select (axis: int64) (index: int64) a = unary "select" a (fun a -> a.select (axis, index))
        let roll (axis: int64) (by: int64) a = unary "roll" a (fun a -> a.roll ([| by |], [| axis |]))
        let tril (offset: int64) a = unary "tril" a (fun a -> a.tril offset)
        let triu (offset: int64) a = unary "triu" a (fun a -> a.triu offset)

        let diagonal (offset: int64) (i: int64) (j: int64) a = unary "diagonal" a (fun a -> a.diagonal (offset, i, j))

        let diag a = unary "diag" a (fun a -> a.diag_embed (0L, -2L, -1L))

        let unfold (axis: int64) (size: int64) (step: int64) a = unary "unfold" a (fun a -> a.unfold (axis, size, step))

        let cat (axis: int64) (parts: T[]) = many "cat" parts (fun parts -> torch.cat (parts, axis))
        let stack (axis: int64) (parts: T[]) = many "stack" parts (fun parts -> torch.stack (parts, axis))

        /// Numbers around the elements: the widths before and after each axis, the last axis first.
        let pad (widths: int64[]) (value: float) a =
            let result = unary "pad" a (fun a -> torch.nn.functional.pad (a, widths, PaddingModes.Constant, value))

            if not (isNull Tally.Current) then
                let axes = rank a - 2
                let before axis = if 2 * axis < widths.Length then widths[2 * axis] else 0L
                Tally.Shifted(a, result, Array.init (max 0 axes) (fun axis -> before (axes - 1 - axis)))

            result
