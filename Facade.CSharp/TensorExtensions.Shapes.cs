namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>The same elements in another shape; one axis may be -1: what remains.</summary>
    public static Tensor Reshape(this Tensor x, params int[] shape) =>
        TensorShapes.reshape(Bridge.Given(shape), Bridge.Given(x));

    /// <summary>Two axes exchanged.</summary>
    public static Tensor Transpose(this Tensor x, int i, int j) => TensorShapes.transpose(i, j, Bridge.Given(x));

    /// <summary>The axes in another order.</summary>
    public static Tensor Permute(this Tensor x, params int[] axes) =>
        TensorShapes.permute(Bridge.Given(axes), Bridge.Given(x));

    /// <summary>Axes of length 1 stretched to this shape.</summary>
    public static Tensor Expand(this Tensor x, params int[] shape) =>
        TensorShapes.expand(Bridge.Given(shape), Bridge.Given(x));

    /// <summary>Without this axis of length 1.</summary>
    public static Tensor Squeeze(this Tensor x, int axis) => TensorShapes.squeeze(axis, Bridge.Given(x));

    /// <summary>With a new axis of length 1 at this place.</summary>
    public static Tensor Unsqueeze(this Tensor x, int axis) => TensorShapes.unsqueeze(axis, Bridge.Given(x));

    /// <summary>The elements of these axes in reverse order.</summary>
    public static Tensor Flip(this Tensor x, params int[] axes) =>
        TensorShapes.flip(Bridge.Given(axes), Bridge.Given(x));

    /// <summary>Positions start, start + 1, … before stop of one axis.</summary>
    public static Tensor Slice(this Tensor x, int axis, int start, int stop) =>
        TensorShapes.slice(axis, start, stop, Bridge.Given(x));

    /// <summary>The positions of one axis that an int64 vector names, in its order.</summary>
    public static Tensor IndexSelect(this Tensor x, int axis, Tensor index) =>
        TensorShapes.indexSelect(axis, Bridge.Given(index), Bridge.Given(x));

    /// <summary>Elements picked along one axis: y[i; j] = x[i; index[i; j]] for axis 1.</summary>
    public static Tensor Gather(this Tensor x, int axis, Tensor index) =>
        TensorShapes.gather(axis, Bridge.Given(index), Bridge.Given(x));

    /// <summary>The same numbers in another dtype.</summary>
    public static Tensor Cast(this Tensor x, Dtype dtype) => TensorReading.cast(dtype, Bridge.Given(x));

    /// <summary>The same numbers on another device.</summary>
    public static Tensor Move(this Tensor x, Device device) => TensorReading.move(device, Bridge.Given(x));

    /// <summary>The same numbers, constant: nothing is differentiated through them.</summary>
    public static Tensor StopGradient(this Tensor x) => TensorReading.stopGradient(Bridge.Given(x));

    /// <summary>Takes a tensor out of every scope: it lives as long as the program refers to it.</summary>
    public static Tensor Keep(this Tensor x) => TensorReading.keep(Bridge.Given(x));

    /// <summary>Zeros with the shape and dtype of x.</summary>
    public static Tensor ZerosLike(this Tensor x) => TensorMaking.zerosLike(Bridge.Given(x));

    /// <summary>Ones with the shape and dtype of x.</summary>
    public static Tensor OnesLike(this Tensor x) => TensorMaking.onesLike(Bridge.Given(x));

    /// <summary>The elements as float32, the last axis running fastest.</summary>
    public static float[] ToArray(this Tensor x) => TensorReading.toArray(Bridge.Given(x));

    /// <summary>The elements as float64, the last axis running fastest.</summary>
    public static double[] ToDoubles(this Tensor x) => TensorReading.toDoubles(Bridge.Given(x));

    /// <summary>The elements as int64, the last axis running fastest.</summary>
    public static long[] ToLongs(this Tensor x) => TensorReading.toLongs(Bridge.Given(x));

    /// <summary>The elements as bytes, the last axis running fastest.</summary>
    public static byte[] ToBytes(this Tensor x) => TensorReading.toBytes(Bridge.Given(x));

    /// <summary>The single element of a tensor.</summary>
    public static double ToDouble(this Tensor x) => TensorReading.toFloat(Bridge.Given(x));

    /// <summary>Whether both have the same shape, the same dtype and the same bits.</summary>
    public static bool SameBits(this Tensor x, Tensor y) => TensorReading.equal(Bridge.Given(x), Bridge.Given(y));

    /// <summary>Whether both have the same shape and |x - y| ≤ absolute + relative·|y| everywhere.</summary>
    public static bool AllClose(this Tensor x, Tensor y, double relative, double absolute) =>
        TensorReading.allclose(relative, absolute, Bridge.Given(x), Bridge.Given(y));
}
