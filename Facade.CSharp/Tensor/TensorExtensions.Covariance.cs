namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>
    /// The covariances Σ (xᵢ - meanᵢ)(xⱼ - meanⱼ)/(n - 1) of variables in rows and observations in columns, over n where not
    /// unbiased: [v; n] gives [v; v], and [n] gives []. A variable with NaN has NaN in its row and column; of fewer than two
    /// observations all are NaN.
    /// </summary>
    public static Tensor Cov(this Tensor x, bool unbiased = true) => TensorCovariance.covWith(unbiased, Bridge.Given(x));

    /// <summary>
    /// The correlations of variables in rows and observations in columns, covᵢⱼ/√(covᵢᵢ·covⱼⱼ), from -1 to 1: [v; n] gives
    /// [v; v], and [n] gives []. A variable with NaN, or one that does not vary, has NaN in its row and column.
    /// </summary>
    public static Tensor CorrCoef(this Tensor x) => TensorCovariance.corrcoef(Bridge.Given(x));

    /// <summary>(x - min)/(max - min) over all elements: from 0 to 1; zeros where all are equal.</summary>
    public static Tensor Normalize(this Tensor x) => TensorCovariance.normalize(Bridge.Given(x));

    /// <summary>
    /// (x - mean)/std over all elements, with the unbiased standard deviation: mean 0 and variance 1; zeros where all are
    /// equal.
    /// </summary>
    public static Tensor Standardize(this Tensor x) => TensorCovariance.standardize(Bridge.Given(x));
}
