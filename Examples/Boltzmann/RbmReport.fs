/// What the report of a restricted Boltzmann machine of digits shows.
module Functional.Examples.RbmReport

open Functional
open Functional.FSharp
open Functional.Examples.Learn
open Functional.Examples.Report
open Functional.Examples.Report.Images

/// What the report is made from; the first machine is the one that is looked at.
type Found =
    {
        Rbm: Rbm
        Names: string list
        Learned: Learned list
        Likelihoods: float list
        LogZ: float
        Annealed: LogZ
        Back: LogZ
        /// The estimates forth and back for each number of temperatures.
        ByTemperatures: (int * struct (LogZ * LogZ)) list
        Test: Tensor
        Key: Key
    }

let private width = 28

/// Rows as pictures with captions.
let pictures (caption: int -> string) (rows: Tensor) : Picture list =
    Tensor.toJagged rows
    |> Array.mapi (fun i values -> { Caption = caption i; Width = width; Values = values })
    |> Array.toList

let private learning found =
    let curves =
        List.zip found.Names (found.Learned |> List.map _.Curve)
        |> List.filter (fun (_, c) -> not c.IsEmpty)

    let row name (learned: Learned) (likelihood: float) = [ name; $"{learned.Last.Step:N0}"; $"{likelihood:F2}" ]

    let annealed name (z: LogZ) = [ name; $"{z.Value:F3}"; $"{z.Low:F3} to {z.High:F3}" ]

    let logZ =
        [
            [ "sum over all hidden states"; $"{found.LogZ:F3}"; "" ]
            annealed "annealed importance sampling" found.Annealed
            annealed "the same from the machine's own chains back" found.Back
        ]

    {
        Title = "Likelihood"
        Html =
            Html.columns
                [
                    Html.titled
                        "By step, estimated on some test digits"
                        (Charts.lines "step" "nats per digit" false curves)
                    Html.titled
                        "Of the test digits, exactly"
                        (Html.table
                            [ "rule"; "steps"; "nats per digit" ]
                            (List.map3 row found.Names found.Learned found.Likelihoods))
                    + Html.titled
                        $"ln Z after {found.Names.Head}"
                        (Html.table [ "by"; "ln Z"; "three standard errors" ] logZ)
                ]
    }

// The estimates forth come from below and those back from above, the closer the more temperatures lie between.
let private enclosing found =
    let points of' = [ for betas, struct (annealed, back) in found.ByTemperatures -> float betas, of' annealed back ]

    {
        Title = "ln Z enclosed"
        Html =
            Html.note
                "Annealing to the machine gives too small a number on average, annealing back from chains of its own too large a one; the more temperatures, the closer."
            + Charts.lines
                "temperatures"
                "ln Z"
                false
                [
                    "to the machine", points (fun (annealed: LogZ) (_: LogZ) -> annealed.Value)
                    "back from it", points (fun _ back -> back.Value)
                    "exact", points (fun _ _ -> found.LogZ)
                ]
    }

/// What hidden units see, the first `count` of them.
let filters (count: int) (ps: Params) : Section =
    let rows = Rbm.filters ps
    let shown = min count rows.Shape[0]
    let first = if shown < rows.Shape[0] then $" The first {shown} of {rows.Shape[0]}." else ""

    {
        Title = "What hidden units see"
        Html =
            Html.note $"Red weights are positive, blue ones negative; each picture has a scale of its own.{first}"
            + signed (pictures (fun unit -> $"hidden unit {unit}") (Tensor.slice 0 0 shown rows))
    }

let private chains found =
    let states = Tree.tryGet [ "chains" ] found.Learned.Head.Last.State

    match states with
    | Some(Leaf states) ->
        [
            {
                Title = "The persistent chains after the last step"
                Html = ink (pictures (fun chain -> $"chain {chain}") (Tensor.slice 0 0 (min 20 states.Shape[0]) states))
            }
        ]
    | _ -> []

// Chains from noise and from test digits, after more and more sweeps; the chance of each pixel to be 1 is shown.
let private samples found =
    let ps = found.Learned.Head.Last.Params
    let kernel = Rbm.gibbs found.Rbm ps

    let row name start key =
        [ 0; 1; 10; 100; 1000 ]
        |> List.collect (fun sweeps ->
            let at = if sweeps = 0 then start else Kernel.run sweeps key kernel start
            let shown = if sweeps = 0 then at else Rbm.reconstruct found.Rbm ps at
            let said = if sweeps = 1 then "1 sweep" else $"{sweeps:N0} sweeps"
            pictures (fun _ -> $"{name}, {said}") shown)

    let noise i = Random.bernoulli 0.5 [ 1; found.Rbm.VisibleCount ] (Key.child i found.Key)

    {
        Title = "Samples"
        Html =
            Html.note "Gibbs sampling from noise and from test digits; each pixel's chance to be on is shown."
            + ink
                [
                    for i in 0..2 do
                        yield! row "noise" (noise i) (Key.child (10 + i) found.Key)

                    for i in 0..2 do
                        yield! row "digit" (Tensor.slice 0 i (i + 1) found.Test) (Key.child (20 + i) found.Key)
                ]
    }

/// The sections of the report.
let sections (found: Found) : Section list =
    [
        learning found
        enclosing found
        filters found.Rbm.HiddenCount found.Learned.Head.Last.Params
        samples found
        yield! chains found
    ]
