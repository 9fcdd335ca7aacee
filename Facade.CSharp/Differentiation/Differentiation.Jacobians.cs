namespace Functional.CSharp;

/// <summary>
/// Derivatives of functions from tensors to tensors.
/// </summary>
public static partial class Differentiation
{
    /// <summary>
    /// The Jacobian ∂f/∂x, of the shape of f(x) and then that of x. One reverse pass for each output.
    /// </summary>
    public static Tensor Jacobian(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveJacobians.jacobian(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>f(x) and the Jacobian ∂f/∂x, of the shape of f(x) and then that of x.</summary>
    public static (Tensor Value, Tensor Jacobian) Fjacobian(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveJacobians.fjacobian(Bridge.Fun(f), Bridge.Given(x)).ToValueTuple();

    /// <summary>
    /// (∂f/∂x)·v, of the shape of f(x): forward mode. v has the shape of x. Counts as two derivatives.
    /// </summary>
    public static Tensor JacobianV(Func<Tensor, Tensor> f, Tensor x, Tensor v) =>
        DeriveJacobians.jacobianv(Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v));

    /// <summary>
    /// f(x) and (∂f/∂x)·v, of the shape of f(x): forward mode. v has the shape of x. Counts as two derivatives.
    /// </summary>
    public static (Tensor Value, Tensor Product) FjacobianV(Func<Tensor, Tensor> f, Tensor x, Tensor v) =>
        DeriveJacobians.fjacobianv(Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v)).ToValueTuple();

    /// <summary>(∂f/∂x)ᵀ·v, of the shape of x: reverse mode. v has the shape of f(x).</summary>
    public static Tensor JacobianTV(Func<Tensor, Tensor> f, Tensor x, Tensor v) =>
        DeriveJacobians.jacobianTv(Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v));

    /// <summary>f(x) and (∂f/∂x)ᵀ·v, of the shape of x: reverse mode. v has the shape of f(x).</summary>
    public static (Tensor Value, Tensor Product) FjacobianTV(Func<Tensor, Tensor> f, Tensor x, Tensor v) =>
        DeriveJacobians.fjacobianTv(Bridge.Fun(f), Bridge.Given(x), Bridge.Given(v)).ToValueTuple();

    /// <summary>
    /// ∂f/∂x, which has for each tensor of x the shape of f(x) and then that of the tensor. With one loss a sample as
    /// f's value this gives the gradient of each sample.
    /// </summary>
    public static TD JacobianOf<TX, TD>(Structure<TX, TD> structure, Func<TX, Tensor> f, TX x) =>
        DeriveJacobians.jacobianOf(Bridge.Given(structure), Bridge.Fun(f), x);

    /// <summary>f(x) and ∂f/∂x, which has for each tensor of x the shape of f(x) and then that of the tensor.</summary>
    public static (Tensor Value, TD Jacobian) FjacobianOf<TX, TD>(
        Structure<TX, TD> structure, Func<TX, Tensor> f, TX x) =>
        DeriveJacobians.fjacobianOf(Bridge.Given(structure), Bridge.Fun(f), x).ToValueTuple();

    /// <summary>(∂f/∂x)·v: forward mode. Counts as two derivatives.</summary>
    public static Tensor JacobianVOf<TX, TD>(Structure<TX, TD> structure, Func<TX, Tensor> f, TX x, TD v) =>
        DeriveJacobians.jacobianvOf(Bridge.Given(structure), Bridge.Fun(f), x, v);

    /// <summary>f(x) and (∂f/∂x)·v: forward mode. Counts as two derivatives.</summary>
    public static (Tensor Value, Tensor Product) FjacobianVOf<TX, TD>(
        Structure<TX, TD> structure, Func<TX, Tensor> f, TX x, TD v) =>
        DeriveJacobians.fjacobianvOf(Bridge.Given(structure), Bridge.Fun(f), x, v).ToValueTuple();

    /// <summary>(∂f/∂x)ᵀ·v: reverse mode. v has the shape of f(x).</summary>
    public static TD JacobianTVOf<TX, TD>(Structure<TX, TD> structure, Func<TX, Tensor> f, TX x, Tensor v) =>
        DeriveJacobians.jacobianTvOf(Bridge.Given(structure), Bridge.Fun(f), x, Bridge.Given(v));

    /// <summary>f(x) and (∂f/∂x)ᵀ·v: reverse mode. v has the shape of f(x).</summary>
    public static (Tensor Value, TD Product) FjacobianTVOf<TX, TD>(
        Structure<TX, TD> structure, Func<TX, Tensor> f, TX x, Tensor v) =>
        DeriveJacobians.fjacobianTvOf(Bridge.Given(structure), Bridge.Fun(f), x, Bridge.Given(v)).ToValueTuple();
}
