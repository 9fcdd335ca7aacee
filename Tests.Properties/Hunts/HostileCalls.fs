/// Hostile calls of every public member of both assemblies, in a process of its own: each ends in a value or in an exception of
/// the kinds that the documentation names, in bounded time and memory.
module HostileCalls

// What reflection gives may be null almost everywhere.
#nowarn "3261"
#nowarn "3264"

open System
open System.Collections
open System.Diagnostics
open System.IO
open System.Reflection
open System.Threading
open System.Threading.Tasks
open Functional
open Functional.FSharp
open HostileValues

let private secondsEach = 60.0
let private mostResident = 5L <<< 30

// Enumerates a little of what is lazy, asks what is a function, and waits for what is under way.
let rec private explore (values: Values) (value: objnull) : unit =
    match value with
    | null -> ()
    | :? string -> ()
    | :? Task as task -> task.Wait 20_000 |> ignore
    | :? Tensor as x when x.Count > 100_000 -> ()
    | :? Delegate as f when f.Method.GetParameters().Length <= 3 ->
        let arguments = values.Arguments(f.GetType().GetMethod "Invoke" |> nonNull, 6, false)
        f.DynamicInvoke arguments[1..] |> ignore
    | value when Microsoft.FSharp.Reflection.FSharpType.IsFunction(value.GetType()) ->
        let invoke =
            value.GetType().GetMethods()
            |> Array.tryFind (fun m -> m.Name = "Invoke" && m.GetParameters().Length = 1)

        match invoke with
        | Some invoke ->
            let argument =
                (let parameters = invoke.GetParameters() in values.Make(parameters[0].ParameterType, 6, false, ""))

            invoke.Invoke(value, [| argument |]) |> ignore
        | None -> ()
    | :? IEnumerable as items ->
        let walk = items.GetEnumerator()

        try
            let mutable left = 3

            while left > 0 && walk.MoveNext() do
                left <- left - 1
                values.Keep walk.Current
        finally
            match walk with
            | :? IDisposable as walk -> walk.Dispose()
            | _ -> ()
    | value ->
        values.Keep value
        value.ToString() |> ignore

/// Makes so many calls from a seed. Each call is said before it is made: should the process end, the last line names it.
let run (seed: int) (cases: int) (only: string) =
    let folder = Directory.CreateTempSubdirectory "functional-hostile-"
    Directory.SetCurrentDirectory folder.FullName
    let random = Random seed
    let output = Console.Out
    let mutable depth = 0
    let mutable refused, failed, skipped = 0, 0, 0
    let mutable values: Values option = None
    let mutable started = Stopwatch.GetTimestamp()
    let mutable current = ""

    let members = if only = "" then api else api |> Array.filter (fun m -> m.Name.Contains only)

    // What takes more memory than there is may say so where a large number asked for it.
    let isTooMuch (error: exn) (arguments: objnull[]) =
        (error.GetBaseException() :? OutOfMemoryException)
        && arguments
           |> Array.exists (function
               | :? int as n -> n > 50_000
               | :? (int[]) -> true
               | _ -> false)

    let fault (what: string) (error: exn) =
        failed <- failed + 1
        let cause = error.GetBaseException()
        output.WriteLine $"FAULT {what}: {cause.GetType().Name}: {cause.Message}"

        for line in (string cause.StackTrace).Split '\n' |> Array.truncate 6 do
            output.WriteLine $"  {line.Trim()}"

    let rec call (case: int) =
        let values = values.Value
        let m = members[random.Next members.Length]

        let made =
            try
                let closed = values.Close(m, null)
                Some(closed, values.Arguments(closed, 0, m.TakesNull))
            with
            | NoValue _ ->
                skipped <- skipped + 1
                None
            | error ->
                if not (allowed error) then
                    fault $"making arguments of {m.Name}" error

                None

        match made with
        | None -> ()
        | Some(closed, arguments) ->
            let shown = String.Join(", ", arguments[1..] |> Array.map show)

            if depth = 0 then
                current <- $"{case} {m.Name}({shown})"
                output.WriteLine current
                started <- Stopwatch.GetTimestamp()

            try
                explore values (values.Call(closed, arguments))
            with
            | error when allowed error || isTooMuch error arguments -> refused <- refused + 1
            | error -> fault $"{m.Name}({shown})" error

    and show (value: objnull) : string =
        match value with
        | null -> "null"
        | :? Tensor as x -> string x
        | :? string as text -> if text.Length > 20 then text[..20] + "…" else $"'{text}'"
        | :? Array as items -> $"{items.GetType().Name}({items.Length})"
        | :? IFormattable as number -> number.ToString(null, Globalization.CultureInfo.InvariantCulture)
        | other -> other.GetType().Name

    let enter () =
        depth <- depth + 1

        try
            call -1
        finally
            depth <- depth - 1

    let watch () =
        while true do
            Thread.Sleep 500
            let seconds = Stopwatch.GetElapsedTime(Volatile.Read &started).TotalSeconds
            let resident = Environment.WorkingSet

            if seconds > secondsEach || resident > mostResident then
                Console.Out.WriteLine $"HANG after {seconds:F0} s, {resident >>> 20} MB: {current}"
                Console.Out.Flush()
                Process.GetCurrentProcess().Kill()

    let work () =
        values <- Some(Values(seed, enter))
        started <- Stopwatch.GetTimestamp()
        Thread(watch, IsBackground = true).Start()

        for case in 1..cases do
            if case % 100 = 0 then
                values.Value.EndElsewhere()

            if random.Next 4 = 0 then Scope.value (fun () -> call case) else call case

            if Threads.count () <> 1 then
                Threads.set 1

            if not (Directory.Exists "folder") then
                Directory.CreateDirectory "folder" |> ignore

    let thread = Thread(work, 1 <<< 20)
    thread.Start()
    thread.Join()
    Directory.SetCurrentDirectory "/"
    folder.Delete true
    printfn $"{cases} calls, {refused} refused, {failed} faults, {skipped} without values"
