module TransformTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support
open Walks

// Parameters of all roles, small and large (each updated in a way of its own), and of whole and broken vectors.
let private mixed dtype : Params =
    let draw i role shape =
        $"p{i}",
        Leaf
            {
                Role = role
                Value = Random.normal shape (Key.child i key) |> Tensor.cast dtype
            }

    Node
        [
            "a", Node [ draw 0 Role.Weight [ 3; 2 ]; draw 1 Role.Bias [ 2 ] ]
            "b",
            Node
                [
                    draw 2 Role.Scale [ 2 ]
                    draw 3 Role.Weight [ 8; 4 ]
                    draw 4 Role.Weight [ 131; 129 ]
                    draw 5 Role.Bias [ 16_385 ]
                    draw 6 Role.Bias [ 37 ]
                ]
        ]

// They keep away from 0, where Adam's direction jumps and any rounding is seen.
let private wobble step (ps: Params) : Gradients =
    ps |> Tree.map (fun param -> 0.3 * Tensor.sin (param.Value + float step) + 1.0)

// A rule whose gradients do not depend on a batch.
let private wobbleRule dtype =
    Rule.create (fun _ -> struct (mixed dtype, Tree.empty)) (fun moment ps _ () ->
        {
            Loss = Tensor.scalar 0.0
            Gradients = wobble moment.Step ps
            State = Tree.empty
        })

let private halving step = -0.1 * 0.5 ** float (step / 3)

// Chains that have a form in place.
let private fusable =
    [
        "sgd", Optimizer.sgd (rate 0.05)
        "momentum", Optimizer.momentum (rate 0.05) 0.9
        "adam", Optimizer.adam (rate 0.05)
        "adamW", Optimizer.adamW (rate 0.05) 0.1
        "decay before adam",
        Transform.chain [ Transform.decayWeights 0.1; Transform.adam 0.9 0.99 1e-6; Transform.scale -0.05 ]
        "decay, momentum, schedule",
        Transform.chain [ Transform.decayWeights 0.1; Transform.momentum 0.8; Transform.scaleBy halving ]
        "scale in the middle",
        Transform.chain
            [
                Transform.scale 0.5
                Transform.chain [ Transform.momentum 0.5; Transform.scale -0.1 ]
                Transform.decayWeights 0.01
            ]
        "nothing", Transform.chain []
    ]

let private trained transform dtype steps =
    let rule = wobbleRule dtype
    let start = Training.start rule transform key
    Training.run steps rule transform (Batches.init steps ignore) start |> Seq.last

// The same transform without its form in place.
let private pureOnly (transform: Transform) = Transform.create (Transform.init transform) (Transform.update transform)

let tests =
    testList
        "transforms"
        [
            for name, transform in fusable do
                test $"{name}: in place equals pure" {
                    for dtype, tolerance in [ Dtype.Float64, 1e-12; Dtype.Float32, 1e-6 ] do
                        Expect.isSome transform.Pieces "it has a form in place"
                        let a, b = trained (pureOnly transform) dtype 8, trained transform dtype 8
                        let numbers (tree: Tree<Tensor>) = Tree.values tree |> Array.collect Tensor.toDoubles
                        let values (s: Snapshot) = numbers (Params.values s.Params)
                        expectClose tolerance $"parameters, {dtype}" (values a) (values b)
                        expectClose tolerance $"memory, {dtype}" (numbers a.Memory) (numbers b.Memory)
                }

            test "chain [] changes nothing, and chaining is associative" {
                let gradients = wobble 2 (mixed Dtype.Float64)
                let ps = mixed Dtype.Float64

                let apply transform =
                    let estimate = { Loss = Tensor.scalar 0.0; Gradients = gradients; State = Tree.empty }

                    let struct (result, _) =
                        Transform.update transform { Step = 0; Key = key } ps (Transform.init transform ps) estimate

                    result.Gradients

                expectSameTree "chain []" gradients (apply (Transform.chain []))
                let a, b, c = Transform.decayWeights 0.1, Transform.momentum 0.9, Transform.scale -0.1

                expectSameTree
                    "associative"
                    (apply (Transform.chain [ a; b; c ]))
                    (apply (Transform.chain [ Transform.chain [ a; b ]; c ]))
            }

            test "decay leaves biases and scales alone" {
                let ps = mixed Dtype.Float64
                let still = Tree.map (fun (param: Param) -> Tensor.zerosLike param.Value) ps
                let moved = walk (Transform.decayWeights 0.5) (fun _ _ -> still) 1 ps |> List.last

                Tree.map2
                    (fun (before: Param) (after: Param) ->
                        let factor = if before.Role = Role.Weight then 1.5 else 1.0
                        expectSame "p + 0.5·p for weights" (factor * before.Value) after.Value)
                    ps
                    moved
                |> ignore
            }

            test "clocked Adam equals Adam alone, and stands still between" {
                let everyThird step = if step % 3 = 0 then Some(step / 3) else None
                let alone = walk (Optimizer.adam (rate 0.1)) own 4 (single 1.0) |> List.map value

                let clocked =
                    walk (Transform.clocked everyThird (Optimizer.adam (rate 0.1))) own 12 (single 1.0)
                    |> List.map value

                Expect.equal
                    [ for i in 0..11 -> clocked[i] ]
                    [ for i in 0..11 -> alone[i / 3] ]
                    "steps 0, 3, 6 and 9 move"
            }

            test "only: what is not wanted stands still, and the inner transform does not see it" {
                let ps = mixed Dtype.Float64
                let wanted (path: string) (param: Param) = path.StartsWith "a/" && param.Role = Role.Weight
                let some = Transform.only wanted (Optimizer.adam (rate 0.1))

                Expect.equal
                    (Transform.init some ps |> Tree.leaves |> List.map fst)
                    [ "0/m/a/p0"; "0/v/a/p0" ]
                    "memory for one parameter"

                let last = walk some wobble 3 ps |> List.last
                let all = walk (Optimizer.adam (rate 0.1)) wobble 3 ps |> List.last

                for path, param in Tree.leaves last do
                    let expected = if path = "a/p0" then all else ps
                    expectSame path (Tree.leaf (List.ofArray (path.Split '/')) expected).Value param.Value
            }

            test "branch: each branch goes its own way, as if alone" {
                let ps = mixed Dtype.Float64
                let two = Transform.branch [ "b", Optimizer.sgd (rate 0.1); "a", Optimizer.adam (rate 0.1) ]
                let last = walk two wobble 3 ps |> List.last

                let alone name transform =
                    walk transform wobble 3 (Node [ name, Tree.get [ name ] ps ]) |> List.last |> Tree.get [ name ]

                expectSameTree
                    "a"
                    (Params.values (alone "a" (Optimizer.adam (rate 0.1))))
                    (Params.values (Tree.get [ "a" ] last))

                expectSameTree
                    "b"
                    (Params.values (alone "b" (Optimizer.sgd (rate 0.1))))
                    (Params.values (Tree.get [ "b" ] last))

                expectError<ArgumentException> [ "[a]"; "[a, b]" ] (fun () ->
                    Transform.init (Transform.branch [ "a", two ]) ps |> ignore)
            }

            test "negative and non-finite rates are refused" {
                expectError<ArgumentException> [ "rate"; "-0.1" ] (fun () -> Optimizer.sgd (rate -0.1) |> ignore)
                expectError<ArgumentException> [ "rate"; "NaN" ] (fun () -> Optimizer.adam (fun _ -> nan) |> ignore)

                expectError<ArgumentException> [ "rate"; "step 2" ] (fun () ->
                    walk (Optimizer.sgd (fun step -> 1.0 - float step)) own 3 (single 1.0) |> ignore)

                expectError<ArgumentException> [ "beta1" ] (fun () -> Transform.adam 1.0 0.9 1e-8 |> ignore)
                expectError<ArgumentException> [ "mu" ] (fun () -> Transform.momentum -0.1 |> ignore)
            }
        ]
