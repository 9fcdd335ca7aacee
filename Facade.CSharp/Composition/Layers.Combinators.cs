namespace Functional.CSharp;

public static partial class Layers
{
    /// <summary>
    /// One layer with another run, which <paramref name="change"/> makes of the layer's own:
    /// Around("residual", f, (run, mode, x) =&gt; x + run(mode, x)). Parameters, state and their paths are the layer's own;
    /// the state is passed on from run to run.
    /// </summary>
    public static Layer<TIn, TOut> Around<TInnerIn, TInnerOut, TIn, TOut>(
        string kind,
        Layer<TInnerIn, TInnerOut> layer,
        Func<Func<Mode, TInnerIn, TInnerOut>, Mode, TIn, TOut> change,
        IEnumerable<(string Name, Setting Value)>? settings = null) =>
        FSharp.LayersAround.Layer.around(
            Bridge.Given(kind), Bridge.Settings(settings), FSharp.Threaded.Around(Bridge.Given(change)), Bridge.Given(layer));

    /// <summary>
    /// As Around, with other first values too: <paramref name="init"/> takes the layer's first parameters and state for a key
    /// to those kept, by path.
    /// </summary>
    public static Layer<TIn, TOut> Around<TInnerIn, TInnerOut, TIn, TOut>(
        string kind,
        Layer<TInnerIn, TInnerOut> layer,
        Func<Func<Key, Initial>, Key, Initial> init,
        Func<Func<Mode, Values, Values, TInnerIn, (TInnerOut Output, Values State)>, Mode, Values, Values, TIn,
            (TOut Output, Values State)> change,
        IEnumerable<(string Name, Setting Value)>? settings = null) =>
        FSharp.LayersAround.Layer.aroundWith(
            Bridge.Given(kind), Bridge.Settings(settings), Bridge.First(init), Runs.Around(layer, change), Bridge.Given(layer));

    /// <summary>
    /// Several layers, each with a branch of parameters and state under its name. <paramref name="join"/> says what they are
    /// together: Beside("sum", [("a", f), ("b", g)], (run, mode, x) =&gt; run(0, mode, x) + run(1, mode, x)). The state is
    /// passed on from run to run.
    /// </summary>
    public static Layer<TIn, TOut> Beside<TInnerIn, TInnerOut, TIn, TOut>(
        string kind,
        IEnumerable<(string Name, Layer<TInnerIn, TInnerOut> Layer)> branches,
        Func<Func<int, Mode, TInnerIn, TInnerOut>, Mode, TIn, TOut> join,
        IEnumerable<(string Name, Setting Value)>? settings = null) =>
        FSharp.LayersBeside.Layer.beside(
            Bridge.Given(kind),
            Bridge.Settings(settings),
            FSharp.Threaded.Beside(Bridge.Given(join)),
            Bridge.Named(branches));

    /// <summary>As Beside, for two layers of any types, whose branches are called 0 and 1.</summary>
    public static Layer<TIn, TOut> Beside<TIn1, TOut1, TIn2, TOut2, TIn, TOut>(
        string kind,
        Layer<TIn1, TOut1> first,
        Layer<TIn2, TOut2> second,
        Func<Func<Mode, TIn1, TOut1>, Func<Mode, TIn2, TOut2>, Mode, TIn, TOut> join,
        IEnumerable<(string Name, Setting Value)>? settings = null) =>
        FSharp.LayersBeside.Layer.beside2(
            Bridge.Given(kind),
            Bridge.Settings(settings),
            FSharp.Threaded.Beside2(Bridge.Given(join)),
            Bridge.Given(first),
            Bridge.Given(second));

    /// <summary>
    /// Several layers on one input, their outputs joined along an axis that they have: Inception's parallel paths
    /// (Szegedy et al. 2015, https://arxiv.org/abs/1409.4842), and dense blocks with Identity among them (Huang et al.
    /// 2017).
    /// </summary>
    public static Layer<TIn, Tensor> Concat<TIn>(int axis, params IEnumerable<Layer<TIn, Tensor>> branches) =>
        FSharp.LayersBeside.Layer.concat(axis, Bridge.Given(branches));

    /// <summary>
    /// One of several layers, chosen by a number that a function of the input gives; the others do not run, and their
    /// state stays.
    /// </summary>
    public static Layer<TIn, TOut> Switch<TIn, TOut>(
        Func<TIn, int> choose, params IEnumerable<Layer<TIn, TOut>> branches) =>
        FSharp.LayersBeside.Layer.@switch(Bridge.Fun(choose), Bridge.Given(branches));
}
