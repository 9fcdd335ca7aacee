namespace Functional.CSharp;

/// <summary>Measuring a trained network on data that it has not seen.</summary>
public static class Evaluation
{
    /// <summary>
    /// What a layer gives in evaluation for inputs [n; …], computed <paramref name="batchSize"/> samples at a time: [n;
    /// …].
    /// </summary>
    public static Tensor Predict(
        this Layer<Tensor, Tensor> layer, Snapshot snapshot, Tensor inputs, int batchSize = 500) =>
        FSharp.Evaluation.predict(
            batchSize,
            Bridge.Given(layer),
            Structure.Of(Bridge.Given(layer)).Fit(Bridge.Given(snapshot)),
            Bridge.Given(inputs));

    /// <summary>The class with the largest logit for each sample: [n; classes] -&gt; int64 [n].</summary>
    public static Tensor Classes(Tensor logits) => FSharp.Evaluation.classes(Bridge.Given(logits));

    /// <summary>
    /// The fraction of samples whose largest logit is the label's. logits: [n; classes], labels: int64 [n].
    /// </summary>
    public static double Accuracy(Tensor logits, Tensor labels) =>
        FSharp.Evaluation.accuracy(Bridge.Given(logits), Bridge.Given(labels));

    /// <summary>
    /// How many samples of class i were taken for class j: counts[i, j]. logits: [n; classes], labels: int64 [n].
    /// </summary>
    public static int[,] Confusion(Tensor logits, Tensor labels) =>
        FSharp.Evaluation.confusion(Bridge.Given(logits), Bridge.Given(labels));

    /// <summary>
    /// The loss of a layer in evaluation over samples and targets, <paramref name="batchSize"/> at a time: each sample counts
    /// the same. The loss is a mean over its batch.
    /// </summary>
    public static double Loss<TOut>(
        Func<TOut, Tensor, Tensor> loss,
        Layer<Tensor, TOut> layer,
        Snapshot snapshot,
        Dataset data,
        int batchSize = 500) =>
        FSharp.Evaluation.loss(
            batchSize,
            Bridge.Fun(loss),
            Bridge.Given(layer),
            Structure.Of(layer).Fit(Bridge.Given(snapshot)),
            Bridge.Given(data));

    /// <summary>
    /// The fraction of samples whose label is among the k largest logits; of equal logits the first counts as larger.
    /// logits: [n; classes], labels: int64 [n].
    /// </summary>
    public static double TopK(int k, Tensor logits, Tensor labels) =>
        Metrics.topK(k, Bridge.Given(logits), Bridge.Given(labels));

    /// <summary>Precision, recall and F1 of each class. logits: [n; classes], labels: int64 [n].</summary>
    public static ClassMetrics[] ByClass(Tensor logits, Tensor labels) =>
        Metrics.byClass(Bridge.Given(logits), Bridge.Given(labels));

    /// <summary>
    /// The mean of F1 over the classes that occur or are given (macro F1). logits: [n; classes], labels: int64 [n].
    /// </summary>
    public static double F1(Tensor logits, Tensor labels) => Metrics.f1(Bridge.Given(logits), Bridge.Given(labels));

    /// <summary>
    /// Confidence against accuracy in so many intervals of equal length (Guo et al. 2017,
    /// https://arxiv.org/abs/1706.04599). The confidence of a sample is its largest probability.
    /// </summary>
    public static Calibration Calibration(Tensor logits, Tensor labels, int bins = 15) =>
        Metrics.calibration(bins, Bridge.Given(logits), Bridge.Given(labels));
}
