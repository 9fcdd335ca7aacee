namespace Functional.CSharp;

/// <summary>
/// Gibbs sampling: units are drawn anew given all others (Geman and Geman 1984,
/// https://doi.org/10.1109/TPAMI.1984.4767596).
/// </summary>
public static class Gibbs
{
    /// <summary>
    /// A unit drawn for each chain takes a new value given the others. States [n; units] of Bernoulli units or spins; the report
    /// is the part of the chains that moved.
    /// </summary>
    public static Kernel<double> Site(Units units, Func<Tensor, Tensor> energy) =>
        FSharp.Gibbs.site(Bridge.Given(units), Bridge.Fun(energy));

    /// <summary>
    /// Each unit in turn takes a new value given the others. States [n; units] of Bernoulli units or spins; the report is the
    /// part of the units that changed.
    /// </summary>
    public static Kernel<double> Sweep(Units units, Func<Tensor, Tensor> energy) =>
        FSharp.Gibbs.sweep(Bridge.Given(units), Bridge.Fun(energy));

    /// <summary>The chance of each unit to change, were it the one that is drawn anew: [n; units].</summary>
    public static Tensor Chances(Units units, Func<Tensor, Tensor> energy, Tensor states) =>
        FSharp.Gibbs.chances(Bridge.Given(units), Bridge.Fun(energy), Bridge.Given(states));

    /// <summary>Blocks of units in turn: each function draws the states anew with one block given the others.</summary>
    public static Kernel<ValueTuple> Blocks(params IEnumerable<Func<Key, Tensor, Tensor>> draws) =>
        Kernels.Silent(FSharp.Gibbs.blocks(Bridge.Given(draws).Select(draw => Bridge.Fun(draw))));

    /// <summary>
    /// Colour by colour: units of one colour do not act on each other, so all of them are drawn at once, each with its own
    /// input: <paramref name="inputs"/> takes states [n; units] to u [n; units], P(x = 1 | rest) = σ(u) for Bernoulli units and
    /// σ(2u) for spins. Each unit has a colour from 0 up.
    /// </summary>
    public static Kernel<ValueTuple> Chromatic(Units units, IEnumerable<int> colours, Func<Tensor, Tensor> inputs) =>
        Kernels.Silent(FSharp.Gibbs.chromatic(Bridge.Given(units), Bridge.Given(colours), Bridge.Fun(inputs)));
}
