/// Kinds of files and how they are read, with damage below their sums and compression.
module DamagedFormats

open System
open System.Buffers.Binary
open System.IO
open System.IO.Compression
open System.Text
open Functional
open Functional.FSharp
open Damage
open Support

/// A kind of file: sound ones, what is damaged inside before it is wrapped again, and how it is read.
type Format =
    {
        Name: string
        Seeds: byte[][]
        Inside: Random -> byte[] -> byte[]
        Read: string -> unit
    }

let private plain name read (seeds: byte[] list) =
    {
        Name = name
        Seeds = Array.ofList seeds
        Inside = scramble
        Read = read >> ignore
    }

let private saved (save: string -> unit) : byte[] =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "seed")
        save path
        File.ReadAllBytes path)

let private squeezed (bytes: byte[]) =
    use into = new MemoryStream()
    (use zip = new GZipStream(into, CompressionLevel.Fastest, true) in zip.Write(bytes, 0, bytes.Length))
    into.ToArray()

let private zipped level (entries: (string * byte[]) list) =
    use stream = new MemoryStream()

    do
        use zip = new ZipArchive(stream, ZipArchiveMode.Create, true)

        for name, bytes in entries do
            use entry = zip.CreateEntry(name, level).Open()
            entry.Write(bytes, 0, bytes.Length)

    stream.ToArray()

// The chunks of a PNG file with their sums made right again, as far as they can be told apart.
let private resummed (bytes: byte[]) =
    let changed = Array.copy bytes
    let mutable at = 8

    while at >= 0 && at + 12 <= changed.Length do
        let length = BinaryPrimitives.ReadUInt32BigEndian(ReadOnlySpan(changed, at, 4))

        if int64 length > int64 (changed.Length - at - 12) then
            at <- -1
        else
            let sum = Checksum.crc32 0u (ReadOnlySpan(changed, at + 4, 4 + int length))
            BinaryPrimitives.WriteUInt32BigEndian(changed.AsSpan(at + 8 + int length), sum)
            at <- at + 12 + int length

    changed

// A safetensors file whose header is another text, the length of which is said rightly.
let private reheaded (random: Random) (bytes: byte[]) =
    let length = int (BitConverter.ToInt64(bytes, 0))
    let text = scramble random bytes[8 .. 7 + length]
    Array.concat [ BitConverter.GetBytes(int64 text.Length); text; bytes[8 + length ..] ]

let private crcNote = "\"crc32c\":\""B

// As `reheaded`, with the sum of a checkpoint made right again.
let private recounted (random: Random) (bytes: byte[]) =
    let changed = reheaded random bytes

    match changed.AsSpan().IndexOf(ReadOnlySpan crcNote) with
    | at when at >= 0 && at + crcNote.Length + 8 <= changed.Length ->
        let place = at + crcNote.Length
        let blank = put place "00000000"B changed
        let sum = (Checksum.crc32c 0u (ReadOnlySpan blank)).ToString "x8"
        put place (Encoding.ASCII.GetBytes sum) changed
    | _ -> changed

let private idx (kind: byte) (shape: int list) (count: int) =
    let axes = [| for axis in shape -> BinaryPrimitives.ReverseEndianness(axis: int) |]
    let elements = Array.init count (fun i -> byte (i * 37))

    Array.concat
        [
            [| 0uy; 0uy; kind; byte shape.Length |]
            Array.collect (fun (axis: int) -> BitConverter.GetBytes axis) axes
            elements
        ]

let private network = Node [ "0", Node [ "weight", Leaf { Role = Role.Weight; Value = Tensor.ones [ 2; 3 ] } ] ]
let private none: State = Tree.empty
/// What the checkpoints belong to.
let private snapshot = lazy Snapshot.create 5 (Key.ofSeed 1) network none none (Tensor.scalar 0.5)

let private arrays =
    lazy
        Map.ofList
            [
                "a", Tensor.ones [ 3; 2 ]
                "b", Tensor.ofInts [ 1; 2; 3 ]
                "c", Tensor.scalar 0.5
                "d", Tensor.zeros [ 0; 4 ]
                "e", Tensor.gt (Tensor.ofInts [ 1; 2 ]) (Tensor.ofInts [ 2; 1 ])
            ]

let private npy (text: string) (elements: byte[]) =
    let start = [| 0x93uy; byte 'N'; byte 'U'; byte 'M'; byte 'P'; byte 'Y'; 1uy; 0uy; byte text.Length; 0uy |]
    Array.concat [ start; Encoding.ASCII.GetBytes text; elements ]

let private npys =
    lazy
        [
            for KeyValue(_, tensor) in arrays.Value do
                saved (fun path -> Npy.save path tensor)
            npy "{\"descr\": '>i2', 'fortran_order': True, 'shape': (2L, 3)}" (Array.init 12 byte)
            npy "{'descr': [('x', '<f4'), ('y', '<i4', (2,))], 'fortran_order': False, 'shape': (1,)}" [||]
            npy "{'descr': 'uint64', 'fortran_order': False, 'shape': (1,), }" (Array.zeroCreate 8)
        ]

// 3×2 pixels: uncompressed TGA, TGA in runs, BMP, and GIF of two colours; JPEG of one grey block.
let private tga =
    Array.concat [ [| 0uy; 0uy; 2uy |]; Array.zeroCreate 9; [| 3uy; 0uy; 2uy; 0uy; 24uy; 0uy |]; Array.init 18 byte ]

let private runs =
    Array.concat
        [
            [| 0uy; 0uy; 10uy |]
            Array.zeroCreate 9
            [| 3uy; 0uy; 2uy; 0uy; 24uy; 0uy |]
            [| 0x85uy; 1uy; 2uy; 3uy |]
        ]

let private gif =
    Array.concat
        [
            "GIF89a"B
            [| 3uy; 0uy; 2uy; 0uy; 0x80uy; 0uy; 0uy; 0uy; 0uy; 0uy; 255uy; 255uy; 255uy |]
            [|
                0x2cuy
                0uy
                0uy
                0uy
                0uy
                3uy
                0uy
                2uy
                0uy
                0uy
                2uy
                3uy
                0x44uy
                0x02uy
                0x05uy
                0uy
                0x3buy
            |]
        ]

/// All of them.
let formats: Lazy<Format[]> =
    lazy
        (let table = "a,b,kind\r\n1.5,-2,\"b, c\"\r\n\r\n1e-2,+4,a\r\n3,0.5,\"b\"\"c\"\n"B

         let wrapped name wrap (inner: byte[] list) read =
             let inner = Array.ofList inner
             let inside (random: Random) (_: byte[]) = wrap random (scramble random (pick random inner))

             {
                 Name = name
                 Seeds = Array.map (wrap (Random 1)) inner
                 Inside = inside
                 Read = read >> ignore
             }

         let whole = idx 8uy [ 3; 4; 5 ] 60
         let tensors = saved (fun path -> Safetensors.write path [ "who", "me"; "what", "ü" ] (Map.toList arrays.Value))
         let checkpoint = saved (fun path -> Checkpoint.save path snapshot.Value)

         let pngs =
             [
                 for colour, depth, interlaced in [ 2, 8, false; 3, 2, true; 0, 16, false; 6, 8, true ] ->
                     PngTests.random colour 7 5 depth colour interlaced
             ]

         let rewrapped (random: Random) (bytes: byte[]) =
             let parts = random.Next(1, 4)
             Array.concat [ for _ in 1..parts -> squeezed bytes ]

         let readNumbers path =
             let table = Csv.read path
             Csv.numbers [ table.Columns[0] ] table |> ignore
             Csv.classes table.Columns[table.Columns.Count - 1] table |> ignore

         [|
             plain "idx" Idx.read [ whole; idx 0x0Buy [ 5 ] 10; idx 0x0Euy [ 2; 2 ] 32 ]
             wrapped "idx.gz" rewrapped [ whole; idx 0x0Duy [ 6 ] 24; squeezed whole ] Idx.read
             plain "npy" Npy.load npys.Value
             wrapped
                 "npz"
                 (fun random bytes ->
                     zipped
                         (pick random [| CompressionLevel.NoCompression; CompressionLevel.Fastest |])
                         [ "a.npy", bytes; "b.npy", npys.Value[0] ])
                 npys.Value
                 Npy.loadMap
             wrapped
                 "npz, listed"
                 (fun _ bytes -> zipped CompressionLevel.Fastest [ "a.npy", bytes; "read.me", bytes ])
                 npys.Value
                 Npy.list
             { plain "safetensors" Safetensors.read [ tensors ] with Inside = reheaded }
             { plain "safetensors, listed" Safetensors.list [ tensors ] with
                 Inside = reheaded
             }
             { plain "checkpoint" (fun path -> Checkpoint.load path snapshot.Value) [ checkpoint ] with
                 Inside = recounted
             }
             plain "csv" readNumbers [ table ]
             { plain "png" Images.read pngs with
                 Inside = fun random bytes -> resummed (scramble random bytes)
             }
             plain
                 "other images"
                 Images.read
                 [ ReaderTests.jpeg 9; ReaderTests.bmp 3 2 (fun c y x -> byte (c + y + x)); gif; tga; runs ]
             plain "cifar" Cifar.read [ ReaderTests.cifarRows [ 3uy ] ]
         |])
