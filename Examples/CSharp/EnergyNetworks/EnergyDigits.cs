using Functional.CSharp;
using static Functional.CSharp.Layers;

namespace Functional.Examples.CSharp;

/// <summary>An energy of handwritten digits, learnt by denoising score matching at ten scales of noise.</summary>
public static class EnergyDigits
{
    private const int BatchSize = 128;
    private const int Levels = 10;
    private const double Finest = 0.2;
    private const double Coarsest = 1;
    private const int Width = 512;

    /// <summary>The energy of images as rows, ½·|x - D(x)|² with a perceptron for D: [n; 784] -&gt; [n].</summary>
    public static Layer<Tensor, Tensor> Network { get; } =
        Residual(Dense(784, Width).Then(Silu).Then(Dense(Width, Width)).Then(Silu).Then(Dense(Width, 784)))
            .Then(Lift((Tensor error) => 0.5 * error.Square().Sum(1)));

    /// <summary>Scales of noise, each so many times the one before.</summary>
    public static IEnumerable<double> Sigmas { get; } =
        [.. Enumerable.Range(0, Levels).Select(i => Finest * Math.Pow(Coarsest / Finest, i / (Levels - 1.0)))];

    /// <summary>Trains on digits as rows, [n; 784], through so many epochs.</summary>
    public static Snapshot Train(Tensor rows, int epochs, Key key)
    {
        var steps = epochs * ((rows.Shape[0] + BatchSize - 1) / BatchSize);
        var batches = Datasets.Create(rows, Tensors.Arange(rows.Shape[0]))
            .Batches(BatchSize, epochs, key.Child(1))
            .Map(batch => batch.Input);

        return Training.Fit(
            EnergyNetworks.MultiscaleScoreMatching(Sigmas, Network),
            Optimizers.Adam(Schedules.Cosine(2e-3, 0, steps)),
            batches,
            key.Child(0));
    }

    /// <summary>
    /// Langevin chains cooled in so many steps, from T = 1 to 0.04, from N(½, 1); what noise is left is taken away at the
    /// end: [count; 784].
    /// </summary>
    public static Tensor Sample(Snapshot snapshot, int steps, int count, Key key)
    {
        var energy = EnergyNetworks.Energy(Network, snapshot);
        var cooling = Schedules.Decay(
            Math.Pow(Coarsest, 2), Math.Pow(Finest / Coarsest, 2.0 / steps), 1);

        Kernel<ValueTuple> At(double temperature) =>
            Langevin.Unadjusted(0.5 * temperature, Energies.Tempered(temperature, energy));

        var start = 0.5 + Coarsest * key.Child(0).Normal(count, 784);
        var end = Tempering.Anneal(cooling, At).Run(steps, key.Child(1), start);
        return end - Energies.Slope(energy, end).Slopes;
    }
}
