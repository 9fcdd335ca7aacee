namespace Functional.CSharp;

/// <summary>Data sets: samples and what is wanted of each.</summary>
public static class Datasets
{
    extension(Dataset data)
    {
        /// <summary>The number of samples.</summary>
        public int Count => FSharp.Dataset.count(Bridge.Given(data));
    }

    /// <summary>Inputs [n; …] and targets [n; …], n at least 1.</summary>
    public static Dataset Create(Tensor inputs, Tensor targets) =>
        FSharp.Dataset.create(Bridge.Given(inputs), Bridge.Given(targets));

    /// <summary>Samples start, start + 1, … before stop, without copying.</summary>
    public static Dataset Slice(this Dataset data, int start, int stop) =>
        FSharp.Dataset.slice(start, stop, Bridge.Given(data));

    /// <summary>The first so many samples, at least 1 and at most all.</summary>
    public static Dataset Take(this Dataset data, int taken) => FSharp.Dataset.take(taken, Bridge.Given(data));

    /// <summary>The samples after the first so many; at least one is left.</summary>
    public static Dataset Skip(this Dataset data, int skipped) => FSharp.Dataset.skip(skipped, Bridge.Given(data));

    /// <summary>The samples in an order drawn from the key.</summary>
    public static Dataset Shuffle(this Dataset data, Key key) => FSharp.Dataset.shuffle(key, Bridge.Given(data));

    /// <summary>The samples at which keep(inputs, targets), bool [n], is true, in their order; at least one.</summary>
    public static Dataset Filter(this Dataset data, Func<Tensor, Tensor, Tensor> keep) =>
        FSharp.Dataset.filter(Bridge.Fun(keep), Bridge.Given(data));

    /// <summary>
    /// The first ⌊fraction·n + ½⌋ samples and the others, 0 &lt; fraction &lt; 1; shuffle first for a split at random.
    /// </summary>
    public static (Dataset First, Dataset Second) Split(this Dataset data, double fraction) =>
        FSharp.Dataset.split(fraction, Bridge.Given(data));

    /// <summary>
    /// As <see cref="Split"/>, with that fraction of each class in the first part, up to one sample; the targets are labels,
    /// whole numbers [n]. Both parts keep the order; shuffle first for a split at random.
    /// </summary>
    public static (Dataset First, Dataset Second) Stratify(this Dataset data, double fraction) =>
        FSharp.Dataset.stratify(fraction, Bridge.Given(data));

    /// <summary>
    /// k pairs of training samples and samples held out, k from 2 to n: fold i holds out those from ⌊i·n/k⌋ up to, but
    /// without, ⌊(i+1)·n/k⌋, so each sample once in all; shuffle first for folds at random.
    /// </summary>
    public static IReadOnlyList<(Dataset Train, Dataset HeldOut)> Folds(this Dataset data, int k) =>
        FSharp.Dataset.folds(k, Bridge.Given(data));

    /// <summary>
    /// f(inputs, targets) in place of both, [m; …] of [m; …] for any number m of samples, each sample by itself: computed
    /// for the samples that are used, in the step that uses them.
    /// </summary>
    public static Dataset Map(this Dataset data, Func<Tensor, Tensor, (Tensor Inputs, Tensor Targets)> f) =>
        FSharp.Dataset.map(Bridge.Fun(f), Bridge.Given(data));

    /// <summary>
    /// Sample i of a beside sample i of b, combined by f as <see cref="Map"/> computes it. Both have the same number of
    /// samples.
    /// </summary>
    public static Dataset Zip(
        this Dataset a,
        Dataset b,
        Func<(Tensor Inputs, Tensor Targets), (Tensor Inputs, Tensor Targets), (Tensor Inputs, Tensor Targets)> f) =>
        FSharp.Dataset.zip(Bridge.Fun(f), Bridge.Given(a), Bridge.Given(b));

    /// <summary>
    /// The same samples, computed now, once, and held in memory: what <see cref="Map"/> and <see cref="Zip"/> would compute
    /// in each epoch.
    /// </summary>
    public static Dataset Cache(this Dataset data) => FSharp.Dataset.cache(Bridge.Given(data));

    /// <summary>
    /// Batches of <paramref name="size"/> samples through so many epochs: each epoch in an order of its own, drawn from the
    /// key, every sample once, the last batch of an epoch shorter where it must be. Size 1 learns online, a size from n up
    /// takes all samples at once.
    /// </summary>
    public static Batches<(Tensor Input, Tensor Target)> Batches(this Dataset data, int size, int epochs, Key key) =>
        FSharp.Dataset.batches(size, epochs, key, Bridge.Given(data));

    /// <summary>
    /// As <see cref="Batches"/>, but all of <paramref name="size"/> samples: those that are left at the end of an epoch are
    /// passed over in it. The order of each epoch is that of <see cref="Batches"/>. The size is at most the number of samples.
    /// </summary>
    public static Batches<(Tensor Input, Tensor Target)> FullBatches(this Dataset data, int size, int epochs, Key key) =>
        FSharp.Dataset.fullBatches(size, epochs, key, Bridge.Given(data));
}
