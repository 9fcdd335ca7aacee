namespace Functional.CSharp;

/// <summary>What a snapshot holds, by path.</summary>
public static class Snapshots
{
    extension(Snapshot snapshot)
    {
        /// <summary>The values of the parameters.</summary>
        public Values Parameters => Bridge.ValuesOf(Bridge.Given(snapshot).ParamsTree);

        /// <summary>What each parameter is for.</summary>
        public IReadOnlyDictionary<string, Role> Roles =>
            Bridge.Leaves(FSharp.Tree.map(Bridge.Fun((Param param) => param.Role), Bridge.Given(snapshot).ParamsTree));

        /// <summary>The rule's state: running statistics, chains.</summary>
        public Values State => Bridge.Leaves(Bridge.Given(snapshot).StateTree);

        /// <summary>The transform's memory.</summary>
        public Values Memory => Bridge.Leaves(Bridge.Given(snapshot).MemoryTree);

        /// <summary>The number of numbers in the parameters.</summary>
        public long ParameterCount => FSharp.Params.count(Bridge.Given(snapshot).ParamsTree);

        /// <summary>Every tensor that a snapshot holds.</summary>
        public IEnumerable<Tensor> Tensors => FSharp.Snapshot.tensors(Bridge.Given(snapshot));
    }

    /// <summary>The snapshot with other values of its parameters, by path, such as those of another run.</summary>
    public static Snapshot WithParameters(this Snapshot snapshot, Values parameters) =>
        FSharp.Snapshot.withParams(
            FSharp.Params.refill(
                FSharp.Tree.values(Bridge.Like(Bridge.Given(snapshot).ParamsTree, parameters)), snapshot.ParamsTree),
            snapshot);

    /// <summary>
    /// The snapshot with all its floating-point numbers in a dtype of such, from which the run goes on in it, its batches given.
    /// </summary>
    public static Snapshot Cast(this Snapshot snapshot, Dtype dtype) =>
        FSharp.Snapshot.cast(dtype, Bridge.Given(snapshot));

    /// <summary>
    /// A snapshot from its parts: steps done, the run's key, parameters, state, memory, and the loss of the last step.
    /// </summary>
    public static Snapshot Create(
        int step, Key key, Parameters parameters, Values state, Values memory, Tensor loss) =>
        FSharp.Snapshot.create(
            step, key, Bridge.Tree(parameters), Bridge.Tree(state), Bridge.Tree(memory), Bridge.Given(loss));
}
