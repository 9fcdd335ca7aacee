namespace Functional.CSharp;

/// <summary>
/// Derivatives of functions. They are values: nothing accumulates, and they nest to any order that the functions called
/// in f allow. What f does not depend on has derivative zero. The forms with F in front give f's value too; those with
/// Of differentiate by any structure of tensors.
/// </summary>
public static partial class Differentiation
{
    /// <summary>How many derivatives surround the running code.</summary>
    public static int Order => DeriveOrder.order();

    /// <summary>∇f(x), for f from a tensor to a single number. It has the shape of x.</summary>
    public static Tensor Grad(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveGradients.grad(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>f(x) and ∇f(x), for f from a tensor to a single number.</summary>
    public static (Tensor Value, Tensor Gradient) Fgrad(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveGradients.fgrad(Bridge.Fun(f), Bridge.Given(x)).ToValueTuple();

    /// <summary>∂f/∂x and ∂f/∂y, for f from two tensors to a single number.</summary>
    public static (Tensor First, Tensor Second) Grad(Func<Tensor, Tensor, Tensor> f, Tensor x, Tensor y) =>
        DeriveGradients.gradOf(
            Structures.Pair, Bridge.With(f, given => Bridge.Fun(((Tensor X, Tensor Y) p) => given(p.X, p.Y))),
            (Bridge.Given(x), Bridge.Given(y)));

    /// <summary>∂f/∂x, ∂f/∂y and ∂f/∂z, for f from three tensors to a single number.</summary>
    public static (Tensor First, Tensor Second, Tensor Third) Grad(
        Func<Tensor, Tensor, Tensor, Tensor> f, Tensor x, Tensor y, Tensor z) =>
        DeriveGradients.gradOf(
            Structures.Triple,
            Bridge.With(f, given => Bridge.Fun(((Tensor X, Tensor Y, Tensor Z) p) => given(p.X, p.Y, p.Z))),
            (Bridge.Given(x), Bridge.Given(y), Bridge.Given(z)));

    /// <summary>∇f(x)·v, the derivative along v, for f from a tensor to a single number.</summary>
    public static Tensor GradV(Func<Tensor, Tensor> f, Tensor x, Tensor v) =>
        DeriveGradients.gradv(Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v));

    /// <summary>f(x) and ∇f(x)·v, the derivative along v, for f from a tensor to a single number.</summary>
    public static (Tensor Value, Tensor Product) FgradV(Func<Tensor, Tensor> f, Tensor x, Tensor v) =>
        DeriveGradients.fgradv(Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v)).ToValueTuple();

    /// <summary>∇f(x), for f from any structure to a single number.</summary>
    public static TD GradOf<TX, TD>(Structure<TX, TD> structure, Func<TX, Tensor> f, TX x) =>
        DeriveGradients.gradOf(Bridge.Given(structure), Bridge.Fun(f), x);

    /// <summary>f(x) and ∇f(x), for f from any structure to a single number.</summary>
    public static (Tensor Value, TD Gradient) FgradOf<TX, TD>(
        Structure<TX, TD> structure, Func<TX, Tensor> f, TX x) =>
        DeriveGradients.fgradOf(Bridge.Given(structure), Bridge.Fun(f), x).ToValueTuple();

    /// <summary>The derivatives, by path, of a function of named tensors with a single number as its value.</summary>
    public static Values GradParams(Func<Values, Tensor> f, Values parameters) =>
        DeriveGradients.gradOf(Structures.Values, Bridge.Fun(f), Bridge.Given(parameters));

    /// <summary>
    /// The value and the state that a function of named tensors gives, and the derivatives of the value, by path.
    /// </summary>
    public static (Tensor Value, Values State, Values Gradients)
        FgradParams(Func<Values, (Tensor Value, Values State)> f, Values parameters) =>
        Leaves(DeriveGradients.fgradParams(
            Bridge.With(f, given => Bridge.Fun((Tree<Param> ps) => Value(given(Bridge.ValuesOf(ps))))),
            Bridge.Weights(parameters)));

    private static (Tensor, Tree<Tensor>) Value((Tensor Value, Values State) given) =>
        (given.Value, Bridge.Tree(given.State));

    private static (Tensor, Values, Values) Leaves((Tensor Value, Tree<Tensor> State, Tree<Tensor> Gradients) given) =>
        (given.Value, Bridge.Leaves(given.State), Bridge.Leaves(given.Gradients));
}
