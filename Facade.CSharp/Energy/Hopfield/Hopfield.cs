namespace Functional.CSharp;

/// <summary>
/// Hopfield networks (Hopfield 1982, https://doi.org/10.1073/pnas.79.8.2554): memories of binary patterns.
/// </summary>
public static partial class Hopfield
{
    /// <summary>
    /// A network of weights [n; n] and thresholds [n], both float32 or both float64. The weights are finite, exactly
    /// symmetric ((w + wᵀ)/2 is) and 0 on the diagonal: otherwise the energy could rise and recall need not end.
    /// </summary>
    public static HopfieldNetwork Create(HopfieldUnits units, Tensor weights, Tensor thresholds) =>
        FSharp.Hopfield.create(Bridge.Given(units), Bridge.Given(weights), Bridge.Given(thresholds));

    /// <summary>
    /// Hebb's rule: W = 1/n·Σ ξ·ξᵀ without its diagonal, thresholds 0, from patterns [p; n] of -1 and 1 (2x - 1 for
    /// patterns of 0 and 1). Retrieves up to about 0.138·n random patterns (Amit, Gutfreund and Sompolinsky 1985,
    /// https://doi.org/10.1103/PhysRevLett.55.1530).
    /// </summary>
    public static HopfieldNetwork Hebb(Tensor patterns) => HopfieldStorage.hebb(Bridge.Given(patterns));

    /// <summary>
    /// Hebb's rule as a learning rule: parameters "weight" [units; units], which are 0 at first; the gradient is minus what
    /// <see cref="Hebb"/> stores of the batch, and the loss the mean energy of the batch before the step. So
    /// Optimizers.Sgd at rate 1 stores what <see cref="Hebb"/> does, all at once or batch after batch, and the decay of
    /// weights forgets. Batches are patterns [p; units] of -1 and 1.
    /// </summary>
    public static Rule<Tensor> Hebbian(int units) => HopfieldStorage.hebbian(units);

    /// <summary>
    /// The network whose weights are the parameters of a run of <see cref="Hebbian"/>, thresholds 0.
    /// </summary>
    public static HopfieldNetwork Learned(Values parameters) => HopfieldStorage.learned(Bridge.Weights(parameters));

    /// <summary>
    /// The projection rule: W = Ξ⁺Ξ, which projects onto the patterns [p; n] of -1 and 1, without its diagonal; thresholds
    /// 0. Fewer than n independent patterns are all stable, however alike they are (Personnaz, Guyon and Dreyfus 1985,
    /// https://doi.org/10.1051/jphyslet:01985004608035900).
    /// </summary>
    public static HopfieldNetwork PseudoInverse(Tensor patterns) =>
        HopfieldStorage.pseudoInverse(Bridge.Given(patterns));

    /// <summary>
    /// Storkey's rule, pattern after pattern: w_ij grows by (ξ_i·ξ_j - ξ_i·h_ji - h_ij·ξ_j)/n with h_ij = Σ w_ik·ξ_k over k
    /// other than i and j; no diagonal, thresholds 0. Patterns [p; n] of -1 and 1; it is local and takes patterns one by
    /// one, and holds more than Hebb's rule (Storkey 1997, https://doi.org/10.1007/BFb0020196).
    /// </summary>
    public static HopfieldNetwork Storkey(Tensor patterns) => HopfieldStorage.storkey(Bridge.Given(patterns));

    /// <summary>
    /// E(x) = -½·xᵀWx + bᵀx for thresholds b: [k; n] -&gt; [k], differentiable; the units may have any values.
    /// </summary>
    public static Tensor Energy(this HopfieldNetwork network, Tensor states) =>
        FSharp.Hopfield.energy(Bridge.Given(network), Bridge.Given(states));

    /// <summary>
    /// What drives each unit, u = Wx - b, which is -∂E/∂x: [k; n] -&gt; [k; n]. Changing unit k alone by Δ changes E by
    /// -u_k·Δ.
    /// </summary>
    public static Tensor Fields(this HopfieldNetwork network, Tensor states) =>
        FSharp.Hopfield.fields(Bridge.Given(network), Bridge.Given(states));

    /// <summary>
    /// The same network of units 0 and 1, x ↦ (x + 1)/2: the weights stay, thresholds b become (b + W·1)/2. Fields halve,
    /// so recall takes the same way; energies become a quarter, up to a constant. Binary networks stay as they are.
    /// </summary>
    public static HopfieldNetwork ToBinary(this HopfieldNetwork network) =>
        FSharp.Hopfield.toBinary(Bridge.Given(network));

    /// <summary>
    /// The same network of units -1 and 1, x ↦ 2x - 1: the weights stay, thresholds b become 2b - W·1. Bipolar networks
    /// stay as they are.
    /// </summary>
    public static HopfieldNetwork ToBipolar(this HopfieldNetwork network) =>
        FSharp.Hopfield.toBipolar(Bridge.Given(network));

    /// <summary>
    /// Asynchronous recall: sweep after sweep each unit in turn, in an order drawn anew for each state and sweep, becomes 1
    /// where its field is positive and its lower value where it is negative; where it is zero the unit stays. Ends where no
    /// unit would change (not where E = 0), which is always reached, for each change lowers the energy; at the latest after
    /// <paramref name="maxSweeps"/>. states: [k; n]. A field is zero within 1e-6 (float64: 1e-12) of Σ|w| + |b|.
    /// </summary>
    public static Recall Recall(this HopfieldNetwork network, Tensor states, Key key, int maxSweeps = 10_000) =>
        HopfieldRecalls.recall(maxSweeps, key, Bridge.Given(network), Bridge.Given(states));

    /// <summary>Asynchronous recall whose sweeps go through the units 0, 1, 2, … states: [k; n].</summary>
    public static Recall RecallInOrder(this HopfieldNetwork network, Tensor states, int maxSweeps = 10_000) =>
        HopfieldRecalls.recallInOrder(maxSweeps, Bridge.Given(network), Bridge.Given(states));

    /// <summary>
    /// Synchronous recall: in each step all units follow the fields of the step before. It need not settle: a state that
    /// comes back after two steps alternates without end, and is given up as cycling. states: [k; n].
    /// </summary>
    public static Recall RecallTogether(this HopfieldNetwork network, Tensor states, int maxSweeps = 10_000) =>
        HopfieldRecalls.recallTogether(maxSweeps, Bridge.Given(network), Bridge.Given(states));

    /// <summary>Whether no unit of a state would change: [k; n] -&gt; k truth values.</summary>
    public static bool[] IsStable(this HopfieldNetwork network, Tensor states) =>
        HopfieldRecalls.isStable(Bridge.Given(network), Bridge.Given(states));

    /// <summary>
    /// The changes on the way of <see cref="Recall"/>, in order, for one state [n]: those of the first state of a batch.
    /// </summary>
    public static HopfieldFlip[] Flips(this HopfieldNetwork network, Tensor state, Key key, int maxSweeps = 10_000) =>
        HopfieldRecalls.flips(maxSweeps, key, Bridge.Given(network), Bridge.Given(state));
}
