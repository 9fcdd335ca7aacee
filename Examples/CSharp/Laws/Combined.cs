using Functional.CSharp;
using static Functional.CSharp.Layers;

namespace Functional.Examples.CSharp;

/// <summary>Ways of one's own to put layers together.</summary>
public static class Combined
{
    /// <summary>x + f(x).</summary>
    public static Layer<Tensor, Tensor> Residual(Layer<Tensor, Tensor> f) =>
        Around<Tensor, Tensor, Tensor, Tensor>("residual", f, (run, mode, x) => x + run(mode, x));

    /// <summary>The second of what the first gave, and their sum.</summary>
    public static Layer<Tensor, Tensor> Sum(Layer<Tensor, Tensor> first, Layer<Tensor, Tensor> second) =>
        Beside<Tensor, Tensor, Tensor, Tensor>(
            "sum",
            [("a", first), ("b", second)],
            (run, mode, x) => run(0, mode, x) is var y ? y + run(1, mode, y) : y,
            [("how", "in turn")]);

    /// <summary>The first of what the second gave, less that.</summary>
    public static Layer<Tensor, Tensor> Heads(Layer<Tensor, Tensor> first, Layer<Tensor, Tensor> second) =>
        Beside<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor>(
            "heads", first, second, (f, g, mode, x) => g(mode, x) is var y ? f(mode, y) - y : y);

    /// <summary>A layer whose first values are doubled, and which counts how often it runs.</summary>
    public static Layer<Tensor, Tensor> Counted(Layer<Tensor, Tensor> layer) =>
        Around<Tensor, Tensor, Tensor, Tensor>(
            "counted",
            layer,
            (init, key) =>
            {
                var (parameters, state) = init(key);
                var kept = state.ToDictionary(leaf => "inner/" + leaf.Key, leaf => leaf.Value);
                kept["runs"] = Tensor.Zeros();
                return (parameters.ToDictionary(leaf => leaf.Key, leaf => new Param(leaf.Value.Role, leaf.Value.Value * 2)), kept);
            },
            (run, mode, parameters, state, x) =>
            {
                var inner = state.Where(leaf => leaf.Key != "runs").ToDictionary(leaf => leaf.Key["inner/".Length..], leaf => leaf.Value);
                var (output, after) = run(mode, parameters, inner, x);
                var kept = after.ToDictionary(leaf => "inner/" + leaf.Key, leaf => leaf.Value);
                kept["runs"] = state["runs"] + 1;
                return (output, kept);
            });
}
