namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Wrapping

/// Elements in another order, repeated, or looked at through windows.
[<AutoOpen>]
module TensorRearranging =

    /// Elements in another order, repeated, or looked at through windows.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// The elements of these axes in reverse order.
        let flip (axes: int seq) (x: Tensor) = lift (Ops.flip (wide axes)) x

        /// The positions of one axis moved on by so many; what leaves at one end comes in at the other.
        let roll (axis: int) (by: int) (x: Tensor) = lift (Ops.roll (int64 (axisOf "roll" axis x)) (int64 by)) x

        /// A quarter turn of the plane of two axes, so many times, from the first axis towards the second.
        let rot90 (times: int) (first: int) (second: int) (x: Tensor) =
            let first, second = axisOf "rot90" first x, axisOf "rot90" second x

            if first = second then
                refuse "rot90" x $"axis {first} spans no plane with itself"

            match (times % 4 + 4) % 4 with
            | 1 -> Tensor.transpose first second (flip [ second ] x)
            | 2 -> flip [ first; second ] x
            | 3 -> flip [ second ] (Tensor.transpose first second x)
            | _ -> x

        /// The whole tensor beside itself, so many times along each of the last axes: `tile [ 2; 3 ]` of [n; m] is [2n; 3m].
        let tile (times: int seq) (x: Tensor) =
            let times = wide times

            if Array.exists (fun n -> n < 0L) times then
                refuse "tile" x $"{Native.showShape times} is no number of times"

            under "tile" (fun () ->
                // A new axis before each one is stretched, and then merged with it.
                let rank = Math.Max(x.Rank, times.Length)
                let widen (axes: int64[]) = Array.append (Array.create (rank - axes.Length) 1L) axes
                let times, shape = widen times, widen (Native.shape x.Raw)
                let split = Array.collect (fun n -> [| 1L; n |]) shape
                let stretched = Array.collect (fun (n, m) -> [| n; m |]) (Array.zip times shape)
                let repeated = Ops.expand stretched
                lift (Ops.reshape split >> repeated >> Ops.reshape (Array.map2 (*) times shape)) x)

        /// The whole tensor beside itself along one axis, so many times.
        let repeat (axis: int) (times: int) (x: Tensor) =
            let axis = axisOf "repeat" axis x

            if times < 0 then
                refuse "repeat" x $"{times} is no number of times"

            under "repeat" (fun () -> tile [ for i in 0 .. x.Rank - 1 -> if i = axis then times else 1 ] x)

        /// Each position of one axis so many times in a row.
        let repeatInterleave (axis: int) (times: int) (x: Tensor) =
            let axis = axisOf "repeatInterleave" axis x

            if times < 0 then
                refuse "repeatInterleave" x $"{times} is no number of times"

            under "repeatInterleave" (fun () ->
                let shape = Native.shape x.Raw
                let stretched = Array.insertAt (axis + 1) (int64 times) shape
                let merged = Array.updateAt axis (shape[axis] * int64 times) shape
                lift (Ops.unsqueeze (int64 axis + 1L) >> Ops.expand stretched >> Ops.reshape merged) x)

        /// Zeros above a diagonal of the last two axes; those beyond the main one have positive offsets.
        let tril (offset: int) (x: Tensor) = lift (Ops.tril (int64 offset)) x

        /// Zeros below a diagonal of the last two axes; those beyond the main one have positive offsets.
        let triu (offset: int) (x: Tensor) = lift (Ops.triu (int64 offset)) x

        /// The elements [i; i + offset] of the plane of two axes, as a new last axis.
        let diagonal (offset: int) (first: int) (second: int) (x: Tensor) =
            let i, j = axisOf "diagonal" first x, axisOf "diagonal" second x

            if i = j then
                refuse "diagonal" x $"axis {i} spans no plane with itself"

            lift (Ops.diagonal (int64 offset) (int64 i) (int64 j)) x

        /// The matrix with a vector on its diagonal: [n] -> [n; n]; leading axes stay.
        let diag (x: Tensor) = lift Ops.diag x

        /// Windows of one axis: so many elements from each `step`-th position on, as a new last axis.
        let unfold (axis: int) (size: int) (step: int) (x: Tensor) =
            let axis = axisOf "unfold" axis x

            if size < 1 || step < 1 || size > x.Shape[axis] then
                refuse "unfold" x $"it has no windows of {size} elements by steps of {step} along axis {axis}"

            lift (Ops.unfold (int64 axis) (int64 size) (int64 step)) x
