namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>
    /// yₒ[p] = Σᵢ Σₖ Wₒᵢ[k]·xᵢ[p + k]: the kernel slides as it is, which networks call convolution. x: [n; c; …] with
    /// one to three axes after the channels, W: [outputs; c/groups; …].
    /// </summary>
    public static Tensor CrossCorrelation(
        this Tensor x, Tensor kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
        TensorWindows.crossCorrelation(
            new Window(stride, padding, dilation, groups), Bridge.Given(kernel), Bridge.Given(x));

    /// <summary>
    /// yₒ[p] = Σᵢ Σₖ Wₒᵢ[k]·xᵢ[p + m - k], m the last place of the kernel: it slides flipped along each axis, as
    /// mathematics has it. x: [n; c; …] with one to three axes after the channels, W: [outputs; c/groups; …].
    /// </summary>
    public static Tensor Convolution(
        this Tensor x, Tensor kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
        TensorWindows.convolution(new Window(stride, padding, dilation, groups), Bridge.Given(kernel), Bridge.Given(x));

    /// <summary>
    /// The cross-correlation of [n; c; l] with kernels [outputs; c/groups; …]: the kernel is not flipped, as
    /// everywhere in the field.
    /// </summary>
    public static Tensor Conv1d(
        this Tensor x, Tensor kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
        TensorWindows.conv1d(new Window(stride, padding, dilation, groups), Bridge.Given(kernel), Bridge.Given(x));

    /// <summary>The transpose of Conv1d, from [n; c; l] with kernels [c; outputs/groups; …].</summary>
    public static Tensor ConvTranspose1d(
        this Tensor x, Tensor kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
        TensorWindows.convTranspose1d(new Window(stride, padding, dilation, groups), Bridge.Given(kernel), Bridge.Given(x));

    /// <summary>The largest number of each window of this size, every stride cells: [n; c; l].</summary>
    public static Tensor MaxPool1d(this Tensor x, int size, int? stride = null, int padding = 0) =>
        TensorWindows.maxpool1d(size, stride ?? size, padding, Bridge.Given(x));

    /// <summary>
    /// The largest number of each window of this size, every stride cells, and its place in its image, counted over
    /// all its axes: [n; c; l].
    /// </summary>
    public static (Tensor Values, Tensor Places) MaxPool1dI(this Tensor x, int size, int? stride = null, int padding = 0) =>
        TensorWindows.maxpool1di(size, stride ?? size, padding, Bridge.Given(x)).ToValueTuple();

    /// <summary>
    /// The mean of each window of this size, every stride cells, zeros of the padding counted: [n; c; l].
    /// </summary>
    public static Tensor AvgPool1d(this Tensor x, int size, int? stride = null, int padding = 0) =>
        TensorWindows.avgpool1d(size, stride ?? size, padding, Bridge.Given(x));

    /// <summary>
    /// Each value at the place that MaxPool1dI found it at, in zeros of this shape. Where two share a place one of
    /// them wins.
    /// </summary>
    public static Tensor MaxUnpool1d(this Tensor x, Tensor places, params int[] shape) =>
        TensorWindows.maxunpool1d(Bridge.Given(shape), Bridge.Given(places), Bridge.Given(x));

    /// <summary>
    /// The cross-correlation of [n; c; h; w] with kernels [outputs; c/groups; …]: the kernel is not flipped, as
    /// everywhere in the field.
    /// </summary>
    public static Tensor Conv2d(
        this Tensor x, Tensor kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
        TensorWindows.conv2d(new Window(stride, padding, dilation, groups), Bridge.Given(kernel), Bridge.Given(x));

    /// <summary>The transpose of Conv2d, from [n; c; h; w] with kernels [c; outputs/groups; …].</summary>
    public static Tensor ConvTranspose2d(
        this Tensor x, Tensor kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
        TensorWindows.convTranspose2d(new Window(stride, padding, dilation, groups), Bridge.Given(kernel), Bridge.Given(x));

    /// <summary>The largest number of each window of this size, every stride cells: [n; c; h; w].</summary>
    public static Tensor MaxPool2d(this Tensor x, int size, int? stride = null, int padding = 0) =>
        TensorWindows.maxpool2d(size, stride ?? size, padding, Bridge.Given(x));

    /// <summary>
    /// The largest number of each window of this size, every stride cells, and its place in its image, counted over
    /// all its axes: [n; c; h; w].
    /// </summary>
    public static (Tensor Values, Tensor Places) MaxPool2dI(this Tensor x, int size, int? stride = null, int padding = 0) =>
        TensorWindows.maxpool2di(size, stride ?? size, padding, Bridge.Given(x)).ToValueTuple();

    /// <summary>
    /// The mean of each window of this size, every stride cells, zeros of the padding counted: [n; c; h; w].
    /// </summary>
    public static Tensor AvgPool2d(this Tensor x, int size, int? stride = null, int padding = 0) =>
        TensorWindows.avgpool2d(size, stride ?? size, padding, Bridge.Given(x));

    /// <summary>
    /// Each value at the place that MaxPool2dI found it at, in zeros of this shape. Where two share a place one of
    /// them wins.
    /// </summary>
    public static Tensor MaxUnpool2d(this Tensor x, Tensor places, params int[] shape) =>
        TensorWindows.maxunpool2d(Bridge.Given(shape), Bridge.Given(places), Bridge.Given(x));

    /// <summary>
    /// The cross-correlation of [n; c; d; h; w] with kernels [outputs; c/groups; …]: the kernel is not flipped, as
    /// everywhere in the field.
    /// </summary>
    public static Tensor Conv3d(
        this Tensor x, Tensor kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
        TensorWindows.conv3d(new Window(stride, padding, dilation, groups), Bridge.Given(kernel), Bridge.Given(x));

    /// <summary>The transpose of Conv3d, from [n; c; d; h; w] with kernels [c; outputs/groups; …].</summary>
    public static Tensor ConvTranspose3d(
        this Tensor x, Tensor kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
        TensorWindows.convTranspose3d(new Window(stride, padding, dilation, groups), Bridge.Given(kernel), Bridge.Given(x));

    /// <summary>The largest number of each window of this size, every stride cells: [n; c; d; h; w].</summary>
    public static Tensor MaxPool3d(this Tensor x, int size, int? stride = null, int padding = 0) =>
        TensorWindows.maxpool3d(size, stride ?? size, padding, Bridge.Given(x));

    /// <summary>
    /// The largest number of each window of this size, every stride cells, and its place in its image, counted over
    /// all its axes: [n; c; d; h; w].
    /// </summary>
    public static (Tensor Values, Tensor Places) MaxPool3dI(this Tensor x, int size, int? stride = null, int padding = 0) =>
        TensorWindows.maxpool3di(size, stride ?? size, padding, Bridge.Given(x)).ToValueTuple();

    /// <summary>
    /// The mean of each window of this size, every stride cells, zeros of the padding counted: [n; c; d; h; w].
    /// </summary>
    public static Tensor AvgPool3d(this Tensor x, int size, int? stride = null, int padding = 0) =>
        TensorWindows.avgpool3d(size, stride ?? size, padding, Bridge.Given(x));

    /// <summary>
    /// Each value at the place that MaxPool3dI found it at, in zeros of this shape. Where two share a place one of
    /// them wins.
    /// </summary>
    public static Tensor MaxUnpool3d(this Tensor x, Tensor places, params int[] shape) =>
        TensorWindows.maxunpool3d(Bridge.Given(shape), Bridge.Given(places), Bridge.Given(x));
}
