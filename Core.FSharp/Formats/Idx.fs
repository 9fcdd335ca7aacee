namespace Functional.FSharp

open System
open System.Buffers.Binary
open System.IO
open Functional
open Functional.FSharp.Wrapping

/// The IDX format of MNIST (LeCun): two zero bytes, a type, the number of axes, each axis as big-endian int32, then the elements.
[<RequireQualifiedAccess>]
module Idx =

    // The types by their code, and what safetensors calls them.
    let private types = [ 0x08uy, "U8"; 0x09uy, "I8"; 0x0Buy, "I16"; 0x0Cuy, "I32"; 0x0Duy, "F32"; 0x0Euy, "F64" ]

    let private fill (stream: Stream) (count: int) (refuse: unit -> unit) =
        let buffer = Array.zeroCreate count

        if stream.ReadAtLeast(buffer.AsSpan(), count, false) < count then
            refuse ()

        buffer

    // `most` is how many bytes the stream can hold: a header that promises more costs no memory.
    let private parse path (stream: Stream) (most: int64) : Tensor =
        let magic = fill stream 4 (fun () -> Refusal.at path 0L "the file is too short for an IDX header")

        if magic[0] <> 0uy || magic[1] <> 0uy then
            Refusal.at path 0L $"an IDX file starts with two zero bytes, not {magic[0]} and {magic[1]}"

        let kind =
            match List.tryFind (fst >> (=) magic[2]) types with
            | Some(_, name) -> Elements.ofSafetensors name
            | None ->
                Refusal.at
                    path
                    2L
                    $"the types 8, 9 and 11 to 14 are read (bytes, 16 and 32 bits, float32 and float64), not {magic[2]}"

        let rank = int magic[3]

        if rank < 1 || rank > 4 then
            Refusal.at path 3L $"one to four axes are read, not {rank}"

        let axes = fill stream (4 * rank) (fun () -> Refusal.at path 4L "the file ends inside the header")
        let shape = [ for i in 0 .. rank - 1 -> BinaryPrimitives.ReadInt32BigEndian(ReadOnlySpan(axes, 4 * i, 4)) ]

        if List.exists (fun axis -> axis < 0) shape then
            Refusal.at path 4L $"the shape {showShape shape} has a negative axis"

        let start = 4L + int64 axes.Length
        let expected = shape |> List.fold (fun product axis -> product * float axis) (float kind.Size)

        if expected > float (most - start) then
            Refusal.at
                path
                most
                $"the file ends early: the header promises {invariant expected} bytes of elements, but there are no more than {most - start}"

        let elements = Elements.read path start stream kind true "the elements" (wide shape)

        if stream.ReadByte() >= 0 then
            Refusal.at
                path
                (start + int64 expected)
                $"there are bytes after the last of the {invariant expected} bytes of elements that the header promises"

        elements

    /// The elements of an IDX file, also compressed by gzip, in the shape that the file gives: unsigned bytes as uint8, signed
    /// ones as int8, and int16, int32, float32 and float64. InvalidDataException names the file and the offset of
    /// what is wrong with it; no header makes it take more memory than the file can hold.
    let read (path: string) : Tensor =
        Loader.ensure ()
        use file = File.OpenRead path

        Scope.tensor (fun () ->
            if Gzip.IsGzip file then
                use unpacked = new Gzip(path, file)

                parse path unpacked (Gzip.Most file.Length)
            else
                parse path file file.Length)
