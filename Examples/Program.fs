/// The gallery: each system that the library can build, trained on real data and shown.
module Functional.Examples.Program

open System
open System.Diagnostics
open System.IO
open Argu
open Functional.Examples.Options

let private list () =
    for entry in Gallery.entries do
        printfn $"{entry.Line}"

let private named (options: ParseResults<RunOption>) =
    match options.TryGetResult RunOption.Name with
    | None -> Gallery.main
    | Some name ->
        match Gallery.tryFind name with
        | Some entry -> entry
        | None ->
            let what = if name.StartsWith '-' then "option" else "system"
            options.Raise($"there is no {what} '{name}'", showUsage = false)

// Where the report goes: where it was asked for, and for the main job, run without options, into ./report.
let private reportFolder (entry: Entry) (options: ParseResults<RunOption>) =
    let isName =
        function
        | RunOption.Name _ -> true
        | _ -> false

    match options.TryGetResult RunOption.Out with
    | Some folder -> Some folder
    | None when entry.Name = Gallery.main.Name && List.forall isName (options.GetAllResults()) -> Some "report"
    | None -> None

let private run (options: ParseResults<RunOption>) =
    let entry = named options
    let epochs = options.TryGetResult RunOption.Epochs

    match epochs with
    | Some count when count < 1 ->
        options.Raise($"--epochs takes a number of at least 1, not {count}", showUsage = false)
    | _ -> ()

    if options.Contains RunOption.CSharp && not entry.HasTwin then
        options.Raise($"'{entry.Name}' has no twin in C#", showUsage = false)

    let seed = options.GetResult(RunOption.Seed, 1)
    let asJson = options.Contains RunOption.Json
    let folder = reportFolder entry options
    // A folder that cannot be made is refused before the work.
    folder |> Option.iter (Directory.CreateDirectory >> ignore)

    let request =
        {
            Seed = seed
            Data = options.TryGetResult RunOption.Data
            Epochs = epochs
            Optimizer = options.TryGetResult RunOption.Optimizer
            Quick = options.Contains RunOption.Quick
            CSharp = options.Contains RunOption.CSharp
        }

    let clock = Stopwatch.StartNew()
    let outcome = Show.running asJson (entry.Run request)
    let seconds = clock.Elapsed.TotalSeconds

    if asJson then
        printfn $"{Show.json entry seed seconds outcome}"
    else
        Show.summary outcome

    match folder with
    | None -> ()
    | Some folder ->
        let facts = Show.facts outcome @ [ "seconds in all", $"{seconds:F1}"; "seed", string seed ]
        let path = Report.Page.write folder entry facts outcome
        (if asJson then Console.Error else Console.Out).WriteLine $"Report: {path}"

// 0 if every run ended and both languages agree.
let private all (options: ParseResults<AllOption>) : int =
    let seed, asJson = options.GetResult(AllOption.Seed, 1), options.Contains AllOption.Json

    let request =
        {
            Seed = seed
            Data = options.TryGetResult AllOption.Data
            Epochs = None
            Optimizer = None
            Quick = options.Contains AllOption.Quick
            CSharp = false
        }

    let tell (entry: Entry) (language: string) (ran: All.Ran) =
        match ran.Result with
        | Ok outcome when asJson ->
            printfn $"""{Show.jsonWith [ "language", language :> obj ] entry seed ran.Seconds outcome}"""
        | _ -> ()

    let found = Show.running asJson (fun reporter -> All.run request Gallery.entries reporter tell)
    options.TryGetResult AllOption.Out |> Option.iter (fun folder -> All.report folder seed found)
    Show.write asJson (All.table found)
    let faults = found |> List.filter _.Fault.IsSome |> List.length
    (if asJson then Console.Error else Console.Out).WriteLine $"{found.Length - faults} systems hold, {faults} do not"
    if faults = 0 then 0 else 1

[<EntryPoint>]
let main arguments =
    try
        let command = parse arguments

        match command.TryGetSubCommand() with
        | Some(Command.Run options) ->
            run options
            0
        | Some(Command.All options) -> all options
        | _ ->
            list ()
            0
    with
    | :? ArguParseException as help when help.ErrorCode = ErrorCode.HelpText ->
        printfn $"{help.Message}"
        0
    | :? ArguParseException as error ->
        // Argu adds its usage to the message.
        let problem = (error.Message.Split '\n')[0]
        eprintfn $"{problem.Trim().TrimEnd('.')}. The systems are: {Gallery.names}; --help shows the options."
        2
    | :? ArgumentException
    | :? InvalidOperationException
    | :? InvalidDataException
    | :? IOException
    | :? UnauthorizedAccessException
    | :? DllNotFoundException as error ->
        eprintfn $"{error.Message}"
        1
