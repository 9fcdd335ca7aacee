using Functional.FSharp.Layers;

namespace Functional.CSharp;

public static partial class Layers
{
    /// <summary>
    /// The transpose of Conv1d, with a bias of its own: each number of x is laid down as a multiple of the kernel, every
    /// stride cells, and what overlaps adds up (Dumoulin and Visin 2016, https://arxiv.org/abs/1603.07285).
    /// x: [n; inputs; l]; each axis of length l becomes (l - 1)·stride - both sides' padding + extent + outputPadding, with
    /// Same l·stride.
    /// </summary>
    public static Layer<Tensor, Tensor> ConvTranspose1d(
        int inputs,
        int outputs,
        int kernel,
        int stride = 1,
        Padding? padding = null,
        int outputPadding = 0,
        int dilation = 1,
        int groups = 1,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        ConvTranspose1d(
            inputs, outputs, [kernel], [stride], padding, [outputPadding], [dilation], groups, flipped, bias, draw);

    /// <summary>
    /// As the other ConvTranspose1d, with numbers by axis. W: [inputs; outputs/groups; kernel]. One number stands
    /// for all axes.
    /// </summary>
    public static Layer<Tensor, Tensor> ConvTranspose1d(
        int inputs,
        int outputs,
        int[] kernel,
        int[]? stride = null,
        Padding? padding = null,
        int[]? outputPadding = null,
        int[]? dilation = null,
        int groups = 1,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        Transposed.convTranspose1dWith(
            Bridge.Convolution(stride, padding, dilation, groups, flipped, bias, draw),
            [.. outputPadding ?? [0]],
            inputs,
            outputs,
            [.. Bridge.Given(kernel)]);

    /// <summary>
    /// The transpose of Conv2d, with a bias of its own: each number of x is laid down as a multiple of the kernel, every
    /// stride cells, and what overlaps adds up (Dumoulin and Visin 2016, https://arxiv.org/abs/1603.07285).
    /// x: [n; inputs; h; w]; each axis of length l becomes (l - 1)·stride - both sides' padding + extent + outputPadding, with
    /// Same l·stride.
    /// </summary>
    public static Layer<Tensor, Tensor> ConvTranspose2d(
        int inputs,
        int outputs,
        int kernel,
        int stride = 1,
        Padding? padding = null,
        int outputPadding = 0,
        int dilation = 1,
        int groups = 1,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        ConvTranspose2d(
            inputs, outputs, [kernel], [stride], padding, [outputPadding], [dilation], groups, flipped, bias, draw);

    /// <summary>
    /// As the other ConvTranspose2d, with numbers by axis. W: [inputs; outputs/groups; height; width]. One number stands
    /// for all axes.
    /// </summary>
    public static Layer<Tensor, Tensor> ConvTranspose2d(
        int inputs,
        int outputs,
        int[] kernel,
        int[]? stride = null,
        Padding? padding = null,
        int[]? outputPadding = null,
        int[]? dilation = null,
        int groups = 1,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        Transposed.convTranspose2dWith(
            Bridge.Convolution(stride, padding, dilation, groups, flipped, bias, draw),
            [.. outputPadding ?? [0]],
            inputs,
            outputs,
            [.. Bridge.Given(kernel)]);

    /// <summary>
    /// The transpose of Conv3d, with a bias of its own: each number of x is laid down as a multiple of the kernel, every
    /// stride cells, and what overlaps adds up (Dumoulin and Visin 2016, https://arxiv.org/abs/1603.07285).
    /// x: [n; inputs; d; h; w]; each axis of length l becomes (l - 1)·stride - both sides' padding + extent + outputPadding, with
    /// Same l·stride.
    /// </summary>
    public static Layer<Tensor, Tensor> ConvTranspose3d(
        int inputs,
        int outputs,
        int kernel,
        int stride = 1,
        Padding? padding = null,
        int outputPadding = 0,
        int dilation = 1,
        int groups = 1,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        ConvTranspose3d(
            inputs, outputs, [kernel], [stride], padding, [outputPadding], [dilation], groups, flipped, bias, draw);

    /// <summary>
    /// As the other ConvTranspose3d, with numbers by axis. W: [inputs; outputs/groups; depth; height; width]. One number stands
    /// for all axes.
    /// </summary>
    public static Layer<Tensor, Tensor> ConvTranspose3d(
        int inputs,
        int outputs,
        int[] kernel,
        int[]? stride = null,
        Padding? padding = null,
        int[]? outputPadding = null,
        int[]? dilation = null,
        int groups = 1,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        Transposed.convTranspose3dWith(
            Bridge.Convolution(stride, padding, dilation, groups, flipped, bias, draw),
            [.. outputPadding ?? [0]],
            inputs,
            outputs,
            [.. Bridge.Given(kernel)]);
}
