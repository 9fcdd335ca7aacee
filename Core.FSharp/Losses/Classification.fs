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

        if labels.Count = 0 then
            invalidArg (nameof scores) $"{name}: the mean over an empty batch is not defined"

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

    // Weights of classes beside scores [n; classes; …].
    let private beside (scores: Tensor) (weights: Tensor) =
        let classes = scores.Shape[1]

        if weights.Shape <> [| classes |] then
            invalidArg
                (nameof weights)
                $"crossEntropy: expected class weights of shape [{classes}], but was given {weights}"

        weights
        |> Tensor.cast scores.Dtype
        |> Tensor.reshape [ for axis in 1 .. scores.Rank - 1 -> if axis = 1 then classes else 1 ]

    let private ofLabels (how: CrossEntropy) (logits: Tensor) (labels: Tensor) =
        let logs = Tensor.logsoftmax 1 logits

        match how.ClassWeights with
        | None when how.Smoothing = 0.0 -> -(picked labels logs) |> Reduction.apply how.Reduction
        | weights ->
            let weighted =
                match weights with
                | Some weights -> beside logits weights * logs
                | None -> logs

            let own =
                match weights with
                | Some weights ->
                    Tensor.reshape labels.Shape (Tensor.indexSelect 0 (Tensor.reshape [ -1 ] labels) weights)
                    |> Tensor.cast logits.Dtype
                    |> ValueSome
                | None -> ValueNone

            let spread = Tensor.meanOver 1 weighted
            let losses = (how.Smoothing - 1.0) * picked labels weighted - how.Smoothing * spread
            Reduction.applyTo own how.Reduction losses

    let private ofProbabilities (how: CrossEntropy) (logits: Tensor) (targets: Tensor) =
        let classes = float logits.Shape[1]
        let targets = (1.0 - how.Smoothing) * targets + how.Smoothing / classes
        let logs = Tensor.logsoftmax 1 logits

        let weighted =
            match how.ClassWeights with
            | Some weights -> beside logits weights * logs
            | None -> logs

        -(Tensor.sumOver 1 (targets * weighted)) |> Reduction.apply how.Reduction

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
                invalidArg "smoothing" $"crossEntropy: the smoothing is between 0 and 1, not {how.Smoothing}"

            let soft = targets.Dtype = logits.Dtype && Native.sameShape logits.Raw targets.Raw && logits.Rank >= 2

            if soft then
                ofProbabilities how logits targets
            else
                checkLabels "crossEntropy" logits targets

                labelled "crossEntropy" logits targets (fun () ->
                    if isPlain how && Differentiation.order () <= 1 then
                        Tensor.Of(Ops.crossEntropy logits.Raw targets.Raw)
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
                Reduction.apply reduction -(picked labels logProbabilities))

        /// The mean of -log-probability of the label. logProbabilities: [n; classes; …], labels: int64 [n; …].
        let nll (logProbabilities: Tensor) (labels: Tensor) : Tensor = nllWith Reduction.Mean logProbabilities labels

        /// (1 - p)ᵞ·(-ln p) of the label's probability p, reduced: what is sure already counts less (Lin et al. 2017,
        /// https://arxiv.org/abs/1708.02002). logits: [n; classes; …], labels: int64 [n; …], γ ≥ 0.
        let focalWith (reduction: Reduction) (gamma: float) (logits: Tensor) (labels: Tensor) : Tensor =
            if not (gamma >= 0.0) then
                invalidArg (nameof gamma) $"focal: gamma is not negative, as {gamma} is"

            checkLabels "focal" logits labels

            labelled "focal" logits labels (fun () ->
                let log = picked labels (Tensor.logsoftmax 1 logits)
                Reduction.apply reduction -(Tensor.pow gamma -(Tensor.expm1 log) * log))

        /// The mean of (1 - p)ᵞ·(-ln p). logits: [n; classes; …], labels: int64 [n; …], γ ≥ 0.
        let focal (gamma: float) (logits: Tensor) (labels: Tensor) : Tensor =
            focalWith Reduction.Mean gamma logits labels

        /// Σ over j ≠ label of max(0, margin - score[label] + score[j]) / classes, reduced (Weston & Watkins 1999).
        /// scores: [n; classes; …], labels: int64 [n; …].
        let multiMarginWith (reduction: Reduction) (margin: float) (scores: Tensor) (labels: Tensor) : Tensor =
            checkLabels "multiMargin" scores labels

            labelled "multiMargin" scores labels (fun () ->
                let classes = float scores.Shape[1]
                let own = Tensor.gather 1 (Tensor.unsqueeze 1 labels) scores
                let all = Tensor.sumOver 1 (Tensor.relu (margin - own + scores))
                // The label's own part is the margin, or nothing where that is negative.
                Reduction.apply reduction ((all - max 0.0 margin) / classes))

        /// The mean of Σ over j ≠ label of max(0, margin - score[label] + score[j]) / classes.
        /// scores: [n; classes; …], labels: int64 [n; …].
        let multiMargin (margin: float) (scores: Tensor) (labels: Tensor) : Tensor =
            multiMarginWith Reduction.Mean margin scores labels

        /// -w·t·ln σ(x) - (1 - t)·ln(1 - σ(x)) for each logit x and target t in [0, 1], reduced; w is what a positive counts.
        /// Both of one shape.
        let binaryCrossEntropyWith
            (reduction: Reduction)
            (positiveWeight: float)
            (logits: Tensor)
            (targets: Tensor)
            : Tensor =
            if not (Native.sameShape logits.Raw targets.Raw) then
                invalidArg
                    (nameof targets)
                    $"binaryCrossEntropy: the logits {logits} and the targets {targets} differ in shape"

            let targets = Tensor.cast logits.Dtype targets

            let losses =
                if positiveWeight = 1.0 then
                    Tensor.softplus logits - targets * logits
                else
                    (1.0 - targets) * logits + (1.0 + (positiveWeight - 1.0) * targets) * Tensor.softplus -logits

            Reduction.apply reduction losses

        /// The mean of -t·ln σ(x) - (1 - t)·ln(1 - σ(x)) over all elements, for logits x and targets t in [0, 1] of one shape.
        let binaryCrossEntropy (logits: Tensor) (targets: Tensor) : Tensor =
            binaryCrossEntropyWith Reduction.Mean 1.0 logits targets

        /// KL(target ‖ predicted) = Σ t·(ln t - ln q) along the last axis, reduced, for log-probabilities ln q and
        /// probabilities t of one shape [...; classes]; each loss [...].
        let klDivergenceWith (reduction: Reduction) (logPredicted: Tensor) (target: Tensor) : Tensor =
            if not (Native.sameShape logPredicted.Raw target.Raw) then
                invalidArg
                    (nameof target)
                    $"klDivergence: the predictions {logPredicted} and the targets {target} differ in shape"

            Reduction.apply reduction (Tensor.sumOver -1 (Tensor.xlogy target target - target * logPredicted))

        /// The mean of KL(target ‖ predicted) over the batch, for log-probabilities and probabilities of one shape [...; classes].
        let klDivergence (logPredicted: Tensor) (target: Tensor) : Tensor =
            klDivergenceWith Reduction.Mean logPredicted target
