using Functional.FSharp.Layers;

namespace Functional.CSharp;

public static partial class Layers
{
    /// <summary>ln of Softmax along the last axis, exact where softmax is almost 0.</summary>
    public static Layer<Tensor, Tensor> LogSoftmax => Activation.logsoftmax;

    /// <summary>x where x &gt; 0, else slope·x (Maas, Hannun and Ng 2013).</summary>
    public static Layer<Tensor, Tensor> LeakyRelu(double slope = 0.01) => Activation.leakyRelu(slope);

    /// <summary>ln(1 + eˣ)</summary>
    public static Layer<Tensor, Tensor> Softplus => Activation.softplus;

    /// <summary>
    /// x where x &gt; 0, else alpha·(eˣ - 1) (Clevert, Unterthiner and Hochreiter 2015,
    /// https://arxiv.org/abs/1511.07289).
    /// </summary>
    public static Layer<Tensor, Tensor> Elu(double alpha = 1.0) => Activation.elu(alpha);

    /// <summary>
    /// λ·(x where x &gt; 0, else α·(eˣ - 1)) with the λ and α for which mean 0 and variance 1 are a fixed point
    /// (Klambauer et al. 2017, https://arxiv.org/abs/1706.02515): first weights from Initializers.Lecun.
    /// </summary>
    public static Layer<Tensor, Tensor> Selu => Activation.selu;

    /// <summary>
    /// x·Φ(x), Φ the normal distribution function, exact (Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415).
    /// </summary>
    public static Layer<Tensor, Tensor> Gelu => Activation.gelu;

    /// <summary>
    /// x·(1 + tanh u)/2 with u = √(2/π)·(x + 0.044715·x³), the approximation of Gelu in the same paper: GPT-2's and
    /// BERT's.
    /// </summary>
    public static Layer<Tensor, Tensor> GeluTanh => Activation.geluTanh;

    /// <summary>
    /// x/(1 + e⁻ˣ), also called swish (Elfwing, Uchibe and Doya 2017, https://arxiv.org/abs/1702.03118).
    /// </summary>
    public static Layer<Tensor, Tensor> Silu => Activation.silu;

    /// <summary>x·tanh(ln(1 + eˣ)) (Misra 2019, https://arxiv.org/abs/1908.08681).</summary>
    public static Layer<Tensor, Tensor> Mish => Activation.mish;

    /// <summary>x between -1 and 1, and the nearer of these beyond.</summary>
    public static Layer<Tensor, Tensor> HardTanh => Activation.hardtanh;

    /// <summary>
    /// x where x &gt; 0, else slope·x with a slope for each channel, learnt, first ¼ and never decayed (He et al. 2015,
    /// https://arxiv.org/abs/1502.01852). x: [n; channels; …]; of one channel the slope is that of all of any x.
    /// </summary>
    public static Layer<Tensor, Tensor> PRelu(int channels = 1) => Activation.prelu(channels);

    /// <summary>
    /// The largest of so many neighbouring channels (Goodfellow et al. 2013, https://arxiv.org/abs/1302.4389), behind a
    /// layer with as many times more outputs. x: [n; m·pieces; …] -&gt; [n; m; …].
    /// </summary>
    public static Layer<Tensor, Tensor> Maxout(int pieces) => Activation.maxout(pieces);

    /// <summary>
    /// [n; …] -&gt; [n; shape]: each example's numbers in another shape, of which one length may be -1: what remains.
    /// </summary>
    public static Layer<Tensor, Tensor> Reshape(params int[] shape) => Activation.reshape([.. Bridge.Given(shape)]);
}
