namespace Functional

/// How a categorical cross-entropy is taken.
[<NoEquality; NoComparison>]
type CrossEntropy =
    {
        /// The part ε of each target that is spread evenly over all classes (label smoothing, Szegedy et al. 2016,
        /// https://arxiv.org/abs/1512.00567); 0 for none.
        Smoothing: float
        /// What a sample of each class counts: [classes]; without, all count 1.
        ClassWeights: Tensor option
        /// What becomes of the losses of the samples.
        Reduction: Reduction
    }

namespace Functional.FSharp

open System
open Functional

/// Losses of scores against classes.
[<AutoOpen>]
module LossClassification =

    // Labels are of the shape of the logits without the axis of the classes, which is the second.
    let private without axis (shape: int64[]) = Array.removeAt axis shape

    let private checkLabels name (scores: Tensor) (labels: Tensor) =
        let shape = Native.shape scores.Raw

        if shape.Length < 2 || without 1 shape <> Native.shape labels.Raw then
            invalidArg
                (nameof labels)
                $"{name}: expected logits [n; classes] and labels [n], or [n; classes; …] and [n; …], but was given {scores} and {labels}"

        if labels.Dtype <> Dtype.Int64 then
            invalidArg (nameof labels) $"{name}: labels are int64, not {labels}"

        if labels.Count = 0L then
            invalidArg
                (nameof scores)
                $"{name}: the mean over an empty batch is not defined, but was given {scores} and {labels}"

    let private outOfRange name (scores: Tensor) (labels: Tensor) =
        let classes = Native.size scores.Raw 1
        let values = Tensor.toLongs labels

        match values |> Array.tryFindIndex (fun label -> label < 0L || label >= classes) with
        | Some at ->
            invalidArg
                (nameof labels)
                $"{name}: label {values[at]} at position {at} is outside 0 … {classes - 1L}, the classes that the logits have"
        | None -> ()

    // libtorch looks at each label; only where it refuses is the culprit looked for.
    let inline private labelled name scores labels ([<InlineIfLambda>] f: unit -> Tensor) : Tensor =
        try
            f ()
        with :? ArgumentException ->
            outOfRange name scores labels
            reraise ()

    let private picked labels (x: Tensor) = Tensor.squeeze 1 (Tensor.gather 1 (Tensor.unsqueeze 1 labels) x)

    let private checkWeights name (scores: Tensor) (classWeights: Tensor) =
        if classWeights.Shape <> [| scores.Shape[1] |] then
            invalidArg
                (nameof classWeights)
                $"{name}: expected class weights of shape [{scores.Shape[1]}], but was given {classWeights}"

    // Weights of classes beside scores [n; classes; …].
    let private beside (scores: Tensor) (weights: Tensor) =
        checkWeights "crossEntropy" scores weights

        weights
        |> Tensor.cast scores.Dtype
        |> Tensor.reshape [ for axis in 1 .. scores.Rank - 1 -> if axis = 1 then scores.Shape[1] else 1 ]

    // The weight of each label's class.
    let private weightOf (scores: Tensor) (labels: Tensor) (weights: Tensor) =
        Tensor.reshape labels.Shape (Tensor.indexSelect 0 (Tensor.reshape [ -1 ] labels) weights)
        |> Tensor.cast scores.Dtype

    // ln softmax over the classes. Where a class has almost all, -ln p is ln(1 + ε) of the others' ε, of which 1 + ε keeps no
    // digits: float64 has enough for all other dtypes, and of its own numbers the largest is left out of the sum.
    let private logProbabilities (logits: Tensor) =
        if logits.Dtype = Dtype.Float64 && logits.Shape[1] > 0 then
            let most, place = Tensor.maxWithIndex 1 (Tensor.stopGradient logits)
            let place = Tensor.unsqueeze 1 place
            let x = logits - Tensor.unsqueeze 1 most
            let first = Tensor.gather 1 place x
            let others = Tensor.scatter 1 place (Tensor.zerosLike first) (Tensor.exp x) |> Tensor.sumKeeping 1
            // The largest is 0, so that its own part is eˣ - 1 and only the derivatives see it.
            x - Tensor.log1p (others + Tensor.expm1 first)
        else
            Tensor.cast Dtype.Float64 logits |> Tensor.logsoftmax 1 |> Tensor.cast logits.Dtype

    // What a reduction of losses over the classes shows of the scores.
    let private shown reduction (scores: Tensor) =
        Reduction.shown reduction (Array.removeAt 1 scores.Shape) (ValueSome 1) 1.0 scores

    let private ofLabels (how: CrossEntropy) (logits: Tensor) (labels: Tensor) =
        let logs = logProbabilities (shown how.Reduction logits)

        match how.ClassWeights with
        | None when how.Smoothing = 0.0 -> -(picked labels logs) |> Reduction.apply how.Reduction
        | weights ->
            let weighted =
                match weights with
                | Some weights -> beside logits weights * logs
                | None -> logs

            let own =
                match weights with
                | Some weights -> ValueSome(weightOf logits labels weights)
                | None -> ValueNone

            let labelled = picked labels weighted

            let losses =
                if how.Smoothing = 0.0 then
                    -labelled
                else
                    (how.Smoothing - 1.0) * labelled - how.Smoothing * Tensor.meanOver 1 weighted

            Reduction.applyTo own how.Reduction losses

    // Σ p·ln q over an axis with 0·(-∞) = 0, as a class has that neither is wanted nor can be.
    let private cross axis (p: Tensor) (logs: Tensor) =
        let absent = Tensor.logicalAnd (Tensor.eqNumber 0.0 p) (Tensor.eqNumber -infinity logs)
        Tensor.sumOver axis (p * Tensor.where absent (Tensor.zerosLike logs) logs)

    let private ofProbabilities (how: CrossEntropy) (logits: Tensor) (targets: Tensor) =
        let classes = float logits.Shape[1]
        let targets = (1.0 - how.Smoothing) * shown how.Reduction targets + how.Smoothing / classes
        let logs = logProbabilities (shown how.Reduction logits)

        let weighted =
            match how.ClassWeights with
            | Some weights -> beside logits weights * targets
            | None -> targets

        -(cross 1 weighted logs) |> Reduction.apply how.Reduction

    // (1 - p)ᵞ·l of l = -ln p. Where p is 1 all derivatives are 0, which the chain rule, 0·∞, does not see.
    let private modulated (gamma: float) (loss: Tensor) =
        if gamma = 0.0 then
            loss
        else
            let sure = Tensor.eqNumber 0.0 loss
            let unsure = Tensor.where sure (Tensor.onesLike loss) loss
            let less = Tensor.pow gamma -(Tensor.expm1 -unsure) * unsure
            Tensor.where sure (Tensor.zerosLike loss) less

    let private checkGamma name (gamma: float) =
        if not (gamma >= 0.0 && gamma < infinity) then
            invalidArg (nameof gamma) $"{name}: gamma is a finite number of at least 0, not {invariant gamma}"

    // Logits and targets of one shape, as the reduction shows them.
    let private paired name reduction (logits: Tensor) (targets: Tensor) =
        if not (Native.sameShape logits.Raw targets.Raw) then
            invalidArg (nameof targets) $"{name}: the logits {logits} and the targets {targets} differ in shape"

        let shown = Reduction.shown reduction logits.Shape ValueNone 1.0
        struct (shown logits, shown (Tensor.cast logits.Dtype targets))

    // Up to so many logits the wider kernel costs less than to look at what the narrow one gave.
    let private few = 1 <<< 14

    // libtorch's kernel is good to an ε of 1, of which a small mean keeps too few digits.
    let private fused (how: CrossEntropy) (logits: Tensor) (labels: Tensor) =
        let narrow () = Tensor.Of(Ops.crossEntropy logits.Raw labels.Raw)

        let wide () =
            let wide = Tensor.cast Dtype.Float64 logits
            Tensor.cast logits.Dtype (Tensor.Of(Ops.crossEntropy wide.Raw labels.Raw))

        let isSmall (loss: Tensor) = isNull Tally.Current && Tensor.toFloat loss < 0.0625

        if logits.Dtype = Dtype.Float64 then
            let loss = narrow ()
            if isSmall loss then ofLabels how logits labels else loss
        elif logits.Count <= few then
            wide ()
        else
            let loss = narrow ()
            if isSmall loss then wide () else loss

    let private isPlain (how: CrossEntropy) =
        match how.Reduction with
        | Reduction.Mean -> how.Smoothing = 0.0 && how.ClassWeights.IsNone
        | _ -> false

    /// The plain choices for a cross-entropy.
    [<RequireQualifiedAccess>]
    module CrossEntropy =

        /// No smoothing, equal classes, the mean.
        let standard: CrossEntropy = { Smoothing = 0.0; ClassWeights = None; Reduction = Reduction.Mean }

    /// Losses: from predictions and targets to what is minimised, the mean unless a reduction is given.
    [<RequireQualifiedAccess>]
    module Loss =

        /// -Σ w·t·ln softmax(logits) over the classes, reduced; with class weights the mean over labels is Σ l / Σ w of their
        /// classes, as PyTorch's. logits: [n; classes; …]; targets: int64 labels [n; …] in 0 … classes - 1, or probabilities of
        /// the logits' shape and dtype.
        let crossEntropyWith (how: CrossEntropy) (logits: Tensor) (targets: Tensor) : Tensor =
            if not (how.Smoothing >= 0.0 && how.Smoothing <= 1.0) then
                invalidArg "smoothing" $"crossEntropy: the smoothing is between 0 and 1, not {invariant how.Smoothing}"

            let soft = targets.Dtype = logits.Dtype && Native.sameShape logits.Raw targets.Raw && logits.Rank >= 2

            if soft then
                ofProbabilities how logits targets
            else
                checkLabels "crossEntropy" logits targets

                labelled "crossEntropy" logits targets (fun () ->
                    if isPlain how && Differentiation.order () <= 1 then
                        fused how logits targets
                    else
                        ofLabels how logits targets)

        /// The mean over the batch of -ln softmax(logits)[label]. logits: [n; classes; …], targets: int64 labels [n; …], each in
        /// 0 … classes - 1, or probabilities of the logits' shape.
        let crossEntropy (logits: Tensor) (targets: Tensor) : Tensor =
            crossEntropyWith CrossEntropy.standard logits targets

        /// -log-probability of the label, reduced. logProbabilities: [n; classes; …], labels: int64 [n; …].
        let nllWith (reduction: Reduction) (logProbabilities: Tensor) (labels: Tensor) : Tensor =
            checkLabels "nll" logProbabilities labels

            labelled "nll" logProbabilities labels (fun () ->
                Reduction.apply reduction -(picked labels (shown reduction logProbabilities)))

        /// The mean of -log-probability of the label. logProbabilities: [n; classes; …], labels: int64 [n; …].
        let nll (logProbabilities: Tensor) (labels: Tensor) : Tensor = nllWith Reduction.Mean logProbabilities labels

        /// α·(1 - p)ᵞ·(-ln p) of the label's probability p and the weight α of its class, [classes], reduced: what is sure
        /// already counts less (Lin et al. 2017, https://arxiv.org/abs/1708.02002). The mean is over the samples, whatever their
        /// weights. logits: [n; classes; …], labels: int64 [n; …], γ ≥ 0.
        let focalWith
            (reduction: Reduction)
            (classWeights: Tensor option)
            (gamma: float)
            (logits: Tensor)
            (labels: Tensor)
            : Tensor =
            checkGamma "focal" gamma
            checkLabels "focal" logits labels
            classWeights |> Option.iter (checkWeights "focal" logits)

            labelled "focal" logits labels (fun () ->
                let losses = -(picked labels (logProbabilities (shown reduction logits))) |> modulated gamma

                match classWeights with
                | Some weights -> Reduction.apply reduction (weightOf logits labels weights * losses)
                | None -> Reduction.apply reduction losses)

        /// The mean of (1 - p)ᵞ·(-ln p). logits: [n; classes; …], labels: int64 [n; …], γ ≥ 0.
        let focal (gamma: float) (logits: Tensor) (labels: Tensor) : Tensor =
            focalWith Reduction.Mean None gamma logits labels

        /// Σ over j ≠ label of max(0, margin - score[label] + score[j]) / classes, reduced (Weston & Watkins 1999).
        /// scores: [n; classes; …], labels: int64 [n; …], margin ≥ 0.
        let multiMarginWith (reduction: Reduction) (margin: float) (scores: Tensor) (labels: Tensor) : Tensor =
            if not (margin >= 0.0 && margin < infinity) then
                invalidArg
                    (nameof margin)
                    $"multiMargin: the margin is a finite number of at least 0, not {invariant margin}"

            checkLabels "multiMargin" scores labels

            labelled "multiMargin" scores labels (fun () ->
                let classes, scores = scores.Shape[1], shown reduction scores
                let labels = Tensor.unsqueeze 1 labels
                let parts = Tensor.relu (scores - Tensor.gather 1 labels scores + margin)
                let others = Tensor.scatter 1 labels (Tensor.zerosLike (Tensor.gather 1 labels parts)) parts
                Reduction.apply reduction (Tensor.sumOver 1 others / float classes))

        /// The mean of Σ over j ≠ label of max(0, margin - score[label] + score[j]) / classes.
        /// scores: [n; classes; …], labels: int64 [n; …].
        let multiMargin (margin: float) (scores: Tensor) (labels: Tensor) : Tensor =
            multiMarginWith Reduction.Mean margin scores labels

        /// The mean of a loss over the samples whose label is not the one to ignore, such as that of padding; samples of it count
        /// nothing and have derivatives 0. Where all labels are ignored the loss is 0. Σ l/Σ 1, or Σ w·l/Σ w with class weights.
        /// loss: from a reduction, scores [n; classes; …] and int64 labels [n; …].
        let ignoring
            (label: int64)
            (loss: Reduction -> Tensor -> Tensor -> Tensor)
            (scores: Tensor)
            (labels: Tensor)
            : Tensor =
            checkLabels "ignoring" scores labels
            let counted = Tensor.ne labels (Tensor.move labels.Device (Tensor.ofLongs [] [| label |]))

            if Tensor.toBool (Tensor.any counted) then
                loss (Reduction.Weighted counted) scores (Tensor.where counted labels (Tensor.zerosLike labels))
            else
                Tensor.move scores.Device (Tensor.zerosOf scores.Dtype [])

        /// -w·t·ln σ(x) - (1 - t)·ln(1 - σ(x)) for each logit x and target t in [0, 1], reduced; w ≥ 0 is what a positive counts.
        /// Both of one shape.
        let binaryCrossEntropyWith
            (reduction: Reduction)
            (positiveWeight: float)
            (logits: Tensor)
            (targets: Tensor)
            : Tensor =
            if not (positiveWeight >= 0.0 && positiveWeight < infinity) then
                invalidArg
                    (nameof positiveWeight)
                    $"binaryCrossEntropy: the positives' weight is a finite number of at least 0, not {invariant positiveWeight}"

            let struct (logits, targets) = paired "binaryCrossEntropy" reduction logits targets

            // σ(x) for t = 1 and σ(-x) for t = 0. A mixture is of two parts of one sign: no digits are lost in a difference.
            let logs =
                if BitProducts.areBits targets.Raw then
                    let logs = Tensor.logsigmoid ((2.0 * targets - 1.0) * logits)

                    if positiveWeight = 1.0 then
                        logs
                    else
                        (1.0 + (positiveWeight - 1.0) * targets) * logs
                else
                    let positive = targets * Tensor.logsigmoid logits
                    let positive = if positiveWeight = 1.0 then positive else positiveWeight * positive
                    positive + (1.0 - targets) * Tensor.logsigmoid -logits

            -(Reduction.apply reduction logs)

        /// The mean of -t·ln σ(x) - (1 - t)·ln(1 - σ(x)) over all elements, for logits x and targets t in [0, 1] of one shape.
        let binaryCrossEntropy (logits: Tensor) (targets: Tensor) : Tensor =
            binaryCrossEntropyWith Reduction.Mean 1.0 logits targets

        /// -α·t·(1 - σ(x))ᵞ·ln σ(x) - (1-α)·(1-t)·σ(x)ᵞ·ln(1 - σ(x)) for each logit x and target t in [0, 1], reduced: what is sure
        /// already counts less, and the positives have the part α of the weight (Lin et al. 2017, https://arxiv.org/abs/1708.02002,
        /// where α = 0.25 and γ = 2 do best). Both of one shape, α between 0 and 1, γ ≥ 0.
        let binaryFocalWith
            (reduction: Reduction)
            (alpha: float)
            (gamma: float)
            (logits: Tensor)
            (targets: Tensor)
            : Tensor =
            checkGamma "binaryFocal" gamma

            if not (alpha >= 0.0 && alpha <= 1.0) then
                invalidArg (nameof alpha) $"binaryFocal: alpha is between 0 and 1, not {invariant alpha}"

            let struct (logits, targets) = paired "binaryFocal" reduction logits targets
            let positive = modulated gamma (Tensor.softplus -logits)
            let negative = modulated gamma (Tensor.softplus logits)
            Reduction.apply reduction (alpha * targets * positive + (1.0 - alpha) * (1.0 - targets) * negative)

        /// The mean of -α·t·(1 - σ(x))ᵞ·ln σ(x) - (1-α)·(1-t)·σ(x)ᵞ·ln(1 - σ(x)) over all elements, for logits x and targets t in
        /// [0, 1] of one shape, α between 0 and 1, γ ≥ 0.
        let binaryFocal (alpha: float) (gamma: float) (logits: Tensor) (targets: Tensor) : Tensor =
            binaryFocalWith Reduction.Mean alpha gamma logits targets

        /// KL(target ‖ predicted) = Σ t·(ln t - ln q) along the last axis, reduced, for log-probabilities ln q and
        /// probabilities t of one shape [...; classes]; each loss [...].
        let klDivergenceWith (reduction: Reduction) (logPredicted: Tensor) (target: Tensor) : Tensor =
            if not (Native.sameShape logPredicted.Raw target.Raw) then
                invalidArg
                    (nameof target)
                    $"klDivergence: the predictions {logPredicted} and the targets {target} differ in shape"

            let shown = Reduction.shown reduction target.Shape[.. target.Rank - 2] (ValueSome -1) 1.0
            let logPredicted, target = shown logPredicted, shown target
            Reduction.apply reduction (Tensor.sumOver -1 (Tensor.xlogy target target) - cross -1 target logPredicted)

        /// The mean of KL(target ‖ predicted) over the batch, for log-probabilities and probabilities of one shape [...; classes].
        let klDivergence (logPredicted: Tensor) (target: Tensor) : Tensor =
            klDivergenceWith Reduction.Mean logPredicted target
