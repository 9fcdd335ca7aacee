namespace Functional.CSharp;

/// <summary>
/// How much chains tell: of one number for each position, draws are [steps; chains], as Kernels.Sample gives them.
/// </summary>
public static class Chains
{
    /// <summary>
    /// The correlations of draws 0, 1, …, <paramref name="lags"/> steps apart, over all chains: those of one chain, raised
    /// towards 1 where chains lie apart (Vehtari et al. 2021, https://doi.org/10.1214/20-BA1221). NaN where the draws do not
    /// vary.
    /// </summary>
    public static double[] Autocorrelations(int lags, Tensor draws) =>
        FSharp.Chains.autocorrelations(lags, Bridge.Given(draws));

    /// <summary>
    /// How many steps tell as much as one independent draw: 1 + 2·Σρ over the steps apart, by the initial monotone sequence of
    /// pairs (Geyer 1992, https://doi.org/10.1214/ss/1177011137). NaN where the draws do not vary.
    /// </summary>
    public static double AutocorrelationTime(Tensor draws) => FSharp.Chains.autocorrelationTime(Bridge.Given(draws));

    /// <summary>
    /// How many independent draws tell as much of the mean as these: their number over the autocorrelation time. NaN where they
    /// do not vary.
    /// </summary>
    public static double EffectiveSampleSize(Tensor draws) => FSharp.Chains.effectiveSampleSize(Bridge.Given(draws));

    /// <summary>
    /// Split R̂: the root of the variance of all draws over that within half chains, near 1 where chains agree with each other
    /// and with themselves (Gelman and Rubin 1992, https://doi.org/10.1214/ss/1177011136; halves as in Gelman et al. 2013). The
    /// middle step of an odd number is left out. NaN where the draws do not vary.
    /// </summary>
    public static double SplitRhat(Tensor draws) => FSharp.Chains.splitRhat(Bridge.Given(draws));
}
