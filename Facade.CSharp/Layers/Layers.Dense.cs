namespace Functional.CSharp;

public static partial class Layers
{
    /// <summary>
    /// y = x·W: Dense without b, as where a normalisation follows that shifts. x: [...; inputs], W: [inputs; outputs],
    /// y: [...; outputs]. W starts from U(-1/√inputs, 1/√inputs), unless <paramref name="draw"/> gives it.
    /// </summary>
    public static Layer<Tensor, Tensor> DenseWithoutBias(
        int inputs, int outputs, Func<Fans, int[], Key, Tensor>? draw = null) =>
        FSharp.Layers.Dense.denseWithoutBias(Bridge.Draw(draw ?? Initializers.Standard), inputs, outputs);

    /// <summary>
    /// yₖ = x₁ᵀ·Wₖ·x₂ + bₖ. x₁: [...; first], x₂: [...; second] with leading axes that broadcast,
    /// W: [outputs; first; second], b: [outputs], y: [...; outputs]. W and b start from U(-1/√n, 1/√n),
    /// n = first·second, unless <paramref name="draw"/> gives the first W; PyTorch has n = first, which leaves y larger.
    /// </summary>
    public static Layer<(Tensor, Tensor), Tensor> Bilinear(
        int first, int second, int outputs, Func<Fans, int[], Key, Tensor>? draw = null) =>
        FSharp.Layers.Bilinear.bilinearWith(Bridge.Draw(draw ?? Initializers.Standard), first, second, outputs);

    /// <summary>
    /// The row of W that each index names. x: int64 [...] of indices 0 … count - 1, W: [count; size], y: [...; size]. W
    /// starts from N(0, 1), unless <paramref name="draw"/> gives it.
    /// </summary>
    public static Layer<Tensor, Tensor> Embedding(int count, int size, Func<Fans, int[], Key, Tensor>? draw = null) =>
        FSharp.Layers.Embedding.embeddingWith(Bridge.Draw(draw ?? Initializers.Normal(1.0)), count, size);
}
