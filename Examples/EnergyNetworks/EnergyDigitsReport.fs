/// What the report of an energy of digits shows.
module Functional.Examples.EnergyDigitsReport

open Functional
open Functional.FSharp
open Functional.Examples.Report
open Functional.Examples.Report.Images

/// What the report is made from.
type Found =
    {
        Samples: Tensor
        Verdicts: (int64 * float)[]
        Digits: Tensor
        Noisy: Tensor
        Denoised: Tensor
        Energies: (string * float[]) list
        Losses: (float * float) list
    }

let private pictures (count: int) (caption: int -> string) (rows: Tensor) =
    Tensor.slice 0 0 (min count rows.Shape[0]) rows
    |> Tensor.toJagged
    |> Array.mapi (fun i values -> { Caption = caption i; Width = 28; Values = values })
    |> List.ofArray
    |> ink

let private drawn found =
    let caption i =
        let digit, confidence = found.Verdicts[i]
        $"{digit} ({Html.percent 0 confidence})"

    {
        Title = "Digits that nobody wrote"
        Html =
            Html.note
                "Langevin chains from noise, cooled. Under each stands what a classifier of real digits takes it for, and how sure it is."
            + pictures 60 caption found.Samples
    }

let private denoised found =
    {
        Title = "One step down the slope"
        Html =
            Html.note "Test digits with normal noise of 0.3 on each pixel, and x - dE/dx, a single step."
            + Html.titled "Test digits" (pictures 10 (fun _ -> "") found.Digits)
            + Html.titled "With noise" (pictures 10 (fun _ -> "") found.Noisy)
            + Html.titled "After the step" (pictures 10 (fun _ -> "") found.Denoised)
    }

// The part of the images in each of forty steps of energy; what lies beyond the last counts there.
let private histogram found =
    let most = 1.02 * (found.Energies |> List.map (snd >> Array.max) |> List.max)
    let bins = 40
    let width = most / float bins

    let curve (name: string, energies: float[]) =
        let counts = energies |> Array.countBy (fun e -> int (e / width)) |> Map.ofArray
        let part bin = float (Map.tryFind bin counts |> Option.defaultValue 0) / float energies.Length
        name, [ for bin in 0 .. bins - 1 -> (float bin + 0.5) * width, part bin ]

    {
        Title = "Energies"
        Html =
            Html.note "How the energies of digits and of other images are spread."
            + Charts.curves "energy" "part of the images" (List.map curve found.Energies)
    }

let private learning found =
    if found.Losses.IsEmpty then
        []
    else
        [
            {
                Title = "Learning"
                Html = Charts.noisy "step" "loss of a batch" found.Losses
            }
        ]

/// The sections of the report.
let sections (found: Found) : Section list = [ drawn found; denoised found; histogram found; yield! learning found ]
