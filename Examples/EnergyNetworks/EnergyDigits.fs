/// An energy of handwritten digits: half the squared error of an autoencoder, learnt by denoising score matching at ten scales of
/// noise (Li, Chen and Sommer 2019, https://arxiv.org/abs/1910.07762). One step down its slope takes noise away, and Langevin
/// chains that are cooled from noise end at digits.
module Functional.Examples.EnergyDigits

open System.Diagnostics
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Functional.Examples.Report
open Functional.Examples.EnergyDigitsReport

let private batchSize = 128
let private levels, finest, coarsest = 10, 0.2, 1.0
let private width = 512

/// The energy of images as rows, ½·|x - D(x)|² with a perceptron for D: [n; 784] -> [n].
let network: Layer<Tensor, Tensor> =
    Layer.residual (dense 784 width --> silu --> dense width width --> silu --> dense width 784)
    --> Layer.lift (fun (error: Tensor) -> 0.5 * Tensor.sumOver 1 (Tensor.square error))

/// Scales of noise, each so many times the one before.
let sigmas: float list =
    [ for i in 0 .. levels - 1 -> finest * (coarsest / finest) ** (float i / float (levels - 1)) ]

/// The learning rule.
let rule: Rule<Tensor> = EnergyNetwork.multiscaleScoreMatching sigmas network

/// Trains on digits as rows, [n; 784], through so many epochs.
let train (watch: Snapshot -> unit) (epochs: int) (key: Key) (rows: Tensor) : Snapshot =
    let steps = epochs * ((rows.Shape[0] + batchSize - 1) / batchSize)
    let batches = BinaryDigits.batches batchSize epochs (Key.child 1 key) rows
    Training.fitReporting 20 watch rule (Optimizer.adam (Schedule.cosine 2e-3 0.0 steps)) batches (Key.child 0 key)

/// One step down the slope of the energy: the mean of the images that noisy ones may come from, as the energy knows it.
let denoise (energy: Energy) (noisy: Tensor) : Tensor =
    Scope.tensor (fun () ->
        let _, slope = Energy.slope energy noisy
        noisy - slope)

/// Langevin chains cooled in so many steps, from T = 1, the square of the coarsest scale, to the square of the finest; at T the
/// energy is E/T. So many of them start from N(½, 1); what noise is left is taken away at the end: [count; 784].
let sample (steps: int) (count: int) (energy: Energy) (key: Key) : Tensor =
    let cooling = Schedule.decay (coarsest ** 2.0) ((finest / coarsest) ** (2.0 / float steps)) 1
    let at temperature = Langevin.unadjusted (0.5 * temperature) (Energy.tempered temperature energy)
    let start = 0.5 + coarsest * Random.normal [ count; 784 ] (Key.child 0 key)
    Kernel.run steps (Key.child 1 key) (Tempering.anneal cooling at) start |> denoise energy

/// Images with the pixels of each in an order of its own: as much ink, and no digits.
let shuffled (key: Key) (rows: Tensor) : Tensor =
    let one i =
        let order = Tensor.ofInts (Random.permutation rows.Shape[1] (Key.child i key))
        Tensor.indexSelect 1 order (Tensor.slice 0 i (i + 1) rows)

    Scope.tensor (fun () -> Tensor.cat 0 [ for i in 0 .. rows.Shape[0] - 1 -> one i ])

/// Images whose pixels each are the mean of the 3×3 around them.
let smoothed (rows: Tensor) : Tensor =
    Scope.tensor (fun () ->
        Tensor.reshape [ -1; 1; 28; 28 ] rows |> Tensor.avgpool2d 3 1 1 |> Tensor.reshape [ -1; 784 ])

/// The chance that of a digit and another image, each drawn at random, the digit has the lower energy: the area under the curve
/// of true by false positives.
let auroc (digits: float[]) (others: float[]) : float =
    let sorted = Array.sort digits

    // How many digits are below an energy; those that are equal count half.
    let below (energy: float) =
        let rec first holds low high =
            if low = high then low
            elif holds sorted[(low + high) / 2] then first holds low ((low + high) / 2)
            else first holds ((low + high) / 2 + 1) high

        let less = first (fun e -> e >= energy) 0 sorted.Length
        let upTo = first (fun e -> e > energy) 0 sorted.Length
        0.5 * float (less + upTo)

    Array.averageBy below others / float digits.Length

let private sigma = 0.3

// The parts of a run, in F# or in C#.
type private Parts =
    {
        Train: int -> Key -> Tensor -> Snapshot
        Sample: int -> int -> Snapshot -> Key -> Tensor
        Judge: int -> Key -> Dataset -> Snapshot
    }

let private own watch =
    {
        Train = train watch
        Sample = fun steps count last key -> sample steps count (EnergyNetwork.energy network last) key
        Judge = Dbn.judge
    }

let private twin =
    {
        Train = fun epochs key rows -> CSharp.EnergyDigits.Train(rows, epochs, key)
        Sample = fun steps count last key -> CSharp.EnergyDigits.Sample(last, steps, count, key)
        Judge = fun epochs key train -> CSharp.DeepBelief.Judge(epochs, key, train)
    }

let private run (request: Request) (report: Reporter) : Outcome =
    let digits = Data.digits request.Data
    let digits = if request.Quick then Data.few digits else digits
    report.Tell digits.Source
    let key = Key.ofSeed request.Seed
    let child i = Key.child i key
    let epochs = request.Epochs |> Option.defaultValue (if request.Quick then 1 else 10)
    let cooling, count = if request.Quick then 20, 50 else 150, 500
    let rows, test = BinaryDigits.rows digits.Train, BinaryDigits.rows digits.Test
    let test = Tensor.slice 0 0 (min 2000 test.Shape[0]) test
    let steps = epochs * ((rows.Shape[0] + batchSize - 1) / batchSize)
    let clock = Stopwatch.StartNew()
    let losses = ResizeArray()

    let watch (snapshot: Snapshot) =
        losses.Add((float snapshot.Step, Tensor.toFloat snapshot.Loss))
        report.Advance (float snapshot.Step / float steps) $"step {snapshot.Step:N0} of {steps:N0}"

    let parts = if request.CSharp then twin else own watch
    let last = parts.Train epochs (child 0) rows
    let trained = clock.Elapsed.TotalSeconds
    report.Tell $"{count} chains, cooled in {cooling} steps …"
    let samples = parts.Sample cooling count last (child 1)
    let sampled = clock.Elapsed.TotalSeconds
    report.Tell "a judge of samples …"
    let judge = parts.Judge (if request.Quick then 2 else 5) (child 2) digits.Train
    let verdicts = Dbn.judged judge samples
    let sure = verdicts |> Array.filter (fun (_, confidence) -> confidence >= 0.9)
    let energy = EnergyNetwork.energy network last
    let energies (x: Tensor) = Scope.value (fun () -> Tensor.toDoubles (energy x))
    let noisy = test + sigma * Random.normal test.Shape (child 4)
    let clean = denoise energy noisy
    let error (x: Tensor) = Scope.value (fun () -> Tensor.toFloat (Tensor.mean (Tensor.square (x - test))))
    let ofDigits, ofShuffled, ofSmoothed = energies test, energies (shuffled (child 3) test), energies (smoothed test)

    {
        Data = digits.Source
        Metrics =
            [
                "energy_gap", Array.average ofShuffled - Array.average ofDigits
                "auroc_shuffled", auroc ofDigits ofShuffled
                "auroc_smoothed", auroc ofDigits ofSmoothed
                "error_noisy", error noisy
                "error_denoised", error clean
                "sample_score", float sure.Length / float verdicts.Length
                "sample_digits", float (sure |> Array.distinctBy fst).Length
            ]
        Timings =
            [
                "train_seconds", trained
                "sample_seconds", sampled - trained
                "judge_seconds", clock.Elapsed.TotalSeconds - sampled
            ]
        Sections =
            lazy
                (sections
                    {
                        Samples = samples
                        Verdicts = verdicts
                        Digits = test
                        Noisy = noisy
                        Denoised = clean
                        Energies =
                            [
                                "digits", ofDigits
                                "digits with noise", energies noisy
                                "smoothed digits", ofSmoothed
                                "shuffled pixels", ofShuffled
                                "samples", energies samples
                            ]
                        Losses = List.ofSeq losses
                    })
    }

/// An autoencoder with two hidden layers of 512 units.
let entry: Entry =
    {
        Name = "energy-digits"
        Description = "A network learns an energy of digits: one step down its slope takes noise away"
        HasTwin = true
        Run = run
    }
