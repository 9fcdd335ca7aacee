using Functional.CSharp;

namespace Functional.Examples.CSharp;

/// <summary>Restricted Boltzmann machines of binary digits.</summary>
public static class RbmDigits
{
    /// <summary>
    /// Machines by PCD-1, by CD-1, and by CD-10 in half as many epochs, of samples [n; pixels]; the rate falls to 0.
    /// </summary>
    public static IReadOnlyList<Snapshot> Train(Tensor samples, int hidden, int epochs, Key key)
    {
        var rbm = Rbms.Bernoulli(samples.Shape[1], hidden);

        Snapshot Learn(int way, Rule<Tensor> rule, int share)
        {
            var own = Math.Max(1, epochs / share);
            var rate = Schedules.Linear(0.05, 0, own * ((samples.Shape[0] + 99) / 100));
            return Train(rbm, rule, Optimizers.Sgd(rate), samples, own, key.Child(way));
        }

        return
        [
            Learn(0, rbm.Persistent(100), 1),
            Learn(1, rbm.ContrastiveDivergence(), 1),
            Learn(2, rbm.ContrastiveDivergence(10), 2),
        ];
    }

    /// <summary>
    /// ln Z by annealing from the data's own frequencies to the machine, and back from its own states [chains; pixels].
    /// </summary>
    public static (LogZ To, LogZ Back) Annealing(
        Rbm rbm, Snapshot last, Tensor rates, Tensor own, int betas, Key key) =>
        (
            rbm.Annealed(betas, 100, rates, key.Child(0), last.Parameters),
            rbm.AnnealedBack(betas, own, rates, key.Child(1), last.Parameters)
        );

    /// <summary>Trains a machine whose visible units begin with their own frequencies in the samples.</summary>
    internal static Snapshot Train(
        Rbm rbm, Rule<Tensor> rule, Transform optimizer, Tensor samples, int epochs, Key key)
    {
        var first = Training.Start(rule, optimizer, key.Child(0));
        var parameters = new Dictionary<string, Tensor>(first.Parameters) { ["visible"] = rbm.BaseRates(samples) };
        var batches = Datasets.Create(samples, Tensors.Arange(samples.Shape[0]))
            .Batches(100, epochs, key.Child(1))
            .Map(batch => batch.Input);

        return Training.Steps(rule, optimizer, batches, first.WithParameters(parameters), int.MaxValue).Last();
    }
}
