namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>eˣ</summary>
    public static Tensor Exp(this Tensor x) => TensorElementwise.exp(Bridge.Given(x));

    /// <summary>2ˣ</summary>
    public static Tensor Exp2(this Tensor x) => TensorElementwise.exp2(Bridge.Given(x));

    /// <summary>eˣ - 1, exact for small x.</summary>
    public static Tensor Expm1(this Tensor x) => TensorElementwise.expm1(Bridge.Given(x));

    /// <summary>ln x</summary>
    public static Tensor Log(this Tensor x) => TensorElementwise.log(Bridge.Given(x));

    /// <summary>log₂ x</summary>
    public static Tensor Log2(this Tensor x) => TensorElementwise.log2(Bridge.Given(x));

    /// <summary>log₁₀ x</summary>
    public static Tensor Log10(this Tensor x) => TensorElementwise.log10(Bridge.Given(x));

    /// <summary>ln(1 + x), exact for small x.</summary>
    public static Tensor Log1p(this Tensor x) => TensorElementwise.log1p(Bridge.Given(x));

    /// <summary>√x; its derivative at 0 is infinite.</summary>
    public static Tensor Sqrt(this Tensor x) => TensorElementwise.sqrt(Bridge.Given(x));

    /// <summary>1/√x</summary>
    public static Tensor Rsqrt(this Tensor x) => TensorElementwise.rsqrt(Bridge.Given(x));

    /// <summary>1/x</summary>
    public static Tensor Reciprocal(this Tensor x) => TensorElementwise.reciprocal(Bridge.Given(x));

    /// <summary>|x|; its derivative at 0 is taken as 0.</summary>
    public static Tensor Abs(this Tensor x) => TensorElementwise.abs(Bridge.Given(x));

    /// <summary>-1, 0 or 1; of NaN 0. Its derivative is 0.</summary>
    public static Tensor Sign(this Tensor x) => TensorElementwise.sign(Bridge.Given(x));

    /// <summary>x²</summary>
    public static Tensor Square(this Tensor x) => TensorElementwise.square(Bridge.Given(x));

    /// <summary>⌊x⌋, the largest whole number not above x. Its derivative is 0.</summary>
    public static Tensor Floor(this Tensor x) => TensorElementwise.floor(Bridge.Given(x));

    /// <summary>⌈x⌉, the smallest whole number not below x. Its derivative is 0.</summary>
    public static Tensor Ceil(this Tensor x) => TensorElementwise.ceil(Bridge.Given(x));

    /// <summary>
    /// The nearest whole number, of two equally near ones the even one: 2.5 gives 2. Its derivative is 0.
    /// </summary>
    public static Tensor Round(this Tensor x) => TensorElementwise.round(Bridge.Given(x));

    /// <summary>The whole part of x, towards 0. Its derivative is 0.</summary>
    public static Tensor Trunc(this Tensor x) => TensorElementwise.trunc(Bridge.Given(x));

    /// <summary>x without its whole part, with the sign of x.</summary>
    public static Tensor Frac(this Tensor x) => TensorElementwise.frac(Bridge.Given(x));

    /// <summary>
    /// x with 0 for NaN, and the largest and smallest finite numbers of its dtype for the infinities.
    /// </summary>
    public static Tensor NanToNum(this Tensor x) => TensorElementwise.nanToNum(Bridge.Given(x));

    /// <summary>xᵖ for a number p.</summary>
    public static Tensor Pow(this Tensor x, double p) => TensorElementwise.pow(p, Bridge.Given(x));

    /// <summary>
    /// min(max(x, low), high); the derivative is 1 from low to high, both included, and 0 outside. Whole numbers stay
    /// whole where the bounds are whole or infinite.
    /// </summary>
    public static Tensor Clamp(this Tensor x, double low, double high) =>
        TensorElementwise.clamp(low, high, Bridge.Given(x));

    /// <summary>max(x, low)</summary>
    public static Tensor ClampMin(this Tensor x, double low) => TensorElementwise.clampMin(low, Bridge.Given(x));

    /// <summary>min(x, high)</summary>
    public static Tensor ClampMax(this Tensor x, double high) => TensorElementwise.clampMax(high, Bridge.Given(x));

    /// <summary>
    /// xʸ of each pair of elements; shapes broadcast. Derivatives by y are taken as 0 where x = 0, and are NaN where
    /// x &lt; 0. Whole numbers take no negative exponents.
    /// </summary>
    public static Tensor Power(this Tensor x, Tensor y) => TensorElementwise.power(Bridge.Given(x), Bridge.Given(y));

    /// <summary>
    /// x - y·⌊x/y⌋ of each pair of elements, which has the sign of y, as NumPy's and PyTorch's; shapes broadcast.
    /// </summary>
    public static Tensor Remainder(this Tensor x, Tensor y) =>
        TensorElementwise.remainder(Bridge.Given(x), Bridge.Given(y));

    /// <summary>⌊x/y⌋ of each pair of elements; shapes broadcast. Its derivative is 0.</summary>
    public static Tensor FloorDivide(this Tensor x, Tensor y) =>
        TensorElementwise.floorDivide(Bridge.Given(x), Bridge.Given(y));

    /// <summary>The larger of each pair of elements; shapes broadcast. Equal ones share the derivative.</summary>
    public static Tensor Maximum(this Tensor x, Tensor y) =>
        TensorElementwise.maximum(Bridge.Given(x), Bridge.Given(y));

    /// <summary>The smaller of each pair of elements; shapes broadcast. Equal ones share the derivative.</summary>
    public static Tensor Minimum(this Tensor x, Tensor y) =>
        TensorElementwise.minimum(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x + weight·(y - x): x at weight 0, y at weight 1, exactly; shapes broadcast.</summary>
    public static Tensor Lerp(this Tensor x, Tensor y, double weight) =>
        TensorElementwise.lerp(weight, Bridge.Given(x), Bridge.Given(y));
}
