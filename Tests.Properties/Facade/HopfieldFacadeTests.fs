/// Hopfield networks: what they refuse, and what C# sees of them.
module HopfieldFacadeTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

type private C = CSharp.Hopfield

let private key = Key.ofSeed 21
let private random n p seed = Hopfield.randomPatterns p n (Key.ofSeed seed)

// Arguments, the parameter that is named, and words of the message.
let private refusals: (string * string * string list * (unit -> unit)) list =
    let network = lazy Hopfield.hebb (random 4 2 1)
    let create weights thresholds () = Hopfield.create HopfieldUnits.Bipolar weights thresholds |> ignore
    let recall states () = Hopfield.recall 10 key network.Value states |> ignore
    let square (numbers: float list) = Tensor.ofDoubles [ 2; 2 ] (Array.ofList numbers)
    let none n = Tensor.zerosOf Dtype.Float64 [ n ]

    let learn patterns () =
        Training.fit
            (Hopfield.hebbian 4)
            (Optimizer.sgd (Schedule.constant 1.0))
            (Batches.init 1 (fun _ -> patterns))
            key
        |> ignore

    [
        "weights of one axis", "weights", [ "[n; n]"; "[3]" ], create (none 3) (none 3)
        "weights that are not square", "weights", [ "[n; n]"; "[2; 3]" ], create (Tensor.ones [ 2; 3 ]) (none 2)
        "whole weights", "weights", [ "floating"; "int64" ], create (Tensor.zerosOf Dtype.Int64 [ 2; 2 ]) (none 2)
        "asymmetric weights",
        "weights",
        [ "symmetric"; "weights[1; 0] is 2"; "weights[0; 1] is 1" ],
        create (square [ 0; 1; 2; 0 ]) (none 2)
        "weights that are not finite", "weights", [ "finite"; "NaN" ], create (square [ 0; nan; nan; 0 ]) (none 2)
        "a diagonal", "weights", [ "to itself"; "weights[1; 1] is 3" ], create (square [ 0; 1; 1; 3 ]) (none 2)
        "thresholds of another length", "thresholds", [ "[2]"; "[3]" ], create (square [ 0; 1; 1; 0 ]) (none 3)
        "thresholds of another dtype",
        "thresholds",
        [ "float64"; "float32" ],
        create (square [ 0; 1; 1; 0 ]) (Tensor.zeros [ 2 ])
        "infinite thresholds",
        "thresholds",
        [ "unit 1" ],
        create (square [ 0; 1; 1; 0 ]) (Tensor.ofDoubles [ 2 ] [| 0.0; infinity |])
        "states of another width", "states", [ "[k; 4]"; "[1; 3]" ], recall (Tensor.ones [ 1; 3 ])
        "one state without a batch", "states", [ "[k; 4]"; "[4]" ], recall (Tensor.ones [ 4 ])
        "a unit of 0 among -1 and 1",
        "states",
        [ "-1 or 1"; "unit 2 of row 1"; "is 0" ],
        recall (Tensor.ofArray [ 2; 4 ] [| 1f; 1f; 1f; 1f; 1f; 1f; 0f; 1f |])
        "a unit of -1 among 0 and 1",
        "states",
        [ "0 or 1"; "is -1" ],
        (fun () -> Hopfield.isStable (Hopfield.toBinary network.Value) (-(Tensor.ones [ 1; 4 ])) |> ignore)
        "negative sweeps",
        "maxSweeps",
        [ "-1" ],
        (fun () -> Hopfield.recall -1 key network.Value (Tensor.ones [ 1; 4 ]) |> ignore)
        "negative steps",
        "maxSweeps",
        [ "-2" ],
        (fun () -> Hopfield.recallTogether -2 network.Value (Tensor.ones [ 1; 4 ]) |> ignore)
        "a batch of changes",
        "state",
        [ "[4]"; "[1; 4]" ],
        (fun () -> Hopfield.flips 9 key network.Value (Tensor.ones [ 1; 4 ]) |> ignore)
        "no pattern",
        "patterns",
        [ "at least one"; "[0; 4]" ],
        (fun () -> Hopfield.hebb (Tensor.ones [ 0; 4 ]) |> ignore)
        "a pattern of one axis",
        "patterns",
        [ "[p; n]"; "[4]" ],
        (fun () -> Hopfield.storkey (Tensor.ones [ 4 ]) |> ignore)
        "patterns of 0 and 1",
        "patterns",
        [ "-1 or 1"; "is 0"; "use 2x - 1, then toBinary" ],
        (fun () -> Hopfield.pseudoInverse (Tensor.zeros [ 1; 4 ]) |> ignore)
        "a network of no units", "units", [ "hebbian"; "not 0" ], (fun () -> Hopfield.hebbian 0 |> ignore)
        "patterns of 0 and 1 to learn",
        "patterns",
        [ "hebbian"; "-1 or 1"; "unit 3 of row 0"; "is 0"; "use 2x - 1, then toBinary" ],
        learn (Tensor.ofArray [ 1; 4 ] [| 1f; 1f; 1f; 0f |])
        "patterns of another width to learn",
        "patterns",
        [ "hebbian"; "[p; 4]"; "[1; 3]" ],
        learn (Tensor.ones [ 1; 3 ])
        "weights of a machine of another kind",
        "ps",
        [ "learned"; "[units; units]"; "[2; 3]" ],
        (fun () ->
            let ps = Node [ "weight", Leaf { Role = Role.Weight; Value = Tensor.ones [ 2; 3 ] } ]
            Hopfield.learned ps |> ignore)
        "a part above 1", "part", [ "1.5" ], (fun () -> Hopfield.flipped 1.5 key (Tensor.ones [ 1; 4 ]) |> ignore)
        "overlap of other shapes",
        "b",
        [ "[1; 4]"; "[2; 4]" ],
        (fun () -> Hopfield.overlap (Tensor.ones [ 1; 4 ]) (Tensor.ones [ 2; 4 ]) |> ignore)
        "a mixture of two",
        "patterns",
        [ "odd"; "[2; 4]" ],
        (fun () -> Hopfield.mixture (Tensor.ones [ 2; 4 ]) |> ignore)
        "a load of 0", "load", [ "positive"; "0" ], (fun () -> Hopfield.errorAtLoad 10 0.0 key |> ignore)
        "no trials",
        "trials",
        [ "0" ],
        (fun () -> Hopfield.spuriousShare 0 key network.Value (Tensor.ones [ 1; 4 ]) |> ignore)
    ]

let private bad =
    testList
        "bad input"
        [
            for name, parameter, words, call in refusals do
                test $"{name} is refused" {
                    let error = raised<ArgumentException> call
                    Expect.equal error.ParamName parameter error.Message

                    for word in words do
                        Expect.stringContains error.Message word "what was given"
                }
        ]

let private twins =
    test "C# recalls the same" {
        let patterns, network = random 30 3 7, Hopfield.hebb (random 30 3 7)
        let noisy = Hopfield.flipped 0.3 key patterns
        expectSame "RandomPatterns" patterns (C.RandomPatterns(3, 30, Key.ofSeed 7))
        expectSame "Flipped" noisy (C.Flipped(patterns, 0.3, key))
        expectSame "Mixture" (Hopfield.mixture patterns) (C.Mixture patterns)
        expectSame "Overlap" (Hopfield.overlap patterns noisy) (C.Overlap(patterns, noisy))

        for name, expected, found in
            [
                "Hebb", network, C.Hebb patterns
                "PseudoInverse", Hopfield.pseudoInverse patterns, C.PseudoInverse patterns
                "Storkey", Hopfield.storkey patterns, C.Storkey patterns
                "ToBinary", Hopfield.toBinary network, C.ToBinary network
                "ToBipolar", network, C.ToBipolar(Hopfield.toBinary network)
                "Create", network, C.Create(network.Units, network.Weights, network.Thresholds)
            ] do
            Expect.equal found.Units expected.Units name
            expectSame name expected.Weights found.Weights
            Expect.isTrue (Tensor.allclose 1e-6 1e-6 expected.Thresholds found.Thresholds) name

        let once, batches = Optimizer.sgd (Schedule.constant 1.0), Batches.init 1 (fun _ -> patterns)
        let learnt = Training.fit (Hopfield.hebbian 30) once batches key
        expectSameSnapshot "Hebbian" learnt (Training.fit (C.Hebbian 30) once batches key)
        let parameters = CSharp.Snapshots.get_Parameters learnt
        expectSame "Learned" (Hopfield.learned learnt.Params).Weights (C.Learned parameters).Weights
        expectSame "Energy" (Hopfield.energy network noisy) (C.Energy(network, noisy))
        expectSame "Fields" (Hopfield.fields network noisy) (C.Fields(network, noisy))
        Expect.equal (C.IsStable(network, noisy)) (Hopfield.isStable network noisy) "IsStable"

        for name, expected, found in
            [
                "Recall", Hopfield.recall 100 key network noisy, C.Recall(network, noisy, key)
                "RecallInOrder", Hopfield.recallInOrder 100 network noisy, C.RecallInOrder(network, noisy)
                "RecallTogether", Hopfield.recallTogether 100 network noisy, C.RecallTogether(network, noisy)
            ] do
            expectSame name expected.States found.States
            Expect.equal found.Sweeps expected.Sweeps name

        let state = Tensor.reshape [ 30 ] (Tensor.slice 0 0 1 noisy)
        Expect.equal (C.Flips(network, state, key)) (Hopfield.flips 100 key network state) "Flips"
        Expect.equal (C.OneStepError(network, patterns)) (Hopfield.oneStepError network patterns) "OneStepError"
        expectSame "Retrieval" (Hopfield.retrieval 0.1 key network patterns) (C.Retrieval(network, patterns, 0.1, key))
        Expect.equal (C.ErrorAtLoad(50, 0.3, key)) (Hopfield.errorAtLoad 50 0.3 key) "ErrorAtLoad"
        Expect.equal (C.OverlapAtLoad(50, 0.3, 0.1, key)) (Hopfield.overlapAtLoad 50 0.3 0.1 key) "OverlapAtLoad"
        let share = Hopfield.spuriousShare 20 key network patterns
        Expect.equal (C.SpuriousShare(network, patterns, 20, key)) share "SpuriousShare"
    }

let tests = testList "hopfield facade" [ bad; twins ]
