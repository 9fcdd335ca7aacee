using Microsoft.FSharp.Core;

namespace Functional.CSharp;

/// <summary>
/// Transforms of gradients. An update is added to the parameters, so descent scales by a negative number.
/// </summary>
public static partial class Transforms
{
    /// <summary>
    /// A transform of one's own: its first memory from the parameters, and what it makes of an estimate, with the memory
    /// afterwards, at a moment, for parameters and memory, all by path. `estimate with { Gradients = … }` keeps the rest.
    /// </summary>
    public static Transform Create(
        Func<Parameters, Values> init,
        Func<Moment, Parameters, Values, Estimation, (Estimation Estimate, Values Memory)> update) =>
        FSharp.Transform.create(
            Bridge.With(init, given => Bridge.Fun((Tree<Param> ps) => Bridge.Tree(given(Bridge.Leaves(ps))))),
            Bridge.With(update, given => Bridge.Fun(
                (Moment moment, Tree<Param> ps, Tree<Tensor> memory, Estimate before) =>
                    After(
                        ps,
                        memory,
                        before,
                        given(moment, Bridge.Leaves(ps), Bridge.Leaves(memory), Bridge.Leaves(before))))));

    /// <summary>The first memory of a transform, by path.</summary>
    public static Values Init(this Transform transform, Parameters parameters) =>
        Bridge.Leaves(FSharp.Transform.init(Bridge.Given(transform), Bridge.Tree(parameters)));

    /// <summary>
    /// The update of an estimate, and the memory afterwards, by path. The rule's state before the step is known to training
    /// alone: here what stands still keeps the estimate's.
    /// </summary>
    public static (Estimation Estimate, Values Memory) Update(
        this Transform transform, Moment moment, Parameters parameters, Values memory, Estimation estimate) =>
        Updated(Bridge.Given(transform), moment, Bridge.Tree(parameters), Bridge.Given(memory), estimate);

    /// <summary>A transform without memory: the gradients from the moment, the parameters and the gradients, by path.</summary>
    public static Transform OfGradients(Func<Moment, Parameters, Values, Values> f) =>
        FSharp.Transform.ofGradients(
            Bridge.With(f, given => Bridge.Fun(
                (Moment moment, Tree<Param> ps, Tree<Tensor> gradients) =>
                    Bridge.Like(gradients, given(moment, Bridge.Leaves(ps), Bridge.Leaves(gradients)), nameof(f)))));

    /// <summary>g ← factor·g</summary>
    public static Transform Scale(double factor) => FSharp.Transform.scale(factor);

    /// <summary>g ← factor(step)·g</summary>
    public static Transform ScaleBy(Func<int, double> factor) => FSharp.Transform.scaleBy(Bridge.Fun(factor));

    /// <summary>v ← μ·v + g, g ← v: the heavy ball (Polyak 1964), in PyTorch's form.</summary>
    public static Transform Momentum(double mu) => FSharp.Transform.momentum(mu);

    /// <summary>
    /// m ← β₁m + (1-β₁)g, v ← β₂v + (1-β₂)g², g ← m̂/(√v̂ + ε) with m̂ = m/(1-β₁ᵗ), v̂ = v/(1-β₂ᵗ), t = step + 1 (Kingma and
    /// Ba 2015, algorithm 1, https://arxiv.org/abs/1412.6980).
    /// </summary>
    public static Transform Adam(double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) =>
        FSharp.Transform.adam(beta1, beta2, epsilon);

    /// <summary>
    /// g ← g + rate·p for weights only. After Adam this is decoupled decay (Loshchilov and Hutter 2019,
    /// https://arxiv.org/abs/1711.05101), before it an L2 penalty of rate/2·|p|².
    /// </summary>
    public static Transform DecayWeights(double rate) => FSharp.Transform.decayWeights(rate);

    /// <summary>One after the other, first to last. An empty chain changes nothing.</summary>
    public static Transform Chain(params IEnumerable<Transform> transforms) =>
        FSharp.Transform.chain(Bridge.Given(transforms));

    /// <summary>
    /// The inner transform sees only the parameters that <paramref name="keep"/> wants, by path; the others stand
    /// still.
    /// </summary>
    public static Transform Only(Func<string, Param, bool> keep, Transform inner) =>
        FSharp.Transform.only(Bridge.Fun(keep), Bridge.Given(inner));

    /// <summary>
    /// The inner transform runs where the clock gives it a step number of its own; else all stands still, its memory
    /// too.
    /// </summary>
    public static Transform Clocked(Func<int, int?> clock, Transform inner) =>
        FSharp.Transform.clocked(
            Bridge.With(clock, given => Bridge.Fun<int, FSharpOption<int>?>(
                step => OptionModule.OfNullable(given(step)))),
            Bridge.Given(inner));

    /// <summary>Each branch of the parameters has a transform of its own, by name: the two players of a GAN.</summary>
    public static Transform Branch(params IEnumerable<(string Name, Transform Transform)> parts) =>
        FSharp.Transform.branch(Bridge.Named(parts));

    private static (Estimate, Tree<Tensor>) After(
        Tree<Param> ps, Tree<Tensor> memory, Estimate before, (Estimation Estimate, Values Memory) given) =>
        (Bridge.Estimate(ps, before.State, given.Estimate), Bridge.Like(memory, given.Memory, nameof(given.Memory)));

    private static (Estimation, Values) Updated(
        Transform transform, Moment moment, Tree<Param> ps, Values memory, Estimation estimate) =>
        Leaves(FSharp.Transform.update(
            transform,
            moment,
            ps,
            Bridge.Like(FSharp.Transform.init(transform, ps), memory),
            Bridge.Estimate(ps, Bridge.Tree(estimate.State), estimate)));

    private static (Estimation, Values) Leaves((Estimate Estimate, Tree<Tensor> Memory) given) =>
        (Bridge.Leaves(given.Estimate), Bridge.Leaves(given.Memory));
}
