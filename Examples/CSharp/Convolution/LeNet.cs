using Functional.CSharp;
using static Functional.CSharp.Layers;

namespace Functional.Examples.CSharp;

/// <summary>LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998) with ReLU and max pooling.</summary>
public static class LeNet
{
    /// <summary>The network: [n; 1; 28; 28] -&gt; [n; 10].</summary>
    public static Layer<Tensor, Tensor> Network { get; } =
        Conv2d(1, 6, 5, padding: Padding.Same).Then(Relu).Then(MaxPool2d(2))
            .Then(Conv2d(6, 16, 5)).Then(Relu).Then(MaxPool2d(2))
            .Then(Flatten).Then(Dense(400, 120)).Then(Relu).Then(Dense(120, 84)).Then(Relu).Then(Dense(84, 10));

    /// <summary>Trains on digits, so many epochs, while the rate falls along half a cosine.</summary>
    public static Snapshot Train(Dataset digits, int epochs, Key key) =>
        Training.Fit(
            Rules.OfLoss(Losses.CrossEntropy, Network),
            Optimizers.Adam(Schedules.Cosine(1e-3, 0, epochs * ((digits.Count + 63) / 64))),
            digits.Batches(64, epochs, key.Child(1)),
            key.Child(0));
}
