/// Damaged files for every reader: each is read or refused, with the file's name, a short message and little memory.
module FileHunt

open System
open System.Buffers.Binary
open System.Diagnostics
open System.Globalization
open System.IO
open System.IO.Compression
open System.Text
open System.Text.RegularExpressions
open Expecto
open Functional
open Functional.FSharp
open Hunt
open Support

// ---- damage to bytes

let private pick (random: Random) (choices: 'a[]) = choices[random.Next choices.Length]

let private numbers =
    [|
        0L
        1L
        2L
        3L
        7L
        8L
        127L
        128L
        255L
        256L
        32767L
        65535L
        65536L
        1_000_000L
        16_777_216L
        2_147_483_647L
        2_147_483_648L
        4_294_967_295L
        9_007_199_254_740_993L
        Int64.MaxValue
        -1L
        -2L
        Int64.MinValue
    |]

let private words =
    [|
        "{"
        "}"
        "["
        "]"
        "("
        ")"
        ","
        ":"
        "\""
        "'"
        "\\"
        "\000"
        "\n"
        "\r"
        "é"
        "[[[["
        "\"\\ud800\""
        "null"
        "true"
        "NaN"
        "1e400"
        "0.5"
        "18446744073709551616"
        "-0"
        "F16"
        "BOOL"
        "U64"
        "__metadata__"
        "shape"
        "data_offsets"
        "<f8"
        ">i2"
        "|O"
        "IHDR"
        "IDAT"
        "IEND"
        "PLTE"
        "PK\001\002"
        "PK\005\006"
    |]

let private insert at (part: byte[]) (bytes: byte[]) = Array.concat [ bytes[.. at - 1]; part; bytes[at..] ]

// Bytes of a place are replaced, up to the end at most.
let private put at (part: byte[]) (bytes: byte[]) =
    let changed = Array.copy bytes
    Array.blit part 0 changed at (min part.Length (bytes.Length - at))
    changed

let private number (random: Random) =
    let value = if random.Next 3 = 0 then random.NextInt64() else pick random numbers
    let bytes = BitConverter.GetBytes(value: int64)[.. pick random [| 0; 1; 3; 7 |]]
    if random.Next 2 = 0 then bytes else Array.rev bytes

let private digits = Regex(@"\d+", RegexOptions.CultureInvariant)

let private damage (random: Random) (bytes: byte[]) : byte[] =
    if bytes.Length = 0 then
        [| byte (random.Next 256) |]
    else
        // Headers stand at the beginning, directories at the end.
        let at =
            match random.Next 4 with
            | 0 -> random.Next(min 64 bytes.Length)
            | 1 -> bytes.Length - 1 - random.Next(min 64 bytes.Length)
            | _ -> random.Next bytes.Length

        let length = 1 + random.Next(min 40 bytes.Length)
        let part = bytes[at .. min bytes.Length (at + length) - 1]

        match random.Next 11 with
        | 0
        | 1 -> put at [| bytes[at] ^^^ (1uy <<< random.Next 8) |] bytes
        | 2 -> put at (number random) bytes
        | 3 -> bytes[.. at - 1]
        | 4 -> Array.append bytes (Array.create length (byte (random.Next 3)))
        | 5 -> Array.concat [ bytes[.. at - 1]; bytes[at + part.Length ..] ]
        | 6 -> insert (random.Next bytes.Length) part bytes
        | 7 -> put (random.Next bytes.Length) part bytes
        | 8 -> insert at (Encoding.UTF8.GetBytes(pick random words)) bytes
        | 9 -> put at (Encoding.UTF8.GetBytes(pick random words)) bytes
        | _ ->
            // A number in a text grows.
            let text = Encoding.Latin1.GetString bytes
            let found = digits.Matches text

            if found.Count = 0 then
                put at [| 255uy |] bytes
            else
                let hit = found[random.Next found.Count]
                let grown = (pick random numbers).ToString CultureInfo.InvariantCulture
                Encoding.Latin1.GetBytes(text.Remove(hit.Index, hit.Length).Insert(hit.Index, grown))

let rec private scramble (random: Random) (bytes: byte[]) =
    let damaged = damage random bytes
    if random.Next 3 = 0 then scramble random damaged else damaged

// ---- formats, with damage below their sums and compression

/// A kind of file: sound ones, what is damaged inside before it is wrapped again, and how it is read.
type private Format =
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

let private formats: Lazy<Format[]> =
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

/// The names of the formats.
let names () = formats.Value |> Array.map _.Name

let private caseOf (seed: int) (case: int) =
    let random = Random(HashCode.Combine(seed, case))
    let format = formats.Value[case % formats.Value.Length]
    let bytes = pick random format.Seeds

    // Damage to what is unpacked, to what is packed, or both.
    let bytes =
        match random.Next 4 with
        | 0 -> scramble random bytes
        | 1 -> scramble random (format.Inside random bytes)
        | _ -> format.Inside random bytes

    struct (format, bytes)

// A message is no longer than this, beside the name of the file.
let private mostLetters = 500

/// Reads one damaged file; what is wrong with how it is read fails with seed and case.
let private tryOne (path: string) (seed: int) (case: int) : bool =
    let struct (format, bytes) = caseOf seed case
    let name = $"seed {seed}, case {case} ({format.Name})"
    File.WriteAllBytes(path, bytes)
    let clock = Stopwatch.StartNew()
    let before = GC.GetAllocatedBytesForCurrentThread()

    let isRead =
        try
            Scope.value (fun () -> format.Read path)
            true
        with
        | :? InvalidDataException as error ->
            if not (error.Message.StartsWith(path, StringComparison.Ordinal)) then
                failtest $"{name}: the message does not begin with the file: {error.Message}"

            if error.Message.Length > path.Length + mostLetters then
                failtest $"{name}: the message has {error.Message.Length} characters: {error.Message.Substring(0, 200)}"

            false
        | error -> failtest $"{name}: {error}\n{Convert.ToBase64String bytes}"

    let allocated = GC.GetAllocatedBytesForCurrentThread() - before

    // Buffers, JSON and messages take some; the rest goes with the file.
    if allocated > 2_000_000L + 200L * int64 bytes.Length then
        failtest
            $"{name}: {allocated} bytes of managed memory for a file of {bytes.Length}\n{Convert.ToBase64String bytes}"

    if clock.Elapsed.TotalSeconds > 20.0 then
        failtest $"{name}: {clock.Elapsed.TotalSeconds} s\n{Convert.ToBase64String bytes}"

    isRead

let private inMemory (use': string -> 'a) : 'a =
    let memory = "/dev/shm"

    let folder =
        if Directory.Exists memory then
            Directory.CreateDirectory(Path.Combine(memory, $"functional-{Guid.NewGuid():N}"))
        else
            Directory.CreateTempSubdirectory "functional-"

    try
        use' (Path.Combine(folder.FullName, "damaged"))
    finally
        folder.Delete true

/// Runs cases in this process: how many there were, and how many were read.
let cases (budget: Budget) : struct (int * int) =
    let clock = Stopwatch.StartNew()

    inMemory (fun path ->
        let mutable done', read = 0, 0

        while goesOn clock budget done' do
            if tryOne path budget.Seed done' then
                read <- read + 1

            done' <- done' + 1

            if done' % 1000 = 0 then
                budget.Progress done'

        struct (done', read))

// The most memory that this process has had, in bytes.
let private peak () =
    use self = Process.GetCurrentProcess()
    self.PeakWorkingSet64

/// What runs in the process of its own.
let child (seed: int) (cases': int) (seconds: float) =
    // Each sound file once, so that what is loaded and compiled counts for nothing.
    cases { Seed = seed; Cases = 500; Seconds = 60.0; Progress = ignore } |> ignore
    let before = peak ()

    let progress (count: int) =
        printfn $"{count}"
        Console.Out.Flush()

    let struct (count, read) = cases { Seed = seed; Cases = cases'; Seconds = seconds; Progress = progress }
    printfn $"cases {count} read {read} grown {(peak () - before) >>> 20}"

// Native memory and the collector's together: beside these small files, of which none promises more than it has.
let private mostGrown = 300

let private ending = Regex(@"^cases (\d+) read (\d+) grown (\d+)$", RegexOptions.CultureInvariant)

let private runHunt (budget: Budget) : int =
    let seconds = budget.Seconds.ToString CultureInfo.InvariantCulture
    let start = childStart [ "child"; "files"; string budget.Seed; string budget.Cases; seconds ]
    // The collector's heap may not grow above 256 MB.
    start.Environment["DOTNET_GCHeapHardLimit"] <- "10000000"
    start.RedirectStandardOutput <- true
    start.RedirectStandardError <- true
    use child = Process.Start start |> nonNull
    let errors = child.StandardError.ReadToEndAsync()
    let said = ResizeArray<string>()
    let mutable line = child.StandardOutput.ReadLine()

    while not (isNull line) do
        match Int32.TryParse line with
        | true, count -> budget.Progress count
        | _ -> said.Add((string line).Trim())

        line <- child.StandardOutput.ReadLine()

    child.WaitForExit()
    let output = String.Join("\n", said)
    Expect.equal child.ExitCode 0 $"the reading process ended well (seed {budget.Seed}): {output}{errors.Result}"
    let result = ending.Match(Seq.last said)
    Expect.isTrue result.Success $"it told what it did: {output}"
    let value (group: int) = int result.Groups[group].Value
    Expect.isLessThan (value 3) mostGrown "megabytes of memory"
    value 1

/// The hunt with its full count.
let hunt: Hunt = { Name = "files"; Full = 500_000; Share = 2.0; Run = runHunt }

let tests =
    testList
        "damaged files"
        [
            test "of every format are read or refused, with the file's name, a short message and little memory" {
                let struct (count, read) = cases { Seed = 1; Cases = 1200; Seconds = 30.0; Progress = ignore }
                Expect.equal count 1200 "cases"
                let share = float read / float count
                expectAbove 0.02 "some are read" share
                expectBelow 0.6 "most are refused" share
            }

            test "sound files of every format are read" {
                inMemory (fun path ->
                    for format in formats.Value do
                        for seed in format.Seeds do
                            File.WriteAllBytes(path, seed)

                            match format.Name with
                            // Several arrays of which one is of records.
                            | "npy"
                            | "npz"
                            | "idx.gz" -> ()
                            | _ -> format.Read path)
            }
        ]
