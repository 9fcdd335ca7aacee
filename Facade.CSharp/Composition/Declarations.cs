using Functional.FSharp;
using Microsoft.FSharp.Core;

namespace Functional.CSharp;

/// <summary>What F#'s `layer { let! … and! … return … }` becomes.</summary>
internal static class Declarations
{
    public static LayerBuilder Of(string kind, IEnumerable<(string Name, Setting Value)>? settings) =>
        LayerSyntax.layerOf(Bridge.Given(kind), Bridge.Settings(settings));

    public static Layer<TIn, TOut> Layer<T, TIn, TOut>(
        LayerBuilder builder, Declared<T> declared, FSharpFunc<T, FSharpFunc<TIn, TOut>> run) =>
        builder.Run(builder.BindReturn(declared, run));

    public static Layer<TIn, TOut> Layer<T1, T2, TIn, TOut>(
        LayerBuilder builder, Declared<T1> first, Declared<T2> second, Func<T1, T2, TIn, TOut> run) =>
        Layer(
            builder,
            builder.MergeSources(first, second),
            Bridge.Fun(((T1 First, T2 Second) of, TIn input) => run(of.First, of.Second, input)));

    public static Layer<TIn, TOut> Layer<T1, T2, T3, TIn, TOut>(
        LayerBuilder builder, Declared<T1> first, Declared<T2> second, Declared<T3> third, Func<T1, T2, T3, TIn, TOut> run) =>
        Layer(
            builder,
            first,
            builder.MergeSources(second, third),
            (T1 a, (T2 Second, T3 Third) of, TIn input) => run(a, of.Second, of.Third, input));
}
