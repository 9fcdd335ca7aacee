namespace Functional.CSharp;

/// <summary>
/// Derivatives by finite differences, at the step that balances rounding against curvature, or at a given one. They are
/// constants, in float64 or float32.
/// </summary>
public static partial class Differentiation
{
    /// <summary>
    /// df/dx by five-point differences, for a single number x.
    /// </summary>
    public static Tensor NumDiff(Func<Tensor, Tensor> f, Tensor x, double? step = null) =>
        Differences.diffBy(Bridge.Option(step), Bridge.Fun(f), Bridge.Given(x));

    /// <summary>
    /// d²f/dx² by second differences, of the shape of f(x), for a single number x.
    /// </summary>
    public static Tensor NumDiff2(Func<Tensor, Tensor> f, Tensor x, double? step = null) =>
        Differences.diff2By(Bridge.Option(step), Bridge.Fun(f), Bridge.Given(x));

    /// <summary>
    /// ∇f by five-point differences, of the shape of x, for f from a tensor to a single number.
    /// </summary>
    public static Tensor NumGrad(Func<Tensor, Tensor> f, Tensor x, double? step = null) =>
        Differences.gradBy(Bridge.Option(step), Bridge.Fun(f), Bridge.Given(x));

    /// <summary>
    /// ∇f·v by five-point differences, for f from a tensor to a single number.
    /// </summary>
    public static Tensor NumGradV(Func<Tensor, Tensor> f, Tensor x, Tensor v, double? step = null) =>
        Differences.jacobianvBy(Bridge.Option(step), Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v));

    /// <summary>
    /// The Jacobian by five-point differences, of the shape of f(x) and then that of x.
    /// </summary>
    public static Tensor NumJacobian(Func<Tensor, Tensor> f, Tensor x, double? step = null) =>
        Differences.jacobianBy(Bridge.Option(step), Bridge.Fun(f), Bridge.Given(x));

    /// <summary>
    /// (∂f/∂x)·v by five-point differences.
    /// </summary>
    public static Tensor NumJacobianV(Func<Tensor, Tensor> f, Tensor x, Tensor v, double? step = null) =>
        Differences.jacobianvBy(Bridge.Option(step), Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v));

    /// <summary>
    /// The Hessian by central differences of values, of the shape of x and then that of x again.
    /// </summary>
    public static Tensor NumHessian(Func<Tensor, Tensor> f, Tensor x, double? step = null) =>
        Differences.hessianBy(Bridge.Option(step), Bridge.Fun(f), Bridge.Given(x));

    /// <summary>
    /// The Hessian times v by central differences.
    /// </summary>
    public static Tensor NumHessianV(Func<Tensor, Tensor> f, Tensor x, Tensor v, double? step = null) =>
        Differences.hessianvBy(Bridge.Option(step), Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v));

    /// <summary>
    /// The Laplacian by second differences.
    /// </summary>
    public static Tensor NumLaplacian(Func<Tensor, Tensor> f, Tensor x, double? step = null) =>
        Differences.laplacianBy(Bridge.Option(step), Bridge.Fun(f), Bridge.Given(x));

    /// <summary>
    /// The divergence Σᵢ ∂fᵢ/∂xᵢ by five-point differences, for f from a tensor to one of the same shape.
    /// </summary>
    public static Tensor NumDivergence(Func<Tensor, Tensor> f, Tensor x, double? step = null) =>
        Differences.divergenceBy(Bridge.Option(step), Bridge.Fun(f), Bridge.Given(x));

    /// <summary>
    /// The curl ∇×f by five-point differences, for f from [3] to [3].
    /// </summary>
    public static Tensor NumCurl(Func<Tensor, Tensor> f, Tensor x, double? step = null) =>
        Differences.curldivergenceBy(Bridge.Option(step), Bridge.Fun(f), Bridge.Given(x)).Item1;

    /// <summary>
    /// The curl ∇×f and the divergence ∇·f by five-point differences, for f from [3] to [3].
    /// </summary>
    public static (Tensor Curl, Tensor Divergence) NumCurlDivergence(Func<Tensor, Tensor> f, Tensor x, double? step = null) =>
        Differences.curldivergenceBy(Bridge.Option(step), Bridge.Fun(f), Bridge.Given(x)).ToValueTuple();
}
