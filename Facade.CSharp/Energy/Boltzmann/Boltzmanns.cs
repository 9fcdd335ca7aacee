namespace Functional.CSharp;

/// <summary>
/// Boltzmann machines: p(x) = exp(-E(x)/T)/Z with E(x) = -½·xᵀWx + bᵀx, W symmetric with a zero diagonal and thresholds b
/// (Ackley, Hinton and Sejnowski 1985, https://doi.org/10.1207/s15516709cog0901_7). Parameters: "weight" [units; units] and
/// "threshold" [units].
/// </summary>
public static partial class Boltzmanns
{
    /// <summary>A machine with so many visible and hidden units at a temperature.</summary>
    public static Boltzmann Create(int visible, int hidden = 0, double temperature = 1) =>
        FSharp.Boltzmann.create(visible, hidden, temperature);

    /// <summary>
    /// Parameters from weights [units; units], symmetric with a zero diagonal, and thresholds [units].
    /// </summary>
    public static Parameters Parameters(Tensor weight, Tensor threshold) =>
        Bridge.Leaves(FSharp.Boltzmann.parameters(Bridge.Given(weight), Bridge.Given(threshold)));

    /// <summary>First parameters: weights N(0, deviation²), thresholds 0.</summary>
    public static Parameters Init(this Boltzmann machine, double deviation, Key key) =>
        Bridge.Leaves(FSharp.Boltzmann.init(deviation, key, Bridge.Given(machine)));

    /// <summary>E(x)/T of states x [n; units]: [n].</summary>
    public static Tensor Energy(this Boltzmann machine, Values parameters, Tensor states) =>
        Bridge.With(states, given =>
            FSharp.Boltzmann.energy(Bridge.Given(machine), Bridge.Weights(parameters)).Invoke(given));

    /// <summary>The input u = Wx - b of each unit: [n; units] -&gt; [n; units].</summary>
    public static Tensor Inputs(this Boltzmann machine, Values parameters, Tensor states) =>
        FSharp.Boltzmann.inputs(Bridge.Given(machine), Bridge.Weights(parameters), Bridge.Given(states));

    /// <summary>The chance of each unit to be 1 given all others, σ(u/T): [n; units] -&gt; [n; units].</summary>
    public static Tensor Conditional(this Boltzmann machine, Values parameters, Tensor states) =>
        FSharp.Boltzmann.conditional(Bridge.Given(machine), Bridge.Weights(parameters), Bridge.Given(states));

    /// <summary>Gibbs sampling, each unit in turn. States [chains; units].</summary>
    public static Kernel<ValueTuple> Gibbs(this Boltzmann machine, Values parameters) =>
        Kernels.Silent(FSharp.Boltzmann.gibbs(Bridge.Given(machine), Bridge.Weights(parameters)));

    /// <summary>Gibbs sampling of the hidden units alone, the visible ones held. States [chains; units].</summary>
    public static Kernel<ValueTuple> GibbsHidden(this Boltzmann machine, Values parameters) =>
        Kernels.Silent(FSharp.Boltzmann.gibbsHidden(Bridge.Given(machine), Bridge.Weights(parameters)));

    /// <summary>ln Z by enumeration, for at most 20 units: [].</summary>
    public static Tensor LogPartition(this Boltzmann machine, Values parameters) =>
        FSharp.Boltzmann.logPartition(Bridge.Given(machine), Bridge.Weights(parameters));

    /// <summary>The probability of each state of Energies.Enumerate, for at most 20 units: [2^units].</summary>
    public static Tensor Distribution(this Boltzmann machine, Values parameters) =>
        FSharp.Boltzmann.distribution(Bridge.Given(machine), Bridge.Weights(parameters));

    /// <summary>ln p(v) of samples [n; visible] by enumeration, for at most 20 units: [n].</summary>
    public static Tensor LogLikelihood(this Boltzmann machine, Values parameters, Tensor samples) =>
        FSharp.Boltzmann.logLikelihood(Bridge.Given(machine), Bridge.Weights(parameters), Bridge.Given(samples));
}
