module TransformTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

let private rate value = Schedule.constant value
let private key = Key.ofSeed 1

let private single (value: float) : Params =
    Node [ "w", Leaf { Role = Role.Weight; Value = Tensor.ofDoubles [] [| value |] } ]

let private value (ps: Params) = Tensor.toFloat (Tree.leaf [ "w" ] ps).Value

// The parameters after each step, with the gradient of each step from a function of step and parameters.
let private walk (transform: Transform) (gradient: int -> Params -> Gradients) steps (start: Params) =
    let step (ps, memory) i =
        let estimate = { Loss = Tensor.scalar 0.0; Gradients = gradient i ps; State = Tree.empty }
        let struct (result, memory) = Transform.update transform { Step = i; Key = key } ps memory estimate
        let ps = Params.move result.Gradients ps
        ps, (ps, memory)

    List.mapFold step (start, Transform.init transform start) [ 0 .. steps - 1 ] |> fst

let private own (ps: Params) : Gradients = Params.values ps

// f = w²/2 from w = 1: the reference's sequences (references, section 5).
let private golden =
    [
        "sgd", Optimizer.sgd (rate 0.1), [ 0.9; 0.81; 0.729; 0.6561; 0.59049 ]
        "momentum", Optimizer.momentum (rate 0.1) 0.9, [ 0.9; 0.72; 0.486; 0.2268; -0.02916 ]
        "adam", Optimizer.adam (rate 0.1), [ 0.9000000010; 0.8004122297; 0.7015862745; 0.6039390627; 0.5079636619 ]
        "adamW",
        Optimizer.adamW (rate 0.1) 0.01,
        [ 0.8990000010; 0.7985190282; 0.6989111847; 0.6005985763; 0.5040800927 ]
    ]

// Parameters of all roles, small and large (each updated in a way of its own), and of whole and broken vectors.
let private several dtype : Params =
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
    Rule.create (fun _ -> struct (several dtype, Tree.empty)) (fun moment ps _ () ->
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

let private distance (a: Params) (b: Params) =
    Tree.map2
        (fun (p: Param) (q: Param) ->
            Array.map2 (fun x y -> abs (x - y) / max 1.0 (abs x)) (Tensor.toDoubles p.Value) (Tensor.toDoubles q.Value)
            |> Array.max)
        a
        b
    |> Tree.values
    |> Array.max

let private rosenbrock (ps: Params) =
    let x, y = (Tree.leaf [ "x" ] ps).Value, (Tree.leaf [ "y" ] ps).Value
    Tensor.square (1.0 - x) + 100.0 * Tensor.square (y - Tensor.square x)

let tests =
    testList
        "transforms"
        [
            for name, transform, expected in golden do
                test $"{name}: the reference's sequence on w²/2" {
                    let found = walk transform (fun _ -> own) 5 (single 1.0) |> List.map value
                    expectClose 1e-9 name (Array.ofList expected) (Array.ofList found)
                }

            test "momentum and Adam: the reference's sequences for given gradients" {
                let gradients = [| 0.5; -1.0; 2.0; 0.1; 0.0 |]
                let given step (_: Params) : Gradients = Node [ "w", Leaf(Tensor.ofDoubles [] [| gradients[step] |]) ]
                let follow transform = walk transform given 5 (single 1.0) |> List.map value |> Array.ofList

                expectClose
                    1e-9
                    "heavy ball"
                    [| 0.95; 1.005; 0.8545; 0.70905; 0.578145 |]
                    (follow (Optimizer.momentum (rate 0.1) 0.9))

                expectClose
                    1e-9
                    "adam"
                    [| 0.9000000020; 0.9366103542; 0.8946447927; 0.8577664253; 0.8265957958 |]
                    (follow (Optimizer.adam (rate 0.1)))
            }

            for name, transform in fusable do
                test $"{name}: in place equals pure" {
                    for dtype, tolerance in [ Dtype.Float64, 1e-12; Dtype.Float32, 1e-6 ] do
                        Expect.isSome transform.Pieces "it has a form in place"
                        let a, b = trained (pureOnly transform) dtype 8, trained transform dtype 8
                        Expect.isLessThanOrEqual (distance a.Params b.Params) tolerance $"parameters, {dtype}"
                        let memory (s: Snapshot) = Tree.values s.Memory |> Array.collect Tensor.toDoubles
                        expectClose tolerance $"memory, {dtype}" (memory a) (memory b)
                }

            for name, transform, steps in
                [
                    "sgd", Optimizer.sgd (rate 0.1), 100
                    "momentum", Optimizer.momentum (rate 0.05) 0.9, 300
                    "adam", Optimizer.adam (rate 0.1), 300
                    "adamW", Optimizer.adamW (rate 0.1) 1e-3, 300
                ] do
                test $"{name} finds the minimum of a parabola" {
                    let last =
                        walk transform (fun _ ps -> Tree.map (fun w -> w - 3.0) (own ps)) steps (single 10.0)
                        |> List.last

                    Expect.isLessThan (abs (value last - 3.0)) 0.02 "w = 3"
                }

            for name, transform, steps in
                [
                    "sgd", Optimizer.sgd (rate 1e-3), 4000
                    "momentum", Optimizer.momentum (rate 1e-3) 0.9, 1500
                    "adam", Optimizer.adam (rate 0.02), 2000
                ] do
                test $"{name} goes down Rosenbrock's valley" {
                    let start: Params =
                        Node
                            [
                                for name, x in [ "x", -1.0; "y", 1.0 ] ->
                                    name, Leaf { Role = Role.Weight; Value = Tensor.ofDoubles [] [| x |] }
                            ]

                    let gradient _ ps = Differentiation.gradParams rosenbrock ps
                    let last = walk transform gradient steps start |> List.last
                    Expect.isLessThan (Tensor.toFloat (rosenbrock last)) 0.05 "from 4"
                }

            test "chain [] changes nothing, and chaining is associative" {
                let gradients = wobble 2 (several Dtype.Float64)
                let ps = several Dtype.Float64

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
                let ps = several Dtype.Float64
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
                let alone = walk (Optimizer.adam (rate 0.1)) (fun _ -> own) 4 (single 1.0) |> List.map value

                let clocked =
                    walk (Transform.clocked everyThird (Optimizer.adam (rate 0.1))) (fun _ -> own) 12 (single 1.0)
                    |> List.map value

                Expect.equal
                    [ for i in 0..11 -> clocked[i] ]
                    [ for i in 0..11 -> alone[i / 3] ]
                    "steps 0, 3, 6 and 9 move"
            }

            test "only: what is not wanted stands still, and the inner transform does not see it" {
                let ps = several Dtype.Float64
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
                let ps = several Dtype.Float64
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
                expectError<ArgumentException> [ "rate"; "NaN" ] (fun () -> Optimizer.adam (rate nan) |> ignore)

                expectError<ArgumentException> [ "rate"; "step 2" ] (fun () ->
                    walk (Optimizer.sgd (fun step -> 1.0 - float step)) (fun _ -> own) 3 (single 1.0) |> ignore)

                expectError<ArgumentException> [ "beta1" ] (fun () -> Transform.adam 1.0 0.9 1e-8 |> ignore)
                expectError<ArgumentException> [ "mu" ] (fun () -> Transform.momentum -0.1 |> ignore)
            }
        ]
