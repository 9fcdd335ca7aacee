/// Boltzmann machines small enough to be enumerated (Ackley, Hinton and Sejnowski 1985,
/// https://doi.org/10.1207/s15516709cog0901_7): learning by the exact gradient and by sampling against the best there is.
module Functional.Examples.BoltzmannMachine

open System.Diagnostics
open Functional
open Functional.FSharp
open Functional.Examples.Learn
open Functional.Examples.BoltzmannReport

let private seen = 6
let private visible = Boltzmann.create seen 0 1.0
let private withHidden = Boltzmann.create 4 4 1.0

// Samples of what can be seen of a machine with two units more, so that no machine without hidden units is quite right.
let private drawn (count: int) key : Tensor =
    let teacher = Boltzmann.create seen 2 1.0
    let ps = Boltzmann.init 1.0 (Key.child 0 key) teacher
    let logits = Tensor.log (Boltzmann.distribution teacher ps)
    let states = Random.categorical (Tensor.expand [ count; logits.Shape[0] ] logits) (Key.child 1 key)
    Tensor.slice 1 0 seen (Tensor.indexSelect 0 states (Energy.enumerate teacher.Units))

/// The part of samples [n; units] that each state of `Energy.enumerate` has: float64 [2^units].
let frequencies (samples: Tensor) : Tensor =
    let units = samples.Shape[1]
    let place = Tensor.ofInts [ for unit in 0 .. units - 1 -> 1 <<< (units - 1 - unit) ]
    let states = Tensor.sumOver 1 (Tensor.cast Dtype.Int64 samples * place)
    Tensor.cast Dtype.Float64 (Tensor.bincount (1 <<< units) states) / float samples.Shape[0]

// KL(p ‖ exp logs).
let private divergence (p: Tensor) (logs: Tensor) =
    Array.map2 (fun p log' -> if p > 0.0 then p * (log p - log') else 0.0) (Tensor.toDoubles p) (Tensor.toDoubles logs)
    |> Array.sum

// What each state of the visible units has of ln p.
let private logs (machine: Boltzmann) (ps: Params) : Tensor =
    Boltzmann.logLikelihood machine ps (Energy.enumerate machine.Visible)

let private kl machine (p: Tensor) (ps: Params) = Scope.value (fun () -> divergence p (logs machine ps))

/// ln p of the machine without hidden units that is nearest to frequencies p [2^units], by Newton's method with the exact
/// Hessian, the covariance of the products xᵢxⱼ, i ≤ j: [2^units].
let nearest (units: int) (p: Tensor) : Tensor =
    let x = Tensor.toDoubles2D (Energy.enumerate units)

    let pairs =
        [
            for i in 0 .. units - 1 do
                for j in i .. units - 1 -> struct (i, j)
        ]

    let products =
        Tensor.ofDoubles
            [ p.Shape[0]; pairs.Length ]
            [|
                for state in 0 .. p.Shape[0] - 1 do
                    for struct (i, j) in pairs -> x[state, i] * x[state, j]
            |]

    let over q = Tensor.matmul (Tensor.transpose 0 1 products) q
    let logsAt theta = Tensor.logsoftmax 0 (Tensor.matmul products theta)
    let value theta = divergence p (logsAt theta)

    let rec newton left theta =
        let q = Tensor.exp (logsAt theta)
        let mean = over q
        let slope = over p - mean
        let hessian = over (Tensor.unsqueeze 1 q * products) - Tensor.outer mean mean
        let step = Tensor.solve hessian slope

        // Halves the step until it does not lead up.
        let rec along share =
            let next = theta + share * step

            if value next <= value theta then Some next
            elif share < 1e-9 then None
            else along (share / 2.0)

        match along 1.0 with
        | Some next when left > 1 && value theta - value next > 1e-14 -> newton (left - 1) next
        | found -> logsAt (Option.defaultValue theta found)

    newton 100 (Tensor.zerosOf Dtype.Float64 [ pairs.Length ])

let private optimizer rate steps = Optimizer.momentum (Schedule.linear rate 0.0 steps) 0.9
let private starts = 3

// By the exact gradient, by sampling, and bars and stripes from several starts.
let private learn (report: Reporter) (steps: int) (samples: Tensor) (bars: Tensor) key : Machines =
    let course name part machine rule optimizer data key =
        let p = frequencies data
        let stage = { Name = name; Begins = part; Ends = part + 0.2 }
        let start = Training.start rule optimizer key
        let measure (snapshot: Snapshot) = kl machine p snapshot.Params
        watched report stage 50 measure steps rule optimizer (Batches.cycle steps [ data ]) start

    let bars i =
        let rule, adam = Boltzmann.exact 0.5 withHidden, Optimizer.adam (Schedule.linear 0.05 0.0 steps)
        course $"KL of bars, start {i + 1}" (0.4 + 0.2 * float i) withHidden rule adam bars (Key.child (2 + i) key)

    {
        Exact =
            course
                "KL, exact gradient"
                0.0
                visible
                (Boltzmann.exact 0.01 visible)
                (optimizer 0.1 steps)
                samples
                (Key.child 0 key)
        Sampled =
            course
                "KL, sampling"
                0.2
                visible
                (Boltzmann.sampled 500 1 0.01 visible)
                (optimizer 0.05 steps)
                samples
                (Key.child 1 key)
        Bars = List.init starts bars
    }

let private learnTwin steps (samples: Tensor) (bars: Tensor) (key: Key) : Machines =
    let struct (exact, sampled, ofBars) = CSharp.BoltzmannMachine.Train(samples, bars, starts, steps, key)

    {
        Exact = unwatched exact
        Sampled = unwatched sampled
        Bars = ofBars |> Seq.map unwatched |> Seq.toList
    }

let private run (request: Request) (report: Reporter) : Outcome =
    withoutEpochs request
    let key = Key.ofSeed request.Seed
    let count, steps = 1000, (if request.Quick then 200 else 1000)

    let source =
        $"{count:N0} states drawn from a machine of {seen} visible and 2 hidden units; bars and stripes of 2×2"

    report.Tell source
    let samples, bars = drawn count (Key.child 0 key), Synthetic.barsAndStripes 2
    let clock = Stopwatch.StartNew()
    let learn = if request.CSharp then learnTwin else learn report
    let machines = learn steps samples bars (Key.child 1 key)
    let seconds = clock.Elapsed.TotalSeconds
    let p, best = frequencies samples, nearest seen (frequencies samples)
    let ofBars = machines.Bars |> List.map (fun learned -> kl withHidden (frequencies bars) learned.Last.Params)

    {
        Data = source
        Metrics =
            [
                "kl_exact", kl visible p machines.Exact.Last.Params
                "kl_sampled", kl visible p machines.Sampled.Last.Params
                "kl_optimum", divergence p best
                "kl_bars", List.min ofBars
            ]
        Timings = [ "train_seconds", seconds ]
        Sections =
            lazy
                (sections
                    {
                        Frequencies = p
                        Optimum = divergence p best, best
                        Visible = visible
                        WithHidden = withHidden
                        Machines = machines
                        BestOfBars = List.findIndex ((=) (List.min ofBars)) ofBars
                    })
    }

/// A machine of 6 visible units, and one of 4 visible and 4 hidden units.
let entry =
    {
        Name = "boltzmann"
        Description = "Boltzmann machines learn distributions, with and without hidden units"
        HasTwin = true
        Run = run
    }
