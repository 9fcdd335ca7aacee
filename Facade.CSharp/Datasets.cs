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

    /// <summary>
    /// Mini-batches of <paramref name="size"/> samples through so many epochs: each epoch in an order of its own, drawn
    /// from the key, every sample once, the last batch of an epoch shorter where it must be.
    /// </summary>
    public static Batches<(Tensor Input, Tensor Target)> Batches(this Dataset data, int size, int epochs, Key key) =>
        FSharp.Dataset.batches(size, epochs, key, Bridge.Given(data));
}
