using Functional.CSharp;
using static Functional.CSharp.Layers;

namespace Functional.Examples.CSharp;

/// <summary>A perceptron with one hidden layer.</summary>
public static class Mlp
{
    /// <summary>The network: [n; 1; 28; 28] -&gt; [n; 10].</summary>
    public static Layer<Tensor, Tensor> Network { get; } =
        Flatten.Then(Dense(784, 128)).Then(Relu).Then(Dense(128, 10));

    /// <summary>Trains on digits, so many epochs.</summary>
    public static Snapshot Train(Dataset digits, int epochs, Key key) =>
        Training.Fit(
            Rules.OfLoss(Losses.CrossEntropy, Network),
            Optimizers.Adam(Schedules.Constant(1e-3)),
            digits.Batches(64, epochs, key.Child(1)),
            key.Child(0));
}
