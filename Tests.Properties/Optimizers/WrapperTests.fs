/// Transforms around transforms.
module WrapperTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support
open Walks

// A network with running statistics, and eight batches of which the fourth holds a number that is none.
let private normalised = Rule.ofLoss Loss.squaredError (Layers.Dense.dense 3 4 --> Layers.BatchNorm.batchNorm 4)

let private withNaN =
    Batches.init 8 (fun n ->
        let x = Random.normal [ 5; 3 ] (Key.child n key)

        let x =
            if n = 3 then
                Tensor.cat 0 [ Tensor.full [ 1; 3 ] nan; Tensor.slice 0 1 5 x ]
            else
                x

        struct (x, Random.normal [ 5; 4 ] (Key.child (100 + n) key)))

let tests =
    testList
        "wrappers"
        [
            test "accumulating moves once in k steps, by the mean: as one large batch" {
                let gradient step _ : Gradients = Node [ "w", Leaf(number (sin (float step))) ]

                let mean step _ : Gradients =
                    Node [ "w", Leaf(number (Seq.averageBy sin [ for i in 0..2 -> float (3 * step + i) ])) ]

                let small = walk (Transform.accumulate 3 (Optimizer.adam (rate 0.1))) gradient 12 (single 1.0)
                let large = walk (Optimizer.adam (rate 0.1)) mean 4 (single 1.0)

                expectClose
                    1e-12
                    "every third"
                    [| for ps in large -> value ps |]
                    [| for i in [ 2; 5; 8; 11 ] -> value small[i] |]

                Expect.equal (value small[1]) 1.0 "it stands still between"
            }

            test "averages are those of the parameters walked" {
                let follow transform =
                    let step (ps, memory) i =
                        let moment = { Step = i; Key = key }

                        let struct (result, memory) =
                            Transform.update transform moment ps memory (estimate (number 0.0) (own i ps))

                        let ps = Params.move result.Gradients ps
                        ps, (ps, memory)

                    let walked, (ps, memory) =
                        List.mapFold step (single 1.0, Transform.init transform (single 1.0)) [ 0..9 ]

                    walked |> List.map value, value (Transform.averaged memory ps)

                let walked, found = follow (Transform.average 0.9 (Optimizer.sgd (rate 0.1)))
                expectClose 1e-12 "moving" [| List.fold (fun a w -> 0.9 * a + 0.1 * w) 1.0 walked |] [| found |]
                let walked, found = follow (Transform.averageFrom 4 (Optimizer.sgd (rate 0.1)))
                expectClose 1e-12 "from step 4" [| List.average (List.skip 4 walked) |] [| found |]

                expectClose
                    1e-15
                    "the walk is the inner one's"
                    [| for ps in walk (Optimizer.sgd (rate 0.1)) own 10 (single 1.0) -> value ps |]
                    (Array.ofList walked)

                expectError<ArgumentException> [ "no average" ] (fun () ->
                    Transform.averaged Tree.empty (single 1.0) |> ignore)
            }

            test "an average of 1, then 2 and 3, starts from the first" {
                let towards: Gradients = Node [ "w", Leaf(number -1.0) ]
                let transform = Transform.average 0.9 (Transform.scale -1.0)

                let rec go step (ps: Params) memory =
                    if step = 2 then
                        []
                    else
                        let moment = { Step = step; Key = key }
                        let given = estimate (number 0.0) towards
                        let struct (result, memory) = Transform.update transform moment ps memory given
                        let ps = Params.move result.Gradients ps
                        value (Transform.averaged memory ps) :: go (step + 1) ps memory

                let start = single 1.0

                expectClose
                    1e-12
                    "averages"
                    [| 1.1; 1.29 |]
                    (Array.ofList (go 0 start (Transform.init transform start)))
            }

            test "lookahead goes back to slow parameters" {
                let fast = walk (Optimizer.sgd (rate 0.1)) own 2 (single 1.0) |> List.last |> value

                let walked =
                    walk (Transform.lookahead 2 0.5 (Optimizer.sgd (rate 0.1))) own 3 (single 1.0) |> List.map value

                let slow = 1.0 + 0.5 * (fast - 1.0)
                expectClose 1e-15 "by hand" [| 0.9; slow; 0.9 * slow |] (Array.ofList walked)
            }

            test "where a gradient or the loss is not finite, all stands still" {
                let adam = Transform.skipNonFinite (Optimizer.adam (rate 0.1))
                let ps = single 1.0
                let memory = Transform.init adam ps

                for loss, g in [ nan, 1.0; 1.0, nan; 1.0, infinity; infinity, 1.0 ] do
                    let struct (result, after) =
                        Transform.update
                            adam
                            { Step = 0; Key = key }
                            ps
                            memory
                            (estimate (number loss) (Node [ "w", Leaf(number g) ]))

                    Expect.equal (Tensor.toFloat (Array.head (Tree.values result.Gradients))) 0.0 "no update"
                    expectSameTree "memory" memory after

                expectSame
                    "finite ones pass"
                    (of' (List.last (walk (Optimizer.adam (rate 0.1)) own 3 ps)))
                    (of' (List.last (walk adam own 3 ps)))
            }

            for name, transform in
                [
                    "outermost", Transform.skipNonFinite (Optimizer.adam (rate 0.1))
                    "in a chain", Transform.chain [ Transform.skipNonFinite (Optimizer.adam (rate 0.1)) ]
                    "in only", Transform.only (fun _ _ -> true) (Transform.skipNonFinite (Optimizer.adam (rate 0.1)))
                    "clocked", Transform.clocked Some (Transform.skipNonFinite (Optimizer.adam (rate 0.1)))
                    "in branches",
                    Transform.branch
                        [
                            "0", Transform.skipNonFinite (Optimizer.adam (rate 0.1))
                            "1", Transform.skipNonFinite (Optimizer.momentum (rate 0.1) 0.9)
                        ]
                ] do
                test $"a batch of NaN leaves the parameters, the memory and the rule's state their bits: {name}" {
                    let begun = Training.start normalised transform key
                    let walked = Training.run 1 normalised transform withNaN begun |> Seq.toArray
                    let before, after = walked[2], walked[3]
                    Expect.isTrue (Double.IsNaN(Tensor.toFloat after.Loss)) "the batch is not finite"
                    expectSameTree "parameters" (Params.values before.Params) (Params.values after.Params)
                    expectSameTree "memory" before.Memory after.Memory
                    expectSameTree "state" before.State after.State
                    Expect.isNonEmpty (Tree.values before.State) "there are running statistics"

                    for x in Tree.values walked[7].State do
                        Expect.all (Tensor.toDoubles x) Double.IsFinite "the run goes on"

                    let first (snapshot: Snapshot) = Array.head (Tree.values snapshot.State)
                    Expect.isFalse (Tensor.equal (first after) (first walked[7])) "and the statistics with it"

                    let burst = Training.run 8 normalised transform withNaN begun |> Seq.last
                    expectSameSnapshot "in one burst" walked[7] burst
                }

            test "a state that is not finite is skipped as well, and a transform's own state goes on" {
                let rule =
                    Rule.create (fun _ -> struct (single 1.0, Leaf(number 0.0))) (fun moment ps _ () ->
                        {
                            Loss = number 1.0
                            Gradients = Params.values ps
                            State = Leaf(number (if moment.Step = 2 then nan else float moment.Step))
                        })

                let states transform =
                    Training.start rule transform key
                    |> Training.run 1 rule transform (Batches.init 4 ignore)
                    |> Seq.map (fun snapshot -> Tensor.toFloat (Tree.leaf [] snapshot.State), value snapshot.Params)
                    |> Seq.toList

                Expect.equal
                    (states (Transform.skipNonFinite (Transform.scale -0.5)))
                    [ 0.0, 0.5; 1.0, 0.25; 1.0, 0.25; 3.0, 0.125 ]
                    "step 2 is passed over"

                let sevens =
                    Transform.create (fun _ -> Tree.empty) (fun _ _ memory estimate ->
                        struct ({ estimate with State = Leaf(number 7.0) }, memory))

                Expect.equal (states sevens |> List.map fst) [ 7.0; 7.0; 7.0; 7.0 ] "what the result says"
            }

            test "a plateau shortens the steps once the loss stays" {
                let plateau = Transform.plateau 0.5 2 0.01 (Transform.scale -1.0)

                let step memory loss =
                    let struct (result, memory) =
                        Transform.update
                            plateau
                            { Step = 0; Key = key }
                            (single 0.0)
                            memory
                            (estimate (number loss) (Node [ "w", Leaf(number 1.0) ]))

                    -(Tensor.toFloat (Array.head (Tree.values result.Gradients))), memory

                let factors losses = List.mapFold step (Transform.init plateau (single 0.0)) losses |> fst

                Expect.equal
                    (factors [ 4.0; 2.0; 2.0; 1.995; 2.5; 2.0; 1.0; 1.0 ])
                    [ 1.0; 1.0; 1.0; 0.5; 0.5; 0.25; 0.25; 0.25 ]
                    "after two steps without a better loss"

                Expect.equal
                    (factors [ -1.0; -2.0; -1.99; -2.01; -2.5; -2.5; -2.52; -2.6 ])
                    [ 1.0; 1.0; 1.0; 0.5; 0.5; 0.5; 0.25; 0.25 ]
                    "below zero better is further below"

                Expect.equal (factors [ 1.0; 0.0; 0.0; -0.1 ]) [ 1.0; 1.0; 1.0; 1.0 ] "through zero"

                Expect.equal (factors [ nan; 2.0; nan; 2.0; 1.0 ]) [ 1.0; 1.0; 1.0; 0.5; 0.5 ] "NaN is no better loss"
            }

            test "what is frozen stands still" {
                let gs = several 5
                let ps = paramsLike gs
                let moved = once (Transform.freeze (fun path _ -> path = "a") (Transform.scale -1.0)) ps gs
                expectSame "a" (Tensor.zerosLike (Tree.leaf [ "a" ] gs)) (Tree.leaf [ "a" ] moved)
                expectSame "b" (-(Tree.leaf [ "b" ] gs)) (Tree.leaf [ "b" ] moved)
            }

            test "arguments out of range are refused" {
                let refused (make: unit -> Transform) words =
                    expectError<ArgumentException> words (fun () -> make () |> ignore)

                refused (fun () -> Transform.clipByNorm 0.0) [ "limit"; "0" ]
                refused (fun () -> Transform.accumulate 0 (Transform.scale 1.0)) [ "steps"; "0" ]
                refused (fun () -> Transform.lookahead 2 1.5 (Transform.scale 1.0)) [ "alpha"; "1.5" ]
                refused (fun () -> Transform.average 1.0 (Transform.scale 1.0)) [ "beta"; "1" ]
                refused (fun () -> Transform.plateau 1.0 2 0.0 (Transform.scale 1.0)) [ "factor"; "1" ]

                refused
                    (fun () -> Transform.moments (Accumulation.Average -0.1) Accumulation.One 0.0)
                    [ "beta"; "-0.1" ]

                refused (fun () -> Transform.nesterov 1.0) [ "mu" ]

                for bad in [ nan; -1.0; infinity ] do
                    for make in
                        [
                            Transform.moments Accumulation.Latest Accumulation.Sum
                            Transform.adam 0.9 0.999
                            Transform.adagrad
                            Transform.rmsProp 0.9
                            Transform.rmsPropInside 0.9
                            Transform.amsgrad 0.9 0.999
                            Transform.nadam 0.9 0.999
                            Transform.radam 0.9 0.999
                        ] do
                        refused (fun () -> make bad) [ "epsilon"; $"{bad}" ]

                    refused (fun () -> Transform.adafactor bad) [ "clip"; $"{bad}" ]
                    refused (fun () -> Transform.clipByValue bad) [ "limit"; $"{bad}" ]
                    refused (fun () -> Transform.decayWeights bad) [ "rate"; $"{bad}" ]
                    refused (fun () -> Transform.l1 bad) [ "rate"; $"{bad}" ]
                    refused (fun () -> Transform.plateau 0.5 2 bad (Transform.scale 1.0)) [ "least"; $"{bad}" ]
                    refused (fun () -> Transform.proximalL1 (fun _ -> bad)) [ "threshold"; "step 0"; $"{bad}" ]
                    refused (fun () -> Transform.addNoise (fun _ -> bad)) [ "deviation"; "step 0"; $"{bad}" ]

                    // What goes wrong later is refused at its step.
                    for make in [ Transform.proximalL1; Transform.addNoise ] do
                        let late = make (fun step -> if step = 2 then bad else 0.0)

                        expectError<ArgumentException> [ "step 2"; $"{bad}" ] (fun () ->
                            walk late own 3 (single 1.0) |> ignore)

                refused (fun () -> Transform.adafactor 0.0) [ "clip"; "0" ]
                refused (fun () -> Transform.scale nan) [ "scale"; "factor"; "NaN" ]
                refused (fun () -> Transform.scale infinity) [ "scale"; "factor" ]
                refused (fun () -> Transform.averageFrom -1 (Transform.scale 1.0)) [ "from"; "-1" ]
                refused (fun () -> Transform.plateau 0.5 0 0.0 (Transform.scale 1.0)) [ "patience"; "0" ]
                refused (fun () -> Transform.lion 0.9 nan) [ "beta2" ]
            }
        ]
