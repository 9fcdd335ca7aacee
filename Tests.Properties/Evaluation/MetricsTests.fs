/// Measures of a classifier against their definitions, sample by sample.
module MetricsTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

type private C = CSharp.Evaluation

let private key = Key.ofSeed 3
let private logits = 2.0 * doubles [ 200; 5 ] 4
let private labels = Random.integers 0L 5L [ 200 ] key
let private answers = Tensor.toLongs labels |> Array.map int
let private rows = Tensor.toDoubles2D logits
let private row i = [ for c in 0..4 -> rows[i, c] ]
let private chosen = [| for i in 0..199 -> let r = row i in List.findIndex ((=) (List.max r)) r |]
let private share f = float (Seq.length (Seq.filter f [ 0..199 ])) / 200.0

let tests =
    testList
        "metrics"
        [
            for k in 1..5 do
                test $"top {k} is the part whose label has fewer than {k} larger logits" {
                    let rank i = row i |> List.filter (fun x -> x > rows[i, answers[i]]) |> List.length
                    let expected = share (fun i -> rank i < k)
                    Expect.floatClose Accuracy.high (Evaluation.topK k logits labels) expected "F#"
                    Expect.equal (C.TopK(k, logits, labels)) (Evaluation.topK k logits labels) "C#"
                }

            test "precision, recall and F1 are those of the counts" {
                let found = Evaluation.byClass logits labels
                let count f = float (Seq.length (Seq.filter f [ 0..199 ]))

                for c in 0..4 do
                    let right = count (fun i -> chosen[i] = c && answers[i] = c)
                    let precision = right / count (fun i -> chosen[i] = c)
                    let recall = right / count (fun i -> answers[i] = c)
                    let numbers = [| found[c].Precision; found[c].Recall; found[c].F1 |]
                    let f1 = 2.0 * precision * recall / (precision + recall)
                    expectClose 1e-12 $"class {c}" [| precision; recall; f1 |] numbers

                Expect.equal (Array.sumBy _.Support found) 200 "every sample has a class"
                Expect.floatClose Accuracy.high (Evaluation.f1 logits labels) (Array.averageBy _.F1 found) "macro"
                Expect.equal (C.ByClass(logits, labels)) found "C#"
                Expect.equal (C.F1(logits, labels)) (Evaluation.f1 logits labels) "C#"
            }

            test "a class that never occurs has NaN, and the macro mean leaves it out" {
                let logits = Tensor.ofDoubles [ 2; 3 ] [| 1.0; 0.0; 0.0; 0.0; 1.0; 0.0 |]
                let labels = Tensor.ofInts [ 0; 0 ]
                let found = Evaluation.byClass logits labels
                Expect.isTrue (Double.IsNaN found[2].F1 && Double.IsNaN found[2].Precision) "absent"
                Expect.equal (found[1].Precision, found[1].F1) (0.0, 0.0) "given in error"
                Expect.isTrue (Double.IsNaN found[1].Recall) "never there"
                Expect.floatClose Accuracy.high (Evaluation.f1 logits labels) (1.0 / 3.0) "(2/3 + 0)/2"
            }

            test "calibration is that of each interval" {
                let found = Evaluation.calibration 10 logits labels
                let sure i = let e = List.map exp (row i) in List.max e / List.sum e
                let inside b i = sure i > float b / 10.0 && sure i <= float (b + 1) / 10.0
                let mutable total, largest = 0.0, 0.0

                for b in 0..9 do
                    let members =
                        [
                            for i in 0..199 do
                                if inside b i then
                                    i
                        ]

                    Expect.equal found.Bins[b].Count members.Length $"bin {b}"

                    if not members.IsEmpty then
                        let accuracy = members |> List.averageBy (fun i -> if chosen[i] = answers[i] then 1.0 else 0.0)
                        let confidence = List.averageBy sure members

                        expectClose
                            1e-9
                            $"bin {b}"
                            [| accuracy; confidence |]
                            [| found.Bins[b].Accuracy; found.Bins[b].Confidence |]

                        total <- total + float members.Length / 200.0 * abs (accuracy - confidence)
                        largest <- max largest (abs (accuracy - confidence))

                expectClose 1e-9 "errors" [| total; largest |] [| found.ExpectedError; found.LargestError |]
                let csharp = C.Calibration(logits, labels, 10)
                Expect.equal csharp.ExpectedError found.ExpectedError "C#"
            }

            test "the loss over a set does not depend on the batch size" {
                let layer = dense 4 3
                let data = Dataset.create (Random.normal [ 11; 4 ] key) (Random.integers 0L 3L [ 11 ] key)
                let rule = Rule.ofLoss Loss.crossEntropy layer
                let snapshot = Training.start rule (Optimizer.sgd (Schedule.constant 0.1)) key
                let whole = Evaluation.loss 11 Loss.crossEntropy layer snapshot data

                for size in [ 1; 4; 100 ] do
                    let found = Evaluation.loss size Loss.crossEntropy layer snapshot data
                    Expect.floatClose Accuracy.medium found whole $"batches of {size}"
                    let csharp = C.Loss((fun y t -> CSharp.Losses.CrossEntropy(y, t)), layer, snapshot, data, size)
                    Expect.equal csharp found "C#"

                expectError<ArgumentException> [ "at least one"; "0" ] (fun () ->
                    Evaluation.loss 0 Loss.crossEntropy layer snapshot data |> ignore)
            }

            test "bad arguments are refused" {
                let refuse words f = expectError<ArgumentException> words (f >> ignore)
                refuse [ "topK"; "5 classes"; "6" ] (fun () -> Evaluation.topK 6 logits labels)
                refuse [ "[200; 5]"; "[3]" ] (fun () -> Evaluation.topK 1 logits (Tensor.ofInts [ 0; 1; 2 ]))

                for name, measure in
                    [
                        "accuracy", Evaluation.accuracy
                        "topK", Evaluation.topK 2
                        "f1", Evaluation.f1
                        "calibration", (fun x y -> (Evaluation.calibration 3 x y).ExpectedError)
                    ] do
                    let two = Tensor.slice 0 0 2 logits

                    for label in [ 5; -1 ] do
                        expectError<ArgumentException> [ $"label {label}"; "0 … 4" ] (fun () ->
                            measure two (Tensor.ofInts [ 0; label ]) |> ignore)

                    expectError<ArgumentException> [ "int64" ] (fun () ->
                        measure two (Tensor.ofSeq [ 0.0; 1.0 ]) |> fun found -> failtest $"{name} gave {found}")

                refuse [ "interval"; "0" ] (fun () -> Evaluation.calibration 0 logits labels)
            }
        ]
