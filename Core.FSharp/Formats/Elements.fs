namespace Functional.FSharp

open System
open System.Buffers.Binary
open System.IO
open System.Runtime.InteropServices
open Functional
open Functional.FSharp.Wrapping

/// How files hold an element: what safetensors and NumPy call it (nothing where they have it not), its bytes, and the dtype
/// as which it is read. Where that is another one, the elements are widened.
[<NoEquality; NoComparison>]
type internal Stored = { Safetensors: string; Numpy: string; Size: int; Read: Dtype }

/// The elements of tensors in files, row by row: read straight into the memory of a tensor, and written from it.
module internal Elements =

    /// All that is read. The first that is read as a dtype is what this dtype is written as.
    let kinds: Stored list =
        [
            for safetensors, numpy, size, read in
                [
                    "F32", "float32", 4, Dtype.Float32
                    "F64", "float64", 8, Dtype.Float64
                    "BF16", "", 2, Dtype.BFloat16
                    "F16", "float16", 2, Dtype.Float16
                    "I64", "int64", 8, Dtype.Int64
                    "I32", "int32", 4, Dtype.Int32
                    "I16", "int16", 2, Dtype.Int16
                    "I8", "int8", 1, Dtype.Int8
                    "U64", "uint64", 8, Dtype.Int64
                    "U32", "uint32", 4, Dtype.Int64
                    "U16", "uint16", 2, Dtype.Int32
                    "U8", "uint8", 1, Dtype.UInt8
                    "BOOL", "bool", 1, Dtype.Bool
                ] -> { Safetensors = safetensors; Numpy = numpy; Size = size; Read = read }
        ]

    /// How a dtype is written.
    let ofDtype (dtype: Dtype) : Stored = kinds |> List.find (fun kind -> kind.Read = dtype)

    /// How elements that safetensors calls so are held.
    let ofSafetensors (name: string) : Stored = kinds |> List.find (fun kind -> kind.Safetensors = name)

    // A span has at most 2³¹ - 1 elements: a larger tensor is read and written in parts.
    let private mostBytes = 1 <<< 30

    /// Parts of a contiguous tensor of so many elements at most, in order, with the place of the first element of each.
    let parts (most: int) (raw: TorchSharp.torch.Tensor) : struct (int64 * TorchSharp.torch.Tensor) seq =
        let count, most = Native.count raw, int64 (max 1 most)

        if count <= most then
            Seq.singleton struct (0L, raw)
        else
            let flat = Ops.reshape [| -1L |] raw

            seq {
                for first in 0L .. most .. count - 1L ->
                    struct (first, Ops.slice 0L first (min count (first + most)) 1L flat)
            }

    let private turn (size: int) (bytes: Span<byte>) =
        match size with
        | 2 ->
            let words = MemoryMarshal.Cast<byte, int16> bytes
            BinaryPrimitives.ReverseEndianness(Span.op_Implicit words, words)
        | 4 ->
            let words = MemoryMarshal.Cast<byte, int> bytes
            BinaryPrimitives.ReverseEndianness(Span.op_Implicit words, words)
        | 8 ->
            let words = MemoryMarshal.Cast<byte, int64> bytes
            BinaryPrimitives.ReverseEndianness(Span.op_Implicit words, words)
        | _ -> ()

    let inline private widened ([<InlineIfLambda>] change: 'a -> 'b) (piece: Span<byte>) (numbers: Span<'b>) =
        let given = MemoryMarshal.Cast<byte, 'a>(Span.op_Implicit piece: ReadOnlySpan<byte>)

        for i in 0 .. numbers.Length - 1 do
            numbers[i] <- change given[i]

    // What stands at the offset of the stream where a buffer begins must fill it.
    let private take path (offset: int64) (stream: Stream) (buffer: Span<byte>) what =
        let found =
            try
                stream.ReadAtLeast(buffer, buffer.Length, false)
            with Refusal.DamagedData error when not (error.Message.StartsWith(path, StringComparison.Ordinal)) ->
                Refusal.because error path offset $"the compressed data are damaged: {error.Message}"

        if found < buffer.Length then
            Refusal.at path (offset + int64 found) $"the file ends early, inside {what}"

    // Numbers of a type that tensors have not, piece by piece, so that few of them are in memory twice.
    let private widen path offset stream (stored: Stored) isBig what (part: TorchSharp.torch.Tensor) =
        let count = int (Native.count part)
        let buffer = Array.zeroCreate (stored.Size * min count (65536 / stored.Size))
        let mutable at = 0

        while at < count do
            let here = min (count - at) (buffer.Length / stored.Size)
            let piece = buffer.AsSpan(0, here * stored.Size)
            let start = offset + int64 at * int64 stored.Size
            take path start stream piece what

            if isBig then
                turn stored.Size piece

            match stored.Safetensors with
            | "U16" -> widened (fun (x: uint16) -> int x) piece ((Native.span<int> part).Slice(at, here))
            | "U32" -> widened (fun (x: uint32) -> int64 x) piece ((Native.span<int64> part).Slice(at, here))
            | _ ->
                // U64
                let fitting (x: uint64) =
                    if x > uint64 Int64.MaxValue then
                        Refusal.at path start $"{what}: {x} is above {Int64.MaxValue}"

                    int64 x

                widened fitting piece ((Native.span<int64> part).Slice(at, here))

            at <- at + here

    let private fillPart path (offset: int64) stream (stored: Stored) isBig what (part: TorchSharp.torch.Tensor) =
        let bytes = Native.span<byte> part
        take path offset stream bytes what

        if stored.Read = Dtype.Bool && bytes.ContainsAnyExceptInRange(0uy, 1uy) then
            let wrong = int64 (bytes.IndexOfAnyExceptInRange(0uy, 1uy))
            Refusal.at path (offset + wrong) $"a truth value of {what} is neither 0 nor 1"

        if isBig then
            turn stored.Size bytes

    /// A tensor of this shape with the elements that stand at this offset of a stream, big-endian or not; `what` they are says
    /// the refusal of a file that ends before them or holds what they cannot be. No more than `most` bytes are seen at once.
    let readBy (most: int) path (offset: int64) (stream: Stream) (stored: Stored) isBig what (shape: int64[]) : Tensor =
        let raw = Ops.empty shape (native stored.Read)
        let tensor = Tensor.Of raw
        let isWidened = stored.Safetensors <> (ofDtype stored.Read).Safetensors

        if Native.count raw > 0L then
            for struct (first, part) in parts (most / stored.Size) raw do
                let offset = offset + first * int64 stored.Size

                if isWidened then
                    widen path offset stream stored isBig what part
                else
                    fillPart path offset stream stored isBig what part

                if not (obj.ReferenceEquals(part, raw)) then
                    part.Dispose()

        GC.KeepAlive raw
        tensor

    /// As `readBy`, of any size.
    let read path offset stream stored isBig what shape = readBy mostBytes path offset stream stored isBig what shape

    /// Writes the elements of a tensor, its bits as they are, of which no more than `most` bytes are seen at once.
    let writeBy (most: int) (stream: Stream) (x: Tensor) : unit =
        use detached = Ops.detach x.Raw
        use here = Ops.cpu detached
        use flat = Ops.contiguous here

        if Native.count flat > 0L then
            for struct (_, part) in parts (most / (ofDtype x.Dtype).Size) flat do
                stream.Write(Span.op_Implicit (Native.span<byte> part): ReadOnlySpan<byte>)
                GC.KeepAlive part

    /// As `writeBy`, of any size.
    let write (stream: Stream) (x: Tensor) : unit = writeBy mostBytes stream x

    /// Copies a tensor into a place along the first axis of a contiguous one, whose other axes and dtype are its own.
    let copyInto (place: int64) (all: TorchSharp.torch.Tensor) (x: Tensor) : unit =
        use detached = Ops.detach x.Raw
        use here = Ops.cpu detached
        use source = Ops.contiguous here
        use target = Ops.select 0L place all
        let most = mostBytes / (ofDtype x.Dtype).Size

        for struct (_, from), struct (_, into) in Seq.zip (parts most source) (parts most target) do
            (Native.span<byte> from).CopyTo(Native.span<byte> into)
            GC.KeepAlive from
            GC.KeepAlive into
