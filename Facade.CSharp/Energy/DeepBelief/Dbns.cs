namespace Functional.CSharp;

/// <summary>
/// Deep belief networks (Hinton, Osindero and Teh 2006, https://doi.org/10.1162/neco.2006.18.7.1527).
/// </summary>
public static class Dbns
{
    /// <summary>A network of machines with their parameters by path, from the bottom up.</summary>
    public static Dbn Create(params IEnumerable<(Rbm Machine, Values Parameters)> machines) =>
        FSharp.Dbn.create(Bridge.Given(machines).Select(Trees));

    /// <summary>
    /// The machines with their parameters by path, from the bottom up. Where ways up and down differ, these are those of the way
    /// down.
    /// </summary>
    public static IReadOnlyList<(Rbm Machine, Values Parameters)> Machines(this Dbn dbn) =>
        [.. FSharp.Dbn.machines(Bridge.Given(dbn)).Select(Leaves)];

    /// <summary>
    /// The machines with the parameters of the way up, which recognise, from the bottom up: those of <see cref="Machines"/> unless
    /// the up-down rule has parted them. The biases of their visible units are of no use.
    /// </summary>
    public static IReadOnlyList<(Rbm Machine, Values Parameters)> Recognition(this Dbn dbn) =>
        [.. FSharp.Dbn.recognition(Bridge.Given(dbn)).Select(Leaves)];

    /// <summary>
    /// Trains machine after machine, each on the means of the hidden units below. <paramref name="train"/> takes a key, a
    /// machine and its data [n; visible] to the machine's parameters by path.
    /// </summary>
    public static Dbn Greedy(
        Func<Key, Rbm, Tensor, Values> train, IEnumerable<Rbm> machines, Key key, Tensor data) =>
        FSharp.Dbn.greedy(
            Bridge.With(train, given => Bridge.Fun((Key own, Rbm rbm, Tensor seen) => Tree(rbm, given(own, rbm, seen)))),
            Bridge.Given(machines),
            key,
            Bridge.Given(data));

    /// <summary>
    /// The means of the topmost hidden units, level by level from samples on the way up: [n; visible] -&gt; [n; hidden].
    /// </summary>
    public static Tensor Features(this Dbn dbn, Tensor samples) =>
        FSharp.Dbn.features(Bridge.Given(dbn), Bridge.Given(samples));

    /// <summary>
    /// Samples: so many Gibbs sweeps of the top machine from states of its visible units, [count; units], then down to the
    /// means of the lowest visible units: [count; visible].
    /// </summary>
    public static Tensor SampleFrom(this Dbn dbn, int sweeps, Tensor start, Key key) =>
        FSharp.Dbn.sampleFrom(sweeps, Bridge.Given(start), key, Bridge.Given(dbn));

    /// <summary>Samples from random states of the top machine: [count; visible].</summary>
    public static Tensor Sample(this Dbn dbn, int sweeps, int count, Key key) =>
        FSharp.Dbn.sample(sweeps, count, key, Bridge.Given(dbn));

    /// <summary>
    /// The discriminative network: a dense layer and a sigmoid for each machine that start from its way up, and a dense layer
    /// with so many outputs on top: an ordinary layer, fine-tuned by back-propagation. [n; visible] -&gt; [n; outputs].
    /// </summary>
    public static Layer<Tensor, Tensor> ToLayer(this Dbn dbn, int outputs) =>
        FSharp.Dbn.toLayer(outputs, Bridge.Given(dbn));

    /// <summary>
    /// The network with one more machine on top that changes nothing yet: the topmost turned over, its weights transposed.
    /// </summary>
    public static Dbn Tied(this Dbn dbn) => FSharp.Dbn.tied(Bridge.Given(dbn));

    /// <summary>
    /// The variational bound on ln p(v) of samples [n; visible], with the means that <see cref="Features"/> uses as the
    /// approximate posterior: Σ q(h|v)·(ln p(v|h) + ln p(h) - ln q(h|v)), level by level: [n]. By enumeration, at most 20
    /// Bernoulli units in each hidden layer but the topmost, in float64.
    /// </summary>
    public static Tensor Bound(this Dbn dbn, Tensor samples) =>
        FSharp.Dbn.bound(Bridge.Given(dbn), Bridge.Given(samples));

    /// <summary>
    /// The contrastive up-down rule (Hinton, Osindero and Teh 2006, appendix B): units drawn on the way up teach the weights
    /// of the way down, <paramref name="sweeps"/> Gibbs sweeps teach the top machine, and units drawn on the way down from
    /// there teach the weights of the way up. Parameters: "0", "1", … with "up" and "down" each, and "top". The loss is the
    /// mean squared error of the lowest units on the way down.
    /// </summary>
    public static Rule<Tensor> UpDown(this Dbn dbn, int sweeps) => DbnLearning.upDown(sweeps, Bridge.Given(dbn));

    /// <summary>
    /// The network with the parameters that a run of <see cref="UpDown"/> has reached, both ways: <see cref="Sample"/> goes by the
    /// top machine and the ways down, <see cref="Features"/>, <see cref="ToLayer"/> and the posterior of <see cref="Bound"/> by
    /// the ways up.
    /// </summary>
    public static Dbn AfterUpDown(this Dbn dbn, Snapshot snapshot) =>
        DbnLearning.afterUpDown(Bridge.Given(snapshot).ParamsTree, Bridge.Given(dbn));

    private static (Rbm, Tree<Param>) Trees((Rbm Machine, Values Parameters) machine) =>
        (Bridge.Given(machine.Machine), Tree(machine.Machine, machine.Parameters));

    private static (Rbm, Values) Leaves((Rbm Machine, Tree<Param> Parameters) machine) =>
        (machine.Machine, Bridge.ValuesOf(machine.Parameters));

    // The values of a machine's parameters, with the roles that its first parameters have.
    private static Tree<Param> Tree(Rbm rbm, Values parameters) => Filled(FSharp.Rbm.init(0, default, rbm), parameters);

    private static Tree<Param> Filled(Tree<Param> first, Values parameters) =>
        FSharp.Params.refill(FSharp.Tree.values(Bridge.Like(first, parameters)), first);
}
