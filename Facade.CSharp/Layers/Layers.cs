using Functional.FSharp.Layers;

namespace Functional.CSharp;

/// <summary>The layers of the library.</summary>
public static partial class Layers
{
    /// <summary>
    /// y = x·W + b. x: [...; inputs], W: [inputs; outputs], b: [outputs], y: [...; outputs]. W and b start from
    /// U(-1/√inputs, 1/√inputs), unless <paramref name="draw"/> gives the first W.
    /// </summary>
    public static Layer<Tensor, Tensor> Dense(int inputs, int outputs, Func<Fans, int[], Key, Tensor>? draw = null) =>
        FSharp.Layers.Dense.denseWith(Bridge.Draw(draw ?? Initializers.Standard), inputs, outputs);

    /// <summary>max(x, 0)</summary>
    public static Layer<Tensor, Tensor> Relu => Activation.relu;

    /// <summary>tanh x</summary>
    public static Layer<Tensor, Tensor> Tanh => Activation.tanh;

    /// <summary>1/(1 + e⁻ˣ)</summary>
    public static Layer<Tensor, Tensor> Sigmoid => Activation.sigmoid;

    /// <summary>exp(xᵢ) / Σⱼ exp(xⱼ) along the last axis.</summary>
    public static Layer<Tensor, Tensor> Softmax => Activation.softmax;

    /// <summary>[n; …] -&gt; [n; product of the rest].</summary>
    public static Layer<Tensor, Tensor> Flatten => Activation.flatten;

    /// <summary>
    /// In training zeroes each number with probability <paramref name="rate"/> and multiplies the rest by 1/(1 - rate),
    /// so the mean stays (Srivastava et al. 2014); rate 1 leaves zeros. In evaluation changes nothing.
    /// </summary>
    public static Layer<Tensor, Tensor> Dropout(double rate) => FSharp.Layers.Dropout.dropout(rate);

    /// <summary>
    /// y = (x - mean)/√(variance + ε)·scale + shift for each feature, the last two if it is <paramref name="affine"/> (Ioffe
    /// and Szegedy 2015, https://arxiv.org/abs/1502.03167). x: [n; features] or, over all cells, [n; features; l],
    /// [n; features; h; w], [n; features; d; h; w]. Training uses the batch's mean and biased variance; evaluation uses running
    /// ones, r ← (1 - momentum)·r + momentum·batch, the variance unbiased as in PyTorch, or the batch's where none are kept.
    /// </summary>
    public static Layer<Tensor, Tensor> BatchNorm(
        int features, double epsilon = 1e-5, double momentum = 0.1, bool affine = true, bool running = true) =>
        FSharp.Layers.BatchNorm.batchNormWith(new(epsilon, momentum, affine, running), features);
}
