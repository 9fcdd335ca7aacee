namespace Functional.FSharp

open Functional

/// Losses of numbers against numbers.
[<AutoOpen>]
module LossRegression =

    let private checkShapes name (predicted: Tensor) (target: Tensor) =
        if not (Native.sameShape predicted.Raw target.Raw) then
            invalidArg (nameof target) $"{name}: the predictions {predicted} and the targets {target} differ in shape"

    let private checkMargin name (margin: float) =
        if not (margin >= 0.0 && margin < infinity) then
            invalidArg (nameof margin) $"{name}: the margin is a finite number of at least 0, not {invariant margin}"

    // A loss for each element, reduced.
    let private each name reduction (predicted: Tensor) (target: Tensor) (loss: Tensor -> Tensor -> Tensor) : Tensor =
        checkShapes name predicted target
        let shown = Reduction.shown reduction predicted.Shape ValueNone 1.0
        Reduction.apply reduction (loss (shown predicted) (shown target))

    // What a reduction of losses along the last axis shows.
    let private alongLast reduction (x: Tensor) = Reduction.shown reduction x.Shape[.. x.Rank - 2] (ValueSome -1) 1.0 x

    let private checkSides (target: Tensor) =
        match Tensor.toDoubles target |> Array.tryFind (fun side -> abs side <> 1.0) with
        | Some side ->
            invalidArg
                (nameof target)
                $"hinge: targets are -1 or 1, not {invariant side}; targets t of 0 and 1 become such by 2·t - 1"
        | None -> ()

    /// Losses: from predictions and targets to what is minimised, the mean unless a reduction is given.
    [<RequireQualifiedAccess>]
    module Loss =

        /// (predicted - target)² for each element, reduced. Both of one shape.
        let squaredErrorWith (reduction: Reduction) (predicted: Tensor) (target: Tensor) : Tensor =
            match reduction with
            | Reduction.Mean when Differentiation.order () <= 1 && predicted.Count > 0L ->
                checkShapes "squaredError" predicted target
                Tensor.Of(Ops.mseLoss predicted.Raw target.Raw)
            | reduction -> each "squaredError" reduction predicted target (fun y t -> Tensor.square (y - t))

        /// The mean of (predicted - target)² over all elements. Both of one shape.
        let squaredError (predicted: Tensor) (target: Tensor) : Tensor =
            squaredErrorWith Reduction.Mean predicted target

        /// |predicted - target| for each element, reduced. Both of one shape.
        let absoluteErrorWith (reduction: Reduction) (predicted: Tensor) (target: Tensor) : Tensor =
            each "absoluteError" reduction predicted target (fun y t -> Tensor.abs (y - t))

        /// The mean of |predicted - target| over all elements. Both of one shape.
        let absoluteError (predicted: Tensor) (target: Tensor) : Tensor =
            absoluteErrorWith Reduction.Mean predicted target

        /// e²/2 where |e| ≤ δ and δ·(|e| - δ/2) beyond, e = predicted - target, for each element, reduced
        /// (Huber 1964, https://doi.org/10.1214/aoms/1177703732). Both of one shape, δ positive.
        let huberWith (reduction: Reduction) (delta: float) (predicted: Tensor) (target: Tensor) : Tensor =
            if not (delta > 0.0 && delta < infinity) then
                invalidArg (nameof delta) $"huber: delta is a finite number above 0, not {invariant delta}"

            each "huber" reduction predicted target (fun y t ->
                // With a = min(|e|, δ): a²/2 + δ·(|e| - a).
                let error = Tensor.abs (y - t)
                let near = Tensor.clampMax delta error
                0.5 * Tensor.square near + delta * (error - near))

        /// The mean of Huber's loss over all elements. Both of one shape, δ positive.
        let huber (delta: float) (predicted: Tensor) (target: Tensor) : Tensor =
            huberWith Reduction.Mean delta predicted target

        /// max(0, 1 - target·score) for each element, reduced; targets are -1 or 1. Both of one shape.
        let hingeWith (reduction: Reduction) (scores: Tensor) (target: Tensor) : Tensor =
            each "hinge" reduction scores target (fun scores sides ->
                checkSides sides
                Tensor.relu (1.0 - sides * scores))

        /// The mean of max(0, 1 - target·score) over all elements; targets are -1 or 1. Both of one shape.
        let hinge (scores: Tensor) (target: Tensor) : Tensor = hingeWith Reduction.Mean scores target

        /// 1 - cos(predicted, target) along the last axis, reduced; 1 where one of the two is 0. Both [...; d]; each loss [...].
        let cosineWith (reduction: Reduction) (predicted: Tensor) (target: Tensor) : Tensor =
            checkShapes "cosine" predicted target
            let shown = alongLast reduction
            let predicted, target = Tensor.direction -1 (shown predicted), Tensor.direction -1 (shown target)
            // |a - b|²/2 = 1 - a·b of unit vectors, which keeps the digits of small angles; a zero has no angle.
            let isZero x = Tensor.logicalNot (Tensor.anyOver -1 x)
            let apart = 0.5 * Tensor.sumOver -1 (Tensor.square (predicted - target))
            let undefined = Tensor.logicalOr (isZero predicted) (isZero target)
            Reduction.apply reduction (Tensor.where undefined (Tensor.onesLike apart) apart)

        /// The mean of 1 - cos(predicted, target) along the last axis. Both [...; d].
        let cosine (predicted: Tensor) (target: Tensor) : Tensor = cosineWith Reduction.Mean predicted target

        /// max(0, |a - p| - |a - n| + margin) for each anchor a, positive p and negative n, vectors along the last axis, reduced
        /// (Schroff et al. 2015, https://arxiv.org/abs/1503.03832, with the distances themselves, as PyTorch). All [...; d], margin ≥ 0.
        let tripletWith
            (reduction: Reduction)
            (margin: float)
            (anchor: Tensor)
            (positive: Tensor)
            (negative: Tensor)
            : Tensor =
            checkMargin "triplet" margin
            checkShapes "triplet" anchor positive
            checkShapes "triplet" anchor negative
            let anchor = alongLast reduction anchor

            // What is hidden lies at a distance, for at none a norm has no derivative.
            let distance (x: Tensor) = Tensor.normOver 2.0 -1 (anchor + alongLast reduction -x)

            Reduction.apply reduction (Tensor.relu (distance positive - distance negative + margin))

        /// The mean of max(0, |a - p| - |a - n| + margin). All [...; d].
        let triplet (margin: float) (anchor: Tensor) (positive: Tensor) (negative: Tensor) : Tensor =
            tripletWith Reduction.Mean margin anchor positive negative
