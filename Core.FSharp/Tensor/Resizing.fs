namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Wrapping

/// The last axes in other lengths: images made larger or smaller.
[<AutoOpen>]
module TensorResizing =

    /// The last axes in other lengths: images made larger or smaller.
    [<RequireQualifiedAccess>]
    module Tensor =

        // The axes that change, each with its new length.
        let private changed name (lengths: int seq) (x: Tensor) =
            let lengths = Seq.toArray lengths

            if lengths.Length = 0 || lengths.Length > x.Rank then
                refuse name x $"{lengths.Length} lengths were given for its last axes"

            [|
                for i, length in Array.indexed lengths do
                    let axis = x.Rank - lengths.Length + i

                    if length < 1 || x.Shape[axis] < 1 then
                        refuse name x $"axis {axis} cannot get the length {length}"

                    if length <> x.Shape[axis] then
                        struct (axis, length)
            |]

        let private pick axis (places: int64[]) (x: Tensor) =
            Tensor.indexSelect axis (Tensor.ofLongs [ places.Length ] places |> beside x) x

        // The middle of cell i of so many cells, in cells of the axis that is read.
        let private middle (from: int) (length: int) i = (float i + 0.5) * float from / float length - 0.5

        let private linear (x: Tensor) (struct (axis, length)) =
            let from = x.Shape[axis]
            let at = Array.init length (fun i -> Math.Clamp(middle from length i, 0.0, float (from - 1)))
            let below = at |> Array.map (floor >> int64)
            let above = below |> Array.map (fun place -> Math.Min(place + 1L, int64 (from - 1)))
            let along = Array.init x.Rank (fun i -> if i = axis then length else 1)

            let weight =
                Array.map2 (fun at below -> at - float below) at below
                |> Tensor.tensorOf x.Dtype
                |> Tensor.reshape along
                |> beside x

            let low = pick axis below x
            low + weight * (pick axis above x - low)

        let private nearest (x: Tensor) (struct (axis, length)) =
            let from = x.Shape[axis]

            // ⌊(i + ½)·from/length⌋, in whole numbers.
            let place i = (2L * int64 i + 1L) * int64 from / (2L * int64 length)
            pick axis (Array.init length place) x

        /// The last axes in other lengths, linear between the middles of neighbouring elements (half-pixel centres, the ends
        /// repeated; PyTorch's `align_corners=False`): `resize [ h; w ]` of [n; c; …; …] is [n; c; h; w], bilinear. Smaller images
        /// are not smoothed first.
        let resize (lengths: int seq) (x: Tensor) : Tensor =
            Native.requireFloating "resize" x.Raw
            let changed = changed "resize" lengths x
            under "resize" (fun () -> Array.fold linear x changed)

        /// The last axes in other lengths, each element that of the nearest middle (half-pixel centres, PyTorch's
        /// `nearest-exact`): `resizeNearest [ h; w ]` of [n; c; …; …] is [n; c; h; w].
        let resizeNearest (lengths: int seq) (x: Tensor) : Tensor =
            let changed = changed "resizeNearest" lengths x
            under "resizeNearest" (fun () -> Array.fold nearest x changed)
