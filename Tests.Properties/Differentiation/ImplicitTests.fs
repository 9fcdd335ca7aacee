/// Derivatives of fixed points and of minima against closed forms and finite differences.
module ImplicitTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

module D = Differentiation

let private number (value: float) = Tensor.ofDoubles [] [| value |]

// x = ½·tanh(p ∘ x) + sin p, a contraction.
let private step (p: Tensor) (x: Tensor) = 0.5 * Tensor.tanh (p * x) + Tensor.sin p
let private solveStep (p: Tensor) = Implicit.iterate 1e-14 500 (step p) (Tensor.zerosLike p)

let tests =
    testList
        "implicit functions"
        [
            test "Newton's fixed point of x² = p is √p, with its derivatives to order 3" {
                let newton (p: Tensor) (x: Tensor) = 0.5 * (x + p / x)

                let root p =
                    Implicit.fixedPoint newton (fun p -> Implicit.iterate 1e-15 100 (newton p) (Tensor.onesLike p)) p

                let p = number 2.0
                let expected = [ sqrt 2.0; 0.5 / sqrt 2.0; -0.25 / 2.0 ** 1.5; 0.375 / 2.0 ** 2.5 ]

                for order, expected in List.indexed expected do
                    let nth = List.fold (fun f _ -> D.grad f) root [ 1..order ]
                    expectClose 1e-9 $"order {order}" [| expected |] (Tensor.toDoubles (nth p))
            }

            test "a contraction of several numbers: derivatives to order 3 against finite differences" {
                let p = 0.8 * doubles [ 3 ] 1
                let f p = Implicit.fixedPoint step solveStep p
                expectClose 1e-12 "a fixed point" (Tensor.toDoubles (f p)) (Tensor.toDoubles (step p (f p)))

                for comparison in GradCheck.compare 3 (Key.ofSeed 4) f p do
                    expectBelow 1e-6 $"{comparison}" comparison.Error

                expectClose
                    1e-8
                    "forward"
                    (Tensor.toDoubles (D.numjacobianv f p p))
                    (Tensor.toDoubles (D.jacobianv f p p))
            }

            test "a least square's solution is differentiable by its data: argmin against the closed form" {
                // argmin |a·x - b|² + |x|² = (aᵀa + 1)⁻¹aᵀb.
                let a, b = doubles [ 4; 2 ] 1, doubles [ 4 ] 2
                let one = Tensor.cast Dtype.Float64 (Tensor.onehot 2 (Tensor.arange 2))

                let closed (a: Tensor, b: Tensor) =
                    Tensor.solve
                        (Tensor.matmul (Tensor.transpose 0 1 a) a + one)
                        (Tensor.matmul (Tensor.transpose 0 1 a) b)

                let loss (a: Tensor, b: Tensor) (x: Tensor) =
                    Tensor.sum (Tensor.square (Tensor.matmul a x - b)) + Tensor.sum (Tensor.square x)

                let found = Implicit.argminOf Structure.pair loss closed
                let weigh x = Tensor.sum (Tensor.sin x)
                let da, db = D.gradOf Structure.pair (found >> weigh) (a, b)
                let ea, eb = D.gradOf Structure.pair (closed >> weigh) (a, b)
                expectClose 1e-10 "by a" (Tensor.toDoubles ea) (Tensor.toDoubles da)
                expectClose 1e-10 "by b" (Tensor.toDoubles eb) (Tensor.toDoubles db)
                let second f = D.hessian (fun b -> weigh (f (a, b))) b
                expectClose 1e-9 "twice" (Tensor.toDoubles (second closed)) (Tensor.toDoubles (second found))
                let alone b = Implicit.argmin (fun b -> loss (a, b)) (fun b -> closed (a, b)) b
                expectClose 1e-10 "one tensor" (Tensor.toDoubles eb) (Tensor.toDoubles (D.grad (alone >> weigh) b))
            }

            test "what does not settle, and singular equations, are refused" {
                expectError<InvalidOperationException> [ "7 steps"; "0.1" ] (fun () ->
                    Implicit.iterate 0.1 7 (fun x -> -x) (number 1.0) |> ignore)

                expectError<ArgumentException> [ "tolerance" ] (fun () ->
                    Implicit.iterate 0.0 7 id (number 1.0) |> ignore)

                expectError<ArgumentException> [ "solve"; "singular" ] (fun () ->
                    D.grad (Implicit.fixedPoint (fun p x -> x + 0.0 * p) id) (number 1.0) |> ignore)
            }

            test "C#: the same bits" {
                let p = 0.8 * doubles [ 3 ] 1
                let f p = Implicit.fixedPoint step solveStep p
                let twin p = CSharp.Implicit.FixedPoint(step, solveStep, p)
                expectSame "FixedPoint" (D.grad (f >> Tensor.sum) p) (D.grad (twin >> Tensor.sum) p)
                let bowl (p: Tensor) (x: Tensor) = Tensor.sum (Tensor.square (x - Tensor.sin p))
                let least p = Implicit.argmin bowl Tensor.sin p
                let twin p = CSharp.Implicit.Argmin(bowl, Tensor.sin, p)
                expectSame "Argmin" (D.grad (least >> Tensor.sum) p) (D.grad (twin >> Tensor.sum) p)
                let twin p = CSharp.Implicit.ArgminOf(CSharp.Structures.Tensor, bowl, Tensor.sin, p)
                expectSame "ArgminOf" (D.grad (least >> Tensor.sum) p) (D.grad (twin >> Tensor.sum) p)
                let twin p = CSharp.Implicit.FixedPointOf(CSharp.Structures.Tensor, step, solveStep, p)
                expectSame "FixedPointOf" (D.grad (f >> Tensor.sum) p) (D.grad (twin >> Tensor.sum) p)
                expectSame "Iterate" (solveStep p) (CSharp.Implicit.Iterate(1e-14, 500, step p, Tensor.zerosLike p))
            }
        ]
