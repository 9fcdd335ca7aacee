namespace Functional.CSharp;

public static partial class Rbms
{
    /// <summary>
    /// ln Z, exactly: the sum over the states of the smaller layer of Bernoulli units or spins, which has at most 25, in bounded
    /// memory.
    /// </summary>
    public static double LogPartition(this Rbm rbm, Values parameters) =>
        RbmLikelihoods.logPartition(Bridge.Given(rbm), Bridge.Weights(parameters));

    /// <summary>ln p(v) of samples [n; visible] where ln Z is known: -F(v) - ln Z, [n].</summary>
    public static Tensor LogLikelihood(this Rbm rbm, double logZ, Values parameters, Tensor samples) =>
        RbmLikelihoods.logLikelihood(logZ, Bridge.Given(rbm), Bridge.Weights(parameters), Bridge.Given(samples));

    /// <summary>
    /// ln Π p(vᵢ | rest) of samples [n; visible], the pseudo-likelihood, each unit's chance exactly: [n]. Bernoulli units or
    /// spins.
    /// </summary>
    public static Tensor LogPseudoLikelihood(this Rbm rbm, Values parameters, Tensor samples) =>
        RbmLikelihoods.logPseudoLikelihood(Bridge.Given(rbm), Bridge.Weights(parameters), Bridge.Given(samples));

    /// <summary>
    /// Biases of visible units under which each alone has its mean over the data, smoothed by one sample of even chances: the
    /// base model of annealed importance sampling. Bernoulli units or spins.
    /// </summary>
    public static Tensor BaseRates(this Rbm rbm, Tensor samples) =>
        RbmAnneals.baseRates(Bridge.Given(rbm), Bridge.Given(samples));

    /// <summary>
    /// ln Z by annealed importance sampling: so many chains, at least two, go from the base model of independent visible units with the biases
    /// <paramref name="start"/>, [visible] (BaseRates), to the machine over so many inverse temperatures evenly from 0 to 1 (Neal
    /// 2001, https://arxiv.org/abs/physics/9803008; Salakhutdinov and Murray 2008, https://doi.org/10.1145/1390156.1390266). The
    /// mean weight is unbiased for Z, so its logarithm is too small on average: the likelihood too large. Discrete units.
    /// </summary>
    public static LogZ Annealed(
        this Rbm rbm, int betas, int chains, Tensor start, Key key, Values parameters) =>
        RbmAnneals.annealed(
            betas, chains, Bridge.Given(start), key, Bridge.Given(rbm), Bridge.Weights(parameters));

    /// <summary>
    /// The same from the machine back to the base model, started from states of the machine's own distribution, such as long
    /// Gibbs chains give, [chains; visible], at least two: too large on average where these are such states, so that it and Annealed enclose
    /// ln Z. States that are not the machine's own make it meaningless.
    /// </summary>
    public static LogZ AnnealedBack(
        this Rbm rbm, int betas, Tensor states, Tensor start, Key key, Values parameters) =>
        RbmAnneals.annealedBack(
            betas, Bridge.Given(states), Bridge.Given(start), key, Bridge.Given(rbm), Bridge.Weights(parameters));
}
