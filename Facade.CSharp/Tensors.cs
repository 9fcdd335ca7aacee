namespace Functional.CSharp;

/// <summary>Making tensors. The last axis of a shape runs fastest.</summary>
public static class Tensors
{
    /// <summary>A tensor of the given dtype filled with zeros.</summary>
    public static Tensor Zeros(Dtype dtype, params int[] shape) => TensorMaking.zerosOf(dtype, Bridge.Given(shape));

    /// <summary>A tensor of one number, float32.</summary>
    public static Tensor Full(double value, params int[] shape) => TensorMaking.full(Bridge.Given(shape), value);

    /// <summary>One number without axes, float32.</summary>
    public static Tensor Scalar(double value) => TensorMaking.scalar(value);

    /// <summary>0, 1, …, count - 1 as int64: [count].</summary>
    public static Tensor Arange(int count) => TensorMaking.arange(count);

    /// <summary>A float32 tensor of this shape from its elements.</summary>
    public static Tensor From(float[] values, params int[] shape) =>
        TensorMaking.ofArray(Bridge.Given(shape), Bridge.Given(values));

    /// <summary>A float64 tensor of this shape from its elements.</summary>
    public static Tensor From(double[] values, params int[] shape) =>
        TensorMaking.ofDoubles(Bridge.Given(shape), Bridge.Given(values));

    /// <summary>An int64 tensor of this shape from its elements.</summary>
    public static Tensor From(long[] values, params int[] shape) =>
        TensorMaking.ofLongs(Bridge.Given(shape), Bridge.Given(values));

    /// <summary>A uint8 tensor of this shape from its elements.</summary>
    public static Tensor From(byte[] values, params int[] shape) =>
        TensorMaking.ofBytes(Bridge.Given(shape), Bridge.Given(values));

    /// <summary>A float32 vector.</summary>
    public static Tensor Vector(params IEnumerable<double> values) => TensorMaking.ofSeq(Bridge.Given(values));

    /// <summary>An int64 vector: class labels or indices.</summary>
    public static Tensor Labels(params IEnumerable<int> values) => TensorMaking.ofInts(Bridge.Given(values));

    /// <summary>numberˣ with each element as exponent.</summary>
    public static Tensor PowOf(double number, Tensor x) => TensorElementwise.powOf(number, Bridge.Given(x));

    /// <summary>Tensors joined along an axis that they have.</summary>
    public static Tensor Cat(int axis, params IEnumerable<Tensor> parts) =>
        TensorShapes.cat(axis, Bridge.Given(parts));

    /// <summary>Tensors of one shape joined along a new axis.</summary>
    public static Tensor Stack(int axis, params IEnumerable<Tensor> parts) =>
        TensorShapes.stack(axis, Bridge.Given(parts));

    /// <summary>
    /// Einstein's sums: "ij,jk-&gt;ik" multiplies matrices, "bii-&gt;b" takes traces; letters that the result lacks
    /// are summed.
    /// </summary>
    public static Tensor Einsum(string equation, params IEnumerable<Tensor> operands) =>
        TensorProducts.einsum(Bridge.Given(equation), Bridge.Given(operands));
}
