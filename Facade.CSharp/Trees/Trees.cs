namespace Functional.CSharp;

/// <summary>
/// Named values by path, such as "3/weight": parameters, states, memories and gradients. What is not here, LINQ and the
/// dictionaries themselves say.
/// </summary>
public static class Trees
{
    /// <summary>f of each value.</summary>
    public static IReadOnlyDictionary<string, TResult> Map<T, TResult>(
        this IReadOnlyDictionary<string, T> tree, Func<T, TResult> f) =>
        Bridge.Leaves(FSharp.Tree.map(Bridge.Fun(f), Bridge.Tree(tree)));

    /// <summary>f of each pair of values with the same path.</summary>
    public static IReadOnlyDictionary<string, TResult> Map2<T1, T2, TResult>(
        this IReadOnlyDictionary<string, T1> tree, IReadOnlyDictionary<string, T2> other, Func<T1, T2, TResult> f) =>
        Bridge.Leaves(FSharp.Tree.map2(Bridge.Fun(f), Bridge.Tree(tree), Bridge.Like(Bridge.Tree(tree), other)));

    /// <summary>f of each three values with the same path.</summary>
    public static IReadOnlyDictionary<string, TResult> Map3<T1, T2, T3, TResult>(
        this IReadOnlyDictionary<string, T1> tree,
        IReadOnlyDictionary<string, T2> second,
        IReadOnlyDictionary<string, T3> third,
        Func<T1, T2, T3, TResult> f) =>
        Bridge.Leaves(FSharp.Tree.map3(
            Bridge.Fun(f),
            Bridge.Tree(tree),
            Bridge.Like(Bridge.Tree(tree), second),
            Bridge.Like(Bridge.Tree(tree), third)));

    /// <summary>What stands below a path, by the rest of the path.</summary>
    public static IReadOnlyDictionary<string, T> Get<T>(this IReadOnlyDictionary<string, T> tree, string path) =>
        Below(Bridge.Given(tree), Bridge.Given(path) + "/");

    /// <summary>Trees side by side, each below a name.</summary>
    public static IReadOnlyDictionary<string, T> Node<T>(
        params IEnumerable<(string Name, IReadOnlyDictionary<string, T> Tree)> branches) =>
        Bridge.Given(branches)
            .SelectMany(branch =>
                branch.Tree.Select(leaf => KeyValuePair.Create($"{branch.Name}/{leaf.Key}", leaf.Value)))
            .ToDictionary();

    private static Dictionary<string, T> Below<T>(IReadOnlyDictionary<string, T> tree, string prefix) =>
        tree.Where(leaf => leaf.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(leaf => leaf.Key[prefix.Length..], leaf => leaf.Value);
}
