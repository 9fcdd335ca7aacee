namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>The sum of all elements: []. Whole numbers and truth values give int64.</summary>
    public static Tensor Sum(this Tensor x) => TensorReductions.sum(Bridge.Given(x));

    /// <summary>The sum over one axis, which goes, or stays with length 1.</summary>
    public static Tensor Sum(this Tensor x, int axis, bool keepAxis = false) =>
        TensorReductions.sumAlong(keepAxis, axis, Bridge.Given(x));

    /// <summary>The sum over several axes, which go, or stay with length 1.</summary>
    public static Tensor Sum(this Tensor x, int[] axes, bool keepAxes = false) =>
        TensorReductions.sumAlongAxes(keepAxes, Bridge.Given(axes), Bridge.Given(x));

    /// <summary>The mean of all elements: []; of no elements NaN.</summary>
    public static Tensor Mean(this Tensor x) => TensorReductions.mean(Bridge.Given(x));

    /// <summary>The mean over one axis, which goes, or stays with length 1.</summary>
    public static Tensor Mean(this Tensor x, int axis, bool keepAxis = false) =>
        TensorReductions.meanAlong(keepAxis, axis, Bridge.Given(x));

    /// <summary>The mean over several axes, which go, or stay with length 1.</summary>
    public static Tensor Mean(this Tensor x, int[] axes, bool keepAxes = false) =>
        TensorReductions.meanAlongAxes(keepAxes, Bridge.Given(axes), Bridge.Given(x));

    /// <summary>The product of all elements: []; of none 1. Whole numbers and truth values give int64.</summary>
    public static Tensor Prod(this Tensor x) => TensorReductions.prod(Bridge.Given(x));

    /// <summary>The product over one axis, which goes, or stays with length 1.</summary>
    public static Tensor Prod(this Tensor x, int axis, bool keepAxis = false) =>
        TensorReductions.prodAlong(keepAxis, axis, Bridge.Given(x));

    /// <summary>
    /// ln Σ eˣ over all elements: [], without overflow; of no elements -∞. Where all are -∞ its derivative is taken as 0,
    /// and where some are ∞ these share it.
    /// </summary>
    public static Tensor LogSumExp(this Tensor x) => TensorReductions.logsumexp(Bridge.Given(x));

    /// <summary>ln Σ eˣ over one axis, which goes, or stays with length 1.</summary>
    public static Tensor LogSumExp(this Tensor x, int axis, bool keepAxis = false) =>
        TensorReductions.logsumexpAlong(keepAxis, axis, Bridge.Given(x));

    /// <summary>Whether any element is not 0: [], bool.</summary>
    public static Tensor Any(this Tensor x) => TensorReductions.any(Bridge.Given(x));

    /// <summary>Whether any element over one axis is not 0, which goes, or stays with length 1.</summary>
    public static Tensor Any(this Tensor x, int axis, bool keepAxis = false) =>
        TensorReductions.anyAlong(keepAxis, axis, Bridge.Given(x));

    /// <summary>Whether no element is 0: [], bool.</summary>
    public static Tensor All(this Tensor x) => TensorReductions.all(Bridge.Given(x));

    /// <summary>Whether no element over one axis is 0, which goes, or stays with length 1.</summary>
    public static Tensor All(this Tensor x, int axis, bool keepAxis = false) =>
        TensorReductions.allAlong(keepAxis, axis, Bridge.Given(x));

    /// <summary>How many elements are not 0, NaN among them: [], int64.</summary>
    public static Tensor CountNonzero(this Tensor x) => TensorReductions.countNonzero(Bridge.Given(x));

    /// <summary>How many elements over one axis are not 0, which goes, or stays with length 1.</summary>
    public static Tensor CountNonzero(this Tensor x, int axis, bool keepAxis = false) =>
        TensorReductions.countNonzeroAlong(keepAxis, axis, Bridge.Given(x));
}
