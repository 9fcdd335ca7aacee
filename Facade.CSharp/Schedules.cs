namespace Functional.CSharp;

/// <summary>Numbers for each step, counted from 0: learning rates and the like.</summary>
public static class Schedules
{
    /// <summary>The same number at every step.</summary>
    public static Func<int, double> Constant(double value) => step => FSharp.Schedule.constant(value, step);

    /// <summary>value·factor^⌊step/steps⌋: decay once every so many steps.</summary>
    public static Func<int, double> Decay(double value, double factor, int steps) =>
        FSharp.Schedule.decay(value, factor, steps).Invoke;

    /// <summary>
    /// From <paramref name="value"/> down to <paramref name="final"/> along half a cosine over so many steps, then
    /// constant (Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983).
    /// </summary>
    public static Func<int, double> Cosine(double value, double final, int steps) =>
        FSharp.Schedule.cosine(value, final, steps).Invoke;

    /// <summary>Linear from 0 over the first so many steps, then the other schedule from its beginning.</summary>
    public static Func<int, double> Warmup(int steps, Func<int, double> after) =>
        FSharp.Schedule.warmup(steps, Bridge.Fun(after)).Invoke;
}
