/// What holds of every drawing: its bits come from its key and its shape alone; and what is refused.
module DrawingTests

open System
open System.Threading.Tasks
open Expecto
open MathNet.Numerics
open Functional
open Functional.FSharp
open Support
open Chances
open ContinuousTests
open DiscreteTests

let private key = Key.ofSeed 7
let private floating = [ Dtype.Float32; Dtype.Float64 ]


/// Everything that draws a shape, as numbers.
let private draws: (string * (int list -> Key -> Tensor)) list =
    [
        for row in distributions do
            for dtype in floating do
                $"{row.Name} {dtype}", (fun shape key -> row.Draw dtype shape key)
        "bernoulli", (fun shape key -> Random.bernoulli 0.3 shape key)
        "bernoulliEach", (fun shape key -> Random.bernoulliEach (Tensor.full shape 0.3) key)
        "categorical", (fun shape key -> Random.categorical (Tensor.zeros (shape @ [ 5 ])) key)
        "integers", (fun shape key -> Random.integers -3L 9L shape key)
    ]

let private laws name (draw: int list -> Key -> Tensor) =
    testList
        name
        [
            test "the same key gives the same bits, on any thread and in any order" {
                let bits i = Tensor.toDoubles (draw [ 301 ] (Key.child i key))
                let expected = [| for i in 0..7 -> bits i |]
                let found = Array.init 8 (fun _ -> [||])
                Parallel.For(0, 8, (fun i -> found[7 - i] <- bits (7 - i))) |> ignore
                Expect.equal found expected "in parallel and the other way round"
            }

            test "an element depends on its number alone" {
                let all = Tensor.toDoubles (draw [ 60 ] key)

                for count in [ 0; 1; 2; 7; 59 ] do
                    Expect.equal (Tensor.toDoubles (draw [ count ] key)) all[.. count - 1] $"the first {count}"

                let folded = draw [ 3; 4; 5 ] key
                Expect.equal folded.Shape [| 3; 4; 5 |] "the shape"
                Expect.equal (Tensor.toDoubles folded) all "the last axis runs fastest"
                Expect.equal (draw [] key).Shape [||] "without axes"
            }

            test "keys, their children and neighbours are uncorrelated" {
                let n = 20000
                let bound = 5.0 / sqrt (float n)
                let numbers key = Tensor.toDoubles (draw [ n ] key)
                let own, first, second = numbers key, numbers (Key.child 0 key), numbers (Key.child 1 key)
                expectWithin bound "siblings" 0.0 (correlation first second)
                expectWithin bound "parent and child" 0.0 (correlation own first)
                expectWithin bound "neighbours" 0.0 (correlation own[1..] own[.. n - 2])
                expectWithin bound "neighbours of neighbours" 0.0 (correlation own[2..] own[.. n - 3])
            }

            test "a shape with a negative length, and one too large, are refused" {
                // bernoulliEach and categorical are given tensors, which have no such shape.
                if name <> "bernoulliEach" && name <> "categorical" then
                    let function' = name.Split(' ')[0]
                    expectError<ArgumentException> [ function'; "-1" ] (fun () -> draw [ 2; -1 ] key |> ignore)

                    expectError<ArgumentException> [ function'; "65536" ] (fun () ->
                        draw [ 65536; 65536 ] key |> ignore)
            }
        ]

let private refusals: (string * string list * (unit -> obj)) list =
    let p values = Tensor.ofSeq values

    [
        "truncatedNormal, bounds in the wrong order",
        [ "truncatedNormal"; "2"; "1" ],
        (fun () -> Random.truncatedNormal 2.0 1.0 [ 2 ] key)
        "truncatedNormal, equal bounds", [ "truncatedNormal" ], (fun () -> Random.truncatedNormal 1.0 1.0 [ 2 ] key)
        "truncatedNormal, NaN", [ "truncatedNormal"; "NaN" ], (fun () -> Random.truncatedNormal nan 1.0 [ 2 ] key)
        "truncatedNormal, no float32 between the bounds",
        [ "truncatedNormal"; "Float32" ],
        (fun () -> Random.truncatedNormal (1.0 + 1e-12) (1.0 + 2e-12) [ 2 ] key)
        "truncatedNormal, beyond float32",
        [ "truncatedNormal"; "Float32" ],
        (fun () -> Random.truncatedNormal 1e39 infinity [ 2 ] key)
        for bad in [ 0.0; -1.0; nan; infinity ] do
            $"gamma {bad}", [ "gamma"; string bad; "positive" ], (fun () -> Random.gamma bad [ 2 ] key)
            $"beta {bad} 1", [ "beta"; string bad; "positive" ], (fun () -> Random.beta bad 1.0 [ 2 ] key)
            $"beta 1 {bad}", [ "beta"; string bad; "positive" ], (fun () -> Random.beta 1.0 bad [ 2 ] key)
        for bad in [ -0.1; 1.5; nan ] do
            $"bernoulli {bad}", [ "bernoulli"; string bad; "0 and 1" ], (fun () -> Random.bernoulli bad [ 2 ] key)

            for dtype in floating do
                for values in [ [ bad; 0.5; 0.5 ]; [ 0.5; bad; 0.5 ]; [ 0.5; 0.5; bad ] ] do
                    $"bernoulliEach {dtype} {values}",
                    [ "bernoulliEach"; "0 and 1" ],
                    (fun () -> Random.bernoulliEach (p values |> Tensor.cast dtype) key)
        "bernoulliEach of whole numbers",
        [ "bernoulliEach" ],
        (fun () -> Random.bernoulliEach (Tensor.ofInts [ 1 ]) key)
        "categorical of whole numbers", [ "categorical" ], (fun () -> Random.categorical (Tensor.ofInts [ 1 ]) key)
        "categorical without axes", [ "categorical"; "[]" ], (fun () -> Random.categorical (Tensor.scalar 1.0) key)
        "categorical without classes",
        [ "categorical"; "[2; 0]" ],
        (fun () -> Random.categorical (Tensor.zeros [ 2; 0 ]) key)
        for bad in [ [ nan; 0.0 ]; [ infinity; 0.0 ]; [ -infinity; -infinity ] ] do
            $"categorical {bad}",
            [ "categorical"; "row 1" ],
            (fun () -> Random.categorical (Tensor.stack 0 [ p [ 0.0; 1.0 ]; p bad ]) key)
        "integers, no number", [ "integers"; "4" ], (fun () -> Random.integers 4L 4L [ 2 ] key)
        "permutation", [ "permutation"; "-1" ], (fun () -> Random.permutation -1 key)
        "choice, too many", [ "choice"; "4"; "3" ], (fun () -> Random.choice 4 3 key)
        "choice, negative", [ "choice"; "-1" ], (fun () -> Random.choice -1 3 key)
    ]

let tests =
    testList
        "drawings"
        [
            for name, draw in draws do
                laws name draw
            for name, words, call in refusals do
                test $"refused: {name}" { expectError<ArgumentException> words (call >> ignore) }
        ]
