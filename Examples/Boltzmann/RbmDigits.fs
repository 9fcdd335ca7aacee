/// A restricted Boltzmann machine of handwritten digits, with so few hidden units that its likelihood is known exactly
/// (Tieleman 2008, https://doi.org/10.1145/1390156.1390290; Salakhutdinov and Murray 2008,
/// https://doi.org/10.1145/1390156.1390266).
module Functional.Examples.RbmDigits

open System.Diagnostics
open Functional
open Functional.FSharp
open Functional.Examples.BinaryDigits
open Functional.Examples.Learn
open Functional.Examples.RbmReport

let private batchSize = 100
let private chains = 100

/// The mean of ln p over samples where ln Z is known.
let private logLikelihood (rbm: Rbm) (samples: Tensor) (logZ: float) (ps: Params) : float =
    Scope.value (fun () -> Tensor.toFloat (Tensor.mean (Rbm.logLikelihood logZ rbm ps samples)))

// What a way is called in the metrics and in the report, its rule, and in how many epochs' time it goes through the data once.
let private ways (rbm: Rbm) : (string * string * Rule<Tensor> * int) list =
    [
        "pcd", "PCD-1", Rbm.persistent batchSize 1 0.01 rbm, 1
        "cd1", "CD-1", Rbm.contrastiveDivergence 1 0.01 rbm, 1
        "cd10", "CD-10", Rbm.contrastiveDivergence 10 0.01 rbm, 2
    ]

let private learn (report: Reporter) rbm looks epochs (train: Tensor) (test: Tensor) key : Learned list =
    let rates = Rbm.baseRates rbm train
    let few = Tensor.slice 0 0 (min 1000 test.Shape[0]) test
    let part = 1.0 / float (ways rbm).Length

    let estimated key (snapshot: Snapshot) =
        let z = Rbm.annealed 100 chains rates key rbm snapshot.Params
        logLikelihood rbm few z.Value snapshot.Params

    ways rbm
    |> List.mapi (fun i (_, name, rule, share) ->
        let key = Key.child i key
        let epochs = max 1 (epochs / share)
        let steps = epochs * ((train.Shape[0] + batchSize - 1) / batchSize)
        let optimizer = Optimizer.sgd (Schedule.linear 0.05 0.0 steps)
        let batches = batches batchSize epochs (Key.child 1 key) train

        let stage =
            {
                Name = $"{name}, estimated log-likelihood"
                Begins = part * float i
                Ends = part * float (i + 1)
            }

        startAt train rbm rule optimizer (Key.child 0 key)
        |> watched report stage looks (estimated (Key.child 2 key)) steps rule optimizer batches)

// Chains of the machine's own: those that learning by PCD left, so many sweeps later.
let private own sweeps (rbm: Rbm) (last: Snapshot) key : Tensor =
    Kernel.run sweeps key (Rbm.gibbs rbm last.Params) (Tree.leaf [ "chains" ] last.State)

/// ln Z by annealing from the data's own frequencies to the machine, and back from its own states.
let annealing (rbm: Rbm) (rates: Tensor) (last: Snapshot) (own: Tensor) betas key : struct (LogZ * LogZ) =
    struct (Rbm.annealed betas chains rates (Key.child 0 key) rbm last.Params,
            Rbm.annealedBack betas own rates (Key.child 1 key) rbm last.Params)

// ln p of samples under the best model of independent pixels.
let private independent (rates: Tensor) (samples: Tensor) =
    Scope.value (fun () ->
        let signed = (2.0 * samples - 1.0) * rates
        Tensor.toFloat (Tensor.mean (Tensor.sumOver 1 (Tensor.logsigmoid signed))))

let private run (request: Request) (report: Reporter) : Outcome =
    let digits = Data.digits request.Data
    let digits = if request.Quick then Data.few digits else digits
    report.Tell digits.Source
    let key = Key.ofSeed request.Seed
    let child i = Key.child i key
    let rbm = Rbm.bernoulli 784 (if request.Quick then 10 else 20)
    let looks, temperatures, sweeps = if request.Quick then 2, 300, 100 else 10, 2000, 2000
    let epochs = request.Epochs |> Option.defaultValue (if request.Quick then 2 else 10)
    let train, test = binarised (child 0) digits.Train, binarised (child 1) digits.Test
    let clock = Stopwatch.StartNew()

    let learned =
        if request.CSharp then
            CSharp.RbmDigits.Train(train, rbm.HiddenCount, epochs, child 2) |> Seq.map unwatched |> Seq.toList
        else
            learn report rbm looks epochs train test (child 2)

    let trained = clock.Elapsed.TotalSeconds
    let machines = learned |> List.map _.Last.Params
    report.Tell "The sum over all states of the hidden units …"
    let logZs = machines |> List.map (Rbm.logPartition rbm)
    let summed = clock.Elapsed.TotalSeconds
    let rates = Rbm.baseRates rbm train
    let first = learned.Head.Last
    let own = own sweeps rbm first (Key.child 2 (child 3))

    let estimate betas key =
        if request.CSharp then
            CSharp.RbmDigits.Annealing(rbm, first, rates, own, betas, key)
        else
            annealing rbm rates first own betas key

    let struct (annealed, back) = estimate temperatures (child 3)
    let likelihoods = List.map2 (logLikelihood rbm test) logZs machines

    {
        Data = digits.Source
        Metrics =
            [
                "loglik_test", likelihoods[0]
                "logz_exact", logZs[0]
                "logz_ais", annealed.Value
                "ais_error", annealed.Value - logZs[0]
                "logz_ais_reverse", back.Value
                "loglik_cd1", likelihoods[1]
                "loglik_cd10", likelihoods[2]
                "loglik_independent", independent rates test
            ]
        Timings =
            [
                "train_seconds", trained
                "sum_seconds", summed - trained
                "ais_seconds", clock.Elapsed.TotalSeconds - summed
            ]
        Sections =
            lazy
                (sections
                    {
                        Rbm = rbm
                        Names = [ for _, name, _, _ in ways rbm -> name ]
                        Learned = learned
                        Likelihoods = likelihoods
                        LogZ = logZs[0]
                        Annealed = annealed
                        Back = back
                        ByTemperatures =
                            [
                                for betas in [ temperatures / 40; temperatures / 10; temperatures / 4 ] do
                                    betas, estimate betas (Key.child betas (child 3))
                                temperatures, struct (annealed, back)
                            ]
                        Test = test
                        Key = child 4
                    })
    }

/// 784 visible and 20 hidden units.
let entry =
    {
        Name = "rbm"
        Description = "A restricted Boltzmann machine dreams of digits; its likelihood exactly and by annealing"
        HasTwin = true
        Run = run
    }
