namespace Functional.CSharp;

/// <summary>
/// Derivatives of functions that treat the samples of a batch alike and apart. All samples share a pass.
/// </summary>
public static partial class Differentiation
{
    /// <summary>
    /// ∇f at each sample, for f from [n; …] to one number a sample, [n]: [n; …], in one reverse pass.
    /// </summary>
    public static Tensor GradBatch(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveBatched.gradBatch(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>
    /// The Jacobian at each sample, for f from [n; x…] to [n; y…]: [n; y…; x…]. One pass for each output of a sample.
    /// </summary>
    public static Tensor JacobianBatch(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveBatched.jacobianBatch(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>The Hessian at each sample, for f from [n; x…] to one number a sample, [n]: [n; x…; x…].</summary>
    public static Tensor HessianBatch(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveBatched.hessianBatch(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>The divergence at each sample, for f from [n; x…] to [n; x…]: [n].</summary>
    public static Tensor DivergenceBatch(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveBatched.divergenceBatch(Bridge.Fun(f), Bridge.Given(x));

    /// <summary>The Laplacian at each sample, for f from [n; x…] to one number a sample, [n]: [n].</summary>
    public static Tensor LaplacianBatch(Func<Tensor, Tensor> f, Tensor x) =>
        DeriveBatched.laplacianBatch(Bridge.Fun(f), Bridge.Given(x));
}
