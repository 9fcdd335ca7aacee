/// Checkpoints that are kept and those that go, and folders with damaged ones.
module RotationTests

open System
open System.IO
open System.Threading
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

// A snapshot whose numbers depend on its step.
let private small step =
    let x = Random.normal [ 2; 2 ] (Key.child step (Key.ofSeed 41))
    let ps = Node [ "weight", Leaf { Role = Role.Weight; Value = x } ]
    let empty: State = Tree.empty
    Snapshot.create step (Key.ofSeed step) ps empty empty (Tensor.scalar (float step))

let private at step score = { Path = $"{step}"; Step = step; Score = score; Problem = null }
let private steps (saved: SavedCheckpoint list) = saved |> List.map _.Step

// Damages a file in the middle of its tensors.
let private damage (path: string) =
    let bytes = File.ReadAllBytes path
    bytes[bytes.Length - 3] <- bytes[bytes.Length - 3] ^^^ 1uy
    File.WriteAllBytes(path, bytes)

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

            test "a strange file in the folder is marked, and what others wrote there is left alone" {
                inFolder (fun folder ->
                    File.WriteAllText(Path.Combine(folder, "notes.txt"), "mine")
                    let piece = Path.Combine(folder, "step-000000001.safetensors.abc.tmp")
                    File.WriteAllText(piece, "a piece")
                    Rotation.save 1 1 folder 1.0 (small 2) |> ignore
                    Expect.isTrue (File.Exists piece) "a process may still write it"
                    File.SetLastWriteTimeUtc(piece, DateTime.UtcNow.AddMinutes -2.0)

                    do
                        use _ = new FileStream(piece, FileMode.Open, FileAccess.ReadWrite, FileShare.None)
                        Rotation.save 1 1 folder 1.0 (small 2) |> ignore
                        Expect.isTrue (File.Exists piece) "a process holds it"

                    Rotation.save 1 1 folder 1.0 (small 2) |> ignore
                    Expect.isTrue (File.Exists(Path.Combine(folder, "notes.txt"))) "left alone"
                    Expect.equal (Directory.GetFiles folder).Length 2 "the piece is gone"
                    let strange = Path.Combine(folder, "step-000000003.safetensors")
                    Checkpoint.save strange (small 3)

                    let marked = List.last (Rotation.list folder)
                    Expect.equal (marked.Path, marked.Step, Double.IsNaN marked.Score) (strange, 3, true) "its name"
                    Expect.stringStarts (string marked.Problem) $"{strange}: " "the file"
                    Expect.stringContains (string marked.Problem) "'score'" "what is wrong with it")
            }

            test "the latest sound checkpoint is gone on from, and the damaged ones are named" {
                inFolder (fun folder ->
                    Expect.isNone (Rotation.latest folder (small 0)) "no checkpoint"
                    Expect.isNone (Rotation.latest (Path.Combine(folder, "missing")) (small 0)) "no folder"
                    let path step = Path.Combine(folder, $"step-{step:d9}.safetensors")

                    for step in 1..5 do
                        Rotation.save 9 0 folder 1.0 (small step) |> ignore

                    let latest () = Rotation.latest folder (small 0) |> Option.get
                    Expect.isEmpty (latest ()).PassedOver "none is damaged"
                    expectSameSnapshot "the last" (small 5) (latest ()).Snapshot
                    // A bit of a number, an empty file, and a file that is cut short.
                    damage (path 5)
                    File.WriteAllBytes(path 4, [||])
                    File.WriteAllBytes(path 1, (File.ReadAllBytes(path 1))[..100])
                    let found = latest ()
                    Expect.equal (found.Checkpoint.Step, found.Checkpoint.Path) (3, path 3) "the last sound one"
                    expectSameSnapshot "its numbers" (small 3) found.Snapshot
                    Expect.equal [ for c in found.PassedOver -> c.Path ] [ path 5; path 4; path 1 ] "passed over"

                    for c in found.PassedOver do
                        Expect.stringStarts (string c.Problem) $"{c.Path}: " "why"

                    Expect.stringContains (string found.PassedOver[0].Problem) "damaged" "a bit"
                    let csharp = CSharp.Rotation.Latest(folder, small 0) |> nonNull
                    expectSameSnapshot "C#" found.Snapshot csharp.Snapshot
                    Expect.isNull (CSharp.Rotation.Latest(Path.Combine(folder, "missing"), small 0)) "C#: no folder"
                    // The next save counts the sound ones alone, and leaves the damaged ones where they are.
                    let kept = Rotation.save 2 0 folder 1.0 (small 6)

                    Expect.equal
                        [ for c in kept -> c.Step, isNull c.Problem ]
                        [ 1, false; 4, false; 5, true; 6, true ]
                        "kept"

                    Expect.equal (string kept) (string (Rotation.list folder)) "what is kept is what is there"

                    for step in 1..6 do
                        if step <> 2 && step <> 3 then
                            File.WriteAllText(path step, "no checkpoint")

                    expectError<InvalidDataException> [ folder; "no checkpoint"; path 6; "and 3 more" ] (fun () ->
                        Rotation.latest folder (small 0) |> ignore))
            }

            test "several that save into one folder do not disturb each other" {
                inFolder (fun folder ->
                    let errors = System.Collections.Concurrent.ConcurrentQueue<exn>()

                    let saver first () =
                        try
                            for n in 0..39 do
                                Rotation.save 2 1 folder (float (n % 7)) (small (first + 3 * n)) |> ignore
                                Rotation.latest folder (small 0) |> ignore
                        with error ->
                            errors.Enqueue error

                    let threads = [ for first in 0..2 -> Thread(saver first) ]
                    threads |> List.iter _.Start()
                    threads |> List.iter _.Join()
                    Expect.isEmpty errors "none failed"
                    Expect.isEmpty (Directory.GetFiles(folder, "*.tmp")) "nothing is left beside them"
                    Expect.isGreaterThanOrEqual (Rotation.list folder).Length 2 "the last are there"
                    Expect.isTrue (Rotation.list folder |> List.forall (fun c -> isNull c.Problem)) "and sound")
            }
        ]
