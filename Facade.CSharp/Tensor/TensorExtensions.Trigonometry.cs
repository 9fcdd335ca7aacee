namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>sin x</summary>
    public static Tensor Sin(this Tensor x) => TensorTrigonometry.sin(Bridge.Given(x));

    /// <summary>cos x</summary>
    public static Tensor Cos(this Tensor x) => TensorTrigonometry.cos(Bridge.Given(x));

    /// <summary>tan x</summary>
    public static Tensor Tan(this Tensor x) => TensorTrigonometry.tan(Bridge.Given(x));

    /// <summary>The angle from -π/2 to π/2 whose sine is x.</summary>
    public static Tensor Asin(this Tensor x) => TensorTrigonometry.asin(Bridge.Given(x));

    /// <summary>The angle from 0 to π whose cosine is x.</summary>
    public static Tensor Acos(this Tensor x) => TensorTrigonometry.acos(Bridge.Given(x));

    /// <summary>The angle from -π/2 to π/2 whose tangent is x.</summary>
    public static Tensor Atan(this Tensor x) => TensorTrigonometry.atan(Bridge.Given(x));

    /// <summary>(eˣ - e⁻ˣ)/2</summary>
    public static Tensor Sinh(this Tensor x) => TensorTrigonometry.sinh(Bridge.Given(x));

    /// <summary>(eˣ + e⁻ˣ)/2</summary>
    public static Tensor Cosh(this Tensor x) => TensorTrigonometry.cosh(Bridge.Given(x));

    /// <summary>tanh x</summary>
    public static Tensor Tanh(this Tensor x) => TensorTrigonometry.tanh(Bridge.Given(x));

    /// <summary>ln(x + √(x² + 1)), the number whose sinh is x.</summary>
    public static Tensor Asinh(this Tensor x) => TensorTrigonometry.asinh(Bridge.Given(x));

    /// <summary>ln(x + √(x² - 1)), the number of at least 0 whose cosh is x.</summary>
    public static Tensor Acosh(this Tensor x) => TensorTrigonometry.acosh(Bridge.Given(x));

    /// <summary>½ ln((1 + x)/(1 - x)), the number whose tanh is x.</summary>
    public static Tensor Atanh(this Tensor x) => TensorTrigonometry.atanh(Bridge.Given(x));

    /// <summary>
    /// The angle from -π to π of the point (x, y) as seen from the origin; shapes broadcast. No derivative at the
    /// origin.
    /// </summary>
    public static Tensor Atan2(this Tensor y, Tensor x) => TensorTrigonometry.atan2(Bridge.Given(y), Bridge.Given(x));

    /// <summary>
    /// √(x² + y²) without overflow on the way; shapes broadcast. Its derivative at (0, 0) is taken as 0.
    /// </summary>
    public static Tensor Hypot(this Tensor x, Tensor y) => TensorTrigonometry.hypot(Bridge.Given(x), Bridge.Given(y));
}
