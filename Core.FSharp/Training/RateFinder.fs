namespace Functional

/// What a search for a learning rate found.
[<NoComparison>]
type RateSearch =
    {
        /// The rates tried, growing, and the smoothed loss at each.
        Losses: (struct (float * float))[]
        /// The rate at which the smoothed loss fell fastest per factor of the rate: a good rate to start from.
        Steepest: float
        /// The rate with the smallest smoothed loss; beyond it training begins to diverge, so use a tenth of it or less.
        Lowest: float
    }

namespace Functional.FSharp

open System
open Functional

/// Finding a learning rate.
[<AutoOpen>]
module TrainingRateFinder =

    // The running mean of the losses, each counting less the longer ago it was, without the pull of its start.
    let private smoothed steps (losses: float seq) =
        let keep = 1.0 - 1.0 / max 2.0 (float steps / 10.0)
        let next struct (sum, weight) loss = struct (keep * sum + (1.0 - keep) * loss, keep * weight + 1.0 - keep)

        losses
        |> Seq.scan next (struct (0.0, 0.0))
        |> Seq.tail
        |> Seq.map (fun struct (sum, weight) -> sum / weight)

    /// The one training loop.
    [<RequireQualifiedAccess>]
    module Training =

        /// Trains one step at each of `steps` rates that grow from `low` to `high` by the same factor, until the smoothed loss
        /// is 4 times its least or not finite (Smith 2017, https://arxiv.org/abs/1506.01186). `optimizer` is the transform at a
        /// schedule. The batches should last for the steps.
        let findRate
            (low: float)
            (high: float)
            (steps: int)
            (rule: Rule<'batch>)
            (optimizer: Schedule -> Transform)
            (batches: Batches<'batch>)
            (key: Key)
            : RateSearch =
            if not (low > 0.0 && low < high && Double.IsFinite high) then
                invalidArg
                    (nameof low)
                    $"findRate: rates grow from a positive one to a larger one, not from {invariant low} to {invariant high}"

            if steps < 3 then
                invalidArg (nameof steps) $"findRate: at least 3 rates are tried, not {steps}"

            let rate step = low * (high / low) ** (float step / float (steps - 1))
            let transform = optimizer rate
            let start = Training.start rule transform key
            let mutable least = infinity

            let smooth =
                Training.run 1 rule transform (Batches.take steps batches) start
                |> Seq.map (fun snapshot -> Tensor.toFloat snapshot.Loss)
                |> smoothed steps
                |> Seq.takeWhile (fun loss ->
                    least <- min least loss
                    Double.IsFinite loss && loss <= least + 3.0 * abs least)
                |> Seq.toArray

            if smooth.Length < 3 then
                invalidArg
                    (nameof low)
                    $"findRate: the loss was finite and small for {smooth.Length} rates only, from {invariant low} on; start lower, or give more batches"

            let indices = [| 0 .. smooth.Length - 1 |]

            let fall i = smooth[min (smooth.Length - 1) (i + 1)] - smooth[max 0 (i - 1)]

            {
                Losses = indices |> Array.map (fun i -> struct (rate i, smooth[i]))
                Steepest = rate (Array.minBy fall indices[1 .. smooth.Length - 2])
                Lowest = rate (Array.minBy (fun i -> smooth[i]) indices)
            }
