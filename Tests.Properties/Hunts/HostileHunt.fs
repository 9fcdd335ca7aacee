/// Hostile calls over the whole API, in processes of 2,000 each.
module HostileHunt

open System
open System.Diagnostics
open System.Text.RegularExpressions
open Expecto
open Support

// More than this of managed memory, or of addresses (in kB, of which .NET and libtorch take seven million to begin with), no call
// needs; nothing is brought from outside.
let private limits =
    [
        "DOTNET_GCHeapHardLimit", "0x30000000"
        "OMP_NUM_THREADS", "1"
        "HTTP_PROXY", "http://127.0.0.1:9"
        "HTTPS_PROXY", "http://127.0.0.1:9"
    ]

let private addresses = 16_000_000

/// Makes so many calls from a seed in a process of its own, with limits of memory and time; fails with what is no refusal.
let calls (seed: int) (cases: int) : unit =
    let child = childStart [ "child"; "hostile"; string seed; string cases ]

    let start =
        if OperatingSystem.IsLinux() then
            let program = child.FileName :: List.ofSeq child.ArgumentList
            startOf "bash" ([ "-c"; $"ulimit -v {addresses}; ulimit -c 0; exec \"$@\""; "bash" ] @ program)
        else
            child

    for name, value in limits do
        start.Environment[name] <- value

    let code, output, errors = run start
    let faults = Regex.Matches(output, @"^(FAULT|HANG).*\n(  .*\n)*", RegexOptions.Multiline)

    if code <> 0 || faults.Count > 0 then
        let shown = faults |> Seq.truncate 5 |> Seq.map _.Value |> String.concat ""
        // The last line of a process that died names the call.
        let last = output[max 0 (output.Length - 300) ..]
        failtest $"seed {seed}, {cases} calls: exit code {code}, {faults.Count} faults\n{shown}…{last}{errors}"

let hunt: Hunt.Hunt =
    let run (budget: Hunt.Budget) =
        let clock, each = Stopwatch.StartNew(), 2000
        let mutable cases = 0

        while Hunt.goesOn clock budget cases do
            calls (budget.Seed + cases) each
            cases <- cases + each
            budget.Progress cases

        cases

    { Name = "hostile"; Full = 200_000; Share = 2.0; Run = run }
