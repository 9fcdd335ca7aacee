namespace Functional.FSharp

open System
open System.Buffers.Binary
open System.Collections.Generic
open System.IO
open System.Runtime.InteropServices
open System.Text.Json
open Functional

/// The safetensors format of Hugging Face: 8 bytes with the length of a JSON header, the header, the tensors' bytes.
[<RequireQualifiedAccess>]
module Safetensors =

    // The name of a dtype in the format: the first of the kinds that are read as it.
    let private nameOf dtype = (SafetensorsHeader.kinds |> List.find (fun kind -> kind.Read = dtype)).Name

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
            json.WriteString("dtype", nameOf tensor.Dtype)
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
        Array.append text (Array.create ((8 - text.Length % 8) % 8) 32uy)

    /// Writes named tensors and notes. The file appears whole or not at all: it is written beside its place and moved there.
    let write (path: string) (notes: (string * string) list) (tensors: (string * Tensor) list) : unit =
        let refuseTwice parameter what (names: string list) =
            match names |> List.countBy id |> List.tryFind (fun (_, count) -> count > 1) with
            | Some(name, _) -> invalidArg parameter $"two {what} are called '{name}'"
            | None -> ()

        refuseTwice (nameof tensors) "tensors" (List.map fst tensors)
        refuseTwice (nameof notes) "notes" (List.map fst notes)

        if List.exists (fst >> (=) SafetensorsHeader.metadata) tensors then
            invalidArg
                (nameof tensors)
                $"a tensor cannot be called '{SafetensorsHeader.metadata}': the format keeps this name for notes"

        let text = header tensors notes
        let length = Array.zeroCreate 8
        BinaryPrimitives.WriteInt64LittleEndian(length.AsSpan(), int64 text.Length)

        AtomicFile.write path (fun file ->
            file.Write(length, 0, 8)
            file.Write(text, 0, text.Length)

            for _, tensor in tensors do
                let bytes = Tensor.bits tensor
                file.Write(bytes, 0, bytes.Length))

    // The header of an open file: its length, entries and notes.
    let private readHeader path (file: FileStream) =
        let start = Array.zeroCreate 8

        if file.ReadAtLeast(start.AsSpan(), 8, false) < 8 then
            Refusal.file path "the file is too short for a safetensors header"

        let length = BinaryPrimitives.ReadInt64LittleEndian(ReadOnlySpan start)

        if length < 2L || length > file.Length - 8L || length > 100_000_000L then
            Refusal.file path $"the header is said to have {length} bytes, in a file with {file.Length}"

        let text = Array.zeroCreate (int length)
        file.ReadExactly(text, 0, text.Length)
        struct (length, SafetensorsHeader.parse path text)

    let private mapOf (notes: Dictionary<string, string>) = Map.ofSeq (notes |> Seq.map (|KeyValue|))

    let inline private widened ([<InlineIfLambda>] change: 'a -> 'b) (piece: Span<byte>) (numbers: Span<'b>) =
        let given = MemoryMarshal.Cast<byte, 'a>(Span.op_Implicit piece: ReadOnlySpan<byte>)

        for i in 0 .. numbers.Length - 1 do
            numbers[i] <- change given[i]

    // Numbers of a type that tensors have not, piece by piece, so that few of them are in memory twice.
    let private readWidened path (file: FileStream) (entry: SafetensorsEntry) (raw: TorchSharp.torch.Tensor) =
        let size = int entry.Stored.Size
        let count = int ((entry.Last - entry.First) / entry.Stored.Size)
        let buffer = Array.zeroCreate (size * min count (65536 / size))
        let mutable at = 0

        while at < count do
            let here = min (count - at) (buffer.Length / size)
            let piece = buffer.AsSpan(0, here * size)
            file.ReadExactly piece

            match entry.Stored.Name with
            | "F16" -> widened (fun (x: Half) -> float32 x) piece ((Native.span<float32> raw).Slice(at, here))
            | "I8" -> widened (fun (x: sbyte) -> int x) piece ((Native.span<int> raw).Slice(at, here))
            | "I16" -> widened (fun (x: int16) -> int x) piece ((Native.span<int> raw).Slice(at, here))
            | "U16" -> widened (fun (x: uint16) -> int x) piece ((Native.span<int> raw).Slice(at, here))
            | "U32" -> widened (fun (x: uint32) -> int64 x) piece ((Native.span<int64> raw).Slice(at, here))
            | _ ->
                // U64
                let fitting (x: uint64) =
                    if x > uint64 Int64.MaxValue then
                        Refusal.file path $"the tensor '{entry.Tensor}' holds {x}, above {Int64.MaxValue}"

                    int64 x

                widened fitting piece ((Native.span<int64> raw).Slice(at, here))

            at <- at + here

    let private isWidened (stored: Stored) = stored.Name <> nameOf stored.Read

    /// The notes of a file, read without its tensors. InvalidDataException names the file and what is wrong with its header.
    let notes (path: string) : Map<string, string> =
        use file = File.OpenRead path
        let struct (_, struct (_, notes)) = readHeader path file
        mapOf notes

    /// The named tensors and the notes of a file. F16 is read as float32, I8, I16 and U16 as int32, U32 and U64 as int64, which
    /// take up to four times the memory that they take in the file. InvalidDataException names the file and what is wrong with
    /// it: a number of U64 that int64 does not hold and a truth value that is neither 0 nor 1 too. Nothing is made of a file before
    /// its whole header is found right, and a header that is wrong takes no memory for tensors.
    let read (path: string) : struct ((string * Tensor) list * Map<string, string>) =
        Loader.ensure ()
        use file = File.OpenRead path
        let struct (length, struct (entries, notes)) = readHeader path file
        let start = 8L + length
        let data = file.Length - start
        let mutable at = 0L

        // The tensors' bytes follow each other without a gap, as the format asks.
        for entry in entries |> Seq.sortBy (fun entry -> struct (entry.First, entry.Last)) do
            if entry.First <> at || entry.Last > data then
                Refusal.file
                    path
                    $"the tensor '{entry.Tensor}' has bytes {entry.First} to {entry.Last}; expected are bytes from {at} on, of {data} in all"

            let expected =
                entry.Shape |> Array.fold (fun product axis -> product * float axis) (float entry.Stored.Size)

            let found = entry.Last - entry.First

            if float found <> expected then
                let shape = String.Join("; ", entry.Shape)

                Refusal.file
                    path
                    $"the tensor '{entry.Tensor}' of shape [{shape}] takes {expected} bytes, but has {found}"

            at <- entry.Last

        if at <> data then
            Refusal.file path $"the tensors take {at} bytes, but {data} follow the header"

        let tensors =
            [
                for entry in entries do
                    let dtype = entry.Stored.Read
                    let raw = Ops.empty entry.Shape (LanguagePrimitives.EnumOfValue(sbyte dtype))
                    let tensor = Tensor.Of raw

                    if entry.Last > entry.First then
                        file.Position <- start + entry.First

                        if isWidened entry.Stored then
                            readWidened path file entry raw
                        else
                            let bytes = Native.span<byte> raw
                            file.ReadExactly bytes

                            if dtype = Dtype.Bool && bytes.ContainsAnyExceptInRange(0uy, 1uy) then
                                let wrong = int64 (bytes.IndexOfAnyExceptInRange(0uy, 1uy))

                                Refusal.at
                                    path
                                    (start + entry.First + wrong)
                                    $"a truth value of the tensor '{entry.Tensor}' is neither 0 nor 1"

                        GC.KeepAlive raw

                    entry.Tensor, tensor
            ]

        struct (tensors, mapOf notes)

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

    /// The tensors of a file by name.
    let loadMap (path: string) : Map<string, Tensor> =
        let struct (tensors, _) = read path
        Map.ofList tensors
