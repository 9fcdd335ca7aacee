namespace Functional.CSharp;

/// <summary>Langevin dynamics: down the slope of the energy, with noise.</summary>
public static class Langevin
{
    /// <summary>
    /// x' = x - ε·dE/dx + √(2ε)·noise (Roberts and Tweedie 1996, https://doi.org/10.2307/3318418): without a test, so biased by
    /// O(ε). States [n; …].
    /// </summary>
    public static Kernel<ValueTuple> Unadjusted(double step, Func<Tensor, Tensor> energy) =>
        Kernels.Silent(FSharp.Langevin.unadjusted(step, Bridge.Fun(energy)));

    /// <summary>
    /// The Langevin step with Metropolis' test (MALA), which makes it exact. States [n; …]; the report is the part of the chains
    /// that moved.
    /// </summary>
    public static Kernel<double> Adjusted(double step, Func<Tensor, Tensor> energy) =>
        FSharp.Langevin.adjusted(step, Bridge.Fun(energy));

    /// <summary>
    /// Hamiltonian dynamics of unit mass by so many leapfrog steps of length <paramref name="step"/>, with Metropolis' test
    /// (Duane et al. 1987, https://doi.org/10.1016/0370-2693(87)91197-X). States [n; …]; the report is the part of the chains
    /// that moved.
    /// </summary>
    public static Kernel<double> Hamiltonian(double step, int leaps, Func<Tensor, Tensor> energy) =>
        FSharp.Langevin.hamiltonian(step, leaps, Bridge.Fun(energy));
}
