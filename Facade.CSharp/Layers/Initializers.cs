namespace Functional.CSharp;

/// <summary>
/// First values of parameters: from how many inputs and outputs each number has, the shape and a key.
/// </summary>
public static class Initializers
{
    /// <summary>
    /// U(-1/√in, 1/√in): variance 1/(3·in). PyTorch's default for weights and biases of dense and convolutional layers.
    /// </summary>
    public static Tensor Standard(Fans fans, int[] shape, Key key) =>
        FSharp.Initializer.standard(fans, [.. Bridge.Given(shape)], key);

    /// <summary>N(0, 2/in) (He et al. 2015, https://arxiv.org/abs/1502.01852).</summary>
    public static Tensor He(Fans fans, int[] shape, Key key) =>
        FSharp.Initializer.he(fans, [.. Bridge.Given(shape)], key);

    /// <summary>U(-b, b) with b = √(6/in): the variance 2/in of He.</summary>
    public static Tensor HeUniform(Fans fans, int[] shape, Key key) =>
        FSharp.Initializer.heUniform(fans, [.. Bridge.Given(shape)], key);

    /// <summary>U(-b, b) with b = √(6/(in + out)): variance 2/(in + out) (Glorot and Bengio 2010).</summary>
    public static Tensor Glorot(Fans fans, int[] shape, Key key) =>
        FSharp.Initializer.glorot(fans, [.. Bridge.Given(shape)], key);

    /// <summary>N(0, 2/(in + out)): the variance of Glorot.</summary>
    public static Tensor GlorotNormal(Fans fans, int[] shape, Key key) =>
        FSharp.Initializer.glorotNormal(fans, [.. Bridge.Given(shape)], key);

    /// <summary>
    /// N(0, 1/in), standard deviation 1/√in (LeCun et al. 1998, Efficient BackProp): what Selu and AlphaDropout start from.
    /// </summary>
    public static Tensor Lecun(Fans fans, int[] shape, Key key) =>
        FSharp.Initializer.lecun(fans, [.. Bridge.Given(shape)], key);

    /// <summary>U(-b, b) with b = √(3/in): the variance 1/in of Lecun.</summary>
    public static Tensor LecunUniform(Fans fans, int[] shape, Key key) =>
        FSharp.Initializer.lecunUniform(fans, [.. Bridge.Given(shape)], key);

    /// <summary>
    /// An orthogonal matrix, each as likely as any other: qᵀ·q = 1, where there are more columns than rows q·qᵀ = 1 (Saxe,
    /// McClelland and Ganguli 2013, https://arxiv.org/abs/1312.6120). Of a shape [a; b; c; …] the matrix is [a; b·c·…].
    /// </summary>
    public static Tensor Orthogonal(Fans fans, int[] shape, Key key) =>
        FSharp.Initializer.orthogonal(fans, [.. Bridge.Given(shape)], key);

    /// <summary>U(-bound, bound): variance bound²/3, whatever the fans.</summary>
    public static Func<Fans, int[], Key, Tensor> Uniform(double bound) =>
        Bridge.Draw(FSharp.Initializer.uniform(bound));

    /// <summary>N(0, deviation²), whatever the fans.</summary>
    public static Func<Fans, int[], Key, Tensor> Normal(double deviation) =>
        Bridge.Draw(FSharp.Initializer.normal(deviation));

    /// <summary>
    /// N(0, deviation²) between -2 and 2 deviations, whatever the fans: as PyTorch's, the deviation is that before
    /// cutting, and the variance that remains 0.7737·deviation².
    /// </summary>
    public static Func<Fans, int[], Key, Tensor> TruncatedNormal(double deviation) =>
        Bridge.Draw(FSharp.Initializer.truncatedNormal(deviation));

    /// <summary>
    /// Another initializer's values, multiplied: Scaled(Math.Sqrt(2), Initializers.Orthogonal) suits relu.
    /// </summary>
    public static Func<Fans, int[], Key, Tensor> Scaled(double factor, Func<Fans, int[], Key, Tensor> draw) =>
        Bridge.With(draw, given => Bridge.Draw(FSharp.Initializer.scaled(factor, Bridge.Draw(given))));

    /// <summary>One number everywhere.</summary>
    public static Func<Fans, int[], Key, Tensor> Constant(double value) =>
        Bridge.Draw(FSharp.Initializer.constant(value));

    /// <summary>Zeros.</summary>
    public static Tensor Zeros(Fans fans, int[] shape, Key key) =>
        FSharp.Initializer.zeros(fans, [.. Bridge.Given(shape)], key);

    /// <summary>Ones.</summary>
    public static Tensor Ones(Fans fans, int[] shape, Key key) =>
        FSharp.Initializer.ones(fans, [.. Bridge.Given(shape)], key);
}
