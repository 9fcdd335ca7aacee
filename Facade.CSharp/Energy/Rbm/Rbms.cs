namespace Functional.CSharp;

/// <summary>
/// Restricted Boltzmann machines: p(v, h) = exp(-E(v, h))/Z with E(v, h) = -a·v - b·h - vᵀWh, and x²/2 more for each unit x of
/// real values (Smolensky 1986; Hinton 2002, https://doi.org/10.1162/089976602760128018). Parameters: "weight"
/// [visible; hidden], "visible" [visible], "hidden" [hidden].
/// </summary>
public static partial class Rbms
{
    /// <summary>
    /// A machine of so many visible and hidden units of these values; softmax units are counted with all their values.
    /// </summary>
    public static Rbm Create(Units visible, int visibleCount, Units hidden, int hiddenCount) =>
        FSharp.Rbm.create(Bridge.Given(visible), visibleCount, Bridge.Given(hidden), hiddenCount);

    /// <summary>A machine of Bernoulli units in both layers.</summary>
    public static Rbm Bernoulli(int visible, int hidden) => FSharp.Rbm.bernoulli(visible, hidden);

    /// <summary>Parameters from weights [visible; hidden] and the biases of both layers.</summary>
    public static Parameters Parameters(Tensor weight, Tensor visible, Tensor hidden) =>
        Bridge.Leaves(
            FSharp.Rbm.parameters(Bridge.Given(weight), Bridge.Given(visible), Bridge.Given(hidden)));

    /// <summary>First parameters: weights N(0, deviation²), biases 0.</summary>
    public static Parameters Init(this Rbm rbm, double deviation, Key key) =>
        Bridge.Leaves(FSharp.Rbm.init(deviation, key, Bridge.Given(rbm)));

    /// <summary>The input of each hidden unit, b + vW: [n; visible] -&gt; [n; hidden].</summary>
    public static Tensor HiddenInputs(this Rbm rbm, Values parameters, Tensor visible) =>
        FSharp.Rbm.hiddenInputs(Bridge.Given(rbm), Bridge.Weights(parameters), Bridge.Given(visible));

    /// <summary>The input of each visible unit, a + hWᵀ: [n; hidden] -&gt; [n; visible].</summary>
    public static Tensor VisibleInputs(this Rbm rbm, Values parameters, Tensor hidden) =>
        FSharp.Rbm.visibleInputs(Bridge.Given(rbm), Bridge.Weights(parameters), Bridge.Given(hidden));

    /// <summary>The means of the hidden units given visible ones: [n; visible] -&gt; [n; hidden].</summary>
    public static Tensor HiddenMeans(this Rbm rbm, Values parameters, Tensor visible) =>
        FSharp.Rbm.hiddenMeans(Bridge.Given(rbm), Bridge.Weights(parameters), Bridge.Given(visible));

    /// <summary>The means of the visible units given hidden ones: [n; hidden] -&gt; [n; visible].</summary>
    public static Tensor VisibleMeans(this Rbm rbm, Values parameters, Tensor hidden) =>
        FSharp.Rbm.visibleMeans(Bridge.Given(rbm), Bridge.Weights(parameters), Bridge.Given(hidden));

    /// <summary>Hidden units drawn given visible ones: [n; visible] -&gt; [n; hidden].</summary>
    public static Tensor DrawHidden(this Rbm rbm, Values parameters, Key key, Tensor visible) =>
        FSharp.Rbm.drawHidden(Bridge.Given(rbm), Bridge.Weights(parameters), key, Bridge.Given(visible));

    /// <summary>Visible units drawn given hidden ones: [n; hidden] -&gt; [n; visible].</summary>
    public static Tensor DrawVisible(this Rbm rbm, Values parameters, Key key, Tensor hidden) =>
        FSharp.Rbm.drawVisible(Bridge.Given(rbm), Bridge.Weights(parameters), key, Bridge.Given(hidden));

    /// <summary>E(v, h) of pairs of states: [n; visible] and [n; hidden] -&gt; [n].</summary>
    public static Tensor Energy(this Rbm rbm, Values parameters, Tensor visible, Tensor hidden) =>
        FSharp.Rbm.energy(
            Bridge.Given(rbm), Bridge.Weights(parameters), Bridge.Given(visible), Bridge.Given(hidden));

    /// <summary>
    /// The free energy F(v) = -ln Σ over h of exp(-E(v, h)): p(v) = exp(-F(v))/Z. [n; visible] -&gt; [n].
    /// </summary>
    public static Tensor FreeEnergy(this Rbm rbm, Values parameters, Tensor visible) =>
        FSharp.Rbm.freeEnergy(Bridge.Given(rbm), Bridge.Weights(parameters), Bridge.Given(visible));

    /// <summary>The free energy of hidden states, -ln Σ over v of exp(-E(v, h)): [n; hidden] -&gt; [n].</summary>
    public static Tensor HiddenFreeEnergy(this Rbm rbm, Values parameters, Tensor hidden) =>
        FSharp.Rbm.hiddenFreeEnergy(Bridge.Given(rbm), Bridge.Weights(parameters), Bridge.Given(hidden));

    /// <summary>
    /// Visible units given means of hidden units given these visible units: [n; visible] -&gt; [n; visible].
    /// </summary>
    public static Tensor Reconstruct(this Rbm rbm, Values parameters, Tensor visible) =>
        FSharp.Rbm.reconstruct(Bridge.Given(rbm), Bridge.Weights(parameters), Bridge.Given(visible));

    /// <summary>What each hidden unit sees: [hidden; visible].</summary>
    public static Tensor Filters(Values parameters) => FSharp.Rbm.filters(Bridge.Weights(parameters));

    /// <summary>
    /// Gibbs sampling: all hidden units given the visible ones, then all visible ones given these. States [chains; visible].
    /// </summary>
    public static Kernel<ValueTuple> Gibbs(this Rbm rbm, Values parameters) =>
        Kernels.Silent(FSharp.Rbm.gibbs(Bridge.Given(rbm), Bridge.Weights(parameters)));

    /// <summary>
    /// Parallel tempering: Gibbs sampling of copies of the pair (v, h) at each of several temperatures, the first of which is the
    /// one wanted, 1 for p(v) itself; neighbours change places with probability min(1, exp((E - E')·(1/T - 1/T'))) (Geyer 1991;
    /// Desjardins et al. 2010). For discrete units. States [chains; visible]; the report is that of
    /// <see cref="Tempering.ParallelTempering"/>.
    /// </summary>
    public static Kernel<double[]> Tempering(this Rbm rbm, IEnumerable<double> temperatures, Values parameters) =>
        RbmTemperings.tempering(Bridge.Given(temperatures), Bridge.Given(rbm), Bridge.Weights(parameters));

    /// <summary>
    /// The parameters of the machine at a temperature, p(v, h)^(1/T) up to a factor: all divided by T. For discrete units.
    /// </summary>
    public static Values Tempered(this Rbm rbm, double temperature, Values parameters) =>
        Bridge.ValuesOf(FSharp.Rbm.tempered(temperature, Bridge.Given(rbm), Bridge.Weights(parameters)));

    /// <summary>
    /// The logits ln p(y, x) + constant of the classes: an ordinary layer, the discriminative machine whose visible units are the
    /// inputs x and one softmax unit y (Larochelle and Bengio 2008, https://doi.org/10.1145/1390156.1390224). [n; inputs] -&gt;
    /// [n; classes], logits d_c + Σ_j softplus(b_j + U_cj + xW_j).
    /// </summary>
    public static Layer<Tensor, Tensor> Discriminative(int inputs, int hidden, int classes) =>
        FSharp.Rbm.discriminative(inputs, hidden, classes);
}
