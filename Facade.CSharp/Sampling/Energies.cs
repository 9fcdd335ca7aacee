namespace Functional.CSharp;

/// <summary>
/// Energies up to a constant, in units of kT: functions from states [n; …] to [n]. States have the probability exp(-E)/Z.
/// </summary>
public static class Energies
{
    /// <summary>The energy at a temperature: E/T.</summary>
    public static Func<Tensor, Tensor> Tempered(double temperature, Func<Tensor, Tensor> energy) =>
        FSharp.Energy.tempered(temperature, Bridge.Fun(energy)).Invoke;

    /// <summary>The energies and the slopes dE/dx of states: [n] and [n; …].</summary>
    public static (Tensor Energies, Tensor Slopes) Slope(Func<Tensor, Tensor> energy, Tensor states) =>
        FSharp.Energy.slope(Bridge.Fun(energy), Bridge.Given(states)).ToValueTuple();

    /// <summary>
    /// All 2ⁿ states of so many units with the values 0 and 1, the first unit changing slowest: [2ⁿ; n], n from 1 to 20.
    /// </summary>
    public static Tensor Enumerate(int units) => FSharp.Energy.enumerate(units);

    /// <summary>
    /// All 2ⁿ states of so many units with the values -1 and 1, the first unit changing slowest: [2ⁿ; n], n from 1 to 20.
    /// </summary>
    public static Tensor EnumerateSpins(int units) => FSharp.Energy.enumerateSpins(units);

    /// <summary>ln Σ exp(-E) over the states given: [].</summary>
    public static Tensor LogPartition(Func<Tensor, Tensor> energy, Tensor states) =>
        FSharp.Energy.logPartition(Bridge.Fun(energy), Bridge.Given(states));

    /// <summary>The probability of each of the states given, which are all there are: [n].</summary>
    public static Tensor Probabilities(Func<Tensor, Tensor> energy, Tensor states) =>
        FSharp.Energy.probabilities(Bridge.Fun(energy), Bridge.Given(states));
}
