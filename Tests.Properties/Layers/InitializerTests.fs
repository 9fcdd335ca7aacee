/// First values of parameters: their spread, their bounds and their structure.
module InitializerTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

let private key = Key.ofSeed 1
let private fans = { In = 50; Out = 150 }
let private doublesOf (draw: Initializer) shape key = draw fans shape key |> Tensor.cast Dtype.Float64

// Each initializer with the variance and the bound that it has, if it has one.
let private table: (string * Initializer * float * float) list =
    let uniform variance = variance, sqrt (3.0 * variance)

    let row name draw (variance, bound) = name, draw, variance, bound

    [
        row "standard" Initializer.standard (uniform (1.0 / 150.0))
        row "he" Initializer.he (2.0 / 50.0, infinity)
        row "heUniform" Initializer.heUniform (uniform (2.0 / 50.0))
        row "glorot" Initializer.glorot (uniform (2.0 / 200.0))
        row "glorotNormal" Initializer.glorotNormal (2.0 / 200.0, infinity)
        row "lecun" Initializer.lecun (1.0 / 50.0, infinity)
        row "lecunUniform" Initializer.lecunUniform (uniform (1.0 / 50.0))
        row "uniform" (Initializer.uniform 0.3) (0.03, 0.3)
        row "normal" (Initializer.normal 0.3) (0.09, infinity)
        // 1 - 4·φ(2)/(2·Φ(2) - 1), φ and Φ of the standard normal distribution.
        row "truncatedNormal" (Initializer.truncatedNormal 0.3) (0.09 * 0.7737413035, 0.6)
        row "scaled" (Initializer.scaled 0.5 Initializer.he) (0.5 / 50.0, infinity)
    ]

let tests =
    testList
        "initializers"
        [
            for name, draw, variance, bound in table do
                testProperty $"{name}: mean 0, its variance, its bound"
                <| fun (seed: int) ->
                    let values =
                        draw fans [ 200; 100 ] (Key.ofSeed seed) |> Tensor.cast Dtype.Float64 |> Tensor.toDoubles

                    let n = float values.Length
                    expectWithin (5.0 * sqrt (variance / n)) "the mean" 0.0 (Array.average values)
                    let found = values |> Array.averageBy (fun x -> x * x)
                    // At most √2·variance/√n is the standard error, that of a normal.
                    expectWithin (5.0 * sqrt 2.0 * variance / sqrt n) "the variance" variance found

                    if bound < infinity then
                        // Rounded to float32.
                        expectBelow (bound * (1.0 + 1e-6)) "the bound" (largest values)
                        expectAbove (0.99 * bound) "the bound is reached" (largest values)

            for shape in [ [ 5; 5 ]; [ 7; 4 ]; [ 4; 7 ]; [ 3; 2; 2; 2 ]; [ 9; 2; 2; 1 ]; [ 1; 6 ] ] do
                testProperty $"orthogonal {shape}: the shorter side's vectors are orthonormal"
                <| fun (seed: int) ->
                    let drawn = Initializer.orthogonal fans shape (Key.ofSeed seed)
                    Expect.equal (List.ofArray drawn.Shape, drawn.Dtype) (shape, Dtype.Float32) "shape and dtype"
                    let q = drawn |> Tensor.cast Dtype.Float64 |> Tensor.reshape [ shape[0]; -1 ]
                    let q = if q.Shape[0] < q.Shape[1] then Tensor.transpose 0 1 q else q
                    let product = Tensor.matmul (Tensor.transpose 0 1 q) q
                    let one = Tensor.eyeOf Dtype.Float64 q.Shape[1] q.Shape[1]
                    expectClose 1e-6 "qᵀ·q" (Tensor.toDoubles one) (Tensor.toDoubles product)

            test "orthogonal: turns and mirrors are as likely, and each entry has mean 0 and variance 1/n" {
                let count = 2000
                let drawn = [ for i in 1..count -> doublesOf Initializer.orthogonal [ 2; 2 ] (Key.child i key) ]
                let turns = drawn |> List.filter (fun q -> Tensor.toFloat (Tensor.det q) > 0.0) |> List.length

                let within what expected deviation found =
                    expectWithin (5.0 * deviation / sqrt (float count)) what expected found

                within "turns" 0.5 0.5 (float turns / float count)
                let entries = Tensor.stack 0 drawn |> Tensor.reshape [ count; 4 ]

                for i in 0..3 do
                    let entry = Tensor.slice 1 i (i + 1) entries
                    within $"mean {i}" 0.0 (sqrt 0.5) (Tensor.toFloat (Tensor.mean entry))
                    // cos² of an even angle has variance 1/8.
                    within $"variance {i}" 0.5 (sqrt 0.125) (Tensor.toFloat (Tensor.mean (Tensor.square entry)))
            }

            test "numbers that do not depend on the key" {
                expectSame "constant" (Tensor.full [ 2; 3 ] 0.25) (Initializer.constant 0.25 fans [ 2; 3 ] key)
                expectSame "zeros" (Tensor.zeros [ 2; 3 ]) (Initializer.zeros fans [ 2; 3 ] key)
                expectSame "ones" (Tensor.ones [ 2; 3 ]) (Initializer.ones fans [ 2; 3 ] key)
            }

            test "impossible spreads and shapes are refused" {
                let refused words f = expectError<ArgumentException> words (f >> ignore)
                refused [ "normal"; "0" ] (fun () -> Initializer.normal 0.0)
                refused [ "uniform"; "-1" ] (fun () -> Initializer.uniform -1.0)
                refused [ "truncatedNormal"; "NaN" ] (fun () -> Initializer.truncatedNormal nan)

                expectError<ArgumentException> [ "orthogonal"; "[3]" ] (fun () ->
                    Initializer.orthogonal fans [ 3 ] key |> ignore)
            }
        ]
