using Functional.CSharp;

namespace Functional.Examples.CSharp;

/// <summary>Dense associative memory beside the classical network: how many patterns of 64 units each holds.</summary>
public static class DenseMemoryCapacity
{
    /// <summary>The capacities of both, and how many times as much the dense memory holds.</summary>
    public static IReadOnlyList<(string Name, double Value)> Measure(bool quick, Key key)
    {
        var probes = quick ? 500 : 2000;

        double classical = Capacity(count => RecallRate(
            (k, patterns, noisy) => Hopfield.Hebb(patterns).Recall(noisy, k), probes, key, count));

        double dense = Capacity(count => RecallRate(
            (k, patterns, noisy) => DenseMemories.Polynomial(3, patterns).Recall(noisy, k), probes, key, count));

        return [("classical_capacity", classical), ("dense_capacity", dense), ("capacity_ratio", dense / classical)];
    }

    private static double RecallRate(
        Func<Key, Tensor, Tensor, Recall> memory, int probes, Key key, int count) =>
        Enumerable.Range(1, (probes + count - 1) / count)
            .Average(trial => Scopes.Value(() => Right(memory, count, key.Child(count).Child(trial))));

    private static double Right(Func<Key, Tensor, Tensor, Recall> memory, int count, Key key)
    {
        var patterns = Hopfield.RandomPatterns(count, 64, key.Child(0));
        var noisy = Hopfield.Flipped(patterns, 0.1, key.Child(1));
        var overlaps = Hopfield.Overlap(memory(key.Child(2), patterns, noisy).States, patterns);
        return overlaps.Eq(1.0).Cast(Dtype.Float64).Mean().ToDouble();
    }

    private static int Capacity(Func<int, double> rate)
    {
        var low = 1;

        while (rate(2 * low) >= 0.95)
        {
            low *= 2;
        }

        var high = 2 * low;

        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = rate(middle) >= 0.95 ? (middle, high) : (low, middle);
        }

        return low;
    }
}
