namespace Functional.CSharp;

/// <summary>
/// Functions that bring their own derivative.
/// </summary>
public static partial class Differentiation
{
    /// <summary>
    /// f(x), whose derivative is vjp(x, f(x), c): (∂f/∂x)ᵀ·c for a cotangent c of the shape of f(x). Differentiated
    /// again, vjp is differentiated. All that f's value depends on must be in x.
    /// </summary>
    public static Tensor Custom(Func<Tensor, Tensor> f, Func<Tensor, Tensor, Tensor, Tensor> vjp, Tensor x) =>
        DeriveCustom.custom(Bridge.Fun(f), Bridge.Fun(vjp), Bridge.Given(x));

    /// <summary>
    /// f(x) of any structure, whose derivative is vjp(x, f(x), c). All that f's value depends on must be in x.
    /// </summary>
    public static Tensor CustomOf<TX, TD>(
        Structure<TX, TD> structure, Func<TX, Tensor> f, Func<TX, Tensor, Tensor, TD> vjp, TX x) =>
        DeriveCustom.customOf(Bridge.Given(structure), Bridge.Fun(f), Bridge.Fun(vjp), x);

    /// <summary>
    /// f(x), remembering x alone: for the derivative f is computed again. All that f's value depends on must be in x.
    /// </summary>
    public static Tensor Checkpoint(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveCustom.checkpoint(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>f(x) of any structure, remembering x alone: for the derivative f is computed again.</summary>
    public static Tensor CheckpointOf<TX, TD>(Structure<TX, TD> structure, Func<TX, Tensor> f, TX x) =>
        DeriveCustom.checkpointOf(Bridge.Given(structure), Bridge.Fun(f), x);
}
