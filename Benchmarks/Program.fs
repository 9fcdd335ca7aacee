/// Side by side with hand-written TorchSharp, in turn, in one process: steps per second and their ratio.
module Program

open System
open System.Diagnostics
open System.Text.Json
open Argu
open Spectre.Console

type Options =
    | Only of name: string
    | Json
    | Rounds of count: int
    | Resident of side: string
    | Steps of count: int

    interface IArgParserTemplate with
        member option.Usage =
            match option with
            | Only _ -> "run this workload alone; without it all are run"
            | Json -> "print one JSON array of { workload, ours, theirs, ratio }, in steps per second"
            | Resident _ -> "print resident memory instead of speed: of both sides, or of ours or theirs"
            | Steps _ -> "the steps for --resident (default 1000)"
            | Rounds _ -> "rounds, at least 7 for a median worth its name (default 9)"

type Result =
    {
        Workload: string
        Ours: float
        OneByOne: float option
        Theirs: float
    }

    member result.Ratio = result.Ours / result.Theirs

let private median (values: float list) = (List.sort values)[values.Length / 2]

let private perSecond steps (run: int -> float) =
    // A short run before the clock starts: no side pays for what the other left in caches and heap.
    run (steps / 4) |> ignore
    let watch = Stopwatch.StartNew()

    if not (Double.IsFinite(run steps)) then
        failwith "the loss is not finite: what was timed is no training"

    float steps / watch.Elapsed.TotalSeconds

let private measure rounds (workload: Workload.Workload) =
    let sides = [ workload.Ours; workload.Theirs ] @ Option.toList workload.OneByOne
    // First without a clock, until the runtime has compiled what is hot for good.
    for _ in 1..3 do
        sides |> List.iter (fun run -> run workload.Steps |> ignore)

    let rates = [ for _ in 1..rounds -> sides |> List.map (perSecond workload.Steps) ]
    let side i = rates |> List.map (List.item i) |> median

    {
        Workload = workload.Name
        Ours = side 0
        Theirs = side 1
        OneByOne = workload.OneByOne |> Option.map (fun _ -> side 2)
    }

let private table (results: Result list) =
    let table = Table()

    for title in [ "workload"; "ours"; "ours, every = 1"; "TorchSharp by hand"; "ratio" ] do
        table.AddColumn title |> ignore

    for result in results do
        let steps (value: float) = $"{value:F0}/s"

        table.AddRow(
            result.Workload,
            steps result.Ours,
            result.OneByOne |> Option.map steps |> Option.defaultValue "",
            steps result.Theirs,
            $"{result.Ratio:F2}"
        )
        |> ignore

    AnsiConsole.Write table

let private parts =
    [
        "add", Overhead.add
        "grad", Overhead.grad
        "adam", Parts.adam
        "loading", Parts.loading
        "rbm", Machines.rbm
        "gibbs", Machines.gibbs
        "recall", Recall.recall
    ]

let private all = Workload.all @ parts

[<EntryPoint>]
let main arguments =
    let parser = ArgumentParser.Create<Options>(programName = "Benchmarks")

    try
        let options = parser.ParseCommandLine arguments

        let wanted =
            match options.TryGetResult Only with
            | None -> all
            | Some name ->
                match List.filter (fst >> (=) name) all with
                | [] ->
                    options.Raise $"""there is no workload '{name}'; there are {String.Join(", ", List.map fst all)}"""
                | found -> found

        let steps = options.GetResult(Steps, 1000)

        match options.TryGetResult Resident with
        | Some "both" ->
            wanted |> List.iter (fun (name, _) -> Resident.compare name steps)
            exit 0
        | Some side ->
            wanted |> List.iter (fun (_, make) -> Resident.side (side = "ours") steps (make ()))
            exit 0
        | None -> ()

        let results = [ for _, make in wanted -> measure (options.GetResult(Rounds, 9)) (make ()) ]

        match Parts.waiting () with
        | Some share -> eprintfn $"loading: the loop waits for data {100.0 * share:F1} %% of its time"
        | None -> ()

        if options.Contains Json then
            [
                for result in results ->
                    {|
                        workload = result.Workload
                        ours = result.Ours
                        theirs = result.Theirs
                        ratio = result.Ratio
                    |}
            ]
            |> JsonSerializer.Serialize
            |> printfn "%s"
        else
            table results

        0
    with :? ArguParseException as error ->
        eprintfn $"{error.Message}"
        2
