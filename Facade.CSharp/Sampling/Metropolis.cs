namespace Functional.CSharp;

/// <summary>
/// Metropolis' rule: a move to where the energy is higher by ΔE is made with probability exp(-ΔE) (Metropolis et al. 1953,
/// https://doi.org/10.1063/1.1699114; with a correction, Hastings 1970).
/// </summary>
public static class Metropolis
{
    /// <summary>
    /// A unit drawn for each chain is flipped, or not. States [n; units] of Bernoulli units or spins; the report is the part of
    /// the chains that moved.
    /// </summary>
    public static Kernel<double> Flip(Units units, Func<Tensor, Tensor> energy) =>
        FSharp.Metropolis.flip(Bridge.Given(units), Bridge.Fun(energy));

    /// <summary>The chance of each unit to change, were its flip the one that is tried: [n; units].</summary>
    public static Tensor Chances(Units units, Func<Tensor, Tensor> energy, Tensor states) =>
        FSharp.Metropolis.chances(Bridge.Given(units), Bridge.Fun(energy), Bridge.Given(states));

    /// <summary>
    /// Normal steps of standard deviation <paramref name="scale"/> in each coordinate. States [n; …]; the report is the part of
    /// the chains that moved.
    /// </summary>
    public static Kernel<double> Walk(double scale, Func<Tensor, Tensor> energy) =>
        FSharp.Metropolis.walk(scale, Bridge.Fun(energy));
}
