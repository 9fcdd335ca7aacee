namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>The elements of these axes in reverse order.</summary>
    public static Tensor Flip(this Tensor x, params int[] axes) =>
        TensorRearranging.flip(Bridge.Given(axes), Bridge.Given(x));

    /// <summary>The positions of one axis moved on by so many; what leaves at one end comes in at the other.</summary>
    public static Tensor Roll(this Tensor x, int axis, int by) => TensorRearranging.roll(axis, by, Bridge.Given(x));

    /// <summary>A quarter turn of the plane of two axes, so many times, from the first axis towards the second.</summary>
    public static Tensor Rot90(this Tensor x, int times = 1, int first = 0, int second = 1) =>
        TensorRearranging.rot90(times, first, second, Bridge.Given(x));

    /// <summary>
    /// The whole tensor beside itself, so many times along each of the last axes: 2, 3 of [n; m] is [2n; 3m].
    /// </summary>
    public static Tensor Tile(this Tensor x, params int[] times) =>
        TensorRearranging.tile(Bridge.Given(times), Bridge.Given(x));

    /// <summary>The whole tensor beside itself along one axis, so many times.</summary>
    public static Tensor Repeat(this Tensor x, int axis, int times) =>
        TensorRearranging.repeat(axis, times, Bridge.Given(x));

    /// <summary>Each position of one axis so many times in a row.</summary>
    public static Tensor RepeatInterleave(this Tensor x, int axis, int times) =>
        TensorRearranging.repeatInterleave(axis, times, Bridge.Given(x));

    /// <summary>Zeros above a diagonal of the last two axes; those beyond the main one have positive offsets.</summary>
    public static Tensor Tril(this Tensor x, int offset = 0) => TensorRearranging.tril(offset, Bridge.Given(x));

    /// <summary>Zeros below a diagonal of the last two axes; those beyond the main one have positive offsets.</summary>
    public static Tensor Triu(this Tensor x, int offset = 0) => TensorRearranging.triu(offset, Bridge.Given(x));

    /// <summary>The elements [i; i + offset] of the plane of two axes, as a new last axis.</summary>
    public static Tensor Diagonal(this Tensor x, int offset = 0, int first = 0, int second = 1) =>
        TensorRearranging.diagonal(offset, first, second, Bridge.Given(x));

    /// <summary>The matrix with a vector on its diagonal: [n] -&gt; [n; n]; leading axes stay.</summary>
    public static Tensor Diag(this Tensor x) => TensorRearranging.diag(Bridge.Given(x));

    /// <summary>Windows of one axis: so many elements from each step-th position on, as a new last axis.</summary>
    public static Tensor Unfold(this Tensor x, int axis, int size, int step = 1) =>
        TensorRearranging.unfold(axis, size, step, Bridge.Given(x));

    /// <summary>The positions of one axis, each without that axis: <c>foreach (var row in x.Unstack())</c>.</summary>
    public static Tensor[] Unstack(this Tensor x, int axis = 0) => TensorJoining.unstack(axis, Bridge.Given(x));

    /// <summary>Parts of these lengths along one axis, in order; together they are as long as it.</summary>
    public static Tensor[] Split(this Tensor x, int axis, params int[] lengths) =>
        TensorJoining.split(axis, Bridge.Given(lengths), Bridge.Given(x));

    /// <summary>
    /// So many parts along one axis, as equal as can be: the first ones are longer by one where they must be.
    /// </summary>
    public static Tensor[] Chunk(this Tensor x, int axis, int count) =>
        TensorJoining.chunk(axis, count, Bridge.Given(x));

    /// <summary>One number around the elements of the last axes: widths before and after each, in elements.</summary>
    public static Tensor Pad(this Tensor x, double value, params (int Before, int After)[] widths) =>
        TensorPadding.pad(value, Bridge.Given(widths).Select(width => width.ToTuple()), Bridge.Given(x));

    /// <summary>
    /// The elements of the last axes mirrored at their ends, which are not repeated: 3 2 | 1 2 3 | 2 1.
    /// </summary>
    public static Tensor PadReflect(this Tensor x, params (int Before, int After)[] widths) =>
        TensorPadding.padReflect(Bridge.Given(widths).Select(width => width.ToTuple()), Bridge.Given(x));

    /// <summary>The elements at the ends of the last axes repeated: 1 1 | 1 2 3 | 3 3.</summary>
    public static Tensor PadReplicate(this Tensor x, params (int Before, int After)[] widths) =>
        TensorPadding.padReplicate(Bridge.Given(widths).Select(width => width.ToTuple()), Bridge.Given(x));

    /// <summary>The last axes gone on with from their other end: 2 3 | 1 2 3 | 1 2.</summary>
    public static Tensor PadCircular(this Tensor x, params (int Before, int After)[] widths) =>
        TensorPadding.padCircular(Bridge.Given(widths).Select(width => width.ToTuple()), Bridge.Given(x));
}
