namespace Functional.CSharp;

public static partial class Dbms
{
    /// <summary>
    /// The posterior of the hidden units in the mean field: the means of independent ones whose distribution is nearest to
    /// p(h | v), KL(q ‖ p), found layer by layer from the bottom up, which never lowers <see cref="Bound"/>. Each keeps the part
    /// <paramref name="keep"/> of what it was; at most so many sweeps, until no mean moves by more than the tolerance. The first
    /// guess is a pass from the bottom up with the weights doubled below other hidden layers. Samples, or chances of 1,
    /// [n; visible] -&gt; the samples and the means beside each other, [n; units], without derivatives.
    /// </summary>
    public static Tensor MeanField(
        this Dbm dbm, Values parameters, Tensor samples, int sweeps, double keep = 0, double tolerance = 0) =>
        DbmMeanFields.meanField(
            keep, tolerance, sweeps, Bridge.Given(dbm), Bridge.Weights(parameters), Bridge.Given(samples));

    /// <summary>
    /// The variational bound on ln p(v) where ln Z is known, of samples and means of hidden units beside each other, [n; units],
    /// as <see cref="MeanField"/> gives them: -E + H(q) - ln Z with the entropy H of independent hidden units of these means,
    /// [n]. Below ln p(v) by KL(q ‖ p(h | v)).
    /// </summary>
    public static Tensor Bound(this Dbm dbm, double logZ, Values parameters, Tensor means) =>
        DbmMeanFields.bound(logZ, Bridge.Given(dbm), Bridge.Weights(parameters), Bridge.Given(means));

    /// <summary>
    /// The means of the topmost hidden units in the mean field after so many sweeps: [n; visible] -&gt; [n; hidden].
    /// </summary>
    public static Tensor Features(this Dbm dbm, int sweeps, Values parameters, Tensor samples) =>
        DbmMeanFields.features(sweeps, Bridge.Given(dbm), Bridge.Weights(parameters), Bridge.Given(samples));

    /// <summary>
    /// The discriminative network: dense layers and sigmoids that start as the mean field's first guess, weights doubled below
    /// other hidden layers, and a dense layer with so many outputs on top: an ordinary layer, fine-tuned by back-propagation.
    /// [n; visible] -&gt; [n; outputs].
    /// </summary>
    public static Layer<Tensor, Tensor> ToLayer(this Dbm dbm, int outputs, Values parameters) =>
        DbmMeanFields.toLayer(outputs, Bridge.Given(dbm), Bridge.Weights(parameters));

    /// <summary>
    /// ln Z, exactly: the sum over the states of the even layers or of the odd ones, whichever have fewer units, Bernoulli units
    /// or spins and at most 25, in bounded memory.
    /// </summary>
    public static double LogPartition(this Dbm dbm, Values parameters) =>
        DbmLikelihoods.logPartition(Bridge.Given(dbm), Bridge.Weights(parameters));

    /// <summary>
    /// ln p(v) of samples [n; visible] where ln Z is known: [n], in float64 and without derivatives. For each sample the sum over
    /// the states of the odd hidden layers or of the even ones, whichever have fewer units, at most 25.
    /// </summary>
    public static Tensor LogLikelihood(this Dbm dbm, double logZ, Values parameters, Tensor samples) =>
        DbmLikelihoods.logLikelihood(logZ, Bridge.Given(dbm), Bridge.Weights(parameters), Bridge.Given(samples));

    /// <summary>
    /// ln Z by annealed importance sampling: so many chains go from the base model of independent units, visible ones with the
    /// biases <paramref name="start"/>, [visible] (Rbms.BaseRates), and hidden ones with none, to the machine over so many inverse
    /// temperatures evenly from 0 to 1. Chains are of the even layers or of the odd ones, whichever have fewer units; the others
    /// are summed over (Neal 2001, https://arxiv.org/abs/physics/9803008; Salakhutdinov and Hinton 2009,
    /// http://proceedings.mlr.press/v5/salakhutdinov09a.html). Too small on average, as Rbms.Annealed. Discrete units.
    /// </summary>
    public static LogZ Annealed(this Dbm dbm, int betas, int chains, Tensor start, Key key, Values parameters) =>
        DbmLikelihoods.annealed(
            betas, chains, Bridge.Given(start), key, Bridge.Given(dbm), Bridge.Weights(parameters));

    /// <summary>
    /// The gradient of the mean of minus the variational bound on ln p(v): data go with the means of <paramref name="sweeps"/>
    /// sweeps of the mean field, the model with persistent chains, k Gibbs sweeps a step (Salakhutdinov and Hinton 2009,
    /// http://proceedings.mlr.press/v5/salakhutdinov09a.html), whose odd layers count by their means. The chains are in the
    /// rule's state, "chains" [chains; units]. The loss is the mean energy of data and means minus that of chains. Training starts
    /// from the parameters given, such as <see cref="Init"/> or <see cref="Greedy"/> make. Batches are samples [n; visible],
    /// Bernoulli units also as chances.
    /// </summary>
    public static Rule<Tensor> Persistent(
        this Dbm dbm, int chains, Values parameters, int k = 1, int sweeps = 10) =>
        DbmRules.persistent(
            chains, k, sweeps, Filled(FSharp.Dbm.init(0, default, Bridge.Given(dbm)), parameters), dbm);

    /// <summary>
    /// First parameters, machine by machine from the bottom up, each on the means of the hidden units below
    /// (<see cref="CSharp.Greedy.Layerwise"/>). The lowest machine sees its visible units twice and the topmost has its hidden
    /// units twice, which share their parameters, for what the other neighbour will add to the layer between; the weights of
    /// machines between them are halved, and a layer's bias is the mean of its two machines' (Salakhutdinov and Hinton 2009,
    /// section 3.1; the paper leaves the biases open). <paramref name="rule"/> makes a rule of a machine, whose gradients are means
    /// over the copies; <paramref name="train"/> takes a key, a rule and its data [n; visible] to the machine's parameters by path.
    /// </summary>
    public static Parameters Greedy(
        this Dbm dbm, Func<Rbm, Rule<Tensor>> rule, Func<Key, Rule<Tensor>, Tensor, Values> train, Key key, Tensor data) =>
        Bridge.Leaves(
            DbmRules.greedy(
                Bridge.Fun(rule),
                Bridge.With(train, given => Bridge.Fun(
                    (Key own, Rule<Tensor> machine, Tensor seen) => Bridge.Weights(given(own, machine, seen)))),
                Bridge.Given(dbm),
                key,
                Bridge.Given(data)));

    private static Tree<Param> Filled(Tree<Param> first, Values parameters) =>
        FSharp.Params.refill(FSharp.Tree.values(Bridge.Like(first, parameters)), first);
}
