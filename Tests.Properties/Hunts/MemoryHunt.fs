/// Loops of many steps, each in a process of its own, whose resident memory must be flat.
module MemoryHunt

open System
open System.Diagnostics
open Expecto
open Support

// A run, and the peaks of resident memory in bytes after its first half and at its end.
let private runs: (string * (Random -> float * float)) list =
    let peaks arguments =
        match runChild ("child" :: arguments) with
        | 0, output ->
            let lines = output.Trim().Split '\n'
            float lines[0], float lines[1]
        | code, output -> failtest $"the child ended with {code}: {output}"

    let prefetched ahead steps = snd (PrefetchTests.collecting ahead steps)

    [
        for name, _ in MemoryLoops.loops do
            // Small tensors live longer than large ones.
            let steps = if name = "add" then 600_000 else 12_000
            name, (fun random -> peaks [ "loop"; name; string (random.Next(60, 120)); string steps ])
        "training", (fun _ -> peaks [ "training"; "10000" ])
        "batches made ahead",
        (fun random ->
            let ahead = random.Next(1, 6)
            prefetched ahead 500, prefetched ahead 1000)
    ]

/// Runs drawn one after another: the second half of each takes at most a fifth more than the first did.
let hunt: Hunt.Hunt =
    let run (budget: Hunt.Budget) =
        let clock, random = Stopwatch.StartNew(), Random budget.Seed
        let mutable cases = 0

        while Hunt.goesOn clock budget cases do
            // Each comes once before any comes again.
            let order = Array.ofList runs
            random.Shuffle order

            for name, peaks in order do
                if Hunt.goesOn clock budget cases then
                    let half, whole = peaks random
                    expectBelow 1.2 $"{name}, case {cases}: {whole:F0} bytes after {half:F0}" (whole / half)
                    cases <- cases + 1
                    budget.Progress cases

        cases

    { Name = "memory"; Full = 2 * runs.Length; Share = 1.0; Run = run }
