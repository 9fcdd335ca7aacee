namespace Functional.CSharp;

/// <summary>
/// Functions of tensors. Elementwise ones keep the shape; an axis counts from the end where negative.
/// </summary>
public static partial class TensorExtensions
{
    /// <summary>eˣ</summary>
    public static Tensor Exp(this Tensor x) => FSharp.Tensor.exp(Bridge.Given(x));

    /// <summary>ln x</summary>
    public static Tensor Log(this Tensor x) => FSharp.Tensor.log(Bridge.Given(x));

    /// <summary>√x</summary>
    public static Tensor Sqrt(this Tensor x) => FSharp.Tensor.sqrt(Bridge.Given(x));

    /// <summary>1/√x</summary>
    public static Tensor Rsqrt(this Tensor x) => FSharp.Tensor.rsqrt(Bridge.Given(x));

    /// <summary>|x|</summary>
    public static Tensor Abs(this Tensor x) => FSharp.Tensor.abs(Bridge.Given(x));

    /// <summary>-1, 0 or 1</summary>
    public static Tensor Sign(this Tensor x) => FSharp.Tensor.sign(Bridge.Given(x));

    /// <summary>x²</summary>
    public static Tensor Square(this Tensor x) => FSharp.Tensor.square(Bridge.Given(x));

    /// <summary>sin x</summary>
    public static Tensor Sin(this Tensor x) => FSharp.Tensor.sin(Bridge.Given(x));

    /// <summary>cos x</summary>
    public static Tensor Cos(this Tensor x) => FSharp.Tensor.cos(Bridge.Given(x));

    /// <summary>tanh x</summary>
    public static Tensor Tanh(this Tensor x) => FSharp.Tensor.tanh(Bridge.Given(x));

    /// <summary>1/(1 + e⁻ˣ)</summary>
    public static Tensor Sigmoid(this Tensor x) => FSharp.Tensor.sigmoid(Bridge.Given(x));

    /// <summary>max(x, 0)</summary>
    public static Tensor Relu(this Tensor x) => FSharp.Tensor.relu(Bridge.Given(x));

    /// <summary>xᵖ</summary>
    public static Tensor Pow(this Tensor x, double p) => FSharp.Tensor.pow(p, Bridge.Given(x));

    /// <summary>The larger of each pair of elements; shapes broadcast.</summary>
    public static Tensor Maximum(this Tensor x, Tensor y) => FSharp.Tensor.maximum(Bridge.Given(x), Bridge.Given(y));

    /// <summary>The smaller of each pair of elements; shapes broadcast.</summary>
    public static Tensor Minimum(this Tensor x, Tensor y) => FSharp.Tensor.minimum(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x = y, elementwise; bool.</summary>
    public static Tensor Eq(this Tensor x, Tensor y) => FSharp.Tensor.eq(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x &lt; y, elementwise; bool.</summary>
    public static Tensor Lt(this Tensor x, Tensor y) => FSharp.Tensor.lt(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x ≤ y, elementwise; bool.</summary>
    public static Tensor Le(this Tensor x, Tensor y) => FSharp.Tensor.le(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x &gt; y, elementwise; bool.</summary>
    public static Tensor Gt(this Tensor x, Tensor y) => FSharp.Tensor.gt(Bridge.Given(x), Bridge.Given(y));

    /// <summary>x ≥ y, elementwise; bool.</summary>
    public static Tensor Ge(this Tensor x, Tensor y) => FSharp.Tensor.ge(Bridge.Given(x), Bridge.Given(y));

    /// <summary>a where the mask holds, else b; shapes broadcast.</summary>
    public static Tensor Where(this Tensor mask, Tensor a, Tensor b) =>
        FSharp.Tensor.where(Bridge.Given(mask), Bridge.Given(a), Bridge.Given(b));

    /// <summary>1 at the label's place and 0 elsewhere, float32: labels [n] -&gt; [n; classes].</summary>
    public static Tensor OneHot(this Tensor labels, int classes) =>
        FSharp.Tensor.onehot(classes, Bridge.Given(labels));

    /// <summary>The sum of all elements: [].</summary>
    public static Tensor Sum(this Tensor x) => FSharp.Tensor.sum(Bridge.Given(x));

    /// <summary>The sum over one axis, which goes.</summary>
    public static Tensor Sum(this Tensor x, int axis) => FSharp.Tensor.sumOver(axis, Bridge.Given(x));

    /// <summary>The mean of all elements: [].</summary>
    public static Tensor Mean(this Tensor x) => FSharp.Tensor.mean(Bridge.Given(x));

    /// <summary>The mean over one axis, which goes.</summary>
    public static Tensor Mean(this Tensor x, int axis) => FSharp.Tensor.meanOver(axis, Bridge.Given(x));

    /// <summary>The largest element: [].</summary>
    public static Tensor Max(this Tensor x) => FSharp.Tensor.max(Bridge.Given(x));

    /// <summary>The largest element over one axis, which goes.</summary>
    public static Tensor Max(this Tensor x, int axis) => FSharp.Tensor.maxOver(axis, Bridge.Given(x));

    /// <summary>The smallest element: [].</summary>
    public static Tensor Min(this Tensor x) => FSharp.Tensor.min(Bridge.Given(x));

    /// <summary>The position of the largest element over one axis, which goes: int64.</summary>
    public static Tensor Argmax(this Tensor x, int axis) => FSharp.Tensor.argmaxOver(axis, Bridge.Given(x));

    /// <summary>exp(xᵢ) / Σⱼ exp(xⱼ) along one axis.</summary>
    public static Tensor Softmax(this Tensor x, int axis) => FSharp.Tensor.softmax(axis, Bridge.Given(x));

    /// <summary>xᵢ - ln Σⱼ exp(xⱼ) along one axis.</summary>
    public static Tensor LogSoftmax(this Tensor x, int axis) => FSharp.Tensor.logsoftmax(axis, Bridge.Given(x));

    /// <summary>
    /// The matrix product over the last two axes: [n; k] × [k; m] -&gt; [n; m]; leading axes broadcast.
    /// </summary>
    public static Tensor Matmul(this Tensor x, Tensor y) => FSharp.Tensor.matmul(Bridge.Given(x), Bridge.Given(y));

    /// <summary>The sum of products of two vectors: [k] × [k] -&gt; [].</summary>
    public static Tensor Dot(this Tensor x, Tensor y) => FSharp.Tensor.dot(Bridge.Given(x), Bridge.Given(y));
}
