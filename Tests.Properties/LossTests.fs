module LossTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

let private logits = lazy doubles [ 4; 3 ] 6
let private labels = lazy Tensor.ofInts [ 2; 0; 1; 1 ]

let tests =
    testList
        "losses"
        [
            test "cross-entropy is the mean of -ln softmax at the label" {
                let probabilities = Tensor.softmax 1 logits.Value |> Tensor.toDoubles

                let expected =
                    List.averageBy
                        (fun (row, label) -> -log probabilities[3 * row + label])
                        (List.indexed [ 2; 0; 1; 1 ])

                expectClose
                    1e-12
                    "definition"
                    [| expected |]
                    (Tensor.toDoubles (Loss.crossEntropy logits.Value labels.Value))
            }

            test "squared error is the mean of squares" {
                let a, b = doubles [ 2; 3 ] 1, doubles [ 2; 3 ] 2

                let expected =
                    Array.map2 (fun x y -> (x - y) ** 2.0) (Tensor.toDoubles a) (Tensor.toDoubles b) |> Array.average

                expectClose 1e-12 "definition" [| expected |] (Tensor.toDoubles (Loss.squaredError a b))
            }

            for name, loss in
                [
                    "cross-entropy", (fun x -> Loss.crossEntropy x labels.Value)
                    "squared error", (fun x -> Loss.squaredError (Tensor.tanh x) (doubles [ 4; 3 ] 7))
                ] do
                test $"{name}: derivatives of orders 1 to 3 against central differences" {
                    for comparison in GradCheck.compare 3 (Key.ofSeed 8) loss logits.Value do
                        Expect.isLessThan comparison.Error 1e-6 $"{comparison}"
                }

            test "labels out of range, of a wrong shape or dtype, and an empty batch are refused" {
                let logits = Tensor.zeros [ 3; 10 ]

                let refuse words labels =
                    expectError<ArgumentException> words (fun () -> Loss.crossEntropy logits labels |> ignore)

                refuse [ "label 10"; "position 1"; "0 … 9" ] (Tensor.ofInts [ 0; 10; 2 ])
                refuse [ "label -100" ] (Tensor.ofInts [ 0; -100; 2 ])
                refuse [ "[3; 10]"; "[2]" ] (Tensor.ofInts [ 0; 1 ])
                refuse [ "int64" ] (Tensor.ofSeq [ 0.0; 1.0; 2.0 ])

                expectError<ArgumentException> [ "empty" ] (fun () ->
                    Loss.crossEntropy (Tensor.zeros [ 0; 10 ]) (Tensor.ofInts []) |> ignore)

                expectError<ArgumentException> [ "[3; 10]"; "[3; 1]" ] (fun () ->
                    Loss.squaredError logits (Tensor.zeros [ 3; 1 ]) |> ignore)
            }
        ]
