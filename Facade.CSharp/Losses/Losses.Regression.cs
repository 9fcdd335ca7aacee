namespace Functional.CSharp;

/// <summary>Losses: from predictions and targets to what is minimised, the mean unless a reduction is given.</summary>
public static partial class Losses
{
    /// <summary>
    /// The mean of (predicted - target)² over all elements. Both of one shape.
    /// </summary>
    public static Tensor SquaredError(Tensor predicted, Tensor target) =>
        RegressionLosses.squaredError(Bridge.Given(predicted), Bridge.Given(target));

    /// <summary>
    /// (predicted - target)² for each element, reduced. Both of one shape.
    /// </summary>
    public static Tensor SquaredError(Tensor predicted, Tensor target, Reduction reduction) =>
        RegressionLosses.squaredErrorWith(Bridge.Given(reduction), Bridge.Given(predicted), Bridge.Given(target));

    /// <summary>
    /// The mean of |predicted - target| over all elements. Both of one shape.
    /// </summary>
    public static Tensor AbsoluteError(Tensor predicted, Tensor target) =>
        RegressionLosses.absoluteError(Bridge.Given(predicted), Bridge.Given(target));

    /// <summary>
    /// |predicted - target| for each element, reduced. Both of one shape.
    /// </summary>
    public static Tensor AbsoluteError(Tensor predicted, Tensor target, Reduction reduction) =>
        RegressionLosses.absoluteErrorWith(Bridge.Given(reduction), Bridge.Given(predicted), Bridge.Given(target));

    /// <summary>
    /// e²/2 where |e| ≤ δ and δ·(|e| - δ/2) beyond, e = predicted - target, for each element, reduced: the mean unless
    /// <paramref name="reduction"/> says otherwise (Huber 1964, https://doi.org/10.1214/aoms/1177703732).
    /// </summary>
    public static Tensor Huber(Tensor predicted, Tensor target, double delta = 1, Reduction? reduction = null) =>
        RegressionLosses.huberWith(reduction ?? Reduction.Mean, delta, Bridge.Given(predicted), Bridge.Given(target));

    /// <summary>
    /// The mean of max(0, 1 - target·score) over all elements; targets are -1 or 1. Both of one shape.
    /// </summary>
    public static Tensor Hinge(Tensor scores, Tensor target) =>
        RegressionLosses.hinge(Bridge.Given(scores), Bridge.Given(target));

    /// <summary>
    /// max(0, 1 - target·score) for each element, reduced; targets are -1 or 1. Both of one shape.
    /// </summary>
    public static Tensor Hinge(Tensor scores, Tensor target, Reduction reduction) =>
        RegressionLosses.hingeWith(Bridge.Given(reduction), Bridge.Given(scores), Bridge.Given(target));

    /// <summary>
    /// The mean of 1 - cos(predicted, target) along the last axis. Both [...; d].
    /// </summary>
    public static Tensor Cosine(Tensor predicted, Tensor target) =>
        RegressionLosses.cosine(Bridge.Given(predicted), Bridge.Given(target));

    /// <summary>
    /// 1 - cos(predicted, target) along the last axis, reduced. Both [...; d]; each loss [...].
    /// </summary>
    public static Tensor Cosine(Tensor predicted, Tensor target, Reduction reduction) =>
        RegressionLosses.cosineWith(Bridge.Given(reduction), Bridge.Given(predicted), Bridge.Given(target));

    /// <summary>
    /// max(0, |a - p| - |a - n| + margin) for each anchor, positive and negative, vectors along the last axis: the mean
    /// unless <paramref name="reduction"/> says otherwise (Schroff et al. 2015, https://arxiv.org/abs/1503.03832, with the
    /// distances themselves). All [...; d], margin ≥ 0.
    /// </summary>
    public static Tensor Triplet(Tensor anchor, Tensor positive, Tensor negative, double margin = 1, Reduction? reduction = null) =>
        RegressionLosses.tripletWith(
            reduction ?? Reduction.Mean, margin, Bridge.Given(anchor), Bridge.Given(positive), Bridge.Given(negative));
}
