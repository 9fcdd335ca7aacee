namespace Functional.CSharp;

/// <summary>Transforms around transforms.</summary>
public static partial class Transforms
{
    /// <summary>
    /// The inner transform sees the mean of so many gradients, and moves once in so many steps: large batches in
    /// small ones.
    /// </summary>
    public static Transform Accumulate(int steps, Transform inner) => Wrappers.accumulate(steps, Bridge.Given(inner));

    /// <summary>
    /// Keeps the moving average a ← β·a + (1-β)·p of the parameters beside them; Averaged reads it.
    /// </summary>
    public static Transform Average(double beta, Transform inner) => Wrappers.average(beta, Bridge.Given(inner));

    /// <summary>
    /// Keeps the mean of the parameters from a step on beside them (stochastic weight averaging, Izmailov et al.
    /// 2018, https://arxiv.org/abs/1803.05407); Averaged reads it.
    /// </summary>
    public static Transform AverageFrom(int from, Transform inner) => Wrappers.averageFrom(from, Bridge.Given(inner));

    /// <summary>
    /// The snapshot with the average that Average or AverageFrom, the outermost transform of the run, keeps in its
    /// memory in place of the parameters.
    /// </summary>
    public static Snapshot Averaged(this Snapshot snapshot) =>
        FSharp.Snapshot.withParams(
            Wrappers.averaged(Bridge.Given(snapshot).MemoryTree, snapshot.ParamsTree), snapshot);

    /// <summary>
    /// Every so many steps the parameters go back to slow ones, which have moved by the part α of the way there
    /// (Zhang et al. 2019, https://arxiv.org/abs/1907.08610).
    /// </summary>
    public static Transform Lookahead(int steps, double alpha, Transform inner) =>
        Wrappers.lookahead(steps, alpha, Bridge.Given(inner));

    /// <summary>
    /// Where the loss, a gradient or the rule's new state is NaN or infinite all stands still: the parameters, the inner
    /// transform's memory, and the state, which stays as it was before the step.
    /// </summary>
    public static Transform SkipNonFinite(Transform inner) => Wrappers.skipNonFinite(Bridge.Given(inner));

    /// <summary>
    /// The inner transform's update times a factor that starts at 1 and is multiplied by factor whenever the loss
    /// has not fallen below best - least·|best| for patience steps: the plateau schedule.
    /// </summary>
    public static Transform Plateau(double factor, int patience, double least, Transform inner) =>
        Wrappers.plateau(factor, patience, least, Bridge.Given(inner));
}
