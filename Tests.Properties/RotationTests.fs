/// Checkpoints that are kept and those that go, and processes that are killed while they write.
module RotationTests

open System
open System.Diagnostics
open System.IO
open System.Threading
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

// A snapshot whose numbers depend on its step, large enough that writing it takes a while.
let private snapshot size step =
    let x = Random.normal [ size; size ] (Key.child step (Key.ofSeed 41))
    let ps = Node [ "weight", Leaf { Role = Role.Weight; Value = x } ]
    let empty: State = Tree.empty
    Snapshot.create step (Key.ofSeed step) ps empty empty (Tensor.scalar (float step))

let private small = snapshot 2
let private large = snapshot 256
let private at step score = { Path = $"{step}"; Step = step; Score = score }
let private steps (saved: SavedCheckpoint list) = saved |> List.map _.Step

/// Writes checkpoints, over and over into one file or in rotation, and is killed in the middle of one: when that part of the
/// time has gone by that the writes before took.
let child (kind: string) (folder: string) (part: float) =
    let write =
        match kind with
        | "one" ->
            let snapshots = [| large 1; large 2 |]
            fun step -> Checkpoint.save (Path.Combine(folder, "checkpoint")) snapshots[step % 2]
        | _ ->
            let snapshots = [| for step in 0..4 -> large step |]

            fun step ->
                let like = snapshots[step % 5]
                let now = Snapshot.create step like.Key like.Params like.State like.Memory like.Loss
                Rotation.save 2 1 folder (float (step % 3)) now |> ignore

    let clock = Stopwatch()

    let timed step =
        clock.Restart()
        write step
        clock.Elapsed

    let usual = [ for step in 0..12 -> timed step ] |> List.skip 4 |> List.sort |> List.item 4
    use started = new ManualResetEventSlim()

    let kill () =
        started.Wait()

        while clock.Elapsed < part * usual do
            Thread.SpinWait 20

        Process.GetCurrentProcess().Kill()

    Thread(kill, IsBackground = true).Start()
    printfn "writing"
    Console.Out.Flush()
    clock.Restart()
    started.Set()

    for step in Seq.initInfinite ((+) 13) do
        write step

// How many processes are killed for each kind, and how many of them run beside each other.
let private kills, beside = 7, 4

// Children that are killed at moments spread over the time of one write, each with a folder of its own.
let private killed kind (folder: string) : string[] =
    let lot = Random.uniform [ kills ] (Key.ofSeed 42) |> Tensor.toArray

    let start i =
        let own = Directory.CreateDirectory(Path.Combine(folder, string i)).FullName
        let part = (float i + float lot[i]) / float kills
        let part = part.ToString(Globalization.CultureInfo.InvariantCulture)
        let start = childStart [ "child"; "checkpoint"; kind; own; part ]
        start.RedirectStandardOutput <- true
        // A terminal would stop a process that is not its own.
        start.RedirectStandardInput <- true
        own, Process.Start start |> nonNull

    [|
        for wave in Array.chunkBySize beside [| 0 .. kills - 1 |] do
            for own, child in Array.map start wave do
                use child = child
                let said = child.StandardOutput.ReadToEnd()
                child.WaitForExit()
                Expect.stringContains said "writing" "it came to the write"
                // 128 and the number of the signal that no process survives, or -1 where there are no signals.
                Expect.contains [ 137; -1 ] child.ExitCode "it was killed"
                own
    |]

// What writes that were cut off have left.
let private pieces (folders: string[]) =
    folders |> Array.sumBy (fun folder -> Directory.GetFiles(folder, "*.tmp").Length)

let tests =
    testList
        "rotation"
        [
            testProperty "the last and the best stay, and nothing else"
            <| fun (scores: float list) (PositiveInt last) (NonNegativeInt best) ->
                let saved = scores |> List.mapi at
                let gone = Rotation.surplus last best saved |> steps |> Set.ofList
                let kept = saved |> List.filter (fun checkpoint -> not (gone.Contains checkpoint.Step))
                let byStep = List.rev saved
                let count = min scores.Length (last + best)
                Expect.isLessThanOrEqual kept.Length count "at most so many"
                Expect.isGreaterThanOrEqual kept.Length (min scores.Length (max last best)) "at least so many"
                Expect.all (List.truncate last byStep) (fun c -> not (gone.Contains c.Step)) "the last"
                let score (c: SavedCheckpoint) = if Double.IsNaN c.Score then infinity else c.Score

                // Whatever goes, so many others that stay are at least as good.
                for c in saved do
                    if gone.Contains c.Step then
                        let better = kept |> List.filter (fun other -> score other <= score c)
                        Expect.isGreaterThanOrEqual better.Length best "as good ones stay"

            test "of equal scores the later is better, and NaN is the worst" {
                Expect.equal
                    (Rotation.surplus 1 1 [ at 1 0.5; at 2 0.5; at 3 nan ] |> steps)
                    [ 1 ]
                    "2 is best, 3 is last"

                Expect.equal (Rotation.surplus 1 1 [ at 1 nan; at 2 infinity; at 3 0.0 ] |> steps) [ 1; 2 ] "3 is both"

                Expect.equal
                    (Rotation.surplus 1 0 [ at 2 0.0; at 1 0.0; at 3 9.0 ] |> steps)
                    [ 1; 2 ]
                    "in order of steps"

                expectError<ArgumentException> [ "last 0" ] (fun () -> Rotation.surplus 0 1 [] |> ignore)
            }

            test "files: what is kept is there, whole, with its scores; C#'s twins agree" {
                inFolder (fun folder ->
                    let folder = Path.Combine(folder, "run")
                    let scores = [ 5.0; 1.0; 3.0; Double.NaN; 0.1 + 0.2; 4.0 ]

                    for step, score in List.indexed scores do
                        let kept = Rotation.save 2 2 folder score (small step)
                        Expect.equal (string kept) (string (Rotation.list folder)) "what is kept is what is there"

                    let kept = Rotation.list folder
                    Expect.equal (steps kept) [ 1; 4; 5 ] "two best, two last"
                    Expect.equal (kept |> List.map _.Score) [ 1.0; 0.1 + 0.2; 4.0 ] "scores to the last bit"
                    Expect.equal (Directory.GetFiles folder).Length 3 "and no other files"

                    for checkpoint in kept do
                        expectSameSnapshot
                            checkpoint.Path
                            (small checkpoint.Step)
                            (Checkpoint.load checkpoint.Path (small 0))

                    Expect.equal (List.ofSeq (CSharp.Rotation.List folder)) kept "list"

                    Expect.equal
                        (List.ofSeq (CSharp.Rotation.Surplus(kept, 1, 1)))
                        (Rotation.surplus 1 1 kept)
                        "surplus"

                    let last = CSharp.Rotation.Save(small 6, folder, 0.0)
                    Expect.equal (List.ofSeq last |> steps) [ 6 ] "one is best and last")
            }

            test "a strange file in the folder is named, and what others wrote there is left alone" {
                inFolder (fun folder ->
                    File.WriteAllText(Path.Combine(folder, "notes.txt"), "mine")
                    File.WriteAllText(Path.Combine(folder, "step-000000001.safetensors.abc.tmp"), "a piece")
                    Rotation.save 1 1 folder 1.0 (small 2) |> ignore
                    Expect.isTrue (File.Exists(Path.Combine(folder, "notes.txt"))) "left alone"
                    Expect.equal (Directory.GetFiles folder).Length 2 "the piece is gone"
                    let strange = Path.Combine(folder, "step-000000003.safetensors")
                    Checkpoint.save strange (small 3)

                    expectError<InvalidDataException> [ strange; "'score'" ] (fun () -> Rotation.list folder |> ignore))
            }

            test "a process killed at any moment leaves the old file or the new one" {
                inFolder (fun folder ->
                    let folders = killed "one" folder

                    for own in folders do
                        let path = Path.Combine(own, "checkpoint")
                        let found = Checkpoint.load path (large 1)
                        Expect.contains [ 1; 2 ] found.Step "one of the two"
                        expectSameSnapshot own (large found.Step) found

                        for file in Directory.GetFiles own do
                            Expect.isTrue
                                (file = path || file.EndsWith ".tmp")
                                "a piece is beside it, never in its place"

                    Expect.isGreaterThan (pieces folders) 0 "some were killed in the middle of a write")
            }

            test "a process killed at any moment leaves the last and the best of its rotation" {
                inFolder (fun folder ->
                    let folders = killed "rotation" folder

                    for own in folders do
                        let kept = Rotation.list own
                        // One more where it was killed between writing and deleting.
                        Expect.isTrue (kept.Length >= 2 && kept.Length <= 4) $"{kept.Length} files"
                        Expect.contains (kept |> List.map _.Score) 0.0 "one of the best is there"

                        for checkpoint in kept do
                            let found = Checkpoint.load checkpoint.Path (large 0)
                            Expect.equal found.Step checkpoint.Step "its step"
                            let whole = large (checkpoint.Step % 5)
                            expectSameTree "its numbers" (Params.values whole.Params) (Params.values found.Params)

                    Expect.isGreaterThan (pieces folders) 0 "some were killed in the middle of a write")
            }
        ]
