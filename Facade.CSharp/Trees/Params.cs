namespace Functional.CSharp;

/// <summary>Parameters by path: values that training may change, and what each is for.</summary>
public static class Params
{
    /// <summary>The values, without their roles.</summary>
    public static Values ToTensors(this Parameters parameters) => Bridge.ValuesOf(Bridge.Tree(parameters));

    /// <summary>The parameters with new values, by path.</summary>
    public static Parameters Refill(this Parameters parameters, Values values) =>
        Bridge.Leaves(FSharp.Params.refill(
            FSharp.Tree.values(Bridge.Like(Bridge.Tree(parameters), values)), Bridge.Tree(parameters)));

    /// <summary>The parameters in a dtype of floating-point numbers, such as float64.</summary>
    public static Parameters Cast(this Parameters parameters, Dtype dtype) =>
        Bridge.Leaves(FSharp.Params.cast(dtype, Bridge.Tree(parameters)));

    /// <summary>Parameters moved by updates: p + u.</summary>
    public static Parameters Move(this Parameters parameters, Values updates) =>
        Bridge.Leaves(FSharp.Params.move(Bridge.Like(Bridge.Tree(parameters), updates), Bridge.Tree(parameters)));
}
