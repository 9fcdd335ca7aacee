using Functional.CSharp;
using static Functional.CSharp.Layers;

namespace Functional.Examples.CSharp;

/// <summary>A deep belief network of digits.</summary>
public static class DeepBelief
{
    private const int BatchSize = 100;
    private const int TuningSize = 50;
    private static readonly int[] Sizes = [784, 256, 256, 256];

    /// <summary>The network that starts from nothing, of the same layers: [n; 1; 28; 28] -&gt; [n; 10].</summary>
    public static Layer<Tensor, Tensor> Random { get; } =
        Flatten
            .Then(Stack(Sizes.Zip(Sizes[1..], (inputs, outputs) => Dense(inputs, outputs).Then(Sigmoid))))
            .Then(Dense(Sizes[^1], 10));

    /// <summary>One machine by CD-1. The data are rows, [n; visible].</summary>
    public static Snapshot Machine(Rbm rbm, Tensor data, int epochs, Key key) =>
        Learn(rbm.ContrastiveDivergence(1, 0.01), data, epochs, key);

    /// <summary>
    /// One machine by a rule: rate 0.1, weight decay 2e-4, momentum 0.5 in the first epoch and 0.9 afterwards.
    /// </summary>
    public static Snapshot Learn(Rule<Tensor> rule, Tensor data, int epochs, Key key)
    {
        var batches = Datasets
            .Create(data, Tensors.Zeros(Dtype.Float32, data.Shape[0]))
            .Batches(BatchSize, epochs, key.Child(1))
            .Map(batch => batch.Input);
        var first = batches.Take((data.Shape[0] + BatchSize - 1) / BatchSize);
        return Go(rule, 0.9, batches, Go(rule, 0.5, first, Training.Start(rule, Optimizer(0.5), key.Child(0))));
    }

    /// <summary>The machines of digits as rows, [n; 784], from the bottom up.</summary>
    public static Dbn Pretrain(Tensor rows, int epochs, Key key) =>
        Dbns.Greedy(
            (own, rbm, data) => Machine(rbm, data, epochs, own).Parameters,
            Sizes.Zip(Sizes[1..], Rbms.Bernoulli),
            key,
            rows);

    /// <summary>The error on the test digits after each epoch on the labelled ones.</summary>
    public static IReadOnlyList<double> Errors(
        Layer<Tensor, Tensor> layer, int epochs, Key key, Dataset labelled, Dataset test)
    {
        var rule = Rules.OfLoss(Losses.CrossEntropy, layer);
        var optimizer = Optimizers.Adam(Schedules.Constant(1e-3));
        var batches = labelled.Batches(TuningSize, epochs, key.Child(1));
        var perEpoch = (labelled.Count + TuningSize - 1) / TuningSize;
        return
        [
            .. Training
                .Steps(rule, optimizer, batches, Training.Start(rule, optimizer, key.Child(0)), perEpoch)
                .Select(snapshot => 1 - Accuracy(layer, snapshot, test)),
        ];
    }

    /// <summary>A perceptron trained on all labels, which knows nothing of the other network.</summary>
    public static Snapshot Judge(int epochs, Key key, Dataset train) =>
        Training.Fit(
            Rules.OfLoss(Losses.CrossEntropy, Mlp.Network),
            Optimizers.Adam(Schedules.Constant(1e-3)),
            train.Batches(64, epochs, key.Child(1)),
            key);

    /// <summary>Samples after so many sweeps of the topmost machine from random states: [count; 784].</summary>
    public static Tensor Sample(Dbn dbn, int sweeps, int count, Key key) => dbn.Sample(sweeps, count, key);

    private static double Accuracy(Layer<Tensor, Tensor> layer, Snapshot snapshot, Dataset test) =>
        Evaluation.Accuracy(layer.Predict(snapshot, test.Inputs), test.Targets);

    private static Snapshot Go(Rule<Tensor> rule, double momentum, Batches<Tensor> batches, Snapshot start) =>
        Training.Steps(rule, Optimizer(momentum), batches, start, int.MaxValue).LastOrDefault(start);

    private static Transform Optimizer(double momentum) =>
        Transforms.Chain(
            Transforms.DecayWeights(2e-4), Transforms.Momentum(momentum), Transforms.Scale(-0.1));
}
