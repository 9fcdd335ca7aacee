namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>The same elements in another shape; one axis may be -1: what remains.</summary>
    public static Tensor Reshape(this Tensor x, params int[] shape) =>
        TensorShapes.reshape(Bridge.Given(shape), Bridge.Given(x));

    /// <summary>The axes from first to last as one: [n; c; h; w] with first 1 is [n; c·h·w].</summary>
    public static Tensor Flatten(this Tensor x, int first = 0, int last = -1) =>
        TensorShapes.flatten(first, last, Bridge.Given(x));

    /// <summary>
    /// One axis as several, whose lengths multiply to its own; one of them may be -1: what remains.
    /// </summary>
    public static Tensor Unflatten(this Tensor x, int axis, params int[] lengths) =>
        TensorShapes.unflatten(axis, Bridge.Given(lengths), Bridge.Given(x));

    /// <summary>Two axes exchanged.</summary>
    public static Tensor Transpose(this Tensor x, int i, int j) => TensorShapes.transpose(i, j, Bridge.Given(x));

    /// <summary>The axes in another order.</summary>
    public static Tensor Permute(this Tensor x, params int[] axes) =>
        TensorShapes.permute(Bridge.Given(axes), Bridge.Given(x));

    /// <summary>One axis brought to another place; the others keep their order.</summary>
    public static Tensor MoveDim(this Tensor x, int source, int destination) =>
        TensorShapes.movedim(source, destination, Bridge.Given(x));

    /// <summary>
    /// Axes of length 1 stretched, and new axes put in front, up to this shape; -1 leaves an axis as it is.
    /// </summary>
    public static Tensor Expand(this Tensor x, params int[] shape) =>
        TensorShapes.expand(Bridge.Given(shape), Bridge.Given(x));

    /// <summary>Without this axis of length 1.</summary>
    public static Tensor Squeeze(this Tensor x, int axis) => TensorShapes.squeeze(axis, Bridge.Given(x));

    /// <summary>Without all axes of length 1.</summary>
    public static Tensor Squeeze(this Tensor x) => TensorShapes.squeezeAll(Bridge.Given(x));

    /// <summary>
    /// Sums over the axes that Expand would stretch, so that this shape is left: [n; m] to [m] or [n; 1].
    /// </summary>
    public static Tensor SumToSize(this Tensor x, params int[] shape) =>
        TensorShapes.sumToSize(Bridge.Given(shape), Bridge.Given(x));

    /// <summary>With a new axis of length 1 at this place.</summary>
    public static Tensor Unsqueeze(this Tensor x, int axis) => TensorShapes.unsqueeze(axis, Bridge.Given(x));

    /// <summary>The same numbers in another dtype.</summary>
    public static Tensor Cast(this Tensor x, Dtype dtype) => TensorReading.cast(dtype, Bridge.Given(x));

    /// <summary>The same numbers on another device.</summary>
    public static Tensor Move(this Tensor x, Device device) => TensorReading.move(device, Bridge.Given(x));

    /// <summary>The same numbers, constant: nothing is differentiated through them.</summary>
    public static Tensor StopGradient(this Tensor x) => TensorReading.stopGradient(Bridge.Given(x));

    /// <summary>Takes a tensor out of every scope: it lives as long as the program refers to it.</summary>
    public static Tensor Keep(this Tensor x) => TensorReading.keep(Bridge.Given(x));

    /// <summary>Zeros with the shape, dtype and device of x.</summary>
    public static Tensor ZerosLike(this Tensor x) => TensorMaking.zerosLike(Bridge.Given(x));

    /// <summary>Ones with the shape, dtype and device of x.</summary>
    public static Tensor OnesLike(this Tensor x) => TensorMaking.onesLike(Bridge.Given(x));

    /// <summary>One number with the shape, dtype and device of x.</summary>
    public static Tensor FullLike(this Tensor x, double value) => TensorMaking.fullLike(value, Bridge.Given(x));

    /// <summary>One number without axes, with the dtype and device of x.</summary>
    public static Tensor ScalarLike(this Tensor x, double value) => TensorMaking.scalarLike(value, Bridge.Given(x));

    /// <summary>Ones at [i; i] and zeros elsewhere, with the dtype and device of x: [rows; columns].</summary>
    public static Tensor EyeLike(this Tensor x, int rows, int columns) =>
        TensorMaking.eyeLike(rows, columns, Bridge.Given(x));

    /// <summary>
    /// start, start + step, … before stop, with the dtype and device of x: [⌈(stop - start)/step⌉].
    /// </summary>
    public static Tensor ArangeLike(this Tensor x, double start, double stop, double step = 1) =>
        TensorMaking.arangeLike(start, stop, step, Bridge.Given(x));

    /// <summary>
    /// Numbers at equal distances from start to stop, both included, with the dtype and device of x: [count].
    /// </summary>
    public static Tensor LinspaceLike(this Tensor x, double start, double stop, int count) =>
        TensorMaking.linspaceLike(start, stop, count, Bridge.Given(x));

    /// <summary>
    /// base^start, …, base^stop with exponents at equal distances, with the dtype and device of x: [count].
    /// </summary>
    public static Tensor LogspaceLike(this Tensor x, double start, double stop, int count, double numberBase = 10) =>
        TensorMaking.logspaceLike(numberBase, start, stop, count, Bridge.Given(x));
}
