using Functional.CSharp;

namespace Functional.Examples.CSharp;

/// <summary>A Hopfield network: how much it holds, and digits out of noise.</summary>
public static class HopfieldCapacity
{
    /// <summary>
    /// The one-step error at two loads, overlaps after recall from noise and at two loads, and the overlap of digits, [10;
    /// 784] of -1 and 1, with what is recalled from them with a fifth of their pixels flipped.
    /// </summary>
    public static IReadOnlyList<(string Name, double Value)> Measure(Tensor digits, Key key) =>
    [
        ("error_load_0185", Error(0.185, key.Child(0))),
        ("error_load_037", Error(0.37, key.Child(1))),
        ("recall_noise20", Hopfield.OverlapAtLoad(500, 0.05, 0.2, key.Child(2))),
        ("overlap_load_012", Hopfield.OverlapAtLoad(1000, 0.12, 0, key.Child(3))),
        ("overlap_load_020", Hopfield.OverlapAtLoad(1000, 0.20, 0, key.Child(4))),
        ("digits_noise20", Hopfield.PseudoInverse(digits).Retrieval(digits, 0.2, key.Child(5)).Mean().ToDouble()),
    ];

    // Over several sets of patterns.
    private static double Error(double load, Key key) =>
        Enumerable.Range(1, 20).Average(i => Hopfield.ErrorAtLoad(1000, load, key.Child(i)));
}
