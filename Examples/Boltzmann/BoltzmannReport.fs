/// What the report of Boltzmann machines shows.
module Functional.Examples.BoltzmannReport

open Functional
open Functional.FSharp
open Functional.Examples.Learn
open Functional.Examples.Report
open Functional.Examples.Report.Images

/// What was learned.
type Machines = { Exact: Learned; Sampled: Learned; Bars: Learned list }

/// What the report is made from.
type Found =
    {
        /// The part of the samples that each state has.
        Frequencies: Tensor
        /// The least divergence, and ln p of each state there.
        Optimum: float * Tensor
        Visible: Boltzmann
        WithHidden: Boltzmann
        Machines: Machines
        /// The place of the best start.
        BestOfBars: int
    }

/// The curves that were measured, with their names.
let curves (learned: (string * Learned) list) : (string * (float * float) list) list =
    learned
    |> List.filter (fun (_, learned) -> not learned.Curve.IsEmpty)
    |> List.map (fun (name, learned) -> name, learned.Curve)

let private learning found =
    let samples = curves [ "exact gradient", found.Machines.Exact; "sampling", found.Machines.Sampled ]
    let bars = curves (found.Machines.Bars |> List.mapi (fun i learned -> $"start {i + 1}", learned))

    let optimum =
        match samples with
        | (_, points) :: _ -> [ "the best there is", [ for step, _ in points -> step, fst found.Optimum ] ]
        | [] -> []

    {
        Title = "Learning"
        Html =
            Html.note
                "The Kullback-Leibler divergence of the machine from the data, in nats. The best there is was found by Newton's method."
            + Html.columns
                [
                    Html.titled "Six visible units" (Charts.lines "step" "KL" true (samples @ optimum))
                    Html.titled "Bars and stripes, with hidden units" (Charts.lines "step" "KL" true bars)
                ]
    }

let private probabilities found =
    let logs (learned: Learned) =
        Boltzmann.logLikelihood found.Visible learned.Last.Params (Energy.enumerate found.Visible.Units)

    let p = Tensor.toDoubles found.Frequencies
    let order = [ 0 .. p.Length - 1 ] |> List.sortByDescending (fun state -> p[state])
    let line (values: float[]) = order |> List.mapi (fun place state -> float (place + 1), values[state])
    let chances logs = line (Tensor.toDoubles (Tensor.exp logs))

    {
        Title = "The probability of each state"
        Html =
            Html.note
                "The data come from a machine with two hidden units more; one without hidden units knows pairs of units only."
            + Charts.lines
                "state, the most frequent first"
                "probability"
                false
                [
                    "data", line p
                    "exact gradient", chances (logs found.Machines.Exact)
                    "sampling", chances (logs found.Machines.Sampled)
                    "the best there is", chances (snd found.Optimum)
                ]
    }

let private weights found =
    let picture caption (learned: Learned) =
        let w = (Tree.leaf [ "weight" ] learned.Last.Params).Value
        { Caption = caption; Width = w.Shape[0]; Values = Tensor.toArray w }

    {
        Title = "Weights"
        Html =
            Html.note "Row and column are units; red weights are positive, blue ones negative."
            + signed
                [
                    picture "exact gradient" found.Machines.Exact
                    picture "sampling" found.Machines.Sampled
                    picture "bars and stripes" found.Machines.Bars[found.BestOfBars]
                ]
    }

let private bars found =
    let states = Energy.enumerate found.WithHidden.Visible
    let ps = found.Machines.Bars[found.BestOfBars].Last.Params
    let p = Tensor.toDoubles (Tensor.exp (Boltzmann.logLikelihood found.WithHidden ps states))

    let picture state =
        {
            Caption = Html.percent 2 p[state]
            Width = int (sqrt (float found.WithHidden.Visible))
            Values = Tensor.toArray (Tensor.slice 0 state (state + 1) states)
        }

    {
        Title = "Bars and stripes"
        Html =
            Html.note
                "All 16 pictures and their probabilities under the best of the machines; each of the six with equal rows or equal columns should have a sixth."
            + ink ([ 0 .. p.Length - 1 ] |> List.sortByDescending (fun state -> p[state]) |> List.map picture)
    }

/// The sections of the report.
let sections (found: Found) : Section list = [ learning found; probabilities found; bars found; weights found ]
