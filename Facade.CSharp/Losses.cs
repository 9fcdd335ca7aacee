namespace Functional.CSharp;

/// <summary>Losses: from predictions and targets to one number, the mean over the batch.</summary>
public static class Losses
{
    /// <summary>The mean of (predicted - target)² over all elements. Both of one shape.</summary>
    public static Tensor SquaredError(Tensor predicted, Tensor target) =>
        FSharp.Loss.squaredError(Bridge.Given(predicted), Bridge.Given(target));

    /// <summary>
    /// The mean over the batch of -ln softmax(logits)[label]. logits: [n; classes], labels: int64 [n], each in
    /// 0 … classes - 1.
    /// </summary>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels) =>
        FSharp.Loss.crossEntropy(Bridge.Given(logits), Bridge.Given(labels));
}
