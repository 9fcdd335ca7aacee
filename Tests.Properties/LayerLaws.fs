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

        test $"{name}: derivatives of orders 1 to 3, by input and by parameters" {
            let layer = make ()
            let struct (ps, state) = Layer.init key layer
            let ps, state = widenParams ps, widen state
            let x = doubles input 3

            for mode in [ Eval; Train key ] do
                let output ps x = fst (runLayer layer mode ps state x)
                let byInput = GradCheck.compare 3 key (output ps) x

                let byParams =
                    if Params.count ps = 0 then
                        []
                    else
                        GradCheck.compare 3 key (fun flat -> output (unflatten ps flat) x) (flattened ps)

                for comparison in byInput @ byParams do
                    Expect.isLessThan comparison.Error 1e-6 $"{mode}: {comparison}"
        }

        test $"{name}: evaluation leaves the state alone, and nothing in the state requires a gradient" {
            let layer = make ()
            let struct (ps, state) = Layer.init key layer
            let x = Random.normal input key
            expectSameTree "state" state (snd (runLayer layer Eval ps state x))

            let objective ps =
                let y, after = runLayer layer (Train key) ps state x
                struct (Tensor.sum y, after)

            let struct (_, after, _) = Differentiation.fgradParams objective ps
            Expect.all (Tree.values after) (fun t -> not t.Raw.requires_grad) "constants"
        }
    ]
