/// Layers as energies: rules against closed forms of quadratic energies, and against central differences.
module EnergyNetworkTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support
open Targets

let private key = Key.ofSeed 91
let private moment = { Step = 0; Key = key }
let private estimate rule (ps: Params) state x : Estimate = Rule.estimate rule moment ps state x

let private inner layer : State =
    let struct (_, state) = Layer.init key layer
    state

let private stateOf layer more : State = Node(("layer", inner layer) :: more)
let private eye n = Tensor.eyeOf Dtype.Float64 n n

/// E(x) = ½·xᵀAx + c, with a symmetric A where it is so at first.
let private quadratic (a: Tensor) : Layer<Tensor, Tensor> =
    layerOf "quadratic" [] {
        let! w = weight "weight" (fun _ -> a)
        and! c = bias "bias" (fun _ -> Tensor.zerosOf Dtype.Float64 [ 1 ])
        return fun x -> Tensor.unsqueeze 1 (0.5 * Tensor.sumOver 1 (Tensor.matmul x w * x)) + c
    }

let private paramsOf layer : Params =
    let struct (ps, _) = Layer.init key layer
    ps

let private leaf name (tree: Tree<Tensor>) : Tensor = Tree.leaf [ name ] tree
let private at name (tree: Tree<Tensor>) : Tensor = Tree.leaf [ name ] tree
let private matrix n (values: float list) = Tensor.ofDoubles [ n; n ] (Array.ofList values)
let private spread = matrix 2 [ 2.0; 0.6; 0.6; 0.5 ]

/// Samples whose second moments are exactly these: [4·count; 2].
let private whitened count (covariance: Tensor) =
    let x = doubles [ count; 2 ] 3
    let moments = Tensor.matmul (Tensor.transpose 0 1 x) x / float count
    let white = Tensor.matmul x (Tensor.transpose 0 1 (Tensor.inv (Tensor.cholesky moments)))
    Tensor.matmul white (Tensor.transpose 0 1 (Tensor.cholesky covariance))

let private small: Layer<Tensor, Tensor> = dense 3 4 --> tanh --> dense 4 1

let private smallParams =
    lazy (paramsOf small |> widenParams |> Tree.map (fun p -> { p with Value = p.Value + 0.2 }))

let private bimodal = lazy Tensor.sin (sines [ 6; 3 ] 0.4)

// The normal density of standard deviation s about 0.
let private normalLog (s: float) (x: Tensor) =
    Tensor.sumOver 1 (Tensor.square x) * (-0.5 / (s * s))
    - float x.Shape[1] * (log s + 0.5 * log (2.0 * Math.PI))

let private normals s columns count key = s * Random.normalOf Dtype.Float64 [ count; columns ] key

// The derivative of the loss by central differences, where what is random stays.
let private expectDifferences rule (ps: Params) state x =
    let made = estimate rule ps state x
    let flat = Tensor.cat 0 [ for g in Tree.values made.Gradients -> Tensor.reshape [ -1 ] g ]
    let loss p = Tensor.toFloat (estimate rule (unflatten ps p) state x).Loss
    let expected = numericalGradient loss (flattened ps)
    expectAbove 1e-3 "there is a slope" (largest expected)
    expectClose 1e-7 "gradient" expected (Tensor.toDoubles flat)

// The mean of a gradient over many keys, and the largest standard error of its numbers.
let private averaged rule (ps: Params) state x count =
    let all =
        [|
            for i in 0 .. count - 1 do
                let made = Rule.estimate rule { Step = i; Key = Key.child i key } ps state x
                Tensor.toDoubles (at "weight" made.Gradients)
        |]

    let column j = Array.map (Array.item j) all
    let mean j = Array.average (column j)

    let error j = sqrt ((column j |> Array.averageBy (fun v -> (v - mean j) ** 2.0)) / float count)

    [| for j in 0 .. all[0].Length - 1 -> mean j, error j |]

// The mean of the parameters after each step but the first `burn`: it errs less than any of them.
let private averaging rule optimizer batches burn key : Tree<Tensor> =
    let steps =
        [
            for snapshot: Snapshot in Training.run 1 rule optimizer batches (Training.start rule optimizer key) do
                if snapshot.Step > burn then
                    Params.values snapshot.Params
        ]

    let sum = List.reduce (Tree.map2 (fun (a: Tensor) (b: Tensor) -> a + b)) steps
    sum |> Tree.map (fun total -> total / float steps.Length)

let private walker: Energy -> Kernel<unit> = Langevin.unadjusted 0.05

let private refusals: (string * string list * (unit -> unit)) list =
    let two = dense 3 2
    let data = lazy bimodal.Value
    let draw = normals 1.0 3
    let refused rule layer () = estimate rule (paramsOf layer |> widenParams) (stateOf layer []) data.Value |> ignore

    [
        "two outputs", [ "one output"; "6 states"; "[6; 2]" ], refused (EnergyNetwork.scoreMatching two) two
        "two outputs, by hand",
        [ "one output"; "[6; 2]" ],
        (fun () -> EnergyNetwork.ofLayer two (paramsOf two |> widenParams) (inner two) data.Value |> ignore)
        "no steps",
        [ "contrastiveDivergence"; "not 0" ],
        (fun () -> EnergyNetwork.contrastiveDivergence walker 0 0.0 small |> ignore)
        "a negative penalty",
        [ "contrastiveDivergence"; "-1" ],
        (fun () -> EnergyNetwork.contrastiveDivergence walker 1 -1.0 small |> ignore)
        "no penalty at all",
        [ "persistent"; "NaN" ],
        (fun () -> EnergyNetwork.persistent walker 1 5 0.5 draw nan small |> ignore)
        "no buffer",
        [ "persistent"; "not 0" ],
        (fun () -> EnergyNetwork.persistent walker 1 0 0.5 draw 0.0 small |> ignore)
        "more than certain",
        [ "persistent"; "1.5" ],
        (fun () -> EnergyNetwork.persistent walker 1 5 1.5 draw 0.0 small |> ignore)
        "a batch larger than the buffer",
        [ "a batch of 6"; "buffer of 5" ],
        (fun () ->
            let rule = EnergyNetwork.persistent walker 1 5 0.5 draw 0.0 small
            let state = stateOf small [ "buffer", Leaf(draw 5 key) ]
            estimate rule smallParams.Value state data.Value |> ignore)
        "states drawn in another number",
        [ "draw"; "6"; "[7; 3]" ],
        (fun () ->
            let rule = EnergyNetwork.persistent walker 1 9 0.5 (fun n -> draw (n + 1)) 0.0 small
            let state = stateOf small [ "buffer", Leaf(draw 9 key) ]
            estimate rule smallParams.Value state data.Value |> ignore)
        "no noise",
        [ "denoisingScoreMatching"; "sigma"; "not 0" ],
        (fun () -> EnergyNetwork.denoisingScoreMatching 0.0 small |> ignore)
        "no scale of noise",
        [ "multiscaleScoreMatching"; "at least one"; "not none" ],
        (fun () -> EnergyNetwork.multiscaleScoreMatching [] small |> ignore)
        "a scale that is not a number",
        [ "multiscaleScoreMatching"; "positive"; "0.3, NaN" ],
        (fun () -> EnergyNetwork.multiscaleScoreMatching [ 0.3; nan ] small |> ignore)
        "noise of another shape",
        [ "draw"; "6"; "[6; 2]" ],
        (fun () ->
            let rule = EnergyNetwork.noiseContrastive (normals 1.0 2) (normalLog 1.0) small
            estimate rule smallParams.Value (stateOf small []) data.Value |> ignore)
        "log-densities of another shape",
        [ "logDensity"; "[6]"; "[6; 3]" ],
        (fun () ->
            let rule = EnergyNetwork.noiseContrastive draw id small
            estimate rule smallParams.Value (stateOf small []) data.Value |> ignore)
    ]

let tests =
    testList
        "energy networks"
        [
            test "score matching of a quadratic energy: ½·tr(A²S) - tr A, least at the precision" {
                let x = whitened 50 spread
                let a = matrix 2 [ 1.5; -0.4; -0.4; 2.0 ]
                let layer = quadratic a
                let made = estimate (EnergyNetwork.scoreMatching layer) (paramsOf layer) (stateOf layer []) x
                let trace m = Tensor.toFloat (Tensor.trace m)
                let closed = 0.5 * trace (Tensor.matmul (Tensor.matmul a a) spread) - trace a
                expectClose 1e-10 "loss" [| closed |] [| Tensor.toFloat made.Loss |]
                // d/dA over symmetric matrices: ½·(AS + SA) - 1.
                let slope = 0.5 * (Tensor.matmul a spread + Tensor.matmul spread a) - eye 2
                expectClose 1e-10 "gradient" (Tensor.toDoubles slope) (Tensor.toDoubles (at "weight" made.Gradients))
                let precise = quadratic (Tensor.inv spread)
                let rest = estimate (EnergyNetwork.scoreMatching precise) (paramsOf precise) (stateOf precise []) x
                expectClose 1e-9 "no slope there" (Array.zeroCreate 4) (Tensor.toDoubles (at "weight" rest.Gradients))
            }

            test "score matching learns a normal distribution's precision" {
                let x = whitened 50 spread
                let rule = EnergyNetwork.scoreMatching (quadratic (eye 2))
                let optimizer = Optimizer.sgd (Schedule.constant 0.5)
                let last = Training.fit rule optimizer (Batches.init 150 (fun _ -> x)) key
                let found = (Tree.leaf [ "weight" ] last.Params).Value
                expectClose 1e-6 "precision" (Tensor.toDoubles (Tensor.inv spread)) (Tensor.toDoubles found)
            }

            test "sliced score matching is score matching where no two numbers act on each other" {
                let separable =
                    Layer.compose (Layer.func "bent" [] (fun x -> Tensor.sin (1.3 * x) + 0.2 * x * x)) (dense 3 1)

                let ps = paramsOf separable |> widenParams
                let x = bimodal.Value
                let all = estimate (EnergyNetwork.scoreMatching separable) ps (stateOf separable []) x
                let sliced = estimate (EnergyNetwork.slicedScoreMatching separable) ps (stateOf separable []) x
                expectClose 1e-12 "loss" [| Tensor.toFloat all.Loss |] [| Tensor.toFloat sliced.Loss |]

                Tree.map2
                    (fun (a: Tensor) (b: Tensor) ->
                        expectClose 1e-10 "gradient" (Tensor.toDoubles a) (Tensor.toDoubles b))
                    all.Gradients
                    sliced.Gradients
                |> ignore
            }

            test "sliced score matching is right on average" {
                let layer = quadratic (matrix 2 [ 1.5; -0.4; -0.4; 2.0 ])
                let x = Tensor.repeat 0 20_000 (Tensor.ofDoubles [ 1; 2 ] [| 0.7; -0.3 |])
                let loss rule = Tensor.toFloat (estimate rule (paramsOf layer) (stateOf layer []) x).Loss
                let all = loss (EnergyNetwork.scoreMatching layer)
                let sliced = loss (EnergyNetwork.slicedScoreMatching layer)
                // vᵀAv = tr A ± 2·A₁₂.
                expectLess (abs (sliced - all)) (4.5 * 0.8 / sqrt 20_000.0) $"{sliced} and {all}"
                Expect.notEqual sliced all "random directions"
            }

            test
                "denoising score matching: ½·tr(A²(S + σ²))·σ² - σ²·tr A + ½·d on average, least at the smoothed precision" {
                let sigma, x = 0.8, whitened 500 spread
                let smooth = spread + sigma * sigma * eye 2

                let slopes (a: Tensor) =
                    let layer = quadratic a

                    averaged
                        (EnergyNetwork.denoisingScoreMatching sigma layer)
                        (paramsOf layer)
                        (stateOf layer [])
                        x
                        200

                for mean, error in slopes (Tensor.inv smooth) do
                    expectLess (abs mean) (4.5 * error) $"{mean} with error {error}"

                let sharp = slopes (Tensor.inv spread)
                Expect.exists sharp (fun (mean, error) -> abs mean > 30.0 * error) "not at the precision itself"
                let a = matrix 2 [ 1.5; -0.4; -0.4; 2.0 ]
                // d/dA over symmetric matrices: σ²·(½·(A(S + σ²) + (S + σ²)A) - 1).
                let turned = 0.5 * (Tensor.matmul a smooth + Tensor.matmul smooth a)
                let closed = sigma * sigma * (turned - eye 2) |> Tensor.toDoubles

                for (mean, error), expected in Seq.zip (slopes a) closed do
                    expectLess (abs (mean - expected)) (4.5 * error) $"{mean} ± {error}, not {expected}"
            }

            test "noise-contrastive estimation learns ln Z" {
                let layer = quadratic (matrix 1 [ 1.0 ])
                let rule = EnergyNetwork.noiseContrastive (normals 2.0 1) (normalLog 2.0) layer
                let s, count, burn, kept = 0.7, 1000, 400, 1200
                let batches = Batches.init (burn + kept) (fun i -> normals s 1 count (Key.child i (Key.ofSeed 5)))
                let found = averaging rule (Optimizer.sgd (Schedule.constant 1.0)) batches burn key
                let logZ = log s + 0.5 * log (2.0 * Math.PI)

                // The mean of the steps has the covariance of the estimate from all samples of these steps (Polyak and Juditsky
                // 1992), (I⁻¹ - 2·I⁻¹mmᵀI⁻¹)/N for as much noise as data (Gutmann and Hyvärinen 2010, theorem 3), with I = Σ ggᵀ and
                // m = Σ g over the density p·q/(p + q) and g = (x²/2, 1).
                let rule = MathNet.Numerics.Integration.GaussLegendreRule(-12.0, 12.0, 400)

                let integral f =
                    Seq.sum (
                        seq {
                            for i in 0..399 ->
                                let x = rule.GetAbscissa i
                                let density d = exp (-0.5 * x * x / (d * d)) / (d * sqrt (2.0 * Math.PI))
                                let p, q = density s, density 2.0
                                rule.GetWeight i * f (0.5 * x * x) * p * q / (p + q)
                        }
                    )

                let m = Tensor.ofDoubles [ 2 ] [| integral id; integral (fun _ -> 1.0) |]
                let i11, i12, i22 = integral (fun g -> g * g), integral id, integral (fun _ -> 1.0)
                let inverse = Tensor.inv (matrix 2 [ i11; i12; i12; i22 ])
                let turned = Tensor.matmul inverse m
                let covariance = (inverse - 2.0 * Tensor.outer turned turned) / float (count * kept)
                let errors = Tensor.toDoubles (Tensor.sqrt (Tensor.diagonal 0 0 1 covariance))

                for name, expected, error in [ "weight", 1.0 / (s * s), errors[0]; "bias", logZ, errors[1] ] do
                    let found = Tensor.toFloat (Tensor.sum (leaf name found))
                    expectMore 0.02 error "the test has power"
                    expectLess (abs (found - expected)) (5.0 * error) $"{name}: {expected}, was {found} ± {error}"
            }

            test "multiscale score matching at one scale σ is denoising score matching of E/σ²" {
                for sigma in [ 0.2; 0.9 ] do
                    let over = Layer.dimap id (fun y -> y / (sigma * sigma)) small
                    let ps, x = smallParams.Value, bimodal.Value
                    let one = estimate (EnergyNetwork.multiscaleScoreMatching [ sigma ] small) ps (stateOf small []) x
                    let other = estimate (EnergyNetwork.denoisingScoreMatching sigma over) ps (stateOf over []) x
                    expectClose 1e-12 "loss" [| Tensor.toFloat other.Loss |] [| Tensor.toFloat one.Loss |]

                    for (name, a), (_, b) in Seq.zip (Tree.leaves other.Gradients) (Tree.leaves one.Gradients) do
                        expectClose 1e-10 name (Tensor.toDoubles a) (Tensor.toDoubles b)
            }

            test "multiscale score matching learns the denoiser of a normal distribution at each of two scales" {
                // x of N(0, 1) in 200 dimensions with noise σ: the clean state's mean is x/(1 + σ²), so that the energy at
                // radius r = √(200·(1 + σ²)) slopes by r·σ²/(1 + σ²). E is a function of the radius alone.
                let n, count = 200, 400
                let scales = [ 0.5; 1.5 ]

                let radial: Layer<Tensor, Tensor> =
                    layerOf "radial" [] {
                        let! w = weight "weight" (fun _ -> Tensor.zerosOf Dtype.Float64 [ 2 ])

                        return
                            fun x ->
                                let q = Tensor.meanOver 1 (Tensor.square x)
                                let powers = Tensor.stack 1 [ q; 0.1 * q * q ]
                                float n * Tensor.unsqueeze 1 (Tensor.matmul powers w)
                    }

                let rule = EnergyNetwork.multiscaleScoreMatching scales radial

                let batches = Batches.init 300 (fun i -> Random.normalOf Dtype.Float64 [ count; n ] (Key.child i key))

                let last = Training.fit rule (Optimizer.adam (Schedule.cosine 0.05 0.0 300)) batches key
                let energy = EnergyNetwork.energy radial last

                for sigma in scales do
                    let clean = Random.normalOf Dtype.Float64 [ count; n ] (Key.ofSeed 7)
                    let x = clean + sigma * Random.normalOf Dtype.Float64 [ count; n ] (Key.ofSeed 8)
                    let _, slope = Energy.slope energy x
                    let error = Tensor.toFloat (Tensor.mean (Tensor.square (x - slope - clean)))
                    let least = sigma * sigma / (1.0 + sigma * sigma)
                    Expect.isTrue (abs (error / least - 1.0) < 0.05) $"σ = {sigma}: {error}, {least} at best"
            }

            for name, rule in
                [
                    "score matching", EnergyNetwork.scoreMatching small
                    "sliced score matching", EnergyNetwork.slicedScoreMatching small
                    "denoising score matching", EnergyNetwork.denoisingScoreMatching 0.3 small
                    "multiscale score matching", EnergyNetwork.multiscaleScoreMatching [ 0.2; 0.6 ] small
                    "noise-contrastive estimation", EnergyNetwork.noiseContrastive (normals 1.5 3) (normalLog 1.5) small
                ] do
                test $"{name}: gradients are those of differences" {
                    expectDifferences rule smallParams.Value (stateOf small []) bimodal.Value
                }

            test "contrastive divergence is the derivative of the difference of energies, with the penalty" {
                let ps, x = smallParams.Value, bimodal.Value
                let energy ps = EnergyNetwork.ofLayer small ps (inner small)
                let samples = Kernel.run 3 key (walker (energy ps)) x

                let loss penalty ps =
                    let e, f = energy ps x, energy ps samples
                    let squares = Tensor.mean (e * e) + Tensor.mean (f * f)
                    Tensor.mean e - Tensor.mean f + penalty * squares

                for penalty in [ 0.0; 0.5 ] do
                    let made =
                        estimate (EnergyNetwork.contrastiveDivergence walker 3 penalty small) ps (stateOf small []) x

                    expectClose 1e-12 "loss" [| Tensor.toFloat (loss penalty ps) |] [| Tensor.toFloat made.Loss |]
                    let expected = Differentiation.gradParams (loss penalty) ps
                    expectSameTree "state" (stateOf small []) made.State

                    Tree.map2
                        (fun (a: Tensor) (b: Tensor) ->
                            expectClose 1e-10 "gradient" (Tensor.toDoubles a) (Tensor.toDoubles b))
                        expected
                        made.Gradients
                    |> ignore
            }

            test "the buffer is state: its chains go on, the others stay" {
                let ps, x = smallParams.Value, bimodal.Value
                let buffer = normals 1.0 3 20 (Key.ofSeed 6)
                let rule fresh = EnergyNetwork.persistent walker 4 20 fresh (normals 9.0 3) 0.0 small
                let struct (_, first) = Rule.init key (rule 0.0)
                Expect.equal (leaf "buffer" first).Shape [| 20; 3 |] "shape"
                let start = stateOf small [ "buffer", Leaf buffer ]
                let made = estimate (rule 0.0) ps start x
                let rows (t: Tensor) = Tensor.toDoubles t |> Array.chunkBySize 3
                let before, after = rows buffer, rows (leaf "buffer" made.State)

                let moved =
                    [|
                        for i in 0..19 do
                            if before[i] <> after[i] then
                                i
                    |]

                Expect.equal moved.Length 6 "as many as the batch has"
                // In the order in which they were taken; Random.choice says which.
                let places = Random.choice 6 20 (Key.child 0 key)
                Expect.equal (Array.sort places) moved "which"
                let kernel = walker (EnergyNetwork.ofLayer small ps (inner small))
                let taken = Tensor.indexSelect 0 (Tensor.ofInts places) buffer
                let samples = Kernel.run 4 (Key.child 3 key) kernel taken
                expectSame "four steps" samples (Tensor.indexSelect 0 (Tensor.ofInts places) (leaf "buffer" made.State))

                let loss ps =
                    let energy = EnergyNetwork.ofLayer small ps (inner small)
                    Tensor.mean (energy x) - Tensor.mean (energy samples)

                expectClose 1e-12 "loss" [| Tensor.toFloat (loss ps) |] [| Tensor.toFloat made.Loss |]

                Tree.map2
                    (fun (a: Tensor) (b: Tensor) ->
                        expectClose 1e-10 "gradient" (Tensor.toDoubles a) (Tensor.toDoubles b))
                    (Differentiation.gradParams loss ps)
                    made.Gradients
                |> ignore

                let renewed = estimate (rule 1.0) ps start x
                let from = Kernel.run 4 (Key.child 3 key) kernel (normals 9.0 3 6 (Key.child 2 key))
                expectSame "fresh" from (Tensor.indexSelect 0 (Tensor.ofInts places) (leaf "buffer" renewed.State))
            }

            test "the energy of a run is its layer's, with the layer's own state" {
                let layer = dense 3 4 --> batchNorm 4 --> tanh --> dense 4 1
                let rule = EnergyNetwork.denoisingScoreMatching 0.5 layer
                let x = Tensor.cast Dtype.Float32 bimodal.Value
                let last = Training.fit rule (Optimizer.sgd (Schedule.constant 0.1)) (Batches.init 3 (fun _ -> x)) key
                let y, _ = runLayer layer Eval last.Params (Tree.get [ "layer" ] last.State) x
                expectSame "outputs" (Tensor.reshape [ 6 ] y) (EnergyNetwork.energy layer last x)
                expectMore (Tree.values last.State).Length 1 "running statistics"
            }

            test "persistent chains learn a normal density" {
                let covariance = matrix 2 [ 1.2; 0.4; 0.4; 0.8 ]
                let chains, sweeps, burn, kept = 500, 5, 500, 500

                let rule =
                    EnergyNetwork.persistent
                        (Langevin.adjusted 0.2)
                        sweeps
                        chains
                        0.0
                        (normals 1.0 2)
                        0.0
                        (quadratic (eye 2))

                let x = whitened chains covariance
                let batches = Batches.init (burn + kept) (fun _ -> x)
                let found = averaging rule (Optimizer.sgd (Schedule.constant 0.1)) batches burn key
                let product = Tensor.matmul (leaf "weight" found) covariance |> Tensor.toDoubles

                // The data's second moments S are exact, so on average over the steps those of the chains are S too, but for their
                // error over so many steps; A·S - 1 errs by A·(their moments) - 1, whose error chains at A = S⁻¹ tell.
                let precision = Tensor.inv covariance
                let energy (x: Tensor) = 0.5 * Tensor.sumOver 1 (Tensor.matmul x precision * x)
                let kernel = Kernel.thin sweeps (Langevin.adjusted 0.2 energy)
                let draws, _ = Kernel.sample 50 kept (Key.child 9 key) kernel x
                let flat = Tensor.reshape [ -1; 2 ] draws
                let pulled = Tensor.unstack 1 (Tensor.matmul flat precision)
                let plain = Tensor.unstack 1 flat

                for i in 0..1 do
                    for j in 0..1 do
                        let numbers = Tensor.reshape [ kept; chains ] (pulled[i] * plain[j])
                        let deviation = Tensor.toFloat (Tensor.std (Tensor.reshape [ -1 ] numbers))
                        let error = deviation / sqrt (Chains.effectiveSampleSize numbers)
                        let expected = if i = j then 1.0 else 0.0
                        expectMore 0.02 error "the test has power"

                        expectLess
                            (abs (product[2 * i + j] - expected))
                            (5.0 * error)
                            $"the precision times the covariance at {i}, {j}: {product[2 * i + j]} ± {error}"
            }

            test "the gallery counts a mode where it has a tenth of its fair share" {
                let centre mode = Tensor.slice 0 mode (mode + 1) (Synthetic.circle 8 6.0)
                let flat (x: Tensor) = Tensor.zeros [ x.Shape[0] ]
                let value name found = found |> List.find (fst >> (=) name) |> snd

                let coverage (counts: int list) =
                    let samples =
                        Tensor.cat 0 [ for i, count in List.indexed counts -> Tensor.repeat 0 count (centre i) ]

                    let found = Examples.EnergyNet.measure flat samples samples
                    Expect.equal (value "high_quality" found) 1.0 "all are at a centre"
                    value "mode_coverage" found

                Expect.equal (coverage (List.replicate 8 10)) 8.0 "all alike"
                // A fair share of 800 samples is 100.
                Expect.equal (coverage [ 781; 10; 9 ]) 2.0 "ten are a tenth of it, nine are not"
                let far = Tensor.cat 0 [ centre 0; 3.0 * centre 1 ]
                Expect.equal (value "high_quality" (Examples.EnergyNet.measure flat far far)) 0.5 "one is far"
            }

            testProperty
                "the area under the curve is the part of the pairs in order"
                (fun (a: NonEmptyArray<int8>) (b: NonEmptyArray<int8>) ->
                    let a, b = Array.map float a.Get, Array.map float b.Get

                    let pairs =
                        [
                            for x in a do
                                for y in b ->
                                    if x < y then 1.0
                                    elif x = y then 0.5
                                    else 0.0
                        ]

                    expectClose 1e-12 "area" [| List.average pairs |] [| Examples.EnergyDigits.auroc a b |])

            testList
                "refused"
                [ for name, words, f in refusals -> test name { expectError<ArgumentException> words f } ]
        ]
