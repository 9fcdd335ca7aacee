/// Features that a restricted Boltzmann machine learns from digits without labels serve a classifier that has few labels.
module Functional.Examples.RbmFeatures

open System.Diagnostics
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Functional.Examples.BinaryDigits
open Functional.Examples.Learn
open Functional.Examples.Report

let private batchSize = 100
let private penalties = [ 1e-4; 3e-4; 1e-3; 3e-3; 1e-2; 3e-2 ]

let private learn (report: Reporter) rbm epochs (train: Tensor) key : Learned =
    let steps = epochs * ((train.Shape[0] + batchSize - 1) / batchSize)
    let rule = Rbm.contrastiveDivergence 1 0.01 rbm

    let optimizer =
        Transform.chain [ Transform.decayWeights 2e-4; Optimizer.momentum (Schedule.linear 0.05 0.0 steps) 0.9 ]

    let few = Tensor.slice 0 0 (min 1000 train.Shape[0]) train

    let reconstruction (snapshot: Snapshot) =
        Scope.value (fun () ->
            Tensor.toFloat (Tensor.mean (Tensor.square (Rbm.reconstruct rbm snapshot.Params few - few))))

    let stage = { Name = "CD-1, squared error of reconstructions"; Begins = 0.0; Ends = 0.6 }

    startAt train rbm rule optimizer (Key.child 0 key)
    |> watched report stage 40 reconstruction steps rule optimizer (batches batchSize epochs (Key.child 1 key) train)

/// Labelled samples to learn from, to choose the penalty on, and to judge by.
type private Task = { Train: Dataset; Validation: Dataset; Test: Dataset }

// Of each penalty: the accuracy on the samples that it is chosen on, and the classifier.
type private Candidate = { Penalty: float; Accuracy: float; Snapshot: Snapshot }

let private logits (snapshot: Snapshot) (data: Dataset) =
    let size = data.Inputs.Shape[1]
    Evaluation.predict 1000 (dense size 10) snapshot data.Inputs

// Logistic regression on all samples at once, with a penalty of penalty/2·|weights|².
let private regress (data: Dataset, penalty: float, steps: int, key: Key) : Snapshot =
    let rule = Rule.ofLoss Loss.crossEntropy (dense (data.Inputs.Shape[1]) 10)

    let optimizer =
        Transform.chain [ Transform.decayWeights penalty; Optimizer.adam (Schedule.cosine 0.02 0.0 steps) ]

    Training.fit rule optimizer (Batches.cycle steps [ struct (data.Inputs, data.Targets) ]) key

let private candidates (report: Reporter) name part classify steps (task: Task) (key: Key) =
    penalties
    |> List.mapi (fun i penalty ->
        report.Advance
            (part + 0.2 * float i / float penalties.Length)
            $"logistic regression on {name}, penalty {penalty}"

        let last = classify (task.Train, penalty, steps, key)
        let accuracy = Evaluation.accuracy (logits last task.Validation) task.Validation.Targets
        { Penalty = penalty; Accuracy = accuracy; Snapshot = last })

let private best (found: Candidate list) = List.maxBy _.Accuracy found

let private task (train: Dataset) (test: Dataset) (places: int[]) (features: Dataset -> Tensor) =
    let pick (places: int[]) =
        let index = Tensor.ofInts places
        Dataset.create (Tensor.indexSelect 0 index train.Inputs) (Tensor.indexSelect 0 index train.Targets)

    let seen (digits: Dataset) = Dataset.create (features digits) digits.Targets

    {
        Train = seen (pick places[.. places.Length / 2 - 1])
        Validation = seen (pick places[places.Length / 2 ..])
        Test = seen test
    }

let private comparison (task: Task) (raw: Candidate list) (rbm: Candidate list) =
    let row (a: Candidate) (b: Candidate) = [ $"{a.Penalty:G}"; Html.percent 1 a.Accuracy; Html.percent 1 b.Accuracy ]

    {
        Title = "Choosing the penalties"
        Html =
            Html.note
                $"Logistic regression on {Dataset.count task.Train:N0} labelled digits; the accuracy on {Dataset.count task.Validation:N0} others, by which each penalty is chosen."
            + Html.table [ "penalty"; "grey levels"; "features" ] (List.map2 row raw rbm)
    }

let private recognition (raw: Tensor) (rbm: Tensor) (labels: Tensor) =
    {
        Title = "What is taken for what"
        Html =
            Html.columns
                [
                    Html.titled "On grey levels" (Charts.confusion (Evaluation.confusion raw labels))
                    Html.titled "On features" (Charts.confusion (Evaluation.confusion rbm labels))
                ]
    }

let private learning (learned: Learned) =
    if learned.Curve.IsEmpty then
        []
    else
        [
            {
                Title = "Learning without labels"
                Html = Charts.lines "step" "squared error of a pixel" false [ "reconstructions", learned.Curve ]
            }
        ]

let private run (request: Request) (report: Reporter) : Outcome =
    let digits = Data.digits request.Data
    let digits = if request.Quick then Data.few digits else digits
    report.Tell digits.Source
    let key = Key.ofSeed request.Seed
    let child i = Key.child i key
    let rbm = Rbm.bernoulli 784 (if request.Quick then 100 else 500)
    let epochs = request.Epochs |> Option.defaultValue (if request.Quick then 2 else 6)
    let steps = if request.Quick then 100 else 400
    let clock = Stopwatch.StartNew()
    let samples = binarised (child 0) digits.Train

    let learned =
        if request.CSharp then
            unwatched (CSharp.RbmFeatures.Train(samples, rbm.HiddenCount, epochs, child 1))
        else
            learn report rbm epochs samples (child 1)

    let trained = clock.Elapsed.TotalSeconds
    let labelled = min 1000 (Dataset.count digits.Train / 2)
    let places = Random.choice (2 * labelled) (Dataset.count digits.Train) (child 2)
    let task = task digits.Train digits.Test places
    let raw, hidden = task rows, task (rows >> Rbm.hiddenMeans rbm learned.Last.Params)
    let classify = if request.CSharp then CSharp.RbmFeatures.Classify else regress
    let onRaw = candidates report "grey levels" 0.6 classify steps raw (child 3)
    let onHidden = candidates report "features" 0.8 classify steps hidden (child 4)
    let fromRaw, fromHidden = logits (best onRaw).Snapshot raw.Test, logits (best onHidden).Snapshot hidden.Test
    let accuracy logits = Evaluation.accuracy logits digits.Test.Targets

    {
        Data = digits.Source
        Metrics =
            [
                "accuracy_raw", accuracy fromRaw
                "accuracy_rbm", accuracy fromHidden
                "penalty_raw", (best onRaw).Penalty
                "penalty_rbm", (best onHidden).Penalty
            ]
        Timings = [ "train_seconds", trained; "classify_seconds", clock.Elapsed.TotalSeconds - trained ]
        Sections =
            lazy
                [
                    comparison raw onRaw onHidden
                    recognition fromRaw fromHidden digits.Test.Targets
                    RbmReport.filters 40 learned.Last.Params
                    yield! learning learned
                ]
    }

/// 784 visible and 500 hidden units.
let entry =
    {
        Name = "rbm-features"
        Description = "What a restricted Boltzmann machine learns without labels helps where labels are few"
        HasTwin = true
        Run = run
    }
