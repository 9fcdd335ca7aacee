namespace Functional.CSharp;

/// <summary>
/// Derivatives of functions. They are values: nothing accumulates, and they nest to any order that the functions called
/// in f allow. What f does not depend on has derivative zero.
/// </summary>
public static class Differentiation
{
    /// <summary>How many derivatives surround the running code.</summary>
    public static int Order => FSharp.Differentiation.order();

    /// <summary>∇f(x), for f from a tensor to a single number. It has the shape of x.</summary>
    public static Tensor Grad(Func<Tensor, Tensor> f, Tensor x) =>
        FSharp.Differentiation.grad(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>f(x) and ∇f(x), for f from a tensor to a single number.</summary>
    public static (Tensor Value, Tensor Gradient) Fgrad(Func<Tensor, Tensor> f, Tensor x) =>
        FSharp.Differentiation.fgrad(Bridge.Fun(f), Bridge.Given(x)).ToValueTuple();

    /// <summary>The derivatives, by path, of a function of named tensors with a single number as its value.</summary>
    public static Values GradParams(Func<Values, Tensor> f, Values parameters) =>
        Bridge.Leaves(FSharp.Differentiation.gradParams(
            Bridge.With(f, given => Bridge.Fun((Tree<Param> ps) => given(Bridge.ValuesOf(ps)))),
            Bridge.Weights(parameters)));

    /// <summary>
    /// The value and the state that a function of named tensors gives, and the derivatives of the value, by path.
    /// </summary>
    public static (Tensor Value, Values State, Values Gradients)
        FgradParams(Func<Values, (Tensor Value, Values State)> f, Values parameters) =>
        Leaves(FSharp.Differentiation.fgradParams(
            Bridge.With(f, given => Bridge.Fun((Tree<Param> ps) => Value(given(Bridge.ValuesOf(ps))))),
            Bridge.Weights(parameters)));

    private static (Tensor, Tree<Tensor>) Value((Tensor Value, Values State) given) =>
        (given.Value, Bridge.Tree(given.State));

    private static (Tensor, Values, Values) Leaves((Tensor Value, Tree<Tensor> State, Tree<Tensor> Gradients) given) =>
        (given.Value, Bridge.Leaves(given.State), Bridge.Leaves(given.Gradients));
}
