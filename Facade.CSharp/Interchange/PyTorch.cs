namespace Functional.CSharp;

/// <summary>Weights of the same network in PyTorch, by the names and in the layout of its state_dict.</summary>
public static class PyTorch
{
    /// <summary>The name of a layer in nn.Sequential and its like, from its path: "body/0" is "body.0".</summary>
    public static string Sequential(string path) => FSharp.PyTorch.sequential(Bridge.Given(path));

    /// <summary>
    /// Parameters and state of a layer from PyTorch's tensors by name, as Safetensors.LoadMap reads them.
    /// <paramref name="names"/> takes the path of a layer to the name of its module, as <see cref="Sequential"/> does
    /// unless it is given. Known are nn.Linear (Dense: its weights are [outputs; inputs] there and [inputs; outputs] here),
    /// Bilinear, Embedding, PReLU (weight is slope), Conv1d to Conv3d and ConvTranspose1d to ConvTranspose3d (a flipped kernel
    /// is turned round), BatchNorm, LayerNorm, GroupNorm, InstanceNorm and RMSNorm (weight, bias, running_mean and running_var
    /// are scale, shift, mean and variance; num_batches_tracked is passed over). ArgumentException names what is missing, not
    /// used, or of another shape.
    /// </summary>
    public static Initial Import<TIn, TOut>(
        Layer<TIn, TOut> layer, Values tensors, Func<string, string>? names = null) =>
        Bridge.Leaves(FSharp.PyTorch.import(
            Bridge.Fun(names ?? Sequential), Bridge.Given(layer), new(Bridge.Pairs(tensors))));

    /// <summary>
    /// PyTorch's tensors by name from the parameters and state of a layer, as load_state_dict takes them (with strict=False
    /// where it would count batches): the inverse of Import.
    /// </summary>
    public static Values Export<TIn, TOut>(
        Layer<TIn, TOut> layer, Values parameters, Values state, Func<string, string>? names = null) =>
        FSharp.PyTorch.export(
            Bridge.Fun(names ?? Sequential),
            Bridge.Given(layer),
            Structure.Of(layer).ParametersFrom(parameters, nameof(parameters)),
            Structure.Of(layer).StateFrom(state, nameof(state)));
}
