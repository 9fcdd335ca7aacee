namespace Functional.CSharp;

public static partial class Layers
{
    /// <summary>
    /// Several layers on one input, their outputs joined along an axis that they have: Inception's parallel paths
    /// (Szegedy et al. 2015, https://arxiv.org/abs/1409.4842), and dense blocks with Identity among them (Huang et al.
    /// 2017).
    /// </summary>
    public static Layer<TIn, Tensor> Concat<TIn>(int axis, params IEnumerable<Layer<TIn, Tensor>> branches) =>
        Combinators.concat(axis, Bridge.Given(branches));

    /// <summary>
    /// One of several layers, chosen by a number that a function of the input gives; the others do not run, and their
    /// state stays.
    /// </summary>
    public static Layer<TIn, TOut> Switch<TIn, TOut>(
        Func<TIn, int> choose, params IEnumerable<Layer<TIn, TOut>> branches) =>
        Combinators.@switch(Bridge.Fun(choose), Bridge.Given(branches));
}
