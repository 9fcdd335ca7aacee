/// Restricted Boltzmann machines on bars and stripes of 3×3: four ways to learn, each judged by the exact likelihood.
module Functional.Examples.RbmBars

open System.Diagnostics
open Functional
open Functional.FSharp
open Functional.Examples.Learn
open Functional.Examples.Report
open Functional.Examples.Report.Images

let private side = 3
let private rbm = Rbm.bernoulli (side * side) 8

/// The mean of ln p over the patterns.
let private logLikelihood (patterns: Tensor) (snapshot: Snapshot) : float =
    let logZ = Rbm.logPartition rbm snapshot.Params
    Scope.value (fun () -> Tensor.toFloat (Tensor.mean (Rbm.logLikelihood logZ rbm snapshot.Params patterns)))

// What a way is called in the metrics and in the report, its rule, its rate, and how often each pattern stands in a batch.
let private ways: (string * string * Rule<Tensor> * float * int) list =
    [
        "exact", "exact gradient", Rbm.exact 0.1 rbm, 0.03, 1
        "cd1", "CD-1", Rbm.contrastiveDivergence 1 0.1 rbm, 0.01, 10
        "cd10", "CD-10", Rbm.contrastiveDivergence 10 0.1 rbm, 0.01, 10
        "pcd", "PCD", Rbm.persistent 280 1 0.1 rbm, 0.01, 1
    ]

let private learn (report: Reporter) steps (patterns: Tensor) key : Learned list =
    let part = 1.0 / float ways.Length

    ways
    |> List.mapi (fun i (_, name, rule, rate, copies) ->
        let optimizer = Optimizer.adam (Schedule.linear rate 0.0 steps)

        let stage =
            {
                Name = $"log-likelihood, {name}"
                Begins = part * float i
                Ends = part * float (i + 1)
            }

        let batch = Tensor.cat 0 [ for _ in 1..copies -> patterns ]
        let batches = Batches.cycle steps [ batch ]

        watched
            report
            stage
            40
            (logLikelihood patterns)
            steps
            rule
            optimizer
            batches
            (Training.start rule optimizer (Key.child i key)))

let private learning (optimum: float) (learned: Learned list) =
    let curves = List.zip ways learned |> List.map (fun ((_, name, _, _, _), learned) -> name, learned.Curve)
    let best = [ for step, _ in snd curves.Head -> step, optimum ]

    {
        Title = "Learning"
        Html =
            Html.note
                "The mean log-likelihood of the patterns, exactly. No machine can be above the best there is, which gives each pattern the same probability and all else none."
            + Charts.lines "step" "nats per pattern" false (curves @ [ "the best there is", best ])
    }

let private picture caption (values: float32[]) = { Caption = caption; Width = side; Values = values }

let private filters (learned: Learned) =
    let rows = Tensor.toJagged (Rbm.filters learned.Last.Params)

    {
        Title = "What each hidden unit sees"
        Html =
            Html.note "The weights after learning by the exact gradient: red ones positive, blue ones negative."
            + signed [ for unit in 0 .. rows.Length - 1 -> picture $"hidden unit {unit}" rows[unit] ]
    }

// The likeliest pictures of a machine, with their probabilities.
let private likeliest (patterns: Tensor) (name: string) (learned: Learned) =
    let ps = learned.Last.Params
    let states = Energy.enumerate rbm.VisibleCount
    let p = Tensor.toDoubles (Tensor.exp (Rbm.logLikelihood (Rbm.logPartition rbm ps) rbm ps states))
    let rows, known = Tensor.toJagged states, Set.ofArray (Tensor.toJagged patterns)

    let pictures =
        [ 0 .. p.Length - 1 ]
        |> List.sortByDescending (fun state -> p[state])
        |> List.truncate 20
        |> List.map (fun state ->
            let mark = if known.Contains rows[state] then "" else ", no pattern"
            picture (Html.percent 1 p[state] + mark) rows[state])

    {
        Title = $"The likeliest pictures: {name}"
        Html =
            Html.note
                $"Each of the {patterns.Shape[0]} patterns should have {Html.percent 1 (1.0 / float patterns.Shape[0])}."
            + ink pictures
    }

let private run (request: Request) (report: Reporter) : Outcome =
    withoutEpochs request
    let patterns = Synthetic.barsAndStripes side
    let steps = if request.Quick then 200 else 3000
    let source = $"The {patterns.Shape[0]} bars and stripes of {side}×{side}"
    report.Tell source
    let clock = Stopwatch.StartNew()
    let key = Key.ofSeed request.Seed

    let learned =
        if request.CSharp then
            CSharp.RbmBars.Train(patterns, steps, key) |> Seq.map unwatched |> Seq.toList
        else
            learn report steps patterns key

    let optimum = -log(float patterns.Shape[0])

    {
        Data = source
        Metrics =
            [
                for (name, _, _, _, _), learned in List.zip ways learned do
                    $"loglik_{name}", logLikelihood patterns learned.Last

                "loglik_optimum", optimum
            ]
        Timings = [ "train_seconds", clock.Elapsed.TotalSeconds ]
        Sections =
            lazy
                [
                    learning optimum learned
                    filters learned.Head
                    likeliest patterns "exact gradient" learned.Head
                    likeliest patterns "CD-1" learned[1]
                ]
    }

/// 9 visible and 8 hidden units.
let entry =
    {
        Name = "rbm-bars"
        Description = "A restricted Boltzmann machine learns bars and stripes, by four rules"
        HasTwin = true
        Run = run
    }
