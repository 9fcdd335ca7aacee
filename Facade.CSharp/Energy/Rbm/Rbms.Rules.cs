namespace Functional.CSharp;

// Batches of the rules are samples [n; visible]; the gradients are those of the mean of -ln p(v), with the model's part replaced
// by what is sampled. The loss of a sampled rule is the mean free energy of the data minus that of the samples.
public static partial class Rbms
{
    /// <summary>
    /// Contrastive divergence: samples are what k Gibbs sweeps make of the batch itself (CD-k, Hinton 2002,
    /// https://doi.org/10.1162/089976602760128018). Biased, the less the larger k. First weights N(0, deviation²).
    /// </summary>
    public static Rule<Tensor> ContrastiveDivergence(this Rbm rbm, int k = 1, double deviation = 0.01) =>
        RbmRules.contrastiveDivergence(k, deviation, Bridge.Given(rbm));

    /// <summary>
    /// Persistent contrastive divergence: so many chains go on from step to step, k Gibbs sweeps each (PCD, Tieleman 2008,
    /// https://doi.org/10.1145/1390156.1390290). The chains are in the rule's state, "chains" [chains; visible].
    /// </summary>
    public static Rule<Tensor> Persistent(this Rbm rbm, int chains, int k = 1, double deviation = 0.01) =>
        RbmRules.persistent(chains, k, deviation, Bridge.Given(rbm));

    /// <summary>
    /// Persistent contrastive divergence with fast weights for the chains alone, which decay by 19/20 a step and learn at
    /// <paramref name="fastRate"/>, so that chains move on quickly (FPCD, Tieleman and Hinton 2009,
    /// https://doi.org/10.1145/1553374.1553506).
    /// </summary>
    public static Rule<Tensor> FastPersistent(
        this Rbm rbm, int chains, double fastRate, int k = 1, double deviation = 0.01) =>
        RbmRules.fastPersistent(chains, k, fastRate, deviation, Bridge.Given(rbm));

    /// <summary>
    /// Persistent chains at several temperatures, the first of which is 1, that change places (Desjardins et al. 2010; parallel
    /// tempering). For discrete units. The chains at temperature 1 are the samples.
    /// </summary>
    public static Rule<Tensor> TemperedPersistent(
        this Rbm rbm, IEnumerable<double> temperatures, int chains, int k = 1, double deviation = 0.01) =>
        RbmRules.temperedPersistent(Bridge.Given(temperatures), chains, k, deviation, Bridge.Given(rbm));

    /// <summary>
    /// The gradient in centred form: units are taken from their means, μ of the visible and λ of the hidden ones, moving averages
    /// over the batches that keep the part <paramref name="keep"/> (Montavon and Müller 2012; Melchior et al. 2016, enhanced
    /// gradient). A linear change of the rule's own gradient, so any rule of a machine can be centred.
    /// </summary>
    public static Rule<Tensor> Centred(this Rbm rbm, Rule<Tensor> inner, double keep = 0.9) =>
        RbmRules.centred(keep, Bridge.Given(rbm), Bridge.Given(inner));

    /// <summary>
    /// A rule with the gradient of a penalty more, cost times the mean over the batch of the cross-entropy of each hidden unit to
    /// the target: cost·(q - target) for its input, q its mean given the sample, and so for its bias and its incoming weights
    /// alike. Hidden units come to be active as often as the target says (Hinton 2010, A practical guide, section 11, whose q is a
    /// running average).
    /// </summary>
    public static Rule<Tensor> Sparse(this Rbm rbm, double target, double cost, Rule<Tensor> inner) =>
        RbmRules.sparse(target, cost, Bridge.Given(rbm), Bridge.Given(inner));

    /// <summary>
    /// The exact gradient of the mean of -ln p(v), which is the loss, by enumeration of the smaller layer, at most 25 units.
    /// </summary>
    public static Rule<Tensor> Exact(this Rbm rbm, double deviation = 0.01) =>
        RbmLikelihoods.exact(deviation, Bridge.Given(rbm));
}
