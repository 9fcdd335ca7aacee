/// What the terminal shows.
module Functional.Examples.Show

open System
open System.Diagnostics
open System.IO
open System.Text.Json
open System.Text.Json.Serialization
open System.Threading
open System.Threading.Tasks
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

// Lines for a file or a pipe: those that stay, and every ten seconds how far the run is.
let private plain (writer: TextWriter) : struct (Reporter * IDisposable) =
    let gate = obj ()
    let clock, latest = Stopwatch.StartNew(), ref ValueNone

    let say (line: string) =
        writer.WriteLine line
        writer.Flush()

    let tick _ =
        lock gate (fun () ->
            match latest.Value with
            | ValueSome struct (part: float, what) ->
                say $"""{clock.Elapsed.ToString @"h\:mm\:ss"} {part, 5:P0} {what}"""
            | ValueNone -> ())

    let period = TimeSpan.FromSeconds 10.0
    let timer = new Timer(tick, null, period, period)

    struct ({
                Tell = fun line -> lock gate (fun () -> say line)
                Advance = fun part what -> lock gate (fun () -> latest.Value <- ValueSome struct (part, what))
            },
            timer)

// A bar below the lines that stay; it vanishes when the run ends.
let private live (console: IAnsiConsole) : struct (Reporter * IDisposable) =
    let ready, ended = TaskCompletionSource<ProgressTask>(), new ManualResetEventSlim()

    let draw () =
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
                ready.SetResult(context.AddTask("starting", maxValue = 1.0))
                ended.Wait())

    let thread = Thread(draw, IsBackground = true)
    thread.Start()
    let bar = ready.Task.Result

    struct ({
                Tell = console.WriteLine
                Advance =
                    fun part what ->
                        bar.Description <- Markup.Escape what
                        bar.Value <- part
            },
            { new IDisposable with
                member _.Dispose() =
                    ended.Set()
                    thread.Join()
            })

let private console toError =
    let writer = if toError then Console.Error else Console.Out
    AnsiConsole.Create(AnsiConsoleSettings(Out = AnsiConsoleOutput writer))

/// A reporter to the terminal, on standard output or on standard error, and what ends it.
let start (toError: bool) : struct (Reporter * IDisposable) =
    let redirected = if toError then Console.IsErrorRedirected else Console.IsOutputRedirected

    if redirected then
        plain (if toError then Console.Error else Console.Out)
    else
        live (console toError)

/// Runs with a reporter to the terminal: on standard output, or on standard error.
let running (toError: bool) (run: Reporter -> 'a) : 'a =
    let struct (reporter, ending) = start toError
    use _ = ending
    run reporter

/// Writes a table, or whatever else Spectre.Console shows, on standard output or on standard error.
let write (toError: bool) (what: Rendering.IRenderable) : unit = (console toError).Write what

/// A table of what a run gave.
let summary (outcome: Outcome) : unit =
    let table = Table().RoundedBorder().HideHeaders().AddColumn("name").AddColumn(TableColumn("value").RightAligned())

    for name, value in facts outcome do
        table.AddRow(name, value) |> ignore

    write false table

/// The run as one JSON object, with members of one's own at its end.
let jsonWith (more: (string * obj) list) (entry: Entry) (seed: int) (seconds: float) (outcome: Outcome) : string =
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
                yield! more
            ],
        options
    )

/// The run as one JSON object.
let json (entry: Entry) (seed: int) (seconds: float) (outcome: Outcome) : string =
    jsonWith [] entry seed seconds outcome
