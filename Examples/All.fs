/// All systems of the gallery in one process, each in both languages, whose metrics must agree to the bit.
module Functional.Examples.All

open System
open System.Diagnostics
open System.IO
open Spectre.Console

/// What a run in one language took, and what it gave or why it failed.
type Ran =
    {
        Seconds: float
        Result: Result<Outcome, string>
    }

/// An entry in F#, and in C# where it has a twin.
type Both =
    {
        Entry: Entry
        FSharp: Ran
        CSharp: Ran option
    }

    /// Why it does not hold, if so.
    member both.Fault: string option =
        match both.FSharp.Result, both.CSharp |> Option.map _.Result with
        | Error why, _ -> Some $"F#: {why}"
        | _, Some(Error why) -> Some $"C#: {why}"
        | Ok a, Some(Ok b) ->
            let bits (outcome: Outcome) =
                outcome.Metrics |> List.map (fun (name, value) -> name, BitConverter.DoubleToInt64Bits value)

            let differ =
                List.filter (fun metric -> not (List.contains metric (bits b))) (bits a) |> List.map fst

            match differ with
            | [] when a.Metrics.Length = b.Metrics.Length -> None
            | names -> Some $"""the metrics differ: {String.Join(", ", names)}"""
        | Ok _, None -> None

let private time (run: unit -> Outcome) : Ran =
    let clock = Stopwatch.StartNew()

    let result =
        try
            Ok(run ())
        with error ->
            Error error.Message

    {
        Seconds = clock.Elapsed.TotalSeconds
        Result = result
    }

/// Runs the entries one after another; `tell` is given each run when it has ended.
let run
    (request: Request)
    (entries: Entry list)
    (reporter: Reporter)
    (tell: Entry -> string -> Ran -> unit)
    : Both list =
    let count = float entries.Length

    // The part of the whole that an entry's own progress stands for.
    let within (index: int) language (entry: Entry) =
        let begins = (float index + (if language = "C#" then 0.5 else 0.0)) / count
        let length = (if entry.HasTwin then 0.5 else 1.0) / count

        { reporter with
            Advance =
                fun part what -> reporter.Advance (begins + part * length) $"{entry.Name} in {language}: {what}"
        }

    [
        for index, entry in List.indexed entries do
            let ran language =
                let inner = within index language entry
                inner.Advance 0.0 "starting"
                let own = { request with CSharp = (language = "C#") }
                let ran = time (fun () -> entry.Run own inner)
                tell entry language ran
                ran

            let first = ran "F#"

            {
                Entry = entry
                FSharp = first
                CSharp = if entry.HasTwin then Some(ran "C#") else None
            }
    ]

/// What each entry took, and whether it holds.
let table (all: Both list) : Table =
    let table =
        Table()
            .RoundedBorder()
            .AddColumn("system")
            .AddColumn(TableColumn("F#, s").RightAligned())
            .AddColumn(TableColumn("C#, s").RightAligned())
            .AddColumn("metrics")

    for both in all do
        let twin = both.CSharp |> Option.map (fun ran -> $"{ran.Seconds:F1}") |> Option.defaultValue ""
        let good = if both.CSharp.IsSome then "the same bits" else "F# only"
        let verdict = Markup.Escape(Option.defaultValue good both.Fault)
        table.AddRow(both.Entry.Name, $"{both.FSharp.Seconds:F1}", twin, verdict) |> ignore

    table

/// A report of each entry that ran, in this folder.
let report (folder: string) (seed: int) (all: Both list) : unit =
    Directory.CreateDirectory folder |> ignore

    for both in all do
        match both.FSharp.Result with
        | Ok outcome ->
            let facts = Show.facts outcome @ [ "seconds in all", $"{both.FSharp.Seconds:F1}"; "seed", string seed ]
            Report.Page.write folder both.Entry facts outcome |> ignore
        | Error _ -> ()
