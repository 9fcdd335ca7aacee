/// Weights in other coordinates: weight and spectral normalisation.
module WeightNormTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 1
let private paths tree = Tree.leaves tree |> List.map fst

// A layer's output as a function of one weight alone, from which that weight can be read.
let private identityRows (layer: Layer<Tensor, Tensor>) mode ps state inputs =
    let x = Tensor.eyeOf Dtype.Float64 inputs inputs
    let zero = Tensor.zerosOf Dtype.Float64 [ 1; inputs ]
    let run x = fst (runLayer layer mode ps state x)
    run x - run zero

let private largest (w: Tensor) =
    let _, s, _ = Tensor.svd w
    Tensor.max s

let private made (layer: Layer<Tensor, Tensor>) (key: Key) =
    let struct (ps, state) = Layer.init key layer
    widenParams ps, widen state

let private setWeight value (ps: Params) =
    Tree.set [ "weight" ] (Leaf { Tree.leaf [ "weight" ] ps with Value = value }) ps

// The state after so many runs in training.
let rec private runs count layer ps state x =
    if count = 0 then
        state
    else
        runs (count - 1) layer ps (snd (runLayer layer (Train key) ps state x)) x

let tests =
    testList
        "weight normalisation"
        [
            for name, make, input, output in
                [
                    "weightNorm", (fun () -> weightNorm 1 (dense 3 2)), [ 4; 3 ], [ 4; 2 ]
                    "weightNorm of a convolution",
                    (fun () -> weightNorm 0 (conv2d 2 3 2)),
                    [ 1; 2; 3; 3 ],
                    [ 1; 3; 2; 2 ]
                    "weightNorm of a pipeline",
                    (fun () -> weightNorm -1 (dense 3 3 --> tanh --> batchNorm 3 --> dense 3 2)),
                    [ 4; 3 ],
                    [ 4; 2 ]
                ] do
                yield! LayerLaws.laws name make input output

            testProperty "weight norm: the layer starts as it would without"
            <| fun (seed: int) ->
                let key = Key.ofSeed seed

                let same axis (layer: Layer<Tensor, Tensor>) shape =
                    let x = Random.normal shape (Key.child 9 key)
                    let struct (own, state) = Layer.init (Key.child 0 key) layer
                    let struct (ps, _) = Layer.init key (weightNorm axis layer)
                    let expected = fst (runLayer layer Eval own state x)
                    let found = fst (runLayer (weightNorm axis layer) Eval ps state x)
                    Expect.isTrue (Tensor.allclose 1e-5 1e-6 expected found) $"{expected} and {found}"

                same 1 (dense 5 4) [ 3; 5 ]
                same 0 (conv2d 2 3 3) [ 2; 2; 5; 5 ]
                same -1 (dense 5 4 --> relu --> dense 4 2) [ 3; 5 ]

            test "weight norm: paths and roles, and the penalty on the stored lengths is that on the weights" {
                let struct (ps, _) = Layer.init key (weightNorm 0 (conv2d 2 3 2))

                Expect.equal
                    (Tree.leaves ps |> List.map (fun (path, p) -> path, p.Role, List.ofArray p.Value.Shape))
                    [
                        "weight/length", Role.Weight, [ 3; 1; 1; 1 ]
                        "weight/direction", Role.Scale, [ 3; 2; 2; 2 ]
                        "bias", Role.Bias, [ 3 ]
                    ]
                    "what is stored"

                let squares path = Tensor.toFloat (Tensor.sum (Tensor.square (Tree.leaf [ "weight"; path ] ps).Value))
                Expect.floatClose Accuracy.medium (squares "length") (squares "direction") "Σg² = Σw² at the start"
            }

            testProperty "weight norm: each output's weights have the length stored, in the direction stored"
            <| fun (seed: int) ->
                let layer = weightNorm 1 (dense 4 3)
                let ps, state = made layer (Key.ofSeed seed)
                let g, v = doubles [ 1; 3 ] (seed + 1), doubles [ 4; 3 ] (seed + 2)

                let at g v =
                    let leaf role value = Leaf { Role = role; Value = value }
                    let weight = Node [ "length", leaf Role.Weight g; "direction", leaf Role.Scale v ]
                    identityRows layer Eval (Tree.set [ "weight" ] weight ps) state 4

                let norms = Tensor.sqrt (Tensor.sumKeeping 0 (Tensor.square v))
                expectClose 1e-12 "g·v/‖v‖" (Tensor.toDoubles (g * v / norms)) (Tensor.toDoubles (at g v))

                expectClose
                    1e-12
                    "v's norm changes nothing"
                    (Tensor.toDoubles (at g v))
                    (Tensor.toDoubles (at g (7.0 * v)))

                let loss v = Tensor.sum (Tensor.exp (at g v))
                let across = Tensor.sumOver 0 (v * Differentiation.grad loss v)
                expectClose 1e-10 "the gradient is across v" (Array.zeroCreate 3) (Tensor.toDoubles across)

            test "weight norm: weights of zeros have length 0 and learn" {
                let layer = weightNorm 1 (denseWith Initializer.zeros 3 2)
                let struct (ps, state) = Layer.init key layer
                let x = Random.normal [ 4; 3 ] key
                let bias = (Tree.leaf [ "bias" ] ps).Value
                let run ps = fst (runLayer layer Eval ps state x)
                expectSame "the bias alone" (Tensor.expand [ 4; 2 ] bias) (run ps)
                let gradients = Differentiation.gradParams (fun ps -> Tensor.sum (run ps)) ps
                let length = Tree.leaf [ "weight"; "length" ] gradients |> Tensor.toArray
                Expect.all length (fun g -> Single.IsFinite g && g <> 0f) "a gradient"
            }

            testProperty "spectral norm: after many turns the largest singular value is 1, as the svd tells it"
            <| fun (seed: int) ->
                let layer = spectralNorm (dense 5 4)
                let ps, state = made layer (Key.ofSeed seed)
                // Singular values apart, so that the power iteration ends.
                let scales = Tensor.ofDoubles [ 4 ] [| 3.0; 1.5; 0.7; 0.2 |]
                let u, _, v = Tensor.svd (doubles [ 5; 4 ] seed)
                let ps = setWeight (Tensor.matmul (u * scales) v) ps
                let state = runs 60 layer ps state (doubles [ 2; 5 ] 1)

                for mode in [ Eval; Train key ] do
                    let w = identityRows layer mode ps state 5
                    expectClose 1e-10 $"{mode}" [| 1.0 |] [| Tensor.toFloat (largest w) |]

            testProperty "spectral norm: at the start the estimate is near, and never above the norm"
            <| fun (seed: int) ->
                let layer = spectralNorm (dense 20 30)
                let ps, state = made layer (Key.ofSeed seed)
                let found = Tensor.toFloat (largest (identityRows layer Eval ps state 20))
                expectAbove (1.0 - 1e-5) "the estimate is at most the norm" found
                expectBelow 1.2 "and near it after 15 turns" found

            test "spectral norm: the gradient is that of W/‖W‖, the norm by svd" {
                let layer = spectralNorm (dense 3 4)
                let ps, state = made layer key
                let x, weights = doubles [ 5; 3 ] 2, doubles [ 5; 4 ] 3
                let state = runs 500 layer ps state x
                let b = (Tree.leaf [ "bias" ] ps).Value
                let loss y = Tensor.sum (weights * Tensor.tanh y)

                let exact w = Tensor.toFloat (loss (Tensor.matmul x (w / largest w) + b))
                let expected = numericalGradient exact (Tree.leaf [ "weight" ] ps).Value

                for mode in [ Eval; Train key ] do
                    Differentiation.gradParams (fun ps -> loss (fst (runLayer layer mode ps state x))) ps
                    |> Tree.leaf [ "weight" ]
                    |> Tensor.toDoubles
                    |> expectClose 1e-6 $"{mode}" expected
            }

            test "spectral norm: derivatives in evaluation to the third order, for dense layers and convolutions" {
                for layer, shape in
                    [
                        spectralNorm (dense 3 2), [ 4; 3 ]
                        spectralNorm (conv2d 2 3 2 --> tanh --> flatten --> dense 12 2), [ 2; 2; 3; 3 ]
                    ] do
                    let ps, state = made layer key
                    let x = doubles shape 3
                    let output ps x = Tensor.tanh (fst (runLayer layer Eval ps state x))
                    Expect.isTrue (GradCheck.passes 1e-6 3 key (output ps) x) "by input"

                    Expect.isTrue
                        (GradCheck.passes 1e-6 3 key (fun p -> output (unflatten ps p) x) (flattened ps))
                        "by parameters"
            }

            test
                "spectral norm: a convolution's matrix is [outputs; the rest], and state and parameters have their paths" {
                let layer = spectralNorm (conv2d 2 3 2 --> batchNorm 3)
                let ps, state = made layer key
                Expect.equal (paths ps) [ "0/weight"; "0/bias"; "1/scale"; "1/shift" ] "the layer's own"

                Expect.equal
                    (Tree.leaves state |> List.map (fun (path, t) -> path, List.ofArray t.Shape))
                    [
                        "layer/1/mean", [ 3 ]
                        "layer/1/variance", [ 3 ]
                        "spectrum/0/weight/left", [ 3 ]
                        "spectrum/0/weight/right", [ 8 ]
                    ]
                    "state"

                let x = doubles [ 2; 2; 4; 4 ] 2
                expectSameTree "evaluation leaves it alone" state (snd (runLayer layer Eval ps state x))
                let after = snd (runLayer layer (Train key) ps state x)
                let left state = Tree.leaf [ "spectrum"; "0"; "weight"; "left" ] state
                Expect.isFalse (Tensor.equal (left state) (left after)) "training turns it"
                expectClose 1e-12 "a unit vector" [| 1.0 |] [| Tensor.toFloat (Tensor.norm 2.0 (left after)) |]

                let objective ps =
                    let y, after = runLayer layer (Train key) ps state x
                    struct (Tensor.sum y, after)

                let struct (_, after, _) = Differentiation.fgradParams objective ps
                Expect.all (Tree.values after) (fun t -> not t.Raw.requires_grad) "constants"
            }

            test "spectral norm: weights of zeros stay zeros, and recover" {
                let layer = spectralNorm (denseWith Initializer.zeros 3 2)
                let ps, state = made layer key
                let x = doubles [ 2; 3 ] 1
                let state = runs 3 layer ps state x
                Expect.all (Tensor.toDoubles (identityRows layer Eval ps state 3)) ((=) 0.0) "zeros"
                let ps = setWeight (doubles [ 3; 2 ] 5) ps
                let w = identityRows layer Eval ps (runs 30 layer ps state x) 3
                expectClose 1e-9 "afterwards" [| 1.0 |] [| Tensor.toFloat (largest w) |]
            }

            test
                "spectral norm of [[3, 0], [4, 5]]: turn by turn, its derivative, and transposed convolutions by their outputs" {
                let w = Tensor.ofDoubles [ 2; 2 ] [| 3.0; 0.0; 4.0; 5.0 |]
                let layer = spectralNorm (denseWithoutBias Initializer.he 2 2)
                let ps, state = made layer key
                let ps = setWeight w ps
                let eye = Tensor.eyeOf Dtype.Float64 2 2

                // σ is w over what the layer makes of it.
                let sigma mode state =
                    let y, after = runLayer layer mode ps state eye
                    (Tensor.toDoubles w)[0] / (Tensor.toDoubles y)[0], after

                for sign in [ 1.0; -1.0 ] do
                    let left = Leaf(sign * Tensor.ofDoubles [ 2 ] [| 1.0; 0.0 |])
                    let first = Tree.set [ "spectrum"; "weight"; "left" ] left state
                    let once, after = sigma (Train key) first
                    let twice, _ = sigma (Train key) after
                    expectClose 1e-9 "σ" [| 5.0; 6.671746032 |] [| once; twice |]

                let settled = runs 30 layer ps state eye
                expectClose 1e-9 "√45" [| 6.708203932 |] [| fst (sigma Eval settled) |]
                let c = Tensor.ofDoubles [ 2; 2 ] [| 1.0; 2.0; 3.0; 4.0 |]

                let loss w = Tensor.sum (c * fst (runLayer layer Eval (setWeight w ps) settled eye))

                expectClose
                    1e-8
                    "σ moves with W"
                    [| -0.024845200; 0.124225999; -0.074535599; 0.074535599 |]
                    (Tensor.toDoubles (Differentiation.grad loss w))

                // One input, two outputs, two cells.
                let layer = spectralNorm (convTranspose1d 1 2 2)
                let ps, state = made layer key
                let ps = setWeight (Tensor.reshape [ 1; 2; 2 ] w) ps
                let x = Tensor.onesOf Dtype.Float64 [ 1; 1; 1 ]
                let settled = runs 30 layer ps state x
                let bias = (Tree.leaf [ "bias" ] ps).Value |> Tensor.reshape [ 1; 2; 1 ]
                let y = fst (runLayer layer Eval ps settled x) - bias
                expectClose 1e-9 "by outputs" (Tensor.toDoubles (w / 6.708203932499369)) (Tensor.toDoubles y)
            }

            test "layers without weights and axes that are not there are refused" {
                let init (layer: Layer<Tensor, Tensor>) () = Layer.init key layer |> ignore
                expectError<ArgumentException> [ "weightNorm"; "no weight" ] (init (weightNorm 0 (batchNorm 3)))
                expectError<ArgumentException> [ "spectralNorm"; "no weight" ] (init (spectralNorm relu))
                expectError<ArgumentException> [ "weightNorm"; "axis 2"; "[3; 4]" ] (init (weightNorm 2 (dense 3 4)))
            }
        ]
