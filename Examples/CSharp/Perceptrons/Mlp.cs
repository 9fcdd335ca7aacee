using Functional.CSharp;
using static Functional.CSharp.Layers;

namespace Functional.Examples.CSharp;

/// <summary>A perceptron with one hidden layer.</summary>
public static class Mlp
{
    /// <summary>The network: [n; 1; 28; 28] -&gt; [n; 10].</summary>
    public static Layer<Tensor, Tensor> Network { get; } =
        Flatten.Then(Dense(784, 128)).Then(Relu).Then(Dense(128, 10));

    /// <summary>Trains on digits, so many epochs, with one of the course's five optimizers.</summary>
    public static Snapshot Train(Dataset digits, int epochs, Key key, string optimizer = "adam") =>
        Training.Fit(
            Rules.OfLoss(Losses.CrossEntropy, Network),
            Optimizer(optimizer),
            digits.Batches(64, epochs, key.Child(1)),
            key.Child(0));

    private static Transform Optimizer(string name) =>
        name switch
        {
            "adam" => Optimizers.Adam(Schedules.Constant(1e-3)),
            "sgd" => Optimizers.Sgd(Schedules.Constant(0.1)),
            "momentum" => Optimizers.Momentum(Schedules.Constant(0.02), 0.9),
            "adagrad" => Optimizers.Adagrad(Schedules.Constant(0.02)),
            "rmsprop" => Optimizers.RmsProp(Schedules.Constant(1e-3)),
            _ => throw new ArgumentException($"there is no optimizer '{name}'", nameof(name)),
        };
}
