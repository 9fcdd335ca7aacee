namespace Functional.FSharp

open System
open System.Globalization
open System.IO
open Functional

/// Snapshots in files, in safetensors: everything that training needs to go on bit for bit.
[<RequireQualifiedAccess>]
module Checkpoint =

    let private format = "functional-checkpoint-1"

    let private leaves (snapshot: Snapshot) =
        let under branch tree = [ for path, leaf in Tree.leaves tree -> $"{branch}/{path}", leaf ]

        under "params" (Params.values snapshot.Params)
        @ under "state" snapshot.State
        @ under "memory" snapshot.Memory
        @ [ "loss", snapshot.Loss ]

    /// Writes a snapshot. A crash at any moment leaves the old file or the new one, never a piece.
    let save (path: string) (snapshot: Snapshot) : unit =
        let notes =
            [
                "format", format
                "step", snapshot.Step.ToString CultureInfo.InvariantCulture
                "key", snapshot.Key.Bits.ToString "x16"
            ]

        Safetensors.write path notes (leaves snapshot)

    let private refuse path problem : 'a = raise (InvalidDataException $"{path}: {problem}")

    let private note path (parse: string -> bool * 'a) name (notes: Map<string, string>) : 'a =
        match Map.tryFind name notes |> Option.map parse with
        | Some(true, value) -> value
        | _ -> refuse path $"this is no checkpoint: its note '{name}' is missing or unreadable"

    // What the file lacks, has too much, or has in another shape, by path.
    let private differences (expected: (string * Tensor) list) (found: (string * Tensor) list) =
        let known, present = Map.ofList expected, Map.ofList found

        [
            for name, tensor in expected do
                match Map.tryFind name present with
                | None -> $"'{name}' is missing"
                | Some other when other.Shape <> tensor.Shape || other.Dtype <> tensor.Dtype ->
                    $"'{name}' is {other} in the file, but {tensor} is expected"
                | Some _ -> ()
            for name, _ in found do
                if not (Map.containsKey name known) then
                    $"'{name}' is not expected"
        ]

    /// Reads a snapshot of the network and transform that `like` (as from Training.start) belongs to. A file that is
    /// damaged or of another network gives InvalidDataException with the paths that differ.
    let load (path: string) (like: Snapshot) : Snapshot =
        Scope.run Snapshot.tensors (fun () ->
            let struct (tensors, notes) = Safetensors.read path

            if Map.tryFind "format" notes <> Some format then
                refuse path $"this is no checkpoint: its note 'format' is not '{format}'"

            let integer (text: string) = Int32.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture)

            let hexadecimal (text: string) =
                UInt64.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)

            match differences (leaves like) tensors with
            | [] -> ()
            | problems ->
                let shown = String.Join("; ", List.truncate 5 problems)
                let more = if problems.Length > 5 then $"; and {problems.Length - 5} more" else ""
                refuse path $"the checkpoint is of another network or transform: {shown}{more}"

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
                found["loss"]
            ))
