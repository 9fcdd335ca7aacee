namespace Functional.CSharp;

/// <summary>
/// The optimizers of the field, each a chain of transforms. A rate is a number for each step; negative ones are
/// refused.
/// </summary>
public static class Optimizers
{
    /// <summary>p ← p - rate·g</summary>
    public static Transform Sgd(Func<int, double> rate) => FSharp.Optimizer.sgd(Bridge.Fun(rate));

    /// <summary>v ← μ·v + g, p ← p - rate·v</summary>
    public static Transform Momentum(Func<int, double> rate, double mu) =>
        FSharp.Optimizer.momentum(Bridge.Fun(rate), mu);

    /// <summary>Adam with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.</summary>
    public static Transform Adam(Func<int, double> rate) => FSharp.Optimizer.adam(Bridge.Fun(rate));

    /// <summary>Adam with decoupled decay of the weights: p ← p - rate·(m̂/(√v̂ + ε) + decay·p).</summary>
    public static Transform AdamW(Func<int, double> rate, double decay) =>
        FSharp.Optimizer.adamW(Bridge.Fun(rate), decay);
}
