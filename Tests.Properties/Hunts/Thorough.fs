/// Runs the long hunts, one after another, each for its share of the time.
module Thorough

open System
open System.Diagnostics
open System.Threading
open Argu
open Functional.Examples
open Hunt

/// What stands behind --thorough.
[<RequireQualifiedAccess>]
type HuntOption =
    | [<Unique>] Minutes of minutes: float
    | [<Unique>] Seed of seed: int
    | Full
    | [<Unique>] Only of name: string

    interface IArgParserTemplate with
        member option.Usage =
            match option with
            | Minutes _ -> "how long all hunts take together (default 8)"
            | Seed _ -> "the seed of all cases (default from the clock)"
            | Full -> "each hunt makes its full count of cases, however long it takes"
            | Only _ -> "one hunt alone"

/// What became of a hunt.
type private Outcome =
    | Passed of cases: int
    | Failed of why: string

// Runs on a thread of its own, so that a hunt which hangs is a failure and not the end of all.
let private outcome (hunt: Hunt) (budget: Budget) : Outcome =
    let found = ref (Failed "it did not end")

    let run () =
        found.Value <-
            try
                Passed(hunt.Run budget)
            with error ->
                Failed(string error)

    let thread = Thread(run, 16 <<< 20, IsBackground = true)
    thread.Start()

    if budget.Seconds = infinity then
        thread.Join()
    else
        thread.Join(TimeSpan.FromSeconds(2.0 * budget.Seconds + 120.0)) |> ignore

    found.Value

// Whether it passed, told in a line with what repeats it.
let private look (reporter: Reporter) (position: float) (budget: Budget) (again: string) (hunt: Hunt) : bool =
    let clock = Stopwatch.StartNew()

    let progress cases = reporter.Advance position $"{hunt.Name}: {cases:N0} cases, {clock.Elapsed.TotalSeconds:F0} s"

    progress 0
    let outcome = outcome hunt { budget with Progress = progress }
    let took = $"{clock.Elapsed.TotalSeconds:F1} s"

    match outcome with
    | Passed cases ->
        reporter.Tell $"passed {hunt.Name}: {cases:N0} cases, {took}; again with {again}"
        true
    | Failed why ->
        reporter.Tell $"FAILED {hunt.Name} after {took}; again with {again}\n{why}"
        false

/// Runs the hunts that the arguments ask for: 0 if all passed, 1 if one failed, 2 if the arguments are wrong.
let run (hunts: Hunt list) (arguments: string list) : int =
    let parser = ArgumentParser.Create<HuntOption>(programName = "--thorough")
    let names = hunts |> List.map _.Name |> String.concat ", "

    try
        let options = parser.Parse(Array.ofList arguments)
        let minutes = options.GetResult(HuntOption.Minutes, 8.0)

        if not (minutes > 0.0 && minutes < 10_000.0) then
            options.Raise($"--minutes takes a number above 0, not {minutes}", showUsage = false)

        let seed = options.GetResult(HuntOption.Seed, int (DateTime.UtcNow.Ticks % 1_000_000_007L))
        let full = options.Contains HuntOption.Full

        let chosen =
            match options.TryGetResult HuntOption.Only with
            | None -> hunts
            | Some name ->
                match hunts |> List.filter (fun hunt -> hunt.Name = name) with
                | [] -> options.Raise($"there is no hunt '{name}'", showUsage = false)
                | found -> found

        let length = if full then "in full counts" else $"for {minutes} minutes"
        let named = chosen |> List.map _.Name |> String.concat ", "
        printfn $"{chosen.Length} hunts {length} with seed {seed}: {named}"
        let struct (reporter, ending) = Show.start false
        let clock = Stopwatch.StartNew()

        // What an early end leaves over goes to the hunts that follow.
        let rec all position passed (rest: Hunt list) =
            match rest with
            | [] -> passed
            | hunt :: later ->
                let left = max 1.0 (60.0 * minutes - clock.Elapsed.TotalSeconds)

                let budget =
                    {
                        Seed = seed
                        Cases = if full then hunt.Full else Int32.MaxValue
                        Seconds = if full then infinity else left * hunt.Share / List.sumBy _.Share rest
                        Progress = ignore
                    }

                let name = if hunt.Name.Contains ' ' then $"\"{hunt.Name}\"" else hunt.Name
                let again = $"""--thorough --only {name} --seed {seed}{if full then " --full" else ""}"""
                let part = float position / float chosen.Length
                all (position + 1) (passed + Convert.ToInt32(look reporter part budget again hunt)) later

        let passed = using ending (fun _ -> all 0 0 chosen)
        printfn $"hunts: {passed} passed, {chosen.Length - passed} failed"
        if passed = chosen.Length then 0 else 1
    with :? ArguParseException as error ->
        // Argu adds its usage to the message.
        let problem = (error.Message.Split '\n')[0]

        eprintfn
            $"{problem.Trim().TrimEnd('.')}. The hunts are: {names}; the options --minutes, --seed, --full, --only."

        if error.ErrorCode = ErrorCode.HelpText then 0 else 2
