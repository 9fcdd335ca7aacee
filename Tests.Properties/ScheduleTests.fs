module ScheduleTests

open Expecto
open Functional.FSharp

let tests =
    testList
        "schedules"
        [
            test "decay, cosine and warm-up at chosen steps" {
                Expect.equal (List.map (Schedule.decay 1.0 0.5 2) [ 0; 1; 2; 5 ]) [ 1.0; 1.0; 0.5; 0.25 ] "decay"
                Expect.floatClose Accuracy.high (Schedule.cosine 1.0 0.0 10 5) 0.5 "the middle of a cosine"
                Expect.floatClose Accuracy.high (Schedule.cosine 1.0 0.1 10 50) 0.1 "the end of a cosine"

                Expect.equal
                    (List.map (Schedule.warmup 4 (Schedule.constant 2.0)) [ 0; 1; 3; 4; 9 ])
                    [ 0.5; 1.0; 2.0; 2.0; 2.0 ]
                    "warm-up"
            }
        ]
