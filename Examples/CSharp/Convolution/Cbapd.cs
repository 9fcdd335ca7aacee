using Functional.CSharp;
using static Functional.CSharp.Layers;

namespace Functional.Examples.CSharp;

/// <summary>Convolution, batch normalisation, activation, pooling and dropout, twice.</summary>
public static class Cbapd
{
    /// <summary>The network: [n; 1; 28; 28] -&gt; [n; 10].</summary>
    public static Layer<Tensor, Tensor> Network { get; } =
        Block(1, 16).Then(Block(16, 32)).Then(Flatten).Then(Dense(1568, 10));

    /// <summary>Trains on digits, so many epochs.</summary>
    public static Snapshot Train(Dataset digits, int epochs, Key key) =>
        Training.Fit(
            Rules.OfLoss(Losses.CrossEntropy, Network),
            Optimizers.Adam(Schedules.Cosine(2e-3, 0, epochs * ((digits.Count + 63) / 64))),
            digits.Batches(64, epochs, key.Child(1)),
            key.Child(0));

    private static Layer<Tensor, Tensor> Block(int inputs, int outputs) =>
        Conv2d(inputs, outputs, 5, padding: Padding.Same)
            .Then(BatchNorm(outputs)).Then(Relu).Then(MaxPool2d(2)).Then(Dropout(0.2));
}
