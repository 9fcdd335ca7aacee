namespace Functional.CSharp;

/// <summary>
/// Batches in an order that can be entered at any step: resuming at step n does not run through the first n.
/// </summary>
public static class Batches
{
    /// <summary>Batches that exist already, in this order; resuming at step n passes over the first n.</summary>
    public static Batches<T> Of<T>(IEnumerable<T> batches) => FSharp.Batches.ofSeq(Bridge.Given(batches));

    /// <summary>
    /// Batch n is make(n), for n = 0, 1, … below count; what it makes belongs to the step that uses it.
    /// </summary>
    public static Batches<T> Init<T>(int count, Func<int, T> make) => FSharp.Batches.init(count, Bridge.Fun(make));

    /// <summary>The same batches over and over, so many in all.</summary>
    public static Batches<T> Cycle<T>(int count, IEnumerable<T> batches) =>
        FSharp.Batches.cycle(count, Bridge.Given(batches));

    /// <summary>f of each batch, computed in the step that uses it.</summary>
    public static Batches<TResult> Map<T, TResult>(this Batches<T> batches, Func<T, TResult> f) =>
        FSharp.Batches.map(Bridge.Fun(f), Bridge.Given(batches));

    /// <summary>The first so many batches.</summary>
    public static Batches<T> Take<T>(this Batches<T> batches, int count) =>
        FSharp.Batches.take(count, Bridge.Given(batches));

    /// <summary>
    /// The batches until a token is cancelled: from then on making one throws an <see cref="OperationCanceledException"/>.
    /// </summary>
    public static Batches<T> Until<T>(this Batches<T> batches, CancellationToken cancellation) =>
        FSharp.Batches.until(cancellation, Bridge.Given(batches));

    /// <summary>
    /// The same batches in the same order, up to <paramref name="ahead"/> of them made on a thread of their own while the one
    /// before is used. What a batch's own function throws is thrown in its step; the thread ends when the walk does.
    /// </summary>
    public static Batches<T> Prefetch<T>(this Batches<T> batches, int ahead) =>
        FSharp.Batches.prefetch(ahead, Bridge.Given(batches));

    /// <summary>The batches from step n on, made as the sequence is walked.</summary>
    public static IEnumerable<T> From<T>(this Batches<T> batches, int start) =>
        FSharp.Batches.from(start, Bridge.Given(batches));
}
