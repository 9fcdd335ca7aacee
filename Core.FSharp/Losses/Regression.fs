namespace Functional.FSharp

open Functional

/// Losses of numbers against numbers.
[<AutoOpen>]
module LossRegression =

    let private each name (predicted: Tensor) (target: Tensor) (f: unit -> Tensor) : Tensor =
        if not (Native.sameShape predicted.Raw target.Raw) then
            invalidArg (nameof target) $"{name}: the predictions {predicted} and the targets {target} differ in shape"

        f ()

    /// Losses: from predictions and targets to what is minimised, the mean unless a reduction is given.
    [<RequireQualifiedAccess>]
    module Loss =

        /// (predicted - target)² for each element, reduced. Both of one shape.
        let squaredErrorWith (reduction: Reduction) (predicted: Tensor) (target: Tensor) : Tensor =
            each "squaredError" predicted target (fun () ->
                match reduction with
                | Reduction.Mean when Differentiation.order () <= 1 && predicted.Count > 0 ->
                    Tensor.Of(Ops.mseLoss predicted.Raw target.Raw)
                | reduction -> Reduction.apply reduction (Tensor.square (predicted - target)))

        /// The mean of (predicted - target)² over all elements. Both of one shape.
        let squaredError (predicted: Tensor) (target: Tensor) : Tensor =
            squaredErrorWith Reduction.Mean predicted target

        /// |predicted - target| for each element, reduced. Both of one shape.
        let absoluteErrorWith (reduction: Reduction) (predicted: Tensor) (target: Tensor) : Tensor =
            each "absoluteError" predicted target (fun () ->
                Reduction.apply reduction (Tensor.abs (predicted - target)))

        /// The mean of |predicted - target| over all elements. Both of one shape.
        let absoluteError (predicted: Tensor) (target: Tensor) : Tensor =
            absoluteErrorWith Reduction.Mean predicted target

        /// e²/2 where |e| ≤ δ and δ·(|e| - δ/2) beyond, e = predicted - target, for each element, reduced
        /// (Huber 1964, https://doi.org/10.1214/aoms/1177703732). Both of one shape, δ positive.
        let huberWith (reduction: Reduction) (delta: float) (predicted: Tensor) (target: Tensor) : Tensor =
            if not (delta > 0.0) then
                invalidArg (nameof delta) $"huber: delta is positive, not {delta}"

            each "huber" predicted target (fun () ->
                // With a = min(|e|, δ): a²/2 + δ·(|e| - a).
                let error = Tensor.abs (predicted - target)
                let near = Tensor.clampMax delta error
                Reduction.apply reduction (0.5 * Tensor.square near + delta * (error - near)))

        /// The mean of Huber's loss over all elements. Both of one shape, δ positive.
        let huber (delta: float) (predicted: Tensor) (target: Tensor) : Tensor =
            huberWith Reduction.Mean delta predicted target

        /// max(0, 1 - target·score) for each element, reduced; targets are -1 or 1. Both of one shape.
        let hingeWith (reduction: Reduction) (scores: Tensor) (target: Tensor) : Tensor =
            each "hinge" scores target (fun () -> Reduction.apply reduction (Tensor.relu (1.0 - target * scores)))

        /// The mean of max(0, 1 - target·score) over all elements; targets are -1 or 1. Both of one shape.
        let hinge (scores: Tensor) (target: Tensor) : Tensor = hingeWith Reduction.Mean scores target

        /// 1 - cos(predicted, target) along the last axis, reduced. Both [...; d]; each loss [...].
        let cosineWith (reduction: Reduction) (predicted: Tensor) (target: Tensor) : Tensor =
            each "cosine" predicted target (fun () ->
                Reduction.apply reduction (1.0 - Tensor.cosineSimilarity -1 predicted target))

        /// The mean of 1 - cos(predicted, target) along the last axis. Both [...; d].
        let cosine (predicted: Tensor) (target: Tensor) : Tensor = cosineWith Reduction.Mean predicted target

        /// max(0, |a - p| - |a - n| + margin) for each anchor a, positive p and negative n, vectors along the last axis, reduced
        /// (Schroff et al. 2015, https://arxiv.org/abs/1503.03832, with the distances themselves, as PyTorch). All [...; d].
        let tripletWith
            (reduction: Reduction)
            (margin: float)
            (anchor: Tensor)
            (positive: Tensor)
            (negative: Tensor)
            : Tensor =
            each "triplet" anchor positive (fun () ->
                each "triplet" anchor negative (fun () ->
                    let distance (x: Tensor) = Tensor.normOver 2.0 -1 (anchor - x)
                    Reduction.apply reduction (Tensor.relu (distance positive - distance negative + margin))))

        /// The mean of max(0, |a - p| - |a - n| + margin). All [...; d].
        let triplet (margin: float) (anchor: Tensor) (positive: Tensor) (negative: Tensor) : Tensor =
            tripletWith Reduction.Mean margin anchor positive negative
