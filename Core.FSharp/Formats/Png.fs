namespace Functional.FSharp

open System
open System.Buffers.Binary
open System.Collections.Generic
open System.IO
open System.IO.Compression
open System.Text
open Functional

/// What the header of a PNG file says.
[<Struct; NoEquality; NoComparison>]
type internal PngHeader = { Width: int; Height: int; Depth: int; Colour: int; IsInterlaced: bool }

/// The chunks of a PNG file in their order, each within the file and with the sum that it gives; read as a stream, the data of
/// the image, which go from one chunk to the next.
[<Sealed>]
type internal PngChunks(path: string, file: FileStream) =
    inherit ReadOnlyStream()

    let mutable kind = ""
    let mutable left = 0L
    let mutable sum = 0u

    let read (buffer: Span<byte>) =
        if file.ReadAtLeast(buffer, buffer.Length, false) < buffer.Length then
            Refusal.at path file.Length "the file ends early"

    let number () =
        let bytes = Array.zeroCreate<byte> 4
        read (bytes.AsSpan())
        BinaryPrimitives.ReadUInt32BigEndian(ReadOnlySpan bytes)

    /// Some of the data of the chunk.
    member private _.Take(buffer: Span<byte>) =
        let here = buffer.Slice(0, int (min (int64 buffer.Length) left))
        read here
        sum <- Checksum.crc32 sum (Span.op_Implicit here)
        left <- left - int64 here.Length
        here.Length

    /// Passes over what is left of the chunk: its sum must be right.
    member chunks.Leave() =
        let buffer = Array.zeroCreate<byte>(int (min left 65536L))

        while left > 0L do
            chunks.Take(buffer.AsSpan()) |> ignore

        let found, at = number (), file.Position

        if found <> sum then
            Refusal.at path (at - 4L) $"the chunk {kind} has the sum {sum:x8}, not {found:x8}: the file is damaged"

    /// Begins the next chunk: its type and its length.
    member _.Next() : struct (string * int64) =
        let at = file.Position
        let length = int64 (number ())
        let name = Array.zeroCreate<byte> 4
        read (name.AsSpan())
        kind <- Refusal.shown (Encoding.Latin1.GetString name)

        // The sum of the chunk takes four bytes.
        if length > file.Length - file.Position - 4L then
            Refusal.at path at $"the chunk {kind} is said to have {length} bytes, in a file with {file.Length}"

        left <- length
        sum <- Checksum.crc32 0u (ReadOnlySpan name)
        struct (kind, length)

    /// All data of a chunk.
    member chunks.Data() : byte[] =
        let data = Array.zeroCreate<byte>(int left)
        chunks.Take(data.AsSpan()) |> ignore
        chunks.Leave()
        data

    /// Passes over all that is left of the file, up to its last chunk.
    member chunks.Finish() =
        chunks.Leave()

        while kind <> "IEND" do
            chunks.Next() |> ignore
            chunks.Leave()

    override chunks.Read(buffer: Span<byte>) =
        while left = 0L && kind = "IDAT" do
            chunks.Leave()
            chunks.Next() |> ignore

        if kind = "IDAT" then chunks.Take buffer else 0

/// PNG (ISO 15948), of every colour type and depth, interlaced or not: read row by row straight into the memory of a tensor.
module internal Png =

    let private signature = [| 137uy; 80uy; 78uy; 71uy; 13uy; 10uy; 26uy; 10uy |]

    /// Whether a file begins as PNG files do. Its position stays.
    let isPng (file: FileStream) : bool =
        let start = Array.zeroCreate<byte> signature.Length
        let at = file.Position
        let found = file.ReadAtLeast(start.AsSpan(), start.Length, false)
        file.Position <- at
        found = start.Length && start.AsSpan().SequenceEqual(ReadOnlySpan signature)

    let private channels colour =
        match colour with
        | 2 -> 3
        | 4 -> 2
        | 6 -> 4
        | _ -> 1

    let private header path (chunks: PngChunks) (file: FileStream) : PngHeader =
        file.Position <- int64 signature.Length
        let struct (kind, length) = chunks.Next()

        if kind <> "IHDR" || length <> 13L then
            Refusal.at path 8L $"the first chunk is {kind} of {length} bytes, not IHDR of 13"

        let data = chunks.Data()
        let width = BinaryPrimitives.ReadUInt32BigEndian(ReadOnlySpan data)
        let height = BinaryPrimitives.ReadUInt32BigEndian(ReadOnlySpan(data, 4, 4))
        let depth, colour = int data[8], int data[9]

        let depths =
            match colour with
            | 0 -> [ 1; 2; 4; 8; 16 ]
            | 3 -> [ 1; 2; 4; 8 ]
            | 2
            | 4
            | 6 -> [ 8; 16 ]
            | _ -> []

        if width = 0u || height = 0u || max width height > uint32 Int32.MaxValue then
            Refusal.at path 16L $"the image has {width}×{height} pixels"

        if not (List.contains depth depths) || data[10] <> 0uy || data[11] <> 0uy || data[12] > 1uy then
            Refusal.at
                path
                24L
                $"there are no images of colour type {colour} with {depth} bits, or packed or interlaced so"

        {
            Width = int width
            Height = int height
            Depth = depth
            Colour = colour
            IsInterlaced = data[12] = 1uy
        }

    // Up to the first chunk of the image's data: the palette, if there is one.
    let private palette path (chunks: PngChunks) (file: FileStream) (header: PngHeader) : byte[] =
        let mutable colours: byte[] = [||]
        let mutable more = true

        while more do
            let at = file.Position

            match chunks.Next() with
            | "IDAT", _ -> more <- false
            | "PLTE", length ->
                if length = 0L || length % 3L <> 0L || length > 768L || colours.Length > 0 then
                    Refusal.at
                        path
                        at
                        $"a palette has 1 to 256 colours of 3 bytes, not {length} bytes, and stands there once"

                colours <- chunks.Data()
            // The last chunk, or one that a reader must know.
            | kind, _ when Char.IsAsciiLetterUpper kind[0] ->
                Refusal.at path at $"the chunk {kind} stands before the image"
            | _ -> chunks.Leave()

        if header.Colour = 3 && colours.Length = 0 then
            Refusal.at path file.Position "the image has colours of a palette, but there is none"

        colours

    let private paeth (left: int) (above: int) (corner: int) =
        let estimate = left + above - corner
        let a, b, c = abs (estimate - left), abs (estimate - above), abs (estimate - corner)

        if a <= b && a <= c then left
        elif b <= c then above
        else corner

    // Turns what the filter left into the bytes of a row; `size` is the distance to the pixel on the left, in bytes.
    let private unfilter (filter: byte) (size: int) (row: byte[]) (above: byte[]) =
        for i in 0 .. row.Length - 1 do
            let left = if i < size then 0 else int row[i - size]
            let corner = if i < size then 0 else int above[i - size]

            let predicted =
                match filter with
                | 0uy -> 0
                | 1uy -> left
                | 2uy -> int above[i]
                | 3uy -> (left + int above[i]) / 2
                | _ -> paeth left (int above[i]) corner

            row[i] <- byte (int row[i] + predicted)

    // The n-th value of a row: a grey value, a part of a colour, or a place in the palette. Of 16 bits the upper 8.
    let private valueOf (depth: int) (row: byte[]) (n: int) : int =
        match depth with
        | 8 -> int row[n]
        | 16 -> int row[2 * n]
        | _ ->
            let bit = n * depth
            (int row[bit >>> 3] >>> (8 - depth - (bit &&& 7))) &&& ((1 <<< depth) - 1)

    // Which pixels a pass has: the first column and row, and the steps from one to the next.
    let private passes (header: PngHeader) =
        if header.IsInterlaced then
            [ 0, 0, 8, 8; 4, 0, 8, 8; 0, 4, 4, 8; 2, 0, 4, 4; 0, 2, 2, 4; 1, 0, 2, 2; 0, 1, 1, 2 ]
        else
            [ 0, 0, 1, 1 ]

    // One row of a pass into the rows of red, green and blue.
    let private place
        path
        at
        (header: PngHeader)
        (colours: byte[])
        (row: byte[])
        first
        step
        count
        (red: Span<byte>)
        (green: Span<byte>)
        (blue: Span<byte>)
        =
        let each = channels header.Colour

        for i in 0 .. count - 1 do
            let column = first + i * step

            match header.Colour with
            | 2
            | 6 ->
                red[column] <- byte (valueOf header.Depth row (each * i))
                green[column] <- byte (valueOf header.Depth row (each * i + 1))
                blue[column] <- byte (valueOf header.Depth row (each * i + 2))
            | 3 ->
                let colour = 3 * valueOf header.Depth row i

                if colour >= colours.Length then
                    Refusal.at path at $"a pixel has colour {colour / 3} of a palette with {colours.Length / 3}"

                red[column] <- colours[colour]
                green[column] <- colours[colour + 1]
                blue[column] <- colours[colour + 2]
            | _ ->
                let most = (1 <<< min 8 header.Depth) - 1
                let grey = byte (valueOf header.Depth row (each * i) * 255 / most)
                red[column] <- grey
                green[column] <- grey
                blue[column] <- grey

    /// The image of a file, which has no more pixels than `check` lets pass: uint8 [3; h; w].
    let read (path: string) (check: int64 -> int64 -> unit) (file: FileStream) : Tensor =
        use chunks = new PngChunks(path, file)
        let header = header path chunks file
        check (int64 header.Width) (int64 header.Height)
        let bits = channels header.Colour * header.Depth
        let colours = palette path chunks file header

        // No row takes less than a byte, and deflate makes at most 1032 bytes of one.
        let needed = (int64 header.Width * int64 bits + 7L) / 8L * int64 header.Height

        if needed > Gzip.Most file.Length then
            Refusal.at path 16L $"{file.Length} bytes cannot hold an image of {header.Width}×{header.Height} pixels"

        use data = new ZLibStream(chunks, CompressionMode.Decompress)
        let raw = Ops.empty [| 3L; int64 header.Height; int64 header.Width |] TorchSharp.torch.ScalarType.Byte
        let image = Tensor.Of raw
        let planes = [| for channel in 0L .. 2L -> Ops.select 0L channel raw |]

        try
            for firstColumn, firstRow, stepColumn, stepRow in passes header do
                let columns = (header.Width - firstColumn + stepColumn - 1) / stepColumn
                let rows = (header.Height - firstRow + stepRow - 1) / stepRow

                if columns > 0 && rows > 0 then
                    let length = int ((int64 columns * int64 bits + 7L) / 8L)
                    let mutable row: byte[] = Array.zeroCreate length
                    let mutable above: byte[] = Array.zeroCreate length

                    for y in 0 .. rows - 1 do
                        let filter = data.ReadByte()

                        if filter < 0 || data.ReadAtLeast(row.AsSpan(), length, false) < length then
                            Refusal.at path file.Position "the data of the image end early"

                        if filter > 4 then
                            Refusal.at path file.Position $"a row has the filter {filter}, which is none of 0 to 4"

                        unfilter (byte filter) (max 1 (bits / 8)) row above
                        let start, width = (firstRow + y * stepRow) * header.Width, header.Width
                        let red = (Native.span<byte> planes[0]).Slice(start, width)
                        let green = (Native.span<byte> planes[1]).Slice(start, width)
                        let blue = (Native.span<byte> planes[2]).Slice(start, width)
                        place path file.Position header colours row firstColumn stepColumn columns red green blue
                        let before = above
                        above <- row
                        row <- before
        finally
            for plane in planes do
                plane.Dispose()

        GC.KeepAlive raw
        chunks.Finish()
        image
