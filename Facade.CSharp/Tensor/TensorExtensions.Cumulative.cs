namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>exp(xᵢ) / Σⱼ exp(xⱼ) along one axis.</summary>
    public static Tensor Softmax(this Tensor x, int axis) => TensorCumulative.softmax(axis, Bridge.Given(x));

    /// <summary>xᵢ - ln Σⱼ exp(xⱼ) along one axis.</summary>
    public static Tensor LogSoftmax(this Tensor x, int axis) => TensorCumulative.logsoftmax(axis, Bridge.Given(x));

    /// <summary>x₀ + … + xᵢ along one axis. Whole numbers and truth values give int64.</summary>
    public static Tensor CumSum(this Tensor x, int axis) => TensorCumulative.cumsum(axis, Bridge.Given(x));

    /// <summary>x₀ · … · xᵢ along one axis. Whole numbers and truth values give int64.</summary>
    public static Tensor CumProd(this Tensor x, int axis) => TensorCumulative.cumprod(axis, Bridge.Given(x));
}
