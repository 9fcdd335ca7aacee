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

    /// <summary>Nesterov's momentum, in PyTorch's form: v ← μ·v + g, p ← p - rate·(g + μ·v).</summary>
    public static Transform Nesterov(Func<int, double> rate, double mu) =>
        FSharp.Optimizer.nesterov(Bridge.Fun(rate), mu);

    /// <summary>Adagrad with ε = 10⁻¹⁰.</summary>
    public static Transform Adagrad(Func<int, double> rate) => FSharp.Optimizer.adagrad(Bridge.Fun(rate));

    /// <summary>RMSProp with ρ = 0.99, ε = 10⁻⁸ behind the root.</summary>
    public static Transform RmsProp(Func<int, double> rate) => FSharp.Optimizer.rmsProp(Bridge.Fun(rate));

    /// <summary>AMSGrad with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.</summary>
    public static Transform Amsgrad(Func<int, double> rate) => FSharp.Optimizer.amsgrad(Bridge.Fun(rate));

    /// <summary>NAdam with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.</summary>
    public static Transform Nadam(Func<int, double> rate) => FSharp.Optimizer.nadam(Bridge.Fun(rate));

    /// <summary>RAdam with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.</summary>
    public static Transform Radam(Func<int, double> rate) => FSharp.Optimizer.radam(Bridge.Fun(rate));

    /// <summary>
    /// Lion with β₁ = 0.9, β₂ = 0.99 and decoupled decay of the weights. Its rate is a third to a tenth of Adam's.
    /// </summary>
    public static Transform Lion(Func<int, double> rate, double decay = 0) =>
        FSharp.Optimizer.lion(Bridge.Fun(rate), decay);

    /// <summary>
    /// LAMB with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁶ and decay of the weights: AdamW whose steps are measured by the
    /// parameters' length.
    /// </summary>
    public static Transform Lamb(Func<int, double> rate, double decay = 0) =>
        FSharp.Optimizer.lamb(Bridge.Fun(rate), decay);

    /// <summary>Adafactor with updates shortened to a root mean square of 1.</summary>
    public static Transform Adafactor(Func<int, double> rate) => FSharp.Optimizer.adafactor(Bridge.Fun(rate));
}
