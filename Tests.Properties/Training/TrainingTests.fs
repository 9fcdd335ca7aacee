module TrainingTests

open System
open System.Security.Cryptography
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 11

// Every kind of state at once: parameters of all roles, running statistics, masks from keys.
let private network = dense 6 8 --> batchNorm 8 --> relu --> dropout 0.3 --> dense 8 3

let private rule = Rule.ofLoss Loss.crossEntropy network

let private data =
    Dataset.create (Random.normal [ 50; 6 ] (Key.child 0 key)) (Tensor.ofInts [ for i in 0..49 -> i % 3 ])

let private batches steps = Dataset.batches 8 1000 (Key.child 1 key) data |> Batches.take steps

// One transform with a form in place, and one without.
let private adam = Optimizer.adamW (Schedule.cosine 0.05 0.01 40) 0.01
let private slow = Transform.clocked (fun step -> if step % 3 = 2 then None else Some step) adam

/// One with a form in place and one without, by name.
let transforms = [ "in place", adam; "pure", slow ]

let private begun transform = Training.start rule transform (Key.child 2 key)
let private run every transform steps start = Training.run every rule transform (batches steps) start

let private bits (snapshot: Snapshot) =
    [|
        for tensor in Snapshot.tensors snapshot -> Convert.ToHexString(SHA256.HashData(Tensor.bits tensor))
    |]

let private expectSameSnapshot what (a: Snapshot) (b: Snapshot) =
    Expect.equal b.Step a.Step $"{what}: the same step"
    Expect.equal b.Key a.Key $"{what}: the same key"
    expectSameTree $"{what}, parameters" (Params.values a.Params) (Params.values b.Params)
    expectSameTree $"{what}, state" a.State b.State
    expectSameTree $"{what}, memory" a.Memory b.Memory
    expectSame $"{what}, loss" a.Loss b.Loss

/// Prints what a run of every kind of layer gives, in bits: the tests run it in processes of their own.
let child () =
    for _, transform in transforms do
        begun transform |> run 7 transform 30 |> Seq.last |> bits |> Array.iter (printfn "%s")

/// Takes steps that give a snapshot each, of some 800 kB, and keeps one in so many, or none: the bytes of those that it kept.
let keeping (keepOneIn: int) (steps: int) (transform: Transform) : int64 =
    let wide = dense 6 256 --> relu --> dense 256 256 --> relu --> dense 256 3
    let rule = Rule.ofLoss Loss.crossEntropy wide
    let all = Dataset.batches 8 10000 key data |> Batches.take steps
    let kept = ResizeArray()

    for snapshot in Training.run 1 rule transform all (Training.start rule transform key) do
        if keepOneIn > 0 && snapshot.Step % keepOneIn = 0 then
            kept.Add snapshot

    kept |> Seq.sumBy (Snapshot.tensors >> Seq.sumBy (fun x -> int64 (Tensor.bits x).Length))

// A rule whose gradients have another shape than the parameters.
let private misshapen =
    Rule.create
        (fun _ -> struct (Node [ "w", Leaf { Role = Role.Weight; Value = Tensor.zeros [ 3 ] } ], Tree.empty))
        (fun _ _ _ () ->
            {
                Loss = Tensor.scalar 0.0
                Gradients = Node [ "w", Leaf(Tensor.zeros [ 4 ]) ]
                State = Tree.empty
            })

let tests =
    testList
        "training"
        [
            for name, transform in transforms do
                testProperty $"bits do not depend on `every`, nor on what is kept ({name})"
                <| fun (PositiveInt every) (PositiveInt keep) ->
                    let every, keep = 1 + every % 12, 1 + keep % 5
                    let kept = ResizeArray()

                    let last =
                        begun transform
                        |> run every transform 23
                        |> Seq.indexed
                        |> Seq.map (fun (i, snapshot) ->
                            if i % keep = 0 then
                                kept.Add((snapshot, bits snapshot))

                            snapshot)
                        |> Seq.last

                    expectSameSnapshot $"every {every}" (begun transform |> run 1 transform 23 |> Seq.last) last

                    for snapshot, then' in kept do
                        Expect.sequenceEqual (bits snapshot) then' "a kept snapshot never changes"

                test $"snapshots come at the multiples of `every` and at the end, also after resuming ({name})" {
                    let steps from every = run every transform 23 from |> Seq.map _.Step |> List.ofSeq
                    let start = begun transform
                    Expect.equal (steps start 5) [ 5; 10; 15; 20; 23 ] "23 steps"
                    let middle = run 1 transform 7 start |> Seq.last
                    Expect.equal (steps middle 5) [ 10; 15; 20; 23 ] "from step 7 on"
                    Expect.isEmpty (run 5 transform 7 middle) "nothing is left to do"
                }

                test $"resuming from any step equals an uninterrupted run ({name})" {
                    let start = begun transform
                    let whole = run 1 transform 23 start |> List.ofSeq
                    // Steps of the second epoch as well: 7 batches make one.
                    for step in [ 1; 6; 7; 8; 20 ] do
                        let resumed = run 4 transform 23 whole[step - 1] |> Seq.last
                        expectSameSnapshot $"from step {step}" (List.last whole) resumed
                }

                test $"walking the sequence twice trains twice, to the same bits ({name})" {
                    let snapshots = begun transform |> run 3 transform 10
                    expectSameSnapshot "twice" (Seq.last snapshots) (Seq.last snapshots)
                }

                test $"a run that is left in the middle frees what it owns, and no one else's ({name})" {
                    let start = begun transform
                    let before = bits start
                    let some = run 2 transform 23 start |> Seq.truncate 3 |> List.ofSeq
                    Expect.equal (some |> List.map _.Step) [ 2; 4; 6 ] "three snapshots"
                    Expect.sequenceEqual (bits start) before "the start is as it was"
                    expectSameSnapshot "the last" (run 1 transform 6 start |> Seq.last) (List.last some)
                }

                test $"nothing in parameters, state, memory or loss requires a gradient ({name})" {
                    for snapshot in begun transform |> run 4 transform 9 do
                        for tensor in Snapshot.tensors snapshot do
                            Expect.isFalse (Native.requiresGrad tensor.Raw) $"step {snapshot.Step}: {tensor}"
                }

                test $"no tensors of one snapshot share a buffer ({name})" {
                    let tied: Tensor = Tensor.ones [ 3 ]

                    let rule =
                        Rule.create
                            (fun _ ->
                                let param = { Role = Role.Weight; Value = tied }
                                struct (Node [ "a", Leaf param; "b", Leaf param ], Tree.empty))
                            (fun _ ps _ () ->
                                { Loss = Tensor.scalar 0.0; Gradients = Params.values ps; State = Tree.empty })

                    let last = Training.fit rule transform (Batches.init 5 ignore) key
                    let value path = (Tree.leaf [ path ] last.Params).Value
                    expectSame "both moved alike" (value "a") (value "b")
                    expectSame "the first values are as they were" (Tensor.ones [ 3 ]) tied
                }

            test "the loss of a snapshot is that of its step's batch before the update" {
                let start = begun adam
                let struct (x, y) = Batches.from 0 (batches 1) |> Seq.head
                let moment = Train(Key.child 0 start.Key)
                let struct (logits, _) = Layer.apply network moment start.Params start.State x
                let first = run 1 adam 1 start |> Seq.head
                expectSame "loss" (Loss.crossEntropy logits y) first.Loss
                Expect.isTrue (Double.IsNaN(Tensor.toFloat start.Loss)) "no loss before the first step"
            }

            test "training learns: a separable problem is solved" {
                let x = Random.normal [ 200; 2 ] (Key.child 5 key)

                let labels =
                    [ for point in Tensor.toDoubles x |> Array.chunkBySize 2 -> if point[0] > point[1] then 1 else 0 ]

                let layer = dense 2 2
                let all = Dataset.create x (Tensor.ofInts labels)
                let train, test' = Dataset.slice 0 150 all, Dataset.slice 150 200 all
                let rule = Rule.ofLoss Loss.crossEntropy layer

                let last =
                    Training.fit rule (Optimizer.adam (Schedule.constant 0.1)) (Dataset.batches 16 60 key train) key

                let accuracy = Evaluation.accuracy (Evaluation.predict 20 layer last test'.Inputs) test'.Targets
                Expect.isTrue (accuracy >= 0.96) $"{accuracy} on points that it has not seen"
            }

            test "the same seed gives the same bits in two processes" {
                let code, first = runChild [ "child"; "training" ]
                Expect.equal (runChild [ "child"; "training" ]) (code, first) "twice"

                let here =
                    [
                        for _, transform in transforms do
                            yield! begun transform |> run 7 transform 30 |> Seq.last |> bits
                    ]

                Expect.equal (code, first.Trim().Split(Environment.NewLine) |> List.ofArray) (0, here) "and here"
            }

            test "an `every` below 1 is refused" {
                expectError<ArgumentException> [ "every"; "0" ] (fun () -> run 0 adam 5 (begun adam) |> ignore)
            }

            test "no batches: fit gives the start" {
                expectSameSnapshot "start" (begun adam) (Training.fit rule adam (batches 0) (Key.child 2 key))
            }

            for name, transform in
                [
                    "in place", Optimizer.sgd (Schedule.constant 1.0)
                    "pure", Transform.clocked Some (Transform.scale -1.0)
                ] do
                test $"gradients of another shape than the parameters are refused ({name})" {
                    expectError<Exception> [ "[4]"; "[3]" ] (fun () ->
                        Training.fit misshapen transform (Batches.init 1 ignore) key |> ignore)
                }

            test "an error in a step leaves earlier snapshots whole, and names the layer" {
                let wrong =
                    Batches.ofSeq
                        [
                            for i in 0..3 ->
                                struct (Random.normal [ 4; (if i = 2 then 5 else 6) ] key, Tensor.ofInts [ 0; 1; 2; 0 ])
                        ]

                let seen = ResizeArray()

                expectError<LayerException> [ "at 0"; "[4; 5]"; "6" ] (fun () ->
                    for snapshot in Training.run 1 rule adam wrong (begun adam) do
                        seen.Add((snapshot, bits snapshot)))

                Expect.equal
                    (seen |> Seq.map (fun (snapshot, _) -> snapshot.Step) |> List.ofSeq)
                    [ 1; 2 ]
                    "two steps before"

                for snapshot, then' in seen do
                    Expect.sequenceEqual (bits snapshot) then' "whole"
            }

            test "evaluation: parts of any size give the same classes; what is wrong is said" {
                let last = begun adam |> run 100 adam 20 |> Seq.last
                let whole = Evaluation.predict 50 network last data.Inputs
                let parts = Evaluation.predict 7 network last data.Inputs
                expectClose 1e-5 "logits" (Tensor.toDoubles whole) (Tensor.toDoubles parts)
                let table = Evaluation.confusion whole data.Targets
                Expect.equal (Seq.sum (Seq.cast<int> table)) 50 "every sample once"
                let hits = Seq.sum [ for i in 0..2 -> table[i, i] ]
                Expect.floatClose Accuracy.high (Evaluation.accuracy whole data.Targets) (float hits / 50.0) "accuracy"

                expectError<ArgumentException> [ "label 3"; "0 … 2" ] (fun () ->
                    Evaluation.confusion (Tensor.zeros [ 1; 3 ]) (Tensor.ofInts [ 3 ]) |> ignore)

                expectError<ArgumentException> [ "[50; 3]"; "[2]" ] (fun () ->
                    Evaluation.accuracy whole (Tensor.ofInts [ 1; 2 ]) |> ignore)
            }
        ]
