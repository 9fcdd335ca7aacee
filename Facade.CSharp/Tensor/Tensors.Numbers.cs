namespace Functional.CSharp;

public static partial class Tensors
{
    /// <summary>
    /// A tensor from an array of numbers: of several axes, <c>{ { 1, 2 }, { 3, 4 } }</c>, or jagged with equal rows. Double and
    /// float give float32, int and long give int64, the others their own dtype.
    /// </summary>
    public static Tensor Of(Array values) => TensorNested.tensor(Bridge.Given(values));

    /// <summary>A tensor of the given dtype from an array of numbers, of several axes or jagged with equal rows.</summary>
    public static Tensor Of(Dtype dtype, Array values) => TensorNested.tensorOf(dtype, Bridge.Given(values));

    /// <summary>A float32 vector.</summary>
    public static Tensor Vector(params IEnumerable<double> values) => TensorNumbers.ofSeq(Bridge.Given(values));

    /// <summary>An int64 vector: class labels or indices.</summary>
    public static Tensor Labels(params IEnumerable<int> values) => TensorNumbers.ofInts(Bridge.Given(values));

    /// <summary>A float32 tensor of this shape from its elements.</summary>
    public static Tensor From(float[] values, params int[] shape) =>
        TensorNumbers.ofArray(Bridge.Given(shape), Bridge.Given(values));

    /// <summary>A float32 tensor of this shape from its elements.</summary>
    public static Tensor From(ReadOnlySpan<float> values, params int[] shape) =>
        TensorNumbers.ofSpan("From", Dtype.Float32, Bridge.Given(shape), values);

    /// <summary>A float64 tensor of this shape from its elements.</summary>
    public static Tensor From(double[] values, params int[] shape) =>
        TensorNumbers.ofDoubles(Bridge.Given(shape), Bridge.Given(values));

    /// <summary>A float64 tensor of this shape from its elements.</summary>
    public static Tensor From(ReadOnlySpan<double> values, params int[] shape) =>
        TensorNumbers.ofSpan("From", Dtype.Float64, Bridge.Given(shape), values);

    /// <summary>An int64 tensor of this shape from its elements.</summary>
    public static Tensor From(long[] values, params int[] shape) =>
        TensorNumbers.ofLongs(Bridge.Given(shape), Bridge.Given(values));

    /// <summary>An int64 tensor of this shape from its elements.</summary>
    public static Tensor From(ReadOnlySpan<long> values, params int[] shape) =>
        TensorNumbers.ofSpan("From", Dtype.Int64, Bridge.Given(shape), values);

    /// <summary>An int32 tensor of this shape from its elements.</summary>
    public static Tensor From(int[] values, params int[] shape) =>
        TensorNumbers.ofInt32s(Bridge.Given(shape), Bridge.Given(values));

    /// <summary>An int32 tensor of this shape from its elements.</summary>
    public static Tensor From(ReadOnlySpan<int> values, params int[] shape) =>
        TensorNumbers.ofSpan("From", Dtype.Int32, Bridge.Given(shape), values);

    /// <summary>A uint8 tensor of this shape from its elements.</summary>
    public static Tensor From(byte[] values, params int[] shape) =>
        TensorNumbers.ofBytes(Bridge.Given(shape), Bridge.Given(values));

    /// <summary>A uint8 tensor of this shape from its elements.</summary>
    public static Tensor From(ReadOnlySpan<byte> values, params int[] shape) =>
        TensorNumbers.ofSpan("From", Dtype.UInt8, Bridge.Given(shape), values);

    /// <summary>A tensor of truth values of this shape from its elements.</summary>
    public static Tensor From(bool[] values, params int[] shape) =>
        TensorNumbers.ofBools(Bridge.Given(shape), Bridge.Given(values));

    /// <summary>A tensor of truth values of this shape from its elements.</summary>
    public static Tensor From(ReadOnlySpan<bool> values, params int[] shape) =>
        TensorNumbers.ofSpan("From", Dtype.Bool, Bridge.Given(shape), values);

    /// <summary>An int16 tensor of this shape from its elements.</summary>
    public static Tensor From(short[] values, params int[] shape) =>
        TensorNumbers.ofInt16s(Bridge.Given(shape), Bridge.Given(values));

    /// <summary>An int16 tensor of this shape from its elements.</summary>
    public static Tensor From(ReadOnlySpan<short> values, params int[] shape) =>
        TensorNumbers.ofSpan("From", Dtype.Int16, Bridge.Given(shape), values);

    /// <summary>An int8 tensor of this shape from its elements.</summary>
    public static Tensor From(sbyte[] values, params int[] shape) =>
        TensorNumbers.ofSBytes(Bridge.Given(shape), Bridge.Given(values));

    /// <summary>An int8 tensor of this shape from its elements.</summary>
    public static Tensor From(ReadOnlySpan<sbyte> values, params int[] shape) =>
        TensorNumbers.ofSpan("From", Dtype.Int8, Bridge.Given(shape), values);

    /// <summary>A float16 tensor of this shape from its elements.</summary>
    public static Tensor From(Half[] values, params int[] shape) =>
        TensorNumbers.ofHalves(Bridge.Given(shape), Bridge.Given(values));

    /// <summary>A float16 tensor of this shape from its elements.</summary>
    public static Tensor From(ReadOnlySpan<Half> values, params int[] shape) =>
        TensorNumbers.ofSpan("From", Dtype.Float16, Bridge.Given(shape), values);
}
