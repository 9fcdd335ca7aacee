/// A deep Boltzmann machine of digits (Salakhutdinov and Hinton 2009, http://proceedings.mlr.press/v5/salakhutdinov09a.html): all
/// layers learn together, each from both of its neighbours, and how likely digits are is known from below.
module Functional.Examples.Dbm

open System
open System.Diagnostics
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Functional.Examples.BinaryDigits
open Functional.Examples.Report

let private sizes = [ 784; 256; 256 ]
let private labels = 1000
let private batchSize = 100
let private chains = 100

/// The machine of all layers.
let machine = lazy Dbm.bernoulli sizes

/// The network that starts from nothing, of the same layers.
let random: Layer<Tensor, Tensor> =
    let hidden = [ for inputs, outputs in List.pairwise sizes -> dense inputs outputs --> sigmoid ]
    flatten --> Layer.stack hidden --> dense (List.last sizes) 10

/// First parameters, layer by layer with CD-1, from samples [n; 784].
let pretrain (epochs: int) (key: Key) (dbm: Dbm) (samples: Tensor) : Params =
    Dbm.greedy (Rbm.contrastiveDivergence 1 0.01) (Functional.Examples.Dbn.learn epochs) dbm key samples

/// All layers at once: 10 sweeps of the mean field, 5 Gibbs sweeps of the chains, a rate that falls from 0.01 to 0.
let learn (epochs: int) (key: Key) (dbm: Dbm) (first: Params) (samples: Tensor) : Snapshot =
    let steps = epochs * ((samples.Shape[0] + batchSize - 1) / batchSize)

    let optimizer = Transform.chain [ Transform.decayWeights 2e-4; Optimizer.sgd (Schedule.linear 0.01 0.0 steps) ]

    Training.fit
        (Dbm.persistent chains 5 10 first dbm)
        optimizer
        (batches batchSize epochs (Key.child 1 key) samples)
        (Key.child 0 key)

/// ln Z by annealing over so many temperatures, and the mean of the bound on ln p over test samples under it.
let bound (betas: int) (key: Key) (dbm: Dbm) (ps: Params) (train: Tensor) (test: Tensor) : LogZ * float =
    let rates = Rbm.baseRates (Rbm.bernoulli train.Shape[1] 1) train
    let logZ = Dbm.annealed betas chains rates key dbm ps

    logZ,
    Scope.value (fun () ->
        let means = Dbm.meanField 0.0 1e-4 50 dbm ps test
        Tensor.toFloat (Tensor.mean (Dbm.bound logZ.Value dbm ps means)))

// The parts of a run, in F# or in C#.
type private Parts =
    {
        Pretrain: int -> Key -> Tensor -> Params
        Learn: int -> Key -> Params -> Tensor -> Snapshot
        Random: Layer<Tensor, Tensor>
        Errors: Layer<Tensor, Tensor> -> int -> Key -> Dataset -> Dataset -> float list
        Judge: int -> Key -> Dataset -> Snapshot
        Bound: int -> Key -> Params -> Tensor -> Tensor -> LogZ * float
        Sample: int -> int -> Key -> Params -> Tensor
    }

let private own () =
    let dbm = machine.Value

    {
        Pretrain = fun epochs key samples -> pretrain epochs key dbm samples
        Learn = fun epochs key first samples -> learn epochs key dbm first samples
        Random = random
        Errors = Functional.Examples.Dbn.errors
        Judge = Functional.Examples.Dbn.judge
        Bound = fun betas key ps train test -> bound betas key dbm ps train test
        Sample = fun sweeps count key ps -> Dbm.sample sweeps count key dbm ps
    }

let private twin () =
    let dbm = CSharp.DeepBoltzmann.Machine
    let byPath (ps: Params) = readOnlyDict (Tree.leaves (Params.values ps))

    {
        Pretrain =
            fun epochs key samples ->
                Tree.ofLeaves [ for p in CSharp.DeepBoltzmann.Pretrain(dbm, samples, epochs, key) -> p.Key, p.Value ]
        Learn = fun epochs key first samples -> CSharp.DeepBoltzmann.Learn(dbm, byPath first, samples, epochs, key)
        Random = CSharp.DeepBoltzmann.Random
        Errors =
            fun layer epochs key labelled test ->
                List.ofSeq (CSharp.DeepBelief.Errors(layer, epochs, key, labelled, test))
        Judge = fun epochs key train -> CSharp.DeepBelief.Judge(epochs, key, train)
        Bound =
            fun betas key ps train test ->
                let struct (logZ, bound) = CSharp.DeepBoltzmann.Bound(dbm, byPath ps, betas, train, test, key)
                logZ, bound
        Sample = fun sweeps count key ps -> CSharp.DeepBoltzmann.Sample(dbm, byPath ps, sweeps, count, key)
    }

let private likelihoods (rows: (string * LogZ * float) list) =
    {
        Title = "How likely digits are"
        Html =
            Html.note
                "ln Z by annealed importance sampling, between three standard errors, and with it a bound from below on the mean of ln p over binary test digits, which the mean field gives."
            + Html.table
                [ "parameters"; "ln Z"; "from"; "to"; "bound on ln p" ]
                [
                    for name, logZ, bound in rows ->
                        [ name; $"{logZ.Value:F2}"; $"{logZ.Low:F2}"; $"{logZ.High:F2}"; $"{bound:F2}" ]
                ]
    }

let private run (request: Request) (report: Reporter) : Outcome =
    let digits = Data.digits request.Data
    let digits = if request.Quick then Data.few digits else digits
    report.Tell digits.Source
    let key = Key.ofSeed request.Seed
    let child i = Key.child i key
    let epochs = request.Epochs |> Option.defaultValue (if request.Quick then 1 else 5)
    let tuning = if request.Quick then 3 else 30
    let betas = if request.Quick then 100 else 2000
    let sweeps, count = if request.Quick then 50, 100 else 1000, 500
    let train, test = binarised (child 0) digits.Train, binarised (child 1) digits.Test
    let labelled = Dataset.take labels (Dataset.shuffle (child 2) digits.Train)
    let clock = Stopwatch.StartNew()
    let parts = if request.CSharp then twin () else own ()
    let units = String.Join("-", sizes)
    report.Tell $"{units} units, layer by layer, {epochs} epochs each …"
    let first = parts.Pretrain epochs (child 3) train
    let firstZ, firstBound = parts.Bound betas (child 4) first train test
    let pretrained = clock.Elapsed.TotalSeconds
    report.Tell $"the bound on ln p is {firstBound:F2}; all layers at once, {epochs} epochs …"
    let last = parts.Learn epochs (child 5) first train
    let logZ, lastBound = parts.Bound betas (child 4) last.Params train test
    let learned = clock.Elapsed.TotalSeconds

    report.Tell
        $"the bound on ln p is {lastBound:F2}; {labels} labels, {tuning} epochs, from random weights and from the machine …"

    let untrained = parts.Errors parts.Random tuning (child 6) labelled digits.Test

    let trained =
        parts.Errors (flatten --> Dbm.toLayer 10 machine.Value last.Params) tuning (child 6) labelled digits.Test

    let tuned = clock.Elapsed.TotalSeconds
    report.Tell "samples, and a judge of them …"
    let judge = parts.Judge (if request.Quick then 2 else 5) (child 7) digits.Train
    let samples = parts.Sample sweeps count (child 8) last.Params
    let verdicts = Functional.Examples.Dbn.judged judge samples
    let weight i = (Tree.leaf [ "weight"; string i ] last.Params).Value

    {
        Data = digits.Source
        Metrics =
            [
                "bound_greedy", firstBound
                "bound_test", lastBound
                "logz_ais", logZ.Value
                "error_random", List.last untrained
                "error_pretrained", List.last trained
                yield! Functional.Examples.Dbn.scores verdicts
                "judge_accuracy", 1.0 - Functional.Examples.Dbn.error Mlp.mlp judge digits.Test
            ]
        Timings =
            [
                "pretrain_seconds", pretrained
                "learn_seconds", learned - pretrained
                "tune_seconds", tuned - learned
                "sample_seconds", clock.Elapsed.TotalSeconds - tuned
            ]
        Sections =
            lazy
                [
                    likelihoods [ "layer by layer", firstZ, firstBound; "all layers at once", logZ, lastBound ]
                    Functional.Examples.Dbn.drawn
                        "Drawn from the machine by Gibbs sampling from random states, all layers in turn; shown are the means of the pixels."
                        samples
                        verdicts
                    Functional.Examples.Dbn.learning untrained trained
                    Functional.Examples.Dbn.filters "What the first hidden units see" (Tensor.transpose 0 1 (weight 0))
                    Functional.Examples.Dbn.filters
                        "What the second hidden units see, through the first"
                        (Tensor.transpose 0 1 (Tensor.matmul (weight 0) (weight 1)))
                ]
    }

/// 784-256-256 units.
let entry: Entry =
    {
        Name = "dbm"
        Description = "A deep Boltzmann machine learns digits with all layers at once; its likelihood from below"
        HasTwin = true
        Run = run
    }
