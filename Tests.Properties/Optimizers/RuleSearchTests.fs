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

            test "L-BFGS solves Rosenbrock's valley, and a quadratic in a few iterations" {
                let valley = trained (Rule.lbfgs 20 5 (rule rosenbrock [| -1.2; 1.0 |])) 4 (Transform.scale -1.0)
                expectClose 1e-6 "valley" [| 1.0; 1.0 |] (Tensor.toDoubles valley)
                let bowl = trained (Rule.lbfgs 15 5 (rule ill [| 1.0; 1.0 |])) 1 (Transform.scale -1.0)
                expectClose 1e-6 "quadratic" [| 0.0; 0.0 |] (Tensor.toDoubles bowl)
                let still = trained (Rule.lbfgs 5 5 (rule ill [| 0.0; 0.0 |])) 1 (Transform.scale -1.0)
                expectClose 1e-15 "at the minimum" [| 0.0; 0.0 |] (Tensor.toDoubles still)
            }

            test "arguments out of range are refused" {
                expectError<ArgumentException> [ "radius" ] (fun () ->
                    Rule.sharpnessAware 0.0 (rule ill [| 1.0 |]) |> ignore)

                expectError<ArgumentException> [ "iterations" ] (fun () ->
                    Rule.lbfgs 0 5 (rule ill [| 1.0 |]) |> ignore)
            }
        ]
