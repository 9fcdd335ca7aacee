namespace Functional.FSharp

open System
open System.Buffers.Binary
open System.Collections.Generic
open System.Globalization
open System.IO
open System.IO.Compression
open System.Runtime.InteropServices
open System.Text
open System.Text.RegularExpressions
open Functional
open Functional.FSharp.Wrapping

/// NumPy's formats: .npy holds one array, .npz several by name. Versions 1.0 to 3.0 are read, 1.0 is written.
[<RequireQualifiedAccess>]
module Npy =

    let private magic = [| 0x93uy; byte 'N'; byte 'U'; byte 'M'; byte 'P'; byte 'Y' |]

    // The letter and the bytes of an element, as a header names them.
    let private kinds =
        [
            Dtype.Float32, "f4"
            Dtype.Float64, "f8"
            Dtype.Int32, "i4"
            Dtype.Int64, "i8"
            Dtype.UInt8, "u1"
            Dtype.Bool, "b1"
        ]

    // ---- writing

    let private header (x: Tensor) : byte[] =
        match kinds |> List.tryFind (fst >> (=) x.Dtype) with
        | None ->
            raise (
                ArgumentException
                    $"Npy.save: NumPy has no {x.Dtype.ToString().ToLowerInvariant()}; cast {x} to float32 first"
            )
        | Some(_, kind) ->
            let order = if kind.EndsWith '1' then "|" else "<"
            // A tuple of Python: one length alone has a comma behind it.
            let lengths = String.Join(", ", x.Shape)
            let shape = if x.Rank = 1 then lengths + "," else lengths
            let text = $"{{'descr': '{order}{kind}', 'fortran_order': False, 'shape': ({shape}), }}"
            // NumPy pads with spaces, so that the elements start at a multiple of 64.
            let length = (10 + text.Length + 1 + 63) / 64 * 64 - 10

            let bytes =
                Array.concat
                    [ magic; [| 1uy; 0uy; 0uy; 0uy |]; Encoding.ASCII.GetBytes(text.PadRight(length - 1) + "\n") ]

            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan 8, uint16 length)
            bytes

    let private writeTo (stream: Stream) (x: Tensor) =
        stream.Write(ReadOnlySpan(header x))
        stream.Write(ReadOnlySpan(Tensor.bits x))

    // ---- reading

    // Reads until the buffer is full; what is missing is refused.
    let private fill path (offset: int64) (stream: Stream) (buffer: Span<byte>) what =
        let found =
            try
                stream.ReadAtLeast(buffer, buffer.Length, false)
            with :? InvalidDataException as error ->
                raise (InvalidDataException($"{path}: the compressed data are damaged: {error.Message}", error))

        if found < buffer.Length then
            Refusal.at path (offset + int64 found) $"the file ends inside {what}"

    let private bytes path offset stream (count: int) what =
        let buffer = Array.zeroCreate count
        fill path offset stream (buffer.AsSpan()) what
        buffer

    // The header is a literal of Python with three keys.
    let private described =
        Regex(
            @"^\{(?:\s*(?:'descr'\s*:\s*'(?<type>[^']*)'|'descr'\s*:\s*(?<fields>\[.*\])|'fortran_order'\s*:\s*(?<fortran>True|False)|'shape'\s*:\s*\((?<shape>[\d\s,L]*)\))\s*(?:,|(?=\s*\})))*\s*\}\s*$",
            RegexOptions.Singleline ||| RegexOptions.CultureInvariant
        )

    let private parse path (offset: int64) (text: string) =
        let found = described.Match text
        let one (name: string) = found.Groups[name].Captures.Count = 1

        if found.Success && found.Groups["fields"].Success then
            Refusal.at path offset "arrays of records (structured dtypes) are not read; save each field by itself"

        if not (found.Success && one "type" && one "fortran" && one "shape") then
            Refusal.at path offset "the header does not give descr, fortran_order and shape once each"

        let listed = found.Groups["shape"].Value

        let lengths =
            listed.Split(',', StringSplitOptions.TrimEntries)
            |> List.ofArray
            |> fun lengths ->
                if List.last lengths = "" then
                    List.take (lengths.Length - 1) lengths
                else
                    lengths

        let shape =
            [
                for text in lengths do
                    match Int32.TryParse(text.TrimEnd 'L', NumberStyles.None, CultureInfo.InvariantCulture) with
                    | true, length -> length
                    | _ -> Refusal.at path offset $"the shape ({listed}) has no length '{text}'"
            ]

        let name = found.Groups["type"].Value
        let order, kind = (if name = "" then ' ' else name[0]), name.Substring(Math.Min(1, name.Length))

        match kinds |> List.tryFind (snd >> (=) kind) with
        | Some(dtype, _) when List.contains order [ '<'; '>'; '='; '|' ] && (order <> '|' || kind.EndsWith '1') ->
            struct (dtype, order = '>', found.Groups["fortran"].Value = "True", shape)
        | _ ->
            let known = String.Join(", ", kinds |> List.map snd)
            Refusal.at path offset $"elements of type '{name}' are not read, only {known}; convert them with astype"

    let private turn (size: int) (bytes: Span<byte>) =
        if size = 4 then
            let words = MemoryMarshal.Cast<byte, int> bytes
            BinaryPrimitives.ReverseEndianness(Span.op_Implicit words, words)
        elif size = 8 then
            let words = MemoryMarshal.Cast<byte, int64> bytes
            BinaryPrimitives.ReverseEndianness(Span.op_Implicit words, words)

    // `most` is how many bytes the stream can hold: a header that promises more costs no memory.
    let private readFrom path (stream: Stream) (most: int64) : Tensor =
        let start = bytes path 0L stream 8 "the first bytes"

        if not (start.AsSpan(0, 6).SequenceEqual magic) then
            Refusal.at path 0L "this is no .npy file: it does not start with \\x93NUMPY"

        let size =
            match start[6], start[7] with
            | 1uy, 0uy -> 2
            | (2uy | 3uy), 0uy -> 4
            | major, minor -> Refusal.at path 6L $"versions 1.0, 2.0 and 3.0 are read, not {major}.{minor}"

        let length = Array.append (bytes path 8L stream size "the length of the header") [| 0uy; 0uy; 0uy; 0uy |]
        let length = int64 (BinaryPrimitives.ReadUInt32LittleEndian(ReadOnlySpan length))
        let first = int64 (8 + size)

        if length > most - first || length > 1_000_000L then
            Refusal.at path 8L $"the header is said to have {length} bytes, in a file with {most}"

        let text = Encoding.UTF8.GetString(bytes path first stream (int length) "the header")
        let struct (dtype, isBig, isFortran, shape) = parse path first text
        let at = first + length
        let width = int64 (kinds |> List.find (fst >> (=) dtype) |> snd |> fun kind -> int kind[1] - int '0')
        let expected = shape |> List.fold (fun product n -> product * float n) (float width)

        if expected > float (most - at) then
            Refusal.at
                path
                at
                $"the shape {showShape shape} takes {expected} bytes, but no more than {most - at} follow"

        let stored = if isFortran then List.rev shape else shape
        let raw = Ops.empty (wide stored) (native dtype)
        let tensor = Tensor.Of raw

        if expected > 0.0 then
            let elements = Native.span<byte> raw
            fill path at stream elements "the elements"

            if dtype = Dtype.Bool && elements.ContainsAnyExceptInRange(0uy, 1uy) then
                Refusal.at
                    path
                    (at + int64 (elements.IndexOfAnyExceptInRange(0uy, 1uy)))
                    "a truth value is neither 0 nor 1"

            if isBig then
                turn (int width) elements

            GC.KeepAlive raw

        if stream.ReadByte() >= 0 then
            Refusal.at path (at + int64 expected) "there are bytes after the last element"

        if isFortran && shape.Length > 1 then
            lift (Ops.permute [| for axis in shape.Length - 1 .. -1 .. 0 -> int64 axis |] >> Ops.contiguous) tensor
        else
            tensor

    // ---- the public face

    /// Writes a tensor as .npy; the file appears whole or not at all. NumPy has no bfloat16: cast to float32 first.
    let save (path: string) (tensor: Tensor) : unit =
        header tensor |> ignore
        AtomicFile.write path (fun file -> writeTo file tensor)

    /// The tensor of a .npy file, in either byte order and either order of axes. InvalidDataException names the file and the
    /// offset of what is wrong with it; no header makes it take more memory than the file has bytes.
    let load (path: string) : Tensor =
        Loader.ensure ()
        use file = File.OpenRead path
        Scope.tensor (fun () -> readFrom path file file.Length)

    // Entries carry no time of writing, so that equal tensors give equal files.
    let private moment = DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero)

    /// Writes named tensors as .npz, which `numpy.load` reads; the file appears whole or not at all.
    let saveMap (path: string) (tensors: Map<string, Tensor>) : unit =
        for KeyValue(name, tensor) in tensors do
            if name = "" then
                invalidArg (nameof tensors) "a tensor of an .npz file needs a name"

            header tensor |> ignore

        AtomicFile.write path (fun file ->
            use zip = new ZipArchive(file, ZipArchiveMode.Create, true)

            for KeyValue(name, tensor) in tensors do
                let entry = zip.CreateEntry(name + ".npy", CompressionLevel.NoCompression)
                entry.LastWriteTime <- moment
                use stream = entry.Open()
                writeTo stream tensor)

    // Deflate makes at most 1032 bytes of one.
    let private most (entry: ZipArchiveEntry) = Math.Min(entry.Length, 1032L * (entry.CompressedLength + 1L))

    /// The tensors of an .npz file by name, compressed or not. InvalidDataException names the file, the entry and what is
    /// wrong with it.
    let loadMap (path: string) : Map<string, Tensor> =
        Loader.ensure ()
        use file = File.OpenRead path

        Scope.run (Map.toSeq >> Seq.map snd) (fun () ->
            try
                use zip = new ZipArchive(file, ZipArchiveMode.Read)
                let names = HashSet<string>()

                Map.ofList
                    [
                        for entry in zip.Entries do
                            if not (entry.FullName.EndsWith(".npy", StringComparison.Ordinal)) then
                                Refusal.at path 0L $"the entry '{entry.FullName}' is no .npy file"

                            let name = entry.FullName.Substring(0, entry.FullName.Length - 4)

                            if not (names.Add name) then
                                Refusal.at path 0L $"the name '{name}' stands twice in the file"

                            if entry.CompressedLength > file.Length then
                                Refusal.at path 0L $"the entry '{name}' is said to have {entry.CompressedLength} bytes"

                            use stream = entry.Open()
                            name, readFrom $"{path}/{entry.FullName}" stream (most entry)
                    ]
            with :? InvalidDataException as error when not (error.Message.StartsWith(path, StringComparison.Ordinal)) ->
                raise (InvalidDataException($"{path}: this is no sound .npz file: {error.Message}", error)))
