/// A deep belief network (Hinton, Osindero and Teh 2006, https://doi.org/10.1162/neco.2006.18.7.1527): what machines learn of digits
/// without labels makes a few labels go far (Bengio et al. 2007), and gives digits that nobody wrote.
module Functional.Examples.Dbn

open System
open System.Diagnostics
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Functional.Examples.Report
open Functional.Examples.Report.Images

let private sizes = [ 784; 256; 256; 256 ]
let private labels = 1000
let private batchSize = 100
let private tuningSize = 50
let private sure = 0.9
let private sweeps, count = 500, 500

/// The digits as rows, without their labels: [n; 784].
let rows (digits: Dataset) : Tensor = Scope.tensor (fun () -> Tensor.flatten 1 -1 digits.Inputs)

let private toEnd (start: Snapshot) (snapshots: Snapshot seq) = Seq.fold (fun _ snapshot -> snapshot) start snapshots

/// One machine by a rule: rate 0.1, weight decay 2e-4, momentum 0.5 in the first epoch and 0.9 afterwards.
let learn (epochs: int) (key: Key) (rule: Rule<Tensor>) (data: Tensor) : Params =
    let count = data.Shape[0]

    let optimizer momentum =
        Transform.chain [ Transform.decayWeights 2e-4; Transform.momentum momentum; Transform.scale -0.1 ]

    let batches =
        Dataset.create data (Tensor.zeros [ count ])
        |> Dataset.batches batchSize epochs (Key.child 1 key)
        |> Batches.map (fun (struct (v, _)) -> v)

    let go momentum batches start = Training.run Int32.MaxValue rule (optimizer momentum) batches start |> toEnd start

    let first = Batches.take ((count + batchSize - 1) / batchSize) batches
    (Training.start rule (optimizer 0.5) (Key.child 0 key) |> go 0.5 first |> go 0.9 batches).Params

/// One machine by CD-1.
let machine (epochs: int) (key: Key) (rbm: Rbm) (data: Tensor) : Params =
    learn epochs key (Rbm.contrastiveDivergence 1 0.01 rbm) data

/// The network that starts from nothing, of the same layers.
let random: Layer<Tensor, Tensor> =
    let hidden = [ for inputs, outputs in List.pairwise sizes -> dense inputs outputs --> sigmoid ]
    flatten --> Layer.stack hidden --> dense (List.last sizes) 10

/// The error on the test digits.
let error (layer: Layer<Tensor, Tensor>) (snapshot: Snapshot) (test: Dataset) : float =
    1.0 - Evaluation.accuracy (Evaluation.predict 500 layer snapshot test.Inputs) test.Targets

/// The error on the test digits after each epoch on the labelled ones.
let errors (layer: Layer<Tensor, Tensor>) epochs key (labelled: Dataset) (test: Dataset) : float list =
    let rule, optimizer = Rule.ofLoss Loss.crossEntropy layer, Optimizer.adam (Schedule.constant 1e-3)
    let batches = Dataset.batches tuningSize epochs (Key.child 1 key) labelled

    Training.start rule optimizer (Key.child 0 key)
    |> Training.run ((Dataset.count labelled + tuningSize - 1) / tuningSize) rule optimizer batches
    |> Seq.map (fun snapshot -> error layer snapshot test)
    |> Seq.toList

/// A perceptron trained on all labels, which knows nothing of the other network.
let judge (epochs: int) (key: Key) (train: Dataset) : Snapshot =
    let rule = Rule.ofLoss Loss.crossEntropy Mlp.mlp
    Training.fit rule (Optimizer.adam (Schedule.constant 1e-3)) (Dataset.batches 64 epochs (Key.child 1 key) train) key

/// What the judge takes each sample for, and how sure it is.
let judged (judge: Snapshot) (samples: Tensor) : (int64 * float)[] =
    Scope.value (fun () ->
        let images = Tensor.reshape [ samples.Shape[0]; 1; 28; 28 ] samples
        let chances = Tensor.softmax 1 (Evaluation.predict 500 Mlp.mlp judge images)
        let confidence, digit = Tensor.maxWithIndex 1 chances
        Array.zip (Tensor.toLongs digit) (Tensor.toDoubles confidence))

/// The part of the samples of which the judge is sure, and how many digits are among these.
let scores (verdicts: (int64 * float)[]) : (string * float) list =
    let certain = verdicts |> Array.filter (fun (_, confidence) -> confidence >= sure)

    [
        "sample_score", float certain.Length / float verdicts.Length
        "sample_digits", float (certain |> Array.distinctBy fst).Length
    ]

/// How the errors of both networks fall.
let learning (untrained: float list) (trained: float list) : Section =
    let curve name errors = name, [ for i, error in List.indexed errors -> float (i + 1), error ]

    {
        Title = "A thousand labels"
        Html =
            Html.note
                "Two networks of the same layers see the same thousand labels. One starts from random weights, the other from machines that saw all digits without labels."
            + Charts.curves
                "epoch"
                "error on the test digits"
                [ curve "from random weights" untrained; curve "from the machines" trained ]
    }

/// Samples, drawn as the note says, and what the judge takes them for, and how many it is sure of.
let drawn (note: string) (samples: Tensor) (verdicts: (int64 * float)[]) : Section =
    let pictures =
        Tensor.toJagged (Tensor.slice 0 0 (min 60 samples.Shape[0]) samples)
        |> Array.mapi (fun i values ->
            let digit, confidence = verdicts[i]

            {
                Caption = $"{digit} ({Html.percent 0 confidence})"
                Width = 28
                Values = values
            })
        |> List.ofArray

    let row (digit: int64) =
        let own = verdicts |> Array.filter (fun (d, _) -> d = digit)
        let certain = own |> Array.filter (fun (_, confidence) -> confidence >= sure)
        [ string digit; string own.Length; string certain.Length ]

    {
        Title = "Digits that nobody wrote"
        Html =
            Html.note $"{note} Under each stands what a classifier of real digits takes it for, and how sure it is."
            + ink pictures
            + Html.table
                [ "taken for"; "samples"; $"with at least {Html.percent 0 sure}" ]
                [ for d in 0L .. 9L -> row d ]
    }

/// What hidden units see, [hidden; 784].
let filters (title: string) (weights: Tensor) : Section =
    let pictures =
        Tensor.toJagged (Tensor.slice 0 0 40 weights)
        |> Array.map (fun values -> { Caption = ""; Width = 28; Values = values })
        |> List.ofArray

    {
        Title = title
        Html =
            Html.note "The first 40 of them; red weights are positive, blue ones negative, each on a scale of its own."
            + signed pictures
    }

// The parts of a run, in F# or in C#.
type private Parts =
    {
        Pretrain: int -> Key -> Tensor -> Dbn
        Random: Layer<Tensor, Tensor>
        Errors: Layer<Tensor, Tensor> -> int -> Key -> Dataset -> Dataset -> float list
        Judge: int -> Key -> Dataset -> Snapshot
        Sample: Key -> Dbn -> Tensor
    }

let private own =
    {
        Pretrain =
            fun epochs key rows ->
                let machines = [ for below, above in List.pairwise sizes -> Rbm.bernoulli below above ]
                Dbn.greedy (machine epochs) machines key rows
        Random = random
        Errors = errors
        Judge = judge
        Sample = Dbn.sample sweeps count
    }

let private twin =
    lazy
        {
            Pretrain = fun epochs key rows -> CSharp.DeepBelief.Pretrain(rows, epochs, key)
            Random = CSharp.DeepBelief.Random
            Errors =
                fun layer epochs key labelled test ->
                    List.ofSeq (CSharp.DeepBelief.Errors(layer, epochs, key, labelled, test))
            Judge = fun epochs key train -> CSharp.DeepBelief.Judge(epochs, key, train)
            Sample = fun key dbn -> CSharp.DeepBelief.Sample(dbn, sweeps, count, key)
        }

let private run (request: Request) (report: Reporter) : Outcome =
    let digits = Data.digits request.Data
    let digits = if request.Quick then Data.few digits else digits
    report.Tell digits.Source
    let key = Key.ofSeed request.Seed
    let child i = Key.child i key
    let epochs = request.Epochs |> Option.defaultValue (if request.Quick then 2 else 5)
    let tuning = if request.Quick then 5 else 30
    let labelled = Dataset.take labels (Dataset.shuffle (child 0) digits.Train)
    let clock = Stopwatch.StartNew()

    let parts = if request.CSharp then twin.Value else own
    let units = String.Join("-", sizes)
    report.Tell $"machines of {units} units, {epochs} epochs each …"
    let dbn = parts.Pretrain epochs (child 1) (rows digits.Train)
    let pretrained = clock.Elapsed.TotalSeconds
    report.Tell $"{labels} labels, {tuning} epochs, from random weights and from the machines …"
    let untrained = parts.Errors parts.Random tuning (child 2) labelled digits.Test
    let trained = parts.Errors (flatten --> Dbn.toLayer 10 dbn) tuning (child 2) labelled digits.Test
    let tuned = clock.Elapsed.TotalSeconds
    report.Tell "a judge of samples …"
    let judge = parts.Judge (if request.Quick then 2 else 5) (child 3) digits.Train
    let judging = clock.Elapsed.TotalSeconds
    let samples = parts.Sample (child 4) dbn
    let verdicts = judged judge samples
    let struct (_, lowest) = (Dbn.machines dbn).Head

    {
        Data = digits.Source
        Metrics =
            [
                "error_random", List.last untrained
                "error_pretrained", List.last trained
                yield! scores verdicts
                "judge_accuracy", 1.0 - error Mlp.mlp judge digits.Test
            ]
        Timings =
            [
                "pretrain_seconds", pretrained
                "tune_seconds", tuned - pretrained
                "judge_seconds", judging - tuned
                "sample_seconds", clock.Elapsed.TotalSeconds - judging
            ]
        Sections =
            lazy
                [
                    learning untrained trained
                    drawn
                        "Drawn from the network: the topmost machine runs from random states, then each layer draws the one below."
                        samples
                        verdicts
                    filters "What the lowest hidden units see" (Rbm.filters lowest)
                ]
    }

/// 784-256-256-256 units.
let entry: Entry =
    {
        Name = "dbn"
        Description = "A deep belief network learns digits from few labels, and dreams of others"
        HasTwin = true
        Run = run
    }
