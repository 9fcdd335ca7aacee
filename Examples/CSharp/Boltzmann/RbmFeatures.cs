using Functional.CSharp;
using static Functional.CSharp.Layers;

namespace Functional.Examples.CSharp;

/// <summary>Features of digits learned without labels, and a classifier of them.</summary>
public static class RbmFeatures
{
    /// <summary>A machine by CD-1, of samples [n; pixels].</summary>
    public static Snapshot Train(Tensor samples, int hidden, int epochs, Key key)
    {
        var rbm = Rbms.Bernoulli(samples.Shape[1], hidden);
        var rate = Schedules.Linear(0.05, 0, epochs * ((samples.Shape[0] + 99) / 100));
        var optimizer = Transforms.Chain(Transforms.DecayWeights(2e-4), Optimizers.Momentum(rate, 0.9));
        return RbmDigits.Train(rbm, rbm.ContrastiveDivergence(), optimizer, samples, epochs, key);
    }

    /// <summary>Logistic regression on all samples at once, with a penalty of penalty/2·|weights|².</summary>
    public static Snapshot Classify(Dataset data, double penalty, int steps, Key key) =>
        Training.Fit(
            Rules.OfLoss(Losses.CrossEntropy, Dense(data.Inputs.Shape[1], 10)),
            Transforms.Chain(Transforms.DecayWeights(penalty), Optimizers.Adam(Schedules.Cosine(0.02, 0, steps))),
            Batches.Cycle(steps, [(data.Inputs, data.Targets)]),
            key);
}
