namespace Functional.CSharp;

/// <summary>Kernels made of kernels that depend on a temperature.</summary>
public static class Tempering
{
    /// <summary>
    /// Simulated annealing: step k is made by the kernel at temperature schedule(k), whose cached energies are computed anew
    /// (Kirkpatrick et al. 1983, https://doi.org/10.1126/science.220.4598.671).
    /// </summary>
    public static Kernel<TInfo> Anneal<TInfo>(Func<int, double> schedule, Func<double, Kernel<TInfo>> at) =>
        FSharp.Tempering.anneal(Bridge.Fun(schedule), Bridge.Fun(at));

    /// <summary>
    /// Parallel tempering: a copy of each chain at each of several temperatures, the first of which is the one wanted; after each
    /// step neighbouring copies, pairs (0, 1), (2, 3), … and (1, 2), (3, 4), … in turn, change places with probability
    /// min(1, exp((E - E')·(1/T - 1/T'))) (Geyer 1991). <paramref name="energy"/> is that at temperature 1,
    /// <paramref name="at"/> gives the kernel for E/T. The report is the part of the chains that changed places with the next,
    /// for each temperature but the last; NaN where it was not that pair's turn.
    /// </summary>
    public static Kernel<double[]> ParallelTempering<TInfo>(
        IEnumerable<double> temperatures, Func<Tensor, Tensor> energy, Func<double, Kernel<TInfo>> at) =>
        FSharp.Tempering.parallelTempering(Bridge.Given(temperatures), Bridge.Fun(energy), Bridge.Fun(at));
}
