namespace Functional.CSharp;

/// <summary>Transforms that limit, penalise or disturb gradients.</summary>
public static partial class Transforms
{
    /// <summary>Each element of g between -limit and limit.</summary>
    public static Transform ClipByValue(double limit) => Limits.clipByValue(limit);

    /// <summary>Each tensor of g no longer than the limit.</summary>
    public static Transform ClipByNorm(double limit) => Limits.clipByNorm(limit);

    /// <summary>
    /// All of g together no longer than the limit: all tensors are shortened alike (Pascanu, Mikolov and Bengio
    /// 2013).
    /// </summary>
    public static Transform ClipByGlobalNorm(double limit) => Limits.clipByGlobalNorm(limit);

    /// <summary>
    /// Each tensor of g no longer than limit·max(|p|, 10⁻³) (adaptive clipping, Brock et al. 2021,
    /// https://arxiv.org/abs/2102.06171, by tensors instead of units).
    /// </summary>
    public static Transform ClipAdaptive(double limit) => Limits.clipAdaptive(limit);

    /// <summary>g ← g + rate·sign(p) for weights only: the penalty rate·|p|₁.</summary>
    public static Transform L1(double rate) => Limits.l1(rate);

    /// <summary>
    /// Last in a chain: weights shrink towards 0 by the threshold after the update, and stay at 0 once there (soft
    /// thresholding). The threshold is the learning rate times the penalty's.
    /// </summary>
    public static Transform ProximalL1(Func<int, double> threshold) => Limits.proximalL1(Bridge.Fun(threshold));

    /// <summary>
    /// g ← g + σ(step)·n with n normal, from the step's key (Neelakantan et al. 2015,
    /// https://arxiv.org/abs/1511.06807).
    /// </summary>
    public static Transform AddNoise(Func<int, double> deviation) => Limits.addNoise(Bridge.Fun(deviation));

    /// <summary>
    /// The parameters that are frozen, by path, stand still; the inner transform sees the others alone.
    /// </summary>
    public static Transform Freeze(Func<string, Param, bool> frozen, Transform inner) =>
        Limits.freeze(Bridge.Fun(frozen), Bridge.Given(inner));
}
