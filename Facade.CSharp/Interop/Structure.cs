using System.Runtime.CompilerServices;

namespace Functional.CSharp;

/// <summary>
/// The trees that a layer or rule expects. Dictionaries by path lack branches without leaves, so what is given by path
/// is laid over the structure of the first parameters, which are made once for it.
/// </summary>
internal sealed record Structure(Tree<Role> Roles, Tree<Dtype> State)
{
    private static readonly ConditionalWeakTable<object, Structure> Known = [];

    public static Structure Of<TIn, TOut>(Layer<TIn, TOut> layer) =>
        Known.GetValue(layer, _ => Made(() => FSharp.Layer.init(default, layer)));

    public static Structure Of<TBatch>(Rule<TBatch> rule) =>
        Known.GetValue(rule, _ => Made(() => FSharp.Rule.init(default, rule)));

    public static Structure Of<TInfo>(Kernel<TInfo> kernel, Tensor position) =>
        Known.GetValue(
            Bridge.Given(kernel),
            _ => Made(() => (FSharp.Tree.empty<Param>(), FSharp.Kernel.init(position, kernel))));

    public Tree<Param> ParametersFrom(Values values, string name) =>
        FSharp.Tree.map2(
            Bridge.Fun((Role role, Tensor value) => new Param(role, value)), Roles, Bridge.Like(Roles, values, name));

    public Tree<Tensor> StateFrom(Values values, string name) => Bridge.Like(State, values, name);

    public Snapshot Fit(Snapshot snapshot) =>
        new(
            snapshot.Step,
            snapshot.Key,
            ParametersFrom(Bridge.ValuesOf(snapshot.ParamsTree), nameof(snapshot)),
            StateFrom(Bridge.Leaves(snapshot.StateTree), nameof(snapshot)),
            snapshot.MemoryTree,
            snapshot.Loss,
            snapshot.Spec);

    private static Structure Made(Func<(Tree<Param>, Tree<Tensor>)> init) =>
        FSharp.Scope.value(Bridge.Fun(() => From(init())));

    private static Structure From((Tree<Param> Parameters, Tree<Tensor> State) made) =>
        new(
            FSharp.Tree.map(Bridge.Fun((Param param) => param.Role), made.Parameters),
            FSharp.Tree.map(Bridge.Fun((Tensor value) => value.Dtype), made.State));
}
