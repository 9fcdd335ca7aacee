/// A perceptron as an energy, learnt from points on a ring of eight clouds: against noise (Gutmann and Hyvärinen 2010) and, for
/// comparison, by persistent chains (Du and Mordatch 2019, https://arxiv.org/abs/1903.08689).
module Functional.Examples.EnergyNet

open System.Diagnostics
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Functional.Examples.Report
open Functional.Examples.Report.Images

let private modes = 8
let private radius = 6.0
let private deviation = 0.6
let private batchSize = 256
let private chains = 1000
let private side = 10.0
// Of Langevin steps: half a cloud's variance.
let private stride = 0.18

/// The energy: [n; 2] -> [n; 1].
let network: Layer<Tensor, Tensor> = dense 2 128 --> silu --> dense 128 128 --> silu --> dense 128 1

/// States anywhere in the square.
let anywhere (count: int) (key: Key) : Tensor = side * (2.0 * Random.uniform [ count; 2 ] key - 1.0)

// The logarithm of their density.
let private evenly (x: Tensor) : Tensor = Tensor.full [ x.Shape[0] ] (-2.0 * log (2.0 * side))

/// The learning rule: points of the data are told from points anywhere.
let rule: Rule<Tensor> = EnergyNetwork.noiseContrastive anywhere evenly network

// Chains of a buffer that go on by exact Langevin steps.
let private chained = EnergyNetwork.persistent (Langevin.adjusted stride) 10 1000 0.01 anywhere 0.001 network

/// Points of the eight clouds, unlabelled.
let batches (steps: int) (key: Key) : Batches<Tensor> =
    Batches.init steps (fun i ->
        (Synthetic.gaussians (Synthetic.circle modes radius) deviation batchSize (Key.child i key)).Inputs)

/// Trains for so many steps.
let train (watch: Snapshot -> unit) (steps: int) (data: Key) (key: Key) : Snapshot =
    Training.fitReporting 20 watch rule (Optimizer.adam (Schedule.cosine 5e-3 0.0 steps)) (batches steps data) key

/// Chains of exact Langevin steps from anywhere: [chains; 2].
let sample (energy: Energy) (key: Key) : Tensor =
    Kernel.run 1000 (Key.child 1 key) (Langevin.adjusted stride energy) (anywhere chains (Key.child 0 key))

// The distance of each sample to the nearest centre, and which that is.
let private nearest (samples: Tensor) =
    let centres = Synthetic.circle modes radius
    let between = Tensor.unsqueeze 1 samples - Tensor.unsqueeze 0 centres
    let squares, mode = Tensor.minWithIndex 1 (Tensor.sumOver 2 (Tensor.square between))
    Array.zip (Tensor.toLongs mode) (Tensor.toDoubles (Tensor.sqrt squares))

/// The modes that have samples, the part of the samples within three standard deviations of one, and by how much the mean energy
/// of samples is above that of data.
let measure (energy: Energy) (samples: Tensor) (data: Tensor) : (string * float) list =
    Scope.value (fun () ->
        let close = nearest samples |> Array.filter (fun (_, distance) -> distance <= 3.0 * deviation)
        let mean x = Tensor.toFloat (Tensor.mean (energy x))

        [
            "mode_coverage", float (close |> Array.distinctBy fst).Length
            "high_quality", float close.Length / float samples.Shape[0]
            "mean_energy_gap", mean samples - mean data
        ])

let private resolution = 128

// Points of a grid over the square, row by row from the top: [resolution²; 2].
let private grid () =
    let at i = float32 (side * (2.0 * (float i + 0.5) / float resolution - 1.0))

    Tensor.ofArray
        [ resolution * resolution; 2 ]
        [|
            for row in 0 .. resolution - 1 do
                for column in 0 .. resolution - 1 do
                    at column
                    -(at row)
        |]

let private picture caption (values: float[]) =
    let largest = Array.max values

    {
        Caption = caption
        Width = resolution
        Values = values |> Array.map (fun v -> float32 (v / largest))
    }

let private density caption (energy: Energy) =
    Scope.value (fun () -> picture caption (Tensor.toDoubles (Energy.probabilities energy (grid ()))))

// How many points lie in each of the grid's cells, four cells to a side being one.
let private scattered caption (points: Tensor) =
    let values = Array.zeroCreate (resolution * resolution)

    let cell (x: float32) =
        int (floor ((float x / side + 1.0) / 2.0 * float resolution)) |> max 0 |> min (resolution - 1)

    for point in Tensor.toJagged points do
        let place = resolution * cell -point[1] + cell point[0]
        values[place] <- 1.0

    picture caption values

let private truth: Energy =
    fun x ->
        let between = Tensor.unsqueeze 1 x - Tensor.unsqueeze 0 (Synthetic.circle modes radius)
        -(Tensor.logsumexpOver 1 (Tensor.sumOver 2 (Tensor.square between) * (-0.5 / (deviation * deviation))))

let private sections (energy: Energy) (samples: Tensor) (data: Tensor) steps (key: Key) curve =
    let matched =
        let steps = min steps 1000

        Training.fit chained (Optimizer.adam (Schedule.cosine 2e-3 0.0 steps)) (batches steps (Key.child 0 key)) key
        |> EnergyNetwork.energy network

    let others = sample matched (Key.child 1 key)
    let value name found = $"{List.find (fst >> (=) name) found |> snd:F3}"

    let row name energy samples =
        let found = measure energy samples data
        [ name; value "mode_coverage" found; value "high_quality" found; value "mean_energy_gap" found ]

    [
        {
            Title = "The density"
            Html =
                Html.note "exp(-E)/Z on a square; each picture has a scale of its own."
                + ink
                    [
                        density "the data's density" truth
                        density "learnt against noise" energy
                        density "learnt by persistent chains" matched
                        scattered "data" data
                        scattered "samples, against noise" samples
                        scattered "samples, persistent chains" others
                    ]
                + Html.table
                    [ "learnt by"; "modes found"; "within 3σ of a mode"; "energy of samples less that of data" ]
                    [ row "contrast to noise" energy samples; row "persistent chains" matched others ]
        }
        {
            Title = "Learning"
            Html =
                Html.note "The cross-entropy of telling data from noise, both parts together."
                + Charts.curves "step" "loss" [ "of single batches", curve ]
        }
    ]

let private run (request: Request) (report: Reporter) : Outcome =
    if request.Epochs.IsSome then
        invalidArg "--epochs" "this system draws its data anew at each step, so there are no epochs to count"

    let source = $"Points of {modes} normal clouds on a ring of radius {radius}, standard deviation {deviation}"
    report.Tell source
    let key = Key.ofSeed request.Seed
    let child i = Key.child i key
    let steps = if request.Quick then 200 else 4000
    let clock = Stopwatch.StartNew()
    let losses = ResizeArray()

    let watch (snapshot: Snapshot) =
        losses.Add((float snapshot.Step, Tensor.toFloat snapshot.Loss))
        report.Advance (float snapshot.Step / float steps) $"step {snapshot.Step:N0} of {steps:N0}"

    let last =
        if request.CSharp then
            CSharp.EnergyNet.Train(steps, child 0, child 1)
        else
            train watch steps (child 0) (child 1)

    let trained = clock.Elapsed.TotalSeconds
    let energy = EnergyNetwork.energy network last

    let samples =
        if request.CSharp then
            CSharp.EnergyNet.Sample(last, child 2)
        else
            sample energy (child 2)

    let data = (Synthetic.gaussians (Synthetic.circle modes radius) deviation chains (child 3)).Inputs

    {
        Data = source
        Metrics = measure energy samples data
        Timings = [ "train_seconds", trained; "sample_seconds", clock.Elapsed.TotalSeconds - trained ]
        Sections = lazy (sections energy samples data steps (child 4) (List.ofSeq losses))
    }

/// Two hidden layers of 128 units.
let entry: Entry =
    {
        Name = "energy-net"
        Description = "A perceptron learns an energy whose samples find eight clouds on a ring"
        HasTwin = true
        Run = run
    }
