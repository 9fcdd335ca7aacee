/// F#'s own functions and operators on tensors: the same bits as the module's functions, with their derivatives.
module OperatorTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

module D = Differentiation

let private f64 (x: float) = Tensor.tensorOf Dtype.Float64 x
let private inside = doubles [ 2; 3 ] 11 |> Tensor.tanh |> (*) 0.9

/// F#'s function, the module's, and where both are tried.
let private functions: (string * (Tensor -> Tensor) * (Tensor -> Tensor) * Tensor) list =
    [
        "abs", abs, Tensor.abs, inside
        "exp", exp, Tensor.exp, inside
        "log", log, Tensor.log, abs inside
        "log10", log10, Tensor.log10, abs inside
        "sqrt", sqrt, Tensor.sqrt, abs inside
        "sin", sin, Tensor.sin, inside
        "cos", cos, Tensor.cos, inside
        "tan", tan, Tensor.tan, inside
        "asin", asin, Tensor.asin, inside
        "acos", acos, Tensor.acos, inside
        "atan", atan, Tensor.atan, inside
        "sinh", sinh, Tensor.sinh, inside
        "cosh", cosh, Tensor.cosh, inside
        "tanh", Operators.tanh, Tensor.tanh, inside
        "floor", floor, Tensor.floor, 3.0 * inside
        "ceil", ceil, Tensor.ceil, 3.0 * inside
        "round", round, Tensor.round, 3.0 * inside
        "truncate", truncate, Tensor.trunc, 3.0 * inside
        "~-", (~-), (fun x -> 0.0 - x), inside
        "~+", (~+), id, inside
    ]

let private pairs: (string * (Tensor -> Tensor -> Tensor) * (Tensor -> Tensor -> Tensor)) list =
    [
        "atan2", atan2, Tensor.atan2
        "**", (fun x y -> abs x ** y), (fun x y -> Tensor.power (Tensor.abs x) y)
        "%", (%), Tensor.remainder
    ]

let private close' what (expected: float) (found: float) = expectWithin 1e-12 what expected found

// Generic code of F#, which knows nothing of tensors.
let inline private total (values: ^a list) = List.sum values
let inline private average (values: ^a list) = List.average values
let inline private hypotenuse (x: ^a) (y: ^a) = sqrt (x * x + y * y)

let tests =
    testList
        "operators of F#"
        [
            for name, fsharp, own, x in functions do
                test $"{name}: the same bits and the same derivative" {
                    expectSame name (own x) (fsharp x)
                    expectSame "derivative" (D.grad (own >> Tensor.sum) x) (D.grad (fsharp >> Tensor.sum) x)
                }

            for name, fsharp, own in pairs do
                test $"{name} of two: the same bits and the same derivatives" {
                    let x, y = inside, Tensor.cos inside
                    expectSame name (own x y) (fsharp x y)
                    let by f = D.grad (fun x -> Tensor.sum (f x y)) x, D.grad (fun y -> Tensor.sum (f x y)) y
                    expectSame "derivative by the first" (fst (by own)) (fst (by fsharp))
                    expectSame "derivative by the second" (snd (by own)) (snd (by fsharp))
                }

            test "List.sum, Seq.sum, List.average and sumBy keep dtype and shape, with derivatives" {
                for dtype in [ Dtype.Float16; Dtype.BFloat16; Dtype.Float32; Dtype.Float64; Dtype.Int64; Dtype.Int32 ] do
                    let x = Tensor.tensorOf dtype [ 1.0; 2.0 ]
                    expectSame $"sum of {dtype}" (Tensor.tensorOf dtype [ 3.0; 6.0 ]) (List.sum [ x; x; x ])

                    expectSame
                        $"sum of {dtype}"
                        (Tensor.tensorOf dtype [ 2.0; 4.0 ])
                        (Seq.sum (
                            seq {
                                x
                                x
                            }
                        ))

                let x = inside
                expectSame "average" ((x + x * x) / 2) (List.average [ x; x * x ])
                expectSame "averageBy" ((x + 2.0 * x) / 2) (List.averageBy (fun k -> k * x) [ 1.0; 2.0 ])
                expectSame "generic sum" (x + x) (total [ x; x ])
                expectSame "generic average" ((x + x) / 2) (average [ x; x ])

                expectSame
                    "derivative of a sum"
                    (D.grad (fun x -> Tensor.sum (x + x * x)) x)
                    (D.grad (fun x -> Tensor.sum (List.sum [ x; x * x ])) x)

                Expect.equal (float (List.sum ([]: Tensor list))) 0.0 "of none 0"
            }

            test "pown and generic code" {
                expectSame "pown" (inside * inside * inside) (pown inside 3)
                expectSame "hypotenuse" (Tensor.sqrt (inside * inside + inside * inside)) (hypotenuse inside inside)
                close' "x³" (3.0 * 0.7 * 0.7) (float (D.diff (fun x -> pown x 3) (f64 0.7)))
            }

            test "max and min take one of two numbers, and its derivative alone" {
                let f (x: Tensor) = max (x * x) (2.0 * x) + min (exp x) (f64 100.0)
                Expect.equal (float (max (f64 3.0) (f64 2.0)), float (min (f64 3.0) (f64 2.0))) (3.0, 2.0) "values"
                close' "below 2 the line" (2.0 + exp 1.0) (float (D.diff f (f64 1.0)))
                close' "above 2 the parabola" (2.0 * 3.0 + exp 3.0) (float (D.diff f (f64 3.0)))
                close' "where exp is too large a constant" 10.0 (float (D.diff f (f64 5.0)))
                expectSame "of many" (f64 7.0) (List.max [ f64 1.0; f64 7.0; f64 -2.0 ])
                expectSame "by a key" (f64 -2.0) (List.minBy float [ f64 1.0; f64 7.0; f64 -2.0 ])
                expectSame "sorted" (f64 7.0) (List.sortDescending [ f64 1.0; f64 7.0; f64 -2.0 ] |> List.head)
            }

            test "float, float32, int, int64 and sign read the single element" {
                Expect.equal
                    (float (f64 0.1), float32 (f64 0.1), int (f64 -2.9), int64 (f64 3e10))
                    (0.1, 0.1f, -2, 30000000000L)
                    "numbers"

                Expect.equal (int64 (Tensor.ofLongs [ 1 ] [| 9007199254740993L |])) 9007199254740993L "exact"
                Expect.equal (List.map (f64 >> sign) [ -2.0; 0.0; 3.0 ]) [ -1; 0; 1 ] "signs"
                expectError<ArgumentException> [ "float"; "[2; 3]" ] (fun () -> float inside |> ignore)
                expectError<ArgumentException> [ "int"; "1E+20"; "float64" ] (fun () -> int (f64 1e20) |> ignore)
                expectError<ArgumentException> [ "int"; "32 bits" ] (fun () -> int (f64 3e9) |> ignore)
                expectError<ArgumentException> [ "int64"; "NaN" ] (fun () -> int64 (f64 nan) |> ignore)
            }

            test "a pipeline takes plain functions on the right of -->" {
                let double = fun (x: Tensor) -> 2.0 * x
                let network = dense 3 4 --> relu --> double --> dense 4 2 --> (fun x -> Tensor.sum x) --> float

                Expect.equal
                    [ for part in (Layer.spec network).Parts -> part.Value.Kind ]
                    [ "dense"; "relu"; "lift"; "dense"; "lift"; "lift" ]
                    "stages"

                let struct (ps, state) = Layer.init (Key.ofSeed 1) network
                let x = Tensor.ones [ 2; 3 ]
                let struct (y, _) = Layer.apply network Eval ps state x

                let plain =
                    Layer.compose
                        (Layer.compose
                            (Layer.stack [ dense 3 4; relu; Layer.lift double; dense 4 2 ])
                            (Layer.lift Tensor.sum))
                        (Layer.lift float)

                let struct (expected, _) = Layer.apply plain Eval ps state x
                Expect.equal y expected "the same number"
                let folded = List.reduce (-->) [ relu; relu; relu ]
                Expect.equal (Layer.spec folded).Parts.Count 3 "reduced"
                Expect.equal (Layer.spec (Layer.identity --> relu)).Kind "relu" "identity"
            }
        ]
