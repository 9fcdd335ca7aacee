namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>The error function 2/√π ∫₀ˣ exp(-t²) dt.</summary>
    public static Tensor Erf(this Tensor x) => TensorSpecial.erf(Bridge.Given(x));

    /// <summary>1 - erf x, exact where it is small.</summary>
    public static Tensor Erfc(this Tensor x) => TensorSpecial.erfc(Bridge.Given(x));

    /// <summary>The number whose error function is x, for x between -1 and 1.</summary>
    public static Tensor Erfinv(this Tensor x) => TensorSpecial.erfinv(Bridge.Given(x));

    /// <summary>ln |Γ(x)|</summary>
    public static Tensor Lgamma(this Tensor x) => TensorSpecial.lgamma(Bridge.Given(x));

    /// <summary>ψ(x), the derivative of ln Γ(x).</summary>
    public static Tensor Digamma(this Tensor x) => TensorSpecial.digamma(Bridge.Given(x));

    /// <summary>
    /// x·ln y, and 0 where x = 0 unless y is NaN; shapes broadcast. Derivatives are taken as 0 where x = 0 and y ≤ 0.
    /// </summary>
    public static Tensor Xlogy(this Tensor x, Tensor y) => TensorSpecial.xlogy(Bridge.Given(x), Bridge.Given(y));
}
