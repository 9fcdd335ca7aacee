/// Numbers that were wrong: each with a small input and the right value, in both languages, and its siblings.
module NumberTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

type private D = CSharp.Differentiation
type private X = CSharp.TensorExtensions

let private f64 (numbers: float list) = Tensor.ofDoubles [ numbers.Length ] (Array.ofList numbers)
let private f32 (numbers: float list) = Tensor.ofSeq numbers
let private matrix n (numbers: float list) = Tensor.ofDoubles [ n; n ] (Array.ofList numbers)
let private numbersOf (x: Tensor) = Tensor.toDoubles (Tensor.cast Dtype.Float64 x)
let private at (i: int) (x: Tensor) = Tensor.squeeze 0 (Tensor.slice 0 i (i + 1) x)

let private isClose tolerance what (expected: float list) (x: Tensor) =
    expectClose tolerance what (Array.ofList expected) (numbersOf x)

// ---- comparisons

let private relations
    : (string * (float -> float -> bool) * (float -> Tensor -> Tensor) * (Tensor -> Tensor -> Tensor)) list =
    [
        "eq", (=), Tensor.eqNumber, Tensor.eq
        "ne", (<>), Tensor.neNumber, Tensor.ne
        "lt", (<), Tensor.ltNumber, Tensor.lt
        "le", (<=), Tensor.leNumber, Tensor.le
        "gt", (>), Tensor.gtNumber, Tensor.gt
        "ge", (>=), Tensor.geNumber, Tensor.ge
    ]

let private holders: (string * Tensor) list =
    [
        "bool", Tensor.ofBools [ 2 ] [| false; true |]
        "uint8", Tensor.ofBytes [ 3 ] [| 0uy; 2uy; 255uy |]
        "int32", Tensor.ofInt32s [ 4 ] [| Int32.MinValue; 0; 16777217; Int32.MaxValue |]
        "int64", Tensor.ofLongs [ 3 ] [| -3L; 0L; 1L <<< 52 |]
        "bfloat16", Tensor.cast Dtype.BFloat16 (f32 [ -256.0; 0.0; 0.5; 256.0; nan; infinity ])
        "float32", f32 [ -16777216.0; 0.1; 16777216.0; nan; -infinity; infinity ]
        "float64", f64 [ -1e300; 0.1; 16777216.0; nan; infinity ]
    ]

let private bounds =
    [
        -1e300
        -1e10
        -256.5
        -3.5
        -1.0
        -0.5
        0.0
        0.1
        0.5
        1.0
        1.5
        2.0
        255.0
        255.5
        256.0
        257.0
        16777216.0
        16777216.5
        16777217.0
        2147483647.0
        1e10
        1e19
        1e300
        infinity
        -infinity
        nan
    ]

let private comparisons =
    testList
        "comparisons"
        [
            for name, relation, byNumber, byTensor in relations do
                for dtype, x in holders do
                    test $"{name} of {dtype} and numbers compares real numbers" {
                        for bound in bounds do
                            let expected = numbersOf x |> Array.map (fun x -> relation x bound)
                            Expect.equal (Tensor.toBools (byNumber bound x)) expected $"{bound}"
                            // As tensors, whatever their dtypes and shapes.
                            Expect.equal (Tensor.toBools (byTensor x (f64 [ bound ]))) expected $"[{bound}]"
                            let single = Tensor.fullOf Dtype.Float64 [] bound
                            Expect.equal (Tensor.toBools (byTensor x single)) expected $"{bound} without axes"
                    }

                test $"{name} of int64 and float64 compares real numbers" {
                    let wholes = [ Int64.MinValue; -9007199254740993L; 0L; 9007199254740993L; Int64.MaxValue ]

                    let others =
                        [
                            -infinity
                            -9223372036854775808.0
                            -9007199254740992.0
                            0.5
                            9007199254740992.0
                            9223372036854775808.0
                            infinity
                            nan
                        ]

                    for whole in wholes do
                        for other in others do
                            // Exact: an int64 and a float64 below 2⁶⁴ are Int128, but for the fraction 0.5.
                            let difference =
                                if Double.IsNaN other then
                                    nan
                                elif Double.IsInfinity other then
                                    -other
                                elif other = 0.5 then
                                    (if whole > 0L then 1.0 else -1.0)
                                else
                                    float (
                                        sign (Int128.op_Implicit whole - (Int128.op_Explicit other: Int128) |> float)
                                    )

                            let x, y = Tensor.ofLongs [ 1 ] [| whole |], f64 [ other ]

                            let turned =
                                match name with
                                | "lt" -> Tensor.gt
                                | "gt" -> Tensor.lt
                                | "le" -> Tensor.ge
                                | "ge" -> Tensor.le
                                | _ -> byTensor

                            let expected = [| relation difference 0.0 |]
                            Expect.equal (Tensor.toBools (byTensor x y)) expected $"{whole} and {other}"
                            Expect.equal (Tensor.toBools (turned y x)) expected $"{other} and {whole}"
                }

            test "whole numbers are not wrapped to the dtype beside them" {
                let bytes, wide = Tensor.ofBytes [ 2 ] [| 44uy; 255uy |], Tensor.ofLongs [] [| 300L |]
                Expect.equal (Tensor.toBools (Tensor.eq bytes wide)) [| false; false |] "eq"
                Expect.equal (Tensor.toBools (Tensor.lt bytes wide)) [| true; true |] "lt"

                for name, f in
                    [
                        "maximum", Tensor.maximum
                        "minimum", Tensor.minimum
                        "remainder", Tensor.remainder
                        "floorDivide", Tensor.floorDivide
                    ] do
                    expectError<ArgumentException> [ name; "300"; "from 0 to 255" ] (fun () -> f bytes wide |> ignore)

                for f in
                    [
                        (fun x -> x + 300)
                        (fun x -> x - 300)
                        (fun x -> x * 300)
                        (fun x -> x % 300)
                        (fun x -> 300 - x)
                    ] do
                    expectError<ArgumentException> [ "300"; "from 0 to 255" ] (fun () -> f bytes |> ignore)
            }

            test "in C#" {
                Expect.equal (Tensor.toBools (X.Gt(Tensor.ofBytes [ 2 ] [| 2uy; 255uy |], -1.0))) [| true; true |] "gt"
                Expect.equal (Tensor.toBools (X.Eq(Tensor.ofBytes [ 2 ] [| 0uy; 1uy |], 256.0))) [| false; false |] "eq"
            }
        ]

// ---- derivatives at singular points

let private nine = [ 1.0; 2.0; 3.0; 4.0; 5.0; 6.0; 7.0; 8.0; 9.0 ]

// The determinant as a sum over permutations, which has derivatives everywhere.
let private byPermutations (a: Tensor) : Tensor =
    let n = a.Shape[0]

    let rec permutations (left: int list) =
        match left with
        | [] -> [ [] ]
        | _ ->
            [
                for first in left do
                    for rest in permutations (List.filter ((<>) first) left) -> first :: rest
            ]

    let parity (order: int list) =
        let inversions =
            List.sum
                [
                    for i in 0 .. n - 1 do
                        for j in i + 1 .. n - 1 -> if order[i] > order[j] then 1 else 0
                ]

        if inversions % 2 = 0 then 1.0 else -1.0

    [
        for order in permutations [ 0 .. n - 1 ] ->
            order
            |> List.mapi (fun i j -> a |> at i |> at j)
            |> List.reduce (*)
            |> fun product -> parity order * product
    ]
    |> List.reduce (+)

let private singular: (string * Tensor) list =
    [
        "[[0]]", matrix 1 [ 0.0 ]
        "[[1, 2], [2, 4]]", matrix 2 [ 1.0; 2.0; 2.0; 4.0 ]
        "zeros 2 × 2", matrix 2 [ 0.0; 0.0; 0.0; 0.0 ]
        "1 to 9", matrix 3 nine
        "of rank 1", matrix 3 [ 1.0; 2.0; 3.0; 2.0; 4.0; 6.0; -1.0; -2.0; -3.0 ]
        "zeros 3 × 3", matrix 3 (List.replicate 9 0.0)
        "of rank 2 in 4", Tensor.matmul (doubles [ 4; 2 ] 1) (doubles [ 2; 4 ] 2)
        "of rank 1 in 4", Tensor.matmul (doubles [ 4; 1 ] 3) (doubles [ 1; 4 ] 4)
        "zeros 4 × 4", matrix 4 (List.replicate 16 0.0)
        "nearly singular", matrix 2 [ 1.0; 2.0; 2.0; 4.0 + 1e-13 ]
        "regular", doubles [ 3; 3 ] 5
    ]

let private determinants =
    testList
        "determinants"
        [
            for name, a in singular do
                test $"derivatives of orders 1 to 3, {name}" {
                    let v, w = doubles (List.ofArray a.Shape) 6, doubles (List.ofArray a.Shape) 7
                    let along (direction: Tensor) (g: Tensor -> Tensor) (a: Tensor) = Tensor.sum (direction * g a)
                    let first f = Differentiation.grad f
                    let second f = Differentiation.grad (along v (first f))
                    let third f = Differentiation.grad (along w (second f))

                    for order, derivative in [ 1, first; 2, second; 3, third ] do
                        expectClose
                            1e-11
                            $"order {order}"
                            (Tensor.toDoubles (derivative byPermutations a))
                            (Tensor.toDoubles (derivative Tensor.det a))
                }

            test "the transposed adjugate" {
                isClose
                    1e-14
                    "2"
                    [ 4.0; -2.0; -2.0; 1.0 ]
                    (Differentiation.grad Tensor.det (matrix 2 [ 1.0; 2.0; 2.0; 4.0 ]))

                isClose 1e-14 "1" [ 1.0 ] (Differentiation.grad Tensor.det (matrix 1 [ 0.0 ]))
                let expected = [ -3.0; 6.0; -3.0; 6.0; -12.0; 6.0; -3.0; 6.0; -3.0 ]
                isClose 1e-13 "3" expected (Differentiation.grad Tensor.det (matrix 3 nine))
                let narrow = Tensor.cast Dtype.Float32 (matrix 3 nine)
                isClose 1e-5 "float32" expected (Differentiation.grad Tensor.det narrow)

                isClose
                    1e-15
                    "the Hessian at zeros"
                    [ 0.0; 0.0; 0.0; 1.0; 0.0; 0.0; -1.0; 0.0; 0.0; -1.0; 0.0; 0.0; 1.0; 0.0; 0.0; 0.0 ]
                    (Differentiation.hessian Tensor.det (matrix 2 [ 0.0; 0.0; 0.0; 0.0 ]))

                isClose 1e-13 "C#" expected (D.Grad((fun a -> X.Det a), matrix 3 nine))
            }

            test "batches, some of them singular" {
                let parts = [ matrix 2 [ 1.0; 2.0; 2.0; 4.0 ]; doubles [ 2; 2 ] 8; matrix 2 [ 0.0; 0.0; 0.0; 0.0 ] ]
                let whole = Tensor.stack 0 parts
                let found = Differentiation.grad (Tensor.det >> Tensor.sum) whole
                let expected = [ for part in parts -> Differentiation.grad byPermutations part ] |> Tensor.stack 0
                expectClose 1e-13 "gradients" (Tensor.toDoubles expected) (Tensor.toDoubles found)
                let _, value = Differentiation.fgrad (Tensor.det >> Tensor.sum) whole |> fun (value, g) -> g, value
                expectSame "the value is that without a derivative" (Tensor.sum (Tensor.det whole)) value
            }

            test "what has no derivative at a singular matrix says so" {
                let a = matrix 2 [ 1.0; 2.0; 2.0; 4.0 ]
                let sign, size = Tensor.slogdet a
                Expect.equal (Tensor.toFloat sign, Tensor.toFloat size) (0.0, -infinity) "slogdet"

                expectError<ArgumentException> [ "slogdet"; "singular"; "[2; 2]" ] (fun () ->
                    Differentiation.grad (Tensor.slogdet >> snd) a |> ignore)

                expectError<ArgumentException> [ "inv"; "singular" ] (fun () ->
                    Differentiation.grad (Tensor.inv >> Tensor.sum) a |> ignore)
            }

            test "a right side with the shape of the matrices' batch and rows holds columns" {
                let a, b = doubles [ 2; 2; 2 ] 1 + 3.0 * Tensor.eyeOf Dtype.Float64 2 2, doubles [ 2; 2 ] 2
                let x = Tensor.solve a b
                Expect.equal x.Shape [| 2; 2; 2 |] "the shape"
                let both = Tensor.expand [ 2; 2; 2 ] b
                expectClose 1e-13 "a·x = b" (Tensor.toDoubles both) (Tensor.toDoubles (Tensor.matmul a x))
                Expect.equal (X.Solve(a, b)).Shape [| 2; 2; 2 |] "C#"

                for f, at in [ (fun b -> Tensor.solve a b), b; (fun a -> Tensor.solve a b), a ] do
                    let error = GradCheck.compare 2 (Key.ofSeed 3) f at |> Seq.map _.Error |> Seq.max
                    expectBelow 1e-6 "derivatives" error

                let one = Tensor.solve (Tensor.onesOf Dtype.Float64 [ 1; 1; 1 ]) (f64 [ 3.0 ])
                Expect.equal one.Shape [| 1; 1 |] "a vector and a batch of one"
            }
        ]

let private kinks =
    testList
        "powers and logarithms at zero"
        [
            test "aᵇ at a = 0" {
                let second = Differentiation.diffn 2 (Tensor.powOf 0.0) (Tensor.fullOf Dtype.Float64 [] 2.0)
                Expect.equal (Tensor.toFloat second) 0.0 "by b"
                let pair (z: Tensor) = Tensor.power (at 0 z) (at 1 z)

                isClose
                    0.0
                    "the Hessian at (0, 2)"
                    [ 2.0; 0.0; 0.0; 0.0 ]
                    (Differentiation.hessian pair (f64 [ 0.0; 2.0 ]))

                isClose 0.0 "at (0, 3)" [ 0.0; 0.0; 0.0; 0.0 ] (Differentiation.hessian pair (f64 [ 0.0; 3.0 ]))
                isClose 0.0 "the gradient at (0, 0)" [ 0.0; 0.0 ] (Differentiation.grad pair (f64 [ 0.0; 0.0 ]))
                isClose 0.0 "at (0, 1)" [ 1.0; 0.0 ] (Differentiation.grad pair (f64 [ 0.0; 1.0 ]))

                // One zero leaves its neighbours alone.
                let bases b = Tensor.sum (Tensor.power (f64 [ 0.0; 2.0; 0.5 ]) b)
                let exponents = f64 [ 2.0; 3.0; -1.5 ]
                let hessian = Differentiation.hessian bases exponents |> Tensor.diagonal 0 0 1
                let expected = [ 0.0; 8.0 * log 2.0 ** 2.0; 0.5 ** -1.5 * log 0.5 ** 2.0 ]
                isClose 1e-14 "beside others" expected hessian
            }

            test "x·ln y where x = 0 and y ≤ 0" {
                let pair (z: Tensor) = Tensor.xlogy (at 0 z) (at 1 z)

                for y in [ 0.0; -1.0 ] do
                    isClose 0.0 $"gradient, {y}" [ 0.0; 0.0 ] (Differentiation.grad pair (f64 [ 0.0; y ]))
                    isClose 0.0 $"Hessian, {y}" [ 0.0; 0.0; 0.0; 0.0 ] (Differentiation.hessian pair (f64 [ 0.0; y ]))

                isClose 1e-15 "y = 2" [ 0.0; 0.5; 0.5; 0.0 ] (Differentiation.hessian pair (f64 [ 0.0; 2.0 ]))
                let sum (x: Tensor) = Tensor.sum (Tensor.xlogy x (f64 [ 0.0; 2.0 ]))
                isClose 1e-15 "beside others" [ 0.0; log 2.0 ] (Differentiation.grad sum (f64 [ 0.0; 3.0 ]))
            }

            test "ln Σ eˣ of infinities" {
                let slope = Differentiation.grad Tensor.logsumexp
                isClose 0.0 "-∞" [ 0.0; 0.0 ] (slope (f64 [ -infinity; -infinity ]))
                isClose 0.0 "∞" [ 1.0; 0.0 ] (slope (f64 [ infinity; 1.0 ]))
                isClose 0.0 "∞ twice" [ 0.5; 0.5 ] (slope (f64 [ infinity; infinity ]))

                isClose
                    0.0
                    "second"
                    [ 0.0; 0.0 ]
                    (Differentiation.grad (slope >> Tensor.sum) (f64 [ -infinity; -infinity ]))

                let rows = Tensor.ofDoubles [ 2; 2 ] [| -infinity; -infinity; 0.0; 0.0 |]
                let sum = Tensor.logsumexpOver 1 >> Tensor.sum
                isClose 1e-15 "beside others" [ 0.0; 0.0; 0.5; 0.5 ] (Differentiation.grad sum rows)
            }

            test "area functions far from zero" {
                for x in [ 1e10; 1e20; 1e30 ] do
                    let slope f = Tensor.toFloat (Differentiation.diff f (Tensor.full [] x)) * x
                    expectWithin 1e-6 $"asinh {x}" 1.0 (slope Tensor.asinh)

                    expectWithin
                        1e-6
                        $"asinh -{x}"
                        -1.0
                        (Tensor.toFloat (Differentiation.diff Tensor.asinh (Tensor.full [] -x)) * -x)

                    expectWithin 1e-6 $"acosh {x}" 1.0 (slope Tensor.acosh)

                let below = Tensor.toFloat (fst (Differentiation.fdiff Tensor.acosh (Tensor.full [] -1e20)))
                Expect.isTrue (Double.IsNaN below) "acosh has no value there"
            }
        ]

// ---- statistics

let private statistics =
    testList
        "statistics"
        [
            test "variances of large numbers, and of small and large differences" {
                Expect.equal (Tensor.toFloat (Tensor.var (f32 [ 1e8; 1e8 + 8.0; 1e8 + 16.0 ]))) 64.0 "over all"

                isClose 0.0 "cov" [ 64.0 ] (Tensor.cov (f32 [ 1e8; 1e8 + 8.0; 1e8 + 16.0 ]))
                isClose 1e-6 "standardize" [ -1.0; 0.0; 1.0 ] (Tensor.standardize (f32 [ 1e8; 1e8 + 8.0; 1e8 + 16.0 ]))

                let columns =
                    Tensor.transpose 0 1 (Tensor.stack 0 [ f32 [ 1e8; 1e8 + 8.0; 1e8 + 16.0 ]; f32 [ 1.0; 2.0; 3.0 ] ])

                isClose 0.0 "by columns" [ 64.0; 1.0 ] (Tensor.varOver 0 columns)
                isClose 1e-7 "std" [ 8.0; 1.0 ] (Tensor.stdOver 0 columns)
                let numbers = f64 [ 1e16; 1e16 + 2.0; 1e16 + 4.0 ]
                Expect.equal (Tensor.toFloat (Tensor.var numbers)) 4.0 "float64"
                let x = f64 [ 1e8; 1e8 + 1.0; 1e8 + 3.0 ]
                let mean = 4.0 / 3.0
                isClose 1e-7 "its derivative" [ 0.0 - mean; 1.0 - mean; 3.0 - mean ] (Differentiation.grad Tensor.var x)
                isClose 1e-6 "too large to square" [ sqrt 2.0 ] (Tensor.std (f32 [ 1e30; -1e30 ]) / 1e30)
                isClose 1e-6 "too small to square" [ sqrt 2.0 ] (Tensor.std (f32 [ 1e-30; -1e-30 ]) / 1e-30)
            }

            test "norms of what is too large or too small to square" {
                for size in [ 1e20; 1e30; 1e-20; 1e-30; 1e-38 ] do
                    let x = f32 [ 3.0 * size; 4.0 * size ]
                    isClose 1e-6 $"norm, {size}" [ 5.0 ] (Tensor.norm 2.0 x / size)
                    isClose 1e-6 $"derivative, {size}" [ 0.6; 0.8 ] (Differentiation.grad (Tensor.norm 2.0) x)
                    isClose 1e-6 $"p = 3, {size}" [ 91.0 ** (1.0 / 3.0) ] (Tensor.norm 3.0 x / size)
                    let rows = Tensor.stack 0 [ x; f32 [ 3.0; 4.0 ] ]
                    isClose 1e-6 $"rows, {size}" [ 1.0; 1.0 ] (Tensor.normOver 2.0 1 rows / (5.0 * f32 [ size; 1.0 ]))

                    isClose
                        1e-6
                        $"cdist, {size}"
                        [ 5.0 ]
                        (Tensor.cdist (Tensor.reshape [ 1; 2 ] x) (Tensor.zeros [ 1; 2 ]) / size)

                for size in [ 1e200; 1e-200 ] do
                    let x = f64 [ 3.0 * size; 4.0 * size ]
                    isClose 1e-14 $"float64, {size}" [ 5.0 ] (Tensor.norm 2.0 x / size)
                    isClose 1e-14 $"derivative, float64, {size}" [ 0.6; 0.8 ] (Differentiation.grad (Tensor.norm 2.0) x)
            }

            test "cosine similarity broadcasts, and knows no size" {
                isClose
                    1e-6
                    "ones"
                    [ 1.0; 1.0 ]
                    (Tensor.cosineSimilarity 1 (Tensor.ones [ 2; 3 ]) (Tensor.ones [ 1; 1 ]))

                isClose 1e-6 "C#" [ 1.0; 1.0 ] (X.CosineSimilarity(Tensor.ones [ 2; 3 ], Tensor.ones [ 1; 1 ], 1))

                for size in [ 1e20; 3e38; 1e-30; 1e-40 ] do
                    let x, y = Tensor.full [ 3 ] size, f32 [ 1.0; 1.0; 0.0 ]
                    isClose 1e-6 $"{size}" [ 1.0 ] (Tensor.cosineSimilarity 0 x x)
                    isClose 1e-6 $"{size} beside 1" [ sqrt (2.0 / 3.0) ] (Tensor.cosineSimilarity 0 x y)

                let slope =
                    Differentiation.grad (fun x -> Tensor.cosineSimilarity 0 x (f64 [ 1.0; 2.0 ])) (f64 [ 0.0; 0.0 ])

                isClose 0.0 "at zero" [ 0.0; 0.0 ] slope
            }

            test "quantiles lie between their neighbours and rise with q" {
                let number = 0.56758051638767337
                let equal = Tensor.fullOf Dtype.Float64 [ 279 ] number

                for q in [ 0.05; 0.3; 0.45; 0.5; 0.77; 0.999 ] do
                    Expect.equal (Tensor.toFloat (Tensor.quantile q equal)) number $"{q}"
                    Expect.equal (Tensor.toFloat (X.Quantile(equal, q))) number $"{q} in C#"

                for dtype in [ Dtype.Float32; Dtype.Float64 ] do
                    for seed in 1..5 do
                        let x = Tensor.cast dtype (doubles [ 5 ] seed)
                        let sorted = Tensor.toDoubles x |> Array.sort
                        let mutable last = -infinity

                        for step in 0..100 do
                            let q = float step / 100.0
                            let found = Tensor.toFloat (Tensor.quantile q x)
                            let below = int (q * 4.0)
                            Expect.isTrue (found >= last) $"rises, {q}"
                            Expect.isTrue (found >= sorted[below] && found <= sorted[min 4 (below + 1)]) $"between, {q}"
                            last <- found

                isClose 0.0 "far apart" [ 0.0 ] (Tensor.median (f64 [ -1.7e308; 1.7e308 ]))
                isClose 1e-15 "even" [ 0.25; 0.75 ] (Differentiation.grad (Tensor.quantile 0.75) (f64 [ 1.0; 2.0 ]))
            }

            test "equal distances between the ends of float64" {
                isClose
                    1e-15
                    "linspace"
                    [ -1.0; 0.0; 1.0 ]
                    (Tensor.linspaceOf Dtype.Float64 -1.7e308 1.7e308 3 / 1.7e308)
            }
        ]

// ---- whole numbers

let private wholes =
    testList
        "whole numbers"
        [
            test "clamped between whole bounds they stay whole" {
                let x = Tensor.ofLongs [ 3 ] [| -1L; 9007199254740993L; Int64.MaxValue |]
                let clamped = Tensor.clamp 0.0 1e18 x
                Expect.equal (Tensor.toLongs clamped) [| 0L; 9007199254740993L; 1_000_000_000_000_000_000L |] "clamp"

                Expect.equal
                    (Tensor.toLongs (Tensor.clampMin 0.0 x))
                    [| 0L; 9007199254740993L; Int64.MaxValue |]
                    "clampMin"

                Expect.equal (Tensor.toLongs (Tensor.clampMax 1e19 x)) (Tensor.toLongs x) "clampMax beyond"
                Expect.equal (Tensor.toLongs (Tensor.clamp -infinity infinity x)) (Tensor.toLongs x) "no bounds"
                Expect.equal (Tensor.toLongs (X.Clamp(x, 0.0, 1e18))) (Tensor.toLongs clamped) "C#"
                let bytes = Tensor.ofBytes [ 2 ] [| 7uy; 255uy |]
                let between = Tensor.clamp -5.0 100.0 bytes
                Expect.equal (between.Dtype, Tensor.toLongs between) (Dtype.UInt8, [| 7L; 100L |]) "uint8"

                expectError<ArgumentException> [ "clampMin"; "300"; "from 0 to 255" ] (fun () ->
                    Tensor.clampMin 300.0 bytes |> ignore)

                expectError<ArgumentException> [ "clampMax"; "-1"; "from 0 to 255" ] (fun () ->
                    Tensor.clampMax -1.0 bytes |> ignore)

                Expect.equal (Tensor.clampMin 0.5 bytes).Dtype Dtype.Float32 "a fraction"
            }

            test "take no negative exponents" {
                let two, minus = Tensor.ofInts [ 2; 2 ], Tensor.ofInts [ 1; -1 ]

                expectError<ArgumentException> [ "power"; "negative exponents" ] (fun () ->
                    Tensor.power two minus |> ignore)

                expectError<ArgumentException> [ "negative exponents" ] (fun () -> two ** minus |> ignore)
                expectError<ArgumentException> [ "negative" ] (fun () -> X.Power(two, minus) |> ignore)
                Expect.equal (Tensor.toLongs (Tensor.power two (Tensor.ofInts [ 62; 0 ]))) [| 1L <<< 62; 1L |] "others"
            }

            test "are close only where they are" {
                let x, y = Tensor.ofLongs [ 1 ] [| 9007199254740993L |], Tensor.ofLongs [ 1 ] [| 9007199254740992L |]
                Expect.isFalse (Tensor.allclose 0.0 0.0 x y) "2⁵³ + 1 and 2⁵³"
                Expect.isFalse (Tensor.allclose 0.0 0.5 x y) "by a half"
                Expect.isTrue (Tensor.allclose 0.0 1.0 x y) "by 1"
                Expect.isFalse (Tensor.allclose 0.0 0.0 x (Tensor.cast Dtype.Float64 y)) "beside float64"
                let ends = Tensor.ofLongs [ 1 ] [| Int64.MaxValue |], Tensor.ofLongs [ 1 ] [| Int64.MinValue |]
                Expect.isFalse (Tensor.allclose 0.0 1e19 (fst ends) (snd ends)) "the ends"
                Expect.isTrue (Tensor.allclose 0.0 2e19 (fst ends) (snd ends)) "the ends, further"
                Expect.isFalse (X.AllClose(x, y, 0.0, 0.0)) "C#"
                Expect.isTrue (Tensor.allclose 0.0 0.0 (f64 [ infinity ]) (f64 [ infinity ])) "∞"
                Expect.isFalse (Tensor.allclose 1.0 1.0 (f64 [ nan ]) (f64 [ nan ])) "NaN"
            }

            test "are read or refused" {
                Expect.equal (Tensor.toBytes (Tensor.ofInts [ 0; 255 ])) [| 0uy; 255uy |] "bytes"
                Expect.equal (Tensor.toBytes (f64 [ 1.9; -0.5 ])) [| 1uy; 0uy |] "without what follows the point"

                for x in [ Tensor.ofInts [ 300 ]; Tensor.ofInts [ -1 ]; f64 [ 256.0 ]; f64 [ nan ] ] do
                    expectError<ArgumentException> [ "toBytes"; "from 0 to 255" ] (fun () -> Tensor.toBytes x |> ignore)

                expectError<ArgumentException> [ "300" ] (fun () -> X.ToBytes(Tensor.ofInts [ 300 ]) |> ignore)

                for number in [ nan; infinity; 9223372036854775808.0; -1e19 ] do
                    expectError<ArgumentException> [ "toLongs" ] (fun () -> Tensor.toLongs (f64 [ number ]) |> ignore)
                    expectError<ArgumentException> [ "toInts" ] (fun () -> Tensor.toInts (f64 [ number ]) |> ignore)

                Expect.equal (Tensor.toLongs (f64 [ -9223372036854775808.0 ])) [| Int64.MinValue |] "the least"
            }

            test "label what there is" {
                for label in [ 26.0; -1.0; 1.5; nan ] do
                    let labels = f64 [ 3.0; label ]

                    expectError<ArgumentException> [ "onehot"; "label 1 "; "0 to 25" ] (fun () ->
                        Tensor.onehot 26 labels |> ignore)

                    expectError<ArgumentException> [ "label 1 " ] (fun () -> X.OneHot(labels, 26) |> ignore)

                expectError<ArgumentException> [ "label 0 is 26" ] (fun () ->
                    Tensor.onehot 26 (Tensor.ofInts [ 26 ]) |> ignore)
            }
        ]

// ---- shapes

let private vast = lazy Tensor.expand [ 50000; 50000 ] (Tensor.ones [ 1; 1 ])

// The last number of 2.2 GB of float32, of which only that page is touched.
let private lastOfMany () =
    use raw = Ops.empty [| 550_000_000L |] TorchSharp.torch.ScalarType.Float32
    let numbers = Native.span<float32> raw
    numbers[numbers.Length - 1] <- 3f
    let struct (first, last) = Native.range raw
    use one = Ops.slice 0L 549_999_999L 550_000_000L 1L raw
    int64 (last - first), numbers.Length, (Native.span<float32> one)[0]

let private shapes =
    testList
        "shapes"
        [
            test "more than 2³¹ elements are counted" {
                let x = vast.Value
                Expect.equal x.Count 2_500_000_000L "Count"
                Expect.equal x.Shape [| 50000; 50000 |] "Shape"

                let ps: Params =
                    Node
                        [
                            "weight", Leaf { Role = Role.Weight; Value = x }
                            "bias", Leaf { Role = Role.Bias; Value = x[0] }
                        ]

                Expect.equal (Params.count ps) 2_500_050_000L "Params.count"
                // Along rows of one number no time goes by.
                let narrow = Tensor.expand [ 3_000_000; 1000 ] (Tensor.ones [ 1; 1 ])
                Expect.equal narrow.Count 3_000_000_000L "another"
            }

            test "memory beyond 2 GiB is read and written in place" {
                Expect.equal (lastOfMany ()) (2_200_000_000L, 550_000_000, 3f) "bytes, numbers and the last one"
            }

            test "more than 2 GiB differ where they do" {
                Expect.isFalse
                    (Tensor.equal vast.Value (2.0 * Tensor.ones [ 1; 1 ] |> Tensor.expand [ 50000; 50000 ]))
                    "equal"
            }

            test "an axis beyond 2³¹ - 1 and arrays of more numbers are refused" {
                let x = vast.Value
                expectError<ArgumentException> [ "[50000; 50000]"; "2500000000" ] (fun () -> Tensor.toArray x |> ignore)
                let long = Tensor.Of(Ops.expand [| 2_500_000_000L |] (Tensor.ones [ 1 ]).Raw)
                expectError<ArgumentException> [ "Shape"; "2500000000" ] (fun () -> long.Shape |> ignore)
                Expect.equal long.Count 2_500_000_000L "its count"

                expectError<ArgumentException> [ "maxunpool2d"; "65536; 65536" ] (fun () ->
                    Tensor.maxunpool2d
                        [ 65536; 65536 ]
                        (Tensor.zerosOf Dtype.Int64 [ 1; 1; 1; 1 ])
                        (Tensor.zeros [ 1; 1; 1; 1 ])
                    |> ignore)
            }

            test "Fourier transforms of empty batches" {
                let empty = Tensor.zerosOf Dtype.Float64 [ 0; 4 ]

                for re, im in [ Tensor.rfft 1 empty; Tensor.rfft -1 empty ] do
                    Expect.equal (re.Shape, im.Shape, re.Dtype) ([| 0; 3 |], [| 0; 3 |], Dtype.Float64) "rfft"

                for re, im in [ Tensor.fft 1 (empty, empty); Tensor.ifft 1 (empty, empty) ] do
                    Expect.equal (re.Shape, im.Shape) ([| 0; 4 |], [| 0; 4 |]) "fft, ifft"

                let terms = Tensor.zerosOf Dtype.Float64 [ 0; 3 ]
                Expect.equal (Tensor.irfft 1 4 (terms, terms)).Shape [| 0; 4 |] "irfft"
                let slope = Differentiation.grad (fun x -> Tensor.sum (fst (Tensor.rfft 1 x))) empty
                Expect.equal slope.Shape [| 0; 4 |] "the derivative"
            }

            test "many rows without elements, and many axes, are shown in part" {
                let lines (x: Tensor) = (Tensor.format x).Split('\n').Length
                Expect.isLessThan (lines (Tensor.zeros [ 1_000_000; 0 ])) 12 "rows"
                Expect.isLessThan (lines (Tensor.zeros [ 2; 1_000_000; 0; 3 ])) 30 "rows of rows"
                let many = Tensor.expand (List.replicate 20 3) (Tensor.zeros (List.replicate 20 1))
                Expect.isLessThan (Tensor.format many).Length 200_000 "axes"
                Expect.stringContains (Tensor.format many) "…" "what is left out"
                Expect.equal (lines (Tensor.zeros [ 3; 0 ])) 4 "few rows"
                Expect.isLessThan (CSharp.TensorExtensions.Format(Tensor.zeros [ 1_000_000; 0 ])).Length 200 "C#"
            }
        ]

let private sweep =
    testList
        "float32 beside float64"
        [
            for scene in Sweep.scenes do
                test scene.Title {
                    let found = FunctionRows.rows |> List.collect (fun row -> Sweep.faults row scene)
                    let some = String.Join("\n", List.truncate 10 found)
                    Expect.isEmpty found $"no error but what rounding explains; {found.Length}:\n{some}"
                }
        ]

let tests = testList "right numbers" [ comparisons; determinants; kinks; statistics; wholes; shapes; sweep ]
