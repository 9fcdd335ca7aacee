namespace Functional.CSharp;

/// <summary>Losses: from predictions and targets to what is minimised, the mean unless a reduction is given.</summary>
public static partial class Losses
{
    /// <summary>
    /// The mean over the batch of -ln softmax(logits)[label]. logits: [n; classes; …], targets: int64 labels [n; …], each in
    /// 0 … classes - 1, or probabilities of the logits' shape.
    /// </summary>
    public static Tensor CrossEntropy(Tensor logits, Tensor targets) =>
        ClassificationLosses.crossEntropy(Bridge.Given(logits), Bridge.Given(targets));

    /// <summary>
    /// -Σ w·t·ln softmax(logits) over the classes, the targets t smoothed by the part <paramref name="smoothing"/>, with what a
    /// sample of each class counts, [classes]; the mean over labels is then Σ l / Σ w of their classes.
    /// </summary>
    public static Tensor CrossEntropy(
        Tensor logits,
        Tensor targets,
        double smoothing = 0,
        Tensor? classWeights = null,
        Reduction? reduction = null) =>
        ClassificationLosses.crossEntropyWith(
            new(smoothing, Bridge.Option(classWeights), reduction ?? Reduction.Mean),
            Bridge.Given(logits),
            Bridge.Given(targets));

    /// <summary>
    /// The mean of -log-probability of the label. logProbabilities: [n; classes; …], labels: int64 [n; …].
    /// </summary>
    public static Tensor Nll(Tensor logProbabilities, Tensor labels) =>
        ClassificationLosses.nll(Bridge.Given(logProbabilities), Bridge.Given(labels));

    /// <summary>
    /// -log-probability of the label, reduced. logProbabilities: [n; classes; …], labels: int64 [n; …].
    /// </summary>
    public static Tensor Nll(Tensor logProbabilities, Tensor labels, Reduction reduction) =>
        ClassificationLosses.nllWith(Bridge.Given(reduction), Bridge.Given(logProbabilities), Bridge.Given(labels));

    /// <summary>
    /// α·(1 - p)ᵞ·(-ln p) of the label's probability p and the weight α of its class, [classes]: the mean over the samples
    /// unless <paramref name="reduction"/> says otherwise (Lin et al. 2017, https://arxiv.org/abs/1708.02002). logits:
    /// [n; classes; …], labels: int64 [n; …], γ ≥ 0.
    /// </summary>
    public static Tensor Focal(
        Tensor logits, Tensor labels, double gamma = 2, Tensor? classWeights = null, Reduction? reduction = null) =>
        ClassificationLosses.focalWith(
            reduction ?? Reduction.Mean,
            Bridge.Option(classWeights),
            gamma,
            Bridge.Given(logits),
            Bridge.Given(labels));

    /// <summary>
    /// The mean of a loss over the samples whose label is not the one to ignore, such as that of padding; samples of it count
    /// nothing and have derivatives 0. Where all labels are ignored the loss is 0. Σ l/Σ 1, or Σ w·l/Σ w with class weights.
    /// <paramref name="loss"/>: from a reduction, scores [n; classes; …] and int64 labels [n; …].
    /// </summary>
    public static Tensor Ignoring(
        long label, Func<Reduction, Tensor, Tensor, Tensor> loss, Tensor scores, Tensor labels) =>
        ClassificationLosses.ignoring(label, Bridge.Fun(loss), Bridge.Given(scores), Bridge.Given(labels));

    /// <summary>
    /// Σ over j ≠ label of max(0, margin - score[label] + score[j]) / classes: the mean unless <paramref name="reduction"/>
    /// says otherwise (Weston and Watkins 1999). scores: [n; classes; …], labels: int64 [n; …], margin ≥ 0.
    /// </summary>
    public static Tensor MultiMargin(Tensor scores, Tensor labels, double margin = 1, Reduction? reduction = null) =>
        ClassificationLosses.multiMarginWith(reduction ?? Reduction.Mean, margin, Bridge.Given(scores), Bridge.Given(labels));

    /// <summary>
    /// The mean of -t·ln σ(x) - (1 - t)·ln(1 - σ(x)) over all elements, for logits x and targets t in [0, 1] of one shape.
    /// </summary>
    public static Tensor BinaryCrossEntropy(Tensor logits, Tensor targets) =>
        ClassificationLosses.binaryCrossEntropy(Bridge.Given(logits), Bridge.Given(targets));

    /// <summary>
    /// -w·t·ln σ(x) - (1 - t)·ln(1 - σ(x)) for each logit x and target t in [0, 1], reduced; w ≥ 0 is what a positive counts.
    /// Both of one shape.
    /// </summary>
    public static Tensor BinaryCrossEntropy(
        Tensor logits, Tensor targets, double positiveWeight = 1, Reduction? reduction = null) =>
        ClassificationLosses.binaryCrossEntropyWith(
            reduction ?? Reduction.Mean, positiveWeight, Bridge.Given(logits), Bridge.Given(targets));

    /// <summary>
    /// -α·t·(1 - σ(x))ᵞ·ln σ(x) - (1-α)·(1-t)·σ(x)ᵞ·ln(1 - σ(x)) for each logit x and target t in [0, 1]: the mean unless
    /// <paramref name="reduction"/> says otherwise (Lin et al. 2017, https://arxiv.org/abs/1708.02002). Both of one shape, α
    /// between 0 and 1, γ ≥ 0.
    /// </summary>
    public static Tensor BinaryFocal(
        Tensor logits, Tensor targets, double alpha = 0.25, double gamma = 2, Reduction? reduction = null) =>
        ClassificationLosses.binaryFocalWith(
            reduction ?? Reduction.Mean, alpha, gamma, Bridge.Given(logits), Bridge.Given(targets));

    /// <summary>
    /// The mean of KL(target ‖ predicted) over the batch, for log-probabilities and probabilities of one shape [...;
    /// classes].
    /// </summary>
    public static Tensor KlDivergence(Tensor logPredicted, Tensor target) =>
        ClassificationLosses.klDivergence(Bridge.Given(logPredicted), Bridge.Given(target));

    /// <summary>
    /// KL(target ‖ predicted) = Σ t·(ln t - ln q) along the last axis, reduced, for log-probabilities ln q and probabilities t
    /// of one shape [...; classes]; each loss [...].
    /// </summary>
    public static Tensor KlDivergence(Tensor logPredicted, Tensor target, Reduction reduction) =>
        ClassificationLosses.klDivergenceWith(Bridge.Given(reduction), Bridge.Given(logPredicted), Bridge.Given(target));
}
