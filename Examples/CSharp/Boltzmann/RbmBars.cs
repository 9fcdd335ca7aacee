using Functional.CSharp;

namespace Functional.Examples.CSharp;

/// <summary>Restricted Boltzmann machines on bars and stripes.</summary>
public static class RbmBars
{
    /// <summary>Machines with eight hidden units, by the exact gradient, CD-1, CD-10 and PCD.</summary>
    public static IReadOnlyList<Snapshot> Train(Tensor patterns, int steps, Key key)
    {
        var rbm = Rbms.Bernoulli(patterns.Shape[1], 8);

        Snapshot Learn(int way, Rule<Tensor> rule, double rate, int copies) =>
            Training.Fit(
                rule,
                Optimizers.Adam(Schedules.Linear(rate, 0, steps)),
                Batches.Cycle(steps, [Tensors.Cat(0, Enumerable.Repeat(patterns, copies))]),
                key.Child(way));

        return
        [
            Learn(0, rbm.Exact(0.1), 0.03, 1),
            Learn(1, rbm.ContrastiveDivergence(1, 0.1), 0.01, 10),
            Learn(2, rbm.ContrastiveDivergence(10, 0.1), 0.01, 10),
            Learn(3, rbm.Persistent(280, 1, 0.1), 0.01, 1),
        ];
    }
}
