module TensorTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

let private x23 = lazy (Tensor.ofArray [ 2; 3 ] [| 1f; -2f; 3f; 4f; 5f; -6f |])

// Every elementwise function beside the same function of a number.
let private elementwise: (string * (Tensor -> Tensor) * (float -> float)) list =
    [
        "exp", Tensor.exp, exp
        "abs", Tensor.abs, abs
        "sign", Tensor.sign, (fun x -> float (sign x))
        "square", Tensor.square, (fun x -> x * x)
        "sin", Tensor.sin, sin
        "cos", Tensor.cos, cos
        "tanh", Tensor.tanh, tanh
        "sigmoid", Tensor.sigmoid, (fun x -> 1.0 / (1.0 + exp -x))
        "relu", Tensor.relu, max 0.0
        "pow 3", Tensor.pow 3.0, (fun x -> x ** 3.0)
        "log |x|", Tensor.abs >> Tensor.log, abs >> log
        "sqrt |x|", Tensor.abs >> Tensor.sqrt, abs >> sqrt
        "rsqrt |x|", Tensor.abs >> Tensor.rsqrt, (fun x -> 1.0 / sqrt (abs x))
        "neg", (~-), (~-)
        "x + 2", (fun x -> x + 2.0), (fun x -> x + 2.0)
        "2 + x", (fun x -> 2.0 + x), (fun x -> x + 2.0)
        "x - 2", (fun x -> x - 2.0), (fun x -> x - 2.0)
        "2 - x", (fun x -> 2.0 - x), (fun x -> 2.0 - x)
        "x * 2", (fun x -> x * 2.0), (fun x -> x * 2.0)
        "x / 2", (fun x -> x / 2.0), (fun x -> x / 2.0)
        "2 / x", (fun x -> 2.0 / x), (fun x -> 2.0 / x)
    ]

let private binary: (string * (Tensor -> Tensor -> Tensor) * (float -> float -> float)) list =
    let truth f x y = if f x y then 1.0 else 0.0

    [
        "+", (+), (+)
        "-", (-), (-)
        "*", (*), (*)
        "/", (/), (/)
        "maximum", Tensor.maximum, max
        "minimum", Tensor.minimum, min
        "eq", Tensor.eq, truth (=)
        "lt", Tensor.lt, truth (<)
        "le", Tensor.le, truth (<=)
        "gt", Tensor.gt, truth (>)
        "ge", Tensor.ge, truth (>=)
    ]

let tests =
    testList
        "tensors"
        [
            for name, f, g in elementwise do
                test $"{name} of a tensor is {name} of each number" {
                    let x = doubles [ 3; 4 ] 5
                    expectClose 1e-12 name (Tensor.toDoubles x |> Array.map g) (Tensor.toDoubles (f x))
                    Expect.equal (f x).Dtype Dtype.Float64 "the dtype stays"
                    Expect.equal (f (Tensor.cast Dtype.Float32 x)).Dtype Dtype.Float32 "no silent promotion"
                    Expect.equal (f (Tensor.zeros [ 0; 2 ])).Shape [| 0; 2 |] "an empty tensor stays empty"

                    expectSame
                        "a transposed input gives the same"
                        (Tensor.transpose 0 1 (f x))
                        (f (Tensor.transpose 0 1 x))
                }

            for name, f, g in binary do
                test $"{name} works on each pair, and broadcasts" {
                    let a, b = doubles [ 2; 3 ] 1, doubles [ 3 ] 2
                    let values = Tensor.toDoubles b
                    let expected = Tensor.toDoubles a |> Array.mapi (fun i x -> g x values[i % 3])
                    expectClose 1e-15 name expected (Tensor.toDoubles (f a b))
                    expectError<ArgumentException> [ "[2; 3]"; "[4]" ] (fun () -> f a (doubles [ 4 ] 1) |> ignore)
                }

            test "reductions" {
                let x = x23.Value
                Expect.equal (Tensor.toFloat (Tensor.sum x)) 5.0 "sum"

                Expect.floatClose
                    Accuracy.high
                    (Tensor.toFloat (Tensor.mean (Tensor.cast Dtype.Float64 x)))
                    (5.0 / 6.0)
                    "mean"

                Expect.equal (Tensor.toFloat (Tensor.max x)) 5.0 "max"
                Expect.equal (Tensor.toFloat (Tensor.min x)) -6.0 "min"
                Expect.equal (Tensor.toDoubles (Tensor.sumOver 0 x)) [| 5.0; 3.0; -3.0 |] "sum over the first axis"
                Expect.equal (Tensor.toDoubles (Tensor.sumOver -1 x)) [| 2.0; 3.0 |] "sum over the last axis"
                Expect.equal (Tensor.toDoubles (Tensor.maxOver 1 x)) [| 3.0; 5.0 |] "max over an axis"
                Expect.equal (Tensor.toLongs (Tensor.argmaxOver 1 x)) [| 2L; 1L |] "its place"
                expectError<ArgumentException> [ "sum"; "[2; 3]" ] (fun () -> Tensor.sumOver 2 x |> ignore)
            }

            test "softmax sums to 1, and its logarithm is logsoftmax, also for large inputs" {
                let x = 500.0 * doubles [ 4; 5 ] 3
                expectClose 1e-12 "sum" (Array.create 4 1.0) (Tensor.toDoubles (Tensor.sumOver 1 (Tensor.softmax 1 x)))
                let near = doubles [ 4; 5 ] 3

                expectClose
                    1e-12
                    "log"
                    (Tensor.toDoubles (Tensor.log (Tensor.softmax 1 near)))
                    (Tensor.toDoubles (Tensor.logsoftmax 1 near))

                Expect.all (Tensor.toDoubles (Tensor.logsoftmax 1 x)) Double.IsFinite "finite"
            }

            test "shapes" {
                let x = x23.Value
                Expect.equal (Tensor.reshape [ 3; -1 ] x).Shape [| 3; 2 |] "reshape"

                Expect.equal
                    (Tensor.toDoubles (Tensor.transpose 0 1 x))
                    [| 1.0; 4.0; -2.0; 5.0; 3.0; -6.0 |]
                    "transpose"

                Expect.equal (Tensor.unsqueeze 1 x).Shape [| 2; 1; 3 |] "unsqueeze"
                expectSame "squeeze" x (Tensor.squeeze 1 (Tensor.unsqueeze 1 x))
                Expect.equal (Tensor.permute [ 1; 0 ] x).Shape [| 3; 2 |] "permute"
                expectSame "flip twice" x (Tensor.flip [ 0; 1 ] (Tensor.flip [ 1; 0 ] x))
                expectSame "cat of slices" x (Tensor.cat 1 [ Tensor.slice 1 0 1 x; Tensor.slice 1 1 3 x ])
                Expect.equal (Tensor.stack 0 [ x; x ]).Shape [| 2; 2; 3 |] "stack"
                Expect.equal (Tensor.expand [ 4; 2; 3 ] x).Shape [| 4; 2; 3 |] "expand"
                expectError<ArgumentException> [ "[4; 2]"; "[2; 3]" ] (fun () -> Tensor.reshape [ 4; 2 ] x |> ignore)
                expectError<ArgumentException> [ "cat" ] (fun () -> Tensor.cat 0 [] |> ignore)
            }

            test "indices and ranges" {
                let x = x23.Value
                let at (slices: Slice list) = x[Array.ofList slices]
                Expect.equal (Tensor.toFloat (at [ Slice.At 1; Slice.At 2 ])) -6.0 "x[1, 2]"

                Expect.equal
                    (Tensor.toFloat (at [ Slice.At(Index.FromEnd 1); Slice.At(Index.FromEnd 2) ]))
                    5.0
                    "x[^1, ^2]"

                Expect.equal
                    (Tensor.toDoubles (at [ Slice.Between(Range.StartAt 1); Slice.At 0 ]))
                    [| 4.0 |]
                    "x[1.., 0]"

                Expect.equal
                    (Tensor.toDoubles (at [ Slice.At 0; Slice.Between(Range.All, 2) ]))
                    [| 1.0; 3.0 |]
                    "every second"

                Expect.equal
                    (Tensor.toDoubles (at [ Slice.At 0; Slice.Between(Range.EndAt(Index.FromEnd 1)) ]))
                    [| 1.0; -2.0 |]
                    "x[0, ..^1]"

                expectError<ArgumentException> [ "[2; 3]" ] (fun () -> at [ Slice.At 2 ] |> ignore)

                expectError<ArgumentException> [ "3 indices"; "[2; 3]" ] (fun () ->
                    at [ Slice.At 0; Slice.At 0; Slice.At 0 ] |> ignore)
            }

            test "gather, indexSelect, onehot and where" {
                let x = x23.Value
                let index = Tensor.ofLongs [ 2; 1 ] [| 2L; 0L |]
                Expect.equal (Tensor.toDoubles (Tensor.gather 1 index x)) [| 3.0; 4.0 |] "gather"

                Expect.equal
                    (Tensor.toDoubles (Tensor.indexSelect 0 (Tensor.ofInts [ 1; 1 ]) x))
                    [| 4.0; 5.0; -6.0; 4.0; 5.0; -6.0 |]
                    "indexSelect"

                Expect.equal
                    (Tensor.toDoubles (Tensor.onehot 3 (Tensor.ofInts [ 2; 0 ])))
                    [| 0.0; 0.0; 1.0; 1.0; 0.0; 0.0 |]
                    "onehot"

                Expect.equal
                    (Tensor.toDoubles (Tensor.where (Tensor.gt x (Tensor.zerosLike x)) x (Tensor.zerosLike x)))
                    [| 1.0; 0.0; 3.0; 4.0; 5.0; 0.0 |]
                    "where"

                expectError<ArgumentException> [ "indexSelect" ] (fun () ->
                    Tensor.indexSelect 0 (Tensor.ofInts [ 2 ]) x |> ignore)
            }

            test "matmul and dot against sums of products" {
                let a, b = doubles [ 3; 4 ] 1, doubles [ 4; 2 ] 2
                let va, vb = Tensor.toDoubles a, Tensor.toDoubles b

                let expected =
                    [|
                        for i in 0..2 do
                            for j in 0..1 -> List.sum [ for k in 0..3 -> va[4 * i + k] * vb[2 * k + j] ]
                    |]

                expectClose 1e-12 "matmul" expected (Tensor.toDoubles (Tensor.matmul a b))
                expectError<ArgumentException> [ "matmul"; "[3; 4]"; "[3; 4]" ] (fun () -> Tensor.matmul a a |> ignore)
                expectError<ArgumentException> [ "dot"; "[3; 4]" ] (fun () -> Tensor.dot a b |> ignore)
            }

            test "what is written is read" {
                Expect.equal (Tensor.toArray x23.Value) [| 1f; -2f; 3f; 4f; 5f; -6f |] "float32"

                Expect.equal
                    (Tensor.toLongs (Tensor.ofLongs [ 2 ] [| Int64.MaxValue; -1L |]))
                    [| Int64.MaxValue; -1L |]
                    "int64"

                Expect.equal (Tensor.toBytes (Tensor.ofBytes [ 2 ] [| 0uy; 255uy |])) [| 0uy; 255uy |] "uint8"

                expectError<ArgumentException> [ "6"; "[2; 2]" ] (fun () ->
                    Tensor.ofArray [ 2; 2 ] (Array.zeroCreate 6) |> ignore)

                expectError<ArgumentException> [ "toFloat"; "[2; 3]" ] (fun () -> Tensor.toFloat x23.Value |> ignore)
                expectError<ArgumentException> [ "[-1]" ] (fun () -> Tensor.zeros [ -1 ] |> ignore)
            }

            test "a tensor of a scope is dead afterwards, unless it is the result or kept" {
                let mutable stray, held = Tensor.scalar 0.0, Tensor.scalar 0.0

                let result =
                    Scope.tensor (fun () ->
                        stray <- Tensor.ones [ 2 ]
                        held <- Tensor.keep (Tensor.ones [ 2 ])
                        stray + held)

                Expect.equal (Tensor.toDoubles result) [| 2.0; 2.0 |] "the result lives"
                Expect.equal (Tensor.toDoubles held) [| 1.0; 1.0 |] "what is kept lives"

                expectError<ObjectDisposedException> [ "step or a scope"; "Tensor.keep" ] (fun () ->
                    Tensor.sum stray |> ignore)

                Expect.stringContains (string stray) "freed" "its text says so"
            }

            test "an inner scope gives its result to the outer one" {
                let mutable inner = Tensor.scalar 0.0

                Scope.value (fun () ->
                    inner <- Scope.tensor (fun () -> Tensor.ones [ 3 ])
                    Expect.equal (Tensor.toDoubles inner) [| 1.0; 1.0; 1.0 |] "alive in the outer scope")

                expectError<ObjectDisposedException> [] (fun () -> Tensor.sum inner |> ignore)
            }

            test "a scope that fails frees what it made" {
                let mutable stray = Tensor.scalar 0.0

                expectError<InvalidOperationException> [ "stop" ] (fun () ->
                    Scope.value (fun () ->
                        stray <- Tensor.ones [ 2 ]
                        invalidOp "stop"))

                expectError<ObjectDisposedException> [] (fun () -> Tensor.sum stray |> ignore)
            }

            test "equal compares bits, allclose numbers" {
                let x = doubles [ 3 ] 1
                Expect.isFalse (Tensor.equal x (Tensor.cast Dtype.Float32 x)) "another dtype"
                Expect.isFalse (Tensor.equal x (x + 1e-12)) "another number"
                Expect.isTrue (Tensor.allclose 0.0 1e-11 x (x + 1e-12)) "close"
                Expect.isFalse (Tensor.allclose 0.0 1e-13 x (x + 1e-12)) "not that close"
                Expect.isFalse (Tensor.allclose 1.0 1.0 x (doubles [ 2 ] 1)) "another shape"
            }
        ]
