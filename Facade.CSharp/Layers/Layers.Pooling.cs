using Functional.FSharp.Layers;

namespace Functional.CSharp;

public static partial class Layers
{
    /// <summary>
    /// The largest number of each window; windows lie side by side, unless a stride is given. x: [n; c; l]. The padding
    /// counts as -∞; with <paramref name="ceil"/> the last window may hang over the end.
    /// </summary>
    public static Layer<Tensor, Tensor> MaxPool1d(int size, int? stride = null, int padding = 0, bool ceil = false) =>
        MaxPool1d([size], [stride ?? size], [padding], ceil);

    /// <summary>As the other MaxPool1d, with numbers by axis. One number stands for all axes.</summary>
    public static Layer<Tensor, Tensor> MaxPool1d(
        int[] size, int[]? stride = null, int[]? padding = null, bool ceil = false) =>
        Pooling.maxpool1dWith(Bridge.Pool(size, stride, padding, ceil));

    /// <summary>
    /// The mean of each window; windows lie side by side, unless a stride is given. x: [n; c; l]. Zeros of the padding
    /// are counted, unless <paramref name="countPadding"/> is false; with <paramref name="ceil"/> the last window may
    /// hang over the end.
    /// </summary>
    public static Layer<Tensor, Tensor> MeanPool1d(
        int size, int? stride = null, int padding = 0, bool ceil = false, bool countPadding = true) =>
        MeanPool1d([size], [stride ?? size], [padding], ceil, countPadding);

    /// <summary>As the other MeanPool1d, with numbers by axis. One number stands for all axes.</summary>
    public static Layer<Tensor, Tensor> MeanPool1d(
        int[] size, int[]? stride = null, int[]? padding = null, bool ceil = false, bool countPadding = true) =>
        Pooling.meanpool1dWith(Bridge.Pool(size, stride, padding, ceil, countPadding));

    /// <summary>
    /// The largest number of each window; windows lie side by side, unless a stride is given. x: [n; c; h; w]. The padding
    /// counts as -∞; with <paramref name="ceil"/> the last window may hang over the end.
    /// </summary>
    public static Layer<Tensor, Tensor> MaxPool2d(int size, int? stride = null, int padding = 0, bool ceil = false) =>
        MaxPool2d([size], [stride ?? size], [padding], ceil);

    /// <summary>As the other MaxPool2d, with numbers by axis. One number stands for all axes.</summary>
    public static Layer<Tensor, Tensor> MaxPool2d(
        int[] size, int[]? stride = null, int[]? padding = null, bool ceil = false) =>
        Pooling.maxpool2dWith(Bridge.Pool(size, stride, padding, ceil));

    /// <summary>
    /// The mean of each window; windows lie side by side, unless a stride is given. x: [n; c; h; w]. Zeros of the padding
    /// are counted, unless <paramref name="countPadding"/> is false; with <paramref name="ceil"/> the last window may
    /// hang over the end.
    /// </summary>
    public static Layer<Tensor, Tensor> MeanPool2d(
        int size, int? stride = null, int padding = 0, bool ceil = false, bool countPadding = true) =>
        MeanPool2d([size], [stride ?? size], [padding], ceil, countPadding);

    /// <summary>As the other MeanPool2d, with numbers by axis. One number stands for all axes.</summary>
    public static Layer<Tensor, Tensor> MeanPool2d(
        int[] size, int[]? stride = null, int[]? padding = null, bool ceil = false, bool countPadding = true) =>
        Pooling.meanpool2dWith(Bridge.Pool(size, stride, padding, ceil, countPadding));

    /// <summary>
    /// The largest number of each window; windows lie side by side, unless a stride is given. x: [n; c; d; h; w]. The padding
    /// counts as -∞; with <paramref name="ceil"/> the last window may hang over the end.
    /// </summary>
    public static Layer<Tensor, Tensor> MaxPool3d(int size, int? stride = null, int padding = 0, bool ceil = false) =>
        MaxPool3d([size], [stride ?? size], [padding], ceil);

    /// <summary>As the other MaxPool3d, with numbers by axis. One number stands for all axes.</summary>
    public static Layer<Tensor, Tensor> MaxPool3d(
        int[] size, int[]? stride = null, int[]? padding = null, bool ceil = false) =>
        Pooling.maxpool3dWith(Bridge.Pool(size, stride, padding, ceil));

    /// <summary>
    /// The mean of each window; windows lie side by side, unless a stride is given. x: [n; c; d; h; w]. Zeros of the padding
    /// are counted, unless <paramref name="countPadding"/> is false; with <paramref name="ceil"/> the last window may
    /// hang over the end.
    /// </summary>
    public static Layer<Tensor, Tensor> MeanPool3d(
        int size, int? stride = null, int padding = 0, bool ceil = false, bool countPadding = true) =>
        MeanPool3d([size], [stride ?? size], [padding], ceil, countPadding);

    /// <summary>As the other MeanPool3d, with numbers by axis. One number stands for all axes.</summary>
    public static Layer<Tensor, Tensor> MeanPool3d(
        int[] size, int[]? stride = null, int[]? padding = null, bool ceil = false, bool countPadding = true) =>
        Pooling.meanpool3dWith(Bridge.Pool(size, stride, padding, ceil, countPadding));

    /// <summary>The largest number of each channel. x: [n; c; …] -&gt; [n; c].</summary>
    public static Layer<Tensor, Tensor> GlobalMaxPool => WholePooling.globalMaxpool;

    /// <summary>
    /// The mean of each channel (Lin, Chen and Yan 2014, https://arxiv.org/abs/1312.4400). x: [n; c; …] -&gt; [n; c].
    /// </summary>
    public static Layer<Tensor, Tensor> GlobalMeanPool => WholePooling.globalMeanpool;

    /// <summary>
    /// The largest number of each of so many windows, by axis: window i of m is from ⌊i·l/m⌋ to ⌈(i + 1)·l/m⌉.
    /// x: [n; c; …] -&gt; [n; c; lengths], with one to three axes behind the channels.
    /// </summary>
    public static Layer<Tensor, Tensor> AdaptiveMaxPool(params int[] lengths) =>
        WholePooling.adaptiveMaxpool([.. Bridge.Given(lengths)]);

    /// <summary>
    /// The mean of each of so many windows, by axis: window i of m is from ⌊i·l/m⌋ to ⌈(i + 1)·l/m⌉.
    /// x: [n; c; …] -&gt; [n; c; lengths], with one to three axes behind the channels.
    /// </summary>
    public static Layer<Tensor, Tensor> AdaptiveMeanPool(params int[] lengths) =>
        WholePooling.adaptiveMeanpool([.. Bridge.Given(lengths)]);
}
