namespace Functional.CSharp;

/// <summary>Numbers for each step, counted from 0: learning rates and the like.</summary>
public static class Schedules
{
    /// <summary>The same number at every step.</summary>
    public static Func<int, double> Constant(double value) => FSharp.Schedule.constant(value).Invoke;

    /// <summary>value·factor^⌊step/steps⌋: decay once every so many steps.</summary>
    public static Func<int, double> Decay(double value, double factor, int steps) =>
        FSharp.Schedule.decay(value, factor, steps).Invoke;

    /// <summary>
    /// From <paramref name="value"/> down to <paramref name="final"/> along half a cosine over so many steps, then
    /// constant (Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983).
    /// </summary>
    public static Func<int, double> Cosine(double value, double final, int steps) =>
        FSharp.Schedule.cosine(value, final, steps).Invoke;

    /// <summary>
    /// value·ln 2/ln(step + 2): the cooling under which simulated annealing finds the least energy for a large enough value (Geman
    /// and Geman 1984, https://doi.org/10.1109/TPAMI.1984.4767596).
    /// </summary>
    public static Func<int, double> Logarithmic(double value) => FSharp.Schedule.logarithmic(value).Invoke;

    /// <summary>
    /// Linear from 0 over the first so many steps, then the other schedule from its beginning: after(0)·(step + 1)/steps
    /// while step &lt; steps, then after(step - steps).
    /// </summary>
    public static Func<int, double> Warmup(int steps, Func<int, double> after) =>
        FSharp.Schedule.warmup(steps, Bridge.Fun(after)).Invoke;

    /// <summary>The value of each piece from its first step on: (0, 0.1), (1000, 0.01).</summary>
    public static Func<int, double> Pieces(params IEnumerable<(int From, double Value)> values) =>
        FSharp.Schedule.pieces(Bridge.Named(values)).Invoke;

    /// <summary>From value to final as final + (value - final)·(1 - step/steps)^power, then constant.</summary>
    public static Func<int, double> Polynomial(double power, double value, double final, int steps) =>
        FSharp.Schedule.polynomial(power, value, final, steps).Invoke;

    /// <summary>From value to final in a straight line over so many steps, then constant.</summary>
    public static Func<int, double> Linear(double value, double final, int steps) =>
        FSharp.Schedule.linear(value, final, steps).Invoke;

    /// <summary>One schedule for the first so many steps, then another from its beginning.</summary>
    public static Func<int, double> Join(int steps, Func<int, double> first, Func<int, double> next) =>
        FSharp.Schedule.join(steps, Bridge.Fun(first), Bridge.Fun(next)).Invoke;

    /// <summary>
    /// Up from value/25 to the value along half a cosine over the first part of the steps, then down to
    /// value/250000: one cycle (Smith and Topin 2018, https://arxiv.org/abs/1708.07120).
    /// </summary>
    public static Func<int, double> OneCycle(double value, double part, int steps) =>
        FSharp.Schedule.oneCycle(value, part, steps).Invoke;

    /// <summary>
    /// Half cosines from value to final, the first over so many steps, each next one factor times as long: warm
    /// restarts (Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983).
    /// </summary>
    public static Func<int, double> Restarts(double value, double final, int steps, int factor = 1) =>
        FSharp.Schedule.restarts(value, final, steps, factor).Invoke;
}
