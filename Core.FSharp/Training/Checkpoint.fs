namespace Functional.FSharp

open System
open System.Globalization
open System.IO
open Functional

/// Snapshots in files, in safetensors: everything that training needs to go on bit for bit. Parameters, state, optimizer
/// memory, loss, step and key are there; the place in the data is the step, for batches can be entered at any; and the
/// layers with their settings, where the rule knows them. A sum of the whole file (CRC-32C) tells a damaged one. Bits are the
/// same for the same number of threads, which is there too: a snapshot that is read with another number says so in its Notices, and
/// so does one whose layers have another rate, slope or ε than when it was written.
[<RequireQualifiedAccess>]
module Checkpoint =

    // Files of before have no sum. No single bit that is another makes one of a file of now.
    let private format = "functional-checkpoint-2"
    let private formatBefore = "functional-checkpoint-1"

    let private leaves (snapshot: Snapshot) =
        let under branch tree = [ for path, leaf in Tree.leaves tree -> $"{branch}/{path}", leaf ]

        under "params" (Params.values snapshot.Params)
        @ under "state" snapshot.State
        @ under "memory" snapshot.Memory
        @ [ "loss", snapshot.Loss ]

    let internal saveWith (more: (string * string) list) (path: string) (snapshot: Snapshot) : unit =
        let notes =
            [
                "format", format
                "step", snapshot.Step.ToString CultureInfo.InvariantCulture
                "key", snapshot.Key.Bits.ToString "x16"
                match snapshot.Spec with
                | Some spec -> "layers", Architecture.toText spec
                | None -> ()
                "threads", Native.threads().ToString CultureInfo.InvariantCulture
            ]

        Safetensors.writeSummed path (notes @ more) (leaves snapshot)

    /// Writes a snapshot. A crash at any moment leaves the old file or the new one, never a piece.
    let save (path: string) (snapshot: Snapshot) : unit = saveWith [] path snapshot

    let private note path (parse: string -> bool * 'a) name (notes: Map<string, string>) : 'a =
        match Map.tryFind name notes |> Option.map parse with
        | Some(true, value) -> value
        | _ -> Refusal.file path $"this is no checkpoint: its note '{name}' is missing or unreadable"

    let private integer (text: string) = Int32.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture)

    let private hexadecimal (text: string) =
        UInt64.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)

    // What the file lacks, has too much, or has in another shape, by path.
    let private differences (expected: (string * Tensor) list) (found: (string * Tensor) list) =
        let known, present = Map.ofList expected, Map.ofList found

        [
            for name, tensor in expected do
                match Map.tryFind name present with
                | None -> $"'{name}' is missing"
                | Some other when other.Shape <> tensor.Shape || other.Dtype <> tensor.Dtype ->
                    $"'{Refusal.shown name}' is {other} in the file, but {tensor} is expected"
                | Some _ -> ()
            for name, _ in found do
                if not (Map.containsKey name known) then
                    $"'{Refusal.shown name}' is not expected"
        ]

    // What is said where the numbers of threads differ; files of before do not tell theirs.
    let private noticesOf path (notes: Map<string, string>) : string list =
        if not (Map.containsKey "threads" notes) then
            []
        else
            match note path integer "threads" notes, Native.threads () with
            | written, now when written = now -> []
            | written, now ->
                [
                    $"{path} was written with {written} threads, and here are {now}: the last bits of what follows may differ from those of a run that was not interrupted"
                ]

    /// Reads a snapshot of the network and transform that `like` (as from Training.start) belongs to. A file that is
    /// damaged or of another network gives InvalidDataException with the layers, settings and paths that differ; settings on a
    /// continuous scale, such as a dropout rate, may differ.
    let load (path: string) (like: Snapshot) : Snapshot =
        Scope.run Snapshot.tensors (fun () ->
            let isOfNow notes = Map.tryFind "format" notes = Some format
            let struct (tensors, notes) = Safetensors.readSummed isOfNow path

            if not (isOfNow notes) && Map.tryFind "format" notes <> Some formatBefore then
                Refusal.file path $"this is no checkpoint: its note 'format' is not '{format}'"

            // A rule without layers tells none, and files of the first format tell them otherwise.
            let written =
                if isOfNow notes && Map.containsKey "layers" notes then
                    note path Architecture.ofText "layers" notes
                else
                    None

            let struct (others, changes) =
                match written, like.Spec with
                | Some written, Some expected -> Architecture.differences written expected
                | _ -> struct ([], [])

            match others @ differences (leaves like) tensors with
            | [] -> ()
            | problems ->
                let shown = String.Join("; ", List.truncate 5 problems)
                let more = if problems.Length > 5 then $"; and {problems.Length - 5} more" else ""
                Refusal.file path $"the checkpoint is of another network or transform: {shown}{more}"

            let found = Map.ofList tensors

            let fill branch tree =
                tree |> Tree.refill [| for path, _ in Tree.leaves tree -> found[$"{branch}/{path}"] |]

            let values = fill "params" like.Params |> Tree.values

            Snapshot(
                note path integer "step" notes,
                Key.OfBits(note path hexadecimal "key" notes),
                Params.refill values like.Params,
                fill "state" like.State,
                fill "memory" like.Memory,
                found["loss"],
                like.Spec,
                noticesOf path notes @ [ for change in changes -> $"{path}: {change}" ]
            ))
