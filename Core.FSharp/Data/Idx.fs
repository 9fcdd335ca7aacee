namespace Functional.FSharp

open System
open System.IO
open System.IO.Compression
open Functional

/// The IDX format of MNIST (LeCun): two zero bytes, a type, the number of axes, each axis as big-endian int32, then the elements.
[<RequireQualifiedAccess>]
module Idx =

    // Reads until the buffer is full or the stream ends: the number of bytes read.
    let private fill path (stream: Stream) (buffer: byte[]) =
        try
            stream.ReadAtLeast(buffer.AsSpan(), buffer.Length, false)
        with
        // Of the two streams only the compressed one looks at what it reads.
        | :? InvalidDataException as error ->
            raise (InvalidDataException($"{path}: the compressed data are damaged: {error.Message}", error))

    // The elements, read piece by piece, so that a header that promises too much costs no memory.
    let private body path (stream: Stream) (headerSize: int) (expected: int64) =
        let found = new MemoryStream()
        let piece = Array.zeroCreate 65536
        let mutable more = true

        while more && found.Length <= expected do
            match fill path stream piece with
            | 0 -> more <- false
            | count -> found.Write(piece, 0, count)

        if found.Length < expected then
            Refusal.at
                path
                (int64 headerSize + found.Length)
                $"the file ends early: the header promises {expected} bytes of elements, but there are {found.Length}"

        if found.Length > expected then
            Refusal.at
                path
                (int64 headerSize + expected)
                $"there are bytes after the last of the {expected} elements that the header promises"

        found.ToArray()

    let private parse path (stream: Stream) : Tensor =
        let magic = Array.zeroCreate 4

        if fill path stream magic < 4 then
            Refusal.at path 0L "the file is too short for an IDX header"

        if magic[0] <> 0uy || magic[1] <> 0uy then
            Refusal.at path 0L $"an IDX file starts with two zero bytes, not {magic[0]} and {magic[1]}"

        if magic[2] <> 8uy then
            Refusal.at path 2L $"only unsigned bytes (type 8) are read, not type {magic[2]}"

        let rank = int magic[3]

        if rank < 1 || rank > 4 then
            Refusal.at path 3L $"one to four axes are read, not {rank}"

        let axes = Array.zeroCreate (4 * rank)

        if fill path stream axes < axes.Length then
            Refusal.at path 4L "the file ends inside the header"

        let shape =
            [
                for i in 0 .. rank - 1 ->
                    Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(ReadOnlySpan(axes, 4 * i, 4))
            ]

        let expected = shape |> List.fold (fun product axis -> if axis < 0 then -1.0 else product * float axis) 1.0

        if List.exists (fun axis -> axis < 0) shape || expected > float Array.MaxLength then
            Refusal.at path 4L $"the shape {shape} is negative or too large"

        Tensor.ofBytes shape (body path stream (4 + axes.Length) (int64 expected))

    // GZipStream takes a file that ends early for a whole one. A gzip file ends with the length of what is in it.
    let private checkLength path (file: FileStream) (length: int64) =
        let last = Array.zeroCreate 4
        file.Position <- max 0L (file.Length - 4L)
        file.ReadAtLeast(last.AsSpan(), 4, false) |> ignore

        if Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(ReadOnlySpan last) <> uint32 length then
            Refusal.at path file.Length "the compressed file ends early"

    /// The elements of an IDX file of unsigned bytes, also compressed (.gz): uint8, in the shape that the file gives.
    /// InvalidDataException names the file and the offset of what is wrong with it.
    let read (path: string) : Tensor =
        use file = File.OpenRead path

        if path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) then
            use unpacked = new GZipStream(file, CompressionMode.Decompress, true)
            let elements = parse path unpacked
            checkLength path file (4L + 4L * int64 elements.Rank + elements.Count)
            elements
        else
            parse path file
