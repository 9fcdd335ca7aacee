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

    /// <summary>Trains to the end of the batches: the last snapshot.</summary>
    public static Snapshot Fit<TBatch>(Rule<TBatch> rule, Transform transform, Batches<TBatch> batches, Key key) =>
        FSharp.Training.fit(Bridge.Given(rule), Bridge.Given(transform), Bridge.Given(batches), key);
}
