module CheckpointTests

open System
open System.IO
open System.Runtime.InteropServices
open System.Text
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 21
let private network = dense 4 6 --> batchNorm 6 --> relu --> dropout 0.2 --> Layer.named "head" (dense 6 3)
let private rule = Rule.ofLoss Loss.crossEntropy network
let private adam = Optimizer.adam (Schedule.constant 0.01)

let private data = Dataset.create (Random.normal [ 30; 4 ] key) (Tensor.ofInts [ for i in 0..29 -> i % 3 ])

let private batches steps = Dataset.batches 8 100 key data |> Batches.take steps
let private start = Training.start rule adam key
let private trained steps = Training.run 1 rule adam (batches steps) start |> Seq.last

let private expectSameSnapshot what (a: Snapshot) (b: Snapshot) =
    Expect.equal (b.Step, b.Key) (a.Step, a.Key) $"{what}: step and key"
    Seq.iter2 (expectSame what) (Snapshot.tensors a) (Snapshot.tensors b)

let private saved (folder: string) =
    let path = Path.Combine(folder, "a.safetensors")
    Checkpoint.save path (trained 5)
    path

// A safetensors file from a header and its data.
let private write (path: string) (header: string) (data: byte[]) =
    let text = Encoding.UTF8.GetBytes header
    File.WriteAllBytes(path, Array.concat [ BitConverter.GetBytes(int64 text.Length); text; data ])

// Every dtype, a scalar, and a tensor without elements.
let private assorted =
    [
        "f64", doubles [ 2; 3 ] 1
        "scalar", Tensor.scalar -0.5
        "bool", Tensor.gt (doubles [ 5 ] 2) (doubles [ 5 ] 3)
        "u8", Tensor.ofBytes [ 3 ] [| 0uy; 127uy; 255uy |]
        "i64", Tensor.ofInts [ Int32.MinValue; -1; 0; Int32.MaxValue ]
        "i32", Tensor.cast Dtype.Int32 (Tensor.ofInts [ 1; -2 ])
        "bf16", Tensor.cast Dtype.BFloat16 (doubles [ 4 ] 4)
        "empty", Tensor.zeros [ 0; 3 ]
        "a/b \"quoted\" ü", Tensor.ofDoubles [ 3 ] [| nan; infinity; -0.0 |]
    ]

let tests =
    testList
        "checkpoints"
        [
            test "saved and read again: the same snapshot, bit for bit" {
                inFolder (fun folder -> expectSameSnapshot "read" (trained 5) (Checkpoint.load (saved folder) start))
            }

            test "training goes on from a file as if never interrupted" {
                inFolder (fun folder ->
                    let resumed = Checkpoint.load (saved folder) start
                    let last = Training.run 3 rule adam (batches 17) resumed |> Seq.last
                    expectSameSnapshot "after 17 steps" (trained 17) last)
            }

            test "every dtype, scalars, empty tensors, odd names and notes come back" {
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "b.safetensors")
                    let notes = [ "who", "me"; "what", "a \"note\" — ü" ]
                    Safetensors.write path notes assorted
                    let struct (tensors, found) = Safetensors.read path
                    Expect.equal found (Map.ofList notes) "notes"
                    Expect.equal (List.map fst tensors) (List.map fst assorted) "names, in order"
                    List.iter2 (fun (name, a) (_, b) -> expectSame name a b) assorted tensors)
            }

            test "the file is safetensors as others write and read it" {
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "c.safetensors")
                    // What the format's own example would hold: little-endian, row by row.
                    write
                        path
                        """{"x":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}  """
                        [| 0uy; 0uy; 128uy; 63uy; 0uy; 0uy; 0uy; 192uy |]

                    let struct (tensors, _) = Safetensors.read path
                    Expect.sequenceEqual (Tensor.toDoubles (snd tensors.Head)) [ 1.0; -2.0 ] "1 and -2"
                    Safetensors.write path [] [ "x", snd tensors.Head ]
                    let bytes = File.ReadAllBytes path
                    let length = int (BitConverter.ToInt64(bytes, 0))
                    Expect.equal ((8 + length) % 8) 0 "the tensors are aligned"

                    Expect.equal
                        (Encoding.UTF8.GetString(bytes, 8, length).TrimEnd())
                        """{"x":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}"""
                        "header"

                    Expect.sequenceEqual bytes[8 + length ..] [| 0uy; 0uy; 128uy; 63uy; 0uy; 0uy; 0uy; 192uy |] "data")
            }

            test "a checkpoint of another network or transform is refused, with the paths that differ" {
                inFolder (fun folder ->
                    let path = saved folder

                    let refused transform words layer =
                        let like = Training.start (Rule.ofLoss Loss.crossEntropy layer) transform key

                        expectError<InvalidDataException> (path :: words) (fun () ->
                            Checkpoint.load path like |> ignore)

                    refused
                        adam
                        [ "params/0/weight"; "[4; 6]"; "[4; 7]" ]
                        (dense 4 7 --> batchNorm 7 --> relu --> dropout 0.2 --> Layer.named "head" (dense 7 3))

                    refused
                        adam
                        [ "params/4/weight"; "missing" ]
                        (dense 4 6 --> batchNorm 6 --> relu --> dropout 0.2 --> dense 6 3)

                    refused (Optimizer.sgd (Schedule.constant 0.1)) [ "memory/0/m/0/weight"; "not expected" ] network)
            }

            test "layers of another kind are refused by path, though all shapes agree" {
                inFolder (fun folder ->
                    let path = saved folder

                    let refused words layer =
                        let like = Training.start (Rule.ofLoss Loss.crossEntropy layer) adam key

                        expectError<InvalidDataException> (path :: words) (fun () ->
                            Checkpoint.load path like |> ignore)

                    refused
                        [ "layer '2' is relu in the file, but tanh is expected" ]
                        (dense 4 6 --> batchNorm 6 --> tanh --> dropout 0.2 --> Layer.named "head" (dense 6 3))

                    refused
                        [ "layer 'head' is dense in the file, but residual of dense is expected" ]
                        (dense 4 6
                         --> batchNorm 6
                         --> relu
                         --> dropout 0.2
                         --> Layer.named "head" (Layer.residual (dense 6 3)))

                    refused
                        [
                            "layer '3' is dropout in the file, but relu is expected"
                            "'4', residual, is missing"
                            "'4/0', dense, is missing"
                            "more"
                        ]
                        (dense 4 6 --> batchNorm 6 --> relu --> relu --> Layer.residual (dense 6 6 --> relu) --> relu))
            }

            test "a file without the layers' kinds, as written before there were any, is read" {
                inFolder (fun folder ->
                    let path = saved folder
                    let struct (tensors, notes) = Safetensors.read path
                    let notes = Map.remove "crc32c" notes
                    Safetensors.writeSummed path (Map.toList (Map.remove "layers" notes)) tensors
                    expectSameSnapshot "read" (trained 5) (Checkpoint.load path start)
                    Safetensors.writeSummed path (Map.toList (Map.add "layers" "[1]" notes)) tensors

                    expectError<InvalidDataException> [ path; "'layers'" ] (fun () ->
                        Checkpoint.load path start |> ignore))
            }

            test "what goes on from a file makes no batch of the steps before" {
                inFolder (fun folder ->
                    let made = ResizeArray()

                    let batches =
                        Batches.init 9 (fun n ->
                            made.Add n
                            Seq.head (Batches.from n (batches 100)))

                    let resumed = Checkpoint.load (saved folder) start
                    let last = Training.run 3 rule adam batches resumed |> Seq.last
                    Expect.sequenceEqual made [ 5..8 ] "the batches that were made"
                    expectSameSnapshot "after 9 steps" (trained 9) last)
            }

            test "settings that make other numbers of those stored are refused by path, though all shapes agree" {
                let images (layer: Layer<Tensor, Tensor>) = Rule.ofLoss Loss.squaredError layer
                let how = Convolution.standard

                let network stride dilation epsilon axis =
                    conv2dWith { how with Stride = [ stride ]; Dilation = [ dilation ] } 1 2 [ 3 ]
                    --> Layer.concat axis [ batchNormWith { BatchNormalisation.standard with Epsilon = epsilon } 2 ]

                let like layer = Training.start (images layer) adam key

                inFolder (fun folder ->
                    let path = Path.Combine(folder, "a.safetensors")
                    Checkpoint.save path (like (network 1 1 1e-5 1))

                    let refused words layer =
                        expectError<InvalidDataException> (path :: words) (fun () ->
                            Checkpoint.load path (like layer) |> ignore)

                    refused
                        [ "the layer '0', conv2d"; "stride=[1, 1] in the file"; "stride=[2, 2]" ]
                        (network 2 1 1e-5 1)

                    refused [ "the layer '0', conv2d"; "dilation=[1, 1] in the file" ] (network 1 2 1e-5 1)
                    refused [ "the layer '1', concat"; "axis=1 in the file, but axis=2" ] (network 1 1 1e-5 2)
                    let same = Checkpoint.load path (like (network 1 1 1e-5 1))
                    Expect.isEmpty same.Notices "nothing differs"
                    let other = Checkpoint.load path (like (network 1 1 1e-3 1))
                    let notice = Seq.exactlyOne other.Notices

                    for word in [ path; "'1/0', batchNorm"; "epsilon=1E-05"; "epsilon=0.001" ] do
                        Expect.stringContains notice word "what differs is said")
            }

            test "every layer and setting goes into a file and comes back" {
                let network =
                    conv2dWith
                        { Convolution.standard with
                            Padding = Padding.Around [| struct (1, 2); struct (0, 3) |]
                        }
                        1
                        2
                        [ 3 ]
                    --> Layer.named "b" (Layer.residual (leakyRelu 0.1 --> dropout 0.2))
                    --> Layer.concat 1 [ layerNorm [ 4 ]; Layer.identity; elu infinity ]
                    --> reshape [ -1; 2 ]

                let spec = Layer.spec network
                Expect.equal (Architecture.ofText (Architecture.toText spec)) (true, Some spec) "the same spec"
                let deep = Seq.fold (fun layer _ -> Layer.residual layer) relu (seq { 1 .. Nesting.limit })
                let spec = Layer.spec deep
                Expect.equal (Architecture.ofText (Architecture.toText spec)) (true, Some spec) "as deep as layers go"

                for text in
                    [
                        ""
                        "1"
                        "{}"
                        """{"kind":1,"settings":[],"parts":[]}"""
                        """{"kind":"a","settings":["b"],"parts":[]}"""
                        """{"kind":"a","settings":["b",{"whole":1.5}],"parts":[]}"""
                        """{"kind":"a","settings":["b",{}],"parts":[]}"""
                        """{"kind":"a","settings":["b",{"other":1}],"parts":[]}"""
                        """{"kind":"a","settings":["b",{"number":"x"}],"parts":[]}"""
                        """{"kind":"a","settings":[],"parts":[null,null]}"""
                        String.replicate 3000 """{"kind":"a","settings":[],"parts":["",""" + "1"
                    ] do
                    Expect.isFalse (fst (Architecture.ofText text)) text
            }

            test "a missing file is a FileNotFoundException" {
                expectError<FileNotFoundException> [ "nowhere.safetensors" ] (fun () ->
                    Checkpoint.load "nowhere.safetensors" start |> ignore)
            }

            test "a file cut short anywhere is refused" {
                inFolder (fun folder ->
                    let path = saved folder
                    let whole = File.ReadAllBytes path

                    for length in Seq.append [ 0..20 ] [ 21..97 .. whole.Length - 1 ] do
                        File.WriteAllBytes(path, whole[.. length - 1])
                        expectError<InvalidDataException> [ path ] (fun () -> Checkpoint.load path start |> ignore))
            }

            test "a bit that is another is noticed, wherever it is" {
                inFolder (fun folder ->
                    let path = saved folder
                    let bytes = File.ReadAllBytes path

                    for at in 0..9 .. bytes.Length - 1 do
                        let bit = 1uy <<< (at * 5 % 8)
                        bytes[at] <- bytes[at] ^^^ bit
                        File.WriteAllBytes(path, bytes)
                        expectError<InvalidDataException> [ path ] (fun () -> Checkpoint.load path start |> ignore)
                        bytes[at] <- bytes[at] ^^^ bit

                    File.WriteAllBytes(path, bytes)
                    expectSameSnapshot "the right bits" (trained 5) (Checkpoint.load path start))
            }

            test "the sum is the CRC-32C of the file with its own digits as zeros" {
                inFolder (fun folder ->
                    let path = saved folder
                    let text = Encoding.Latin1.GetString(File.ReadAllBytes path)
                    let place = text.IndexOf("\"crc32c\":\"", StringComparison.Ordinal) + 10
                    let blank = Encoding.Latin1.GetBytes(text.Remove(place, 8).Insert(place, "00000000"))
                    let sum = Checksum.crc32c 0u (ReadOnlySpan blank)
                    Expect.equal (text.Substring(place, 8)) (sum.ToString "x8") "the digits"
                    Expect.equal (Map.find "crc32c" (Safetensors.notes path)) (sum.ToString "x8") "the note")
            }

            test "a file of before, without a sum, is read, and one of now without it is not" {
                inFolder (fun folder ->
                    let path = saved folder
                    let struct (tensors, notes) = Safetensors.read path
                    let bare = Map.remove "crc32c" notes
                    Safetensors.write path (Map.toList (Map.add "format" "functional-checkpoint-1" bare)) tensors
                    expectSameSnapshot "of before" (trained 5) (Checkpoint.load path start)
                    Safetensors.write path (Map.toList bare) tensors

                    expectError<InvalidDataException> [ path; "'crc32c'"; "missing" ] (fun () ->
                        Checkpoint.load path start |> ignore))
            }

            test "a checkpoint of another number of threads says so" {
                inFolder (fun folder ->
                    let path = saved folder
                    Expect.isEmpty (Checkpoint.load path start).Notices "of the same number"
                    Expect.isEmpty (trained 1).Notices "made here"
                    let struct (tensors, notes) = Safetensors.read path
                    let threads = int notes["threads"]
                    Expect.equal threads (Native.threads ()) "the number"

                    let written = notes |> Map.remove "crc32c" |> Map.add "threads" (string (threads + 3))
                    Safetensors.writeSummed path (Map.toList written) tensors
                    let read = Checkpoint.load path start
                    expectSameSnapshot "the same numbers" (trained 5) read
                    let notice = Expect.wantSome (Seq.tryExactlyOne read.Notices) "one notice"

                    for word in [ path; $"{threads + 3} threads"; $"are {threads}" ] do
                        Expect.stringContains notice word "what differs"

                    Expect.equal (List.ofSeq (CSharp.Checkpoints.Load(path, start)).Notices) [ notice ] "C#"
                    let past = notes |> Map.remove "crc32c" |> Map.remove "threads"
                    Safetensors.writeSummed path (Map.toList past) tensors
                    Expect.isEmpty (Checkpoint.load path start).Notices "unknown")
            }

            for what, header, size in
                [
                    "no JSON", "{", 0
                    "no object", "[1]", 0
                    "an entry that is no object", """{"x":1}""", 0
                    "an unknown dtype", """{"x":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}}""", 1
                    "a negative axis", """{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4
                    "an axis beyond all memory",
                    """{"x":{"dtype":"F32","shape":[9223372036854775807,8],"data_offsets":[0,4]}}""",
                    4
                    "one offset", """{"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4
                    "offsets beyond the file", """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4
                    "offsets in the wrong order", """{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4
                    "tensors that overlap",
                    """{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
                    4
                    "a gap", """{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8
                    "bytes after the last", """{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8
                    "a name twice",
                    """{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
                    4
                    "more axes than any tensor",
                    $"""{{"x":{{"dtype":"U8","shape":[{String.Join(",", Array.create 65 1)}],"data_offsets":[0,1]}}}}""",
                    1
                    "an axis beyond all memory, beside one of 0",
                    """{"x":{"dtype":"F32","shape":[9223372036854775807,0],"data_offsets":[0,0]}}""",
                    0
                    "an axis beyond what a shape can say",
                    """{"x":{"dtype":"F32","shape":[2147483648,0],"data_offsets":[0,0]}}""",
                    0
                    "a space before it", """ {"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1
                    "a comment", """{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}/* */}""", 1
                    "a comma at its end", """{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},}""", 1
                    "whole numbers with a point", """{"x":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}""", 1
                    "notes twice", """{"__metadata__":{},"__metadata__":{}}""", 0
                    "notes that are no texts", """{"__metadata__":{"a":1}}""", 0
                    "a note twice", """{"__metadata__":{"a":"1","b":"2","a":"1"}}""", 0
                    "a dtype twice in an entry",
                    """{"x":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}""",
                    1
                    "a shape twice in an entry",
                    """{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"shape":[1]}}""",
                    1
                    "offsets twice in an entry",
                    """{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"data_offsets":[0,1]}}""",
                    1
                    "a key twice that says nothing",
                    """{"x":{"dtype":"U8","shape":[1],"more":[],"data_offsets":[0,1],"more":{}}}""",
                    1
                    "a key twice, once escaped",
                    """{"x":{"dtype":"U8","d\u0074ype":"U8","shape":[1],"data_offsets":[0,1]}}""",
                    1
                    "an entry without a dtype", """{"x":{"shape":[1],"data_offsets":[0,1]}}""", 1
                    "an entry without a shape", """{"x":{"dtype":"U8","data_offsets":[0,1]}}""", 1
                    "an entry without offsets", """{"x":{"dtype":"U8","shape":[1]}}""", 1
                    "something after it", """{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}{}""", 1
                    "a half of an odd size", """{"x":{"dtype":"F16","shape":[1],"data_offsets":[0,3]}}""", 3
                ] do
                test $"a header with {what} is refused" {
                    inFolder (fun folder ->
                        let path = Path.Combine(folder, "d.safetensors")
                        write path header (Array.zeroCreate size)
                        expectError<InvalidDataException> [ path ] (fun () -> Safetensors.read path |> ignore))
                }

            test "a key that the format does not know is passed over, whatever it holds" {
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "d.safetensors")

                    write
                        path
                        """{"x":{"dtype":"U8","more":{"a":[1,{"b":null}]},"shape":[1],"data_offsets":[0,1]}}"""
                        [| 7uy |]

                    Expect.equal (Tensor.toBytes (Safetensors.load path)) [| 7uy |] "the tensor")
            }

            test "types that tensors have stay, those that they have not are widened, to the last of their numbers" {
                let bytes (numbers: 'a[]) = MemoryMarshal.AsBytes(ReadOnlySpan numbers).ToArray()
                let halves = [| for bits in 0us .. UInt16.MaxValue -> BitConverter.UInt16BitsToHalf bits |]
                let shorts = [| Int16.MinValue .. Int16.MaxValue |]
                let longs = [| 0UL; 1UL; uint64 Int64.MaxValue |]

                inFolder (fun folder ->
                    let path = Path.Combine(folder, "w.safetensors")

                    for kind, count, data, dtype, expected in
                        [
                            "F16", halves.Length, bytes halves, Dtype.Float16, Tensor.ofHalves [ halves.Length ] halves
                            "I8",
                            256,
                            bytes [| SByte.MinValue .. SByte.MaxValue |],
                            Dtype.Int8,
                            Tensor.ofSBytes [ 256 ] [| SByte.MinValue .. SByte.MaxValue |]
                            "I16", shorts.Length, bytes shorts, Dtype.Int16, Tensor.ofInt16s [ shorts.Length ] shorts
                            "U16",
                            65536,
                            bytes [| 0us .. UInt16.MaxValue |],
                            Dtype.Int32,
                            Tensor.ofInt32s [ 65536 ] [| 0..65535 |]
                            "U32",
                            2,
                            bytes [| 7u; UInt32.MaxValue |],
                            Dtype.Int64,
                            Tensor.ofLongs [ 2 ] [| 7L; 4294967295L |]
                            "U64", 3, bytes longs, Dtype.Int64, Tensor.ofLongs [ 3 ] (Array.map int64 longs)
                        ] do
                        let header =
                            $"""{{"x":{{"dtype":"{kind}","shape":[{count}],"data_offsets":[0,{data.Length}]}}}}"""

                        write path header data
                        let found = Safetensors.load path
                        Expect.equal found.Dtype dtype kind
                        expectSame kind expected found
                        expectSame $"{kind} in C#" expected (CSharp.Safetensors.Load path)

                    write
                        path
                        """{"x":{"dtype":"U64","shape":[2],"data_offsets":[0,16]}}"""
                        (bytes [| 1UL; 1UL <<< 63 |])

                    expectError<InvalidDataException> [ path; "'x'"; "9223372036854775808" ] (fun () ->
                        Safetensors.read path |> ignore))
            }

            test "a truth value is 0 or 1" {
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "b.safetensors")
                    let header = """{"x":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}"""
                    write path header [| 0uy; 1uy; 1uy |]
                    Expect.equal (Tensor.toBools (Safetensors.load path)) [| false; true; true |] "these are"

                    for value in [ 2uy; 255uy ] do
                        write path header [| 0uy; value; 1uy |]

                        expectError<InvalidDataException> [ path; "'x'"; $"offset {8 + header.Length + 1}" ] (fun () ->
                            Safetensors.read path |> ignore))
            }

            test "a header that promises more than the file holds takes no memory for it" {
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "e.safetensors")
                    File.WriteAllBytes(path, Array.append (BitConverter.GetBytes 99_000_000L) (Array.zeroCreate 10))
                    let before = GC.GetAllocatedBytesForCurrentThread()
                    expectError<InvalidDataException> [ "99000000" ] (fun () -> Safetensors.read path |> ignore)
                    Expect.isLessThan (GC.GetAllocatedBytesForCurrentThread() - before) 1_000_000L "bytes allocated")
            }

            test "a save that fails leaves the old file as it was, and nothing beside it" {
                inFolder (fun folder ->
                    let path = saved folder
                    let before = File.ReadAllBytes path
                    let freed = Scope.value (fun () -> let t = Tensor.ones [ 3 ] in (fun () -> t))

                    // The last tensor cannot be written, for it is gone; the first have been by then.
                    expectError<ObjectDisposedException> [ "keep" ] (fun () ->
                        Safetensors.write path [] [ "a", Tensor.ones [ 100 ]; "b", freed () ])

                    Expect.sequenceEqual (File.ReadAllBytes path) before "the old file"
                    Expect.equal (Directory.GetFiles folder) [| path |] "nothing else")
            }

            test "a tensor under the name of the notes, and two notes of one name, are not written" {
                expectError<ArgumentException> [ "'__metadata__'" ] (fun () ->
                    Safetensors.write "never" [] [ "__metadata__", Tensor.ones [ 1 ] ])

                expectError<ArgumentException> [ "two notes"; "'a'" ] (fun () ->
                    Safetensors.write "never" [ "a", "1"; "a", "2" ] [])
            }

            test "notes are read without the tensors" {
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "n.safetensors")
                    Safetensors.write path [ "a", "1" ] [ "x", Tensor.ones [ 1000 ] ]
                    // The data are cut off; the header is whole.
                    File.WriteAllBytes(path, (File.ReadAllBytes path)[..200])
                    Expect.equal (Safetensors.notes path) (Map.ofList [ "a", "1" ]) "notes"
                    expectError<InvalidDataException> [ path ] (fun () -> Safetensors.read path |> ignore))
            }

            test "two tensors of one name are not written" {
                expectError<ArgumentException> [ "'a'" ] (fun () ->
                    Safetensors.write "never" [] [ "a", Tensor.ones [ 1 ]; "a", Tensor.ones [ 1 ] ])
            }
        ]
