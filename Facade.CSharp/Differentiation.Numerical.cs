namespace Functional.CSharp;

/// <summary>
/// Derivatives by finite differences, at the step that balances rounding against curvature.
/// </summary>
public static partial class Differentiation
{
    /// <summary>df/dx by central differences, for a single number x.</summary>
    public static Tensor NumDiff(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveNumerical.numdiff(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>∇f by central differences, of the shape of x, for f from a tensor to a single number.</summary>
    public static Tensor NumGrad(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveNumerical.numgrad(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>∇f·v by central differences, for f from a tensor to a single number.</summary>
    public static Tensor NumGradV(Func<Tensor, Tensor> f, Tensor x, Tensor v) =>
        DeriveNumerical.numgradv(Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v));

    /// <summary>The Jacobian by central differences, of the shape of f(x) and then that of x.</summary>
    public static Tensor NumJacobian(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveNumerical.numjacobian(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>(∂f/∂x)·v by central differences.</summary>
    public static Tensor NumJacobianV(Func<Tensor, Tensor> f, Tensor x, Tensor v) =>
        DeriveNumerical.numjacobianv(Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v));

    /// <summary>The Hessian by central differences of values, of the shape of x and then that of x again.</summary>
    public static Tensor NumHessian(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveNumerical.numhessian(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>The Hessian times v by central differences.</summary>
    public static Tensor NumHessianV(Func<Tensor, Tensor> f, Tensor x, Tensor v) =>
        DeriveNumerical.numhessianv(Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v));

    /// <summary>The Laplacian by second differences.</summary>
    public static Tensor NumLaplacian(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveNumerical.numlaplacian(Bridge.Fun(f), Bridge.Given(x));
}
