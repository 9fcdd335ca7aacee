namespace Functional.CSharp;

/// <summary>
/// Second derivatives of functions with a single number as their value.
/// </summary>
public static partial class Differentiation
{
    /// <summary>
    /// The Hessian ∂²f/∂x∂x, of the shape of x and then that of x again. One pass for each element of x.
    /// </summary>
    public static Tensor Hessian(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveHessians.hessian(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>f(x) and the Hessian.</summary>
    public static (Tensor Value, Tensor Hessian) Fhessian(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveHessians.fhessian(Bridge.Fun(f), Bridge.Given(x)).ToValueTuple();

    /// <summary>∇f(x) and the Hessian.</summary>
    public static (Tensor Gradient, Tensor Hessian) GradHessian(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveHessians.gradhessian(Bridge.Fun(f), Bridge.Given(x)).ToValueTuple();

    /// <summary>f(x), ∇f(x) and the Hessian.</summary>
    public static (Tensor Value, Tensor Gradient, Tensor Hessian) FgradHessian(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveHessians.fgradhessian(Bridge.Fun(f), Bridge.Given(x)).ToValueTuple();

    /// <summary>The Hessian times v, which has the shape of x: reverse over reverse.</summary>
    public static Tensor HessianV(Func<Tensor, Tensor> f, Tensor x, Tensor v) =>
        DeriveHessians.hessianv(Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v));

    /// <summary>f(x) and the Hessian times v.</summary>
    public static (Tensor Value, Tensor Product) FhessianV(Func<Tensor, Tensor> f, Tensor x, Tensor v) =>
        DeriveHessians.fhessianv(Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v)).ToValueTuple();

    /// <summary>∇f(x)·v, the derivative along v, and the Hessian times v.</summary>
    public static (Tensor Slope, Tensor Product) GradHessianV(Func<Tensor, Tensor> f, Tensor x, Tensor v) =>
        DeriveHessians.gradhessianv(Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v)).ToValueTuple();

    /// <summary>f(x), ∇f(x)·v, the derivative along v, and the Hessian times v.</summary>
    public static (Tensor Value, Tensor Slope, Tensor Product) FgradHessianV(
        Func<Tensor, Tensor> f, Tensor x, Tensor v) =>
        DeriveHessians.fgradhessianv(Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v)).ToValueTuple();

    /// <summary>The Hessian times v, for f from any structure to a single number.</summary>
    public static TD HessianVOf<TX, TD>(Structure<TX, TD> structure, Func<TX, Tensor> f, TX x, TD v) =>
        DeriveHessians.hessianvOf(Bridge.Given(structure), Bridge.Fun(f), x, v);

    /// <summary>f(x), ∇f(x)·v and the Hessian times v, for f from any structure to a single number.</summary>
    public static (Tensor Value, Tensor Slope, TD Product) FgradHessianVOf<TX, TD>(
        Structure<TX, TD> structure, Func<TX, Tensor> f, TX x, TD v) =>
        DeriveHessians.fgradhessianvOf(Bridge.Given(structure), Bridge.Fun(f), x, v).ToValueTuple();
}
