using System.Runtime.CompilerServices;

namespace Functional.CSharp;

/// <summary>The one training loop: rule × transform × batches.</summary>
public static class Training
{
    /// <summary>The snapshot before the first step. Equal keys start equal runs.</summary>
    public static Snapshot Start<TBatch>(Rule<TBatch> rule, Transform transform, Key key) =>
        FSharp.Training.start(Bridge.Given(rule), Bridge.Given(transform), key);

    /// <summary>
    /// Trains from a snapshot on, lazily: a snapshot at each multiple of <paramref name="every"/> steps, and at the end of
    /// the batches. What the steps between compute does not depend on it. Enumerating twice trains twice.
    /// </summary>
    public static IEnumerable<Snapshot> Steps<TBatch>(
        Rule<TBatch> rule, Transform transform, Batches<TBatch> batches, Snapshot start, int every = 1) =>
        FSharp.Training.run(
            every, Bridge.Given(rule), Bridge.Given(transform), Bridge.Given(batches), Bridge.Given(start));

    /// <summary>
    /// As <see cref="Steps"/>, on the thread pool: the caller's thread is free while the steps to the next snapshot run.
    /// Cancelling ends the run at the next snapshot with an <see cref="OperationCanceledException"/>.
    /// </summary>
    public static IAsyncEnumerable<Snapshot> StepsAsync<TBatch>(
        Rule<TBatch> rule,
        Transform transform,
        Batches<TBatch> batches,
        Snapshot start,
        int every = 1,
        CancellationToken cancellation = default) =>
        OnThePool(Steps(rule, transform, batches, start, every), cancellation);

    /// <summary>
    /// Trains to the end of the batches: the last snapshot. Cancelling ends it before the next step with an
    /// <see cref="OperationCanceledException"/>.
    /// </summary>
    public static Snapshot Fit<TBatch>(
        Rule<TBatch> rule,
        Transform transform,
        Batches<TBatch> batches,
        Key key,
        CancellationToken cancellation = default) =>
        FSharp.Training.fit(
            Bridge.Given(rule), Bridge.Given(transform), Bridge.Given(batches).Map(Unless<TBatch>(cancellation)), key);

    private static async IAsyncEnumerable<Snapshot> OnThePool(
        IEnumerable<Snapshot> snapshots, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var steps = snapshots.GetEnumerator();

        while (await Task.Run(steps.MoveNext, cancellation).ConfigureAwait(false))
        {
            yield return steps.Current;
        }
    }

    private static Func<TBatch, TBatch> Unless<TBatch>(CancellationToken cancellation) =>
        batch =>
        {
            cancellation.ThrowIfCancellationRequested();
            return batch;
        };
}
