namespace Functional.CSharp;

/// <summary>Learning rules: where gradients come from.</summary>
public static class Rules
{
    /// <summary>
    /// A rule of one's own: its first parameters and state, and the loss, the gradients and the state afterwards that it
    /// makes of a moment, the parameters' values, the state and a batch, all by path.
    /// </summary>
    public static Rule<TBatch> Create<TBatch>(
        Func<Key, Initial> init, Func<Moment, Values, Values, TBatch, Estimation> estimate) =>
        FSharp.Rule.create(
            Bridge.Init(init),
            Bridge.With(estimate, given => Bridge.Fun(
                (Moment moment, Tree<Param> ps, Tree<Tensor> state, TBatch batch) =>
                    Bridge.Estimate(ps, state, given(moment, Bridge.ValuesOf(ps), Bridge.Leaves(state), batch)))));

    /// <summary>Back-propagation: the gradients of loss(layer(input), target).</summary>
    public static Rule<(TIn Input, Tensor Target)> OfLoss<TIn, TOut>(
        Func<TOut, Tensor, Tensor> loss, Layer<TIn, TOut> layer) =>
        FSharp.Rule.ofLoss(Bridge.Fun(loss), Bridge.Given(layer));

    /// <summary>Back-propagation where a target is no tensor, but (say) several.</summary>
    public static Rule<(TIn Input, TTarget Target)> OfLoss<TIn, TOut, TTarget>(
        Func<TOut, TTarget, Tensor> loss, Layer<TIn, TOut> layer) =>
        FSharp.Rule.ofLoss(Bridge.Fun(loss), Bridge.Given(layer));

    /// <summary>The first parameters and state of a rule, by path.</summary>
    public static Initial Init<TBatch>(this Rule<TBatch> rule, Key key) =>
        Bridge.Leaves(FSharp.Rule.init(key, Bridge.Given(rule)));

    /// <summary>What a rule makes of a batch: the loss, its gradients and the state afterwards, by path.</summary>
    public static Estimation Estimate<TBatch>(
        this Rule<TBatch> rule, Moment moment, Values parameters, Values state, TBatch batch) =>
        Bridge.Leaves(FSharp.Rule.estimate(
            Bridge.Given(rule),
            moment,
            Structure.Of(rule).ParametersFrom(parameters, nameof(parameters)),
            Structure.Of(rule).StateFrom(state, nameof(state)),
            batch));

    /// <summary>
    /// The same rule with its first parameters and state in a dtype of floating-point numbers, which its batches have too: a run
    /// of it stays in this dtype.
    /// </summary>
    public static Rule<TBatch> Cast<TBatch>(this Rule<TBatch> rule, Dtype dtype) =>
        FSharp.Rule.cast(dtype, Bridge.Given(rule));

    /// <summary>
    /// The same rule, which throws a <see cref="NonFiniteException"/> where the loss, a gradient or the state is NaN or
    /// infinite: it names the first parameter that was so before, else the first layer that gave such numbers, the
    /// innermost first ("1/0/1"), else the first gradient.
    /// </summary>
    public static Rule<TBatch> RequireFinite<TBatch>(this Rule<TBatch> rule) =>
        FSharp.Rule.requireFinite(Bridge.Given(rule));

    /// <summary>
    /// The gradients at p + radius·g/|g|, where the loss is worst nearby: sharpness-aware minimisation (Foret et
    /// al. 2021, https://arxiv.org/abs/2010.01412). Loss and state are those at p.
    /// </summary>
    public static Rule<TBatch> SharpnessAware<TBatch>(this Rule<TBatch> rule, double radius) =>
        SearchRules.sharpnessAware(radius, Bridge.Given(rule));

    /// <summary>
    /// Gradients whose full step, Transforms.Scale(-1), goes where so many iterations of L-BFGS on the batch end:
    /// the inverse Hessian told by the last steps, each step along it halved until the loss falls enough (Armijo).
    /// For full batches.
    /// </summary>
    public static Rule<TBatch> Lbfgs<TBatch>(this Rule<TBatch> rule, int iterations = 20, int history = 10) =>
        SearchRules.lbfgs(iterations, history, Bridge.Given(rule));
}
