using Microsoft.FSharp.Core;

namespace Functional.CSharp;

/// <summary>
/// Markov kernels: one step of a sampler on many chains at once, and a report on the step. The state is a dictionary by path
/// with a leaf "position", [chains; …].
/// </summary>
public static class Kernels
{
    /// <summary>A kernel from the state it makes of positions, with a leaf "position", and its step, all by path.</summary>
    public static Kernel<TInfo> Create<TInfo>(
        Func<Tensor, Values> init, Func<Key, Values, (Values State, TInfo Report)> step) =>
        FSharp.Kernel.create(
            Bridge.With(init, given => Bridge.Fun((Tensor position) => Bridge.Tree(given(position)))),
            Bridge.With(step, given => Bridge.Fun(
                (Key key, Tree<Tensor> state) => After(state, given(key, Bridge.Leaves(state))))));

    /// <summary>A kernel that remembers nothing but positions.</summary>
    public static Kernel<TInfo> OfMove<TInfo>(Func<Key, Tensor, (Tensor Position, TInfo Report)> move) =>
        FSharp.Kernel.ofMove(Bridge.Fun(move));

    /// <summary>The state of a kernel at positions [chains; …].</summary>
    public static Values Init<TInfo>(this Kernel<TInfo> kernel, Tensor position) =>
        Bridge.Leaves(FSharp.Kernel.init(Bridge.Given(position), Bridge.Given(kernel)));

    /// <summary>One step: the state afterwards and the report.</summary>
    public static (Values State, TInfo Report) Step<TInfo>(this Kernel<TInfo> kernel, Key key, Values state) =>
        Bridge.With(kernel, given => Leaves(FSharp.Kernel.step(
            key, Structure.Of(given, Position(state)).StateFrom(state, nameof(state)), given)));

    /// <summary>The positions in a state: [chains; …].</summary>
    public static Tensor Position(Values state) => FSharp.Kernel.position(Bridge.Tree(state));

    /// <summary>The same kernel with f of each report.</summary>
    public static Kernel<TResult> Map<TInfo, TResult>(this Kernel<TInfo> kernel, Func<TInfo, TResult> f) =>
        FSharp.Kernel.map(Bridge.Fun(f), Bridge.Given(kernel));

    /// <summary>So many steps as one, with all their reports.</summary>
    public static Kernel<TInfo[]> Repeat<TInfo>(this Kernel<TInfo> kernel, int count) =>
        FSharp.Kernel.repeat(count, Bridge.Given(kernel));

    /// <summary>Every so many steps as one, with the last report: thinning a chain.</summary>
    public static Kernel<TInfo> Thin<TInfo>(this Kernel<TInfo> kernel, int count) =>
        FSharp.Kernel.thin(count, Bridge.Given(kernel));

    /// <summary>
    /// At each step one of several kernels, drawn with the probabilities given: what each leaves invariant the mixture does.
    /// </summary>
    public static Kernel<TInfo> Mix<TInfo>(params IEnumerable<(double Probability, Kernel<TInfo> Kernel)> parts) =>
        FSharp.Kernel.mix(Bridge.Named(parts));

    /// <summary>Several kernels one after the other as one step, with their reports.</summary>
    public static Kernel<TInfo[]> InTurn<TInfo>(params IEnumerable<Kernel<TInfo>> kernels) =>
        FSharp.Kernel.inTurn(Bridge.Given(kernels));

    /// <summary>
    /// The positions after so many steps from a start [chains; …]; step i draws from child i of the key.
    /// </summary>
    public static Tensor Run<TInfo>(this Kernel<TInfo> kernel, int count, Key key, Tensor start) =>
        FSharp.Kernel.run(count, key, Bridge.Given(kernel), Bridge.Given(start));

    /// <summary>
    /// Positions after each step but the first <paramref name="burn"/>: [count; chains; …], and all reports. Step i draws from
    /// child i of the key.
    /// </summary>
    public static (Tensor Positions, TInfo[] Reports) Sample<TInfo>(
        this Kernel<TInfo> kernel, int burn, int count, Key key, Tensor start) =>
        FSharp.Kernel.sample(burn, count, key, Bridge.Given(kernel), Bridge.Given(start)).ToValueTuple();

    // A kernel without reports, as C# sees it.
    internal static Kernel<ValueTuple> Silent(Kernel<Unit> kernel) =>
        FSharp.Kernel.map(Bridge.Fun<Unit, ValueTuple>(_ => default), kernel);

    private static (Tree<Tensor>, TInfo) After<TInfo>(Tree<Tensor> before, (Values State, TInfo Report) given) =>
        (Bridge.Like(before, given.State, nameof(given.State)), given.Report);

    private static (Values, TInfo) Leaves<TInfo>((Tree<Tensor> State, TInfo Report) after) =>
        (Bridge.Leaves(after.State), after.Report);
}
