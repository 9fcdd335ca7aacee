/// Functions of tensors where they are hard: no elements, kinks, tails, equal elements.
module EdgeTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

let private empty = lazy (Tensor.zerosOf Dtype.Float64 [ 0; 3 ])

// Over an axis, and over the same axis kept.
let private keepers: (string * (int -> Tensor -> Tensor) * (int -> Tensor -> Tensor)) list =
    [
        "sum", Tensor.sumOver, Tensor.sumKeeping
        "sum of several", (fun axis -> Tensor.sumOverAxes [ axis ]), (fun axis -> Tensor.sumKeepingAxes [ axis ])
        "mean", Tensor.meanOver, Tensor.meanKeeping
        "mean of several", (fun axis -> Tensor.meanOverAxes [ axis ]), (fun axis -> Tensor.meanKeepingAxes [ axis ])
        "prod", Tensor.prodOver, Tensor.prodKeeping
        "logsumexp", Tensor.logsumexpOver, Tensor.logsumexpKeeping
        "any", Tensor.anyOver, Tensor.anyKeeping
        "all", Tensor.allOver, Tensor.allKeeping
        "countNonzero", Tensor.countNonzeroOver, Tensor.countNonzeroKeeping
        "max", Tensor.maxOver, Tensor.maxKeeping
        "min", Tensor.minOver, Tensor.minKeeping
        "argmax", Tensor.argmaxOver, Tensor.argmaxKeeping
        "argmin", Tensor.argminOver, Tensor.argminKeeping
        "norm", Tensor.normOver 3.0, Tensor.normKeeping 3.0
        "var", Tensor.varOver, Tensor.varKeeping
        "std", Tensor.stdOver, Tensor.stdKeeping
        "quantile", Tensor.quantileOver 0.3, Tensor.quantileKeeping 0.3
        "median", Tensor.medianOver, Tensor.medianKeeping
    ]

// Of no elements: the number, or None where there is none.
let private ofNothing: (string * (Tensor -> Tensor) * float option) list =
    [
        "sum", Tensor.sum, Some 0.0
        "prod", Tensor.prod, Some 1.0
        "mean", Tensor.mean, Some nan
        "var", Tensor.var, Some nan
        "std", Tensor.std, Some nan
        "logsumexp", Tensor.logsumexp, Some -infinity
        "norm", Tensor.norm 2.0, Some 0.0
        "any", Tensor.any, Some 0.0
        "all", Tensor.all, Some 1.0
        "countNonzero", Tensor.countNonzero, Some 0.0
        "max", Tensor.max, None
        "min", Tensor.min, None
        "argmax", Tensor.argmax, None
        "argmin", Tensor.argmin, None
        "norm by the largest", Tensor.norm infinity, None
        "quantile", Tensor.quantile 0.5, None
        "median", Tensor.median, None
    ]

// Far from 0 or near it: numbers of scipy 1.10, to be met to 10⁻¹³ of their own size.
let private tails: (string * (Tensor -> Tensor) * float * float) list =
    [
        "erfc", Tensor.erfc, 10.0, 2.0884875837625446e-45
        "log1p", Tensor.log1p, 1e-20, 1e-20
        "expm1", Tensor.expm1, 1e-20, 1e-20
        "asinh", Tensor.asinh, 1e-10, 1e-10
        "gelu", Tensor.gelu, -10.0, -7.61985302416047e-23
        "softplus", Tensor.softplus, -40.0, 4.248354255291589e-18
        "softplus", Tensor.softplus, 25.0, 25.000000000013888
        "logsigmoid", Tensor.logsigmoid, 40.0, -4.248354255291589e-18
        "erfinv", Tensor.erfinv, 0.999999, 3.458910737275499
        "lgamma", Tensor.lgamma, -2.5, -0.05624371649767401
        "lgamma", Tensor.lgamma, 1e5, 1051287.7089736569
        "digamma", Tensor.digamma, -2.5, 1.1031566406452433
    ]

// Where the formula's derivative is 0/0 or 0·∞, it is taken as 0, the first and the second.
let private kinks: (string * (Tensor -> Tensor)) list =
    [
        for p in [ 1.0; 1.5; 2.0; 3.0; infinity ] do
            $"norm {p} of zeros", (fun x -> Tensor.norm p (0.0 * x))
            $"norm {p} over an axis of zeros", (fun x -> Tensor.sum (Tensor.normOver p 0 (0.0 * x)))
        "std of equal numbers", (fun x -> Tensor.std (0.0 * x + 2.0))
        "hypot of zeros", (fun x -> Tensor.sum (Tensor.hypot (0.0 * x) (0.0 * x)))
    ]

let private one = lazy (Tensor.ofDoubles [ 3 ] [| 1.0; 2.0; 3.0 |])

let tests =
    testList
        "functions at the edges"
        [
            for name, over, keeping in keepers do
                test $"{name}: an axis that is kept has length 1, and the numbers are the same" {
                    let x = doubles [ 2; 3; 4 ] 9

                    for axis in [ 0; 1; -1; -3 ] do
                        let kept = keeping axis x
                        let expected = Array.updateAt ((axis + 3) % 3) 1 x.Shape
                        Expect.equal kept.Shape expected $"axis {axis}"
                        expectSame name (Tensor.reshape (over axis x).Shape kept) (over axis x)
                }

            test "sums, means and variances over several axes" {
                let x = doubles [ 2; 3; 4 ] 9
                Expect.equal (Tensor.sumOverAxes [ 0; -1 ] x).Shape [| 3 |] "they go"
                Expect.equal (Tensor.sumKeepingAxes [ 0; -1 ] x).Shape [| 1; 3; 1 |] "they stay"
                Expect.equal (Tensor.meanKeepingAxes [ 1; 2 ] x).Shape [| 2; 1; 1 |] "they stay"
                Expect.equal (Tensor.varWith true true [ 0; 1 ] x).Shape [| 1; 1; 4 |] "they stay"
                expectError<ArgumentException> [ "sum"; "at least one" ] (fun () -> Tensor.sumOverAxes [] x |> ignore)

                expectError<ArgumentException> [ "var"; "[2; 3; 4]"; "no axis 3" ] (fun () ->
                    Tensor.varOver 3 x |> ignore)
            }

            for name, f, expected in ofNothing do
                test $"{name} of no elements" {
                    match expected with
                    | Some number ->
                        let found = Tensor.toFloat (f empty.Value)
                        Expect.isTrue (found = number || Double.IsNaN found && Double.IsNaN number) $"{found}"
                    | None ->
                        expectError<ArgumentException> [ name.Split(' ')[0] ] (fun () -> f empty.Value |> ignore)

                        expectError<ArgumentException> [ name.Split(' ')[0] ] (fun () ->
                            f (Tensor.zeros [ 0 ]) |> ignore)
                }

            test "over an empty axis: means are NaN, sums 0, extremes are refused" {
                let x = empty.Value
                Expect.all (Tensor.toDoubles (Tensor.meanOver 0 x)) Double.IsNaN "mean"
                Expect.all (Tensor.toDoubles (Tensor.varOver 0 x)) Double.IsNaN "var"
                Expect.equal (Tensor.toDoubles (Tensor.sumOver 0 x)) [| 0.0; 0.0; 0.0 |] "sum"
                Expect.equal (Tensor.sumOver 1 x).Shape [| 0 |] "the other axis"
                expectError<ArgumentException> [ "max"; "[0; 3]" ] (fun () -> Tensor.maxOver 0 x |> ignore)
                expectError<ArgumentException> [ "median"; "[0; 3]" ] (fun () -> Tensor.medianOver 0 x |> ignore)

                expectError<ArgumentException> [ "maxWithIndex"; "[0; 3]" ] (fun () ->
                    Tensor.maxWithIndex 0 x |> fst |> ignore)

                Expect.equal (Tensor.maxOver 1 x).Shape [| 0 |] "the other axis"
                Expect.equal (Tensor.unique x).Shape [| 0 |] "unique"
                Expect.equal (Tensor.toLongs (Tensor.histogram 2 0.0 1.0 x)) [| 0L; 0L |] "histogram"
            }

            test "the variance of one number is NaN, the biased one 0" {
                let x = Tensor.ofDoubles [ 1 ] [| 2.0 |]
                Expect.isTrue (Double.IsNaN(Tensor.toFloat (Tensor.var x))) "unbiased"
                Expect.equal (Tensor.toFloat (Tensor.varWith false false [ 0 ] x)) 0.0 "biased"
            }

            for name, f, x, expected in tails do
                test $"{name} at {x} keeps its digits" {
                    let found = Tensor.toFloat (f (Tensor.ofDoubles [ 1 ] [| x |]))
                    Expect.isTrue (abs (found - expected) <= 1e-13 * abs expected) $"expected {expected}, was {found}"
                }

            for name, f in kinks do
                test $"{name} has derivatives 0, the first and the second" {
                    let at offset (x: Tensor) = f x + 0.0 * Tensor.sum (x * offset)
                    let slope = Differentiation.grad (at 1.0)
                    Expect.equal (Tensor.toDoubles (slope one.Value)) [| 0.0; 0.0; 0.0 |] "the first"

                    Expect.equal
                        (Tensor.toDoubles (Differentiation.grad (slope >> Tensor.sum) one.Value))
                        [| 0.0; 0.0; 0.0 |]
                        "the second"
                }

            test "a second derivative that is zero by rule has memory to read" {
                // libtorch gives a zero tensor without any, and reading it went through a null pointer.
                let slope = Differentiation.grad (Tensor.abs >> Tensor.sum) >> Tensor.sum
                let curvature = Differentiation.grad slope one.Value
                Expect.equal (Tensor.toDoubles curvature) [| 0.0; 0.0; 0.0 |] "read"
                Expect.equal (Tensor.toArray (curvature + 1.0)) [| 1f; 1f; 1f |] "used"
            }

            for name, f in [ "power", Tensor.power; "xlogy", Tensor.xlogy ] do
                test $"{name}: shapes that do not fit are refused by its own name under a derivative too" {
                    let apart (x: Tensor) = Tensor.sum (f (Tensor.zeros [ 2; 3 ]) x)

                    expectError<ArgumentException> [ $"{name} cannot be applied"; "[2; 3]"; "[4]" ] (fun () ->
                        Differentiation.grad apart (Tensor.zeros [ 4 ]) |> ignore)
                }

            test "the norm's derivative by an element that is 0 is 0" {
                let x = Tensor.ofDoubles [ 3 ] [| 0.0; 3.0; -4.0 |]

                for p in [ 1.0; 1.5; 2.0; 3.0 ] do
                    let gradient = Tensor.toDoubles (Differentiation.grad (Tensor.norm p) x)
                    Expect.equal gradient[0] 0.0 $"p = {p}"
                    Expect.all gradient Double.IsFinite $"p = {p}"

                expectClose
                    1e-15
                    "p = 2"
                    [| 0.0; 0.6; -0.8 |]
                    (Tensor.toDoubles (Differentiation.grad (Tensor.norm 2.0) x))
            }

            test "equal elements share the derivative of max, and the first has that of maxWithIndex" {
                let x = Tensor.ofDoubles [ 3 ] [| 2.0; 1.0; 2.0 |]
                let slope f = Tensor.toDoubles (Differentiation.grad f x)
                Expect.equal (slope Tensor.max) [| 0.5; 0.0; 0.5 |] "max"
                Expect.equal (slope (Tensor.maxOver 0)) [| 0.5; 0.0; 0.5 |] "maxOver"
                Expect.equal (slope (Tensor.maxWithIndex 0 >> fst)) [| 1.0; 0.0; 0.0 |] "maxWithIndex"
                Expect.equal (slope (Tensor.unique >> Tensor.sum)) [| 1.0; 1.0; 0.0 |] "unique"
            }

            test "clamp has derivative 1 at its bounds" {
                let x = Tensor.ofDoubles [ 4 ] [| -1.0; 0.0; 1.0; 2.0 |]
                let slope = Differentiation.grad (Tensor.clamp 0.0 1.0 >> Tensor.sum) x
                Expect.equal (Tensor.toDoubles slope) [| 0.0; 1.0; 1.0; 0.0 |] "both included"

                expectError<ArgumentException> [ "clamp"; "low is 2" ] (fun () -> Tensor.clamp 2.0 1.0 x |> ignore)
            }

            test "lerp meets both ends exactly" {
                let a, b = doubles [ 50 ] 1, 1e3 * doubles [ 50 ] 2
                expectSame "weight 0" a (Tensor.lerp 0.0 a b)
                expectSame "weight 1" b (Tensor.lerp 1.0 a b)
            }

            test "NaN is sorted last, and found by quantiles" {
                let x = Tensor.ofDoubles [ 3 ] [| nan; 2.0; -infinity |]
                let sorted = Tensor.toDoubles (fst (Tensor.sort 0 false x))
                Expect.equal sorted[..1] [| -infinity; 2.0 |] "numbers first"
                Expect.isTrue (Double.IsNaN sorted[2]) "NaN last"
                Expect.isTrue (Double.IsNaN(Tensor.toFloat (Tensor.median x))) "the median"
            }

            test "quantiles are NumPy's" {
                let x = Tensor.ofDoubles [ 4 ] [| 3.0; 1.0; 2.0; 7.0 |]
                let found = [| for q in [ 0.1; 0.25; 0.5; 0.9 ] -> Tensor.toFloat (Tensor.quantile q x) |]
                expectClose 1e-15 "numpy.quantile" [| 1.3; 1.75; 2.5; 5.8 |] found
            }

            test "operators: ** and % with numbers on either side" {
                let x = one.Value
                expectClose 1e-15 "x ** 2" [| 1.0; 4.0; 9.0 |] (Tensor.toDoubles (x ** 2))
                expectClose 1e-15 "x ** 0.5" [| 1.0; sqrt 2.0; sqrt 3.0 |] (Tensor.toDoubles (x ** 0.5))
                expectClose 1e-15 "x ** x" [| 1.0; 4.0; 27.0 |] (Tensor.toDoubles (x ** x))
                expectClose 1e-15 "2 ** x" [| 2.0; 4.0; 8.0 |] (Tensor.toDoubles (Tensor.Pow(2, x)))
                expectClose 1e-15 "x % 2" [| 1.0; 0.0; 1.0 |] (Tensor.toDoubles (x % 2))
                expectClose 1e-15 "x % -1.75" [| -0.75; -1.5; -0.5 |] (Tensor.toDoubles (x % -1.75))
                expectClose 1e-15 "7 % x" [| 0.0; 1.0; 1.0 |] (Tensor.toDoubles (7 % x))
                expectClose 1e-15 "7.5 % x" [| 0.5; 1.5; 1.5 |] (Tensor.toDoubles (7.5 % x))
            }
        ]
