namespace Functional.CSharp;

/// <summary>
/// The modern continuous Hopfield network (Ramsauer et al. 2020, https://arxiv.org/abs/2008.02217): states of any real
/// values among stored patterns X [p; d], with inverse temperature β.
/// </summary>
public static class ModernHopfield
{
    /// <summary>
    /// One update: ξ' = Xᵀ·softmax(β·X·ξ), [k; d] -&gt; [k; d]. It is attention with the states as queries, the patterns as
    /// keys and values, and β = 1/√d; it never raises the energy. Differentiable.
    /// </summary>
    public static Tensor Update(double beta, Tensor patterns, Tensor states) =>
        FSharp.ModernHopfield.update(beta, Bridge.Given(patterns), Bridge.Given(states));

    /// <summary>
    /// E(ξ) = -lse(β, Xξ) + ½·ξᵀξ + ln(p)/β + ½·M² with lse(β, z) = ln(Σ exp(β·z))/β and M the length of the longest
    /// pattern; never negative: [k; d] -&gt; [k]. Differentiable.
    /// </summary>
    public static Tensor Energy(double beta, Tensor patterns, Tensor states) =>
        FSharp.ModernHopfield.energy(beta, Bridge.Given(patterns), Bridge.Given(states));

    /// <summary>
    /// Updates each state until it moves by no more than <paramref name="tolerance"/> in any of its numbers, at the latest
    /// after <paramref name="maxSteps"/>: states [k; d].
    /// </summary>
    public static Recall Retrieve(
        double beta, Tensor patterns, Tensor states, double tolerance = 1e-6, int maxSteps = 1_000) =>
        FSharp.ModernHopfield.retrieve(
            maxSteps, tolerance, beta, Bridge.Given(patterns), Bridge.Given(states));
}
