namespace Functional.CSharp;

public static partial class Layers
{
    /// <summary>The pipeline without stages.</summary>
    public static Layer<T, T> Identity<T>() => FSharp.Layer.identity<T>();

    /// <summary>Layers of one type, one after the other.</summary>
    public static Layer<T, T> Stack<T>(params IEnumerable<Layer<T, T>> layers) =>
        FSharp.Layer.stack(Bridge.Given(layers));

    /// <summary>Both layers on the same input: two heads.</summary>
    public static Layer<TIn, (TFirst, TSecond)> Fork<TIn, TFirst, TSecond>(
        Layer<TIn, TFirst> first, Layer<TIn, TSecond> second) =>
        FSharp.LayersBeside.Layer.fork(Bridge.Given(first), Bridge.Given(second));

    /// <summary>Each layer on an input of its own, side by side.</summary>
    public static Layer<(TIn1, TIn2), (TOut1, TOut2)> Both<TIn1, TOut1, TIn2, TOut2>(
        Layer<TIn1, TOut1> first, Layer<TIn2, TOut2> second) =>
        FSharp.LayersBeside.Layer.both(Bridge.Given(first), Bridge.Given(second));

    /// <summary>x + f(x) (He et al. 2016, https://arxiv.org/abs/1512.03385). f keeps the shape.</summary>
    public static Layer<Tensor, Tensor> Residual(Layer<Tensor, Tensor> f) =>
        FSharp.LayersAround.Layer.residual(Bridge.Given(f));

    /// <summary>A function as a layer without parameters.</summary>
    public static Layer<TIn, TOut> Lift<TIn, TOut>(Func<TIn, TOut> f) => FSharp.Layer.lift(Bridge.Fun(f));

    /// <summary>
    /// A function as a layer without parameters, whose kind and settings errors, listings and summaries show.
    /// </summary>
    public static Layer<TIn, TOut> Func<TIn, TOut>(
        string kind, Func<TIn, TOut> f, IEnumerable<(string Name, Setting Value)>? settings = null) =>
        FSharp.Layer.func(Bridge.Given(kind), Bridge.Settings(settings), Bridge.Fun(f));

    /// <summary>A parameter that multiplies inputs, for Create.</summary>
    public static FSharp.Declared<Tensor> Weight(string name, Func<Key, Tensor> draw) =>
        FSharp.LayerSyntax.weight(Bridge.Given(name), Bridge.Fun(draw));

    /// <summary>A parameter that is added, for Create.</summary>
    public static FSharp.Declared<Tensor> Bias(string name, Func<Key, Tensor> draw) =>
        FSharp.LayerSyntax.bias(Bridge.Given(name), Bridge.Fun(draw));

    /// <summary>A parameter that scales what a normalisation gives, for Create.</summary>
    public static FSharp.Declared<Tensor> Scale(string name, Func<Key, Tensor> draw) =>
        FSharp.LayerSyntax.scale(Bridge.Given(name), Bridge.Fun(draw));

    /// <summary>A layer with a parameter of its own, from the parameter's value and an input.</summary>
    public static Layer<TIn, TOut> Create<TIn, TOut>(
        string kind,
        FSharp.Declared<Tensor> declared,
        Func<Tensor, TIn, TOut> run,
        IEnumerable<(string Name, Setting Value)>? settings = null) =>
        Declarations.Layer(Declarations.Of(kind, settings), Bridge.Given(declared), Bridge.Fun(run));

    /// <summary>
    /// A layer with two parameters of its own, from their values and an input:
    /// Create("dense", Weight("weight", draw), Bias("bias", draw), (Tensor w, Tensor b, Tensor x) =&gt; x.Matmul(w) + b).
    /// Each draws from a key of its own.
    /// </summary>
    public static Layer<TIn, TOut> Create<TIn, TOut>(
        string kind,
        FSharp.Declared<Tensor> first,
        FSharp.Declared<Tensor> second,
        Func<Tensor, Tensor, TIn, TOut> run,
        IEnumerable<(string Name, Setting Value)>? settings = null) =>
        Declarations.Layer(
            Declarations.Of(kind, settings), Bridge.Given(first), Bridge.Given(second), Bridge.Given(run));

    /// <summary>
    /// A layer with three parameters of its own, from their values and an input. Each draws from a key of its own.
    /// </summary>
    public static Layer<TIn, TOut> Create<TIn, TOut>(
        string kind,
        FSharp.Declared<Tensor> first,
        FSharp.Declared<Tensor> second,
        FSharp.Declared<Tensor> third,
        Func<Tensor, Tensor, Tensor, TIn, TOut> run,
        IEnumerable<(string Name, Setting Value)>? settings = null) =>
        Declarations.Layer(
            Declarations.Of(kind, settings), Bridge.Given(first), Bridge.Given(second), Bridge.Given(third), Bridge.Given(run));

    /// <summary>
    /// A layer of one stage: its first parameters and state by path, and what it gives for a mode, the parameters'
    /// values, the state and an input, with the state afterwards.
    /// </summary>
    public static Layer<TIn, TOut> Create<TIn, TOut>(
        string kind,
        Func<Key, Initial> init,
        Func<Mode, Values, Values, TIn,
            (TOut Output, Values State)> run,
        IEnumerable<(string Name, Setting Value)>? settings = null) =>
        FSharp.Layer.create(
            Bridge.Given(kind),
            Bridge.Settings(settings),
            Bridge.Init(init),
            Bridge.With(run, given => Bridge.Fun((Mode mode, Tree<Param> ps, Tree<Tensor> state, TIn input) =>
                Runs.After(state, given(mode, Bridge.ValuesOf(ps), Bridge.Leaves(state), input)))));
}
