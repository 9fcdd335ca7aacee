/// Noise in training: what it keeps on average, what it leaves alone.
module NoiseTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 1
let private run (layer: Layer<Tensor, Tensor>) mode x = fst (runLayer layer mode Tree.empty Tree.empty x)
let private trained layer seed x = run layer (Train(Key.ofSeed seed)) x |> Tensor.toDoubles

// The mean within 5 of its standard errors, as the sample itself tells them.
let private expectMean what expected (sample: float[]) =
    let mean = Array.average sample
    let variance = sample |> Array.averageBy (fun x -> (x - mean) * (x - mean))
    expectWithin (5.0 * sqrt (variance / float sample.Length)) what expected mean

let private table: (string * (unit -> Layer<Tensor, Tensor>) * int list) list =
    [
        "dropout", (fun () -> dropout 0.4), [ 4; 5 ]
        "spatialDropout", (fun () -> spatialDropout 0.4), [ 2; 3; 4 ]
        "spatialDropout of images", (fun () -> spatialDropout 0.5), [ 2; 3; 2; 2 ]
        "alphaDropout", (fun () -> alphaDropout 0.3), [ 4; 5 ]
        "gaussianNoise", (fun () -> gaussianNoise 0.7), [ 4; 5 ]
        "gaussianDropout", (fun () -> gaussianDropout 0.4), [ 4; 5 ]
    ]

let tests =
    testList
        "noise"
        [
            for name, make, shape in table do
                yield! LayerLaws.laws name make shape shape

                testProperty
                    $"{name}: evaluation changes nothing, a key gives the same again, another key something else"
                <| fun (seed: int) ->
                    let x = Random.normal [ 30; 20; 3 ] (Key.ofSeed seed)
                    let drawn key = run (make ()) (Train key) x
                    expectSame "evaluation" x (run (make ()) Eval x)
                    expectSame "again" (drawn (Key.ofSeed seed)) (drawn (Key.ofSeed seed))
                    let other = drawn (Key.child 1 (Key.ofSeed seed))
                    Expect.isFalse (Tensor.equal other (drawn (Key.ofSeed seed))) "another key"

            for name, make in
                [
                    "dropout", (fun () -> dropout 0.3)
                    "gaussianNoise", (fun () -> gaussianNoise 0.5)
                    "gaussianDropout", (fun () -> gaussianDropout 0.3)
                ] do
                testProperty $"{name}: the mean stays"
                <| fun (seed: int) -> trained (make ()) seed (Tensor.full [ 20000 ] 2.0) |> expectMean "the mean" 2.0

            testProperty "spatial dropout: channels go as a whole, and the mean stays"
            <| fun (seed: int) ->
                let y =
                    run (spatialDropout 0.3) (Train(Key.ofSeed seed)) (Tensor.ones [ 100; 80; 2; 3 ])
                    |> Tensor.flatten 2 -1
                    |> Tensor.cast Dtype.Float64

                expectSame "cells alike" (Tensor.minOver 2 y) (Tensor.maxOver 2 y)
                let channels = Tensor.minOver 2 y |> Tensor.toDoubles
                Expect.all channels (fun v -> v = 0.0 || abs (v - 1.0 / 0.7) < 1e-6) "zero or 1/(1 - rate)"
                expectMean "the mean" 1.0 channels

            testProperty "alpha dropout: mean 0 and variance 1 stay, and what is dropped is one number"
            <| fun (seed: int) ->
                let x = Random.normal [ 20000 ] (Key.child 7 (Key.ofSeed seed))
                let y = trained (alphaDropout 0.3) seed x
                expectMean "mean" 0.0 y
                expectMean "variance" 1.0 (Array.map (fun v -> v * v) y)

                let dropped =
                    trained (alphaDropout 0.3) seed (Tensor.full [ 20000 ] 1000.0) |> Array.filter (fun v -> v < 0.0)

                let share = float dropped.Length / 20000.0
                expectWithin (5.0 * sqrt (0.21 / 20000.0)) "the rate" 0.3 share
                // a·(-λα) + b with a = ((1 - r)·(1 + r·λ²α²))^(-1/2), b = a·r·λα.
                let floor = 1.7580993408473766
                let a = 1.0 / sqrt (0.7 * (1.0 + 0.3 * floor * floor))
                Expect.all dropped (fun v -> abs (v + 0.7 * a * floor) < 1e-6) "where selu ends"

            testProperty "Gaussian noise has its deviation, Gaussian dropout the variance of dropout"
            <| fun (seed: int) ->
                let squares (y: float[]) = y |> Array.map (fun v -> (v - 1.0) * (v - 1.0))
                let ones = Tensor.ones [ 20000 ]
                trained (gaussianNoise 0.5) seed ones |> squares |> expectMean "noise" 0.25
                trained (gaussianDropout 0.3) seed ones |> squares |> expectMean "dropout" (0.3 / 0.7)

            testProperty "without rate or deviation training changes nothing"
            <| fun (seed: int) ->
                let x = Random.normal [ 3; 4; 2 ] (Key.ofSeed seed)

                for layer in
                    [ dropout 0.0; spatialDropout 0.0; alphaDropout 0.0; gaussianNoise 0.0; gaussianDropout 0.0 ] do
                    expectSame "nothing" x (run layer (Train key) x)

            test "rate 1 leaves zeros, with derivatives of 0, and evaluation everything" {
                let x = Random.normal [ 3; 4; 2 ] key

                for layer in [ dropout 1.0; spatialDropout 1.0; alphaDropout 1.0 ] do
                    expectSame "zeros" (Tensor.zerosLike x) (run layer (Train key) x)
                    expectSame "all" x (run layer Eval x)
                    let slope = Differentiation.grad (fun x -> Tensor.sum (run layer (Train key) x)) x
                    expectSame "no slope" (Tensor.zerosLike x) slope
            }

            test "impossible rates and inputs are refused" {
                for name, make in
                    [
                        "dropout", dropout
                        "spatialDropout", spatialDropout
                        "alphaDropout", alphaDropout
                        "gaussianDropout", gaussianDropout
                    ] do
                    for rate in [ 1.5; -0.1; nan ] do
                        expectError<ArgumentException> [ name; string rate ] (fun () -> make rate |> ignore)

                // Its variance rate/(1 - rate) would be infinite.
                expectError<ArgumentException> [ "gaussianDropout"; "1" ] (fun () -> gaussianDropout 1.0 |> ignore)
                expectError<ArgumentException> [ "gaussianNoise"; "-1" ] (fun () -> gaussianNoise -1.0 |> ignore)

                expectError<ArgumentException> [ "spatialDropout"; "[2; 3]" ] (fun () ->
                    run (spatialDropout 0.5) (Train key) (Tensor.ones [ 2; 3 ]) |> ignore)

                expectError<ArgumentException> [ "gaussianNoise"; "int64" ] (fun () ->
                    run (gaussianNoise 0.5) (Train key) (Tensor.ofInts [ 1; 2 ]) |> ignore)
            }
        ]
