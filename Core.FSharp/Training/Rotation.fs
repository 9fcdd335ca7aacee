namespace Functional

open System.Collections.Generic

/// A checkpoint in a folder: where it is, how far training was, and its score, which is better the lower it is.
[<NoComparison>]
type SavedCheckpoint =
    {
        /// The file.
        Path: string
        /// Steps done; of a damaged file those of its name, or -1.
        Step: int
        /// The score it was saved with: a loss on validation data, say. NaN is worse than any number, and that of a damaged file.
        Score: float
        /// What is wrong with the file; null where nothing is known to be.
        Problem: string | null
    }

/// The last sound checkpoint of a folder, and those that were passed over.
[<NoComparison; NoEquality>]
type Resumption =
    {
        /// What training goes on from.
        Snapshot: Snapshot
        /// The checkpoint that it was read from.
        Checkpoint: SavedCheckpoint
        /// The damaged checkpoints of the folder, each with its problem.
        PassedOver: IReadOnlyList<SavedCheckpoint>
    }

namespace Functional.FSharp

open System
open System.Globalization
open System.IO
open Functional

/// Which checkpoints of a run are kept: the last ones, to go on from, and the best ones, to use.
[<RequireQualifiedAccess>]
module Rotation =

    let private pattern = "step-*.safetensors"
    let private nameOf (step: int) = $"step-{step:d9}.safetensors"

    let private checkCounts last best =
        if last < 1 || best < 0 then
            invalidArg
                (nameof last)
                $"of a run's checkpoints at least the last one is kept, and not less than no best ones: last {last}, best {best}"

    /// Which of these checkpoints are neither among the last nor among the best, so many each: the oldest first. Of equal
    /// scores the later one is better.
    let surplus (last: int) (best: int) (saved: SavedCheckpoint seq) : SavedCheckpoint list =
        checkCounts last best
        let byStep = saved |> Seq.sortBy _.Step |> List.ofSeq
        let score checkpoint = if Double.IsNaN checkpoint.Score then infinity else checkpoint.Score

        let kept =
            List.truncate last (List.rev byStep) @ (List.rev byStep |> List.sortBy score |> List.truncate best)
            |> List.map _.Step
            |> Set.ofList

        byStep |> List.filter (fun checkpoint -> not (kept.Contains checkpoint.Step))

    let private isSound checkpoint = isNull checkpoint.Problem

    // A damaged file is known by its name alone.
    let private damaged (path: string) (problem: string) =
        let name = string (Path.GetFileNameWithoutExtension path)

        let step =
            match Int32.TryParse(name.Substring 5, NumberStyles.None, CultureInfo.InvariantCulture) with
            | true, step -> step
            | _ -> -1

        { Path = path; Step = step; Score = nan; Problem = problem }

    let private describe (path: string) =
        let notes = Safetensors.notes path

        let number name (parse: string -> bool * 'a) =
            match Map.tryFind name notes |> Option.map parse with
            | Some(true, value) -> value
            | _ -> Refusal.file path $"this is no checkpoint of a rotation: its note '{name}' is missing or unreadable"

        {
            Path = path
            Step = number "step" (fun text -> Int32.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture))
            Score = number "score" (fun text -> Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture))
            Problem = null
        }

    // What f makes of a file; a damaged one is marked, and one that another process has deleted meanwhile is not there.
    let private attempt (path: string) (f: unit -> 'a) : Result<'a, SavedCheckpoint option> =
        try
            Ok(f ())
        with
        | :? FileNotFoundException -> Error None
        | :? InvalidDataException
        | :? UnauthorizedAccessException
        | :? IOException as error -> Error(Some(damaged path error.Message))

    /// The checkpoints of a folder that `save` wrote, by step, as their headers tell. A file whose header is damaged, or that is no
    /// such checkpoint, has its problem beside it; damage behind the header shows where the file is read (see `latest`).
    let list (folder: string) : SavedCheckpoint list =
        [
            for path in Directory.GetFiles(folder, pattern) do
                match attempt path (fun () -> describe path) with
                | Ok checkpoint -> checkpoint
                | Error(Some checkpoint) -> checkpoint
                | Error None -> ()
        ]
        |> List.sortBy _.Step

    /// The last checkpoint of a folder that can be read, with the network and transform that `like` (as from Training.start)
    /// belongs to, and those that could not; none where the folder is missing or has no checkpoint. InvalidDataException names
    /// the files and their problems where none can be read.
    let latest (folder: string) (like: Snapshot) : Resumption option =
        let all = if Directory.Exists folder then list folder else []

        let rec first passed checkpoints =
            match checkpoints with
            | [] ->
                match List.rev passed with
                | [] -> None
                | problems ->
                    let others = if problems.Length > 1 then $"; and {problems.Length - 1} more" else ""
                    Refusal.file folder $"no checkpoint in it can be read: {problems.Head.Problem}{others}"
            | checkpoint :: rest when not (isSound checkpoint) -> first (checkpoint :: passed) rest
            | checkpoint :: rest ->
                match attempt checkpoint.Path (fun () -> Checkpoint.load checkpoint.Path like) with
                | Ok snapshot ->
                    let others = List.filter (isSound >> not) rest

                    Some
                        {
                            Snapshot = snapshot
                            Checkpoint = checkpoint
                            PassedOver = List.rev passed @ others
                        }
                | Error problem -> first (Option.toList problem @ passed) rest

        first [] (List.rev all)

    /// Writes a snapshot with its score into a folder of the run's own, as step-000000123.safetensors, and then deletes the
    /// checkpoints there that are neither among the last nor among the best, so many each. The snapshot's file is whole
    /// before any other goes. Damaged files are passed over: they neither count nor go. What a killed process left in pieces is
    /// cleared away once it is a minute old. What is kept, by step.
    let save (last: int) (best: int) (folder: string) (score: float) (snapshot: Snapshot) : SavedCheckpoint list =
        checkCounts last best
        Directory.CreateDirectory folder |> ignore

        Checkpoint.saveWith
            [ "score", score.ToString("R", CultureInfo.InvariantCulture) ]
            (Path.Combine(folder, nameOf snapshot.Step))
            snapshot

        let saved = list folder
        let gone = saved |> List.filter isSound |> surplus last best |> List.map _.Path |> Set.ofList
        AtomicFile.clear folder pattern

        for path in gone do
            File.Delete path

        saved |> List.filter (fun checkpoint -> not (gone.Contains checkpoint.Path))
