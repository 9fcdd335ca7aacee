namespace Functional.CSharp;

/// <summary>
/// Functions of tensors. Elementwise ones keep the shape; an axis counts from the end where negative.
/// </summary>
public static partial class TensorExtensions
{
    /// <summary>
    /// The matrix product over the last two axes: [n; k] × [k; m] -&gt; [n; m]; leading axes broadcast.
    /// </summary>
    public static Tensor Matmul(this Tensor x, Tensor y) => TensorProducts.matmul(Bridge.Given(x), Bridge.Given(y));

    /// <summary>The sum of products of two vectors: [k] × [k] -&gt; [].</summary>
    public static Tensor Dot(this Tensor x, Tensor y) => TensorProducts.dot(Bridge.Given(x), Bridge.Given(y));
}
