/// What the terminal shows.
module Functional.Examples.Show

open System
open System.Diagnostics
open System.IO
open System.Text.Json
open System.Text.Json.Serialization
open Spectre.Console

/// A number as people read it.
let number (value: float) : string = if value = Math.Round value then $"{value:N0}" else $"{value:F4}"

/// Metrics and timings in words.
let facts (outcome: Outcome) : (string * string) list =
    let words (name: string) = name.Replace('_', ' ')

    [
        for name, value in outcome.Metrics do
            words name, number value

        for name, value in outcome.Timings do
            words name, $"{value:F1}"
    ]

// Lines for a file or a pipe: those that stay, and every five seconds how far the run is.
let private plain (writer: TextWriter) (run: Reporter -> 'a) : 'a =
    let since = Stopwatch.StartNew()

    run
        {
            Tell = writer.WriteLine
            Advance =
                fun part what ->
                    if since.Elapsed.TotalSeconds > 5.0 then
                        since.Restart()
                        writer.WriteLine $"{part, 4:P0} {what}"
        }

// A bar below the lines that stay; it vanishes when the run ends.
let private live (console: IAnsiConsole) (run: Reporter -> 'a) : 'a =
    console
        .Progress()
        .AutoClear(true)
        .Columns(
            ProgressBarColumn(Width = Nullable 30),
            PercentageColumn(),
            RemainingTimeColumn(),
            TaskDescriptionColumn(Alignment = Justify.Left)
        )
        .Start(fun context ->
            let task = context.AddTask("starting", maxValue = 1.0)

            run
                {
                    Tell = console.WriteLine
                    Advance =
                        fun part what ->
                            task.Description <- Markup.Escape what
                            task.Value <- part
                })

let private console toError =
    let writer = if toError then Console.Error else Console.Out
    AnsiConsole.Create(AnsiConsoleSettings(Out = AnsiConsoleOutput writer))

/// Runs with a reporter to the terminal: on standard output, or on standard error.
let running (toError: bool) (run: Reporter -> 'a) : 'a =
    let redirected = if toError then Console.IsErrorRedirected else Console.IsOutputRedirected

    if redirected then
        plain (if toError then Console.Error else Console.Out) run
    else
        live (console toError) run

/// A table of what a run gave.
let summary (outcome: Outcome) : unit =
    let table = Table().RoundedBorder().HideHeaders().AddColumn("name").AddColumn(TableColumn("value").RightAligned())

    for name, value in facts outcome do
        table.AddRow(name, value) |> ignore

    (console false).Write table

/// The run as one JSON object.
let json (entry: Entry) (seed: int) (seconds: float) (outcome: Outcome) : string =
    let options = JsonSerializerOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)

    JsonSerializer.Serialize(
        dict
            [
                "name", box entry.Name
                "seed", box seed
                "data", box outcome.Data
                "seconds", box seconds
                "timings", box (dict outcome.Timings)
                "metrics", box (dict outcome.Metrics)
            ],
        options
    )
