namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Wrapping

/// More elements around those that are there. Widths stand for the last axes: before and after each, in elements.
[<AutoOpen>]
module TensorPadding =

    /// More elements around those that are there.
    [<RequireQualifiedAccess>]
    module Tensor =

        // The axes that are widened, each with how many elements before and after it.
        let private widened name (widths: (int * int) seq) (x: Tensor) =
            let widths = Seq.toArray widths

            if widths.Length > x.Rank then
                refuse name x $"{widths.Length} axes have widths"

            [|
                for i, (before, after) in Array.indexed widths do
                    if before < 0 || after < 0 then
                        refuse name x $"({before}, {after}) are no widths"

                    struct (x.Rank - widths.Length + i, before, after)
            |]

        /// One number around the elements of the last axes: `pad 0.0 [ 1, 1; 2, 0 ]` of [n; m] is [n + 2; m + 2].
        let pad (value: float) (widths: (int * int) seq) (x: Tensor) =
            requireFits "pad" x.Dtype value

            let native =
                [|
                    for struct (_, before, after) in Array.rev (widened "pad" widths x) do
                        int64 before
                        int64 after
                |]

            lift (Ops.pad native value) x

        // Along each axis in turn: what `before` and `after` give is put to both sides.
        let private around name (widths: (int * int) seq) most (side: bool -> int -> int -> Tensor -> Tensor) x =
            let mutable result = x

            for struct (axis, before, after) in widened name widths x do
                let length = x.Shape[axis]
                let widest = Math.Max(before, after)

                if widest > 0 && widest > most length then
                    refuse name x $"axis {axis} is too short for the widths ({before}, {after})"

                if widest > 0 then
                    let widen () =
                        Tensor.cat
                            axis
                            [
                                if before > 0 then
                                    side true axis before result
                                result
                                if after > 0 then
                                    side false axis after result
                            ]

                    result <- under name widen

            if not (isNull Tally.Current) then
                let before = Array.create (max 0 (x.Rank - 2)) 0L

                for struct (axis, width, _) in widened name widths x do
                    if axis >= 2 then
                        before[axis - 2] <- int64 width

                Tally.Shifted(x.Raw, result.Raw, before)

            result

        let private part axis (start: int) (stop: int) x = lift (Ops.slice (int64 axis) (int64 start) (int64 stop) 1L) x

        /// The elements of the last axes mirrored at their ends, which are not repeated: 3 2 | 1 2 3 | 2 1.
        let padReflect (widths: (int * int) seq) (x: Tensor) =
            let side isBefore axis width (x: Tensor) =
                let length = x.Shape[axis]
                let start = if isBefore then 1 else length - 1 - width
                Tensor.flip [ axis ] (part axis start (start + width) x)

            around "padReflect" widths (fun length -> length - 1) side x

        /// The elements at the ends of the last axes repeated: 1 1 | 1 2 3 | 3 3.
        let padReplicate (widths: (int * int) seq) (x: Tensor) =
            let side isBefore axis width (x: Tensor) =
                let length = x.Shape[axis]
                let edge = if isBefore then part axis 0 1 x else part axis (length - 1) length x
                Tensor.expand (Array.updateAt axis width x.Shape) edge

            around "padReplicate" widths (fun length -> if length = 0 then 0 else Int32.MaxValue) side x

        /// The last axes gone on with from their other end: 2 3 | 1 2 3 | 1 2.
        let padCircular (widths: (int * int) seq) (x: Tensor) =
            let side isBefore axis width (x: Tensor) =
                let length = x.Shape[axis]
                if isBefore then part axis (length - width) length x else part axis 0 width x

            around "padCircular" widths id side x

        /// Zeros between the elements, so that neighbours along the i-th axis stand `steps[i]` apart: [n; m] with [2; 3] is
        /// [2n - 1; 3m - 2].
        let dilate (steps: int seq) (x: Tensor) : Tensor =
            let steps = Seq.toArray steps

            if steps.Length <> x.Rank || Array.exists (fun step -> step < 1) steps then
                refuse "dilate" x $"it takes a step of at least 1 for each axis, not {showShape steps}"

            under "dilate" (fun () ->
                let mutable result = x

                for axis, step in Array.indexed steps do
                    let length = int64 x.Shape[axis]

                    if step > 1 && length > 0L then
                        // Zeros behind each element as an axis of their own, which is then merged with it.
                        let widths =
                            [|
                                for _ in axis + 1 .. x.Rank - 1 do
                                    0L
                                    0L
                                0L
                                int64 (step - 1)
                            |]

                        let merged = Array.updateAt axis (length * int64 step) (Native.shape result.Raw)
                        let apart = Ops.unsqueeze (int64 axis + 1L) >> Ops.pad widths 0.0 >> Ops.reshape merged
                        let stop = (length - 1L) * int64 step + 1L
                        result <- lift (apart >> Ops.slice (int64 axis) 0L stop 1L) result

                result)

        /// Every `steps[i]`-th element of the i-th axis, from the first on: what `dilate` was given.
        let undilate (steps: int seq) (x: Tensor) : Tensor =
            let steps = Seq.toArray steps

            if steps.Length <> x.Rank || Array.exists (fun step -> step < 1) steps then
                refuse "undilate" x $"it takes a step of at least 1 for each axis, not {showShape steps}"

            under "undilate" (fun () ->
                Array.indexed steps
                |> Array.fold (fun x (axis, step) -> lift (Ops.slice (int64 axis) 0L Int64.MaxValue (int64 step)) x) x)
