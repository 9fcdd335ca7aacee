/// Layers as energies: rules against closed forms of quadratic energies, and against central differences.
module EnergyNetworkTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

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
    layerOf "quadratic" {
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
                    Layer.compose (Layer.func "bent" (fun x -> Tensor.sin (1.3 * x) + 0.2 * x * x)) (dense 3 1)

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
                expectWithin (4.5 * 0.8 / sqrt 20_000.0) $"{sliced} and {all}" all sliced
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
                    expectWithin (4.5 * error) $"{mean} with error {error}" 0.0 mean

                let sharp = slopes (Tensor.inv spread)
                Expect.exists sharp (fun (mean, error) -> abs mean > 30.0 * error) "not at the precision itself"
                let a = matrix 2 [ 1.5; -0.4; -0.4; 2.0 ]
                // d/dA over symmetric matrices: σ²·(½·(A(S + σ²) + (S + σ²)A) - 1).
                let turned = 0.5 * (Tensor.matmul a smooth + Tensor.matmul smooth a)
                let closed = sigma * sigma * (turned - eye 2) |> Tensor.toDoubles

                for (mean, error), expected in Seq.zip (slopes a) closed do
                    expectWithin (4.5 * error) $"{mean} ± {error}, not {expected}" expected mean
            }

            test "noise-contrastive estimation learns ln Z" {
                let layer = quadratic (matrix 1 [ 1.0 ])
                let rule = EnergyNetwork.noiseContrastive (normals 2.0 1) (normalLog 2.0) layer
                let s = 0.7
                let batches = Batches.init 1500 (fun i -> normals s 1 500 (Key.child i (Key.ofSeed 5)))
                let last = Training.fit rule (Optimizer.adam (Schedule.cosine 0.05 0.0 1500)) batches key
                let found name = Tensor.toFloat (Tensor.sum (Tree.leaf [ name ] last.Params).Value)
                let logZ = log s + 0.5 * log (2.0 * Math.PI)
                let bias, precision = found "bias", found "weight"
                expectWithin 0.03 $"ln Z is {logZ}, was {bias}" logZ bias
                expectWithin 0.03 $"the precision {precision}" 1.0 (precision * s * s)
            }

            for name, rule in
                [
                    "score matching", EnergyNetwork.scoreMatching small
                    "sliced score matching", EnergyNetwork.slicedScoreMatching small
                    "denoising score matching", EnergyNetwork.denoisingScoreMatching 0.3 small
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
                Expect.isGreaterThan (Tree.values last.State).Length 1 "running statistics"
            }

            test "persistent chains learn a normal density" {
                let rule =
                    EnergyNetwork.persistent (Langevin.adjusted 0.2) 5 500 0.0 (normals 1.0 2) 0.0 (quadratic (eye 2))

                let x = whitened 500 spread
                let optimizer = Optimizer.sgd (Schedule.linear 0.3 0.0 400)
                let last = Training.fit rule optimizer (Batches.init 400 (fun _ -> x)) key
                let found = (Tree.leaf [ "weight" ] last.Params).Value
                let product = Tensor.matmul found spread |> Tensor.toDoubles

                // Estimates from 500 chains, averaged by small steps.
                for found, expected in Seq.zip product [ 1.0; 0.0; 0.0; 1.0 ] do
                    expectWithin 0.15 $"the precision times the covariance: {List.ofArray product}" expected found
            }

            testList
                "refused"
                [ for name, words, f in refusals -> test name { expectError<ArgumentException> words f } ]
        ]
