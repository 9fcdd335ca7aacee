/// What a run of the tests shows: how far it is and the list at work, each failure at once and again at the end, and the slowest.
module TestProgress

open System
open System.Collections.Concurrent
open System.Threading
open Expecto
open Expecto.Impl
open Functional.Examples

// The list that a test belongs to: the second part of "Functional.memory.…", for the first is the name of all.
let private listOf (name: string) =
    match name.Split '.' with
    | parts when parts.Length > 2 -> parts[1]
    | parts -> parts[0]

let private seconds (time: TimeSpan) = $"{time.TotalSeconds:F1} s"

/// One run of tests, told to the terminal.
type private Run(tests: Test) =
    let count = Test.toTestCodeList tests |> List.length
    let failures, times = ConcurrentQueue<string>(), ConcurrentBag<struct (string * TimeSpan)>()
    let struct (reporter, ending) = Show.start false
    let mutable ended = 0

    let ends name time =
        times.Add(struct (name, time))
        Interlocked.Increment &ended |> ignore

    member _.Tell line = reporter.Tell line

    member _.Begins(name: string) =
        reporter.Advance (float ended / float (max 1 count)) $"{ended:N0} of {count:N0} tests, at {listOf name}"

    member _.Passes name time = ends name time

    member _.Ignores name (why: string) =
        ends name TimeSpan.Zero
        reporter.Tell $"ignored {name}: {why}"

    member _.Fails name (message: string) time =
        ends name time
        failures.Enqueue name
        reporter.Tell $"FAILED {name} after {seconds time}\n{message}"

    /// The bar goes; the slowest tests and the names of the failed ones come.
    member _.Ends() =
        ending.Dispose()
        let slow = times |> Seq.sortByDescending (fun (struct (_, time)) -> time) |> Seq.truncate 10 |> List.ofSeq

        if count > slow.Length then
            printfn "The slowest:"

            for struct (name, time) in slow do
                printfn $"{seconds time, 9}  {name}"

        for name in failures do
            printfn $"FAILED {name}"

/// Tells a run to the terminal; counts and exit code stay Expecto's own.
let printer () : TestPrinters =
    let current: Run option ref = ref None
    let tell (what: Run -> unit) = async { Option.iter what current.Value }

    { TestPrinters.silent with
        beforeRun = fun tests -> async { current.Value <- Some(Run tests) }
        beforeEach = fun name _ -> tell (fun run -> run.Begins name)
        info = fun line -> tell (fun run -> run.Tell line)
        passed = fun name time -> tell (fun run -> run.Passes name time)
        ignored = fun name why -> tell (fun run -> run.Ignores name why)
        failed = fun name message time -> tell (fun run -> run.Fails name message time)
        exn = fun name error time -> tell (fun run -> run.Fails name (string error) time)
        summary =
            fun config summary ->
                async {
                    do! tell (fun run -> run.Ends())
                    do! TestPrinters.defaultPrinter.summary config summary
                }
    }
