/// Covariances, norms, scaling, resizing and the questions about whole tensors, at their borders.
module ScaleTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private doubles64 (values: float list) = Tensor.tensorOf Dtype.Float64 values

let tests =
    testList
        "scales"
        [
            test "covariances at large offsets, of few observations, with NaN" {
                let x = doubles [ 3; 7 ] 5
                expectClose 1e-6 "an offset" (Tensor.toDoubles (Tensor.cov x)) (Tensor.toDoubles (Tensor.cov (x + 1e8)))
                let symmetric = Tensor.cov x
                expectSame "symmetric" symmetric (Tensor.transpose 0 1 symmetric)

                expectClose
                    1e-14
                    "the variances"
                    (Tensor.toDoubles (Tensor.varOver 1 x))
                    (Tensor.toDoubles (Tensor.diagonal 0 0 1 symmetric))

                let lacking = Tensor.cov (Tensor.tensor [ [ 1.0; 2.0 ]; [ nan; 3.0 ] ])
                Expect.equal (Tensor.toDoubles lacking |> Array.map Double.IsNaN) [| false; true; true; true |] "NaN"

                for shape in [ [ 2; 1 ]; [ 2; 0 ] ] do
                    let found = Tensor.cov (Tensor.ones shape)
                    Expect.equal found.Shape [| 2; 2 |] "the shape"
                    Expect.all (Tensor.toDoubles found) Double.IsNaN "too few"

                Expect.equal (float (Tensor.covWith false (Tensor.ones [ 1 ]))) 0.0 "one observation, biased"
                Expect.isTrue (Double.IsNaN(float (Tensor.cov (Tensor.scalar 1.0)))) "a number"
            }

            test "correlations stay within 1, and are NaN for what does not vary" {
                for seed in 1..20 do
                    let x = Random.normal [ 1; 40 ] (Key.ofSeed seed)
                    let found = Tensor.corrcoef (Tensor.cat 0 [ x; 3.0 * x + 1.0; -0.1 * x ])
                    Expect.all (Tensor.toDoubles found) (fun r -> abs r <= 1.0) "within 1"
                    expectClose 1e-6 "one line" [| 1.0; 1.0; -1.0 |] (Tensor.toDoubles found[Slice.at 0])

                // The mean of three times 0.1 is not 0.1.
                let still = Tensor.corrcoef (doubles64 [ 0.1; 0.1; 0.1; 1.0; 2.0; 4.0 ] |> Tensor.reshape [ 2; 3 ])
                Expect.equal (Tensor.toDoubles still |> Array.map Double.IsNaN) [| true; true; true; false |] "constant"
            }

            test "the second derivative of a correlation of one line" {
                let y = doubles [ 6 ] 3
                let f x = (Tensor.corrcoef (Tensor.stack 0 [ x; y ]))[Slice.at 0, Slice.at 1]
                let found = Differentiation.hessian f (2.0 * y)

                expectClose
                    1e-5
                    "differences"
                    (Tensor.toDoubles (Differentiation.numhessian f (2.0 * y)))
                    (Tensor.toDoubles found)

                expectAbove 0.01 "it is not 0" (Tensor.toFloat (Tensor.norm 2.0 found))
            }

            test "what does not vary is scaled to zeros, with derivative zero" {
                for value in [ 0.1; 1e20; 0.0; -3.0 ] do
                    let x = Tensor.fullOf Dtype.Float64 [ 2; 3 ] value

                    for name, f in [ "normalize", Tensor.normalize; "standardize", Tensor.standardize ] do
                        Expect.all (Tensor.toDoubles (f x)) ((=) 0.0) name
                        Expect.all (Tensor.toDoubles (Differentiation.grad (f >> Tensor.sum) x)) ((=) 0.0) "derivative"

                Expect.equal (float (Tensor.standardize (Tensor.scalar 5.0))) 0.0 "a number"
                Expect.equal (Tensor.normalize (Tensor.zeros [ 0; 3 ])).Shape [| 0; 3 |] "no numbers"
                Expect.isTrue (Tensor.hasnan (Tensor.standardize (Tensor.tensor [ 1.0; nan; 2.0 ]))) "NaN stays"
            }

            test "norms below 1 at zeros, and their derivatives" {
                let x = doubles64 [ 3.0; 0.0; -4.0 ]

                for p, expected in [ 0.0, 2.0; -1.0, 0.0; -infinity, 0.0; infinity, 4.0 ] do
                    Expect.equal (float (Tensor.norm p x)) expected $"p = {p}"

                Expect.all (Tensor.toDoubles (Differentiation.grad (Tensor.norm -1.0) x)) ((=) 0.0) "constant at a zero"

                expectClose
                    1e-14
                    "harmonic"
                    [| 4.0 / 3.0 |]
                    (Tensor.toDoubles (Tensor.norm -1.0 (doubles64 [ 2.0; 4.0 ])))

                Expect.equal
                    (Tensor.toDoubles (Differentiation.grad (Tensor.norm -infinity) (doubles64 [ 3.0; -2.0 ])))
                    [| 0.0; -1.0 |]
                    "the smallest"
            }

            test "hasnan and hasinf, of every dtype" {
                let x = Tensor.tensor [ 1.0; nan ]
                Expect.equal (Tensor.hasnan x, Tensor.hasinf x) (true, false) "NaN"

                Expect.equal
                    (Tensor.hasnan (1.0 / Tensor.zeros [ 2 ]), Tensor.hasinf (-1.0 / Tensor.zeros [ 2 ]))
                    (false, true)
                    "∞"

                Expect.isFalse (Tensor.hasnan (Tensor.zeros [ 0 ]) || Tensor.hasinf (Tensor.zeros [ 0 ])) "none"

                Expect.isFalse
                    (Tensor.hasnan (Tensor.ofInts [ 1 ]) || Tensor.hasinf (Tensor.ofBools [ 1 ] [| true |]))
                    "whole"

                Expect.isTrue (CSharp.TensorExtensions.HasNaN x && not (CSharp.TensorExtensions.HasInf x)) "in C#"
            }

            test "the places of the extremes, one for each axis" {
                let x = Tensor.tensor [ [ [ 1.0; 5.0 ]; [ 2.0; 9.0 ] ]; [ [ 3.0; -7.0 ]; [ 9.0; 0.0 ] ] ]
                Expect.equal (Tensor.argmaxIndex x) [| 0; 1; 1 |] "the first of equals"
                Expect.equal (Tensor.argminIndex x) [| 1; 0; 1 |] "the smallest"
                Expect.equal (Tensor.argmaxIndex (Tensor.scalar 3.0)) [||] "a number"

                Expect.equal
                    (CSharp.TensorExtensions.ArgmaxIndex x, CSharp.TensorExtensions.ArgminIndex x)
                    ([| 0; 1; 1 |], [| 1; 0; 1 |])
                    "in C#"

                expectError<ArgumentException> [ "argmax" ] (fun () ->
                    Tensor.argmaxIndex (Tensor.zeros [ 0; 2 ]) |> ignore)
            }

            test "resized images, as PyTorch's documentation shows them" {
                let x = Tensor.tensor [ [ [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ] ] ] ]

                let bilinear =
                    [ 1.0; 1.25; 1.75; 2.0; 1.5; 1.75; 2.25; 2.5; 2.5; 2.75; 3.25; 3.5; 3.0; 3.25; 3.75; 4.0 ]

                let found = Tensor.resize [ 4; 4 ] x
                Expect.equal found.Shape [| 1; 1; 4; 4 |] "the shape"
                Expect.equal (Tensor.toDoubles found |> List.ofArray) bilinear "bilinear"

                Expect.equal
                    (Tensor.toDoubles (Tensor.resizeNearest [ 4; 4 ] x) |> List.ofArray)
                    [ 1.0; 1.0; 2.0; 2.0; 1.0; 1.0; 2.0; 2.0; 3.0; 3.0; 4.0; 4.0; 3.0; 3.0; 4.0; 4.0 ]
                    "nearest"

                let bytes = Tensor.ofBytes [ 2; 2 ] [| 1uy; 2uy; 3uy; 4uy |]
                Expect.equal (Tensor.resizeNearest [ 1; 2 ] bytes |> Tensor.toBytes) [| 3uy; 4uy |] "bytes"

                expectError<ArgumentException> [ "resize"; "uint8"; "cast" ] (fun () ->
                    Tensor.resize [ 3; 3 ] bytes |> ignore)
            }

            test "resizing keeps constants and means, and is the identity at its own size" {
                let x = doubles [ 2; 3; 8; 6 ] 9
                expectSame "its own size" x (Tensor.resize [ 8; 6 ] x)

                expectClose
                    1e-14
                    "halved: means of neighbours"
                    (Tensor.toDoubles (Tensor.reshape [ 2; 3; 4; 2; 3; 2 ] x |> Tensor.meanOverAxes [ 3; 5 ]))
                    (Tensor.toDoubles (Tensor.resize [ 4; 3 ] x))

                Expect.all (Tensor.toDoubles (Tensor.resize [ 5; 11 ] (Tensor.fullLike 0.3 x))) ((=) 0.3) "constants"
            }

            test "resizing stands in a summary" {
                let network =
                    Layer.lift (Tensor.resize [ 16; 16 ])
                    --> Layer.lift (Tensor.resizeNearest [ 8; 8 ])
                    --> conv2d 3 4 3

                let summary = Layer.summary [ 1; 3; 9; 9 ] network
                Expect.equal (List.ofArray (Seq.last summary.Rows).Shapes[0]) [ 1; 4; 6; 6 ] "the shape"
            }

            test "dilate and undilate, sumToSize and expand undo each other" {
                let x = doubles [ 2; 3 ] 4
                expectSame "undilated" x (Tensor.undilate [ 3; 2 ] (Tensor.dilate [ 3; 2 ] x))

                expectClose
                    1e-15
                    "the same sum"
                    [| float (Tensor.sum x) |]
                    [| float (Tensor.sum (Tensor.dilate [ 2; 5 ] x)) |]

                let row = doubles [ 1; 3 ] 5

                expectClose
                    1e-14
                    "four times"
                    (Tensor.toDoubles (4.0 * row))
                    (Tensor.toDoubles (Tensor.sumToSize [ 1; 3 ] (Tensor.expand [ 2; 2; 3 ] row)))

                Expect.equal (Tensor.sumToSize [] x).Shape [||] "of all"
            }

            test "makers like another tensor take its dtype" {
                for dtype in [ Dtype.Float64; Dtype.Float16; Dtype.Int16 ] do
                    let x = Tensor.zerosOf dtype [ 2; 2 ]

                    for made in [ Tensor.scalarLike 2.0 x; Tensor.eyeLike 2 3 x; Tensor.arangeLike 0.0 4.0 1.0 x ] do
                        Expect.equal made.Dtype dtype "the dtype"

                    let drawn = Random.integersLike -3L 9L x (Key.ofSeed 1)
                    Expect.equal (drawn.Dtype, List.ofArray drawn.Shape) (dtype, [ 2; 2 ]) "drawn"

                    Expect.equal
                        (Tensor.toLongs drawn)
                        (Tensor.toLongs (Random.integers -3L 9L [ 2; 2 ] (Key.ofSeed 1)))
                        "the same numbers"

                    expectSame "in C#" drawn (CSharp.KeyExtensions.IntegersLike(Key.ofSeed 1, -3L, 9L, x))

                let x = Tensor.zerosOf Dtype.Float64 [ 3 ]

                expectSame
                    "uniform"
                    (Random.uniformOf Dtype.Float64 [ 3 ] (Key.ofSeed 2))
                    (Random.uniformLike x (Key.ofSeed 2))

                expectSame
                    "normal"
                    (Random.normalOf Dtype.Float64 [ 3 ] (Key.ofSeed 2))
                    (Random.normalLike x (Key.ofSeed 2))

                expectSame
                    "uniform in C#"
                    (Random.uniformLike x (Key.ofSeed 2))
                    (CSharp.KeyExtensions.UniformLike(Key.ofSeed 2, x))

                expectSame
                    "normal in C#"
                    (Random.normalLike x (Key.ofSeed 2))
                    (CSharp.KeyExtensions.NormalLike(Key.ofSeed 2, x))

                expectError<ArgumentException> [ "Int8"; "-128"; "127"; "200" ] (fun () ->
                    Random.integersLike 0L 201L (Tensor.zerosOf Dtype.Int8 [ 2 ]) (Key.ofSeed 1) |> ignore)
            }
        ]
