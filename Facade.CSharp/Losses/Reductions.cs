namespace Functional.CSharp;

/// <summary>How the losses of single elements or samples become what is minimised.</summary>
public static class Reductions
{
    extension(Reduction)
    {
        /// <summary>
        /// Σ w·l / Σ w for weights that broadcast to the losses. A mask is a weight of zeros and ones, or of truth values.
        /// </summary>
        public static Reduction WeightedBy(Tensor weights) => Reduction.NewWeighted(Bridge.Given(weights));
    }

    /// <summary>The losses reduced.</summary>
    public static Tensor Apply(this Reduction reduction, Tensor losses) =>
        FSharp.Reduction.apply(Bridge.Given(reduction), Bridge.Given(losses));
}
