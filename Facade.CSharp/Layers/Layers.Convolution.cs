using Functional.FSharp.Layers;

namespace Functional.CSharp;

public static partial class Layers
{
    /// <summary>
    /// yₒ = bₒ + Σᵢ Wₒᵢ ⋆ xᵢ along one axis; as everywhere in the field the kernel is not flipped, unless
    /// <paramref name="flipped"/>. x: [n; inputs; l]. No padding, unless it is given.
    /// </summary>
    public static Layer<Tensor, Tensor> Conv1d(
        int inputs,
        int outputs,
        int kernel,
        int stride = 1,
        Padding? padding = null,
        int dilation = 1,
        int groups = 1,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        Conv1d(inputs, outputs, [kernel], [stride], padding, [dilation], groups, flipped, bias, draw);

    /// <summary>
    /// As the other Conv1d, with numbers by axis. W: [outputs; inputs/groups; kernel], b: [outputs]. One number
    /// stands for all axes.
    /// </summary>
    public static Layer<Tensor, Tensor> Conv1d(
        int inputs,
        int outputs,
        int[] kernel,
        int[]? stride = null,
        Padding? padding = null,
        int[]? dilation = null,
        int groups = 1,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        Convolve.conv1dWith(
            Bridge.Convolution(stride, padding, dilation, groups, flipped, bias, draw),
            inputs,
            outputs,
            [.. Bridge.Given(kernel)]);

    /// <summary>
    /// yₒ = bₒ + Σᵢ Wₒᵢ ⋆ xᵢ along two axes; as everywhere in the field the kernel is not flipped, unless
    /// <paramref name="flipped"/>. x: [n; inputs; h; w]. No padding, unless it is given.
    /// </summary>
    public static Layer<Tensor, Tensor> Conv2d(
        int inputs,
        int outputs,
        int kernel,
        int stride = 1,
        Padding? padding = null,
        int dilation = 1,
        int groups = 1,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        Conv2d(inputs, outputs, [kernel], [stride], padding, [dilation], groups, flipped, bias, draw);

    /// <summary>
    /// As the other Conv2d, with numbers by axis. W: [outputs; inputs/groups; height; width], b: [outputs]. One number
    /// stands for all axes.
    /// </summary>
    public static Layer<Tensor, Tensor> Conv2d(
        int inputs,
        int outputs,
        int[] kernel,
        int[]? stride = null,
        Padding? padding = null,
        int[]? dilation = null,
        int groups = 1,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        Convolve.conv2dWith(
            Bridge.Convolution(stride, padding, dilation, groups, flipped, bias, draw),
            inputs,
            outputs,
            [.. Bridge.Given(kernel)]);

    /// <summary>
    /// yₒ = bₒ + Σᵢ Wₒᵢ ⋆ xᵢ along three axes; as everywhere in the field the kernel is not flipped, unless
    /// <paramref name="flipped"/>. x: [n; inputs; d; h; w]. No padding, unless it is given.
    /// </summary>
    public static Layer<Tensor, Tensor> Conv3d(
        int inputs,
        int outputs,
        int kernel,
        int stride = 1,
        Padding? padding = null,
        int dilation = 1,
        int groups = 1,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        Conv3d(inputs, outputs, [kernel], [stride], padding, [dilation], groups, flipped, bias, draw);

    /// <summary>
    /// As the other Conv3d, with numbers by axis. W: [outputs; inputs/groups; depth; height; width], b: [outputs]. One number
    /// stands for all axes.
    /// </summary>
    public static Layer<Tensor, Tensor> Conv3d(
        int inputs,
        int outputs,
        int[] kernel,
        int[]? stride = null,
        Padding? padding = null,
        int[]? dilation = null,
        int groups = 1,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        Convolve.conv3dWith(
            Bridge.Convolution(stride, padding, dilation, groups, flipped, bias, draw),
            inputs,
            outputs,
            [.. Bridge.Given(kernel)]);

    /// <summary>
    /// Each channel convolved by itself with <paramref name="multiplier"/> kernels of its own. x: [n; channels; h; w],
    /// W: [channels·multiplier; 1; kernel; kernel].
    /// </summary>
    public static Layer<Tensor, Tensor> Depthwise2d(
        int channels,
        int kernel,
        int multiplier = 1,
        int stride = 1,
        Padding? padding = null,
        int dilation = 1,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        Depthwise2d(channels, [kernel], multiplier, [stride], padding, [dilation], flipped, bias, draw);

    /// <summary>As the other Depthwise2d, with numbers by axis. One number stands for all axes.</summary>
    public static Layer<Tensor, Tensor> Depthwise2d(
        int channels,
        int[] kernel,
        int multiplier = 1,
        int[]? stride = null,
        Padding? padding = null,
        int[]? dilation = null,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        Convolve.depthwise2dWith(
            Bridge.Convolution(stride, padding, dilation, 1, flipped, bias, draw),
            channels,
            multiplier,
            [.. Bridge.Given(kernel)]);

    /// <summary>
    /// Each channel by itself, then a mixture of the channels at each place: two stages, the second a 1 × 1 convolution
    /// (Chollet 2017, https://arxiv.org/abs/1610.02357). x: [n; inputs; h; w].
    /// </summary>
    public static Layer<Tensor, Tensor> Separable2d(
        int inputs,
        int outputs,
        int kernel,
        int stride = 1,
        Padding? padding = null,
        int dilation = 1,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        Separable2d(inputs, outputs, [kernel], [stride], padding, [dilation], flipped, bias, draw);

    /// <summary>As the other Separable2d, with numbers by axis. One number stands for all axes.</summary>
    public static Layer<Tensor, Tensor> Separable2d(
        int inputs,
        int outputs,
        int[] kernel,
        int[]? stride = null,
        Padding? padding = null,
        int[]? dilation = null,
        bool flipped = false,
        bool bias = true,
        Func<Fans, int[], Key, Tensor>? draw = null) =>
        Convolve.separable2dWith(
            Bridge.Convolution(stride, padding, dilation, 1, flipped, bias, draw),
            inputs,
            outputs,
            [.. Bridge.Given(kernel)]);
}
