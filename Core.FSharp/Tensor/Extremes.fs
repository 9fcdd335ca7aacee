namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Wrapping

/// The largest and the smallest elements, and their positions: the first of equals. NaN counts as larger and as smaller
/// than any number. Of no elements there is neither: an ArgumentException.
[<AutoOpen>]
module TensorExtremes =

    /// The largest and the smallest elements, and their positions: the first of equals. NaN counts as larger and as
    /// smaller than any number. Of no elements there is neither: an ArgumentException.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// The largest element: []. Equal ones share the derivative.
        let max (x: Tensor) = lift Ops.max x
        let internal maxAlong keep (axis: int) (x: Tensor) = lift (Ops.maxOver (int64 axis) keep) x
        /// The largest element over one axis, which goes. Equal ones share the derivative.
        let maxOver (axis: int) (x: Tensor) = maxAlong false axis x
        /// The largest element over one axis, which stays with length 1.
        let maxKeeping (axis: int) (x: Tensor) = maxAlong true axis x

        /// The smallest element: []. Equal ones share the derivative.
        let min (x: Tensor) = lift Ops.min x
        let internal minAlong keep (axis: int) (x: Tensor) = lift (Ops.minOver (int64 axis) keep) x
        /// The smallest element over one axis, which goes. Equal ones share the derivative.
        let minOver (axis: int) (x: Tensor) = minAlong false axis x
        /// The smallest element over one axis, which stays with length 1.
        let minKeeping (axis: int) (x: Tensor) = minAlong true axis x

        let internal maxWithIndexAlong keep (axis: int) (x: Tensor) = liftPair (Ops.maxWithIndex (int64 axis) keep) x
        /// The largest element over one axis and its position, int64; the axis goes. The position's element alone has a derivative.
        let maxWithIndex (axis: int) (x: Tensor) : Tensor * Tensor = maxWithIndexAlong false axis x

        let internal minWithIndexAlong keep (axis: int) (x: Tensor) = liftPair (Ops.minWithIndex (int64 axis) keep) x
        /// The smallest element over one axis and its position, int64; the axis goes. The position's element alone has a derivative.
        let minWithIndex (axis: int) (x: Tensor) : Tensor * Tensor = minWithIndexAlong false axis x

        /// The position of the largest element among all, the last axis running fastest: [], int64.
        let argmax (x: Tensor) = lift Ops.argmax x
        let internal argmaxAlong keep (axis: int) (x: Tensor) = lift (Ops.argmaxOver (int64 axis) keep) x
        /// The position of the largest element over one axis, which goes: int64.
        let argmaxOver (axis: int) (x: Tensor) = argmaxAlong false axis x
        /// The position of the largest element over one axis, which stays with length 1: int64.
        let argmaxKeeping (axis: int) (x: Tensor) = argmaxAlong true axis x

        /// The position of the smallest element among all, the last axis running fastest: [], int64.
        let argmin (x: Tensor) = lift Ops.argmin x
        let internal argminAlong keep (axis: int) (x: Tensor) = lift (Ops.argminOver (int64 axis) keep) x
        /// The position of the smallest element over one axis, which goes: int64.
        let argminOver (axis: int) (x: Tensor) = argminAlong false axis x
        /// The position of the smallest element over one axis, which stays with length 1: int64.
        let argminKeeping (axis: int) (x: Tensor) = argminAlong true axis x

        // A place among all elements as one for each axis.
        let private placeOf (x: Tensor) (flat: Tensor) : int[] =
            let mutable rest = Ops.whole "place" flat.Raw

            Native.shape x.Raw
            |> Array.rev
            |> Array.map (fun length ->
                let place = int (rest % length)
                rest <- rest / length
                place)
            |> Array.rev

        /// The position of the largest element along each axis: as many numbers as axes.
        let argmaxIndex (x: Tensor) : int[] = placeOf x (argmax x)

        /// The position of the smallest element along each axis: as many numbers as axes.
        let argminIndex (x: Tensor) : int[] = placeOf x (argmin x)
