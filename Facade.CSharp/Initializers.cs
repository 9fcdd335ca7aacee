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

    /// <summary>U(-b, b) with b = √(6/(in + out)): variance 2/(in + out) (Glorot and Bengio 2010).</summary>
    public static Tensor Glorot(Fans fans, int[] shape, Key key) =>
        FSharp.Initializer.glorot(fans, [.. Bridge.Given(shape)], key);

    /// <summary>Zeros.</summary>
    public static Tensor Zeros(Fans fans, int[] shape, Key key) =>
        FSharp.Initializer.zeros(fans, [.. Bridge.Given(shape)], key);

    /// <summary>Ones.</summary>
    public static Tensor Ones(Fans fans, int[] shape, Key key) =>
        FSharp.Initializer.ones(fans, [.. Bridge.Given(shape)], key);
}
