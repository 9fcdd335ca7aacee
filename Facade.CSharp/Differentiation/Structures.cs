namespace Functional.CSharp;

/// <summary>
/// What functions may be differentiated by: tensors, pairs and triples of them, arrays, dictionaries, parameters, and
/// pairs of such.
/// </summary>
public static class Structures
{
    /// <summary>One tensor.</summary>
    public static Structure<Tensor, Tensor> Tensor => FSharp.Structure.tensor;

    /// <summary>Two tensors.</summary>
    public static Structure<(Tensor First, Tensor Second), (Tensor First, Tensor Second)> Pair { get; } =
        Both(Tensor, Tensor);

    /// <summary>Three tensors.</summary>
    public static Structure<(Tensor, Tensor, Tensor), (Tensor, Tensor, Tensor)> Triple { get; } =
        FSharp.Structure.map(
            Bridge.Fun(((Tensor, Tensor, Tensor) x) => x.ToTuple()),
            Bridge.Fun((Tuple<Tensor, Tensor, Tensor> x) => x.ToValueTuple()),
            Bridge.Fun((Tuple<Tensor, Tensor, Tensor> d) => d.ToValueTuple()),
            Bridge.Fun(((Tensor, Tensor, Tensor) d) => d.ToTuple()),
            FSharp.Structure.triple);

    /// <summary>Tensors in an array.</summary>
    public static Structure<Tensor[], Tensor[]> Array => FSharp.Structure.array;

    /// <summary>Tensors by path.</summary>
    public static Structure<Values, Values> Values { get; } =
        FSharp.Structure.map(
            Bridge.Fun((Values x) => Bridge.Tree(x)),
            Bridge.Fun((Tree<Tensor> x) => (Values)Bridge.Leaves(x)),
            Bridge.Fun((Tree<Tensor> d) => (Values)Bridge.Leaves(d)),
            Bridge.Fun((Values d) => Bridge.Tree(d)),
            FSharp.Structure.tree);

    /// <summary>Parameters by path; derivatives by them are tensors by path.</summary>
    public static Structure<Parameters, Values> Parameters { get; } =
        FSharp.Structure.map(
            Bridge.Fun((Parameters x) => Bridge.Tree(x)),
            Bridge.Fun((Tree<Param> x) => (Parameters)Bridge.Leaves(x)),
            Bridge.Fun((Tree<Tensor> d) => (Values)Bridge.Leaves(d)),
            Bridge.Fun((Values d) => Bridge.Tree(d)),
            FSharp.Structure.parameters);

    /// <summary>Two values of any structure, such as parameters and an input.</summary>
    public static Structure<(TX First, TY Second), (TD First, TE Second)> Both<TX, TY, TD, TE>(
        Structure<TX, TD> first, Structure<TY, TE> second) =>
        FSharp.Structure.map(
            Bridge.Fun(((TX First, TY Second) x) => x.ToTuple()),
            Bridge.Fun((Tuple<TX, TY> x) => x.ToValueTuple()),
            Bridge.Fun((Tuple<TD, TE> d) => d.ToValueTuple()),
            Bridge.Fun(((TD First, TE Second) d) => d.ToTuple()),
            FSharp.Structure.both(Bridge.Given(first), Bridge.Given(second)));

    /// <summary>A structure seen through functions there and back, for values and for derivatives by them.</summary>
    public static Structure<TY, TE> Map<TX, TY, TD, TE>(
        this Structure<TX, TD> structure,
        Func<TY, TX> value, Func<TX, TY> back, Func<TD, TE> derivative, Func<TE, TD> given) =>
        FSharp.Structure.map(
            Bridge.Fun(value), Bridge.Fun(back), Bridge.Fun(derivative), Bridge.Fun(given), Bridge.Given(structure));
}
