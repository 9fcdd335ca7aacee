/// What the reports of the classifiers of digits show.
module Functional.Examples.ClassifierReport

open System
open Functional
open Functional.FSharp
open Functional.Examples.Report
open Functional.Examples.Report.Images

/// What training showed: the loss by step, and the accuracy on the test digits by epoch.
type Curves = { Losses: (float * float) list; Accuracies: (float * float) list }

let private learning curves =
    {
        Title = "Learning"
        Html =
            Html.columns
                [
                    Html.titled "Cross-entropy on the training digits" (Charts.noisy "step" "loss" curves.Losses)
                    Html.titled "Accuracy on the test digits" (Charts.marked "epoch" ".2%" curves.Accuracies)
                ]
    }

let private recognition (counts: int[,]) =
    let digits = [ 0 .. Array2D.length1 counts - 1 ]

    let row digit =
        let all = Array.sum counts[digit, *]

        let mistaken =
            match digits |> List.filter (fun other -> other <> digit && counts[digit, other] > 0) with
            | [] -> "–"
            | others ->
                let other = others |> List.maxBy (fun other -> counts[digit, other])
                $"{other} ({counts[digit, other]})"

        let share = if all = 0 then "–" else Html.percent 2 (float counts[digit, digit] / float all)
        [ string digit; $"{all:N0}"; $"{counts[digit, digit]:N0}"; share; mistaken ]

    {
        Title = "What is taken for what"
        Html =
            Html.columns
                [
                    Html.titled "Test digits by what they are recognised as" (Charts.confusion counts)
                    Html.titled
                        "Each digit"
                        (Html.table
                            [ "digit"; "tested"; "recognised"; "accuracy"; "most often taken for" ]
                            (List.map row digits))
                ]
    }

// The first weights of a network as pictures: kernels [outputs; 1; k; k], or [784; outputs] seen by each output.
let private filters unit (ps: Params) =
    let weights = (Tree.values ps |> Array.find (fun param -> param.Role = Role.Weight)).Value
    let byOutput = if weights.Rank = 2 then Tensor.transpose 0 1 weights else weights
    let outputs = byOutput.Shape[0]
    let size = int byOutput.Count / outputs
    let shown = min 32 outputs

    let pictures =
        [
            for output in 0 .. shown - 1 ->
                {
                    Caption = $"{unit} {output}"
                    Width = int (sqrt (float size))
                    Values = Tensor.toArray (Tensor.slice 0 output (output + 1) byOutput)
                }
        ]

    let first = if shown < outputs then $" The first {shown} of {outputs}." else ""
    let scale = "Red weights are positive, blue ones negative; each picture has a scale of its own."

    {
        Title = "First-layer weights"
        Html = Html.note (scale + first) + signed pictures
    }

let private mistakes (logits: Tensor) (test: Dataset) =
    let classes = logits.Shape[1]
    let predicted, labels = Tensor.toLongs (Evaluation.classes logits), Tensor.toLongs test.Targets
    let probabilities = Tensor.toArray (Tensor.softmax 1 logits)
    let confidence i = probabilities[classes * i + int predicted[i]]
    let wrong = [ 0 .. labels.Length - 1 ] |> List.filter (fun i -> predicted[i] <> labels[i])

    let picture i =
        {
            Caption = $"{labels[i]} as {predicted[i]}, {Html.percent 0 (float (confidence i))}"
            Width = test.Inputs.Shape[3]
            Values = Tensor.toArray (Tensor.slice 0 i (i + 1) test.Inputs)
        }

    let shown = wrong |> List.sortByDescending confidence |> List.truncate 40

    let which =
        if shown.Length < wrong.Length then
            $"the {shown.Length} surest of them"
        else
            "the surest first"

    {
        Title = "Mistakes"
        Html =
            Html.note
                $"{wrong.Length:N0} of {labels.Length:N0} test digits are not recognised; {which}: the true digit, what it was taken for, and the probability given to that."
            + ink (List.map picture shown)
    }

let private network (layer: Layer<Tensor, Tensor>) (snapshot: Snapshot) (test: Dataset) =
    let shape (axes: int list) = String.Join(" × ", axes)

    let parameter (path: string, param: Param) =
        [ path; string param.Role; shape (List.ofArray param.Value.Shape); $"{param.Value.Count:N0}" ]

    let all = [ "all"; ""; ""; $"{Params.count snapshot.Params:N0}" ]
    let one = Array.updateAt 0 1 test.Inputs.Shape

    {
        Title = "The network"
        Html =
            Html.columns
                [
                    Html.titled
                        "What each stage makes of a digit, and what that takes"
                        ($"<div class=\"table\">{Summary.toHtml (Layer.summary one layer)}</div>")
                    Html.titled
                        "Parameters"
                        (Html.table
                            [ "path"; "role"; "shape"; "numbers" ]
                            (List.map parameter (Tree.leaves snapshot.Params) @ [ all ]))
                ]
    }

/// The sections of a classifier's report; `unit` is what an output of its first layer is called.
let sections
    (unit: string)
    (curves: Curves option)
    (layer: Layer<Tensor, Tensor>)
    (snapshot: Snapshot)
    (logits: Tensor)
    (test: Dataset)
    : Section list =
    [
        yield! curves |> Option.map learning |> Option.toList
        recognition (Evaluation.confusion logits test.Targets)
        filters unit snapshot.Params
        mistakes logits test
        network layer snapshot test
    ]
