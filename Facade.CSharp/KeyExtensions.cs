namespace Functional.CSharp;

/// <summary>
/// Children of keys, and what is drawn from them. No key is ever used up: it gives the same numbers each time.
/// </summary>
public static class KeyExtensions
{
    /// <summary>
    /// The i-th child of a key. Children with different numbers are independent of each other and of the parent's
    /// draws.
    /// </summary>
    public static Key Child(this Key key, int i) => FSharp.Key.child(i, key);

    /// <summary>The children 0 and 1.</summary>
    public static (Key First, Key Second) Split(this Key key) => FSharp.Key.split(key);

    /// <summary>The children 0, 1, 2, … without end.</summary>
    public static IEnumerable<Key> Stream(this Key key) => FSharp.Key.stream(key);

    /// <summary>The i-th 64-bit number of a key, i ≥ 0: the i-th output of SplitMix64 started at its bits.</summary>
    public static ulong BitsAt(this Key key, int i) => FSharp.Key.bits(i, key);

    /// <summary>Uniform on [0, 1), float32.</summary>
    public static Tensor Uniform(this Key key, params int[] shape) => FSharp.Random.uniform(Bridge.Given(shape), key);

    /// <summary>Normal with mean 0 and variance 1, float32.</summary>
    public static Tensor Normal(this Key key, params int[] shape) => FSharp.Random.normal(Bridge.Given(shape), key);

    /// <summary>1 with this probability, else 0; float32.</summary>
    public static Tensor Bernoulli(this Key key, double probability, params int[] shape) =>
        FSharp.Random.bernoulli(probability, Bridge.Given(shape), key);

    /// <summary>0, 1, …, count - 1 in random order, each order equally likely (Fisher and Yates).</summary>
    public static int[] Permutation(this Key key, int count) => FSharp.Random.permutation(count, key);
}
