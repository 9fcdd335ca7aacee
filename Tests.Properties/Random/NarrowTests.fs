/// Random numbers of 16 bits: the float32 numbers rounded, within the bounds of each distribution.
module NarrowTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support
open ContinuousTests

let private key = Key.ofSeed 77
let private narrow = [ Dtype.Float16, 2048.0; Dtype.BFloat16, 256.0 ]

let tests =
    testList
        "random numbers of 16 bits"
        [
            for dtype, cells in narrow do
                test $"uniform {dtype}: the float32 numbers rounded down, below 1" {
                    let found = Random.uniformOf dtype [ 5000 ] key
                    let wide = Random.uniform [ 5000 ] key |> Tensor.toDoubles
                    Expect.equal found.Dtype dtype "the dtype"

                    Expect.equal
                        (Tensor.toDoubles found)
                        (wide |> Array.map (fun x -> floor (x * cells) / cells))
                        "rounded down"

                    Expect.all (Tensor.toDoubles found) (fun x -> x >= 0.0 && x < 1.0) "below 1"
                }

                for row in distributions do
                    if row.Name <> "uniform" && not (row.Name.StartsWith "truncated") then
                        test $"{row.Name} {dtype}: the float32 numbers rounded" {
                            let found = row.Draw dtype [ 7; 11 ] key
                            expectSame "rounded" (Tensor.cast dtype (row.Draw Dtype.Float32 [ 7; 11 ] key)) found
                        }

                test $"truncated normal {dtype}: within its bounds, also where they are no numbers of the dtype" {
                    for low, high in [ -1.0001, 1.0001; 0.3333, 0.5; -infinity, -2.001; 5.0001, infinity; -1e-9, 1e-9 ] do
                        let found = Random.truncatedNormalOf dtype low high [ 3000 ] key
                        Expect.equal found.Dtype dtype "the dtype"
                        Expect.all (Tensor.toDoubles found) (fun x -> x >= low && x <= high) $"from {low} to {high}"

                    expectError<ArgumentException> [ "truncatedNormal"; string dtype ] (fun () ->
                        Random.truncatedNormalOf dtype 1.0001 1.0002 [ 3 ] key |> ignore)
                }

                test $"bernoulliEach {dtype}: its own dtype, by the float32 numbers" {
                    let chances = Tensor.full [ 400 ] 0.25 |> Tensor.cast dtype
                    let wide = Random.bernoulliEach (Tensor.full [ 400 ] 0.25) key
                    expectSame "rounded" (Tensor.cast dtype wide) (Random.bernoulliEach chances key)
                }

            test "other dtypes are refused by name" {
                expectError<ArgumentException> [ "uniform"; "Int8"; "Float16" ] (fun () ->
                    Random.uniformOf Dtype.Int8 [ 2 ] key |> ignore)

                expectError<ArgumentException> [ "normal"; "Int64" ] (fun () ->
                    Random.normalLike (Tensor.ofInts [ 1 ]) key |> ignore)
            }
        ]
