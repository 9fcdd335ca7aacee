namespace Functional.CSharp;

/// <summary>
/// Data sets that are drawn, not read: each is a function of its arguments alone. Sample i depends on the key and on i alone
/// and belongs to class i mod k of k classes, so that all are equally frequent up to one; Shuffle mixes them.
/// </summary>
public static class Synthetic
{
    /// <summary>
    /// Two spirals (after Lang and Witbrock 1988): class 0 on r·(cos 2πtr, sin 2πtr) with t turns and r² uniform on [0, 1),
    /// class 1 on its mirror image through the origin. Inputs [count; 2], labels int64 [count].
    /// </summary>
    public static Dataset Spirals(double turns, double noise, int count, Key key) =>
        FSharp.Synthetic.spirals(turns, noise, count, key);

    /// <summary>
    /// Two half circles that reach into each other, with φ uniform on [0, π): class 0 on (cos φ, sin φ), class 1 on
    /// (1 - cos φ, ½ - sin φ). Inputs [count; 2], labels int64 [count].
    /// </summary>
    public static Dataset Moons(double noise, int count, Key key) => FSharp.Synthetic.moons(noise, count, key);

    /// <summary>
    /// Circles about the origin, one class on each radius. Inputs [count; 2], labels int64 [count].
    /// </summary>
    public static Dataset Rings(IEnumerable<double> radii, double noise, int count, Key key) =>
        FSharp.Synthetic.rings(Bridge.Given(radii), noise, count, key);

    /// <summary>
    /// Normal clouds of one standard deviation about centres [k; d], one class each. Inputs [count; d], labels int64 [count].
    /// </summary>
    public static Dataset Gaussians(Tensor centres, double deviation, int count, Key key) =>
        FSharp.Synthetic.gaussians(Bridge.Given(centres), deviation, count, key);

    /// <summary>
    /// The centres of k modes on a circle about the origin, mode c at the angle 2πc/k: float32 [k; 2]. Eight on radius 1 or 2
    /// are the usual test of whether a generative model finds every mode.
    /// </summary>
    public static Tensor Circle(int modes, double radius) => FSharp.Synthetic.circle(modes, radius);

    /// <summary>
    /// Bars and stripes (MacKay 2003): every image of n×n pixels whose rows, or whose columns, are each wholly 0 or 1, once
    /// each: float32 [2ⁿ⁺¹ - 2; n·n], 1 ≤ n ≤ 12.
    /// </summary>
    public static Tensor BarsAndStripes(int n) => FSharp.Synthetic.barsAndStripes(n);
}
