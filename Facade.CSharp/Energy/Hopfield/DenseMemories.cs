namespace Functional.CSharp;

/// <summary>
/// Dense associative memories (Krotov and Hopfield 2016, https://arxiv.org/abs/1606.01164): E(x) = -Σ F(ξ·x) of units -1
/// and 1. They hold far more patterns than units.
/// </summary>
public static class DenseMemories
{
    /// <summary>
    /// F(m) = m^degree from patterns [p; n] of -1 and 1. Of degree 2 it is Hebb's Hopfield network; of degree d it
    /// retrieves about n^(d-1)/(2·(2d-3)!!·ln n) random patterns without error.
    /// </summary>
    public static DenseMemory Polynomial(int degree, Tensor patterns) =>
        FSharp.DenseMemory.polynomial(degree, Bridge.Given(patterns));

    /// <summary>
    /// F(m) = eᵐ from patterns [p; n] of -1 and 1 (Demircigil et al. 2017, https://arxiv.org/abs/1702.01929); it retrieves
    /// exponentially many.
    /// </summary>
    public static DenseMemory Exponential(Tensor patterns) => FSharp.DenseMemory.exponential(Bridge.Given(patterns));

    /// <summary>
    /// E(x) = -Σ F(ξ·x): [k; n] -&gt; [k], differentiable. With exponential separation -ln Σ exp(ξ·x), which falls where
    /// -Σ exp(ξ·x) does and does not overflow.
    /// </summary>
    public static Tensor Energy(this DenseMemory memory, Tensor states) =>
        FSharp.DenseMemory.energy(Bridge.Given(memory), Bridge.Given(states));

    /// <summary>
    /// Asynchronous recall: sweep after sweep each unit in turn, in an order drawn anew for each state and sweep, takes the
    /// value with the lower energy; where both have the same it stays. Ends where no unit would change, at the latest after
    /// <paramref name="maxSweeps"/>. states: [k; n] of -1 and 1.
    /// </summary>
    public static Recall Recall(this DenseMemory memory, Tensor states, Key key, int maxSweeps = 10_000) =>
        FSharp.DenseMemory.recall(maxSweeps, key, Bridge.Given(memory), Bridge.Given(states));
}
