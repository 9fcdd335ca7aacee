/// Resident memory of each side of a workload, in a process of its own.
module Resident

open System
open System.Diagnostics

let private mebibytes () =
    use here = Process.GetCurrentProcess()
    here.Refresh()
    here.WorkingSet64 / 1048576L

/// Runs one side in ten parts of so many steps and prints the resident memory after each, in MiB.
let side (ours: bool) (steps: int) (workload: Workload.Workload) =
    let run = if ours then workload.Ours else workload.Theirs

    for _ in 1..10 do
        run (steps / 10) |> ignore
        printfn $"{mebibytes ()}"

/// Runs both sides in processes of their own: the resident memory after each tenth, in MiB.
let compare (name: string) (steps: int) =
    for side in [ "ours"; "theirs" ] do
        let start = ProcessStartInfo(string Environment.ProcessPath, RedirectStandardOutput = true)
        let program = Reflection.Assembly.GetExecutingAssembly().Location

        if IO.Path.GetFileNameWithoutExtension(string Environment.ProcessPath) = "dotnet" then
            start.ArgumentList.Add program

        for argument in [ "--resident"; side; "--only"; name; "--steps"; string steps ] do
            start.ArgumentList.Add argument

        match Process.Start start with
        | null -> failwith $"the side '{side}' did not start"
        | child ->
            let output = child.StandardOutput.ReadToEnd()
            child.WaitForExit()
            let tenths = output.Trim().Replace('\n', ' ')
            printfn $"{name}, {side}, {steps} steps: {tenths} MiB"
