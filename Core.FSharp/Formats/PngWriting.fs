/// The PNG format (ISO/IEC 15948), as far as it is written: 8 bits a channel, not interlaced.
module internal Functional.FSharp.PngWriting

open System
open System.Buffers.Binary
open System.IO
open System.IO.Compression
open System.Text

let private signature = [| 0x89uy; 0x50uy; 0x4Euy; 0x47uy; 0x0Duy; 0x0Auy; 0x1Auy; 0x0Auy |]

let private number (value: uint32) =
    let bytes = Array.zeroCreate 4
    BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(), value)
    bytes

let private chunk (stream: Stream) (kind: string) (data: byte[]) =
    let named = Array.append (Encoding.ASCII.GetBytes kind) data
    stream.Write(ReadOnlySpan(number (uint32 data.Length)))
    stream.Write(ReadOnlySpan named)
    stream.Write(ReadOnlySpan(number (Checksum.crc32 0u (ReadOnlySpan named))))

// The filters of a row, by their numbers: none, the difference from the pixel before, and from the row above.
let private filters (channels: int) (above: byte[]) (row: byte[]) =
    [|
        row
        Array.mapi (fun i value -> if i < channels then value else value - row[i - channels]) row
        Array.map2 (fun value up -> value - up) row above
    |]

// Small differences of either sign compress best.
let private size (filtered: byte[]) = filtered |> Array.sumBy (fun value -> abs (int (sbyte value)))

/// The kinds of pixels by their channels: grey, grey and opacity, red, green and blue, and these with opacity.
let kinds = Map [ 1, 0uy; 2, 4uy; 3, 2uy; 4, 6uy ]

/// Writes an image whose pixels follow each other row by row, each with so many channels.
let write (stream: Stream) (width: int) (height: int) (channels: int) (pixels: byte[]) : unit =
    stream.Write(ReadOnlySpan signature)

    chunk
        stream
        "IHDR"
        (Array.concat [ number (uint32 width); number (uint32 height); [| 8uy; kinds[channels]; 0uy; 0uy; 0uy |] ])

    use compressed = new MemoryStream()

    do
        use packed = new ZLibStream(compressed, CompressionLevel.Optimal, true)
        let length = width * channels
        let mutable above = Array.zeroCreate<byte> length

        for y in 0 .. height - 1 do
            let row = pixels[y * length .. (y + 1) * length - 1]
            let choices = filters channels above row
            let best = Seq.minBy (fun i -> size choices[i]) (seq { 0..2 })
            packed.WriteByte(byte best)
            packed.Write(ReadOnlySpan choices[best])
            above <- row

    chunk stream "IDAT" (compressed.ToArray())
    chunk stream "IEND" [||]
