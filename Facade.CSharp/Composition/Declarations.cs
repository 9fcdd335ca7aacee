using Functional.FSharp;
using Microsoft.FSharp.Core;

namespace Functional.CSharp;

/// <summary>What F#'s `layer { let! … and! … return … }` becomes.</summary>
internal static class Declarations
{
    public static Layer<TIn, TOut> Layer<T, TIn, TOut>(
        string kind, Declared<T> declared, FSharpFunc<T, FSharpFunc<TIn, TOut>> run) =>
        LayerSyntax.layerOf(kind).Run(LayerSyntax.layerOf(kind).BindReturn(declared, run));

    public static Layer<TIn, TOut> Layer<T1, T2, TIn, TOut>(
        string kind, Declared<T1> first, Declared<T2> second, Func<T1, T2, TIn, TOut> run) =>
        Layer(
            kind,
            LayerSyntax.layerOf(kind).MergeSources(first, second),
            Bridge.Fun(((T1 First, T2 Second) of, TIn input) => run(of.First, of.Second, input)));

    public static Layer<TIn, TOut> Layer<T1, T2, T3, TIn, TOut>(
        string kind, Declared<T1> first, Declared<T2> second, Declared<T3> third, Func<T1, T2, T3, TIn, TOut> run) =>
        Layer(
            kind,
            first,
            LayerSyntax.layerOf(kind).MergeSources(second, third),
            (T1 a, (T2 Second, T3 Third) of, TIn input) => run(a, of.Second, of.Third, input));
}
