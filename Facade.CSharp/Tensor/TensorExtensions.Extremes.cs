namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>The largest element: []. Equal ones share the derivative.</summary>
    public static Tensor Max(this Tensor x) => TensorExtremes.max(Bridge.Given(x));

    /// <summary>
    /// The largest element over one axis, which goes, or stays with length 1. Equal ones share the derivative.
    /// </summary>
    public static Tensor Max(this Tensor x, int axis, bool keepAxis = false) =>
        TensorExtremes.maxAlong(keepAxis, axis, Bridge.Given(x));

    /// <summary>The smallest element: []. Equal ones share the derivative.</summary>
    public static Tensor Min(this Tensor x) => TensorExtremes.min(Bridge.Given(x));

    /// <summary>
    /// The smallest element over one axis, which goes, or stays with length 1. Equal ones share the derivative.
    /// </summary>
    public static Tensor Min(this Tensor x, int axis, bool keepAxis = false) =>
        TensorExtremes.minAlong(keepAxis, axis, Bridge.Given(x));

    /// <summary>The position of the largest element among all, the last axis running fastest: [], int64.</summary>
    public static Tensor Argmax(this Tensor x) => TensorExtremes.argmax(Bridge.Given(x));

    /// <summary>
    /// The position of the largest element over one axis, which goes, or stays with length 1: int64.
    /// </summary>
    public static Tensor Argmax(this Tensor x, int axis, bool keepAxis = false) =>
        TensorExtremes.argmaxAlong(keepAxis, axis, Bridge.Given(x));

    /// <summary>The position of the smallest element among all, the last axis running fastest: [], int64.</summary>
    public static Tensor Argmin(this Tensor x) => TensorExtremes.argmin(Bridge.Given(x));

    /// <summary>
    /// The position of the smallest element over one axis, which goes, or stays with length 1: int64.
    /// </summary>
    public static Tensor Argmin(this Tensor x, int axis, bool keepAxis = false) =>
        TensorExtremes.argminAlong(keepAxis, axis, Bridge.Given(x));

    /// <summary>
    /// The largest element over one axis and its position, int64; the axis goes, or stays with length 1. The
    /// position's element alone has a derivative.
    /// </summary>
    public static (Tensor Values, Tensor Indices) MaxWithIndex(this Tensor x, int axis, bool keepAxis = false) =>
        TensorExtremes.maxWithIndexAlong(keepAxis, axis, Bridge.Given(x)).ToValueTuple();

    /// <summary>
    /// The smallest element over one axis and its position, int64; the axis goes, or stays with length 1. The
    /// position's element alone has a derivative.
    /// </summary>
    public static (Tensor Values, Tensor Indices) MinWithIndex(this Tensor x, int axis, bool keepAxis = false) =>
        TensorExtremes.minWithIndexAlong(keepAxis, axis, Bridge.Given(x)).ToValueTuple();

    /// <summary>The position of the largest element along each axis: as many numbers as axes.</summary>
    public static int[] ArgmaxIndex(this Tensor x) => TensorExtremes.argmaxIndex(Bridge.Given(x));

    /// <summary>The position of the smallest element along each axis: as many numbers as axes.</summary>
    public static int[] ArgminIndex(this Tensor x) => TensorExtremes.argminIndex(Bridge.Given(x));
}
