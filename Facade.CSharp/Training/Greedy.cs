namespace Functional.CSharp;

/// <summary>Training layer by layer.</summary>
public static class Greedy
{
    /// <summary>
    /// Each level is trained on what the levels below make of the data (Hinton, Osindero and Teh 2006,
    /// https://doi.org/10.1162/neco.2006.18.7.1527; Bengio et al. 2007). A level takes a key and the data as it sees it, and
    /// gives a model and what that makes of data; the models are given from the bottom up.
    /// </summary>
    public static IReadOnlyList<TModel> Layerwise<TModel>(
        IEnumerable<Func<Key, Tensor, (TModel Model, Func<Tensor, Tensor> Lift)>> levels, Key key, Tensor data) =>
        FSharp.Greedy.layerwise(
            Bridge.Given(levels).Select(level => Bridge.Fun((Key own, Tensor seen) => Lifted(level(own, seen)))),
            key,
            Bridge.Given(data));

    private static (TModel, Microsoft.FSharp.Core.FSharpFunc<Tensor, Tensor>) Lifted<TModel>(
        (TModel Model, Func<Tensor, Tensor> Lift) made) => (made.Model, Bridge.Fun(made.Lift));
}
