/// A Hopfield network (Hopfield 1982, https://doi.org/10.1073/pnas.79.8.2554): how much it holds, and digits out of noise.
module Functional.Examples.Hopfield

open System
open System.Diagnostics
open Functional
open Functional.FSharp
open Functional.Examples.Report
open Functional.Examples.Report.Images

let private width = 28

/// The first image of each digit as ink and paper, -1 and 1: [10; 784].
let patterns (digits: Dataset) : Tensor =
    let labels = Tensor.toLongs digits.Targets
    let first = [ for digit in 0L .. 9L -> Array.IndexOf(labels, digit) ] |> List.filter (fun i -> i >= 0)

    Scope.tensor (fun () ->
        let images = Tensor.indexSelect 0 (Tensor.ofInts first) digits.Inputs |> Tensor.flatten 1 -1
        2.0 * Tensor.cast Dtype.Float32 (Tensor.gtNumber 0.5 images) - 1.0)

// How many sets of patterns an error is averaged over.
let private sets = 20

/// What is measured: the one-step error at two loads, overlaps after recall from noise and at two loads, and the overlap of
/// digits with what is recalled from them with a fifth of their pixels flipped.
let measure (digits: Tensor) (key: Key) : (string * float) list =
    let error load key = Seq.averageBy (fun i -> Hopfield.errorAtLoad 1000 load (Key.child i key)) (seq { 1..sets })
    let stored = Hopfield.pseudoInverse digits

    [
        "error_load_0185", error 0.185 (Key.child 0 key)
        "error_load_037", error 0.37 (Key.child 1 key)
        "recall_noise20", Hopfield.overlapAtLoad 500 0.05 0.2 (Key.child 2 key)
        "overlap_load_012", Hopfield.overlapAtLoad 1000 0.12 0.0 (Key.child 3 key)
        "overlap_load_020", Hopfield.overlapAtLoad 1000 0.20 0.0 (Key.child 4 key)
        "digits_noise20", Tensor.toFloat (Tensor.mean (Hopfield.retrieval 0.2 (Key.child 5 key) stored digits))
    ]

let private pictures (caption: int -> string) (states: Tensor) =
    Tensor.toJagged (0.5 * states + 0.5)
    |> Array.mapi (fun i values -> { Caption = caption i; Width = width; Values = values })
    |> List.ofArray
    |> ink

let private recalled (digits: Tensor) (key: Key) =
    let given = Hopfield.flipped 0.2 (Key.child 0 key) digits

    let part title network =
        let states = (Hopfield.recall 1000 (Key.child 1 key) network given).States
        let overlaps = Tensor.toDoubles (Hopfield.overlap states digits)
        Html.titled title (pictures (fun i -> $"overlap {overlaps[i]:F2}") states)

    {
        Title = "Digits out of noise"
        Html =
            Html.note
                "Ten images are stored in a network of 784 units. Digits are alike, so that Hebb's rule mixes them up; the projection rule takes their likeness into account."
            + Html.titled "Given: a fifth of the pixels are flipped" (pictures string given)
            + part "Recalled by the projection rule (pseudo-inverse)" (Hopfield.pseudoInverse digits)
            + part "Recalled by Storkey's rule" (Hopfield.storkey digits)
            + part "Recalled by Hebb's rule" (Hopfield.hebb digits)
    }

// The state after so many of the changes.
let private after (flips: HopfieldFlip[]) count (start: Tensor) =
    let values = Tensor.toDoubles start

    for flip in Array.take count flips do
        values[flip.Unit] <- values[flip.Unit] + flip.Change

    Tensor.ofDoubles [ 1; values.Length ] values

let private way (digits: Tensor) (key: Key) =
    let network = Hopfield.pseudoInverse digits
    let digit = min 3 (digits.Shape[0] - 1)
    let given = Hopfield.flipped 0.3 (Key.child 0 key) (Tensor.slice 0 digit (digit + 1) digits)
    let start = Tensor.reshape [ -1 ] given
    let flips = Hopfield.flips 1000 (Key.child 1 key) network start
    let first = Tensor.toFloat (Hopfield.energy network given)
    let energies = flips |> Array.scan (fun energy flip -> energy - flip.Field * flip.Change) first
    let shown = [ for part in 0..9 -> part * flips.Length / 9 ]
    let states = Tensor.cat 0 [ for count in shown -> after flips count start ]

    {
        Title = "The energy along the way"
        Html =
            Html.note
                $"Units change one at a time, in random order; each change lowers the energy, and after {flips.Length} changes none would. The pictures are numbered by the changes before them."
            + pictures (fun i -> string shown[i]) states
            + Charts.curves "changes" "energy" [ "energy", [ for i, e in Array.indexed energies -> float i, e ] ]
    }

// ½·erfc(1/√(2·load)): the tail of the normal distribution beyond 1/√load, by Simpson's rule.
let private tail (load: float) =
    let from, steps, length = 1.0 / sqrt load, 200, 8.0
    let density x = exp (-0.5 * x * x) / sqrt (2.0 * Math.PI)
    let h = length / float steps

    let weight i =
        if i = 0 || i = steps then 1.0
        elif i % 2 = 1 then 4.0
        else 2.0

    h / 3.0 * Seq.sum (seq { for i in 0..steps -> weight i * density (from + h * float i) })

let private capacity (key: Key) =
    let loads = [ for i in 1..14 -> 0.02 * float i ]
    let overlap units load = Hopfield.overlapAtLoad units load 0.0 (Key.child (int (1000.0 * load)) key)
    let error load = Hopfield.errorAtLoad 500 load (Key.child (int (1000.0 * load)) key)
    let wide = [ for i in 1..10 -> 0.1 * float i ]

    {
        Title = "How much it holds"
        Html =
            Html.note
                "Random patterns stored by Hebb's rule. Large networks retrieve up to 0.138 patterns a unit; small ones lose them less sharply and later."
            + Html.columns
                [
                    Html.titled
                        "Overlap of a stored pattern with what it becomes"
                        (Charts.curves
                            "patterns per unit"
                            "mean overlap"
                            [
                                for units in [ 200; 500 ] ->
                                    $"{units} units", [ for load in loads -> load, overlap units load ]
                            ])
                    Html.titled
                        "Units of a stored pattern that the first step changes"
                        (Charts.curves
                            "patterns per unit"
                            "part of the units"
                            [
                                "500 units", [ for load in wide -> load, error load ]
                                "theory", [ for load in wide -> load, tail load ]
                            ])
                ]
    }

let private basins (key: Key) =
    let curve patterns =
        let stored = Hopfield.randomPatterns patterns 500 (Key.child patterns key)
        let network = Hopfield.hebb stored

        let overlap part =
            Hopfield.retrieval part (Key.child 1 (Key.child patterns key)) network stored
            |> Tensor.mean
            |> Tensor.toFloat

        $"{patterns} patterns", [ for i in 0..10 -> 0.05 * float i, overlap (0.05 * float i) ]

    let share patterns =
        let stored = Hopfield.randomPatterns patterns 200 (Key.child patterns key)
        let part = Hopfield.spuriousShare 300 (Key.child 2 key) (Hopfield.hebb stored) stored
        [ string patterns; Html.percent 0 part ]

    {
        Title = "Basins of attraction, and states that nobody stored"
        Html =
            Html.columns
                [
                    Html.titled
                        "Overlap after recall, 500 units, Hebb's rule"
                        (Charts.curves
                            "part of the units flipped"
                            "mean overlap"
                            [ for patterns in [ 10; 25; 50; 75 ] -> curve patterns ])
                    Html.titled
                        "Random states of 200 units that settle in no stored pattern, nor in its negative"
                        (Html.table
                            [ "patterns"; "spurious" ]
                            [ for patterns in [ 1; 2; 3; 5; 10; 20 ] -> share patterns ])
                ]
    }

let private run (request: Request) (report: Reporter) : Outcome =
    let digits = Data.digits request.Data
    report.Tell digits.Source
    let stored, key = patterns digits.Test, Key.ofSeed request.Seed
    let clock = Stopwatch.StartNew()

    let metrics =
        if request.CSharp then
            [ for struct (name, value) in CSharp.HopfieldCapacity.Measure(stored, key) -> name, value ]
        else
            measure stored key

    {
        Data = digits.Source
        Metrics = metrics
        Timings = [ "recall_seconds", clock.Elapsed.TotalSeconds ]
        Sections =
            lazy
                [
                    recalled stored (Key.child 10 key)
                    way stored (Key.child 11 key)
                    capacity (Key.child 12 key)
                    basins (Key.child 13 key)
                ]
    }

/// About 0.138 patterns a unit; the same in seconds, quick or not.
let entry: Entry =
    {
        Name = "hopfield"
        Description = "A Hopfield network recalls patterns from noise"
        HasTwin = true
        Run = run
    }
