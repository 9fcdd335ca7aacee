namespace Functional.CSharp;

public static partial class Boltzmanns
{
    /// <summary>
    /// A rule: the exact gradient of the mean of -ln p(v), which is the loss, by enumeration of all states: at most 20 units.
    /// Batches are samples [n; visible]. First weights N(0, deviation²).
    /// </summary>
    public static Rule<Tensor> Exact(this Boltzmann machine, double deviation = 0.01) =>
        BoltzmannRules.exact(deviation, Bridge.Given(machine));

    /// <summary>
    /// A rule that samples: the model's part by so many persistent chains, moved by so many Gibbs sweeps a step (Tieleman 2008),
    /// the data's part by as many sweeps of the hidden units with the visible ones held. The loss is the difference of the mean
    /// energies of data and chains.
    /// </summary>
    public static Rule<Tensor> Sampled(this Boltzmann machine, int chains, int sweeps = 1, double deviation = 0.01) =>
        BoltzmannRules.sampled(chains, sweeps, deviation, Bridge.Given(machine));

    /// <summary>
    /// The means mᵢ = σ(uᵢ(m)/T) of naive mean field, by so many steps halfway to the right side, from the means given, of which
    /// those of the first <paramref name="held"/> units do not move: [n; units] -&gt; [n; units].
    /// </summary>
    public static Tensor MeanField(this Boltzmann machine, int held, int steps, Values parameters, Tensor means) =>
        BoltzmannRules.meanField(
            held, steps, Bridge.Given(machine), Bridge.Weights(parameters), Bridge.Given(means));

    /// <summary>
    /// A rule: mean field in both phases, ⟨xᵢxⱼ⟩ is taken as mᵢ·mⱼ (Peterson and Anderson 1987). The model's part is started
    /// from the data's. It cannot see correlations that the means do not carry. The loss is the difference of the mean energies.
    /// </summary>
    public static Rule<Tensor> MeanFieldLearning(this Boltzmann machine, int steps, double deviation = 0.01) =>
        BoltzmannRules.meanFieldLearning(steps, deviation, Bridge.Given(machine));

    /// <summary>
    /// ln Π p(xᵢ | rest) of each state, the pseudo-likelihood (Besag 1975, https://doi.org/10.2307/2987782): [n; units] -&gt; [n].
    /// </summary>
    public static Tensor LogPseudoLikelihood(this Boltzmann machine, Values parameters, Tensor states) =>
        BoltzmannRules.logPseudoLikelihood(Bridge.Given(machine), Bridge.Weights(parameters), Bridge.Given(states));

    /// <summary>
    /// A rule: the gradient of the mean of minus the pseudo-likelihood's logarithm, which is the loss. For machines without
    /// hidden units.
    /// </summary>
    public static Rule<Tensor> PseudoLikelihood(this Boltzmann machine, double deviation = 0.01) =>
        BoltzmannRules.pseudoLikelihood(deviation, Bridge.Given(machine));
}
