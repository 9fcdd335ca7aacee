namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>
    /// The last axes in other lengths, linear between the middles of neighbouring elements (half-pixel centres, the ends
    /// repeated; PyTorch's <c>align_corners=False</c>): two lengths make images larger or smaller, bilinear. Smaller images are
    /// not smoothed first.
    /// </summary>
    public static Tensor Resize(this Tensor x, params int[] lengths) =>
        TensorResizing.resize(Bridge.Given(lengths), Bridge.Given(x));

    /// <summary>
    /// The last axes in other lengths, each element that of the nearest middle (half-pixel centres, PyTorch's
    /// <c>nearest-exact</c>).
    /// </summary>
    public static Tensor ResizeNearest(this Tensor x, params int[] lengths) =>
        TensorResizing.resizeNearest(Bridge.Given(lengths), Bridge.Given(x));

    /// <summary>
    /// Zeros between the elements, so that neighbours along the i-th axis stand steps[i] apart: [n; m] with 2 and 3 is
    /// [2n - 1; 3m - 2].
    /// </summary>
    public static Tensor Dilate(this Tensor x, params int[] steps) =>
        TensorPadding.dilate(Bridge.Given(steps), Bridge.Given(x));

    /// <summary>Every steps[i]-th element of the i-th axis, from the first on: what Dilate was given.</summary>
    public static Tensor Undilate(this Tensor x, params int[] steps) =>
        TensorPadding.undilate(Bridge.Given(steps), Bridge.Given(x));
}
