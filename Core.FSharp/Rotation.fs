namespace Functional

/// A checkpoint in a folder: where it is, how far training was, and its score, which is better the lower it is.
[<NoComparison>]
type SavedCheckpoint =
    {
        /// The file.
        Path: string
        /// Steps done.
        Step: int
        /// The score it was saved with: a loss on validation data, say. NaN is worse than any number.
        Score: float
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

    /// The checkpoints of a folder that `save` wrote, by step. InvalidDataException names a file that is none.
    let list (folder: string) : SavedCheckpoint list =
        [
            for path in Directory.GetFiles(folder, pattern) do
                let notes = Safetensors.notes path

                let number name (parse: string -> bool * 'a) =
                    match Map.tryFind name notes |> Option.map parse with
                    | Some(true, value) -> value
                    | _ ->
                        raise (
                            InvalidDataException
                                $"{path}: this is no checkpoint of a rotation: its note '{name}' is missing"
                        )

                {
                    Path = path
                    Step =
                        number "step" (fun text ->
                            Int32.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture))
                    Score =
                        number "score" (fun text ->
                            Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture))
                }
        ]
        |> List.sortBy _.Step

    /// Writes a snapshot with its score into a folder of the run's own, as step-000000123.safetensors, and then deletes the
    /// checkpoints there that are neither among the last nor among the best, so many each. The snapshot's file is whole
    /// before any other goes, and what a killed process left in pieces is cleared away. What is kept, by step.
    let save (last: int) (best: int) (folder: string) (score: float) (snapshot: Snapshot) : SavedCheckpoint list =
        checkCounts last best
        Directory.CreateDirectory folder |> ignore

        Checkpoint.saveWith
            [ "score", score.ToString("R", CultureInfo.InvariantCulture) ]
            (Path.Combine(folder, nameOf snapshot.Step))
            snapshot

        let saved = list folder
        let gone = surplus last best saved

        for piece in Directory.GetFiles(folder, pattern + ".*.tmp") do
            File.Delete piece

        for checkpoint in gone do
            File.Delete checkpoint.Path

        saved
        |> List.filter (fun checkpoint -> not (List.exists (fun other -> other.Step = checkpoint.Step) gone))
