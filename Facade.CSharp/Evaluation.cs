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
}
