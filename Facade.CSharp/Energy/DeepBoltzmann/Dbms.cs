namespace Functional.CSharp;

/// <summary>
/// Deep Boltzmann machines: p(v, h¹, …, hᴸ) = exp(-E)/Z with E = -Σ b·x - Σ xᵀWx' over layers x and pairs x, x' of neighbours,
/// and v²/2 more for each visible unit v of real values (Salakhutdinov and Hinton 2009,
/// http://proceedings.mlr.press/v5/salakhutdinov09a.html). Parameters: "bias/0" [visible], "bias/1", … [hidden] and "weight/0",
/// … [units below; units above]. States of all layers lie beside each other, the visible one first: [n; units].
/// </summary>
public static partial class Dbms
{
    /// <summary>
    /// A machine of layers of so many units of these values, the visible one first; hidden units are discrete. Softmax units are
    /// counted with all their values.
    /// </summary>
    public static Dbm Create(params IEnumerable<(Units Units, int Count)> layers) =>
        FSharp.Dbm.create(Bridge.Given(layers));

    /// <summary>A machine of layers of so many Bernoulli units, the visible one first.</summary>
    public static Dbm Bernoulli(params IEnumerable<int> counts) => FSharp.Dbm.bernoulli(Bridge.Given(counts));

    /// <summary>The units of each layer, the visible one first.</summary>
    public static IReadOnlyList<(Units Units, int Count)> Layers(this Dbm dbm) => FSharp.Dbm.layers(Bridge.Given(dbm));

    /// <summary>
    /// Parameters from the weights between neighbours, [below; above] each, and the biases of each layer, from the bottom up.
    /// </summary>
    public static Parameters Parameters(IEnumerable<Tensor> weights, IEnumerable<Tensor> biases) =>
        Bridge.Leaves(FSharp.Dbm.parameters(Bridge.Given(weights), Bridge.Given(biases)));

    /// <summary>First parameters: weights N(0, deviation²), biases 0.</summary>
    public static Parameters Init(this Dbm dbm, double deviation, Key key) =>
        Bridge.Leaves(FSharp.Dbm.init(deviation, key, Bridge.Given(dbm)));

    /// <summary>
    /// The layers of states or means, the visible one first: [n; units] -&gt; [n; units of the layer] each.
    /// </summary>
    public static IReadOnlyList<Tensor> Split(this Dbm dbm, Tensor states) =>
        FSharp.Dbm.split(Bridge.Given(dbm), Bridge.Given(states));

    /// <summary>
    /// States or means of all layers beside each other, the visible one first: [n; units of the layer] each -&gt; [n; units].
    /// </summary>
    public static Tensor Join(this Dbm dbm, params IEnumerable<Tensor> layers) =>
        FSharp.Dbm.join(Bridge.Given(dbm), Bridge.Given(layers));

    /// <summary>
    /// The input of each unit of a layer given its neighbours, b + Σ xW: [n; units] -&gt; [n; units of the layer].
    /// </summary>
    public static Tensor Inputs(this Dbm dbm, Values parameters, int layer, Tensor states) =>
        FSharp.Dbm.inputs(Bridge.Given(dbm), Bridge.Weights(parameters), layer, Bridge.Given(states));

    /// <summary>
    /// The means of the units of a layer given its neighbours: [n; units] -&gt; [n; units of the layer].
    /// </summary>
    public static Tensor Means(this Dbm dbm, Values parameters, int layer, Tensor states) =>
        FSharp.Dbm.means(Bridge.Given(dbm), Bridge.Weights(parameters), layer, Bridge.Given(states));

    /// <summary>The states with one layer drawn anew given its neighbours: [n; units] -&gt; [n; units].</summary>
    public static Tensor Draw(this Dbm dbm, Values parameters, int layer, Key key, Tensor states) =>
        FSharp.Dbm.draw(Bridge.Given(dbm), Bridge.Weights(parameters), layer, key, Bridge.Given(states));

    /// <summary>E of states of all layers: [n; units] -&gt; [n].</summary>
    public static Tensor Energy(this Dbm dbm, Values parameters, Tensor states) =>
        FSharp.Dbm.energy(Bridge.Given(dbm), Bridge.Weights(parameters), Bridge.Given(states));

    /// <summary>
    /// The free energy of states of the even layers beside each other, the visible one first: -ln Σ over the odd layers of
    /// exp(-E), layers that are independent of each other given the even ones. [n; their units] -&gt; [n].
    /// </summary>
    public static Tensor EvenFreeEnergy(this Dbm dbm, Values parameters, Tensor states) =>
        Bridge.With(states, given =>
            FSharp.Dbm.evenFreeEnergy(Bridge.Given(dbm), Bridge.Weights(parameters)).Invoke(given));

    /// <summary>
    /// The free energy of states of the odd layers beside each other, the first hidden one first: -ln Σ over the even layers,
    /// the visible one among them, of exp(-E). [n; their units] -&gt; [n].
    /// </summary>
    public static Tensor OddFreeEnergy(this Dbm dbm, Values parameters, Tensor states) =>
        Bridge.With(states, given =>
            FSharp.Dbm.oddFreeEnergy(Bridge.Given(dbm), Bridge.Weights(parameters)).Invoke(given));

    /// <summary>
    /// Gibbs sampling: the odd layers given the even ones, then the even ones given these. States [chains; units].
    /// </summary>
    public static Kernel<ValueTuple> Gibbs(this Dbm dbm, Values parameters) =>
        Kernels.Silent(FSharp.Dbm.gibbs(Bridge.Given(dbm), Bridge.Weights(parameters)));

    /// <summary>
    /// Samples: so many Gibbs sweeps from states of all layers, [count; units], then the means of the visible units given those
    /// above: [count; visible].
    /// </summary>
    public static Tensor SampleFrom(this Dbm dbm, int sweeps, Tensor start, Key key, Values parameters) =>
        FSharp.Dbm.sampleFrom(sweeps, Bridge.Given(start), key, Bridge.Given(dbm), Bridge.Weights(parameters));

    /// <summary>Samples from random states: [count; visible].</summary>
    public static Tensor Sample(this Dbm dbm, int sweeps, int count, Key key, Values parameters) =>
        FSharp.Dbm.sample(sweeps, count, key, Bridge.Given(dbm), Bridge.Weights(parameters));
}
