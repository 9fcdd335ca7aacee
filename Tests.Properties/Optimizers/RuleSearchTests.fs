/// Rules that ask for the gradient more than once a step.
module RuleSearchTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support
open Walks

let tests =
    let rule f start =
        Rule.create (fun _ -> struct (from start, Tree.empty)) (fun _ ps _ () -> estimate (f (of' ps)) (slope f 0 ps))

    let trained (rule: Rule<unit>) steps transform =
        let last = Training.fit rule transform (Batches.init steps ignore) key
        of' last.Params

    testList
        "rules that ask twice"
        [
            test "sharpness-aware gradients are those at the worst point nearby" {
                let x = [| 0.7; -0.3 |]
                let here = rule ill x
                let struct (ps, state) = Rule.init key here
                let found = Rule.estimate (Rule.sharpnessAware 0.1 here) { Step = 0; Key = key } ps state ()
                let g = Differentiation.grad ill (vector x)
                let worst = vector x + 0.1 * g / Tensor.sqrt (Tensor.sum (g * g))

                expectClose
                    1e-12
                    "gradient"
                    (Tensor.toDoubles (Differentiation.grad ill worst))
                    (Tensor.toDoubles (Array.head (Tree.values found.Gradients)))

                expectSame "loss" (ill (vector x)) found.Loss
            }

            test "sharpness-aware descent on h·x²/2 ends in a swing of r·h·radius/(2 - r·h) about the minimum" {
                let half (x: Tensor) = Tensor.sum (Tensor.square x)
                let last = trained (Rule.sharpnessAware 0.05 (rule half [| 1.0 |])) 400 (Transform.scale -0.1)
                expectClose 1e-12 "h = 2" [| 0.2 * 0.05 / 1.8 |] (Tensor.toDoubles last |> Array.map abs)
            }

            test "sharpness-aware descent on a parabola, in Rosenbrock's valley and on a quadratic of condition 100" {
                let ends radius f start steps transform =
                    trained (Rule.sharpnessAware radius (rule f start)) steps transform |> f |> Tensor.toFloat

                expectBelow 1e-2 "parabola" (ends 0.05 parabola [| 1.0; 1.0 |] 200 (Transform.scale -0.1))
                let heavy = Optimizer.momentum (rate 1e-3) 0.9
                expectBelow 0.2 "valley" (ends 0.01 rosenbrock [| -1.0; 1.0 |] 1500 heavy)
                expectBelow 2e-2 "quadratic" (ends 0.01 ill [| 1.0; 1.0 |] 600 (Transform.scale -0.01))
            }

            for name, around in [ "sharpness-aware", Rule.sharpnessAware 0.05; "L-BFGS", Rule.lbfgs 3 5 ] do
                test
                    $"{name}: the state is that of the rule where the parameters are, and an interrupted run is a whole one" {
                    let network = Layers.Dense.dense 3 4 --> Layers.BatchNorm.batchNorm 4 --> Layers.Dense.dense 4 2
                    let inner = Rule.ofLoss Loss.crossEntropy network
                    let x = doubles [ 10; 3 ] 1 |> Tensor.cast Dtype.Float32
                    let labels = Tensor.ofInts [ for i in 0..9 -> i % 2 ]
                    let struct (ps, state) = Rule.init key inner
                    let state = state |> Tree.map (fun s -> s + 0.5)
                    let at rule = Rule.estimate rule { Step = 0; Key = key } ps state (struct (x, labels))
                    expectSameTree "state" (at inner).State (at (around inner)).State
                    expectSame "loss" (at inner).Loss (at (around inner)).Loss

                    Dataset.create x labels
                    |> Dataset.batches 5 10 key
                    |> Law.resumption 9 key (around inner) (Optimizer.adam (rate 0.05))
                    |> Verdict.check
                }

            test "L-BFGS converges faster than any rate on a quadratic" {
                let at k =
                    trained (Rule.lbfgs k 10 (rule ill [| 1.0; 1.0 |])) 1 (Transform.scale -1.0) |> Tensor.toDoubles

                let errors = [| for k in 2..6 -> sqrt (Array.sumBy (fun x -> x * x) (at k)) |]

                for after, before in Array.pairwise errors |> Array.map (fun (a, b) -> b, a) do
                    expectBelow (0.01 * before) "each iteration" after
            }

            test "L-BFGS solves Rosenbrock's valley, and a quadratic in a few iterations" {
                let valley = trained (Rule.lbfgs 20 5 (rule rosenbrock [| -1.2; 1.0 |])) 4 (Transform.scale -1.0)
                expectClose 1e-6 "valley" [| 1.0; 1.0 |] (Tensor.toDoubles valley)
                let bowl = trained (Rule.lbfgs 15 5 (rule ill [| 1.0; 1.0 |])) 1 (Transform.scale -1.0)
                expectClose 1e-6 "quadratic" [| 0.0; 0.0 |] (Tensor.toDoubles bowl)
                let still = trained (Rule.lbfgs 5 5 (rule ill [| 0.0; 0.0 |])) 1 (Transform.scale -1.0)
                expectClose 1e-15 "at the minimum" [| 0.0; 0.0 |] (Tensor.toDoubles still)
            }

            test "arguments out of range are refused" {
                let refused words (make: Rule<unit> -> Rule<unit>) =
                    expectError<ArgumentException> words (fun () -> make (rule ill [| 1.0 |]) |> ignore)

                for radius in [ 0.0; -1.0; nan; infinity ] do
                    refused [ "radius"; $"{radius}" ] (Rule.sharpnessAware radius)

                for count in [ 0; -3 ] do
                    refused [ "lbfgs"; "iteration"; $"{count}" ] (Rule.lbfgs count 5)
                    refused [ "lbfgs"; "history"; $"{count}" ] (Rule.lbfgs 5 count)
            }
        ]
