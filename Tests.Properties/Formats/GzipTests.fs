/// Files of gzip with more than one member (RFC 1952), and IDX files in them.
module GzipTests

open System
open System.IO
open System.IO.Compression
open System.Runtime.InteropServices
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

/// One member, as the framework writes it.
let squeezed (bytes: byte[]) =
    use into = new MemoryStream()
    (use zip = new GZipStream(into, CompressionLevel.Fastest, true) in zip.Write(bytes, 0, bytes.Length))
    // Nothing is written of nothing.
    if bytes.Length = 0 then
        Convert.FromHexString "1f8b080000000000000303000000000000000000"
    else
        into.ToArray()

// The member with all that its header may hold: more fields, a name, a comment and a sum of the header.
let private dressed (bytes: byte[]) =
    let plain = squeezed bytes
    let fields = [| 6uy; 0uy; byte 'B'; byte 'C'; 2uy; 0uy; 27uy; 0uy |]
    let head = Array.concat [ plain[..2]; [| 0x1euy |]; plain[4..9]; fields; "a name\000"B; "a comment\000"B ]
    Array.concat [ head; [| 0uy; 0uy |]; plain[10..] ]

let private unpack (bytes: byte[]) : byte[] =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "x.gz")
        File.WriteAllBytes(path, bytes)
        use file = File.OpenRead path
        use unpacked = new Gzip(path, file)
        use all = new MemoryStream()
        unpacked.CopyTo all
        all.ToArray())

let private noise seed count =
    let random = Random(seed: int)
    Array.init count (fun _ -> byte (random.Next 256))

let private idx (kind: byte) (shape: int list) (elements: byte[]) =
    let axes = [| for axis in shape -> BitConverter.GetBytes(Net.IPAddress.HostToNetworkOrder(axis: int)) |]
    Array.concat [ [| 0uy; 0uy; kind; byte shape.Length |]; Array.concat axes; elements ]

let private inFile name (bytes: byte[]) (use': string -> 'r) : 'r =
    inFolder (fun folder ->
        let path = Path.Combine(folder, name)
        File.WriteAllBytes(path, bytes)
        use' path)

let private attempt (f: unit -> 'a) : Result<'a, string> =
    try
        Ok(f ())
    with :? InvalidDataException as error ->
        Error error.Message

let tests =
    testList
        "gzip"
        [
            testPropertyWithConfig
                { FsCheckConfig.defaultConfig with maxTest = 15 }
                "members of any length, one after the other, are one file"
            <| fun (lengths: uint16 list) (seed: int) (zeros: byte) ->
                let parts =
                    lengths |> List.truncate 6 |> List.mapi (fun i length -> noise (seed + i) (int length % 30_000))

                let parts = [| 7uy |] :: parts
                let members = [ for i, part in List.indexed parts -> if i % 2 = 0 then squeezed part else dressed part ]
                // As bgzip ends its files, and with zeros behind as on tapes.
                let file = Array.concat (members @ [ squeezed [||]; Array.zeroCreate (int zeros) ])
                Expect.isTrue ((unpack file).AsSpan().SequenceEqual(Array.concat parts)) "what they hold"

            test "members that end anywhere in what is read at a time" {
                // Stored data: the length of the member is that of its content and 18 more, so that each end comes up.
                for length in 8192 - 40 .. 8192 + 10 do
                    let part = noise length length
                    let file = Array.concat [ squeezed part; squeezed [| 1uy; 2uy |]; squeezed part ]
                    let whole = Array.concat [ part; [| 1uy; 2uy |]; part ]
                    Expect.isTrue ((unpack file).AsSpan().SequenceEqual whole) $"{length}"
            }

            test "a file that ends early, has another bit or other bytes behind is refused" {
                let file =
                    Array.concat [ squeezed (noise 1 300); dressed "some text, some text"B; squeezed (noise 2 50) ]

                let ends =
                    [
                        (squeezed (noise 1 300)).Length
                        (squeezed (noise 1 300)).Length + (dressed "some text, some text"B).Length
                    ]

                for length in 0 .. file.Length - 1 do
                    // What ends with a member is whole.
                    if not (List.contains length ends) then
                        expectError<InvalidDataException> [ "x.gz: "; "offset" ] (fun () ->
                            unpack file[.. length - 1] |> ignore)

                for tail in [ [| 1uy |]; [| 0uy; 0uy; 1uy |]; [| 0x1fuy; 0x8buy |]; "PK"B ] do
                    expectError<InvalidDataException> [ "x.gz: " ] (fun () -> unpack (Array.append file tail) |> ignore)

                let data = squeezed (noise 1 300)

                for at in 10..3 .. data.Length - 1 do
                    for bit in [ at % 8 ] do
                        let wrong = Array.updateAt at (data[at] ^^^ (1uy <<< bit)) data

                        // Some bits of deflate mean nothing.
                        match attempt (fun () -> unpack wrong) with
                        | Ok found -> Expect.sequenceEqual found (noise 1 300) $"bit {bit} of byte {at}"
                        | Error message -> Expect.stringContains message "x.gz: " "the file"
            }

            test "an IDX file in several members, with zeros behind, is read" {
                let elements = [| for i in 0..59_999 -> byte (i * i / 3) |]
                let whole = idx 8uy [ 60; 1000 ] elements
                let file = Array.concat [ squeezed whole[..20_000]; squeezed whole[20_001..]; Array.zeroCreate 512 ]

                inFile "a.gz" file (fun path ->
                    let read = Idx.read path
                    Expect.equal (read.Shape, read.Dtype) ([| 60; 1000 |], Dtype.UInt8) "shape and dtype"
                    Expect.isTrue ((Tensor.bits read).AsSpan().SequenceEqual elements) "elements"
                    expectSame "C#" read (CSharp.Idx.Read path))
            }

            test "IDX files of every type" {
                let swapped (numbers: 'a[]) =
                    MemoryMarshal.AsBytes(ReadOnlySpan numbers).ToArray()
                    |> Array.chunkBySize sizeof<'a>
                    |> Array.collect Array.rev

                for kind, elements, dtype, expected in
                    [
                        0x08uy, [| 0uy; 127uy; 255uy |], Dtype.UInt8, Tensor.ofBytes [ 3 ] [| 0uy; 127uy; 255uy |]
                        0x09uy, [| 0uy; 127uy; 255uy |], Dtype.Int8, Tensor.ofSBytes [ 3 ] [| 0y; 127y; -1y |]
                        0x0Buy,
                        swapped [| Int16.MinValue; 1s; Int16.MaxValue |],
                        Dtype.Int16,
                        Tensor.ofInt16s [ 3 ] [| Int16.MinValue; 1s; Int16.MaxValue |]
                        0x0Cuy,
                        swapped [| Int32.MinValue; 1; Int32.MaxValue |],
                        Dtype.Int32,
                        Tensor.ofInt32s [ 3 ] [| Int32.MinValue; 1; Int32.MaxValue |]
                        0x0Duy,
                        swapped [| 1.5f; -0.0f; infinityf |],
                        Dtype.Float32,
                        Tensor.ofArray [ 3 ] [| 1.5f; -0.0f; infinityf |]
                        0x0Euy,
                        swapped [| Math.PI; -0.0; 1e300 |],
                        Dtype.Float64,
                        Tensor.ofDoubles [ 3 ] [| Math.PI; -0.0; 1e300 |]
                    ] do
                    inFile "x" (idx kind [ 3 ] elements) (fun path ->
                        let read = Idx.read path
                        Expect.equal read.Dtype dtype $"type {kind}"
                        expectSame $"type {kind}" expected read)
            }

            test "a header that promises more than the file can hold takes no memory" {
                for name, bytes in
                    [
                        "x", idx 8uy [ Int32.MaxValue ] [| 1uy |]
                        "x.gz", squeezed (idx 8uy [ Int32.MaxValue ] [| 1uy |])
                    ] do
                    inFile name bytes (fun path ->
                        let before = GC.GetAllocatedBytesForCurrentThread()
                        expectError<InvalidDataException> [ path; "ends early" ] (fun () -> Idx.read path |> ignore)
                        Expect.isLessThan (GC.GetAllocatedBytesForCurrentThread() - before) 1_000_000L "managed")

                // 40 MB of zeros in 40 kB: they go straight into the tensor, and what comes behind them is not unpacked.
                let zeros = idx 8uy [ 40_000_000 ] (Array.zeroCreate 40_000_000)

                inFile "x.gz" (squeezed zeros) (fun path ->
                    let before = GC.GetAllocatedBytesForCurrentThread()
                    Expect.equal (Idx.read path).Count 40_000_000 "all"
                    Expect.isLessThan (GC.GetAllocatedBytesForCurrentThread() - before) 1_000_000L "managed")

                zeros[4] <- 0uy
                zeros[5] <- 0uy

                inFile "x.gz" (squeezed zeros) (fun path ->
                    let before = GC.GetAllocatedBytesForCurrentThread()
                    expectError<InvalidDataException> [ "after the last" ] (fun () -> Idx.read path |> ignore)
                    Expect.isLessThan (GC.GetAllocatedBytesForCurrentThread() - before) 1_000_000L "managed")
            }

            test "MNIST with dots in its names, and EMNIST: upright, labels from 0" {
                inFolder (fun folder ->
                    let write name (bytes: byte[]) = File.WriteAllBytes(Path.Combine(folder, name), bytes)
                    write "train-images.idx3-ubyte" (idx 8uy [ 1; 1; 2 ] [| 0uy; 255uy |])
                    write "train-labels.idx1-ubyte.gz" (squeezed (idx 8uy [ 1 ] [| 9uy |]))
                    write "t10k-images-idx3-ubyte" (idx 8uy [ 1; 1; 2 ] [| 51uy; 0uy |])
                    write "t10k-labels.idx1-ubyte" (idx 8uy [ 1 ] [| 0uy |])
                    let struct (train, test) = Digits.mnist folder
                    Expect.sequenceEqual (Tensor.toArray train.Inputs) [ 0f; 1f ] "images"
                    Expect.sequenceEqual (Tensor.toLongs test.Targets) [ 0L ] "labels"

                    for part in [ "train"; "test" ] do
                        write
                            $"emnist-letters-{part}-images-idx3-ubyte"
                            (idx 8uy [ 2; 2; 2 ] [| 0uy; 51uy; 102uy; 255uy; 1uy; 2uy; 3uy; 4uy |])

                        write $"emnist-letters-{part}-labels-idx1-ubyte" (idx 8uy [ 2 ] [| 1uy; 26uy |])

                    let struct (train, test) = Digits.emnist "letters" folder

                    expectClose
                        1e-7
                        "upright"
                        [| 0.0; 0.4; 0.2; 1.0 |]
                        (Array.truncate 4 (Tensor.toDoubles train.Inputs))

                    Expect.sequenceEqual (Tensor.toLongs train.Targets) [ 0L; 25L ] "labels from 0"
                    let struct (again, _) = CSharp.Digits.Emnist(folder, "letters")
                    expectSame "C#" train.Inputs again.Inputs
                    expectSame "both parts" test.Targets again.Targets
                    write "emnist-letters-test-labels-idx1-ubyte" (idx 8uy [ 2 ] [| 0uy; 26uy |])

                    expectError<InvalidDataException> [ "label 0"; "1 to 26" ] (fun () ->
                        Digits.emnist "letters" folder |> ignore)

                    expectError<ArgumentException> [ "'greek'"; "balanced" ] (fun () ->
                        Digits.emnist "greek" folder |> ignore)

                    write "t10k-images-idx3-ubyte" (idx 0x0Duy [ 1; 1; 1 ] [| 0uy; 0uy; 0uy; 0uy |])
                    expectError<InvalidDataException> [ "float32" ] (fun () -> Digits.mnist folder |> ignore)
                    write "t10k-images-idx3-ubyte" (idx 8uy [ 0; 1; 2 ] [||])
                    write "t10k-labels.idx1-ubyte" (idx 8uy [ 0 ] [||])
                    expectError<InvalidDataException> [ "no image" ] (fun () -> Digits.mnist folder |> ignore))
            }

            test "grey values are those of the tensor divided by 255, bit for bit, in one part or many" {
                let bytes = Tensor.ofBytes [ 16; 16 ] [| 0uy .. 255uy |]
                expectSame "all bytes" (Tensor.cast Dtype.Float32 bytes / 255.0) (Pixels.ofBytes bytes)
            }
        ]
