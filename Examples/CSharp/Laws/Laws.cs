using FsCheck;
using FsCheck.Fluent;
using Functional.CSharp;
using static Functional.CSharp.Layers;

namespace Functional.Examples.CSharp;

/// <summary>
/// The laws asked of a model of one's own with FsCheck's fluent API. Each throws where FsCheck finds a counterexample,
/// which it makes small first.
/// </summary>
public static class OwnLaws
{
    /// <summary>A layer of one's own: each feature passes as far as its gate is open. [n; 3] -&gt; [n; 3].</summary>
    public static Layer<Tensor, Tensor> Gate { get; } =
        Create("gate", Weight("weight", key => key.Normal(3)), (Tensor w, Tensor x) => x * w.Sigmoid());

    /// <summary>What any layer should keep, asked of one for inputs [4; 3].</summary>
    public static void OfLayer(Layer<Tensor, Tensor> layer) =>
        Prop.ForAll(
            Arbitraries.TensorOf([4, 3]),
            Arbitraries.Key(),
            (x, key) =>
            {
                Laws.Purity(layer, x, key).Check();
                Laws.Evaluation(layer, x, key).Check();
                Laws.Shape(layer, [3], [3], key, 1, 2, 5).Check();
                Laws.Independence(layer, x, key).Check();
                Laws.RoundTrip(layer, x, key).Check();
            }).Check(Asked);

    /// <summary>Derivatives agree with finite differences, for inputs of moderate size.</summary>
    public static void OfDerivatives(Layer<Tensor, Tensor> layer) =>
        Prop.ForAll(Arbitraries.Key(), key => Laws.LayerGradients(layer, key.Normal(4, 3), key).Check()).Check(Asked);

    /// <summary>An optimizer gets down a bowl from wherever it starts.</summary>
    public static void OfOptimizer(Transform transform) =>
        Prop.ForAll(
            Arbitraries.TensorOf([3], Dtype.Float64).Filter(x => x.Abs().Max().ToDouble() < 10),
            start => Laws.Descent(transform, x => x.Square().Sum(), start, 1e-3, 300).Check()).Check(Asked);

    private static Config Asked => Config.QuickThrowOnFailure.WithMaxTest(20).WithQuietOnSuccess(true);
}
