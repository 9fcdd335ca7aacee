/// Processes that end, wait, nest and share tensors between threads, each in a process of its own.
module ProcessTests

open System
open System.Diagnostics
open System.Text.RegularExpressions
open Expecto
open Functional
open Functional.FSharp
open Support

// The words that a child printed in its last line.
let private wordsOf (arguments: string list) : string[] =
    match runChild ("child" :: arguments) with
    | 0, output -> output.Trim().Split('\n') |> Array.last |> _.Split(' ')
    | code, output -> failtest $"{arguments}: exit code {code}: {output}"

// Ends a process while others of its threads compute, and looks at its exit code.
let private leaves (way: string) (work: int) (milliseconds: int) =
    let code, output = runChild [ "child"; "leave"; way; string work; string milliseconds ]
    let name = fst ProcessChildren.works[work]
    // 134 is the exit code of an unhandled exception.
    let expected = if way = "throw" then 134 else 7
    Expect.equal code expected $"{way} beside {name} after {milliseconds} ms: {output}"
    Expect.stringContains output "leaving" "what was printed before"

let private ways = [| "return"; "exit"; "thread"; "throw" |]

let private scopes (seed: int) (rounds: int) : int =
    match wordsOf [ "scopes"; string seed; string rounds ] with
    | [| used; "used,"; refused; "refused" |] ->
        Expect.isGreaterThan (int used) 0 "tensors were used"
        int refused
    | words -> failtest $"{words}"

let private processes =
    testList
        "processes"
        [
            for way, work in [ "return", 0; "exit", 1; "thread", 2; "throw", 3 ] do
                test $"its own exit code, whatever other threads compute: {way}" { leaves way work 300 }

            test "an allocation does not wait for finalizers that wait for a lock of its thread" {
                match wordsOf [ "finalizers" ] with
                | [| "True"; seconds |] -> expectBelow 20.0 "seconds" (float seconds)
                | words -> failtest $"{words}"
            }

            test "the threads of walks that are forgotten end" {
                match wordsOf [ "prefetched"; "60" ] with
                | [| "60"; most; alive |] ->
                    expectBelow 30.0 "threads at once" (float most)
                    Expect.equal alive "0" "threads at the end"
                | words -> failtest $"{words}"
            }

            test "a scope that ends while other threads use its tensors: an ObjectDisposedException, or right numbers" {
                Expect.isGreaterThan (scopes 1 500) 0 "some came too late"
            }

            test "what is nested deeper than a stack has room for is refused" {
                let code, output = runChild [ "child"; "nests" ]
                Expect.equal code 0 output
                let lines = output.Trim().Split '\n'
                Expect.equal (Array.last lines) "all" "it came to its end"

                for line in lines[.. lines.Length - 2] do
                    Expect.isTrue (Regex.IsMatch(line, ": (done|refused, .+)$")) line

                let refused = lines |> Array.filter _.Contains(": refused, ")
                Expect.isGreaterThan refused.Length 25 "most of them"
            }
        ]

/// What depends on the number of threads that libtorch shares an operation among, as the documentation of `Threads` says.
let private depending =
    let sums = [ "sum"; "mean"; "var"; "norm"; "prod"; "logsumexp"; "dot" ]
    let products = [ "matmul"; "einsum"; "inv"; "svd"; "dense, its weights" ]
    set (sums @ products @ [ "conv2d, its weights"; "batchNorm"; "layerNorm"; "groupNorm"; "an MLP" ])

let private threads =
    let bits (count: int) =
        match runChild [ "child"; "threads"; string count ] with
        | 0, output ->
            let lines = output.Trim().Split '\n'
            Expect.equal lines[0] $"threads {count} {count}" "the number on this thread and on another"
            [ for line in lines[1..] -> let at = line.LastIndexOf ' ' in line[.. at - 1], line[at + 1 ..] ]
        | code, output -> failtest $"exit code {code}: {output}"

    testList
        "threads"
        [
            test "bits depend on the number of threads where the documentation says so, and nowhere else" {
                let found = [| 1; 2; 2 |] |> Array.Parallel.map bits
                Expect.equal found[2] found[1] "the same number, the same bits"

                for (name, one), (_, more) in List.zip found[0] found[1] do
                    if not (depending.Contains name) then
                        Expect.equal more one $"{name} has the same bits for any number of threads"
            }

            test "the number is read and set, in both languages; a wrong one is refused" {
                let before = Threads.count ()

                try
                    Threads.set 2
                    Expect.equal CSharp.Threads.Count 2 "C# reads it"
                    CSharp.Threads.Set 1
                    Expect.equal (Threads.count ()) 1 "F# reads it"
                finally
                    Threads.set before

                for wrong in [ 0; -1; Int32.MaxValue; Int32.MinValue ] do
                    expectError<ArgumentOutOfRangeException> [ "from 1 to"; string wrong ] (fun () -> Threads.set wrong)
                    expectError<ArgumentOutOfRangeException> [ "from 1 to" ] (fun () -> CSharp.Threads.Set wrong)

                Expect.equal (Threads.count ()) before "as before"
            }
        ]

/// Processes that end while their threads compute.
let exits: Hunt.Hunt =
    let run (budget: Hunt.Budget) =
        let clock, random = Stopwatch.StartNew(), Random budget.Seed
        let mutable cases = 0

        while Hunt.goesOn clock budget cases do
            leaves ways[random.Next ways.Length] (random.Next ProcessChildren.works.Length) (random.Next(100, 800))
            cases <- cases + 1
            budget.Progress cases

        cases

    { Name = "exits"; Full = 200; Share = 0.7; Run = run }

/// Scopes that end while other threads use their tensors.
let shared: Hunt.Hunt =
    let run (budget: Hunt.Budget) =
        let clock = Stopwatch.StartNew()
        let mutable cases = 0

        while Hunt.goesOn clock budget cases do
            scopes (budget.Seed + cases) 2000 |> ignore
            cases <- cases + 2000
            budget.Progress cases

        cases

    { Name = "scopes"; Full = 200_000; Share = 0.5; Run = run }

/// All operations beside a thread that allocates and collects: the same bits.
let stress: Hunt.Hunt =
    let run (budget: Hunt.Budget) =
        let clock = Stopwatch.StartNew()
        let mutable cases = 0

        while Hunt.goesOn clock budget cases do
            let left = Math.Clamp(budget.Seconds - clock.Elapsed.TotalSeconds, 5.0, 60.0)
            let seconds = left.ToString(Globalization.CultureInfo.InvariantCulture)
            let code, output = runChild [ "child"; "stress"; seconds ]
            Expect.equal code 0 output
            Expect.stringContains output "the same bits" output
            cases <- cases + 1
            budget.Progress cases

        cases

    { Name = "stress"; Full = 3; Share = 0.7; Run = run }

let tests =
    testList
        "processes and threads"
        [
            processes
            threads
            test "hostile calls over the whole API: values or refusals" { HostileHunt.calls 1 300 }
        ]
