/// Transforms around transforms.
module WrapperTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support
open Walks

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

            test "a plateau shortens the steps once the loss stays" {
                let plateau = Transform.plateau 0.5 2 0.01 (Transform.scale -1.0)
                let losses = [ 4.0; 2.0; 2.0; 1.995; 2.5; 2.0; 1.0; 1.0 ]

                let step memory loss =
                    let struct (result, memory) =
                        Transform.update
                            plateau
                            { Step = 0; Key = key }
                            (single 0.0)
                            memory
                            (estimate (number loss) (Node [ "w", Leaf(number 1.0) ]))

                    -(Tensor.toFloat (Array.head (Tree.values result.Gradients))), memory

                let factors = List.mapFold step (Transform.init plateau (single 0.0)) losses |> fst

                Expect.equal
                    factors
                    [ 1.0; 1.0; 1.0; 0.5; 0.5; 0.25; 0.25; 0.25 ]
                    "after two steps without a better loss"
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
                refused (fun () -> Transform.lion 0.9 nan) [ "beta2" ]
            }
        ]
