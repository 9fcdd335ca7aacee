namespace Functional

open System

/// Why a run was stopped.
[<RequireQualifiedAccess; NoComparison>]
type StopReason =
    /// The score has not improved for so many looks.
    | NoImprovement of looks: int
    /// There were no more snapshots.
    | Ended

    /// The result of the function for this reason.
    member reason.Match(noImprovement: Func<int, 'r>, ended: Func<'r>) : 'r =
        match reason with
        | NoImprovement looks -> (FSharp.Given.required (nameof noImprovement) noImprovement).Invoke looks
        | Ended -> (FSharp.Given.required (nameof ended) ended).Invoke()

/// What a run that could be stopped early came to.
[<NoComparison>]
type Stopped =
    {
        /// The snapshot with the best score.
        Best: Snapshot
        /// Its score.
        BestScore: float
        /// The last snapshot that was looked at.
        Last: Snapshot
        /// The step and the score of each look, in order.
        Scores: (struct (int * float))[]
        /// Why no more was looked at.
        Reason: StopReason
    }

    /// Why the run was stopped, in words.
    override stopped.ToString() =
        let best = $"the best score is {FSharp.Invariant.invariant stopped.BestScore} at step {stopped.Best.Step}"

        match stopped.Reason with
        | StopReason.NoImprovement looks ->
            $"stopped at step {stopped.Last.Step}: no improvement for {looks} looks; {best}"
        | StopReason.Ended -> $"ended at step {stopped.Last.Step}; {best}"

namespace Functional.FSharp

open System
open Functional

/// Stopping before all batches are used.
[<AutoOpen>]
module TrainingEarlyStopping =

    /// The one training loop.
    [<RequireQualifiedAccess>]
    module Training =

        /// Walks snapshots until their score, which is better the lower it is (a loss on validation data), has not fallen by more
        /// than `minDelta` below the best for `patience` snapshots; no further snapshot is computed. A score of NaN is no
        /// improvement. The best snapshot is kept, the others are not.
        let stopEarly (patience: int) (minDelta: float) (score: Snapshot -> float) (snapshots: Snapshot seq) : Stopped =
            if patience < 1 then
                invalidArg (nameof patience) $"stopEarly: the patience is at least one snapshot, not {patience}"

            if not (minDelta >= 0.0) then
                invalidArg (nameof minDelta) $"stopEarly: minDelta is not negative, as {invariant minDelta} is"

            use walk = snapshots.GetEnumerator()

            if not (walk.MoveNext()) then
                invalidArg (nameof snapshots) "stopEarly: there is no snapshot to look at"

            let scores = ResizeArray()

            let look (snapshot: Snapshot) =
                let found = score snapshot
                scores.Add(struct (snapshot.Step, found))
                found

            let rec go (best: Snapshot) bestScore (last: Snapshot) since =
                let stop reason =
                    {
                        Best = best
                        BestScore = bestScore
                        Last = last
                        Scores = scores.ToArray()
                        Reason = reason
                    }

                if since = patience then
                    stop (StopReason.NoImprovement patience)
                elif not (walk.MoveNext()) then
                    stop StopReason.Ended
                else
                    let next = walk.Current
                    let found = look next

                    if found < bestScore - minDelta || (Double.IsNaN bestScore && not (Double.IsNaN found)) then
                        go next found next 0
                    else
                        go best bestScore next (since + 1)

            let first = walk.Current
            go first (look first) first 0
