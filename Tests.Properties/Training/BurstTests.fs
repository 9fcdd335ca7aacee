/// A burst updates parameters in place, and no rule may see that: it trains as the pure transform does.
module BurstTests

open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 61

let private param i shape =
    let value = Random.normal shape (Key.child i key) |> Tensor.cast Dtype.Float64
    Leaf { Role = Role.Weight; Value = value }

let private two: Params = Node [ "a", param 0 [ 3; 5 ]; "b", param 1 [ 3; 5 ] ]
let private value name (ps: Params) = (Tree.leaf [ name ] ps).Value

let private estimate loss gradients state = { Loss = loss; Gradients = gradients; State = state }
let private nothing = Tensor.scalar 0.0

// Rules that hand out what the burst writes to, or that differentiate in unusual ways.
let private rules: (string * Rule<unit>) list =
    let rule ps state f = Rule.create (fun _ -> struct (ps, state)) (fun _ ps state () -> f ps state)
    let single: Params = Node [ "w", param 2 [] ]
    let squares (ps: Params) = Tensor.sum (Tensor.square (value "a" ps)) + Tensor.sum (Tensor.tanh (value "b" ps))

    [
        "the state is the parameters of the step before",
        rule two (Params.values two) (fun ps _ ->
            estimate nothing (Tree.map (fun (p: Param) -> Tensor.sin p.Value) ps) (Params.values ps))

        "the state is a part of a parameter",
        rule two (Node [ "row", Leaf(Tensor.slice 0 0 1 (value "a" two)) ]) (fun ps _ ->
            estimate
                nothing
                (Tree.map (fun (p: Param) -> Tensor.sin p.Value) ps)
                (Node [ "row", Leaf(Tensor.slice 0 1 2 (value "a" ps)) ]))

        "the loss is a parameter",
        rule single Tree.empty (fun ps state ->
            let struct (loss, _, gradients) =
                Differentiation.fgradParams (fun ps -> struct (value "w" ps, Tree.empty)) ps

            estimate loss gradients state)

        "the gradient of each parameter is the other parameter",
        rule two Tree.empty (fun ps state ->
            estimate nothing (Node [ "a", Leaf(value "b" ps); "b", Leaf(value "a" ps) ]) state)

        "the gradients are one tensor",
        rule two Tree.empty (fun ps state ->
            let shared = Tensor.sin (value "a" ps)
            estimate nothing (Node [ "a", Leaf shared; "b", Leaf shared ]) state)

        "a parameter is stored transposed",
        rule
            (Node
                [
                    "a", Leaf { Role = Role.Weight; Value = Tensor.transpose 0 1 (value "a" two) }
                    "b", param 1 [ 5; 3 ]
                ])
            Tree.empty
            (fun ps state ->
                let struct (loss, _, gradients) =
                    Differentiation.fgradParams (fun ps -> struct (squares ps, Tree.empty)) ps

                estimate loss gradients state)

        "two derivatives in a step, each of its own parameters",
        rule two Tree.empty (fun ps state ->
            let struct (loss, _, gradients) =
                Differentiation.fgradParams (fun ps -> struct (squares ps, Tree.empty)) ps

            let again = Differentiation.gradParams (fun ps -> Tensor.sum (value "a" ps * value "b" ps)) ps
            estimate loss (Tree.map2 (+) gradients again) state)

        "a derivative within the derivative",
        rule two Tree.empty (fun ps state ->
            let forces ps =
                let inner = Differentiation.grad (fun x -> Tensor.sum (Tensor.tanh (x * value "a" ps))) (value "b" two)
                let outer = Differentiation.gradParams squares ps

                struct (Tensor.sum (Tensor.square inner) + Tensor.sum (Tensor.square (Tree.leaf [ "b" ] outer)),
                        Tree.empty)

            let struct (loss, _, gradients) = Differentiation.fgradParams forces ps
            estimate loss gradients state)

        "a derivative that fails, and then one that does not",
        rule two Tree.empty (fun ps state ->
            expectError<System.ArgumentException> [ "one number" ] (fun () ->
                Differentiation.gradParams (fun ps -> Tensor.tanh (value "a" ps)) ps |> ignore)

            let struct (loss, _, gradients) =
                Differentiation.fgradParams (fun ps -> struct (squares ps, Tree.empty)) ps

            estimate loss gradients state)
    ]

let private rate = Schedule.constant 0.05

let private transforms =
    [
        "sgd", Optimizer.sgd rate
        "momentum", Optimizer.momentum rate 0.9
        "adamW", Optimizer.adamW rate 0.1
    ]

let private snapshots every transform (rule: Rule<unit>) =
    Training.start rule transform key
    |> Training.run every rule transform (Batches.init 7 ignore)
    |> List.ofSeq

let private numbers (snapshot: Snapshot) =
    [|
        for tensor in Snapshot.tensors snapshot do
            yield! Tensor.toDoubles tensor
    |]

let tests =
    testList
        "bursts"
        [
            for name, rule in rules do
                for optimizer, transform in transforms do
                    test $"{optimizer}: {name}" {
                        let pure' = Transform.clocked Some transform
                        Expect.isSome transform.Pieces "it has a form in place"
                        let expected = snapshots 1 pure' rule

                        for every in [ 1; 3; 7 ] do
                            let found = snapshots every transform rule

                            for snapshot in found do
                                let twin = expected[snapshot.Step - 1]

                                expectClose
                                    1e-12
                                    $"step {snapshot.Step}, every {every}"
                                    (numbers twin)
                                    (numbers snapshot)
                    }
        ]
