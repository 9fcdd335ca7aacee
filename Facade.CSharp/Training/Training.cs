using System.Runtime.CompilerServices;
using Microsoft.FSharp.Core;

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
    /// Cancelling, by this token or by that of WithCancellation, ends the run before the next step with an
    /// <see cref="OperationCanceledException"/>, however far the next snapshot is.
    /// </summary>
    public static IAsyncEnumerable<Snapshot> StepsAsync<TBatch>(
        Rule<TBatch> rule,
        Transform transform,
        Batches<TBatch> batches,
        Snapshot start,
        int every = 1,
        CancellationToken cancellation = default) =>
        // What is given is looked at now; the sequence that is walked is made when the token is known.
        Bridge.With(
            Steps(rule, transform, batches, start, every),
            _ => OnThePool(token => Steps(rule, transform, batches.Until(token), start, every), cancellation));

    /// <summary>
    /// Trains to the end of the batches: the last snapshot. Each <paramref name="every"/> steps, and at the end,
    /// <paramref name="progress"/> hears of the snapshot. Cancelling ends the run before the next step with an
    /// <see cref="OperationCanceledException"/>.
    /// </summary>
    public static Snapshot Fit<TBatch>(
        Rule<TBatch> rule,
        Transform transform,
        Batches<TBatch> batches,
        Key key,
        IProgress<Snapshot>? progress = null,
        int every = 100,
        CancellationToken cancellation = default) =>
        FSharp.Training.fitReporting(
            progress is null ? int.MaxValue : every,
            Bridge.Do((Snapshot snapshot) => progress?.Report(snapshot)),
            Bridge.Given(rule),
            Bridge.Given(transform),
            FSharp.Batches.until(cancellation, Bridge.Given(batches)),
            key);

    /// <summary>
    /// Walks snapshots until their score, which is better the lower it is (a loss on validation data), has not fallen by
    /// more than <paramref name="minDelta"/> below the best for <paramref name="patience"/> snapshots; no further snapshot
    /// is computed. A score of NaN is no improvement.
    /// </summary>
    public static Stopped StopEarly(
        this IEnumerable<Snapshot> snapshots, Func<Snapshot, double> score, int patience, double minDelta = 0) =>
        EarlyStopping.stopEarly(patience, minDelta, Bridge.Fun(score), Bridge.Given(snapshots));

    /// <summary>
    /// Trains one step at each of <paramref name="steps"/> rates that grow from <paramref name="low"/> to
    /// <paramref name="high"/> by the same factor, until the loss is 4 times its least or not finite (Smith 2017,
    /// https://arxiv.org/abs/1506.01186). The optimizer is the transform at a schedule.
    /// </summary>
    public static RateSearch FindRate<TBatch>(
        Rule<TBatch> rule,
        Func<Func<int, double>, Transform> optimizer,
        Batches<TBatch> batches,
        Key key,
        double low = 1e-7,
        double high = 10,
        int steps = 100) =>
        RateFinder.findRate(
            low,
            high,
            steps,
            Bridge.Given(rule),
            Bridge.With(optimizer, given => Bridge.Fun(
                (FSharpFunc<int, double> schedule) => given(schedule.Invoke))),
            Bridge.Given(batches),
            key);

    private static async IAsyncEnumerable<Snapshot> OnThePool(
        Func<CancellationToken, IEnumerable<Snapshot>> snapshots,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var steps = snapshots(cancellation).GetEnumerator();

        while (await Task.Run(steps.MoveNext, cancellation).ConfigureAwait(false))
        {
            yield return steps.Current;
        }
    }
}
