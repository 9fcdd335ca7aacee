namespace Functional.CSharp;

/// <summary>States by path: running statistics, chains, memories.</summary>
public static class States
{
    /// <summary>
    /// The state with its floating-point numbers in a dtype of such; whole numbers and truth values stay.
    /// </summary>
    public static Values Cast(this Values state, Dtype dtype) =>
        Bridge.Leaves(FSharp.State.cast(dtype, Bridge.Tree(state)));
}
