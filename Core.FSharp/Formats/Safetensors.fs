namespace Functional.FSharp

open System
open System.Buffers.Binary
open System.Collections.Generic
open System.Globalization
open System.IO
open System.Text
open System.Text.Json
open Functional

/// The beginning of a safetensors file: its bytes, the entries that they tell of, and the notes.
[<NoEquality; NoComparison>]
type internal SafetensorsStart =
    {
        Bytes: byte[]
        Entries: ResizeArray<SafetensorsEntry>
        Notes: Dictionary<string, string>
    }

/// The safetensors format of Hugging Face: 8 bytes with the length of a JSON header, the header, the tensors' bytes.
[<RequireQualifiedAccess>]
module Safetensors =

    let private header (tensors: (string * Tensor) list) (notes: (string * string) list) =
        use text = new MemoryStream()
        use json = new Utf8JsonWriter(text)
        json.WriteStartObject()

        if not notes.IsEmpty then
            json.WriteStartObject SafetensorsHeader.metadata

            for name, note in notes do
                json.WriteString(name, note)

            json.WriteEndObject()

        let mutable at = 0L

        for name, tensor in tensors do
            json.WriteStartObject name
            json.WriteString("dtype", (Elements.ofDtype tensor.Dtype).Safetensors)
            json.WriteStartArray "shape"
            tensor.Shape |> Array.iter json.WriteNumberValue
            json.WriteEndArray()
            json.WriteStartArray "data_offsets"
            json.WriteNumberValue at
            at <- at + Native.bytes tensor.Raw
            json.WriteNumberValue at
            json.WriteEndArray()
            json.WriteEndObject()

        json.WriteEndObject()
        json.Flush()
        // The header is padded with spaces to a multiple of 8 bytes, so that the tensors are aligned.
        let text = text.ToArray()
        let padded = (text.Length + 7) / 8 * 8
        let bytes = Array.create (8 + padded) 32uy
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(), int64 padded)
        text.CopyTo(bytes, 8)
        bytes

    // The note that holds the CRC-32C of the whole file, in which its own digits count as zeros.
    let private sumNote = "crc32c"
    let private noSum = "00000000"

    // Where the digits of the sum stand, or -1. No text that a file quotes can be mistaken for them: a quote in it is escaped.
    let private sumPlace (start: byte[]) =
        match start.AsSpan().IndexOf(ReadOnlySpan(Encoding.ASCII.GetBytes $"\"{sumNote}\":\"")) with
        | -1 -> -1
        | place when place + sumNote.Length + 4 + noSum.Length > start.Length -> -1
        | place -> place + sumNote.Length + 4

    // The sum of a file that is open behind its start.
    let private sumOf (start: byte[]) (file: Stream) =
        let blank = Array.copy start
        Encoding.ASCII.GetBytes(noSum).CopyTo(blank, sumPlace start)
        let sum = Checksum.crc32cOf (Checksum.crc32c 0u (ReadOnlySpan blank)) file
        sum.ToString("x8", CultureInfo.InvariantCulture)

    let private check (notes: (string * string) list) (tensors: (string * Tensor) list) =
        let refuseTwice parameter what (names: string list) =
            let seen = HashSet<string>()

            match names |> List.tryFind (seen.Add >> not) with
            | Some name -> invalidArg parameter $"two {what} are called '{name}'"
            | None -> ()

        refuseTwice (nameof tensors) "tensors" (List.map fst tensors)
        refuseTwice (nameof notes) "notes" (List.map fst notes)

        for name, _ in tensors do
            EntryName.problem name |> ValueOption.iter (invalidArg (nameof tensors))

        if List.exists (fst >> (=) SafetensorsHeader.metadata) tensors then
            invalidArg
                (nameof tensors)
                $"a tensor cannot be called '{SafetensorsHeader.metadata}': the format keeps this name for notes"

    let private writeTo (file: Stream) (start: byte[]) (tensors: (string * Tensor) list) =
        file.Write(start, 0, start.Length)

        for _, tensor in tensors do
            Elements.write file tensor

    /// Writes named tensors and notes. The file appears whole or not at all: it is written beside its place and moved there.
    let write (path: string) (notes: (string * string) list) (tensors: (string * Tensor) list) : unit =
        check notes tensors
        let start = header tensors notes
        AtomicFile.write path (fun file -> writeTo file start tensors)

    /// As `write`, with a note that holds the sum of the whole file, which `readSummed` checks.
    let internal writeSummed (path: string) (notes: (string * string) list) (tensors: (string * Tensor) list) : unit =
        check notes tensors
        let start = header tensors ((sumNote, noSum) :: notes)

        AtomicFile.write path (fun file ->
            writeTo file start tensors
            file.Position <- int64 start.Length
            let sum = sumOf start file
            file.Position <- int64 (sumPlace start)
            file.Write(ReadOnlySpan(Encoding.ASCII.GetBytes sum)))

    let private readStart path (file: FileStream) : SafetensorsStart =
        let first = Array.zeroCreate 8

        if file.ReadAtLeast(first.AsSpan(), 8, false) < 8 then
            Refusal.at path file.Length "the file is too short for a safetensors header"

        let length = BinaryPrimitives.ReadInt64LittleEndian(ReadOnlySpan first)

        if length < 2L || length > file.Length - 8L || length > 100_000_000L then
            Refusal.at path 0L $"the header is said to have {length} bytes, in a file with {file.Length}"

        let bytes = Array.zeroCreate (8 + int length)
        first.CopyTo(bytes, 0)
        file.ReadExactly(bytes, 8, int length)
        let struct (entries, notes) = SafetensorsHeader.parse path (ReadOnlySpan(bytes, 8, int length))
        { Bytes = bytes; Entries = entries; Notes = notes }

    let private mapOf (notes: Dictionary<string, string>) = Map.ofSeq (notes |> Seq.map (|KeyValue|))

    /// The notes of a file, read without its tensors. InvalidDataException names the file and what is wrong with its header.
    let notes (path: string) : Map<string, string> =
        use file = File.OpenRead path
        mapOf (readStart path file).Notes

    let private kindOf (entry: SafetensorsEntry) =
        Elements.kinds |> List.tryFind (fun kind -> kind.Safetensors = entry.Type)

    // The tensors' bytes follow each other without a gap, as the format asks, and are as many as their shapes say.
    let private checkPlaces path (file: FileStream) (start: SafetensorsStart) =
        let data = file.Length - int64 start.Bytes.Length
        let mutable at = 0L

        for entry in start.Entries |> Seq.sortBy (fun entry -> struct (entry.First, entry.Last)) do
            if entry.First <> at || entry.Last > data then
                Refusal.file
                    path
                    $"the tensor '{Refusal.shown entry.Tensor}' has bytes {entry.First} to {entry.Last}; expected are bytes from {at} on, of {data} in all"

            let found = entry.Last - entry.First

            match kindOf entry with
            | None -> ()
            | Some kind ->
                let expected = entry.Shape |> Array.fold (fun product axis -> product * float axis) (float kind.Size)

                if float found <> expected then
                    let shape = String.Join("; ", entry.Shape)

                    Refusal.file
                        path
                        $"the tensor '{Refusal.shown entry.Tensor}' takes {invariant expected} bytes, but has {found}: its shape is [{shape}]"

            at <- entry.Last

        if at <> data then
            Refusal.file path $"the tensors take {at} bytes, but {data} follow the header"

    let private problemOf (entry: SafetensorsEntry) : string | null =
        if (kindOf entry).IsSome then
            null
        else
            let known = String.Join(", ", Elements.kinds |> List.map _.Safetensors)
            $"elements of type {Refusal.shown entry.Type} are not read, only {known}"

    let private readEntry path (file: FileStream) (start: SafetensorsStart) (entry: SafetensorsEntry) : Tensor =
        match kindOf entry with
        | None ->
            Refusal.file
                path
                $"the tensor '{Refusal.shown entry.Tensor}': {problemOf entry}; loadSome reads others of the file"
        | Some kind ->
            let at = int64 start.Bytes.Length + entry.First
            file.Position <- at
            Elements.read path at file kind false $"the tensor '{Refusal.shown entry.Tensor}'" entry.Shape

    let private readAll path (file: FileStream) (start: SafetensorsStart) =
        checkPlaces path file start

        // What is not read is refused before memory is taken for the rest.
        for entry in start.Entries do
            if (kindOf entry).IsNone then
                readEntry path file start entry |> ignore

        let tensors = [ for entry in start.Entries -> entry.Tensor, readEntry path file start entry ]
        struct (tensors, mapOf start.Notes)

    /// The named tensors and the notes of a file. U16 is read as int32, U32 and U64 as int64, which
    /// take up to twice the memory that they take in the file. InvalidDataException names the file and what is wrong with
    /// it: a number of U64 that int64 does not hold and a truth value that is neither 0 nor 1 too. Nothing is made of a file before
    /// its whole header is found right, and a header that is wrong takes no memory for tensors.
    let read (path: string) : struct ((string * Tensor) list * Map<string, string>) =
        Loader.ensure ()
        use file = File.OpenRead path
        readAll path file (readStart path file)

    /// As `read`, but a file with a sum of itself is checked against it first; one without is refused if it must have one.
    let internal readSummed
        (needsSum: Map<string, string> -> bool)
        (path: string)
        : struct ((string * Tensor) list * Map<string, string>) =
        Loader.ensure ()
        use file = File.OpenRead path
        let start = readStart path file

        match start.Notes.TryGetValue sumNote with
        | true, expected ->
            let found = if sumPlace start.Bytes < 0 then "no place" else sumOf start.Bytes file

            if found <> expected then
                Refusal.file
                    path
                    $"the file is damaged: its sum (CRC-32C) is {found}, but was {Refusal.shown expected} when it was written"
        | _ ->
            if needsSum (mapOf start.Notes) then
                Refusal.file path $"the file is damaged: its note '{sumNote}', the sum of its bytes, is missing"

        readAll path file start

    /// What a file has, in its order, tensors of types that are not read included. InvalidDataException names the file and what
    /// is wrong with its header.
    let list (path: string) : FileEntry list =
        use file = File.OpenRead path
        let start = readStart path file
        checkPlaces path file start

        [
            for entry in start.Entries ->
                {
                    Name = entry.Tensor
                    Type = entry.Type
                    Shape = Array.map int entry.Shape
                    Problem = problemOf entry
                }
        ]

    /// Writes one tensor, of any dtype and with its bits; the file appears whole or not at all.
    let save (path: string) (tensor: Tensor) : unit = write path [] [ "tensor", tensor ]

    /// The tensor of a file that holds one, under whatever name.
    let load (path: string) : Tensor =
        Scope.tensor (fun () ->
            match read path with
            | struct ([ _, tensor ], _) -> tensor
            | struct (tensors, _) ->
                Refusal.file path $"the file holds {tensors.Length} tensors, not one: read them with loadMap")

    /// Writes named tensors; the file appears whole or not at all.
    let saveMap (path: string) (tensors: Map<string, Tensor>) : unit = write path [] (Map.toList tensors)

    /// The tensors of a file by name. A type that is not read is refused: `list` tells what there is, `loadSome` reads the others.
    let loadMap (path: string) : Map<string, Tensor> =
        let struct (tensors, _) = read path
        Map.ofList tensors

    /// The tensors of a file that have these names, whatever else is there. ArgumentException for a name that the file has not.
    let loadSome (names: string seq) (path: string) : Map<string, Tensor> =
        Loader.ensure ()
        let names = HashSet<string> names
        use file = File.OpenRead path
        let start = readStart path file
        checkPlaces path file start
        EntryName.requireAll (nameof names) path (start.Entries |> Seq.map _.Tensor) names

        Scope.run (Map.toSeq >> Seq.map snd) (fun () ->
            Map.ofList
                [
                    for entry in start.Entries do
                        if names.Contains entry.Tensor then
                            entry.Tensor, readEntry path file start entry
                ])
