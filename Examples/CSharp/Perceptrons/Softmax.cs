using Functional.CSharp;
using static Functional.CSharp.Layers;

namespace Functional.Examples.CSharp;

/// <summary>Softmax regression: a linear classifier.</summary>
public static class Softmax
{
    /// <summary>The network: [n; 1; 28; 28] -&gt; [n; 10].</summary>
    public static Layer<Tensor, Tensor> Network { get; } = Flatten.Then(Dense(784, 10));

    /// <summary>Trains on digits, so many epochs.</summary>
    public static Snapshot Train(Dataset digits, int epochs, Key key) =>
        Training.Fit(
            Rules.OfLoss(Losses.CrossEntropy, Network),
            Optimizers.Sgd(Schedules.Constant(0.1)),
            digits.Batches(64, epochs, key.Child(1)),
            key.Child(0));
}
