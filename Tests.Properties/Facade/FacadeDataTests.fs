/// Data, snapshots, trees by path and files, as C# calls them: the same bits as F#'s functions give.
module FacadeDataTests

open System.Collections.Generic
open System.IO
open Expecto
open Functional
open Functional.FSharp
open Support
open FacadeTrainingTests

type private X = CSharp.TensorExtensions
type private S = CSharp.Snapshots
type private Values = IReadOnlyDictionary<string, Tensor>

let private key = Key.ofSeed 12
let private drawn = lazy Digits.drawn 40 (Key.ofSeed 5)

let tests =
    testList
        "facade data"
        [
            test "batches and data sets" {
                let numbers (batches: Batches<int>) = List.ofSeq (CSharp.Batches.From(batches, 1))
                Expect.equal (numbers (CSharp.Batches.Of [ 5; 6; 7 ])) [ 6; 7 ] "of"
                Expect.equal (numbers (CSharp.Batches.Init(4, fun n -> n * n))) [ 1; 4; 9 ] "init"
                Expect.equal (numbers (CSharp.Batches.Cycle(5, [ 1; 2 ]))) [ 2; 1; 2; 1 ] "cycle"
                Expect.equal (numbers (CSharp.Batches.Take(CSharp.Batches.Of [ 5; 6; 7 ], 2))) [ 6 ] "take"
                Expect.equal (numbers (CSharp.Batches.Map(CSharp.Batches.Of [ 5; 6 ], fun n -> n + 1))) [ 7 ] "map"
                Expect.equal (CSharp.Datasets.get_Count data.Value) 40 "count"
                let part = CSharp.Datasets.Slice(data.Value, 5, 8)
                expectSame "slice" (Tensor.slice 0 5 8 data.Value.Inputs) part.Inputs

                for struct (a, b), struct (c, d) in
                    Seq.zip (Batches.from 3 (Dataset.batches 8 2 key data.Value)) (CSharp.Batches.From(batches 2, 3)) do
                    expectSame "inputs" a c
                    expectSame "targets" b d

                let mine = CSharp.Digits.Drawn(20, key)
                expectSame "drawn digits" (Digits.drawn 20 key).Inputs mine.Inputs
                expectSame "their labels" (Digits.drawn 20 key).Targets mine.Targets
            }

            test "MNIST from its files" {
                inFolder (fun folder ->
                    writeMnist
                        folder
                        (CSharp.Datasets.Slice(drawn.Value, 0, 30))
                        (CSharp.Datasets.Slice(drawn.Value, 30, 40))

                    let struct (train, test) = CSharp.Digits.Mnist folder

                    Expect.equal
                        (train.Inputs.Shape, test.Inputs.Shape)
                        ([| 30; 1; 28; 28 |], [| 10; 1; 28; 28 |])
                        "shapes"

                    expectSame "images" (Tensor.slice 0 0 30 drawn.Value.Inputs) train.Inputs
                    expectSame "labels" (Tensor.slice 0 30 40 drawn.Value.Targets) test.Targets
                    let path = Path.Combine(folder, "t10k-labels-idx1-ubyte")
                    expectSame "a file alone" (Idx.read path) (CSharp.Idx.Read path))
            }

            test "evaluation" {
                let last = trained (CSharp.Optimizers.Sgd(CSharp.Schedules.Constant 0.1))
                let inputs = data.Value.Inputs
                let logits = CSharp.Evaluation.Predict(network, last, inputs, 7)
                expectSame "predictions" (Evaluation.predict 7 twin last inputs) logits
                let labels = Tensor.ofInts [ for n in 0..39 -> n % 2 ]
                expectSame "classes" (Evaluation.classes logits) (CSharp.Evaluation.Classes logits)
                Expect.equal (CSharp.Evaluation.Accuracy(logits, labels)) (Evaluation.accuracy logits labels) "accuracy"

                Expect.equal
                    (CSharp.Evaluation.Confusion(logits, labels))
                    (Evaluation.confusion logits labels)
                    "confusion"
            }

            test "snapshots: what they hold by path, and other parameters" {
                let last = trained (CSharp.Optimizers.Adam(CSharp.Schedules.Constant 0.01))
                expectSameLeaves "parameters" (Params.values last.Params) (S.get_Parameters last)
                expectSameLeaves "state" last.State (S.get_State last)
                expectSameLeaves "memory" last.Memory (S.get_Memory last)
                Expect.equal (S.get_ParameterCount last) (Params.count last.Params) "count"
                Expect.equal (S.get_Roles(last)["head/bias"]) Role.Bias "role"
                let halved = CSharp.Trees.Map(S.get_Parameters last, fun x -> x / 2.0)

                expectSameLeaves
                    "halved"
                    (Tree.map (fun (p: Param) -> p.Value / 2.0) last.Params)
                    (S.get_Parameters (S.WithParameters(last, halved)))

                let struct (ps, state) = CSharp.Rules.Init(rule, key)
                let made = S.Create(3, key, ps, state, readOnlyDict [], Tensor.scalar 0.5)
                Expect.equal (made.Step, made.Key, X.ToDouble made.Loss) (3, key, 0.5) "made from its parts"

                expectSame
                    "and used"
                    (CSharp.Evaluation.Predict(
                        network,
                        S.WithParameters(made, S.get_Parameters last),
                        data.Value.Inputs
                    ))
                    (CSharp.Evaluation.Predict(
                        network,
                        S.Create(
                            0,
                            key,
                            CSharp.Params.Refill(ps, S.get_Parameters last),
                            state,
                            readOnlyDict [],
                            made.Loss
                        ),
                        data.Value.Inputs
                    ))
            }

            test "parameters and trees by path" {
                let struct (ps, _) = CSharp.Rules.Init(rule, key)
                let struct (twinPs, _) = Rule.init key twinRule
                let values = CSharp.Params.ToTensors ps
                let moved = CSharp.Params.Move(ps, CSharp.Trees.Map(values, fun x -> 2.0 * x))

                expectSameLeaves
                    "p + 2p"
                    (Params.values (Params.move (Tree.map (fun (p: Param) -> 2.0 * p.Value) twinPs) twinPs))
                    (CSharp.Params.ToTensors moved)

                let refilled =
                    CSharp.Params.Refill(ps, CSharp.Trees.Map3(values, values, values, fun a b c -> a + b * c))

                expectSameLeaves
                    "a + b·c"
                    (Tree.map (fun (p: Param) -> p.Value + p.Value * p.Value) twinPs)
                    (CSharp.Params.ToTensors refilled)

                Expect.equal
                    [ for param in refilled.Values -> param.Role ]
                    [ for param in ps.Values -> param.Role ]
                    "roles stay"
                // By path, so the order in which they are given does not matter.
                let backwards: Values = readOnlyDict (List.rev [ for leaf in values -> leaf.Key, leaf.Value ])

                expectSameLeaves
                    "refilled backwards"
                    (Params.values twinPs)
                    (CSharp.Params.ToTensors(CSharp.Params.Refill(ps, backwards)))

                expectSameLeaves
                    "map2 backwards"
                    (Tree.map (fun (p: Param) -> p.Value - p.Value) twinPs)
                    (CSharp.Trees.Map2(values, backwards, fun a b -> a - b))

                let both =
                    CSharp.Trees.Node [ struct ("g", values); struct ("d", readOnlyDict [ "w", values["head/bias"] ]) ]

                Expect.equal (Seq.last both.Keys) "d/w" "side by side"
                expectSameLeaves "and apart again" (Params.values twinPs) (CSharp.Trees.Get(both, "g"))
                Expect.equal (List.ofSeq (CSharp.Trees.Get(values, "head").Keys)) [ "weight"; "bias" ] "below a path"
            }

            test "checkpoints go between C# and F#" {
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "run.safetensors")
                    let adam = CSharp.Optimizers.Adam(CSharp.Schedules.Constant 0.01)
                    let last, start = trained adam, CSharp.Training.Start(rule, adam, key)
                    CSharp.Checkpoints.Save(last, path)
                    expectSameSnapshot "read by C#" last (CSharp.Checkpoints.Load(path, start))
                    expectSameSnapshot "read by F#" last (Checkpoint.load path start)
                    Checkpoint.save path start
                    expectSameSnapshot "written by F#" start (CSharp.Checkpoints.Load(path, last))
                    CSharp.Safetensors.Write(path, readOnlyDict [ "by", "me" ], S.get_Parameters last)
                    let struct (tensors, notes) = CSharp.Safetensors.Read path
                    expectSameLeaves "named tensors" (Params.values last.Params) tensors
                    Expect.equal [ for note in notes -> note.Key, note.Value ] [ "by", "me" ] "notes"

                    expectError<InvalidDataException> [ path; "no checkpoint" ] (fun () ->
                        CSharp.Checkpoints.Load(path, start) |> ignore))
            }
        ]
