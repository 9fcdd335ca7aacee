namespace Functional.CSharp;

public static partial class LayerExtensions
{
    /// <summary>
    /// One layer, with one set of parameters, on both of a pair: twins (Bromley et al. 1993). Parameters, state and their
    /// paths are the layer's own.
    /// </summary>
    public static Layer<(TIn, TIn), (TOut, TOut)> Shared<TIn, TOut>(this Layer<TIn, TOut> layer) =>
        FSharp.LayersAround.Layer.shared(Bridge.Given(layer));

    /// <summary>
    /// One layer, with one set of parameters, on each element of an array. Parameters, state and their paths are the
    /// layer's own.
    /// </summary>
    public static Layer<TIn[], TOut[]> Map<TIn, TOut>(this Layer<TIn, TOut> layer) =>
        FSharp.LayersAround.Layer.map(Bridge.Given(layer));

    /// <summary>
    /// A layer that always runs in one mode: Mode.Eval freezes running statistics and stops dropout inside, and
    /// Mode.Training(key) draws the same noise whenever it runs.
    /// </summary>
    public static Layer<TIn, TOut> Always<TIn, TOut>(this Layer<TIn, TOut> layer, Mode mode) =>
        FSharp.LayersAround.Layer.always(Bridge.Given(mode), Bridge.Given(layer));

    /// <summary>
    /// So many copies of a layer one after the other, each with parameters of its own under its number.
    /// </summary>
    public static Layer<T, T> Repeat<T>(this Layer<T, T> layer, int count) =>
        FSharp.Layer.repeat(count, Bridge.Given(layer));

    /// <summary>
    /// w = g·v/‖v‖ for each weight of at least two axes (Salimans and Kingma 2016, https://arxiv.org/abs/1602.07868), the
    /// norm for each place of the axis of outputs: 1 or -1 for Dense, 0 for convolutions. The layer starts as it would
    /// without. Stored are weight/length, g = ‖w‖, which is decayed as a weight, and weight/direction, v, whose own norm
    /// changes nothing.
    /// </summary>
    public static Layer<TIn, TOut> WeightNorm<TIn, TOut>(this Layer<TIn, TOut> layer, int axis) =>
        FSharp.Layers.WeightNorm.weightNorm(axis, Bridge.Given(layer));

    /// <summary>
    /// W/σ for each weight of at least two axes, σ its largest singular value as uᵀWv tells it (Miyato et al. 2018,
    /// https://arxiv.org/abs/1802.05957). u and v are in the state, first after 15 turns of the power iteration, then one
    /// more for each run in training; derivatives take them as constants. A convolution's W is the matrix
    /// [outputs; the rest].
    /// </summary>
    public static Layer<TIn, TOut> SpectralNorm<TIn, TOut>(this Layer<TIn, TOut> layer) =>
        FSharp.Layers.SpectralNorm.spectralNorm(Bridge.Given(layer));
}
