using Functional.CSharp;

namespace Functional.Examples.CSharp;

/// <summary>Boltzmann machines small enough to be enumerated (Ackley, Hinton and Sejnowski 1985).</summary>
public static class BoltzmannMachine
{
    /// <summary>
    /// A machine of the samples' six units by the exact gradient and by sampling, and machines with four hidden units of bars
    /// and stripes, from so many starts.
    /// </summary>
    public static (Snapshot Exact, Snapshot Sampled, IReadOnlyList<Snapshot> Bars) Train(
        Tensor samples, Tensor bars, int starts, int steps, Key key)
    {
        var (visible, withHidden) = (Boltzmanns.Create(6), Boltzmanns.Create(4, 4));

        Snapshot Learn(Rule<Tensor> rule, Transform optimizer, Tensor data, Key own) =>
            Training.Fit(rule, optimizer, Batches.Cycle(steps, [data]), own);

        Transform Momentum(double rate) => Optimizers.Momentum(Schedules.Linear(rate, 0, steps), 0.9);
        var adam = Optimizers.Adam(Schedules.Linear(0.05, 0, steps));

        return (
            Learn(visible.Exact(), Momentum(0.1), samples, key.Child(0)),
            Learn(visible.Sampled(500), Momentum(0.05), samples, key.Child(1)),
            [.. Enumerable.Range(0, starts).Select(i => Learn(withHidden.Exact(0.5), adam, bars, key.Child(2 + i)))]);
    }
}
