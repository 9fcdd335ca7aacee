/// Processes that are killed while they save: the file is the old one or the new one, the folder has its last and its best, and
/// training goes on from there to the same bits.
module KillHunt

open System
open System.Diagnostics
open System.Globalization
open System.IO
open System.Threading
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Hunt
open Support

// A snapshot whose numbers depend on its step, large enough that writing it takes a while.
let private snapshot step =
    let x = Random.normal [ 256; 256 ] (Key.child step (Key.ofSeed 41))
    let ps = Node [ "weight", Leaf { Role = Role.Weight; Value = x } ]
    let empty: State = Tree.empty
    Snapshot.create step (Key.ofSeed step) ps empty empty (Tensor.scalar (float step))

// ---- a run that is interrupted

let private key = Key.ofSeed 43
let private network = dense 64 256 --> relu --> dropout 0.1 --> dense 256 4
let private rule = Rule.ofLoss Loss.crossEntropy network
let private adam = Optimizer.adam (Schedule.constant 0.01)
let private data = lazy Dataset.create (Random.normal [ 60; 64 ] key) (Tensor.ofInts [ for i in 0..59 -> i % 4 ])
let private steps = 40
let private start = lazy Training.start rule adam key

// Goes on from the last checkpoint of a folder, or begins; each other snapshot is saved.
let private train (folder: string) : Snapshot =
    let from =
        match Rotation.latest folder start.Value with
        | Some found -> found.Snapshot
        | None -> start.Value

    let batches = Dataset.batches 8 100 key data.Value |> Batches.take steps

    Training.run 2 rule adam batches from
    |> Seq.map (fun snapshot ->
        Rotation.save 2 1 folder (Tensor.toFloat snapshot.Loss) snapshot |> ignore
        snapshot)
    |> Seq.fold (fun _ snapshot -> snapshot) from

let private whole =
    lazy
        (Training.run steps rule adam (Dataset.batches 8 100 key data.Value |> Batches.take steps) start.Value
         |> Seq.last)

// ---- the process that is killed

// What is done over and over, the n-th time.
let private work (kind: string) (folder: string) : int -> unit =
    match kind with
    | "one" ->
        let snapshots = [| snapshot 1; snapshot 2 |]
        fun n -> Checkpoint.save (Path.Combine(folder, "checkpoint")) snapshots[n % 2]
    | "rotation" ->
        let snapshots = [| for step in 0..4 -> snapshot step |]

        fun n ->
            let like = snapshots[n % 5]
            let now = Snapshot.create n like.Key like.Params like.State like.Memory like.Loss
            Rotation.save 2 1 folder (float (n % 3)) now |> ignore
    | _ ->
        // All but the last are in folders that nobody looks at.
        fun n -> if n < 13 then inFolder (train >> ignore) else train folder |> ignore

/// Does its work, over and over, and is killed in the middle of one: when that part of the time has gone by that it took before.
let child (kind: string) (folder: string) (part: float) =
    let work = work kind folder
    let clock = Stopwatch()

    let timed n =
        clock.Restart()
        work n
        clock.Elapsed

    let usual =
        [ for n in (if kind = "training" then 10 else 0) .. 12 -> timed n ]
        |> List.rev
        |> List.truncate 9
        |> List.sort

    let usual = usual[usual.Length / 2]
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

    for n in Seq.initInfinite ((+) 13) do
        work n

// ---- what must hold afterwards

let private kinds = [| "one"; "rotation"; "training" |]

let private expectOne name own =
    let path = Path.Combine(own, "checkpoint")
    let found = Checkpoint.load path (snapshot 1)
    Expect.contains [ 1; 2 ] found.Step $"{name}: one of the two"
    expectSameSnapshot name (snapshot found.Step) found

    for file in Directory.GetFiles own do
        Expect.isTrue (file = path || file.EndsWith ".tmp") $"{name}: a piece is beside it, never in its place"

let private expectRotation name own =
    let kept = Rotation.list own
    // One more where it was killed between writing and deleting.
    Expect.isTrue (kept.Length >= 2 && kept.Length <= 4) $"{name}: {kept.Length} files"
    Expect.contains (kept |> List.map _.Score) 0.0 $"{name}: one of the best is there"

    for checkpoint in kept do
        Expect.isNull checkpoint.Problem $"{name}: each is sound"
        let found = Checkpoint.load checkpoint.Path (snapshot 0)
        Expect.equal found.Step checkpoint.Step $"{name}: its step"
        expectSameTree name (Params.values (snapshot (checkpoint.Step % 5)).Params) (Params.values found.Params)

let private expectTraining name own =
    match Rotation.latest own start.Value with
    | Some found -> Expect.isEmpty found.PassedOver $"{name}: none is damaged"
    | None -> ()

    expectSameSnapshot name whole.Value (train own)

// One process is killed at a moment drawn from seed and case: how many pieces it left.
let private killOne (seed: int) (case: int) : int =
    let kind = kinds[case % kinds.Length]
    let part = (randomOf seed case).NextDouble()
    let name = $"seed {seed}, case {case} ({kind}, killed at {part} of the time)"

    inFolder (fun own ->
        let start = childStart [ "child"; "kill"; kind; own; part.ToString CultureInfo.InvariantCulture ]
        start.RedirectStandardOutput <- true
        // A terminal would stop a process that is not its own.
        start.RedirectStandardInput <- true
        use child = Process.Start start |> nonNull
        let said = child.StandardOutput.ReadToEnd()
        child.WaitForExit()
        Expect.stringContains said "writing" $"{name}: it came to the write"
        // 128 and the number of the signal that no process survives, or -1 where there are no signals.
        Expect.contains [ 137; -1 ] child.ExitCode $"{name}: it was killed"

        match kind with
        | "one" -> expectOne name own
        | "rotation" -> expectRotation name own
        | _ -> expectTraining name own

        Directory.GetFiles(own, "*.tmp").Length)

let private runHunt (budget: Budget) : int =
    let clock = Stopwatch.StartNew()
    let mutable killed, pieces = 0, 0

    while goesOn clock budget killed do
        pieces <- pieces + killOne budget.Seed killed
        killed <- killed + 1
        budget.Progress killed

    if killed >= 30 then
        Expect.isGreaterThan pieces 0 "some were killed in the middle of a write"

    killed

/// The hunt with its full count: thirty of each kind.
let hunt: Hunt = { Name = "kills"; Full = 90; Share = 1.0; Run = runHunt }

let tests =
    testList
        "killed processes"
        [
            test "a file, a rotation and a training are whole afterwards" {
                Expect.equal (runHunt { Seed = 42; Cases = 3; Seconds = 60.0; Progress = ignore }) 3 "one of each kind"
            }
        ]
