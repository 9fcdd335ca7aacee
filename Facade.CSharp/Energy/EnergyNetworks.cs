using Microsoft.FSharp.Core;

namespace Functional.CSharp;

/// <summary>
/// Any layer with one output as an energy, and rules that fit exp(-E)/Z to data without Z. Layers run in evaluation; the
/// rules' state has the layer's own at "layer".
/// </summary>
public static class EnergyNetworks
{
    /// <summary>
    /// The energy of a layer with these parameters and the layer's own state, by path: [n; …] -&gt; [n].
    /// </summary>
    public static Func<Tensor, Tensor> OfLayer(Layer<Tensor, Tensor> layer, Values parameters, Values state) =>
        Of(
            Bridge.Given(layer),
            Structure.Of(layer).ParametersFrom(parameters, nameof(parameters)),
            Structure.Of(layer).StateFrom(state, nameof(state)));

    /// <summary>The energy that a run of one of these rules has reached.</summary>
    public static Func<Tensor, Tensor> Energy(Layer<Tensor, Tensor> layer, Snapshot snapshot) =>
        FSharp.EnergyNetwork.energy(Bridge.Given(layer), Bridge.Given(snapshot)).Invoke;

    /// <summary>
    /// Contrastive divergence: mean E(data) - mean E(samples) + penalty·(mean E²) of both, the samples being what so many
    /// steps of the kernel for the energy make of the batch itself.
    /// </summary>
    public static Rule<Tensor> ContrastiveDivergence<TInfo>(
        Func<Func<Tensor, Tensor>, Kernel<TInfo>> kernel, int steps, double penalty, Layer<Tensor, Tensor> layer) =>
        FSharp.EnergyNetwork.contrastiveDivergence(Bridge.With(kernel, Made), steps, penalty, Bridge.Given(layer));

    /// <summary>
    /// Contrastive divergence with a replay buffer of so many samples (Du and Mordatch 2019,
    /// https://arxiv.org/abs/1903.08689): as many of them as the batch has go on for <paramref name="steps"/> steps; before
    /// that each is replaced with probability <paramref name="fresh"/> by a new state from <paramref name="draw"/>, which
    /// makes so many states.
    /// </summary>
    public static Rule<Tensor> Persistent<TInfo>(
        Func<Func<Tensor, Tensor>, Kernel<TInfo>> kernel,
        int steps,
        int buffer,
        double fresh,
        Func<int, Key, Tensor> draw,
        double penalty,
        Layer<Tensor, Tensor> layer) =>
        FSharp.EnergyNetwork.persistent(
            Bridge.With(kernel, Made), steps, buffer, fresh, Bridge.Fun(draw), penalty, Bridge.Given(layer));

    /// <summary>
    /// Score matching (Hyvärinen 2005): the mean of ½|∇E|² - ΔE, the Laplacian by as many second derivatives as a state has
    /// numbers. Minimal where ∇E is the data's own. States [n; …].
    /// </summary>
    public static Rule<Tensor> ScoreMatching(Layer<Tensor, Tensor> layer) =>
        FSharp.EnergyNetwork.scoreMatching(Bridge.Given(layer));

    /// <summary>
    /// Sliced score matching (Song et al. 2019, https://arxiv.org/abs/1905.07088): ½|∇E|² - vᵀ(∇∇E)v for a random direction
    /// v of ±1 of each sample; right on average, at the cost of one second derivative.
    /// </summary>
    public static Rule<Tensor> SlicedScoreMatching(Layer<Tensor, Tensor> layer) =>
        FSharp.EnergyNetwork.slicedScoreMatching(Bridge.Given(layer));

    /// <summary>
    /// Denoising score matching (Vincent 2011, https://doi.org/10.1162/NECO_a_00142): the mean of ½|σ·∇E(x + σε) - ε|² for
    /// normal noise ε: learns the data's density smoothed by σ.
    /// </summary>
    public static Rule<Tensor> DenoisingScoreMatching(double sigma, Layer<Tensor, Tensor> layer) =>
        FSharp.EnergyNetwork.denoisingScoreMatching(sigma, Bridge.Given(layer));

    /// <summary>
    /// Denoising score matching at several scales by one energy (Li, Chen and Sommer 2019,
    /// https://arxiv.org/abs/1910.07762): the mean of ½|∇E(x + σε)/σ - ε|² for normal noise ε, with σ drawn for each state
    /// from those given. Where a state shows how noisy it is, x - ∇E(x) becomes the mean of the clean states that it may
    /// come from, and exp(-E/σ²) the data's density smoothed by σ.
    /// </summary>
    public static Rule<Tensor> MultiscaleScoreMatching(IEnumerable<double> sigmas, Layer<Tensor, Tensor> layer) =>
        FSharp.EnergyNetwork.multiscaleScoreMatching(Bridge.Given(sigmas), Bridge.Given(layer));

    /// <summary>
    /// Noise-contrastive estimation (Gutmann and Hyvärinen 2010): the layer, whose own bias stands for ln Z, learns to tell
    /// data from as many states that <paramref name="draw"/> makes with the log-density
    /// <paramref name="logDensity"/>, [n; …] -&gt; [n]. The loss is the mean cross-entropy of both.
    /// </summary>
    public static Rule<Tensor> NoiseContrastive(
        Func<int, Key, Tensor> draw, Func<Tensor, Tensor> logDensity, Layer<Tensor, Tensor> layer) =>
        FSharp.EnergyNetwork.noiseContrastive(Bridge.Fun(draw), Bridge.Fun(logDensity), Bridge.Given(layer));

    private static Func<Tensor, Tensor> Of(Layer<Tensor, Tensor> layer, Tree<Param> ps, Tree<Tensor> state) =>
        x => FSharp.EnergyNetwork.ofLayer(layer, ps, state, Bridge.Given(x));

    private static FSharpFunc<FSharpFunc<Tensor, Tensor>, Kernel<TInfo>> Made<TInfo>(
        Func<Func<Tensor, Tensor>, Kernel<TInfo>> kernel) =>
        Bridge.Fun((FSharpFunc<Tensor, Tensor> energy) => kernel(energy.Invoke));
}
