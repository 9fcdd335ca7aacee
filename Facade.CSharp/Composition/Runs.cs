using Microsoft.FSharp.Core;

namespace Functional.CSharp;

/// <summary>Runs of layers, which F# sees with trees and C# by path.</summary>
internal static class Runs
{
    public static FSharpFunc<
        FSharpFunc<Mode, FSharpFunc<Tree<Param>, FSharpFunc<Tree<Tensor>, FSharpFunc<TInnerIn, (TInnerOut, Tree<Tensor>)>>>>,
        FSharpFunc<Mode, FSharpFunc<Tree<Param>, FSharpFunc<Tree<Tensor>, FSharpFunc<TIn, (TOut, Tree<Tensor>)>>>>>
        Around<TInnerIn, TInnerOut, TIn, TOut>(
            Layer<TInnerIn, TInnerOut> layer,
            Func<Func<Mode, Values, Values, TInnerIn, (TInnerOut Output, Values State)>, Mode, Values, Values, TIn,
                (TOut Output, Values State)> change) =>
        Bridge.With(change, given => FuncConvert.FromFunc((
            FSharpFunc<Mode, FSharpFunc<Tree<Param>, FSharpFunc<Tree<Tensor>, FSharpFunc<TInnerIn, (TInnerOut, Tree<Tensor>)>>>> run,
            Mode mode,
            Tree<Param> ps,
            Tree<Tensor> state,
            TIn input) =>
            After(state, given(Inner(layer, run), mode, Bridge.ValuesOf(ps), Bridge.Leaves(state), input))));

    public static (TOut, Tree<Tensor>) After<TOut>(Tree<Tensor> before, (TOut Output, Values State) given) =>
        (given.Output, Bridge.Like(before, given.State, nameof(given.State)));

    private static Func<Mode, Values, Values, TIn, (TOut Output, Values State)> Inner<TIn, TOut>(
        Layer<TIn, TOut> layer,
        FSharpFunc<Mode, FSharpFunc<Tree<Param>, FSharpFunc<Tree<Tensor>, FSharpFunc<TIn, (TOut, Tree<Tensor>)>>>> run) =>
        (mode, parameters, state, input) => Leaves(
            run.Invoke(mode)
                .Invoke(Structure.Of(layer).ParametersFrom(parameters, nameof(parameters)))
                .Invoke(Structure.Of(layer).StateFrom(state, nameof(state)))
                .Invoke(input));

    private static (TOut, Values) Leaves<TOut>((TOut Output, Tree<Tensor> State) given) =>
        (given.Output, Bridge.Leaves(given.State));
}
