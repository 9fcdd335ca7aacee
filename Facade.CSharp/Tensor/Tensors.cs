namespace Functional.CSharp;

/// <summary>
/// Making tensors. They are float32 on the processor where nothing else is said; the last axis of a shape runs fastest.
/// </summary>
public static partial class Tensors
{
    /// <summary>A tensor of the given dtype filled with zeros.</summary>
    public static Tensor Zeros(Dtype dtype, params int[] shape) => TensorMaking.zerosOf(dtype, Bridge.Given(shape));

    /// <summary>A tensor of the given dtype filled with ones.</summary>
    public static Tensor Ones(Dtype dtype, params int[] shape) => TensorMaking.onesOf(dtype, Bridge.Given(shape));

    /// <summary>A tensor of one number, float32.</summary>
    public static Tensor Full(double value, params int[] shape) => TensorMaking.full(Bridge.Given(shape), value);

    /// <summary>A tensor of the given dtype filled with one number.</summary>
    public static Tensor Full(Dtype dtype, double value, params int[] shape) =>
        TensorMaking.fullOf(dtype, Bridge.Given(shape), value);

    /// <summary>One number without axes, float32.</summary>
    public static Tensor Scalar(double value) => TensorMaking.scalar(value);

    /// <summary>The identity matrix: [n; n].</summary>
    public static Tensor Eye(int n, Dtype dtype = Dtype.Float32) => TensorMaking.eyeOf(dtype, n, n);

    /// <summary>Ones at [i; i] and zeros elsewhere: [rows; columns].</summary>
    public static Tensor Eye(int rows, int columns, Dtype dtype = Dtype.Float32) =>
        TensorMaking.eyeOf(dtype, rows, columns);

    /// <summary>0, 1, …, count - 1 as int64: [count].</summary>
    public static Tensor Arange(int count) => TensorMaking.arange(count);

    /// <summary>start, start + step, … before stop: [⌈(stop - start)/step⌉].</summary>
    public static Tensor Arange(double start, double stop, double step = 1, Dtype dtype = Dtype.Float32) =>
        TensorMaking.arangeOf(dtype, start, stop, step);

    /// <summary>Numbers at equal distances from start to stop, both included: [count].</summary>
    public static Tensor Linspace(double start, double stop, int count, Dtype dtype = Dtype.Float32) =>
        TensorMaking.linspaceOf(dtype, start, stop, count);

    /// <summary>base^start, …, base^stop with exponents at equal distances: [count].</summary>
    public static Tensor Logspace(
        double start, double stop, int count, double numberBase = 10, Dtype dtype = Dtype.Float32) =>
        TensorMaking.logspaceOf(dtype, numberBase, start, stop, count);

    /// <summary>numberˣ with each element as exponent.</summary>
    public static Tensor PowOf(double number, Tensor x) => TensorElementwise.powOf(number, Bridge.Given(x));

    /// <summary>Tensors joined along an axis that they have.</summary>
    public static Tensor Cat(int axis, params IEnumerable<Tensor> parts) =>
        TensorJoining.cat(axis, Bridge.Given(parts));

    /// <summary>Tensors of one shape joined along a new axis.</summary>
    public static Tensor Stack(int axis, params IEnumerable<Tensor> parts) =>
        TensorJoining.stack(axis, Bridge.Given(parts));

    /// <summary>
    /// For each vector a tensor with one axis per vector, along which it alone changes: yₖ[i₀; i₁; …] = xₖ[iₖ].
    /// </summary>
    public static Tensor[] Meshgrid(params IEnumerable<Tensor> vectors) =>
        TensorJoining.meshgrid(Bridge.Given(vectors));

    /// <summary>The tensors stretched to the one shape that they have together.</summary>
    public static Tensor[] Broadcast(params IEnumerable<Tensor> parts) => TensorShapes.broadcast(Bridge.Given(parts));

    /// <summary>
    /// The shape of what two tensors of these shapes give together: aligned at the end, an axis of length 1 stretches.
    /// </summary>
    public static int[] BroadcastShapes(int[] a, int[] b) =>
        TensorShapes.broadcastShapes(Bridge.Given(a), Bridge.Given(b));

    /// <summary>
    /// Einstein's sums: "ij,jk-&gt;ik" multiplies matrices, "bii-&gt;b" takes traces; letters that the result lacks
    /// are summed.
    /// </summary>
    public static Tensor Einsum(string equation, params IEnumerable<Tensor> operands) =>
        TensorProducts.einsum(Bridge.Given(equation), Bridge.Given(operands));
}
