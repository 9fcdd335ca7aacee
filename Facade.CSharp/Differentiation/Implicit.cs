namespace Functional.CSharp;

/// <summary>
/// Derivatives of what is defined by an equation, whatever way it was solved: by the implicit function theorem.
/// </summary>
public static class Implicit
{
    /// <summary>
    /// The x with x = f(p, x) that <paramref name="solve"/> finds for a tensor p, differentiable by p. The derivative does
    /// not look into it; it takes one pass for each element of x and a linear system of that size.
    /// </summary>
    public static Tensor FixedPoint(Func<Tensor, Tensor, Tensor> f, Func<Tensor, Tensor> solve, Tensor parameters) =>
        FSharp.Implicit.fixedPoint(Bridge.Fun(f), Bridge.Fun(solve), Bridge.Given(parameters));

    /// <summary>
    /// The x with x = f(p, x) that <paramref name="solve"/> finds for parameters of any structure, differentiable by them.
    /// </summary>
    public static Tensor FixedPointOf<TX, TD>(
        Structure<TX, TD> structure, Func<TX, Tensor, Tensor> f, Func<TX, Tensor> solve, TX parameters) =>
        FSharp.Implicit.fixedPointOf(Bridge.Given(structure), Bridge.Fun(f), Bridge.Fun(solve), parameters);

    /// <summary>
    /// The x at which f(p, x), a single number, is least, as <paramref name="solve"/> finds it for a tensor p,
    /// differentiable by p. The Hessian there must not be singular.
    /// </summary>
    public static Tensor Argmin(Func<Tensor, Tensor, Tensor> f, Func<Tensor, Tensor> solve, Tensor parameters) =>
        FSharp.Implicit.argmin(Bridge.Fun(f), Bridge.Fun(solve), Bridge.Given(parameters));

    /// <summary>
    /// The x at which f(p, x), a single number, is least, as <paramref name="solve"/> finds it for parameters of any
    /// structure, differentiable by them.
    /// </summary>
    public static Tensor ArgminOf<TX, TD>(
        Structure<TX, TD> structure, Func<TX, Tensor, Tensor> f, Func<TX, Tensor> solve, TX parameters) =>
        FSharp.Implicit.argminOf(Bridge.Given(structure), Bridge.Fun(f), Bridge.Fun(solve), parameters);

    /// <summary>
    /// x ← f(x) from a start until no element moves by more than the tolerance; an InvalidOperationException after so many
    /// steps without that.
    /// </summary>
    public static Tensor Iterate(double tolerance, int limit, Func<Tensor, Tensor> f, Tensor start) =>
        FSharp.Implicit.iterate(tolerance, limit, Bridge.Fun(f), Bridge.Given(start));
}
