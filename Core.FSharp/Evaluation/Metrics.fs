namespace Functional

open System

/// How well one class is told from the others.
[<NoComparison>]
type ClassMetrics =
    {
        /// The part of the samples taken for this class that belong to it; NaN where none was taken for it.
        Precision: float
        /// The part of this class's samples that were taken for it; NaN where it has none.
        Recall: float
        /// The harmonic mean of both: 2·TP / (2·TP + FP + FN); NaN where the class neither occurs nor is given.
        F1: float
        /// The number of samples of this class.
        Support: int
    }

/// The samples whose confidence lies in one interval.
[<NoComparison>]
type CalibrationBin =
    {
        /// The number of samples.
        Count: int
        /// Their mean confidence: the largest probability; NaN of none.
        Confidence: float
        /// The part of them that is right; NaN of none.
        Accuracy: float
    }

/// Whether a classifier is as sure as it is right.
[<NoComparison>]
type Calibration =
    {
        /// Intervals of equal length from 0 to 1.
        Bins: CalibrationBin[]
        /// The expected calibration error: Σ over the bins of count/n·|accuracy - confidence|.
        ExpectedError: float
        /// The largest |accuracy - confidence| of a bin with samples.
        LargestError: float
    }

namespace Functional.FSharp

open System
open Functional

/// Measures of a classifier, from its logits and the labels of samples that it has not seen.
[<AutoOpen>]
module EvaluationMetrics =

    /// Measuring a trained network on data that it has not seen.
    [<RequireQualifiedAccess>]
    module Evaluation =

        /// The fraction of samples whose label is among the k largest logits; of equal logits the first counts as larger.
        /// logits: [n; classes], labels: int64 [n].
        let topK (k: int) (logits: Tensor) (labels: Tensor) : float =
            Evaluation.checkAligned logits labels

            if k < 1 || k > logits.Shape[1] then
                invalidArg (nameof k) $"topK: k is between 1 and the {logits.Shape[1]} classes, not {k}"

            Scope.value (fun () ->
                let order = Tensor.argsort 1 true logits |> Tensor.slice 1 0 k

                Tensor.eq order (Tensor.unsqueeze 1 labels)
                |> Tensor.anyOver 1
                |> Tensor.cast Dtype.Float64
                |> Tensor.mean
                |> Tensor.toFloat)

        /// Precision, recall and F1 of each class. logits: [n; classes], labels: int64 [n].
        let byClass (logits: Tensor) (labels: Tensor) : ClassMetrics[] =
            let counts = Evaluation.confusion logits labels
            let classes = Array2D.length1 counts

            [|
                for c in 0 .. classes - 1 do
                    let right = float counts[c, c]
                    let support = Array.sum counts[c, *]
                    let taken = Array.sum counts[*, c]

                    {
                        Precision = right / float taken
                        Recall = right / float support
                        F1 = 2.0 * right / float (support + taken)
                        Support = support
                    }
            |]

        /// The mean of F1 over the classes that occur or are given (macro F1). logits: [n; classes], labels: int64 [n].
        let f1 (logits: Tensor) (labels: Tensor) : float =
            byClass logits labels |> Array.map _.F1 |> Array.filter (Double.IsNaN >> not) |> Array.average

        /// Confidence against accuracy in so many intervals of equal length (Guo et al. 2017, https://arxiv.org/abs/1706.04599).
        /// The confidence of a sample is its largest probability. logits: [n; classes], labels: int64 [n].
        let calibration (bins: int) (logits: Tensor) (labels: Tensor) : Calibration =
            Evaluation.checkAligned logits labels

            if bins < 1 then
                invalidArg (nameof bins) $"calibration: there is at least one interval, not {bins}"

            let confidence, right =
                Scope.value (fun () ->
                    let sure, chosen = Tensor.maxWithIndex 1 (Tensor.softmax 1 (Tensor.cast Dtype.Float64 logits))
                    Tensor.toDoubles sure, Tensor.toBools (Tensor.eq chosen labels))

            let place p = min (bins - 1) (int (ceil (p * float bins)) - 1) |> max 0
            let members = Array.init bins (fun _ -> ResizeArray<int>())
            confidence |> Array.iteri (fun i p -> members[place p].Add i)
            let part f (found: ResizeArray<int>) = Seq.sumBy f found / float found.Count

            let made =
                members
                |> Array.map (fun found ->
                    {
                        Count = found.Count
                        Confidence = part (fun i -> confidence[i]) found
                        Accuracy = part (fun i -> if right[i] then 1.0 else 0.0) found
                    })

            let gaps =
                made
                |> Array.filter (fun bin -> bin.Count > 0)
                |> Array.map (fun bin -> bin.Count, abs (bin.Accuracy - bin.Confidence))

            {
                Bins = made
                ExpectedError = gaps |> Array.sumBy (fun (count, gap) -> float count * gap / float right.Length)
                LargestError = gaps |> Array.map snd |> Array.max
            }
