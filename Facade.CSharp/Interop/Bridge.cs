using System.Runtime.CompilerServices;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Functional.CSharp;

/// <summary>From C#'s functions and dictionaries to F#'s functions and trees, and back.</summary>
internal static class Bridge
{
    public static T Given<T>(T? value, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : class =>
        value ?? throw new ArgumentNullException(name);

    public static T[] Given<T>(T[]? values, [CallerArgumentExpression(nameof(values))] string? name = null) =>
        default(T) is null && Array.Exists(values ?? throw new ArgumentNullException(name), value => value is null)
            ? throw Inside(name)
            : values ?? throw new ArgumentNullException(name);

    public static IEnumerable<T> Given<T>(
        IEnumerable<T>? values, [CallerArgumentExpression(nameof(values))] string? name = null) =>
        default(T) is null
            ? (values ?? throw new ArgumentNullException(name)).Select(value => value ?? throw Inside(name))
            : values ?? throw new ArgumentNullException(name);

    /// <summary>Values beside something else, none of which may be null.</summary>
    public static IEnumerable<Tuple<TFirst, TSecond>> Named<TFirst, TSecond>(
        IEnumerable<(TFirst First, TSecond Second)>? pairs,
        [CallerArgumentExpression(nameof(pairs))] string? name = null) =>
        Given(pairs, name).Select(pair =>
            pair.First is null || pair.Second is null ? throw Inside(name) : pair.ToTuple());

    private static ArgumentException Inside(string? name) => new("there is null in it", name);

    /// <summary>What a function of the caller's gave: null only where that is an option without a value.</summary>
    private static T Made<T>(T value, string? name) =>
        value is null && default(T) is null && !IsOption<T>.Value
            ? throw new ArgumentException("the function gave null", name)
            : value;

    private static class IsOption<T>
    {
        public static readonly bool Value =
            typeof(T) == typeof(Unit)
            || Nullable.GetUnderlyingType(typeof(T)) is not null
            || (typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(FSharpOption<>));
    }

    public static TResult With<T, TResult>(
        T? value, Func<T, TResult> use, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : class =>
        use(Given(value, name));

    public static FSharpOption<T>? Option<T>(T? value)
        where T : class => value is null ? null : FSharpOption<T>.Some(value);

    public static FSharpValueOption<double> Option(double? value) =>
        value is double given ? FSharpValueOption<double>.Some(given) : FSharpValueOption<double>.None;

    public static FSharpFunc<Unit, TResult> Fun<TResult>(
        Func<TResult> f, [CallerArgumentExpression(nameof(f))] string? name = null) =>
        With(f, given => FuncConvert.FromFunc(() => Made(given(), name)), name);

    public static FSharpFunc<T, TResult> Fun<T, TResult>(
        Func<T, TResult> f, [CallerArgumentExpression(nameof(f))] string? name = null) =>
        With(f, given => FuncConvert.FromFunc((T x) => Made(given(x), name)), name);

    public static FSharpFunc<T1, FSharpFunc<T2, TResult>> Fun<T1, T2, TResult>(
        Func<T1, T2, TResult> f, [CallerArgumentExpression(nameof(f))] string? name = null) =>
        With(f, given => FuncConvert.FromFunc((T1 a, T2 b) => Made(given(a, b), name)), name);

    public static FSharpFunc<T1, FSharpFunc<T2, FSharpFunc<T3, TResult>>> Fun<T1, T2, T3, TResult>(
        Func<T1, T2, T3, TResult> f, [CallerArgumentExpression(nameof(f))] string? name = null) =>
        With(f, given => FuncConvert.FromFunc((T1 a, T2 b, T3 c) => Made(given(a, b, c), name)), name);

    public static FSharpFunc<T1, FSharpFunc<T2, FSharpFunc<T3, FSharpFunc<T4, TResult>>>> Fun<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, TResult> f, [CallerArgumentExpression(nameof(f))] string? name = null) =>
        With(f, given => FuncConvert.FromFunc((T1 a, T2 b, T3 c, T4 d) => Made(given(a, b, c, d), name)), name);

    public static FSharpFunc<Fans, FSharpFunc<FSharpList<int>, FSharpFunc<Key, Tensor>>> Draw(
        Func<Fans, int[], Key, Tensor> draw) =>
        Fun((Fans fans, FSharpList<int> shape, Key key) => draw(fans, [.. shape], key));

    public static Func<Fans, int[], Key, Tensor> Draw(
        FSharpFunc<Fans, FSharpFunc<FSharpList<int>, FSharpFunc<Key, Tensor>>> draw) =>
        (fans, shape, key) => draw.Invoke(fans).Invoke([.. Given(shape)]).Invoke(key);

    public static Convolution Convolution(
        int[]? stride,
        Padding? padding,
        int[]? dilation,
        int groups,
        bool flipped,
        bool bias,
        Func<Fans, int[], Key, Tensor>? draw) =>
        new(
            [.. stride ?? [1]],
            padding ?? Padding.Valid,
            [.. dilation ?? [1]],
            groups,
            flipped,
            bias,
            Draw(draw ?? Initializers.Standard));

    public static Pool Pool(
        int[] size, int[]? stride, int[]? padding, bool ceil, bool countPadding = true) =>
        new([.. Given(size)], [.. stride ?? []], [.. padding ?? [0]], ceil, countPadding);

    public static FSharpFunc<Key, (Tree<Param>, Tree<Tensor>)> Init(
        Func<Key, Initial> init, [CallerArgumentExpression(nameof(init))] string? name = null) =>
        With(init, given => Fun((Key key) => Trees(given(key))), name);

    public static FSharpFunc<FSharpFunc<Key, (Tree<Param>, Tree<Tensor>)>, FSharpFunc<Key, (Tree<Param>, Tree<Tensor>)>> First(
        Func<Func<Key, Initial>, Key, Initial> init) =>
        With(init, given => Fun((FSharpFunc<Key, (Tree<Param>, Tree<Tensor>)> own, Key key) =>
            Trees(given(inner => Leaves(own.Invoke(inner)), key))));

    public static FSharpList<Tuple<string, Setting>> Settings(IEnumerable<(string Name, Setting Value)>? settings) =>
        [.. Named(settings ?? [])];

    public static IReadOnlyDictionary<string, T> Leaves<T>(Tree<T> tree) =>
        FSharp.Tree.leaves(tree).ToDictionary(leaf => leaf.Item1, leaf => leaf.Item2);

    public static FSharpFunc<T, Unit> Do<T>(Action<T> f) => FuncConvert.FromAction(f);

    public static IReadOnlyDictionary<string, double> Numbers(FSharpList<Tuple<string, double>> numbers) =>
        numbers.ToDictionary(number => number.Item1, number => number.Item2);

    public static Values ValuesOf(Tree<Param> parameters) => Leaves(FSharp.Params.values(parameters));

    public static Initial Leaves((Tree<Param> Parameters, Tree<Tensor> State) made) =>
        (Leaves(made.Parameters), Leaves(made.State));

    public static Estimation Leaves(Estimate estimate) =>
        (estimate.Loss, Leaves(estimate.Gradients), Leaves(estimate.State));

    public static Tree<T> Tree<T>(
        IReadOnlyDictionary<string, T> leaves, [CallerArgumentExpression(nameof(leaves))] string? name = null) =>
        FSharp.Tree.ofLeaves(Pairs(leaves, name));

    public static Tree<Param> Weights(
        Values values, [CallerArgumentExpression(nameof(values))] string? name = null) =>
        FSharp.Tree.map(Fun((Tensor value) => new Param(Role.Weight, value)), Tree(values, name));

    public static Estimate Estimate(Tree<Param> ps, Tree<Tensor> state, Estimation given) =>
        new(given.Loss, Like(ps, given.Gradients, nameof(given.Gradients)), Like(state, given.State, nameof(given.State)));

    public static FSharpList<Tuple<string, T>> Pairs<T>(
        IReadOnlyDictionary<string, T> leaves, [CallerArgumentExpression(nameof(leaves))] string? name = null) =>
        [.. Given<IReadOnlyDictionary<string, T>>(leaves, name).Select(leaf =>
            Tuple.Create(leaf.Key, leaf.Value is null ? throw Inside(name) : leaf.Value))];

    public static (Tree<Param>, Tree<Tensor>) Trees(Initial made) => (Tree(made.Parameters), Tree(made.State));

    /// <summary>The structure of a tree, filled by path: with a value at each of its paths and at no other.</summary>
    public static Tree<T> Like<TLike, T>(
        Tree<TLike> like, IReadOnlyDictionary<string, T> leaves,
        [CallerArgumentExpression(nameof(leaves))] string name = "") =>
        FSharp.Tree.refillAt(name, Pairs(leaves, name), like);
}
