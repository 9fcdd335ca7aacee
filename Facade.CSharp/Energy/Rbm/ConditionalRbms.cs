namespace Functional.CSharp;

/// <summary>
/// Conditional restricted Boltzmann machines: p(v, h | c) with the biases a + cA and b + cB (Taylor, Hinton and Roweis 2007;
/// Mnih, Larochelle and Hinton 2011, https://arxiv.org/abs/1202.3748). Parameters: those of the machine, "context/visible"
/// [context; visible] and "context/hidden" [context; hidden].
/// </summary>
public static class ConditionalRbms
{
    /// <summary>A machine under contexts of so many numbers.</summary>
    public static ConditionalRbm Create(int context, Rbm machine) =>
        FSharp.ConditionalRbm.create(context, Bridge.Given(machine));

    /// <summary>First parameters: all weights N(0, deviation²), biases 0.</summary>
    public static Parameters Init(this ConditionalRbm conditional, double deviation, Key key) =>
        Bridge.Leaves(FSharp.ConditionalRbm.init(deviation, key, Bridge.Given(conditional)));

    /// <summary>
    /// The means of the hidden units given contexts and visible units: [n; context] and [n; visible] -&gt; [n; hidden].
    /// </summary>
    public static Tensor HiddenMeans(
        this ConditionalRbm conditional, Values parameters, Tensor context, Tensor visible) =>
        FSharp.ConditionalRbm.hiddenMeans(
            Bridge.Given(conditional), Bridge.Weights(parameters), Bridge.Given(context), Bridge.Given(visible));

    /// <summary>
    /// The means of the visible units given contexts and hidden units: [n; context] and [n; hidden] -&gt; [n; visible].
    /// </summary>
    public static Tensor VisibleMeans(
        this ConditionalRbm conditional, Values parameters, Tensor context, Tensor hidden) =>
        FSharp.ConditionalRbm.visibleMeans(
            Bridge.Given(conditional), Bridge.Weights(parameters), Bridge.Given(context), Bridge.Given(hidden));

    /// <summary>
    /// The free energy F(v | c) under contexts [n; context], p(v | c) = exp(-F(v | c))/Z(c): [n; visible] -&gt; [n].
    /// </summary>
    public static Tensor FreeEnergy(
        this ConditionalRbm conditional, Values parameters, Tensor context, Tensor visible) =>
        FSharp.ConditionalRbm.freeEnergy(
            Bridge.Given(conditional), Bridge.Weights(parameters), Bridge.Given(context), Bridge.Given(visible));

    /// <summary>
    /// Gibbs sampling under contexts [chains; context]: all hidden units, then all visible ones. States [chains; visible].
    /// </summary>
    public static Kernel<ValueTuple> Gibbs(this ConditionalRbm conditional, Values parameters, Tensor context) =>
        Kernels.Silent(FSharp.ConditionalRbm.gibbs(
            Bridge.Given(conditional), Bridge.Weights(parameters), Bridge.Given(context)));

    /// <summary>
    /// ln p(v | c) of samples [n; visible] under contexts [n; context] by enumeration of the smaller layer of Bernoulli units or
    /// spins, at most 25, in bounded memory: [n].
    /// </summary>
    public static Tensor LogLikelihood(
        this ConditionalRbm conditional, Values parameters, Tensor context, Tensor samples) =>
        FSharp.ConditionalRbm.logLikelihood(
            Bridge.Given(conditional), Bridge.Weights(parameters), Bridge.Given(context), Bridge.Given(samples));

    /// <summary>
    /// A rule: contrastive divergence of samples [n; visible] with contexts [n; context], the gradient of the mean of F(v | c) less
    /// that of what k Gibbs sweeps under the same contexts make of the samples, which are held constant (Hinton 2002,
    /// https://doi.org/10.1162/089976602760128018). Bernoulli units of data may be probabilities, from 0 to 1. The loss is this
    /// difference. First weights N(0, deviation²).
    /// </summary>
    public static Rule<(Tensor Visible, Tensor Context)> ContrastiveDivergence(
        this ConditionalRbm conditional, int k = 1, double deviation = 0.01) =>
        FSharp.ConditionalRbm.contrastiveDivergence(k, deviation, Bridge.Given(conditional));
}
