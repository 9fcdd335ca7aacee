/// Layers whose inputs lie far from 0, in float32 against float64, and the statistics that they keep.
module NormalisationOffsetTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 1
let private bare = { BatchNormalisation.standard with Affine = false }

/// Each normalisation by itself, and the axes of [4; 2; 4] that it takes together.
let private norms: (string * Layer<Tensor, Tensor> * int list) list =
    [
        "batchNorm", batchNorm 2, [ 0; 2 ]
        "batchNorm without statistics", batchNormWith { BatchNormalisation.standard with Running = false } 2, [ 0; 2 ]
        "layerNorm", layerNorm [ 2; 4 ], [ 1; 2 ]
        "groupNorm", groupNorm 1 2, [ 1; 2 ]
        "instanceNorm", instanceNorm 2, [ 2 ]
    ]

let private run layer ps state x = fst (runLayer layer (Train key) ps state x)

// (x - mean)/√(variance + ε) by the numbers themselves, in float64.
let private standardised axes (x: Tensor) =
    let x = Tensor.cast Dtype.Float64 x
    let centred = x - Tensor.meanKeepingAxes axes x
    centred / Tensor.sqrt (Tensor.meanKeepingAxes axes (Tensor.square centred) + 1e-5)

let tests =
    testList
        "normalisation far from 0"
        [
            test "0, 1, 2, 3 beside 10⁴: the same at any order of derivative, and a constant gives 0" {
                for x, expected in
                    [
                        [ 0.0; 1.0; 2.0; 3.0 ], [| -1.3416354; -0.4472118; 0.4472118; 1.3416354 |]
                        [ 5.0; 5.0; 5.0; 5.0 ], [| 0.0; 0.0; 0.0; 0.0 |]
                    ] do
                    for offset in [ 0.0; 1e4; -1e4 ] do
                        let x = Tensor.ofSeq [ for value in x -> value + offset ]

                        for name, layer, shape in
                            [
                                "batchNorm", batchNorm 1, [ 4; 1 ]
                                "layerNorm", layerNorm [ 4 ], [ 1; 4 ]
                                "groupNorm", groupNorm 1 2, [ 1; 2; 2 ]
                                "instanceNorm", instanceNorm 1, [ 1; 1; 4 ]
                            ] do
                            let struct (ps, state) = Layer.init key layer
                            let x = Tensor.reshape shape x
                            let f x = run layer ps state x
                            let plain = Tensor.toDoubles (f x)
                            expectClose 1e-6 $"{name} at {offset}" expected plain

                            // What runs inside of one, two and three derivatives.
                            let rec under order =
                                let mutable seen = plain

                                let watched x =
                                    let y = f x
                                    seen <- Tensor.toDoubles y
                                    Tensor.sum (y * y * y)

                                let rec nested n (g: Tensor -> Tensor) =
                                    if n = 0 then
                                        g
                                    else
                                        nested (n - 1) (fun x -> Tensor.sum (Differentiation.grad g x))

                                nested order watched x |> ignore
                                seen

                            for order in 1..3 do
                                expectClose 1e-6 $"{name} at {offset}, order {order}" expected (under order)
            }

            for name, layer, axes in norms do
                test $"{name}: value and derivative of float32 beside ±10⁴ as those of float64" {
                    let noise = Random.normal [ 4; 2; 4 ] key
                    let struct (ps, state) = Layer.init key layer
                    let weights = Random.normal [ 4; 2; 4 ] (Key.ofSeed 2)

                    for offset in [ 0.0; 1e4; -1e4; 3e5 ] do
                        let x = noise + offset

                        expectClose
                            3e-6
                            $"value at {offset}"
                            (Tensor.toDoubles (standardised axes x))
                            (Tensor.toDoubles (run layer ps state x))

                        let slope ps state weights =
                            Differentiation.grad (fun x -> Tensor.sum (weights * run layer ps state x))

                        let wide = Tensor.cast Dtype.Float64

                        let expected =
                            slope
                                (Params.cast Dtype.Float64 ps)
                                (State.cast Dtype.Float64 state)
                                (wide weights)
                                (wide x)

                        expectClose
                            1e-5
                            $"slope at {offset}"
                            (Tensor.toDoubles expected)
                            (Tensor.toDoubles (slope ps state weights x))
                }

            test "batchNorm's running statistics beside 10⁴, at any order" {
                let layer = batchNormWith { bare with Momentum = 1.0 } 2
                let struct (ps, state) = Layer.init key layer
                let x = Random.normal [ 6; 2; 3 ] key + Tensor.tensor [ [ 1e4 ]; [ -1e4 ] ]
                let wide = Tensor.cast Dtype.Float64 x |> Tensor.transpose 0 1 |> Tensor.flatten 1 -1
                let mean, variance = Tensor.toDoubles (Tensor.meanOver 1 wide), Tensor.toDoubles (Tensor.varOver 1 wide)

                let check after =
                    expectClose 1e-7 "mean" mean (Tensor.toDoubles (Tree.leaf [ "mean" ] after))
                    expectClose 3e-6 "variance" variance (Tensor.toDoubles (Tree.leaf [ "variance" ] after))

                check (snd (runLayer layer (Train key) ps state x))
                let mutable inner = state

                let loss x =
                    let y, after = runLayer layer (Train key) ps state x
                    inner <- Tree.map (Tensor.stopGradient >> Tensor.keep) after
                    Tensor.sum (Tensor.exp y)

                Differentiation.grad (fun x -> Tensor.sum (Differentiation.grad loss x)) x |> ignore
                check inner
            }

            test "batchNorm: the batch by its biased variance, the running one by the unbiased" {
                let layer = batchNormWith bare 1
                let struct (ps, state) = Layer.init key layer
                let x = Tensor.ofDoubles [ 4; 1 ] [| 1.0; 2.0; 3.0; 6.0 |]

                let y, after =
                    runLayer layer (Train key) (Params.cast Dtype.Float64 ps) (State.cast Dtype.Float64 state) x

                expectClose 1e-9 "output" [| -1.069043440; -0.534521720; 0.0; 1.603565161 |] (Tensor.toDoubles y)

                expectClose
                    1e-9
                    "statistics"
                    [| 0.3; 1.366666667 |]
                    [| for leaf in Tree.values after -> Tensor.toFloat (Tensor.sum leaf) |]
            }

            test "batchNorm in evaluation uses what it keeps and leaves it, also between steps of training" {
                let layer = batchNormWith bare 1
                let struct (ps, state) = Layer.init key (Layer.cast Dtype.Float64 layer)
                let x = Tensor.ofDoubles [ 2; 1 ] [| 1.0; 3.0 |]
                // Layer.always Eval is what freezes a layer.
                let frozen = layer |> Layer.always Eval
                let y, after = runLayer frozen (Train key) ps state x
                expectClose 1e-6 "as it is kept" [| 0.999995; 2.999985 |] (Tensor.toDoubles y)
                expectSameTree "unchanged" state after
            }

            test "batchNorm without statistics normalises by its batch in evaluation too, and keeps nothing" {
                let layer = batchNormWith { BatchNormalisation.standard with Running = false } 2
                let struct (ps, state) = Layer.init key layer
                Expect.isEmpty (Tree.leaves state) "no state"
                let x = Random.normal [ 5; 2; 3 ] key
                let y, after = runLayer layer Eval ps state x
                expectClose 1e-6 "by the batch" (Tensor.toDoubles (standardised [ 0; 2 ] x)) (Tensor.toDoubles y)
                Expect.isEmpty (Tree.leaves after) "still none"
                let twin = CSharp.Layers.BatchNorm(2, running = false)
                expectSame "C#" y (fst (runLayer twin Eval ps state x))
                Law.evaluation key layer x |> ignore

                expectError<ArgumentException> [ "at least two values" ] (fun () ->
                    runLayer layer Eval ps state (Tensor.ones [ 1; 2 ]) |> ignore)
            }
        ]
