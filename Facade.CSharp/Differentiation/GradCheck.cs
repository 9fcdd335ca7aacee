namespace Functional.CSharp;

/// <summary>Checks derivatives, to any order, against finite differences.</summary>
public static class GradCheck
{
    /// <summary>
    /// The derivatives of orders 1 to the highest at x along random directions, each beside the central difference of the
    /// one below. x is float64.
    /// </summary>
    public static IReadOnlyList<GradComparison> Compare(int highest, Key key, Func<Tensor, Tensor> f, Tensor x) =>
        [.. FSharp.GradCheck.compare(highest, key, Bridge.Fun(f), Bridge.Given(x))];

    /// <summary>
    /// Whether all derivatives of orders 1 to the highest are within the tolerance of their differences; 1e-6 suits smooth
    /// functions.
    /// </summary>
    public static bool Passes(double tolerance, int highest, Key key, Func<Tensor, Tensor> f, Tensor x) =>
        FSharp.GradCheck.passes(tolerance, highest, key, Bridge.Fun(f), Bridge.Given(x));
}
