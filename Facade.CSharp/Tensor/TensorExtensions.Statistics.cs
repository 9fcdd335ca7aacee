namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>
    /// (Σ |x|ᵖ)^(1/p) over all elements: []. For p = 0 the number of elements that are not 0, for ∞ the largest |x|, for -∞ the
    /// smallest; below 0 it is 0 where an element is. Its derivative is taken as 0 where it is 0, and by an element that is 0.
    /// </summary>
    public static Tensor Norm(this Tensor x, double p = 2.0) => TensorStatistics.norm(p, Bridge.Given(x));

    /// <summary>(Σ |x|ᵖ)^(1/p) over one axis, which goes, or stays with length 1.</summary>
    public static Tensor Norm(this Tensor x, double p, int axis, bool keepAxis = false) =>
        TensorStatistics.normAlong(keepAxis, p, axis, Bridge.Given(x));

    /// <summary>
    /// The variance Σ (x - mean)²/(n - 1) of all elements, over n where not unbiased: []; of fewer than two NaN.
    /// </summary>
    public static Tensor Var(this Tensor x, bool unbiased = true) =>
        TensorStatistics.varAll(unbiased, Bridge.Given(x));

    /// <summary>
    /// The variance Σ (x - mean)²/(n - 1) over one axis, which goes, or stays with length 1; over n where not
    /// unbiased.
    /// </summary>
    public static Tensor Var(this Tensor x, int axis, bool unbiased = true, bool keepAxis = false) =>
        TensorStatistics.varAlong(unbiased, keepAxis, axis, Bridge.Given(x));

    /// <summary>
    /// The variance Σ (x - mean)²/(n - 1) over several axes, which go, or stay with length 1; over n where not
    /// unbiased.
    /// </summary>
    public static Tensor Var(this Tensor x, int[] axes, bool unbiased = true, bool keepAxes = false) =>
        TensorStatistics.varWith(unbiased, keepAxes, Bridge.Given(axes), Bridge.Given(x));

    /// <summary>
    /// The standard deviation, the root of the variance, of all elements, over n where not unbiased: []. Its
    /// derivative is taken as 0 where it is 0.
    /// </summary>
    public static Tensor Std(this Tensor x, bool unbiased = true) =>
        TensorStatistics.stdAll(unbiased, Bridge.Given(x));

    /// <summary>
    /// The standard deviation, the root of the variance, over one axis, which goes, or stays with length 1; over n
    /// where not unbiased.
    /// </summary>
    public static Tensor Std(this Tensor x, int axis, bool unbiased = true, bool keepAxis = false) =>
        TensorStatistics.stdAlong(unbiased, keepAxis, axis, Bridge.Given(x));

    /// <summary>
    /// The standard deviation, the root of the variance, over several axes, which go, or stay with length 1; over n
    /// where not unbiased.
    /// </summary>
    public static Tensor Std(this Tensor x, int[] axes, bool unbiased = true, bool keepAxes = false) =>
        TensorStatistics.stdWith(unbiased, keepAxes, Bridge.Given(axes), Bridge.Given(x));

    /// <summary>
    /// The number below which a part q of all elements lies: [], for q from 0 to 1, interpolated linearly between
    /// neighbours at place q·(n - 1) (NumPy's default). NaN where an element is.
    /// </summary>
    public static Tensor Quantile(this Tensor x, double q) => TensorStatistics.quantile(q, Bridge.Given(x));

    /// <summary>The quantile over one axis, which goes, or stays with length 1.</summary>
    public static Tensor Quantile(this Tensor x, double q, int axis, bool keepAxis = false) =>
        TensorStatistics.quantileAlong(keepAxis, q, axis, Bridge.Given(x));

    /// <summary>
    /// The middle element of all, of an even number the mean of the two middle ones (NumPy's; PyTorch takes the
    /// smaller one): [].
    /// </summary>
    public static Tensor Median(this Tensor x) => TensorStatistics.median(Bridge.Given(x));

    /// <summary>The median over one axis, which goes, or stays with length 1.</summary>
    public static Tensor Median(this Tensor x, int axis, bool keepAxis = false) =>
        TensorStatistics.medianAlong(keepAxis, axis, Bridge.Given(x));
}
