/// Training that is watched.
module Functional.Examples.Learn

open Functional
open Functional.FSharp

/// Refuses a number of epochs where all data are used at each step.
let withoutEpochs (request: Request) : unit =
    if request.Epochs.IsSome then
        invalidArg "--epochs" "this system uses all its data at each step, so there are no epochs to count"

/// A part of a run: what it is called, and where in the whole it begins and ends, 0 to 1.
type Stage = { Name: string; Begins: float; Ends: float }

/// A snapshot, and what was measured on the way to it, by step.
type Learned = { Last: Snapshot; Curve: (float * float) list }

/// A snapshot that was not watched on the way, as twins in C# give it.
let unwatched (last: Snapshot) : Learned = { Last = last; Curve = [] }

/// Trains from a snapshot on for so many steps and calls `measure` about so many times on the way.
let watched
    (report: Reporter)
    (stage: Stage)
    (times: int)
    (measure: Snapshot -> float)
    (steps: int)
    (rule: Rule<'batch>)
    (optimizer: Transform)
    (batches: Batches<'batch>)
    (start: Snapshot)
    : Learned =
    let look (snapshot: Snapshot) =
        let value = measure snapshot
        let part = float snapshot.Step / float steps

        report.Advance
            (stage.Begins + part * (stage.Ends - stage.Begins))
            $"{stage.Name}, step {snapshot.Step:N0} of {steps:N0}: {value:F4}"

        snapshot, (float snapshot.Step, value)

    let seen =
        Training.run (max 1 (steps / times)) rule optimizer (Batches.take steps batches) start
        |> Seq.map look
        |> Seq.toList

    let last = List.last seen |> fst
    report.Tell $"{stage.Name}: {snd (snd (List.last seen)):F4} after {last.Step:N0} steps"
    { Last = last; Curve = List.map snd seen }
