using Functional.CSharp;
using static Functional.CSharp.Layers;
using Values = System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor>;

namespace Functional.Examples.CSharp;

/// <summary>A deep Boltzmann machine of digits.</summary>
public static class DeepBoltzmann
{
    private const int BatchSize = 100;
    private const int Chains = 100;

    /// <summary>784-256-256 Bernoulli units.</summary>
    public static Dbm Machine { get; } = Dbms.Bernoulli(784, 256, 256);

    /// <summary>The network that starts from nothing, of the same layers: [n; 1; 28; 28] -&gt; [n; 10].</summary>
    public static Layer<Tensor, Tensor> Random { get; } =
        Flatten
            .Then(Stack([Dense(784, 256).Then(Sigmoid), Dense(256, 256).Then(Sigmoid)]))
            .Then(Dense(256, 10));

    /// <summary>First parameters, layer by layer with CD-1, from samples [n; 784].</summary>
    public static IReadOnlyDictionary<string, Param> Pretrain(Dbm dbm, Tensor samples, int epochs, Key key) =>
        dbm.Greedy(
            rbm => rbm.ContrastiveDivergence(1, 0.01),
            (own, rule, data) => DeepBelief.Learn(rule, data, epochs, own).Parameters,
            key,
            samples);

    /// <summary>
    /// All layers at once: 10 sweeps of the mean field, 5 Gibbs sweeps of the chains, a rate that falls from 0.01 to 0.
    /// </summary>
    public static Snapshot Learn(Dbm dbm, Values first, Tensor samples, int epochs, Key key)
    {
        var steps = epochs * ((samples.Shape[0] + BatchSize - 1) / BatchSize);
        return Training.Fit(
            dbm.Persistent(Chains, first, 5, 10),
            Transforms.Chain(Transforms.DecayWeights(2e-4), Optimizers.Sgd(Schedules.Linear(0.01, 0, steps))),
            Datasets.Create(samples, Tensors.Arange(samples.Shape[0]))
                .Batches(BatchSize, epochs, key.Child(1))
                .Map(batch => batch.Input),
            key.Child(0));
    }

    /// <summary>
    /// ln Z by annealing over so many temperatures, and the mean of the bound on ln p over test samples under it.
    /// </summary>
    public static (LogZ LogZ, double Bound) Bound(
        Dbm dbm, Values parameters, int betas, Tensor train, Tensor test, Key key)
    {
        var rates = Rbms.Bernoulli(train.Shape[1], 1).BaseRates(train);
        var logZ = dbm.Annealed(betas, Chains, rates, key, parameters);
        var means = dbm.MeanField(parameters, test, 50, tolerance: 1e-4);
        return (logZ, dbm.Bound(logZ.Value, parameters, means).Mean().ToDouble());
    }

    /// <summary>Samples after so many sweeps from random states: [count; 784].</summary>
    public static Tensor Sample(Dbm dbm, Values parameters, int sweeps, int count, Key key) =>
        dbm.Sample(sweeps, count, key, parameters);
}
