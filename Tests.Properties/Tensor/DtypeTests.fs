/// Which dtype comes out, against PyTorch's rules: the tables of seven dtypes were printed by torch 1.13, those of int8, int16 and
/// float16 follow its documentation of type promotion. And what functions make of the dtypes of 16 bits.
module DtypeTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

let private dtypes =
    [
        Dtype.Bool
        Dtype.UInt8
        Dtype.Int8
        Dtype.Int16
        Dtype.Int32
        Dtype.Int64
        Dtype.Float16
        Dtype.BFloat16
        Dtype.Float32
        Dtype.Float64
    ]

let private ones (shape: int list) dtype = Tensor.ones shape |> Tensor.cast dtype
let private name (dtype: Dtype) = dtype.ToString().ToLowerInvariant()

let private outcome (f: unit -> Tensor) =
    try
        name (f ()).Dtype
    with :? ArgumentException ->
        "refused"

let private words (line: string) = line.Split(' ', StringSplitOptions.RemoveEmptyEntries) |> List.ofArray

// One line for each dtype of the left operand, one word for each of the right.
let private pairs text (f: Tensor -> Tensor -> Tensor) left right (table: string list) =
    [
        for a, line in List.zip dtypes table do
            test $"{text}, {name a} on the left" {
                let found = [ for b in dtypes -> outcome (fun () -> f (ones left a) (ones right b)) ]
                Expect.equal found (words line) "beside the dtypes in their order"
            }
    ]

// One line for each dtype, one word for each expression.
let private numbers: (string * (Tensor -> Tensor)) list =
    [
        "x + 2", (fun x -> x + 2)
        "x + 2.5", (fun x -> x + 2.5)
        "2 - x", (fun x -> 2 - x)
        "2.5 - x", (fun x -> 2.5 - x)
        "x * 2", (fun x -> x * 2)
        "x / 2", (fun x -> x / 2)
        "2 / x", (fun x -> 2 / x)
        "x % 2", (fun x -> x % 2)
        "2 % x", (fun x -> 2 % x)
        "x % 2.5", (fun x -> x % 2.5)
        "x ** 2", (fun x -> x ** 2)
        "2 ** x", (fun x -> Tensor.Pow(2, x))
        "2.5 ** x", (fun x -> Tensor.powOf 2.5 x)
    ]

let private besideNumbers =
    [
        "int64 float32 refused refused int64 float32 float32 int64 int64 float32 int64 int64 float32"
        "uint8 float32 uint8 float32 uint8 float32 float32 uint8 uint8 float32 uint8 uint8 float32"
        "int8 float32 int8 float32 int8 float32 float32 int8 int8 float32 int8 int8 float32"
        "int16 float32 int16 float32 int16 float32 float32 int16 int16 float32 int16 int16 float32"
        "int32 float32 int32 float32 int32 float32 float32 int32 int32 float32 int32 int32 float32"
        "int64 float32 int64 float32 int64 float32 float32 int64 int64 float32 int64 int64 float32"
        String.replicate 13 "float16 "
        String.replicate 13 "bfloat16 "
        String.replicate 13 "float32 "
        String.replicate 13 "float64 "
    ]

let private functions: (string * (Tensor -> Tensor) * string) list =
    [
        "sum", Tensor.sum, "int64 int64 int64 int64 int64 int64 float16 bfloat16 float32 float64"
        "prod", Tensor.prod, "int64 int64 int64 int64 int64 int64 float16 bfloat16 float32 float64"
        "cumsum", Tensor.cumsum 0, "int64 int64 int64 int64 int64 int64 float16 bfloat16 float32 float64"
        "mean", Tensor.mean, "refused refused refused refused refused refused float16 bfloat16 float32 float64"
        "var", Tensor.var, "refused refused refused refused refused refused float16 bfloat16 float32 float64"
        "softmax", Tensor.softmax 0, "refused refused refused refused refused refused float16 bfloat16 float32 float64"
        "max", Tensor.max, "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64"
        "argmax", Tensor.argmax, "refused int64 int64 int64 int64 int64 int64 int64 int64 int64"
        "exp", Tensor.exp, "float32 float32 float32 float32 float32 float32 float16 bfloat16 float32 float64"
        "sqrt", Tensor.sqrt, "float32 float32 float32 float32 float32 float32 float16 bfloat16 float32 float64"
        "sigmoid", Tensor.sigmoid, "float32 float32 float32 float32 float32 float32 float16 bfloat16 float32 float64"
        "logsumexp",
        Tensor.logsumexp,
        "float32 float32 float32 float32 float32 float32 float16 bfloat16 float32 float64"
        "reciprocal",
        Tensor.reciprocal,
        "float32 float32 float32 float32 float32 float32 float16 bfloat16 float32 float64"
        "clampMin",
        Tensor.clampMin 0.5,
        "float32 float32 float32 float32 float32 float32 float16 bfloat16 float32 float64"
        "floor", Tensor.floor, "refused uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64"
        "round", Tensor.round, "refused uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64"
        "abs", Tensor.abs, "refused uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64"
        "sign", Tensor.sign, "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64"
        "square", Tensor.square, "int64 uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64"
        "relu", Tensor.relu, "refused uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64"
        "unique", Tensor.unique, "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64"
        "nanToNum", Tensor.nanToNum, "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64"
        // Other than PyTorch's: any of uint8 is bool too.
        "any", Tensor.any, String.replicate 10 "bool "
        "all over an axis", Tensor.allOver 0, String.replicate 10 "bool "
    ]

let tests =
    testList
        "dtypes"
        [
            yield!
                pairs
                    "a + b"
                    (+)
                    [ 2 ]
                    [ 2 ]
                    [
                        "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64"
                        "uint8 uint8 int16 int16 int32 int64 float16 bfloat16 float32 float64"
                        "int8 int16 int8 int16 int32 int64 float16 bfloat16 float32 float64"
                        "int16 int16 int16 int16 int32 int64 float16 bfloat16 float32 float64"
                        "int32 int32 int32 int32 int32 int64 float16 bfloat16 float32 float64"
                        "int64 int64 int64 int64 int64 int64 float16 bfloat16 float32 float64"
                        "float16 float16 float16 float16 float16 float16 float16 float32 float32 float64"
                        "bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 float32 bfloat16 float32 float64"
                        "float32 float32 float32 float32 float32 float32 float32 float32 float32 float64"
                        "float64 float64 float64 float64 float64 float64 float64 float64 float64 float64"
                    ]
            yield!
                pairs
                    "a / b"
                    (/)
                    [ 2 ]
                    [ 2 ]
                    [
                        "float32 float32 float32 float32 float32 float32 float16 bfloat16 float32 float64"
                        "float32 float32 float32 float32 float32 float32 float16 bfloat16 float32 float64"
                        "float32 float32 float32 float32 float32 float32 float16 bfloat16 float32 float64"
                        "float32 float32 float32 float32 float32 float32 float16 bfloat16 float32 float64"
                        "float32 float32 float32 float32 float32 float32 float16 bfloat16 float32 float64"
                        "float32 float32 float32 float32 float32 float32 float16 bfloat16 float32 float64"
                        "float16 float16 float16 float16 float16 float16 float16 float32 float32 float64"
                        "bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 float32 bfloat16 float32 float64"
                        "float32 float32 float32 float32 float32 float32 float32 float32 float32 float64"
                        "float64 float64 float64 float64 float64 float64 float64 float64 float64 float64"
                    ]
            yield!
                pairs
                    "a vector + a tensor without axes"
                    (+)
                    [ 2 ]
                    []
                    [
                        "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64"
                        "uint8 uint8 uint8 uint8 uint8 uint8 float16 bfloat16 float32 float64"
                        "int8 int8 int8 int8 int8 int8 float16 bfloat16 float32 float64"
                        "int16 int16 int16 int16 int16 int16 float16 bfloat16 float32 float64"
                        "int32 int32 int32 int32 int32 int32 float16 bfloat16 float32 float64"
                        "int64 int64 int64 int64 int64 int64 float16 bfloat16 float32 float64"
                        "float16 float16 float16 float16 float16 float16 float16 float16 float16 float16"
                        "bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16"
                        "float32 float32 float32 float32 float32 float32 float32 float32 float32 float32"
                        "float64 float64 float64 float64 float64 float64 float64 float64 float64 float64"
                    ]

            for shape in [ [ 2 ]; [] ] do
                for dtype, line in List.zip dtypes besideNumbers do
                    test $"numbers beside {name dtype} of shape {shape}" {
                        let found = [ for text, f in numbers -> text, outcome (fun () -> f (ones shape dtype)) ]
                        Expect.equal found (List.zip (List.map fst numbers) (words line)) "dtypes"
                    }

            for text, f, line in functions do
                test $"{text} of each dtype" {
                    let found = [ for dtype in dtypes -> outcome (fun () -> f (ones [ 2 ] dtype)) ]
                    Expect.equal found (words line) "of the dtypes in their order"
                }

            for dtype in [ Dtype.Float16; Dtype.BFloat16 ] do
                for row in FunctionRows.rows do
                    if Array.exists (fun (x: Tensor) -> x.Dtype = Dtype.Float64) row.Operands then
                        test $"{row.Name} of {name dtype}: near the float64 numbers, or refused by name" {
                            let cast dtype (x: Tensor) = if Native.isFloating x.Raw then Tensor.cast dtype x else x
                            let operands = row.Operands |> Array.map (cast dtype)

                            match
                                (try
                                    Ok(row.Run operands)
                                 with :? ArgumentException as error ->
                                     Error error.Message)
                            with
                            | Error message ->
                                // What a row calls before its own function may be what refuses.
                                let names = row.Word :: FunctionRows.functions

                                Expect.isTrue
                                    (names |> List.exists (fun name -> message.StartsWith(name + " ")))
                                    message
                            | Ok found ->
                                let expected = Tensor.toDoubles (row.Run(operands |> Array.map (cast Dtype.Float64)))
                                let size = max 1.0 (largest expected)

                                expectClose
                                    0.05
                                    "numbers"
                                    (expected |> Array.map (fun x -> x / size))
                                    (Tensor.toDoubles found |> Array.map (fun x -> x / size))
                        }

            test "small dtypes are made, read, shown and compared" {
                Expect.equal
                    (Tensor.toHalves (Tensor.tensor [ 0.5; 70000.0 ]))
                    [| Half.op_Explicit 0.5f; Half.PositiveInfinity |]
                    "halves"

                Expect.equal (Tensor.tensor [ 1s; -2s ]).Dtype Dtype.Int16 "int16"
                Expect.equal (Tensor.tensor [ 1y; -2y ]).Dtype Dtype.Int8 "int8"
                Expect.equal (Tensor.tensor [| 1y; -2y |]).Dtype Dtype.Int8 "int8 of an array"
                Expect.equal (Tensor.tensor [| [| 1uy |]; [| 2uy |] |]).Dtype Dtype.UInt8 "uint8 of arrays"
                Expect.equal (Tensor.tensor [ Half.One ]).Dtype Dtype.Float16 "float16"
                Expect.equal (Tensor.toInts (Tensor.tensorOf Dtype.Int8 [ -128; 127 ])) [| -128; 127 |] "int8 read"

                Expect.equal
                    (Tensor.format (Tensor.tensorOf Dtype.Int8 [ -128; 7 ]))
                    "Tensor int8 [2]\n[-128,    7]"
                    "int8 shown"

                Expect.equal
                    (Tensor.format (Tensor.tensorOf Dtype.Float16 [ 0.5; 2.0 ]))
                    "Tensor float16 [2]\n[0.5, 2.0]"
                    "float16 shown"

                let refused dtype value =
                    expectError<ArgumentException> [ "full"; string value; name dtype ] (fun () ->
                        Tensor.fullOf dtype [ 1 ] value |> ignore)

                refused Dtype.Int8 128.0
                refused Dtype.Int8 0.5
                refused Dtype.Int16 -32769.0
                let halves = Array.zeroCreate<Half> 2
                CSharp.TensorExtensions.CopyTo(Tensor.tensor [ 0.5; 2.0 ], Span halves)
                Expect.equal (CSharp.TensorExtensions.ToHalves(Tensor.tensor [ 0.5; 2.0 ])) halves "halves in C#"
                let shorts, bytes = Array.zeroCreate<int16> 2, Array.zeroCreate<sbyte> 2
                CSharp.TensorExtensions.CopyTo(Tensor.tensor [ 3s; -4s ], Span shorts)
                CSharp.TensorExtensions.CopyTo(Tensor.tensor [ 3y; -4y ], Span bytes)
                Expect.equal (shorts, bytes) ([| 3s; -4s |], [| 3y; -4y |]) "int16 and int8 in C#"
            }

            test "uint8 wraps beside whole numbers, as in libtorch, and not beside fractions" {
                let bytes = Tensor.ofBytes [ 2 ] [| 3uy; 250uy |]
                Expect.equal (Tensor.toDoubles (bytes + 10)) [| 13.0; 4.0 |] "bytes + 10"
                Expect.equal (Tensor.toDoubles (1 - bytes)) [| 254.0; 7.0 |] "1 - bytes"
                Expect.equal (Tensor.toDoubles (1.0 - bytes)) [| -2.0; -249.0 |] "1.0 - bytes"
                Expect.equal (Tensor.toDoubles (bytes + 10.0)) [| 13.0; 260.0 |] "bytes + 10.0"
            }

            test "whole numbers stay exact beside whole numbers" {
                let large = Tensor.ofLongs [ 1 ] [| 9007199254740993L |]
                Expect.equal (Tensor.toLongs (large + 1)) [| 9007199254740994L |] "plus"
                Expect.equal (Tensor.toLongs (2 * large)) [| 18014398509481986L |] "times"
                Expect.equal (Tensor.toLongs (large % 10)) [| 3L |] "remainder"
                Expect.equal (Tensor.toLongs (Tensor.ofInts [ 3 ] ** 39)) [| 4052555153018976267L |] "power"
                Expect.equal (Tensor.toLongs (Tensor.sum (Tensor.ofBytes [ 2 ] [| 200uy; 100uy |]))) [| 300L |] "sum"
            }

            test "remainders and whole quotients go to minus infinity, as NumPy's" {
                let a = Tensor.ofInts [ 7; -7; 7; -7 ]
                let b = Tensor.ofInts [ 3; 3; -3; -3 ]
                Expect.equal (Tensor.toLongs (a % b)) [| 1L; 2L; -2L; -1L |] "%"
                Expect.equal (Tensor.toLongs (Tensor.floorDivide a b)) [| 2L; -3L; -3L; 2L |] "floorDivide"
                Expect.equal (Tensor.toLongs (7 % b)) [| 1L; 1L; -2L; -2L |] "a number on the left"
            }

            test "a mean of whole numbers is refused with what to do" {
                expectError<ArgumentException> [ "mean"; "[2] int64"; "Tensor.cast Dtype.Float32" ] (fun () ->
                    Tensor.mean (Tensor.ofInts [ 1; 2 ]) |> ignore)

                expectError<ArgumentException> [ "std"; "[2] int64"; "Tensor.cast Dtype.Float32" ] (fun () ->
                    Tensor.std (Tensor.ofInts [ 1; 2 ]) |> ignore)
            }
        ]
