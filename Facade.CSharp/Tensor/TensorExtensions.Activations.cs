namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>1/(1 + e⁻ˣ)</summary>
    public static Tensor Sigmoid(this Tensor x) => TensorActivations.sigmoid(Bridge.Given(x));

    /// <summary>ln(1/(1 + e⁻ˣ)), exact for large |x|.</summary>
    public static Tensor LogSigmoid(this Tensor x) => TensorActivations.logsigmoid(Bridge.Given(x));

    /// <summary>max(x, 0); its derivative at 0 is taken as 0.</summary>
    public static Tensor Relu(this Tensor x) => TensorActivations.relu(Bridge.Given(x));

    /// <summary>x/(1 + e⁻ˣ), also called swish. Elfwing, Uchibe and Doya 2017, arXiv:1702.03118.</summary>
    public static Tensor Silu(this Tensor x) => TensorActivations.silu(Bridge.Given(x));

    /// <summary>ln(1 + eˣ), exact for large |x|: libtorch's own gives x above 20.</summary>
    public static Tensor Softplus(this Tensor x) => TensorActivations.softplus(Bridge.Given(x));

    /// <summary>
    /// x·Φ(x), Φ the normal distribution function, without approximation: x·erfc(-x/√2)/2, which keeps its digits in
    /// the tail. Hendrycks and Gimpel 2016, arXiv:1606.08415.
    /// </summary>
    public static Tensor Gelu(this Tensor x) => TensorActivations.gelu(Bridge.Given(x));

    /// <summary>x where x &gt; 0, else slope·x.</summary>
    public static Tensor LeakyRelu(this Tensor x, double slope) =>
        TensorActivations.leakyRelu(slope, Bridge.Given(x));

    /// <summary>
    /// x where x &gt; 0, else alpha·(eˣ - 1). Clevert, Unterthiner and Hochreiter 2015, arXiv:1511.07289.
    /// </summary>
    public static Tensor Elu(this Tensor x, double alpha = 1.0) => TensorActivations.elu(alpha, Bridge.Given(x));
}
