namespace Functional.CSharp;

/// <summary>
/// Derivatives by a single number, and of fields.
/// </summary>
public static partial class Differentiation
{
    /// <summary>df/dx, of the shape of f(x), for a single number x. Counts as two derivatives.</summary>
    public static Tensor Diff(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveJacobians.diff(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>f(x) and df/dx, of the shape of f(x), for a single number x. Counts as two derivatives.</summary>
    public static (Tensor Value, Tensor Derivative) Fdiff(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveJacobians.fdiff(Bridge.Fun(f), Bridge.Given(x)).ToValueTuple();

    /// <summary>dⁿf/dxⁿ, of the shape of f(x), for a single number x and n ≥ 0.</summary>
    public static Tensor DiffN(int n, Func<Tensor, Tensor> f, Tensor x) =>
        DeriveJacobians.diffn(n, Bridge.Fun(f), Bridge.Given(x));

    /// <summary>f(x) and dⁿf/dxⁿ, for a single number x and n ≥ 0.</summary>
    public static (Tensor Value, Tensor Derivative) FdiffN(int n, Func<Tensor, Tensor> f, Tensor x) =>
        DeriveJacobians.fdiffn(n, Bridge.Fun(f), Bridge.Given(x)).ToValueTuple();

    /// <summary>The divergence Σᵢ ∂fᵢ/∂xᵢ, a single number, for f from a tensor to one of the same shape.</summary>
    public static Tensor Divergence(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveJacobians.divergence(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>f(x) and its divergence Σᵢ ∂fᵢ/∂xᵢ, for f from a tensor to one of the same shape.</summary>
    public static (Tensor Value, Tensor Divergence) Fdivergence(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveJacobians.fdivergence(Bridge.Fun(f), Bridge.Given(x)).ToValueTuple();

    /// <summary>The curl ∇×f, for f from [3] to [3].</summary>
    public static Tensor Curl(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveJacobians.curl(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>f(x) and its curl ∇×f, for f from [3] to [3].</summary>
    public static (Tensor Value, Tensor Curl) Fcurl(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveJacobians.fcurl(Bridge.Fun(f), Bridge.Given(x)).ToValueTuple();

    /// <summary>The curl ∇×f and the divergence ∇·f, for f from [3] to [3].</summary>
    public static (Tensor Curl, Tensor Divergence) CurlDivergence(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveJacobians.curldivergence(Bridge.Fun(f), Bridge.Given(x)).ToValueTuple();

    /// <summary>f(x), its curl ∇×f and its divergence ∇·f, for f from [3] to [3].</summary>
    public static (Tensor Value, Tensor Curl, Tensor Divergence) FcurlDivergence(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveJacobians.fcurldivergence(Bridge.Fun(f), Bridge.Given(x)).ToValueTuple();

    /// <summary>The Laplacian Σᵢ ∂²f/∂xᵢ², a single number.</summary>
    public static Tensor Laplacian(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveHessians.laplacian(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>
    /// f(x) and its Laplacian Σᵢ ∂²f/∂xᵢ². One pass for each element of x, without the memory of the Hessian.
    /// </summary>
    public static (Tensor Value, Tensor Laplacian) Flaplacian(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveHessians.flaplacian(Bridge.Fun(f), Bridge.Given(x)).ToValueTuple();
}
