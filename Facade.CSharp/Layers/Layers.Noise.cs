using Functional.FSharp.Layers;

namespace Functional.CSharp;

public static partial class Layers
{
    /// <summary>
    /// As Dropout, but a channel goes or stays as a whole: its cells are alike (Tompson et al. 2015,
    /// https://arxiv.org/abs/1411.4280). x: [n; channels; …] with at least one axis of cells.
    /// </summary>
    public static Layer<Tensor, Tensor> SpatialDropout(double rate) => FSharp.Layers.Dropout.spatialDropout(rate);

    /// <summary>
    /// In training sets each number to -λα, where Selu ends, with probability <paramref name="rate"/>, and takes a·x + b
    /// of all, so that mean 0 and variance 1 stay (Klambauer et al. 2017, https://arxiv.org/abs/1706.02515); in evaluation
    /// changes nothing.
    /// </summary>
    public static Layer<Tensor, Tensor> AlphaDropout(double rate) => FSharp.Layers.Dropout.alphaDropout(rate);

    /// <summary>
    /// In training x + N(0, deviation²), drawn for each number (Vincent et al. 2010: denoising; Bishop 1995: a penalty on
    /// the slope); in evaluation x.
    /// </summary>
    public static Layer<Tensor, Tensor> GaussianNoise(double deviation) => Noise.gaussianNoise(deviation);

    /// <summary>
    /// In training x·N(1, rate/(1 - rate)), drawn for each number: mean and variance of Dropout, and no zeros
    /// (Srivastava et al. 2014, section 10); in evaluation x.
    /// </summary>
    public static Layer<Tensor, Tensor> GaussianDropout(double rate) => Noise.gaussianDropout(rate);
}
