/// Dense associative memory (Krotov and Hopfield 2016, https://arxiv.org/abs/1606.01164) beside the classical network, and
/// the modern continuous one (Ramsauer et al. 2020, https://arxiv.org/abs/2008.02217) on images.
module Functional.Examples.DenseMemory

open System.Diagnostics
open Functional
open Functional.FSharp
open Functional.Examples.Report
open Functional.Examples.Report.Images

let private units = 64

/// Recalls noisy states from patterns.
type Memory = Key -> Tensor -> Tensor -> Recall

/// Hebb's rule.
let classical: Memory = fun key patterns noisy -> Hopfield.recall 1000 key (Hopfield.hebb patterns) noisy

/// A dense memory of this degree.
let dense (degree: int) : Memory =
    fun key patterns noisy -> DenseMemory.recall 1000 key (DenseMemory.polynomial degree patterns) noisy

/// The part of so many random patterns that are recalled without error when a tenth of their units is flipped, over sets of
/// patterns that hold `probes` together.
let recallRate (memory: Memory) (probes: int) (key: Key) (count: int) : float =
    let right trial =
        let key = Key.child trial (Key.child count key)

        Scope.value (fun () ->
            let patterns = Hopfield.randomPatterns count units (Key.child 0 key)
            let noisy = Hopfield.flipped 0.1 (Key.child 1 key) patterns
            let overlaps = Hopfield.overlap (memory (Key.child 2 key) patterns noisy).States patterns
            Tensor.toFloat (Tensor.mean (Tensor.cast Dtype.Float64 (Tensor.eqNumber 1.0 overlaps))))

    Seq.averageBy right (seq { 1 .. (probes + count - 1) / count })

/// The largest number of patterns of which 95 % are recalled, between powers of two by halving.
let capacity (rate: int -> float) : int =
    let holds count = rate count >= 0.95

    let rec between low high =
        if high - low < 2 then low
        elif holds ((low + high) / 2) then between ((low + high) / 2) high
        else between low ((low + high) / 2)

    let rec double count = if holds (2 * count) then double (2 * count) else between count (2 * count)
    double 1

/// What is measured: the capacities of both, and how many times as much the dense memory holds.
let measure (quick: bool) (key: Key) : (string * float) list =
    let capacity memory = float (capacity (recallRate memory (if quick then 500 else 2000) key))
    let classical, dense = capacity classical, capacity (dense 3)
    [ "classical_capacity", classical; "dense_capacity", dense; "capacity_ratio", dense / classical ]

let private rates key =
    let counts = [ 1; 2; 3; 4; 6; 8; 12; 16; 24; 32; 48; 64; 96; 128; 192; 256; 384; 512 ]

    let curve (name: string) memory =
        name, [ for count in counts -> System.Math.Log2(float count), recallRate memory 300 key count ]

    {
        Title = "How many patterns are recalled"
        Html =
            Html.note
                $"Random patterns of {units} units with a tenth of the units flipped: the part that is recalled without error, by the logarithm of their number to base 2."
            + Charts.curves
                "log₂ of the number of patterns"
                "recalled without error"
                [
                    curve "classical" classical
                    curve "degree 3" (dense 3)
                    curve "degree 4" (dense 4)
                    curve "exponential" (fun key patterns noisy ->
                        DenseMemory.recall 1000 key (DenseMemory.exponential patterns) noisy)
                ]
    }

let private pictures (images: Tensor) =
    Tensor.toJagged images
    |> Array.map (fun values -> { Caption = ""; Width = 28; Values = values })
    |> List.ofArray
    |> ink

let private images (digits: Dataset) =
    let stored = Tensor.flatten 1 -1 (Dataset.slice 0 (min 2000 (Dataset.count digits)) digits).Inputs
    let whole = Tensor.slice 0 0 10 stored
    let upper = Tensor.cat 1 [ Tensor.ones [ 10; 392 ]; Tensor.zeros [ 10; 392 ] ]
    let given = whole * upper
    let found = ModernHopfield.retrieve 100 1e-4 1.0 stored given

    let energies =
        (given, seq { 1..4 })
        ||> Seq.scan (fun state _ -> ModernHopfield.update 1.0 stored state)
        |> Seq.map (fun state -> Tensor.toFloat (Tensor.mean (ModernHopfield.energy 1.0 stored state)))

    let steps = [ for step, energy in Seq.indexed energies -> float step, energy ]

    {
        Title = "Grey images from their upper halves"
        Html =
            Html.note
                $"The modern continuous Hopfield network, whose update is attention, holds {stored.Shape[0]:N0} images of 784 numbers; it is given ten of them without their lower halves."
            + Html.titled "Stored" (pictures whole)
            + Html.titled "Given" (pictures given)
            + Html.titled $"Retrieved, in at most {Array.max found.Sweeps} updates" (pictures found.States)
            + Html.titled "The mean energy after each update" (Charts.curves "updates" "energy" [ "energy", steps ])
    }

let private run (request: Request) (report: Reporter) : Outcome =
    let digits = Data.digits request.Data
    report.Tell digits.Source
    let key = Key.ofSeed request.Seed
    let clock = Stopwatch.StartNew()

    let metrics =
        if request.CSharp then
            [
                for struct (name, value) in CSharp.DenseMemoryCapacity.Measure(request.Quick, key) -> name, value
            ]
        else
            measure request.Quick key

    {
        Data = digits.Source
        Metrics = metrics
        Timings = [ "recall_seconds", clock.Elapsed.TotalSeconds ]
        Sections = lazy [ rates (Key.child 1 key); images digits.Test ]
    }

/// A dense memory of degree 3 holds many times as much as the classical network.
let entry: Entry =
    {
        Name = "dense-memory"
        Description = "A dense associative memory holds more patterns than it has units"
        HasTwin = true
        Run = run
    }
