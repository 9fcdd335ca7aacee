using Functional.CSharp;

namespace Functional.Examples.CSharp;

/// <summary>Short round trips through cities, found by a Hopfield network (Hopfield and Tank 1985).</summary>
public static class HopfieldTank
{
    private const double Rule = 2;

    /// <summary>
    /// The network whose unit n·c + i says that the trip through cities [n; 2] is in city c at place i; its energy is the
    /// length of the trip, where it is one, up to a constant.
    /// </summary>
    public static HopfieldNetwork Network(Tensor cities)
    {
        var n = cities.Shape[0];
        var apart = cities.Cdist(cities).ToDoubles();
        var units = Enumerable.Range(0, n * n).Select(unit => (City: unit / n, Place: unit % n)).ToArray();

        double Weight((int City, int Place) a, (int City, int Place) b)
        {
            var clash = a.City == b.City || a.Place == b.Place ? -Rule : 0;
            var neighbours = ((a.Place + 1) % n == b.Place ? 1 : 0) + ((b.Place + 1) % n == a.Place ? 1 : 0);
            var distance = apart[n * Math.Min(a.City, b.City) + Math.Max(a.City, b.City)];
            return a == b ? 0 : clash - neighbours * distance;
        }

        var weights = units.SelectMany(a => units.Select(b => Weight(a, b))).ToArray();
        return Hopfield.Create(
            HopfieldUnits.Binary,
            Tensors.From(weights, n * n, n * n),
            Tensors.Full(Dtype.Float64, -Rule, n * n));
    }

    /// <summary>The trips that the network settles in from so many random states, where it settles in trips.</summary>
    public static int[][] Trips(Tensor cities, int trials, Key key) => Scopes.Value(() =>
    {
        var n = cities.Shape[0];
        var network = Network(cities);
        var start = 0.1 * key.Child(0).Normal(Dtype.Float64, trials, n * n);
        var settled = network.Recall(Anneal(network, start), key.Child(1), 1000);
        return settled.States.ToDoubles().Chunk(n * n).Select(state => Decode(n, state)).OfType<int[]>().ToArray();
    });

    // Graded units follow du/dt = -u + (Wv - b), v = sigmoid(u/T), while T falls from 0.5 to 0.05; then each is rounded.
    private static Tensor Anneal(HopfieldNetwork network, Tensor start) =>
        Enumerable.Range(1, 400)
            .Aggregate(start, (u, step) => Scopes.Tensor(() =>
                u + 0.1 * (network.Fields((u / (0.5 * Math.Pow(0.1, step / 400.0))).Sigmoid()) - u)))
            .Gt(0).Cast(Dtype.Float64);

    // The city at each place, where there is one and each is passed once.
    private static int[]? Decode(int n, double[] state)
    {
        int[][] here = [.. Enumerable.Range(0, n).Select(i => Cities(i))];
        int[] Cities(int i) => [.. Enumerable.Range(0, n).Where(c => state[n * c + i] == 1)];
        var trip = here.Where(cities => cities.Length == 1).Select(cities => cities[0]).Distinct().ToArray();
        return trip.Length == n ? trip : null;
    }
}
