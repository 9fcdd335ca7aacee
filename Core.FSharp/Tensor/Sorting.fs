namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Wrapping

/// Orders, distinct elements and counts. NaN is sorted behind all numbers.
[<AutoOpen>]
module TensorSorting =

    /// Orders, distinct elements and counts. NaN is sorted behind all numbers.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// The elements along one axis in order, and the positions they had, int64; equal ones keep their order.
        let sort (axis: int) (descending: bool) (x: Tensor) : Tensor * Tensor =
            liftPair (Ops.sort (int64 axis) descending) x

        /// The positions that the elements along one axis have before they are sorted, int64.
        let argsort (axis: int) (descending: bool) (x: Tensor) : Tensor =
            under "argsort" (fun () ->
                let _, positions = sort axis descending x
                positions)

        /// The largest elements along one axis, the largest first, and their positions, int64: the axis has length count.
        let topk (count: int) (axis: int) (x: Tensor) : Tensor * Tensor =
            let length = Native.size x.Raw (Native.axisOf "topk" axis x.Raw)

            if count < 0 || int64 count > length then
                invalidArg (nameof count) $"topk cannot take {count} elements of axis {axis} of {x}"

            liftPair (Ops.topk count axis) x

        // By sorting, which is differentiable where libtorch's own is not: the sorted elements, the position each had, and
        // whether each differs from the one before it.
        let private runs (x: Tensor) =
            let sorted, positions = sort 0 false (Tensor.reshape [ -1 ] x)
            let count = sorted.Shape[0]
            // Of no elements none is the first.
            let one = min 1 count
            let first = Tensor.cast Dtype.Bool (Tensor.onesLike (Tensor.slice 0 0 one sorted))
            let differs = Tensor.ne (Tensor.slice 0 one count sorted) (Tensor.slice 0 0 (count - one) sorted)
            sorted, positions, Tensor.cat 0 [ first; differs ]

        let private distinct sorted starts =
            let places = lift Ops.positions starts
            Tensor.indexSelect 0 places sorted, places

        /// The distinct elements in order: [m]. The first of equal ones has the derivative.
        let unique (x: Tensor) : Tensor =
            under "unique" (fun () ->
                let sorted, _, starts = runs x
                let values, _ = distinct sorted starts
                values)

        /// The distinct elements in order, [m], and how often each occurs, int64 [m].
        let uniqueWithCounts (x: Tensor) : Tensor * Tensor =
            under "uniqueWithCounts" (fun () ->
                let sorted, _, starts = runs x
                let values, places = distinct sorted starts

                let ends =
                    Tensor.cat
                        0
                        [
                            Tensor.slice 0 (min 1 places.Shape[0]) places.Shape[0] places
                            Tensor.move x.Device (Tensor.ofInts [ sorted.Shape[0] ])
                        ]

                values, Tensor.slice 0 0 places.Shape[0] ends - places)

        /// The distinct elements in order, [m], and the position of each element of x among them, int64, with the shape of x.
        let uniqueWithInverse (x: Tensor) : Tensor * Tensor =
            under "uniqueWithInverse" (fun () ->
                let sorted, positions, starts = runs x
                let values, _ = distinct sorted starts
                let places = lift (Ops.cumsum 0L) starts - 1
                let back = argsort 0 false positions
                values, Tensor.reshape x.Shape (Tensor.indexSelect 0 back places))

        /// The position of each element of x in a sorted vector: of the first element that is at least as large, and with
        /// `right` of the first that is larger. int64, with the shape of x.
        let searchsorted (right: bool) (sorted: Tensor) (x: Tensor) : Tensor =
            if sorted.Rank <> 1 then
                invalidArg (nameof sorted) $"searchsorted looks into a sorted vector, but was given {sorted}"

            lift2 (Ops.bucketize right) sorted x

        /// How often each of 0, 1, … occurs in a vector of whole numbers of at least 0: int64, at least `least` long.
        let bincount (least: int) (x: Tensor) : Tensor =
            if least < 0 then
                invalidArg (nameof least) $"bincount: a length of at least {least} has no meaning"

            lift (Ops.bincount (int64 least)) x

        /// How many elements lie in each of `bins` parts of equal width from low to high: int64 [bins]. The lower end
        /// belongs to a part, of the last one the upper end too; NaN and what lies outside is not counted.
        let histogram (bins: int) (low: float) (high: float) (x: Tensor) : Tensor =
            if bins < 1 then
                invalidArg (nameof bins) $"histogram needs at least one part, but was given {bins}"

            if not (low < high && Double.IsFinite(high - low)) then
                invalidArg (nameof low) $"histogram goes from low to high, not from {invariant low} to {invariant high}"

            under "histogram" (fun () ->
                let x = Tensor.stopGradient x |> Tensor.cast Dtype.Float64
                let width = (high - low) / float bins
                let ends = [| for i in 0..bins -> if i = bins then high else low + float i * width |]
                let ends = Tensor.move x.Device (Tensor.ofDoubles [ bins + 1 ] ends)

                // Of each element, how many ends are not above it: 0 below low, bins + 1 from high on.
                let counts = bincount (bins + 2) (Tensor.reshape [ -1 ] (searchsorted true ends x))
                let last = Tensor.slice 0 bins (bins + 1) counts + Tensor.countNonzero (Tensor.eqNumber high x)
                Tensor.cat 0 [ Tensor.slice 0 1 bins counts; last ])
