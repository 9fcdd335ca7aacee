namespace Functional.FSharp

open System
open System.Buffers.Binary
open System.IO
open System.IO.Compression

/// The file behind a decompressor, which takes it in pieces of this many bytes and does not say how much of the last it needed.
[<Sealed>]
type internal Pieces(file: Stream) =
    inherit ReadOnlyStream()
    let mutable last = file.Position

    /// Where the last piece begins.
    member _.Last = last

    override _.Read(buffer: Span<byte>) =
        last <- file.Position
        file.Read(buffer.Slice(0, min buffer.Length 8192))


/// What a gzip file holds (RFC 1952): one member after the other, of which each is checked against its length and sum; zeros may
/// stand behind the last. A file that ends early or has other bytes behind is refused.
[<Sealed>]
type internal Gzip(path: string, file: FileStream) =
    inherit ReadOnlyStream()

    let mutable member' = file.Position
    let mutable pieces = new Pieces(file)
    let mutable data: DeflateStream | null = null
    let mutable sum, count = 0u, 0u

    let next () =
        match file.ReadByte() with
        | -1 -> Refusal.at path file.Length "the compressed file ends early"
        | value -> value

    let skip (count: int) =
        for _ in 1..count do
            next () |> ignore

    let skipText () =
        while next () <> 0 do
            ()

    // Whether nothing but zeros is left. Some tapes have them between members too.
    let isOver () =
        let mutable value = 0

        while value = 0 do
            value <- file.ReadByte()

        member' <- if value < 0 then file.Length else file.Position - 1L
        value < 0

    let openMember () =
        file.Position <- member'
        let first, second, third = next (), next (), next ()

        if (first, second, third) <> (0x1f, 0x8b, 8) then
            Refusal.at path member' $"a gzip member begins with 31, 139 and 8, not {first}, {second} and {third}"

        let flags = next ()
        skip 6

        if flags &&& 4 <> 0 then
            let low = next ()
            skip (low ||| (next () <<< 8))

        if flags &&& 8 <> 0 then
            skipText ()

        if flags &&& 16 <> 0 then
            skipText ()

        if flags &&& 2 <> 0 then
            skip 2

        pieces <- new Pieces(file)
        sum <- 0u
        count <- 0u
        data <- new DeflateStream(pieces, CompressionMode.Decompress, true)

    // The decompressor has come to the end of the data or of the file. Behind the data, somewhere in the last piece, stand the
    // sum and the length of what they held.
    let closeMember () =
        let window = Array.zeroCreate<byte>(8192 + 8)
        file.Position <- pieces.Last
        let found = file.ReadAtLeast(window.AsSpan(), window.Length, false)
        let expected = Array.zeroCreate<byte> 8
        BinaryPrimitives.WriteUInt32LittleEndian(expected.AsSpan(), sum)
        BinaryPrimitives.WriteUInt32LittleEndian(expected.AsSpan 4, count)

        match window.AsSpan(0, found).IndexOf(ReadOnlySpan expected) with
        | -1 ->
            Refusal.at path pieces.Last "the compressed file ends early, or its data do not have the sum that it gives"
        | place ->
            (nonNull data).Dispose()
            data <- null
            member' <- pieces.Last + int64 place + 8L

    /// Whether a file begins as gzip files do. Its position stays.
    static member IsGzip(file: FileStream) =
        let start = file.Position
        let isGzip = file.ReadByte() = 0x1f && file.ReadByte() = 0x8b
        file.Position <- start
        isGzip

    /// Deflate makes at most 1032 bytes of one: no more than so many come out of a file of this length.
    static member Most(length: int64) =
        if length > Int64.MaxValue / 1032L - 1L then
            Int64.MaxValue
        else
            1032L * (length + 1L)

    override _.Read(buffer: Span<byte>) =
        let mutable found = 0
        let mutable more = buffer.Length > 0

        while more do
            match data with
            | null ->
                file.Position <- member'
                // The first member must be there, and where the file begins.
                more <- member' = 0L || not (isOver ())

                if more then
                    openMember ()
            | open' ->
                found <-
                    try
                        open'.Read buffer
                    with Refusal.DamagedData error ->
                        Refusal.because error path pieces.Last $"the compressed data are damaged: {error.Message}"

                if found = 0 then
                    closeMember ()
                else
                    sum <- Checksum.crc32 sum (Span.op_Implicit (buffer.Slice(0, found)))
                    count <- count + uint32 found
                    more <- false

        found

    override _.Dispose(disposing: bool) =
        match data with
        | null -> ()
        | open' when disposing -> open'.Dispose()
        | _ -> ()
