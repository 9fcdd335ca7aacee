/// PNG files of every kind, decoded by another library as well, and images that promise too much.
module PngTests

open System
open System.Buffers.Binary
open System.IO
open System.IO.Compression
open System.Text
open Expecto
open FsCheck
open StbImageSharp
open Functional
open Functional.FSharp
open Support

let private bigEndian (value: int) =
    let bytes: byte[] = Array.zeroCreate 4
    BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(), value)
    bytes

/// A chunk with its length and its sum.
let chunk (kind: string) (data: byte[]) =
    let body = Array.append (Encoding.ASCII.GetBytes kind) data
    Array.concat [ bigEndian data.Length; body; bigEndian (int (Checksum.crc32 0u (ReadOnlySpan body))) ]

let private signature = [| 137uy; 80uy; 78uy; 71uy; 13uy; 10uy; 26uy; 10uy |]

let private header width height depth colour interlaced =
    let last = [| byte depth; byte colour; 0uy; 0uy; (if interlaced then 1uy else 0uy) |]
    chunk "IHDR" (Array.concat [ bigEndian width; bigEndian height; last ])

let private deflated (bytes: byte[]) =
    use into = new MemoryStream()
    (use zip = new ZLibStream(into, CompressionLevel.Fastest, true) in zip.Write(bytes, 0, bytes.Length))
    into.ToArray()

let private bitsOf depth colour =
    depth
    * (match colour with
       | 2 -> 3
       | 4 -> 2
       | 6 -> 4
       | _ -> 1)

let private passes interlaced =
    if interlaced then
        [ 0, 0, 8, 8; 4, 0, 8, 8; 0, 4, 4, 8; 2, 0, 4, 4; 0, 2, 2, 4; 1, 0, 2, 2; 0, 1, 1, 2 ]
    else
        [ 0, 0, 1, 1 ]

/// A PNG file of random pixels: whatever bytes stand there, some filter has left them.
let random (seed: int) width height depth colour interlaced : byte[] =
    let random = Random seed
    let bits = bitsOf depth colour

    let rows =
        [|
            for x, y, dx, dy in passes interlaced do
                let columns, rows = (width - x + dx - 1) / dx, (height - y + dy - 1) / dy

                if columns > 0 then
                    for _ in 1..rows do
                        byte (random.Next 5)

                        for _ in 1 .. (columns * bits + 7) / 8 do
                            byte (random.Next 256)
        |]

    let data = deflated rows
    let cut = random.Next(1, data.Length)

    let palette =
        if colour = 3 then
            chunk "PLTE" (Array.init 768 (fun i -> byte (i * 7)))
        else
            [||]

    Array.concat
        [
            signature
            header width height depth colour interlaced
            chunk "tEXt" "Comment\000none"B
            palette
            chunk "IDAT" data[.. cut - 1]
            chunk "IDAT" data[cut..]
            chunk "IEND" [||]
        ]

let private inFile (bytes: byte[]) (use': string -> 'r) : 'r =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "x.png")
        File.WriteAllBytes(path, bytes)
        use' path)

let private refused (words: string list) (bytes: byte[]) =
    inFile bytes (fun path ->
        let before = GC.GetAllocatedBytesForCurrentThread()
        let error = raised<InvalidDataException>(fun () -> Images.read path |> ignore)
        Expect.isLessThan (GC.GetAllocatedBytesForCurrentThread() - before) 2_000_000L "memory"
        Expect.stringStarts error.Message $"{path}: " "the file"
        Expect.isLessThan error.Message.Length 600 "its length"

        for word in words do
            Expect.stringContains error.Message word "what is wrong")

let private kinds =
    [
        for colour, depths in [ 0, [ 1; 2; 4; 8; 16 ]; 2, [ 8; 16 ]; 3, [ 1; 2; 4; 8 ]; 4, [ 8; 16 ]; 6, [ 8; 16 ] ] do
            for depth in depths do
                for interlaced in [ false; true ] -> colour, depth, interlaced
    ]

let tests =
    testList
        "PNG"
        [
            for colour, depth, interlaced in kinds do
                testPropertyWithConfig
                    { FsCheckConfig.defaultConfig with maxTest = 8 }
                    $"colour type {colour}, {depth} bits, interlaced {interlaced}: as another decoder reads it"
                <| fun (PositiveInt width) (PositiveInt height) (seed: int) ->
                    let width, height = 1 + width % 20, 1 + height % 20
                    let bytes = random seed width height depth colour interlaced

                    inFile bytes (fun path ->
                        let image = Images.read path
                        let other = ImageResult.FromMemory(bytes, ColorComponents.RedGreenBlue)

                        Expect.equal
                            (List.ofArray image.Shape, image.Dtype)
                            ([ 3; height; width ], Dtype.UInt8)
                            "shape"

                        Expect.sequenceEqual
                            (Tensor.toBytes image)
                            [
                                for channel in 0..2 do
                                    for pixel in 0 .. width * height - 1 -> other.Data[3 * pixel + channel]
                            ]
                            "pixels")

            test "a bit that is another is noticed, wherever it is" {
                let bytes = random 3 7 5 8 2 false

                // Behind the first eight bytes, without which it is no PNG file.
                for at in 8 .. bytes.Length - 1 do
                    refused [] (Array.updateAt at (bytes[at] ^^^ (1uy <<< (at % 8))) bytes)
            }

            test "a file cut short anywhere is refused" {
                let bytes = random 4 7 5 4 3 true

                for length in 8 .. bytes.Length - 1 do
                    refused [ "offset" ] bytes[.. length - 1]
            }

            test "what a header promises and the file does not hold takes no memory" {
                let around parts = Array.concat (signature :: parts)
                let big = Array.concat [ bigEndian 1_000_000_000; "IDAT"B; Array.zeroCreate 50 ]
                refused [ "1000000000 bytes"; "offset 33" ] (around [ header 1 1 8 2 false; big ])
                // 400 million pixels, which would take 1.2 GB.
                let wide =
                    around
                        [
                            header 20_000 20_000 1 0 false
                            chunk "IDAT" (deflated (Array.zeroCreate 50_020_000))
                            chunk "IEND" [||]
                        ]

                refused [ "20000×20000"; "134217728"; "readWithin" ] wide

                refused
                    [ "cannot hold"; "10000×10000" ]
                    (around [ header 10_000 10_000 8 2 false; chunk "IDAT" [| 1uy |] ])

                refused [ "2147483647×2147483647" ] (around [ header Int32.MaxValue Int32.MaxValue 1 0 false ])
            }

            test "chunks of the image may be empty, at either end and between" {
                let bytes = random 6 7 5 8 2 false
                let first = bytes.AsSpan().IndexOf(ReadOnlySpan "IDAT"B) - 4

                let parts =
                    [
                        bytes[.. first - 1]
                        chunk "IDAT" [||]
                        bytes[first .. bytes.Length - 13]
                        chunk "IDAT" [||]
                        chunk "IEND" [||]
                    ]

                let image = inFile bytes Images.read
                inFile (Array.concat parts) (fun path -> expectSame "the same image" image (Images.read path))
            }

            test "a limit of the caller's" {
                inFile (random 5 9 4 8 2 false) (fun path ->
                    let image = Images.read path
                    expectSame "as many" image (Images.readWithin 36 path)
                    expectSame "C#" image (CSharp.Images.ReadWithin(path, 36))

                    expectError<InvalidDataException> [ path; "9×4"; "limit of 35" ] (fun () ->
                        Images.readWithin 35 path |> ignore)

                    expectError<ArgumentException> [ "pixels"; "0" ] (fun () -> Images.readWithin 0 path |> ignore))
            }

            test "what is no PNG file by its chunks is refused" {
                let around parts = Array.concat (signature :: parts)
                let image = chunk "IDAT" (deflated (Array.zeroCreate 4))
                let last = chunk "IEND" [||]
                refused [ "IDAT"; "not IHDR" ] (around [ image; last ])
                refused [ "colour type 5 with 8 bits" ] (around [ header 1 1 8 5 false; image; last ])
                refused [ "colour type 2 with 4 bits" ] (around [ header 1 1 4 2 false; image; last ])
                refused [ "0×1" ] (around [ header 0 1 8 2 false; image; last ])
                refused [ "palette"; "none" ] (around [ header 1 1 8 3 false; image; last ])

                refused
                    [ "palette"; "4 bytes" ]
                    (around [ header 1 1 8 3 false; chunk "PLTE" [| 1uy; 2uy; 3uy; 4uy |]; image; last ])

                refused
                    [ "colour 5"; "palette with 1" ]
                    (around
                        [
                            header 1 1 8 3 false
                            chunk "PLTE" [| 1uy; 2uy; 3uy |]
                            chunk "IDAT" (deflated [| 0uy; 5uy |])
                            last
                        ])

                // A stream that asks for a dictionary.
                refused
                    [ "damaged" ]
                    (around [ header 1 1 8 0 false; chunk "IDAT" [| 0x78uy; 0xbbuy; 1uy; 2uy; 3uy; 4uy; 5uy |]; last ])

                refused [ "filter 9" ] (around [ header 1 1 8 0 false; chunk "IDAT" (deflated [| 9uy; 5uy |]); last ])
                refused [ "end early" ] (around [ header 1 2 8 0 false; chunk "IDAT" (deflated [| 0uy; 5uy |]); last ])
                refused [ "IEND"; "before the image" ] (around [ header 1 1 8 0 false; last ])
                refused [ "ABCD" ] (around [ header 1 1 8 0 false; chunk "ABCD" [||]; image; last ])
            }

            test "other formats promise no more than their bytes can hold" {
                let jpeg (side: int) =
                    Array.concat
                        [
                            [| 0xffuy; 0xd8uy; 0xffuy; 0xc0uy; 0uy; 11uy; 8uy |]
                            [| byte (side >>> 8); byte side; byte (side >>> 8); byte side; 1uy; 1uy; 0x11uy; 0uy |]
                        ]

                refused [ "cannot hold"; "65000×65000" ] (jpeg 65000)
                refused [ "no PNG" ] (Encoding.ASCII.GetBytes "8BPS and what comes behind it, which is long enough")
            }
        ]
