namespace Functional.CSharp;

/// <summary>Joining, changing and running layers.</summary>
public static partial class LayerExtensions
{
    /// <summary>
    /// First this layer, then the next. Associative, with the identity on either side changing nothing.
    /// </summary>
    public static Layer<TIn, TNext> Then<TIn, TOut, TNext>(this Layer<TIn, TOut> layer, Layer<TOut, TNext> next) =>
        FSharp.Layer.compose(Bridge.Given(layer), Bridge.Given(next));

    /// <summary>First this layer, then a function, as a layer without parameters.</summary>
    public static Layer<TIn, TNext> Then<TIn, TOut, TNext>(this Layer<TIn, TOut> layer, Func<TOut, TNext> f) =>
        FSharp.Layer.compose(Bridge.Given(layer), FSharp.Layer.lift(Bridge.Fun(f)));

    /// <summary>The layer under a name of its own, which takes the place of its number in paths.</summary>
    public static Layer<TIn, TOut> Named<TIn, TOut>(this Layer<TIn, TOut> layer, string name) =>
        FSharp.Layer.named(Bridge.Given(name), Bridge.Given(layer));

    /// <summary>
    /// The same layer with its first parameters and state in a dtype of floating-point numbers, which its inputs have too. All
    /// that it computes is of this dtype.
    /// </summary>
    public static Layer<TIn, TOut> Cast<TIn, TOut>(this Layer<TIn, TOut> layer, Dtype dtype) =>
        FSharp.Layer.cast(dtype, Bridge.Given(layer));

    /// <summary>The layer between two functions. It adds no stage, no path and no key: only types change.</summary>
    public static Layer<TBefore, TAfter> Dimap<TBefore, TIn, TOut, TAfter>(
        this Layer<TIn, TOut> layer, Func<TBefore, TIn> before, Func<TOut, TAfter> after) =>
        FSharp.Layer.dimap(Bridge.Fun(before), Bridge.Fun(after), Bridge.Given(layer));

    /// <summary>
    /// Only a part of the parameters is stored; the layer sees a view of it: tying, weight norm, spectral norm,
    /// DropConnect. <paramref name="store"/> takes the first parameters to those kept, <paramref name="view"/> takes
    /// their values to what the layer expects, all by path.
    /// </summary>
    public static Layer<TIn, TOut> Derive<TIn, TOut>(
        this Layer<TIn, TOut> layer, Func<Parameters, Parameters> store, Func<Mode, Values, Values> view) =>
        FSharp.LayersAround.Layer.derive(
            Bridge.With(store, given => Bridge.Fun((Tree<Param> ps) => Bridge.Tree(given(Bridge.Leaves(ps))))),
            Bridge.With(view, given => Bridge.Fun((Mode mode, Tree<Param> ps) =>
                Structure.Of(layer).ParametersFrom(given(mode, Bridge.ValuesOf(ps)), nameof(view)))),
            Bridge.Given(layer));

    /// <summary>What a layer is, as data: kinds, settings and parts. Its text is an indented listing.</summary>
    public static Spec Spec<TIn, TOut>(this Layer<TIn, TOut> layer) => FSharp.Layer.spec(Bridge.Given(layer));

    /// <summary>The first parameters and state of a layer, by path.</summary>
    public static Initial Init<TIn, TOut>(this Layer<TIn, TOut> layer, Key key) =>
        Bridge.Leaves(FSharp.Layer.init(key, Bridge.Given(layer)));

    /// <summary>What a layer gives for an input, and its state afterwards.</summary>
    public static (TOut Output, Values State) Apply<TIn, TOut>(
        this Layer<TIn, TOut> layer, Mode mode, Values parameters, Values state, TIn input) =>
        Leaves(FSharp.Layer.apply(
            Bridge.Given(layer),
            Bridge.Given(mode),
            Structure.Of(layer).ParametersFrom(parameters, nameof(parameters)),
            Structure.Of(layer).StateFrom(state, nameof(state)),
            input));

    /// <summary>As Apply, with what each stage of the pipeline gave, by path.</summary>
    public static (TOut Output, Values State, IReadOnlyList<(string Path, object? Output)> Seen) Trace<TIn, TOut>(
        this Layer<TIn, TOut> layer, Mode mode, Values parameters, Values state, TIn input) =>
        Leaves(FSharp.Layer.trace(
            Bridge.Given(layer),
            Bridge.Given(mode),
            Structure.Of(layer).ParametersFrom(parameters, nameof(parameters)),
            Structure.Of(layer).StateFrom(state, nameof(state)),
            input));

    /// <summary>
    /// Shapes, parameters, multiply-adds, memory and receptive fields of all stages, for a float32 input of this shape,
    /// the batch included: network.Summary(1, 1, 28, 28). Nothing is computed and no memory is taken, however large the
    /// network. A wrong shape is refused by a LayerException with the path of the stage.
    /// </summary>
    public static Summary Summary<TOut>(this Layer<Tensor, TOut> layer, params int[] shape) =>
        LayerSummary.summary(Bridge.Given(shape), Bridge.Given(layer));

    /// <summary>
    /// As Summary, for any input, which <paramref name="example"/> makes:
    /// network.SummaryOf(() =&gt; (Tensor.Zeros(1, 8), Tensor.Zeros(1, 3))). While it runs, tensors have no numbers, and
    /// whoever asks for them finds zeros.
    /// </summary>
    public static Summary SummaryOf<TIn, TOut>(this Layer<TIn, TOut> layer, Func<TIn> example) =>
        LayerSummary.summaryOf(Bridge.Fun(example), Bridge.Given(layer));

    private static (TOut, Values) Leaves<TOut>((TOut Output, Tree<Tensor> State) given) =>
        (given.Output, Bridge.Leaves(given.State));

    private static (TOut, Values, IReadOnlyList<(string, object?)>) Leaves<TOut>(
        (TOut Output, Tree<Tensor> State, IEnumerable<Tuple<string, object?>> Seen) given) =>
        (given.Output, Bridge.Leaves(given.State), [.. given.Seen.Select(seen => seen.ToValueTuple())]);
}
