using Functional.CSharp;
using static Functional.CSharp.Layers;

namespace Functional.Examples.CSharp;

/// <summary>A perceptron as an energy, learnt from points on a ring of eight clouds against noise.</summary>
public static class EnergyNet
{
    private const double Side = 10;
    private const double Stride = 0.18;

    /// <summary>The energy: [n; 2] -&gt; [n; 1].</summary>
    public static Layer<Tensor, Tensor> Network { get; } =
        Dense(2, 128).Then(Silu).Then(Dense(128, 128)).Then(Silu).Then(Dense(128, 1));

    /// <summary>States anywhere in the square: [count; 2].</summary>
    public static Tensor Anywhere(int count, Key key) => Side * (2 * key.Uniform(count, 2) - 1);

    /// <summary>The logarithm of their density: [n; 2] -&gt; [n].</summary>
    public static Tensor Evenly(Tensor x) => Tensors.Full(-2 * Math.Log(2 * Side), x.Shape[0]);

    /// <summary>Points of the eight clouds, unlabelled.</summary>
    public static Batches<Tensor> Batches(int steps, Key key) =>
        Functional.CSharp.Batches.Init(
            steps, i => Synthetic.Gaussians(Synthetic.Circle(8, 6), 0.6, 256, key.Child(i)).Inputs);

    /// <summary>Trains for so many steps.</summary>
    public static Snapshot Train(int steps, Key data, Key key) =>
        Training.Fit(
            EnergyNetworks.NoiseContrastive(Anywhere, Evenly, Network),
            Optimizers.Adam(Schedules.Cosine(5e-3, 0, steps)),
            Batches(steps, data),
            key);

    /// <summary>
    /// Chains of exact Langevin steps from N(0, 0.1²) at the middle of the ring, cooled from T = 10 to 1 in 750 of their 1,000
    /// steps: [1000; 2].
    /// </summary>
    public static Tensor Sample(Snapshot snapshot, Key key)
    {
        var energy = EnergyNetworks.Energy(Network, snapshot);
        var cooling = Schedules.Join(750, Schedules.Decay(10, Math.Pow(10, -1.0 / 750), 1), Schedules.Constant(1));

        Kernel<double> At(double temperature) =>
            Langevin.Adjusted(Stride, Energies.Tempered(temperature, energy));

        return Tempering.Anneal(cooling, At).Run(1000, key.Child(1), 0.1 * key.Child(0).Normal(1000, 2));
    }
}
