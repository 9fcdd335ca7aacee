/// What a user of DiffSharp writes, in the same words, with numbers from closed forms.
module DiffSharpTests

open System
open System.IO
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

module D = Differentiation

let private f64 (values: 'a) = Tensor.tensorOf Dtype.Float64 values
let private near what (expected: float) (found: Tensor) = expectWithin 1e-10 what expected (float found)

let tests =
    testList
        "in DiffSharp's words"
        [
            test "a function written with F#'s own operators, its value, gradient and Hessian" {
                let f (x: Tensor) = sin (sqrt x[Slice.at 0]) * exp x[Slice.at 1] + abs (min x[Slice.at 0] x[Slice.at 1])
                let x = f64 [ 4.0; 0.5 ]
                let value, gradient = D.fgrad f x
                near "value" (sin 2.0 * exp 0.5 + 0.5) value
                near "by x₀" (cos 2.0 / 4.0 * exp 0.5) gradient[Slice.at 0]
                near "by x₁" (sin 2.0 * exp 0.5 + 1.0) gradient[Slice.at 1]
                near "mixed" (cos 2.0 / 4.0 * exp 0.5) (D.hessian f x).[Slice.at 0, Slice.at 1]
            }

            test "gradhessianv gives ∇f·v and H·v" {
                let f (x: Tensor) = x[Slice.at 0] ** 2.0 * x[Slice.at 1]
                let slope, product = D.gradhessianv f (f64 [ 3.0; 5.0 ]) (f64 [ 1.0; 2.0 ])
                near "∇f·v = 2·3·5·1 + 9·2" 48.0 slope
                Expect.equal (Tensor.toDoubles product) [| 2.0 * 5.0 + 2.0 * 3.0 * 2.0; 2.0 * 3.0 |] "H·v"
                let value, slope, _ = D.fgradhessianv f (f64 [ 3.0; 5.0 ]) (f64 [ 1.0; 2.0 ])
                Expect.equal (float value, float slope) (45.0, 48.0) "with the value"
            }

            test "Newton's method by F#'s arithmetic" {
                let f (x: Tensor) = pown x 3 - 2.0 * x - 5.0
                let step (x: Tensor) = x - f x / D.diff f x
                let root = Seq.fold (fun x _ -> step x) (f64 2.0) (seq { 1..8 })
                near "Wallis's root" 2.0945514815423265 root
            }

            test "a sum over a list of losses, and the mean of predictions" {
                let points = [ 0.0, 1.0; 1.0, 3.0; 2.0, 5.0 ]
                let loss (w: Tensor) = points |> List.sumBy (fun (x, y) -> (w * x + 1.0 - y) ** 2.0)
                Expect.equal (float (loss (f64 2.0)), float (D.grad loss (f64 1.0))) (0.0, -10.0) "loss and slope"
                near "mean" 2.0 (List.average [ f64 1.0; f64 2.0; f64 3.0 ])
            }

            test "a model is a chain of layers and functions" {
                let model = dense 2 8 --> Tensor.relu --> dense 8 1 --> Tensor.sigmoid
                let struct (ps, state) = Layer.init (Key.ofSeed 3) model
                let struct (y, _) = Layer.apply model Eval ps state (Tensor.zeros [ 5; 2 ])
                Expect.equal y.Shape [| 5; 1 |] "the shape"
                Expect.isTrue (Tensor.toDoubles y |> Array.forall (fun p -> p > 0.0 && p < 1.0)) "probabilities"
            }

            test "vectors: norms, covariances, scaling, shapes" {
                let x = f64 [ [ 1.0; 2.0; 3.0 ]; [ 6.0; 5.0; 1.0 ] ]
                Expect.equal (Tensor.toDoubles (Tensor.cov x)) [| 1.0; -2.5; -2.5; 7.0 |] "cov"
                near "corrcoef" (-2.5 / sqrt 7.0) (Tensor.corrcoef x).[Slice.at 0, Slice.at 1]
                Expect.equal (float (Tensor.norm 0.0 x), float (Tensor.norm -infinity x)) (6.0, 1.0) "norms"
                Expect.equal (Tensor.argmaxIndex x) [| 1; 0 |] "argmax"
                Expect.equal (Tensor.toDoubles (Tensor.normalize x)) [| 0.0; 0.2; 0.4; 1.0; 0.8; 0.0 |] "normalize"
                Expect.equal (Tensor.squeezeAll (Tensor.zeros [ 1; 2; 1 ])).Shape [| 2 |] "squeeze"
                Expect.equal (Tensor.toDoubles (Tensor.sumToSize [ 3 ] x)) [| 7.0; 7.0; 4.0 |] "sumToSize"
                Expect.equal (Tensor.toDoubles (Tensor.dilate [ 2 ] (f64 [ 1.0; 2.0 ]))) [| 1.0; 0.0; 2.0 |] "dilate"

                Expect.equal
                    (Tensor.toDoubles (Tensor.powOf 2.0 (f64 [ 3.0; -1.0 ])))
                    [| 8.0; 0.5 |]
                    "a number to a tensor"
            }

            test "equal tensors are equal" {
                Expect.isTrue (f64 [ 1.0; 2.0 ] = f64 [ 1.0; 2.0 ]) "="
                Expect.isTrue (f64 [ 1.0; 2.0 ] <> f64 [ 1.0; 2.5 ]) "<>"
                Expect.isTrue (f64 1.0 < f64 2.0) "<"
            }

            test "an image of small dtypes, resized and saved" {
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "gradient.png")
                    let ramp = Tensor.linspace 0.0 1.0 4 |> Tensor.cast Dtype.Float16 |> Tensor.unsqueeze 0
                    Images.write path (Tensor.resize [ 2; 8 ] ramp)
                    Expect.equal (Images.read path).Shape [| 3; 2; 8 |] "the shape")
            }
        ]
