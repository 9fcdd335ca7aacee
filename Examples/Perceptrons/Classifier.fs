/// Classifiers of digits: how they are trained, measured and shown.
module Functional.Examples.Classifier

open System.Diagnostics
open Functional
open Functional.FSharp
open Functional.Examples.ClassifierReport

/// A network, how it is trained, and its twin in C#.
type Classifier =
    {
        Name: string
        Description: string
        Network: Layer<Tensor, Tensor>
        /// By name, the first where none is asked for; each from the number of steps of the whole run.
        Optimizers: (string * (int -> Transform)) list
        Epochs: int
        /// What an output of the first layer is called.
        Unit: string
        /// Trains the same network in C#: from the optimizer's name, the digits, the epochs and the key to the last snapshot.
        Twin: string -> Dataset * int * Key -> Snapshot
    }

let private batchSize = 64

// Snapshots that show the loss along the way; training does not depend on their number.
let private every = 25

let private predict (classifier: Classifier) snapshot (test: Dataset) =
    Evaluation.predict 500 classifier.Network snapshot test.Inputs

// The optimizer asked for.
let private chosen (classifier: Classifier) (request: Request) =
    let known = classifier.Optimizers |> List.map fst

    match request.Optimizer with
    | None -> classifier.Optimizers.Head
    | Some name ->
        match classifier.Optimizers |> List.tryFind (fst >> (=) name) with
        | Some found -> found
        | None ->
            let names = String.concat ", " known
            invalidArg "optimizer" $"{classifier.Name} is not trained with '{name}', but with: {names}"

// Trains epoch by epoch: the last snapshot, what was seen on the way, and the seconds without those of evaluation.
let private train (classifier: Classifier) (report: Reporter) (_, optimizer) epochs key (digits: Data.Digits) =
    let rule = Rule.ofLoss Loss.crossEntropy classifier.Network
    let batches = Dataset.batches batchSize epochs (Key.child 1 key) digits.Train
    let perEpoch = (Dataset.count digits.Train + batchSize - 1) / batchSize
    let optimizer: Transform = optimizer (epochs * perEpoch)
    let start = Training.start rule optimizer (Key.child 0 key)
    let losses, accuracies, clock = ResizeArray(), ResizeArray(), Stopwatch()

    let epoch (before: Snapshot) number =
        let mutable last = before
        let soFar, began = losses.Count, clock.Elapsed
        let rate () = float (last.Step - before.Step) / (clock.Elapsed - began).TotalSeconds
        clock.Start()

        for snapshot in Training.run every rule optimizer (Batches.take (number * perEpoch) batches) before do
            last <- snapshot
            losses.Add((float snapshot.Step, Tensor.toFloat snapshot.Loss))

            report.Advance
                (float snapshot.Step / float (epochs * perEpoch))
                $"epoch {number} of {epochs}, loss {snd losses[losses.Count - 1]:F3}, {rate ():F0} steps/s"

        clock.Stop()
        let accuracy = Evaluation.accuracy (predict classifier last digits.Test) digits.Test.Targets
        accuracies.Add((float number, accuracy))
        let loss = losses |> Seq.skip soFar |> Seq.averageBy snd
        report.Tell $"epoch {number} of {epochs}: accuracy {accuracy:F4}, loss {loss:F4}, {rate ():F0} steps/s"
        last

    let last = Seq.fold epoch start [ 1..epochs ]
    let curves = { Losses = List.ofSeq losses; Accuracies = List.ofSeq accuracies }
    struct (last, Some curves, clock.Elapsed.TotalSeconds)

let private trainTwin (classifier: Classifier) (name, _) epochs key (digits: Data.Digits) =
    let clock = Stopwatch.StartNew()
    let last = classifier.Twin name (digits.Train, epochs, key)
    struct (last, None, clock.Elapsed.TotalSeconds)

let private run (classifier: Classifier) (request: Request) (report: Reporter) : Outcome =
    let train = if request.CSharp then trainTwin classifier else train classifier report
    let digits = Data.digits request.Data
    let digits = if request.Quick then Data.few digits else digits
    report.Tell digits.Source
    let epochs = request.Epochs |> Option.defaultValue (if request.Quick then 2 else classifier.Epochs)
    let struct (snapshot, curves, seconds) = train (chosen classifier request) epochs (Key.ofSeed request.Seed) digits
    let logits = predict classifier snapshot digits.Test

    {
        Data = digits.Source
        Metrics =
            [
                "test_accuracy", Evaluation.accuracy logits digits.Test.Targets
                "parameters", float (Params.count snapshot.Params)
            ]
        Timings = [ "train_seconds", seconds ]
        Sections = lazy (sections classifier.Unit curves classifier.Network snapshot logits digits.Test)
    }

/// A classifier as an entry of the gallery.
let entry (classifier: Classifier) : Entry =
    {
        Name = classifier.Name
        Description = classifier.Description
        HasTwin = true
        Run = run classifier
    }
