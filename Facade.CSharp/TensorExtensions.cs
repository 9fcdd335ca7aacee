namespace Functional.CSharp;

/// <summary>
/// Functions of tensors. Elementwise ones keep the shape; an axis counts from the end where negative.
/// </summary>
public static partial class TensorExtensions
{
    /// <summary>eˣ</summary>
    public static Tensor Exp(this Tensor x) => TensorElementwise.exp(Bridge.Given(x));

    /// <summary>ln x</summary>
    public static Tensor Log(this Tensor x) => TensorElementwise.log(Bridge.Given(x));

    /// <summary>√x</summary>
    public static Tensor Sqrt(this Tensor x) => TensorElementwise.sqrt(Bridge.Given(x));

    /// <summary>1/√x</summary>
    public static Tensor Rsqrt(this Tensor x) => TensorElementwise.rsqrt(Bridge.Given(x));

    /// <summary>|x|</summary>
    public static Tensor Abs(this Tensor x) => TensorElementwise.abs(Bridge.Given(x));

    /// <summary>-1, 0 or 1</summary>
    public static Tensor Sign(this Tensor x) => TensorElementwise.sign(Bridge.Given(x));

    /// <summary>x²</summary>
    public static Tensor Square(this Tensor x) => TensorElementwise.square(Bridge.Given(x));

    /// <summary>sin x</summary>
    public static Tensor Sin(this Tensor x) => TensorElementwise.sin(Bridge.Given(x));

    /// <summary>cos x</summary>
    public static Tensor Cos(this Tensor x) => TensorElementwise.cos(Bridge.Given(x));

    /// <summary>tanh x</summary>
    public static Tensor Tanh(this Tensor x) => TensorElementwise.tanh(Bridge.Given(x));

    /// <summary>1/(1 + e⁻ˣ)</summary>
    public static Tensor Sigmoid(this Tensor x) => TensorElementwise.sigmoid(Bridge.Given(x));

    /// <summary>max(x, 0)</summary>
    public static Tensor Relu(this Tensor x) => TensorElementwise.relu(Bridge.Given(x));

    /// <summary>xᵖ</summary>
    public static Tensor Pow(this Tensor x, double p) => TensorElementwise.pow(p, Bridge.Given(x));

    /// <summary>The larger of each pair of elements; shapes broadcast.</summary>
    public static Tensor Maximum(this Tensor x, Tensor y) => TensorElementwise.maximum(Bridge.Given(x), Bridge.Given(y));

    /// <summary>The smaller of each pair of elements; shapes broadcast.</summary>
    public static Tensor Minimum(this Tensor x, Tensor y) => TensorElementwise.minimum(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x = y, elementwise; bool.</summary>
    public static Tensor Eq(this Tensor x, Tensor y) => TensorElementwise.eq(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x &lt; y, elementwise; bool.</summary>
    public static Tensor Lt(this Tensor x, Tensor y) => TensorElementwise.lt(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x ≤ y, elementwise; bool.</summary>
    public static Tensor Le(this Tensor x, Tensor y) => TensorElementwise.le(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x &gt; y, elementwise; bool.</summary>
    public static Tensor Gt(this Tensor x, Tensor y) => TensorElementwise.gt(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x ≥ y, elementwise; bool.</summary>
    public static Tensor Ge(this Tensor x, Tensor y) => TensorElementwise.ge(Bridge.Given(x), Bridge.Given(y));

    /// <summary>a where the mask holds, else b; shapes broadcast.</summary>
    public static Tensor Where(this Tensor mask, Tensor a, Tensor b) =>
        TensorElementwise.where(Bridge.Given(mask), Bridge.Given(a), Bridge.Given(b));

    /// <summary>1 at the label's place and 0 elsewhere, float32: labels [n] -&gt; [n; classes].</summary>
    public static Tensor OneHot(this Tensor labels, int classes) =>
        TensorElementwise.onehot(classes, Bridge.Given(labels));

    /// <summary>The sum of all elements: [].</summary>
    public static Tensor Sum(this Tensor x) => TensorReductions.sum(Bridge.Given(x));

    /// <summary>The sum over one axis, which goes.</summary>
    public static Tensor Sum(this Tensor x, int axis) => TensorReductions.sumOver(axis, Bridge.Given(x));

    /// <summary>The mean of all elements: [].</summary>
    public static Tensor Mean(this Tensor x) => TensorReductions.mean(Bridge.Given(x));

    /// <summary>The mean over one axis, which goes.</summary>
    public static Tensor Mean(this Tensor x, int axis) => TensorReductions.meanOver(axis, Bridge.Given(x));

    /// <summary>The largest element: [].</summary>
    public static Tensor Max(this Tensor x) => TensorReductions.max(Bridge.Given(x));

    /// <summary>The largest element over one axis, which goes.</summary>
    public static Tensor Max(this Tensor x, int axis) => TensorReductions.maxOver(axis, Bridge.Given(x));

    /// <summary>The smallest element: [].</summary>
    public static Tensor Min(this Tensor x) => TensorReductions.min(Bridge.Given(x));

    /// <summary>The position of the largest element over one axis, which goes: int64.</summary>
    public static Tensor Argmax(this Tensor x, int axis) => TensorReductions.argmaxOver(axis, Bridge.Given(x));

    /// <summary>exp(xᵢ) / Σⱼ exp(xⱼ) along one axis.</summary>
    public static Tensor Softmax(this Tensor x, int axis) => TensorReductions.softmax(axis, Bridge.Given(x));

    /// <summary>xᵢ - ln Σⱼ exp(xⱼ) along one axis.</summary>
    public static Tensor LogSoftmax(this Tensor x, int axis) => TensorReductions.logsoftmax(axis, Bridge.Given(x));

    /// <summary>
    /// The matrix product over the last two axes: [n; k] × [k; m] -&gt; [n; m]; leading axes broadcast.
    /// </summary>
    public static Tensor Matmul(this Tensor x, Tensor y) => TensorProducts.matmul(Bridge.Given(x), Bridge.Given(y));

    /// <summary>The sum of products of two vectors: [k] × [k] -&gt; [].</summary>
    public static Tensor Dot(this Tensor x, Tensor y) => TensorProducts.dot(Bridge.Given(x), Bridge.Given(y));
}
