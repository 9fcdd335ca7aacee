namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Wrapping

/// The same elements in other shapes.
[<AutoOpen>]
module TensorShapes =

    /// The same elements in other shapes.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// The same elements in another shape; one axis may be -1: what remains.
        let reshape (shape: int seq) (x: Tensor) = lift (Ops.reshape (wide shape)) x

        /// The axes from first to last as one: `flatten 1 -1` makes [n; c; h; w] to [n; c·h·w].
        let flatten (first: int) (last: int) (x: Tensor) =
            if x.Rank = 0 then
                reshape [ 1 ] x
            else
                let first, last = axisOf "flatten" first x, axisOf "flatten" last x

                if first > last then
                    refuse "flatten" x $"axis {first} lies behind axis {last}"

                let shape = Native.shape x.Raw
                let length = Array.fold (*) 1L shape[first..last]
                let shape = Array.concat [ shape[.. first - 1]; [| length |]; shape[last + 1 ..] ]
                under "flatten" (fun () -> lift (Ops.reshape shape) x)

        /// One axis as several, whose lengths multiply to its own; one of them may be -1: what remains.
        let unflatten (axis: int) (lengths: int seq) (x: Tensor) =
            let axis = axisOf "unflatten" axis x
            let lengths = wide lengths
            let shape = Native.shape x.Raw
            let known = lengths |> Array.filter (fun n -> n <> -1L) |> Array.fold (*) 1L

            let whole = lengths |> Array.map (fun n -> if n = -1L && known > 0L then shape[axis] / known else n)

            if Array.exists (fun n -> n < 0L) whole || Array.fold (*) 1L whole <> shape[axis] then
                refuse "unflatten" x $"axis {axis} has not the lengths {Native.showShape lengths}"

            let shape = Array.concat [ shape[.. axis - 1]; whole; shape[axis + 1 ..] ]
            under "unflatten" (fun () -> lift (Ops.reshape shape) x)

        /// Two axes exchanged.
        let transpose (i: int) (j: int) (x: Tensor) = lift (Ops.transpose (int64 i) (int64 j)) x

        /// The axes in another order.
        let permute (axes: int seq) (x: Tensor) = lift (Ops.permute (wide axes)) x

        /// One axis brought to another place; the others keep their order.
        let movedim (source: int) (destination: int) (x: Tensor) =
            let source, destination = axisOf "movedim" source x, axisOf "movedim" destination x
            let others = [| 0 .. x.Rank - 1 |] |> Array.filter (fun axis -> axis <> source)
            permute (Array.insertAt destination source others) x

        /// Axes of length 1 stretched, and new axes put in front, up to this shape; -1 leaves an axis as it is.
        let expand (shape: int seq) (x: Tensor) = lift (Ops.expand (wide shape)) x

        /// Without this axis of length 1.
        let squeeze (axis: int) (x: Tensor) = lift (Ops.squeeze (int64 axis)) x

        /// Without all axes of length 1.
        let squeezeAll (x: Tensor) =
            let shape = Native.shape x.Raw |> Array.filter (fun n -> n <> 1L)
            under "squeezeAll" (fun () -> lift (Ops.reshape shape) x)

        /// With a new axis of length 1 at this place.
        let unsqueeze (axis: int) (x: Tensor) = lift (Ops.unsqueeze (int64 axis)) x

        /// The shape of what two tensors of these shapes give together: aligned at the end, an axis of length 1 stretches.
        let broadcastShapes (a: int seq) (b: int seq) : int[] =
            let a, b = Seq.toArray a, Seq.toArray b
            let rank = Math.Max(a.Length, b.Length)
            let widen (shape: int[]) = Array.append (Array.create (rank - shape.Length) 1) shape

            Array.map2
                (fun n m ->
                    if n = m || m = 1 then
                        n
                    elif n = 1 then
                        m
                    else
                        raise (
                            ArgumentException
                                $"broadcastShapes: {showShape a} and {showShape b} do not fit: one has {n} where the other has {m}"
                        ))
                (widen a)
                (widen b)

        /// The tensors stretched to the one shape that they have together.
        let broadcast (parts: Tensor seq) : Tensor[] =
            let parts = Seq.toArray parts

            under "broadcast" (fun () ->
                let shape = parts |> Array.fold (fun shape (part: Tensor) -> broadcastShapes shape part.Shape) [||]
                parts |> Array.map (expand shape))

        /// Sums over the axes that `expand` would stretch, so that this shape is left: [n; m] to [m] or [n; 1].
        let sumToSize (shape: int seq) (x: Tensor) : Tensor =
            let shape = Seq.toArray shape
            let more = x.Rank - shape.Length

            if
                more < 0
                || shape |> Seq.indexed |> Seq.exists (fun (i, n) -> n <> 1 && n <> x.Shape[more + i] || n < 0)
            then
                refuse "sumToSize" x $"it is no tensor of shape {showShape shape} stretched"

            let axes =
                [|
                    for axis in 0 .. x.Rank - 1 do
                        if axis < more || shape[axis - more] = 1 && x.Shape[axis] <> 1 then
                            int64 axis
                |]

            under "sumToSize" (fun () ->
                if axes.Length = 0 then
                    x
                else
                    lift (Ops.sumOver axes true >> Ops.reshape (wide shape)) x)
