/// A perceptron as an energy, learnt from points on a ring of eight clouds: against noise (Gutmann and Hyvärinen 2010) and, for
/// comparison, by the five other rules that need no Z.
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

/// Points of the eight clouds, unlabelled.
let batches (steps: int) (key: Key) : Batches<Tensor> =
    Batches.init steps (fun i ->
        (Synthetic.gaussians (Synthetic.circle modes radius) deviation batchSize (Key.child i key)).Inputs)

/// Trains for so many steps.
let train (watch: Snapshot -> unit) (steps: int) (data: Key) (key: Key) : Snapshot =
    Training.fitReporting 20 watch rule (Optimizer.adam (Schedule.cosine 5e-3 0.0 steps)) (batches steps data) key

// The temperature falls from 10 to 1 in 750 steps and stays there.
let private cooling: Schedule =
    Schedule.join 750 (Schedule.decay 10.0 (10.0 ** (-1.0 / 750.0)) 1) (Schedule.constant 1.0)

/// Chains of exact Langevin steps, cooled: [chains; 2]. They start from N(0, 0.1²) at the middle of the ring, ten deviations from
/// any cloud, so that a cloud has samples only if the energy leads there. Warm at first, they walk about before they settle:
/// from one point a slight slope would send most of them to a few of the clouds.
let sample (energy: Energy) (key: Key) : Tensor =
    let start = 0.1 * Random.normal [ chains; 2 ] (Key.child 0 key)
    let at temperature = Langevin.adjusted stride (Energy.tempered temperature energy)
    Kernel.run 1000 (Key.child 1 key) (Tempering.anneal cooling at) start

// The distance of each sample to the nearest centre, and which that is.
let private nearest (samples: Tensor) =
    let centres = Synthetic.circle modes radius
    let between = Tensor.unsqueeze 1 samples - Tensor.unsqueeze 0 centres
    let squares, mode = Tensor.minWithIndex 1 (Tensor.sumOver 2 (Tensor.square between))
    Array.zip (Tensor.toLongs mode) (Tensor.toDoubles (Tensor.sqrt squares))

/// The modes with at least a tenth of their fair share of the samples, the part of the samples within three standard deviations
/// of a mode, and by how much the mean energy of samples is above that of data.
let measure (energy: Energy) (samples: Tensor) (data: Tensor) : (string * float) list =
    Scope.value (fun () ->
        let close = nearest samples |> Array.filter (fun (_, distance) -> distance <= 3.0 * deviation)
        let least = 0.1 * float samples.Shape[0] / float modes
        let found = close |> Array.countBy fst |> Array.filter (fun (_, count) -> float count >= least)
        let mean x = Tensor.toFloat (Tensor.mean (energy x))

        [
            "mode_coverage", float found.Length
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

// The other rules, the rate and the number of steps of each.
let private others: (string * Rule<Tensor> * float * int) list =
    let walk = Langevin.adjusted stride

    [
        "contrastive divergence", EnergyNetwork.contrastiveDivergence walk 10 0.01 network, 2e-3, 500
        "persistent chains", EnergyNetwork.persistent walk 10 1000 0.01 anywhere 0.001 network, 2e-3, 1000
        "score matching", EnergyNetwork.scoreMatching network, 2e-3, 1000
        "sliced score matching", EnergyNetwork.slicedScoreMatching network, 2e-3, 1000
        "denoising score matching", EnergyNetwork.denoisingScoreMatching 0.3 network, 2e-3, 1000
    ]

let private sections (energy: Energy) (samples: Tensor) (data: Tensor) (quick: bool) (key: Key) curve =
    let learnt i (name, rule, rate, steps) =
        let steps = if quick then 20 else steps
        let key = Key.child i key
        let optimizer = Optimizer.adam (Schedule.cosine rate 0.0 steps)

        let energy =
            Training.fit rule optimizer (batches steps (Key.child 0 key)) (Key.child 1 key)
            |> EnergyNetwork.energy network

        name, energy, sample energy (Key.child 2 key)

    let all = ("contrast to noise", energy, samples) :: List.mapi learnt others

    let row (name, energy, samples) =
        let found = measure energy samples data
        let value name = $"{List.find (fst >> (=) name) found |> snd:F3}"
        [ name; value "mode_coverage"; value "high_quality"; value "mean_energy_gap" ]

    [
        {
            Title = "The density, by six rules"
            Html =
                Html.note
                    "exp(-E)/Z on a square; each picture has a scale of its own. Only the contrast to noise weighs the clouds against each other: rules that look at slopes, or at chains near the data, cannot tell how much each cloud has, nor what lies far from all."
                + ink (density "the data's density" truth :: [ for name, energy, _ in all -> density name energy ])
                + Html.titled
                    "Samples"
                    (ink (scattered "data" data :: [ for name, _, samples in all -> scattered name samples ]))
                + Html.note
                    "Chains of 1,000 Langevin steps from the middle of the ring, cooled from T = 10 to 1. A mode is found where it has a tenth of its fair share of the samples."
                + Html.table
                    [ "learnt by"; "modes found"; "within 3σ of a mode"; "energy of samples less that of data" ]
                    (List.map row all)
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
        Sections = lazy (sections energy samples data request.Quick (child 4) (List.ofSeq losses))
    }

/// Two hidden layers of 128 units.
let entry: Entry =
    {
        Name = "energy-net"
        Description = "A perceptron learns an energy whose samples find eight clouds on a ring"
        HasTwin = true
        Run = run
    }
