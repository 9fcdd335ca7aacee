namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>The matrix products of two batches: [b; n; k] × [b; k; m] -&gt; [b; n; m].</summary>
    public static Tensor Bmm(this Tensor a, Tensor b) => TensorProducts.bmm(Bridge.Given(a), Bridge.Given(b));

    /// <summary>
    /// The products of each pair of elements of two vectors: [...; n] and [...; m] give [...; n; m]; leading axes broadcast.
    /// </summary>
    public static Tensor Outer(this Tensor x, Tensor y) => TensorProducts.outer(Bridge.Given(x), Bridge.Given(y));

    /// <summary>The Kronecker product: each element of a times the whole of b.</summary>
    public static Tensor Kron(this Tensor a, Tensor b) => TensorProducts.kron(Bridge.Given(a), Bridge.Given(b));

    /// <summary>The sum of the diagonal of matrices over the last two axes: [...; n; m] -&gt; [...].</summary>
    public static Tensor Trace(this Tensor a) => TensorProducts.trace(Bridge.Given(a));

    /// <summary>
    /// The Euclidean distance of each pair of rows: [...; n; d] and [...; m; d] -&gt; [...; n; m]. Where two rows
    /// coincide its derivative is taken as zero.
    /// </summary>
    public static Tensor Cdist(this Tensor x, Tensor y) => TensorProducts.cdist(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x·y/(|x|·|y|) along one axis, which goes; 0 where one of the two is 0. Shapes broadcast.</summary>
    public static Tensor CosineSimilarity(this Tensor x, Tensor y, int axis) =>
        TensorProducts.cosineSimilarity(axis, Bridge.Given(x), Bridge.Given(y));
}
