module ScheduleTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support
open Walks

let private values schedule steps = List.map schedule steps |> Array.ofList

// Each schedule at chosen steps.
let private table =
    [
        "constant", Schedule.constant 2.0, [ 0; 7 ], [| 2.0; 2.0 |]
        "decay", Schedule.decay 1.0 0.5 2, [ 0; 1; 2; 5 ], [| 1.0; 1.0; 0.5; 0.25 |]
        "cosine", Schedule.cosine 1.0 0.1 10, [ 0; 5; 10; 50 ], [| 1.0; 0.55; 0.1; 0.1 |]
        "warm-up", Schedule.warmup 4 (Schedule.constant 2.0), [ 0; 1; 3; 4; 9 ], [| 0.5; 1.0; 2.0; 2.0; 2.0 |]
        "logarithmic", Schedule.logarithmic 2.0, [ 0; 2; 6; 14 ], [| 2.0; 1.0; 2.0 / 3.0; 0.5 |]
        "pieces",
        Schedule.pieces [ 3, 0.1; 0, 1.0; 5, 0.01 ],
        [ 0; 2; 3; 4; 5; 99 ],
        [| 1.0; 1.0; 0.1; 0.1; 0.01; 0.01 |]
        "polynomial", Schedule.polynomial 2.0 1.0 0.2 4, [ 0; 2; 4; 9 ], [| 1.0; 0.4; 0.2; 0.2 |]
        "linear", Schedule.linear 1.0 0.0 4, [ 0; 1; 2; 4; 5 ], [| 1.0; 0.75; 0.5; 0.0; 0.0 |]
        "join",
        Schedule.join 2 (Schedule.constant 3.0) (Schedule.linear 1.0 0.0 2),
        [ 0; 1; 2; 3; 4 ],
        [| 3.0; 3.0; 1.0; 0.5; 0.0 |]
        "one cycle", Schedule.oneCycle 1.0 0.25 40, [ 0; 10; 25; 40; 60 ], [| 0.04; 1.0; 0.5 + 0.5 * 4e-6; 4e-6; 4e-6 |]
        "restarts", Schedule.restarts 1.0 0.0 2 2, [ 0; 1; 2; 4; 6; 10; 14 ], [| 1.0; 0.5; 1.0; 0.5; 1.0; 0.5; 1.0 |]
    ]

let tests =
    testList
        "schedules"
        [
            for name, schedule, steps, expected in table do
                test name { expectClose 1e-12 name expected (values schedule steps) }

            test "the notes' example of decay: descent on (w + 1)² from 5 at 0.2·0.99ᵉ" {
                // One step an epoch; the notes print w after epochs 0, 1, 2, 9, 19 and 39.
                let gradient _ (ps: Params) : Gradients = ps |> Tree.map (fun w -> 2.0 * (w.Value + 1.0))
                let walked = walk (Optimizer.sgd (Schedule.decay 0.2 0.99 1)) gradient 40 (single 5.0)

                expectClose
                    1e-6
                    "w"
                    [| 2.6; 1.1744; 0.321948; -0.951691; -0.999308; -0.999999 |]
                    [| for e in [ 0; 1; 2; 9; 19; 39 ] -> value walked[e] |]
            }

            test "every schedule has a value at steps up to 2³¹ - 1, and of numbers as large as there are" {
                let last = System.Int32.MaxValue
                let most = Double.MaxValue

                let schedules =
                    [
                        for _, schedule, _, _ in table do
                            schedule
                        Schedule.restarts 1.0 0.0 2 65536
                        Schedule.restarts 1.0 0.0 1 1
                        Schedule.restarts 1.0 0.0 last last
                        Schedule.cosine most -most last
                        Schedule.linear most -most last
                        Schedule.polynomial 1e-300 most -most last
                        Schedule.decay 0.0 2.0 1
                        Schedule.warmup last (Schedule.constant 1.0)
                        Schedule.join last (Schedule.constant 1.0) (Schedule.constant 2.0)
                        Schedule.oneCycle 1.0 (1.0 - 1e-12) last
                        Schedule.restarts most -most 3 2
                        Schedule.logarithmic most
                    ]

                for i, schedule in List.indexed schedules do
                    for step in [ 0; 1; 2; 200_000; last - 1; last ] do
                        Expect.isTrue (Double.IsFinite(schedule step)) $"{i} at {step}: {schedule step}"

                // Lengths 1, 2, 4, …: 2³¹ - 1 begins the 32nd; in between the value falls along half a cosine.
                let doubling = Schedule.restarts 1.0 0.0 1 2
                Expect.equal (doubling last) 1.0 "a restart"
                expectWithin 1e-12 "half way" 0.5 (doubling ((1 <<< 30) - 1 + (1 <<< 29)))
                expectWithin 1e-9 "before the restart" 0.0 (doubling (last - 1))
                // After lengths 2 and 131,072 the third is 2·65536².
                let third = cos (Math.PI * float (200_000 - 2 - 131_072) / (2.0 * 65536.0 ** 2.0))
                expectWithin 1e-12 "the third" (0.5 * (1.0 + third)) (Schedule.restarts 1.0 0.0 2 65536 200_000)
                Expect.equal (Schedule.restarts 1.0 0.0 5 1 last) (Schedule.cosine 1.0 0.0 5 (last % 5)) "one length"
            }

            test "arguments out of range are refused" {
                let refused words (make: unit -> Schedule) =
                    expectError<ArgumentException> words (fun () -> make () |> ignore)

                let still = Schedule.constant 1.0
                refused [ "constant"; "value"; "NaN" ] (fun () -> Schedule.constant nan)
                refused [ "decay"; "steps"; "0" ] (fun () -> Schedule.decay 1.0 0.5 0)
                refused [ "decay"; "value"; "NaN" ] (fun () -> Schedule.decay nan 0.5 1)

                for factor in [ nan; -0.5; infinity ] do
                    refused [ "decay"; "factor"; $"{factor}" ] (fun () -> Schedule.decay 1.0 factor 1)

                refused [ "cosine"; "steps"; "-1" ] (fun () -> Schedule.cosine 1.0 0.0 -1)
                refused [ "cosine"; "value"; "NaN" ] (fun () -> Schedule.cosine nan 0.0 5)
                refused [ "cosine"; "final"; $"{infinity}" ] (fun () -> Schedule.cosine 1.0 infinity 5)
                refused [ "logarithmic"; "value"; "NaN" ] (fun () -> Schedule.logarithmic nan)
                refused [ "warmup"; "steps"; "0" ] (fun () -> Schedule.warmup 0 still)
                refused [ "join"; "-1" ] (fun () -> Schedule.join -1 still still)
                refused [ "pieces"; "step 3"; "NaN" ] (fun () -> Schedule.pieces [ 0, 1.0; 3, nan ])

                for power in [ nan; 0.0; -1.0; infinity ] do
                    refused [ "polynomial"; "power"; $"{power}" ] (fun () -> Schedule.polynomial power 1.0 0.0 5)

                refused [ "polynomial"; "value"; "NaN" ] (fun () -> Schedule.linear nan 0.0 5)
                refused [ "polynomial"; "final"; "NaN" ] (fun () -> Schedule.linear 1.0 nan 5)
                refused [ "oneCycle"; "value"; "NaN" ] (fun () -> Schedule.oneCycle nan 0.5 10)
                refused [ "oneCycle"; "part"; "NaN" ] (fun () -> Schedule.oneCycle 1.0 nan 10)
                refused [ "restarts"; "value"; "NaN" ] (fun () -> Schedule.restarts nan 0.0 3 2)
                refused [ "restarts"; "final"; "NaN" ] (fun () -> Schedule.restarts 1.0 nan 3 2)

                refused [ "pieces"; "step 0" ] (fun () -> Schedule.pieces [ 1, 1.0 ])
                refused [ "polynomial"; "0" ] (fun () -> Schedule.linear 1.0 0.0 0)
                refused [ "oneCycle"; "1" ] (fun () -> Schedule.oneCycle 1.0 1.0 10)
                refused [ "restarts"; "factor" ] (fun () -> Schedule.restarts 1.0 0.0 3 0)
            }
        ]
