namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>The elements as float32, the last axis running fastest.</summary>
    public static float[] ToArray(this Tensor x) => TensorReading.toArray(Bridge.Given(x));

    /// <summary>The elements as float64, the last axis running fastest.</summary>
    public static double[] ToDoubles(this Tensor x) => TensorReading.toDoubles(Bridge.Given(x));

    /// <summary>The elements as int64, the last axis running fastest; an ArgumentException where one does not fit.</summary>
    public static long[] ToLongs(this Tensor x) => TensorReading.toLongs(Bridge.Given(x));

    /// <summary>The elements as int, the last axis running fastest; an ArgumentException where one does not fit.</summary>
    public static int[] ToInts(this Tensor x) => TensorReading.toInts(Bridge.Given(x));

    /// <summary>The elements as bytes, the last axis running fastest; an ArgumentException where one does not fit.</summary>
    public static byte[] ToBytes(this Tensor x) => TensorReading.toBytes(Bridge.Given(x));

    /// <summary>The elements as float16, the last axis running fastest; those beyond its range infinite.</summary>
    public static Half[] ToHalves(this Tensor x) => TensorReading.toHalves(Bridge.Given(x));

    /// <summary>Whether each element differs from 0, the last axis running fastest.</summary>
    public static bool[] ToBools(this Tensor x) => TensorReading.toBools(Bridge.Given(x));

    /// <summary>The elements of a matrix.</summary>
    public static float[,] ToArray2D(this Tensor x) => TensorReading.toArray2D(Bridge.Given(x));

    /// <summary>The elements of a tensor with three axes.</summary>
    public static float[,,] ToArray3D(this Tensor x) => TensorReading.toArray3D(Bridge.Given(x));

    /// <summary>The elements of a tensor with four axes.</summary>
    public static float[,,,] ToArray4D(this Tensor x) => TensorReading.toArray4D(Bridge.Given(x));

    /// <summary>The elements of a matrix.</summary>
    public static double[,] ToDoubles2D(this Tensor x) => TensorReading.toDoubles2D(Bridge.Given(x));

    /// <summary>The elements of a tensor with three axes.</summary>
    public static double[,,] ToDoubles3D(this Tensor x) => TensorReading.toDoubles3D(Bridge.Given(x));

    /// <summary>The elements of a tensor with four axes.</summary>
    public static double[,,,] ToDoubles4D(this Tensor x) => TensorReading.toDoubles4D(Bridge.Given(x));

    /// <summary>The rows of a matrix.</summary>
    public static float[][] ToJagged(this Tensor x) => TensorReading.toJagged(Bridge.Given(x));

    /// <summary>The elements as float32 into memory that holds them all, the last axis running fastest.</summary>
    public static void CopyTo(this Tensor x, Span<float> target) =>
        TensorReading.copyTo(Dtype.Float32, target, Bridge.Given(x));

    /// <summary>The elements as float64 into memory that holds them all, the last axis running fastest.</summary>
    public static void CopyTo(this Tensor x, Span<double> target) =>
        TensorReading.copyTo(Dtype.Float64, target, Bridge.Given(x));

    /// <summary>The elements as int64 into memory that holds them all, the last axis running fastest.</summary>
    public static void CopyTo(this Tensor x, Span<long> target) =>
        TensorReading.copyTo(Dtype.Int64, target, Bridge.Given(x));

    /// <summary>The elements as int32 into memory that holds them all, the last axis running fastest.</summary>
    public static void CopyTo(this Tensor x, Span<int> target) =>
        TensorReading.copyTo(Dtype.Int32, target, Bridge.Given(x));

    /// <summary>The elements as uint8 into memory that holds them all, the last axis running fastest.</summary>
    public static void CopyTo(this Tensor x, Span<byte> target) =>
        TensorReading.copyTo(Dtype.UInt8, target, Bridge.Given(x));

    /// <summary>The elements as int16 into memory that holds them all, the last axis running fastest.</summary>
    public static void CopyTo(this Tensor x, Span<short> target) =>
        TensorReading.copyTo(Dtype.Int16, target, Bridge.Given(x));

    /// <summary>The elements as int8 into memory that holds them all, the last axis running fastest.</summary>
    public static void CopyTo(this Tensor x, Span<sbyte> target) =>
        TensorReading.copyTo(Dtype.Int8, target, Bridge.Given(x));

    /// <summary>The elements as float16 into memory that holds them all, the last axis running fastest.</summary>
    public static void CopyTo(this Tensor x, Span<Half> target) =>
        TensorReading.copyTo(Dtype.Float16, target, Bridge.Given(x));

    /// <summary>The elements as bool into memory that holds them all, the last axis running fastest.</summary>
    public static void CopyTo(this Tensor x, Span<bool> target) =>
        TensorReading.copyTo(Dtype.Bool, target, Bridge.Given(x));

    /// <summary>The single element of a tensor.</summary>
    public static double ToDouble(this Tensor x) => TensorReading.toFloat(Bridge.Given(x));

    /// <summary>
    /// The single element of a tensor, without what follows the point; an ArgumentException where it does not fit.
    /// </summary>
    public static int ToInt(this Tensor x) => TensorReading.toInt(Bridge.Given(x));

    /// <summary>Whether the single element of a tensor differs from 0.</summary>
    public static bool ToBool(this Tensor x) => TensorReading.toBool(Bridge.Given(x));

    /// <summary>Whether both have the same shape, the same dtype and the same bits.</summary>
    public static bool SameBits(this Tensor x, Tensor y) => TensorReading.equal(Bridge.Given(x), Bridge.Given(y));

    /// <summary>
    /// Whether both have the same shape and |x - y| ≤ absolute + relative·|y| everywhere; NaN is close to nothing.
    /// </summary>
    public static bool AllClose(this Tensor x, Tensor y, double relative, double absolute) =>
        TensorReading.allclose(relative, absolute, Bridge.Given(x), Bridge.Given(y));

    /// <summary>
    /// Dtype and shape in a first line, and the elements in brackets below it: columns aligned, tensors with more elements
    /// than the threshold shown in part, the edge positions at either end of an axis.
    /// </summary>
    public static string Format(this Tensor x, int digits = 4, int threshold = 1000, int edge = 3, int width = 80) =>
        TensorPrinting.formatWith(new(digits, threshold, edge, width), Bridge.Given(x));

    /// <summary>The elements as tables of HTML, with dtype and shape as the caption.</summary>
    public static string ToHtml(this Tensor x, int digits = 4, int threshold = 1000, int edge = 3) =>
        TensorPrinting.toHtmlWith(new(digits, threshold, edge, 80), Bridge.Given(x));
}
