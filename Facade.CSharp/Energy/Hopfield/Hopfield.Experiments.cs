namespace Functional.CSharp;

public static partial class Hopfield
{
    /// <summary>Patterns of -1 and 1, each as likely, float32: [patterns; units].</summary>
    public static Tensor RandomPatterns(int patterns, int units, Key key) =>
        HopfieldExperiments.randomPatterns(patterns, units, key);

    /// <summary>
    /// Patterns [p; n] of -1 and 1 with a part of the units of each, rounded to a whole number of them, flipped at random.
    /// </summary>
    public static Tensor Flipped(Tensor patterns, double part, Key key) =>
        HopfieldExperiments.flipped(part, key, Bridge.Given(patterns));

    /// <summary>
    /// How alike states of -1 and 1 are, row by row: m = 1/n·Σ a_i·b_i, 1 for equal ones, 0 for unrelated ones: [k; n] and
    /// [k; n] -&gt; [k].
    /// </summary>
    public static Tensor Overlap(Tensor a, Tensor b) =>
        HopfieldExperiments.overlap(Bridge.Given(a), Bridge.Given(b));

    /// <summary>
    /// The part of the units of stored patterns [p; n] that one synchronous step changes. For Hebb's rule and random
    /// patterns it is ½·erfc(1/√(2·load)) with load p/n.
    /// </summary>
    public static double OneStepError(this HopfieldNetwork network, Tensor patterns) =>
        HopfieldExperiments.oneStepError(Bridge.Given(network), Bridge.Given(patterns));

    /// <summary>
    /// The overlap of each pattern [p; n] of -1 and 1 with what a bipolar network recalls from it after a part of its units
    /// was flipped: [p]. Over several parts it shows the basins of attraction.
    /// </summary>
    public static Tensor Retrieval(this HopfieldNetwork network, Tensor patterns, double part, Key key) =>
        HopfieldExperiments.retrieval(part, key, Bridge.Given(network), Bridge.Given(patterns));

    /// <summary>The one-step error of Hebb's rule for round(load·units) random patterns.</summary>
    public static double ErrorAtLoad(int units, double load, Key key) =>
        HopfieldExperiments.errorAtLoad(units, load, key);

    /// <summary>
    /// The mean overlap of round(load·units) random patterns, stored by Hebb's rule, with what is recalled from them after
    /// a part of their units was flipped.
    /// </summary>
    public static double OverlapAtLoad(int units, double load, double part, Key key) =>
        HopfieldExperiments.overlapAtLoad(units, load, part, key);

    /// <summary>
    /// The sign of the sum of an odd number of patterns [p; n] of -1 and 1, [n]: a spurious state of Hebb's rule, as stable
    /// as they are but higher in energy, where these are few.
    /// </summary>
    public static Tensor Mixture(Tensor patterns) => HopfieldExperiments.mixture(Bridge.Given(patterns));

    /// <summary>
    /// The part of random states, so many of them, that settle neither in a stored pattern [p; n] of -1 and 1 nor in the
    /// negative of one.
    /// </summary>
    public static double SpuriousShare(this HopfieldNetwork network, Tensor patterns, int trials, Key key) =>
        HopfieldExperiments.spuriousShare(trials, key, Bridge.Given(network), Bridge.Given(patterns));
}
