/// What is run in loops holds nothing back and leaves little to be collected.
module MemoryTests

open Expecto
open Functional
open Functional.FSharp
open Support
open MemoryLoops

/// What came of a piece of work, and what each run of it did to memory.
type private Measured = { Value: float; Uses: MemoryUse.Use list }

let private once (run: unit -> float) : Measured =
    let value = ref nan
    let used = MemoryUse.watched (fun () -> value.Value <- run ())
    { Value = value.Value; Uses = [ used ] }

// A leak is seen in two runs, what is made once and kept in one of them only.
let private twice (run: unit -> float) : Measured =
    let first = once run
    let second = once run
    { Value = second.Value; Uses = first.Uses @ second.Uses }

let private additions = [ 8, 500_000; 40, 80_000; 100, 12_800 ]
let private loopSteps, trainingSteps, snapshotSteps, batchSteps = 150, 150, 300, 100
let private kept name keepOneIn = $"snapshots, {name}, of which one in {keepOneIn} is kept"
let private ahead count = $"batches made {count} ahead"

// All that is measured, by name. The work is done a while before, so that what is made once is there.
let private works: (string * (unit -> Measured)) list =
    let discard (work: unit -> unit) () =
        work ()
        0.0

    [
        for size, steps in additions do
            let x = square size

            let go () =
                for _ in 1..steps do
                    x + x |> ignore

            $"additions of {size}", (fun () -> once (discard go))
        for name, step in loops.Tail do
            let x = square 100
            let last = ref x

            let go steps =
                for i in 1..steps do
                    last.Value <- step i x

            name,
            (fun () ->
                go 40
                twice (discard (fun () -> go loopSteps)))
        "training",
        (fun () ->
            train 40
            twice (discard (fun () -> train trainingSteps)))
        for name, transform in TrainingTests.transforms do
            for keepOneIn in [ 0; 10 ] do
                let run () = float (TrainingTests.keeping keepOneIn snapshotSteps transform)

                kept name keepOneIn,
                (fun () ->
                    TrainingTests.keeping 0 20 transform |> ignore
                    twice run)
        for count in [ 0; 4 ] do
            ahead count,
            (fun () ->
                PrefetchTests.trained count 10 |> ignore
                twice (fun () -> PrefetchTests.trained count batchSteps))
        for name, sum in sums do
            name, (fun () -> once sum)
    ]

/// Measures all, in a process in which nothing else runs and nothing was kept before: a line for each.
let measure () =
    for name, work in works do
        let measured = work ()
        let uses = [ for found in measured.Uses -> $"\t{found.Held}\t{found.Peak}" ] |> String.concat ""
        printfn $"{name}\t{measured.Value:R}{uses}"

let private measured: Lazy<Map<string, Measured>> =
    lazy
        (match runChild [ "child"; "memory" ] with
         | 0, output ->
             Map
                 [
                     for line in output.Trim().Split '\n' do
                         match List.ofArray (line.Split '\t') with
                         | name :: value :: numbers ->
                             let uses: MemoryUse.Use list =
                                 [
                                     for pair in List.chunkBySize 2 numbers ->
                                         { Held = int64 pair[0]; Peak = int64 pair[1] }
                                 ]

                             name, { Value = float value; Uses = uses }
                         | _ -> ()
                 ]
         | code, output -> failtest $"the child ended with {code}: {output}")

let private held (name: string) = measured.Value[name].Uses |> List.map _.Held |> List.min
let private peak (name: string) = measured.Value[name].Uses |> List.map _.Peak |> List.max

let private expectAtMost (limit: int64) what (found: int64) = Expect.isLessThanOrEqual found limit $"bytes {what}"

let tests =
    testList
        "memory"
        [
            for size, _ in additions do
                test $"additions of {size}×{size} leave at most 64 MB to be collected, of 512 MB" {
                    expectAtMost (64L <<< 20) "in use" (peak $"additions of {size}")
                }

            for name, _ in loops.Tail do
                test $"{name}: a loop over 100×100 numbers holds nothing back" {
                    // A tensor has 40 kB; a leak of 2 kB a step is seen.
                    expectAtMost (int64 loopSteps * 2048L) "held afterwards" (held name)
                    expectAtMost (48L <<< 20) "in use" (peak name)
                }

            test "a step of training frees what it made: conv, batch norm, ReLU, pool, dropout, twice" {
                // A step makes some 2 MB; a leak of 2 kB a step is seen.
                expectAtMost (int64 trainingSteps * 2048L) "held afterwards" (held "training")
                expectAtMost (16L <<< 20) "in use" (peak "training")
            }

            for name, _ in TrainingTests.transforms do
                test $"snapshots that nobody keeps are freed, and nothing else is held ({name})" {
                    for keepOneIn in [ 0; 10 ] do
                        let name = kept name keepOneIn
                        let bytes = int64 measured.Value[name].Value
                        Expect.equal (bytes > 20_000_000L) (keepOneIn > 0) "bytes kept"
                        // Snapshots of 246 MB are made. A leak of 4 kB a step is seen.
                        expectAtMost (int64 snapshotSteps * 4096L) "held afterwards" (held name)
                        expectAtMost (bytes + bytes / 8L + (80L <<< 20)) "in use" (peak name)
                }

            test "batches made ahead are freed, and little more is in use than without" {
                let fetched, without = ahead 4, ahead 0

                Expect.equal measured.Value[fetched].Value measured.Value[without].Value "the same loss, to the bit"

                // A batch that stays would show as 2 MB a step, what it is cut from as as much again.
                expectAtMost (int64 batchSteps * 4096L) "held afterwards" (held fetched)
                // Five batches with all that they came from, 6.3 MB each.
                expectAtMost 32_000_000L "in use more than without" (peak fetched - peak without)
            }

            for name, _ in sums do
                test $"{name}: the sum uses at most 200 MB" {
                    let value = measured.Value[name].Value
                    expectAtMost (200L <<< 20) "in use" (peak name)
                    Expect.isTrue (abs value < infinity) "the sum itself"

                    if name = hidden22 then
                        let _, parts = halves 24 22
                        let apart = parts |> List.sumBy (fun (struct (rbm, ps)) -> Rbm.logPartition rbm ps)
                        expectClose 1e-10 "ln Z is that of both halves" [| apart |] [| value |]
                }
        ]
    |> testSequencedGroup "memory"
