namespace Functional.FSharp

open Functional
open Functional.FSharp.Wrapping

/// Reductions of all elements; `…Over` reduces one axis, which goes, `…Keeping` one that stays with length 1, and
/// `…OverAxes` and `…KeepingAxes` several. Axes count from the end where negative.
[<AutoOpen>]
module TensorReductions =

    /// Reductions of all elements; `…Over` reduces one axis, which goes, `…Keeping` one that stays with length 1, and
    /// `…OverAxes` and `…KeepingAxes` several. Axes count from the end where negative.
    [<RequireQualifiedAccess>]
    module Tensor =

        // libtorch takes no axes for all axes, others for none.
        let private several name (axes: int seq) =
            let axes = wide axes

            if axes.Length = 0 then
                invalidArg (nameof axes) $"{name} over axes needs at least one; without axes it is over all elements"

            axes

        /// The sum of all elements: []. Whole numbers and truth values give int64, which wraps around beyond 64 bits.
        let sum (x: Tensor) = lift Ops.sum x
        let internal sumAlong keep (axis: int) (x: Tensor) = lift (Ops.sumOver [| int64 axis |] keep) x
        let internal sumAlongAxes keep (axes: int seq) (x: Tensor) = lift (Ops.sumOver (several "sum" axes) keep) x
        /// The sum over one axis, which goes.
        let sumOver (axis: int) (x: Tensor) = sumAlong false axis x
        /// The sum over one axis, which stays with length 1.
        let sumKeeping (axis: int) (x: Tensor) = sumAlong true axis x
        /// The sum over several axes, which go.
        let sumOverAxes (axes: int seq) (x: Tensor) = sumAlongAxes false axes x
        /// The sum over several axes, which stay with length 1.
        let sumKeepingAxes (axes: int seq) (x: Tensor) = sumAlongAxes true axes x

        /// The mean of all elements: []; of no elements NaN.
        let mean (x: Tensor) = lift Ops.mean x
        let internal meanAlong keep (axis: int) (x: Tensor) = lift (Ops.meanOver [| int64 axis |] keep) x
        let internal meanAlongAxes keep (axes: int seq) (x: Tensor) = lift (Ops.meanOver (several "mean" axes) keep) x
        /// The mean over one axis, which goes.
        let meanOver (axis: int) (x: Tensor) = meanAlong false axis x
        /// The mean over one axis, which stays with length 1.
        let meanKeeping (axis: int) (x: Tensor) = meanAlong true axis x
        /// The mean over several axes, which go.
        let meanOverAxes (axes: int seq) (x: Tensor) = meanAlongAxes false axes x
        /// The mean over several axes, which stay with length 1.
        let meanKeepingAxes (axes: int seq) (x: Tensor) = meanAlongAxes true axes x

        /// The product of all elements: []; of none 1. Whole numbers and truth values give int64.
        let prod (x: Tensor) = lift Ops.prod x
        let internal prodAlong keep (axis: int) (x: Tensor) = lift (Ops.prodOver (int64 axis) keep) x
        /// The product over one axis, which goes.
        let prodOver (axis: int) (x: Tensor) = prodAlong false axis x
        /// The product over one axis, which stays with length 1.
        let prodKeeping (axis: int) (x: Tensor) = prodAlong true axis x

        /// ln Σ eˣ over all elements: [], without overflow; of no elements -∞. Where all are -∞ its derivative is taken as 0, and where
        /// some are ∞ these share it.
        let logsumexp (x: Tensor) =
            under "logsumexp" (fun () -> lift (Ops.reshape [| -1L |]) x |> lift (Ops.logsumexp 0L false))

        let internal logsumexpAlong keep (axis: int) (x: Tensor) = lift (Ops.logsumexp (int64 axis) keep) x
        /// ln Σ eˣ over one axis, which goes.
        let logsumexpOver (axis: int) (x: Tensor) = logsumexpAlong false axis x
        /// ln Σ eˣ over one axis, which stays with length 1.
        let logsumexpKeeping (axis: int) (x: Tensor) = logsumexpAlong true axis x

        /// Whether any element is not 0: [], bool.
        let any (x: Tensor) = lift Ops.any x
        let internal anyAlong keep (axis: int) (x: Tensor) = lift (Ops.anyOver (int64 axis) keep) x
        /// Whether any element over one axis is not 0; the axis goes.
        let anyOver (axis: int) (x: Tensor) = anyAlong false axis x
        /// Whether any element over one axis is not 0; the axis stays with length 1.
        let anyKeeping (axis: int) (x: Tensor) = anyAlong true axis x

        /// Whether no element is 0: [], bool.
        let all (x: Tensor) = lift Ops.all x
        let internal allAlong keep (axis: int) (x: Tensor) = lift (Ops.allOver (int64 axis) keep) x
        /// Whether no element over one axis is 0; the axis goes.
        let allOver (axis: int) (x: Tensor) = allAlong false axis x
        /// Whether no element over one axis is 0; the axis stays with length 1.
        let allKeeping (axis: int) (x: Tensor) = allAlong true axis x

        /// How many elements are not 0, NaN among them: [], int64.
        let countNonzero (x: Tensor) = lift Ops.countNonzero x
        let internal countNonzeroAlong keep (axis: int) (x: Tensor) = lift (Ops.countNonzeroOver (int64 axis) keep) x
        /// How many elements over one axis are not 0; the axis goes.
        let countNonzeroOver (axis: int) (x: Tensor) = countNonzeroAlong false axis x
        /// How many elements over one axis are not 0; the axis stays with length 1.
        let countNonzeroKeeping (axis: int) (x: Tensor) = countNonzeroAlong true axis x
