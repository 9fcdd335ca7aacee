using Functional.FSharp.Layers;

namespace Functional.CSharp;

public static partial class Layers
{
    /// <summary>
    /// y = (x - mean)/√(variance + ε)·scale + shift, mean and biased variance over the last axes, ε = 10⁻⁵ (Ba, Kiros and
    /// Hinton 2016, https://arxiv.org/abs/1607.06450). x: [...; shape], scale and shift: shape.
    /// </summary>
    public static Layer<Tensor, Tensor> LayerNorm(params int[] shape) =>
        Normalise.layerNorm([.. Bridge.Given(shape)]);

    /// <summary>As the other LayerNorm, with ε, and with scale and shift only if it is affine.</summary>
    public static Layer<Tensor, Tensor> LayerNorm(int[] shape, double epsilon, bool affine = true) =>
        Normalise.layerNormWith(new(epsilon, affine), [.. Bridge.Given(shape)]);

    /// <summary>
    /// y = x/√(mean of x² + ε)·scale, the mean over the last axes, ε = 10⁻⁵: LayerNorm without mean and shift (Zhang and
    /// Sennrich 2019, https://arxiv.org/abs/1910.07467). x: [...; shape], scale: shape.
    /// </summary>
    public static Layer<Tensor, Tensor> RmsNorm(params int[] shape) => Normalise.rmsNorm([.. Bridge.Given(shape)]);

    /// <summary>As the other RmsNorm, with ε, and with a scale only if it is affine.</summary>
    public static Layer<Tensor, Tensor> RmsNorm(int[] shape, double epsilon, bool affine = true) =>
        Normalise.rmsNormWith(new(epsilon, affine), [.. Bridge.Given(shape)]);

    /// <summary>
    /// y = (x - mean)/√(variance + ε)·scale + shift, mean and biased variance over a group of neighbouring channels and
    /// all their cells; scale and shift, [channels], if it is <paramref name="affine"/> (Wu and He 2018,
    /// https://arxiv.org/abs/1803.08494). x: [n; channels; …].
    /// </summary>
    public static Layer<Tensor, Tensor> GroupNorm(
        int groups, int channels, double epsilon = 1e-5, bool affine = true) =>
        Normalise.groupNormWith(new(epsilon, affine), groups, channels);

    /// <summary>
    /// GroupNorm with a group for each channel: each channel of each example by itself (Ulyanov, Vedaldi and Lempitsky
    /// 2016, https://arxiv.org/abs/1607.08022). x: [n; channels; …] with at least two cells, scale and shift: [channels], if
    /// it is <paramref name="affine"/>.
    /// </summary>
    public static Layer<Tensor, Tensor> InstanceNorm(int channels, double epsilon = 1e-5, bool affine = true) =>
        Normalise.instanceNormWith(new(epsilon, affine), channels);
}
