namespace Functional.CSharp;

/// <summary>Looking into a run at one of its snapshots.</summary>
public static class Diagnostics
{
    /// <summary>The Euclidean norm of the gradient of each parameter, by path, for a batch at the next step of a run.</summary>
    public static IReadOnlyDictionary<string, double> GradientNorms<TBatch>(
        Rule<TBatch> rule, Snapshot snapshot, TBatch batch) =>
        Bridge.Numbers(FSharp.Diagnostics.gradientNorms(
            Bridge.Given(rule), Structure.Of(rule).Fit(Bridge.Given(snapshot)), batch));

    /// <summary>The Euclidean norm of each parameter, by path.</summary>
    public static IReadOnlyDictionary<string, double> ParameterNorms(Snapshot snapshot) =>
        Bridge.Numbers(FSharp.Diagnostics.parameterNorms(Bridge.Given(snapshot)));

    /// <summary>
    /// The root of the mean square of what each layer gives in training, by path, at the next step of a run: layers inside of
    /// others too ("1/0/1"), each before the one around it. Of several at one path the outermost counts; of a layer that
    /// runs several times or gives several tensors, all numbers together; one that gives no floating-point numbers is left
    /// out.
    /// </summary>
    public static IReadOnlyDictionary<string, double> ActivationNorms<TIn, TOut>(
        Layer<TIn, TOut> layer, Snapshot snapshot, TIn input) =>
        Bridge.Numbers(FSharp.Diagnostics.activationNorms(
            Bridge.Given(layer), Structure.Of(layer).Fit(Bridge.Given(snapshot)), input));
}
