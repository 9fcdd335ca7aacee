module ScheduleTests

open System
open Expecto
open Functional.FSharp
open Support

let private at schedule steps = List.map schedule steps |> Array.ofList

// Each schedule at chosen steps.
let private table =
    [
        "constant", Schedule.constant 2.0, [ 0; 7 ], [| 2.0; 2.0 |]
        "decay", Schedule.decay 1.0 0.5 2, [ 0; 1; 2; 5 ], [| 1.0; 1.0; 0.5; 0.25 |]
        "cosine", Schedule.cosine 1.0 0.1 10, [ 0; 5; 10; 50 ], [| 1.0; 0.55; 0.1; 0.1 |]
        "warm-up", Schedule.warmup 4 (Schedule.constant 2.0), [ 0; 1; 3; 4; 9 ], [| 0.5; 1.0; 2.0; 2.0; 2.0 |]
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
                test name { expectClose 1e-12 name expected (at schedule steps) }

            test "the notes' example of decay: descent on (w + 1)² from 5 at 0.2·0.99ᵉ" {
                // One step an epoch; the notes print w after epochs 0, 1, 2, 9, 19 and 39.
                let rate = Schedule.decay 0.2 0.99 1
                let walked = List.scan (fun w e -> w - rate e * 2.0 * (w + 1.0)) 5.0 [ 0..39 ] |> List.tail

                expectClose
                    1e-6
                    "w"
                    [| 2.6; 1.1744; 0.321948; -0.951691; -0.999308; -0.999999 |]
                    [| for e in [ 0; 1; 2; 9; 19; 39 ] -> walked[e] |]
            }

            test "arguments out of range are refused" {
                let refused words (make: unit -> Functional.Schedule) =
                    expectError<ArgumentException> words (fun () -> make () |> ignore)

                refused [ "pieces"; "step 0" ] (fun () -> Schedule.pieces [ 1, 1.0 ])
                refused [ "polynomial"; "0" ] (fun () -> Schedule.linear 1.0 0.0 0)
                refused [ "oneCycle"; "1" ] (fun () -> Schedule.oneCycle 1.0 1.0 10)
                refused [ "restarts"; "factor" ] (fun () -> Schedule.restarts 1.0 0.0 3 0)
            }
        ]
