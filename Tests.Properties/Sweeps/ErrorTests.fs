/// What refusals say: one sentence, nothing of libtorch's own stacks, and what to do about a dtype.
module ErrorTests

open System
open Expecto
open Functional
open Functional.FSharp

// Dtypes that suit few functions of floating-point numbers.
let private others = [ Dtype.Int64; Dtype.Bool; Dtype.BFloat16; Dtype.UInt8 ]

let private fits dtype (x: Tensor) =
    try
        Tensor.cast dtype x |> ignore
        true
    with :? ArgumentException ->
        false

// The refusals of each function where one operand of its row has another dtype than suits it.
let private refusals =
    lazy
        [
            for row in FunctionRows.rows |> List.distinctBy _.Function do
                for i in 0 .. row.Operands.Length - 1 do
                    for dtype in others do
                        if row.Operands[i].Dtype <> dtype && fits dtype row.Operands[i] then
                            let operands = row.Operands |> Array.updateAt i (Tensor.cast dtype row.Operands[i])

                            try
                                Scope.value (fun () -> row.Run operands |> ignore)
                            with :? ArgumentException as error ->
                                $"{row.Name}, operand {i} as {dtype}", error
        ]

let tests =
    testList
        "errors"
        [
            test "a wrong dtype is told to be cast" {
                Expect.isGreaterThan refusals.Value.Length 150 "refusals"

                for what, error in refusals.Value do
                    // Numbers that the dtype does not hold, or that are no such matrix any more, are another mistake.
                    let isValue = error.Message.Contains "cannot write" || error.Message.Contains "positive-definite"

                    if not isValue then
                        Expect.isTrue
                            (error.Message.Contains("cast", StringComparison.OrdinalIgnoreCase))
                            $"{what}: {error.Message}"
            }

            test "one refusal in one line, without libtorch's stack" {
                for what, error in refusals.Value do
                    Expect.isNull error.InnerException $"{what}: one refusal"
                    Expect.equal (error.Message.Split('\n').Length) 1 $"{what}: one line: {error.Message}"

                    for words in [ "Exception raised from"; ".cpp"; "frame #"; "c10::"; "ExternalException" ] do
                        Expect.isFalse ((string error).Contains words) $"{what}: {error}"
            }

            test "NaN has no sign as a whole number" {
                Support.expectError<ArgumentException> [ "sign"; "NaN" ] (fun () -> sign (Tensor.scalar nan) |> ignore)
            }

            test "steps before the first have no value in pieces" {
                Support.expectError<ArgumentException> [ "pieces"; "-1" ] (fun () ->
                    Schedule.pieces [ 0, 1.0; 10, 0.5 ] -1 |> ignore)
            }

            test "groups of no units are refused" {
                Support.expectError<ArgumentException> [ "groups of 0" ] (fun () ->
                    Rbm.create (Units.Softmax 0) 4 Units.Bernoulli 2 |> ignore)
            }

            test "a layer's refusal holds the one that it began with, and no more" {
                let network = Layer.residual (Layer.residual (Layers.Dense.dense 3 3))
                let struct (ps, state) = Layer.init (Key.ofSeed 1) network

                let error =
                    Support.raised<LayerException>(fun () ->
                        Layer.apply
                            (Layer.named "a" (Layer.named "b" network))
                            Eval
                            (Node [ "a", Node [ "b", ps ] ])
                            (Node [ "a", Node [ "b", state ] ])
                            (Tensor.ones [ 2; 4 ])
                        |> ignore)

                Expect.stringContains error.Path "a" "the path"

                match error.InnerException with
                | null -> ()
                | inner -> Expect.isNull inner.InnerException $"{error}"
            }
        ]
