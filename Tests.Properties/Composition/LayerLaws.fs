/// What holds of every layer from tensors to tensors: a new layer joins by a row.
module LayerLaws

open Expecto
open Functional
open Functional.FSharp
open Support

let private key = Key.ofSeed 1

/// The laws of a layer with the shape of an input and of the output that it must give.
let laws (name: string) (make: unit -> Layer<Tensor, Tensor>) (input: int list) (output: int list) : Test list =
    [
        test $"{name}: shape, and gradients of input and parameters against central differences" {
            let layer = make ()
            let struct (ps, state) = Layer.init key layer
            let ps, state = widenParams ps, widen state
            let x = doubles input 3
            let weights = doubles output 8

            for mode in [ Eval; Train key ] do
                let loss ps x = Tensor.sum (weights * fst (runLayer layer mode ps state x))
                let y, after = runLayer layer mode ps state x
                Expect.equal (List.ofArray y.Shape) output "the shape"
                Expect.equal y.Dtype Dtype.Float64 "the dtype stays"

                Expect.equal
                    (Tree.leaves after |> List.map fst)
                    (Tree.leaves state |> List.map fst)
                    "the paths of the state stay"

                let byInput = Differentiation.grad (loss ps) x

                expectClose 1e-6 "input" (numericalGradient (loss ps >> Tensor.toFloat) x) (Tensor.toDoubles byInput)

                let byParams = Differentiation.gradParams (fun ps -> loss ps x) ps

                for path, param in Tree.leaves ps do
                    let branch = List.ofArray (path.Split '/')

                    let at value = loss (Tree.set branch (Leaf { param with Value = value }) ps) x |> Tensor.toFloat

                    expectClose
                        1e-6
                        path
                        (numericalGradient at param.Value)
                        (Tensor.toDoubles (Tree.leaf branch byParams))
        }

        test $"{name}: the laws of layers" {
            let layer, x = make (), Random.normal input (Key.child 7 key)
            Law.layerGradients 1e-6 3 key layer (doubles input 3) |> Verdict.check
            Law.purity key layer x |> Verdict.check
            Law.evaluation key layer x |> Verdict.check
            Law.shape key input.Tail output.Tail [ 1; 2; 5 ] layer |> Verdict.check
            Law.independence 1e-12 key layer (doubles input 3) |> Verdict.check
            Law.roundTrip key layer x |> Verdict.check
        }
    ]
