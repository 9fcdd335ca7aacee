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
    public static Tensor Uniform(this Key key, params int[] shape) => RandomUniform.uniform(Bridge.Given(shape), key);

    /// <summary>
    /// Uniform on [0, 1): multiples of 2⁻²⁴ in float32, of 2⁻⁵³ in float64, of 2⁻¹¹ in float16, of 2⁻⁸ in bfloat16, which are
    /// the float32 numbers rounded down.
    /// </summary>
    public static Tensor Uniform(this Key key, Dtype dtype, params int[] shape) =>
        RandomUniform.uniformOf(dtype, Bridge.Given(shape), key);

    /// <summary>Uniform on [0, 1), with the shape, dtype and device of x.</summary>
    public static Tensor UniformLike(this Key key, Tensor x) => RandomUniform.uniformLike(Bridge.Given(x), key);

    /// <summary>Normal with mean 0 and variance 1, float32.</summary>
    public static Tensor Normal(this Key key, params int[] shape) => RandomNormal.normal(Bridge.Given(shape), key);

    /// <summary>Normal with mean 0 and variance 1, with the shape, dtype and device of x.</summary>
    public static Tensor NormalLike(this Key key, Tensor x) => RandomNormal.normalLike(Bridge.Given(x), key);

    /// <summary>
    /// Normal with mean 0 and variance 1, of a floating-point dtype; the numbers of 16 bits are the rounded float32 numbers.
    /// </summary>
    public static Tensor Normal(this Key key, Dtype dtype, params int[] shape) =>
        RandomNormal.normalOf(dtype, Bridge.Given(shape), key);

    /// <summary>The standard normal distribution between two bounds, which may be infinite and far out; float32.</summary>
    public static Tensor TruncatedNormal(this Key key, double lower, double upper, params int[] shape) =>
        RandomNormal.truncatedNormal(lower, upper, Bridge.Given(shape), key);

    /// <summary>
    /// The standard normal distribution between two bounds, which may be infinite and far out; of a
    /// floating-point dtype.
    /// </summary>
    public static Tensor TruncatedNormal(this Key key, Dtype dtype, double lower, double upper, params int[] shape) =>
        RandomNormal.truncatedNormalOf(dtype, lower, upper, Bridge.Given(shape), key);

    /// <summary>Exponential with rate 1, density e⁻ˣ on x &gt; 0; float32.</summary>
    public static Tensor Exponential(this Key key, params int[] shape) =>
        RandomContinuous.exponential(Bridge.Given(shape), key);

    /// <summary>Exponential with rate 1, density e⁻ˣ on x &gt; 0; of a floating-point dtype.</summary>
    public static Tensor Exponential(this Key key, Dtype dtype, params int[] shape) =>
        RandomContinuous.exponentialOf(dtype, Bridge.Given(shape), key);

    /// <summary>Laplace with mean 0 and scale 1, density e^(-|x|)/2; float32.</summary>
    public static Tensor Laplace(this Key key, params int[] shape) =>
        RandomContinuous.laplace(Bridge.Given(shape), key);

    /// <summary>Laplace with mean 0 and scale 1, density e^(-|x|)/2; of a floating-point dtype.</summary>
    public static Tensor Laplace(this Key key, Dtype dtype, params int[] shape) =>
        RandomContinuous.laplaceOf(dtype, Bridge.Given(shape), key);

    /// <summary>Gumbel with location 0 and scale 1, distribution function exp(-e⁻ˣ); always finite; float32.</summary>
    public static Tensor Gumbel(this Key key, params int[] shape) => RandomContinuous.gumbel(Bridge.Given(shape), key);

    /// <summary>Gumbel with location 0 and scale 1, distribution function exp(-e⁻ˣ); always finite; of a floating-point dtype.</summary>
    public static Tensor Gumbel(this Key key, Dtype dtype, params int[] shape) =>
        RandomContinuous.gumbelOf(dtype, Bridge.Given(shape), key);

    /// <summary>Gamma with scale 1, density proportional to x^(concentration - 1)·e⁻ˣ; float32.</summary>
    public static Tensor Gamma(this Key key, double concentration, params int[] shape) =>
        RandomGamma.gamma(concentration, Bridge.Given(shape), key);

    /// <summary>Gamma with scale 1, density proportional to x^(concentration - 1)·e⁻ˣ; of a floating-point dtype.</summary>
    public static Tensor Gamma(this Key key, Dtype dtype, double concentration, params int[] shape) =>
        RandomGamma.gammaOf(dtype, concentration, Bridge.Given(shape), key);

    /// <summary>Beta, density proportional to x^(a - 1)·(1 - x)^(b - 1) on [0, 1]; float32.</summary>
    public static Tensor Beta(this Key key, double a, double b, params int[] shape) =>
        RandomGamma.beta(a, b, Bridge.Given(shape), key);

    /// <summary>Beta, density proportional to x^(a - 1)·(1 - x)^(b - 1) on [0, 1]; of a floating-point dtype.</summary>
    public static Tensor Beta(this Key key, Dtype dtype, double a, double b, params int[] shape) =>
        RandomGamma.betaOf(dtype, a, b, Bridge.Given(shape), key);

    /// <summary>1 with this probability, else 0; float32.</summary>
    public static Tensor Bernoulli(this Key key, double probability, params int[] shape) =>
        RandomDiscrete.bernoulli(probability, Bridge.Given(shape), key);

    /// <summary>1 with each element's own probability, else 0, in the dtype of the probabilities and as a constant.</summary>
    public static Tensor Bernoulli(this Key key, Tensor probabilities) =>
        RandomDiscrete.bernoulliEach(Bridge.Given(probabilities), key);

    /// <summary>
    /// A class for each row of logits, class c with probability softmax(logits)_c: [..; classes] to int64 [..]. A logit of
    /// -∞ is a class that is never drawn.
    /// </summary>
    public static Tensor Categorical(this Key key, Tensor logits) =>
        RandomDiscrete.categorical(Bridge.Given(logits), key);

    /// <summary>
    /// Whole numbers from <paramref name="low"/> up to, but without, <paramref name="high"/>, each equally likely, with the
    /// shape, dtype and device of x; the dtype must hold them all.
    /// </summary>
    public static Tensor IntegersLike(this Key key, long low, long high, Tensor x) =>
        RandomDiscrete.integersLike(low, high, Bridge.Given(x), key);

    /// <summary>Whole numbers from low up to, but without, high, each equally likely; int64.</summary>
    public static Tensor Integers(this Key key, long low, long high, params int[] shape) =>
        RandomDiscrete.integers(low, high, Bridge.Given(shape), key);

    /// <summary>0, 1, …, count - 1 in random order, each order equally likely (Fisher and Yates).</summary>
    public static int[] Permutation(this Key key, int count) => RandomDiscrete.permutation(count, key);

    /// <summary>
    /// So many different numbers of 0, 1, …, count - 1, each choice in each order equally likely: the last numbers of
    /// Permutation(count), the last one first, without making the others.
    /// </summary>
    public static int[] Choice(this Key key, int taken, int count) => RandomDiscrete.choice(taken, count, key);
}
