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

/// Writes checkpoints without end, until it is killed: over and over into one file, or in rotation.
let child (kind: string) (folder: string) =
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

    // Without its parent, whose end closes the input, it would never stop.
    let orphaned () =
        Console.In.ReadToEnd() |> ignore
        exit 1

    Thread(orphaned, IsBackground = true).Start()
    write 0
    printfn "ready"

    for step in Seq.initInfinite ((+) 1) do
        write step

// Runs the child and kills it so many milliseconds after its first file is written.
let private killedAfter (milliseconds: int) kind folder =
    let start = childStart [ "child"; "checkpoint"; kind; folder ]
    start.RedirectStandardOutput <- true
    start.RedirectStandardInput <- true
    use child = Process.Start start |> nonNull

    try
        Expect.stringContains (string (child.StandardOutput.ReadLine())) "ready" "the first file is written"
        Thread.Sleep milliseconds
        Expect.isFalse child.HasExited "it is writing still"
    finally
        child.Kill()
        child.WaitForExit()

// Moments to kill at, in milliseconds.
let private moments seed =
    Random.uniform [ 4 ] (Key.ofSeed seed) |> Tensor.toArray |> Array.map (fun u -> int (60f * u))

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
                    let path = Path.Combine(folder, "checkpoint")

                    for milliseconds in moments 42 do
                        killedAfter milliseconds "one" folder
                        let found = Checkpoint.load path (large 1)
                        Expect.contains [ 1; 2 ] found.Step "one of the two"
                        expectSameSnapshot $"killed after {milliseconds} ms" (large found.Step) found

                    for file in Directory.GetFiles folder do
                        Expect.isTrue (file = path || file.EndsWith ".tmp") "a piece is beside it, never in its place")
            }

            test "a process killed at any moment leaves the last and the best of its rotation" {
                inFolder (fun folder ->
                    for milliseconds in moments 43 do
                        // Each run begins at step 0 in a folder of its own.
                        let folder = Path.Combine(folder, string milliseconds)
                        killedAfter milliseconds "rotation" folder
                        let kept = Rotation.list folder
                        // One more where it was killed between writing and deleting.
                        Expect.isTrue (kept.Length >= 1 && kept.Length <= 4) $"{kept.Length} files"
                        Expect.contains (kept |> List.map _.Score) 0.0 "one of the best is there"

                        for checkpoint in kept do
                            let found = Checkpoint.load checkpoint.Path (large 0)
                            Expect.equal found.Step checkpoint.Step "its step"
                            let whole = large (checkpoint.Step % 5)
                            expectSameTree "its numbers" (Params.values whole.Params) (Params.values found.Params))
            }
        ]
