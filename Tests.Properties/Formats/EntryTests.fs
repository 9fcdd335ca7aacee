/// Files of several tensors: what is not read beside what is, names, types, and tensors read in parts.
module EntryTests

open System
open System.Diagnostics
open System.IO
open System.IO.Compression
open System.Runtime.InteropServices
open System.Text
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

let private inFile (bytes: byte[]) (use': string -> 'r) : 'r =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "x")
        File.WriteAllBytes(path, bytes)
        use' path)

let private safetensors (header: string) (data: byte[]) =
    let text = Encoding.UTF8.GetBytes header
    Array.concat [ BitConverter.GetBytes(int64 text.Length); text; data ]

let private npy (header: string) (elements: byte[]) =
    let text = Encoding.ASCII.GetBytes header

    let start =
        [|
            0x93uy
            byte 'N'
            byte 'U'
            byte 'M'
            byte 'P'
            byte 'Y'
            1uy
            0uy
            byte text.Length
            byte (text.Length >>> 8)
        |]

    Array.concat [ start; text; elements ]

let private described descr shape = $"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}"

let private zip level (entries: (string * byte[]) list) =
    use stream = new MemoryStream()

    do
        use zip = new ZipArchive(stream, ZipArchiveMode.Create, true)

        for name, bytes in entries do
            use entry = zip.CreateEntry(name, level).Open()
            entry.Write(bytes, 0, bytes.Length)

    stream.ToArray()

let private four = [| 0uy; 0uy; 128uy; 63uy |]

// Every type that is read, with elements of it as files of the smallest byte first hold them.
let private typed: (string * string * byte[] * Tensor) list =
    let bytes (numbers: 'a[]) = MemoryMarshal.AsBytes(ReadOnlySpan numbers).ToArray()
    let halves = [| 1.5f; -2f; 65504f; Single.PositiveInfinity |]

    [
        "F32", "f4", bytes [| 1.5f; -2f; 3f |], Tensor.ofArray [ 3 ] [| 1.5f; -2f; 3f |]
        "F64", "f8", bytes [| Math.PI; -0.0 |], Tensor.ofDoubles [ 2 ] [| Math.PI; -0.0 |]
        "F16",
        "f2",
        bytes [| 0x3e00us; 0xc000us; 0x7bffus; 0x7c00us |],
        Tensor.ofHalves [ 4 ] (halves |> Array.map (fun x -> Half.op_Explicit (x: float32)))
        "I64", "i8", bytes [| 1L <<< 62; -1L |], Tensor.ofLongs [ 2 ] [| 1L <<< 62; -1L |]
        "I32", "i4", bytes [| Int32.MinValue; 7 |], Tensor.ofInt32s [ 2 ] [| Int32.MinValue; 7 |]
        "I16", "i2", bytes [| -32768s; 32767s; 5s |], Tensor.ofInt16s [ 3 ] [| -32768s; 32767s; 5s |]
        "I8", "i1", [| 128uy; 127uy; 255uy |], Tensor.ofSBytes [ 3 ] [| -128y; 127y; -1y |]
        "U64", "u8", bytes [| 0UL; (1UL <<< 63) - 1UL |], Tensor.ofLongs [ 2 ] [| 0L; Int64.MaxValue |]
        "U32", "u4", bytes [| UInt32.MaxValue; 3u |], Tensor.ofLongs [ 2 ] [| 4294967295L; 3L |]
        "U16", "u2", bytes [| 65535us; 1us |], Tensor.ofInt32s [ 2 ] [| 65535; 1 |]
        "U8", "u1", [| 0uy; 255uy |], Tensor.ofBytes [ 2 ] [| 0uy; 255uy |]
        "BOOL", "b1", [| 1uy; 0uy; 1uy |], Tensor.eq (Tensor.ofInts [ 1; 0; 1 ]) (Tensor.ofInts [ 1; 1; 1 ])
    ]

let private swapped size (bytes: byte[]) = bytes |> Array.chunkBySize size |> Array.collect Array.rev

let tests =
    testList
        "entries"
        [
            test "each type of NumPy and of safetensors, in both orders, and by its other names" {
                for theirs, name, bytes, expected in typed do
                    let size = bytes.Length / int expected.Count
                    let shape = $"({expected.Count},)"

                    for descr, data in
                        [
                            $"'<{name}'", bytes
                            $"\"{name}\"", bytes
                            $"'={name}'", bytes
                            $"'>{name}'", swapped size bytes
                            $"'{(Elements.ofSafetensors theirs).Numpy}'", bytes
                        ] do
                        inFile (npy (described descr shape) data) (fun path ->
                            let read = Npy.load path
                            Expect.equal read.Dtype expected.Dtype descr
                            expectSame descr expected read)

                    let header =
                        $"""{{"x":{{"dtype":"{theirs}","shape":[{expected.Count}],"data_offsets":[0,{bytes.Length}]}}}}"""

                    inFile (safetensors header bytes) (fun path -> expectSame theirs expected (Safetensors.load path))

                let beyond = BitConverter.GetBytes(1UL <<< 63)

                inFile (npy (described "'<u8'" "(1,)") beyond) (fun path ->
                    expectError<InvalidDataException> [ path; "9223372036854775808" ] (fun () ->
                        Npy.load path |> ignore))
            }

            test "tensors read and written a few bytes at a time are the same" {
                for theirs, _, bytes, expected in typed do
                    let kind = Elements.ofSafetensors theirs

                    for most in [ 1; 3; 8; 100 ] do
                        use stream = new MemoryStream(bytes)
                        let read = Elements.readBy most "x" 0L stream kind false "x" [| int64 expected.Count |]
                        expectSame $"{theirs}, {most}" expected read
                        use back = new MemoryStream()
                        Elements.writeBy most back (Tensor.reshape [ 1; -1 ] expected)
                        Expect.sequenceEqual (back.ToArray()) (Tensor.bits expected) $"{theirs}, {most}: written"

                use short = new MemoryStream [| 0uy; 1uy |]

                expectError<InvalidDataException> [ "x: "; "ends early"; "offset 12" ] (fun () ->
                    Elements.readBy 1 "x" 10L short (Elements.ofSafetensors "U8") false "x" [| 5L |] |> ignore)

                use wrong = new MemoryStream [| 0uy; 1uy; 2uy |]

                expectError<InvalidDataException> [ "x: "; "neither 0 nor 1"; "offset 12" ] (fun () ->
                    Elements.readBy 1 "x" 10L wrong (Elements.ofSafetensors "BOOL") false "x" [| 3L |] |> ignore)
            }

            test "safetensors: a type that is not read is listed, and the others are read" {
                let header =
                    """{"a":{"dtype":"F8_E4M3","shape":[2,2],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"""

                inFile (safetensors header (Array.append [| 1uy; 2uy; 3uy; 4uy |] four)) (fun path ->
                    let entries = Safetensors.list path

                    Expect.equal
                        [ for e in entries -> e.Name, e.Type, List.ofSeq e.Shape ]
                        [ "a", "F8_E4M3", [ 2; 2 ]; "b", "F32", [ 1 ] ]
                        "list"

                    Expect.stringContains (string entries[0].Problem) "F8_E4M3" "problem"
                    Expect.isNull entries[1].Problem "none"
                    let some = Safetensors.loadSome [ "b" ] path
                    Expect.equal (List.ofSeq some.Keys) [ "b" ] "b alone"
                    expectSame "b" (Tensor.ones [ 1 ]) some["b"]
                    expectSame "C#" some["b"] (CSharp.Safetensors.LoadSome(path, [ "b" ])["b"])
                    Expect.equal (string (List.ofSeq (CSharp.Safetensors.List path))) (string entries) "C#'s list"

                    expectError<InvalidDataException> [ path; "'a'"; "F8_E4M3"; "loadSome" ] (fun () ->
                        Safetensors.loadMap path |> ignore)

                    expectError<InvalidDataException> [ path; "'a'" ] (fun () ->
                        Safetensors.loadSome [ "b"; "a" ] path |> ignore)

                    expectError<ArgumentException> [ "names"; path; "'c'"; "a, b" ] (fun () ->
                        Safetensors.loadSome [ "c" ] path |> ignore))
            }

            test "npz: what is not read is listed, files that are none are passed over, and the others are read" {
                let entries =
                    [
                        "readme.txt", "read me"B
                        "a.npy", npy (described "'<f4'" "(1,)") four
                        "complex.npy", npy (described "'<c8'" "(1,)") (Array.zeroCreate 8)
                        "objects.npy", npy (described "'|O'" "(1,)") [| 128uy |]
                        "records.npy", npy (described "[('x', '<f4'), ('y', '<i4', (2, 3))]" "(1,)") [||]
                        "text.npy", npy (described "'<U5'" "(1,)") (Array.zeroCreate 20)
                        "broken.npy", [| 1uy; 2uy |]
                    ]

                for level in [ CompressionLevel.NoCompression; CompressionLevel.Optimal ] do
                    inFile (zip level entries) (fun path ->
                        let found = Npy.list path

                        Expect.equal
                            [ for e in found -> e.Name ]
                            [ "readme.txt"; "a"; "complex"; "objects"; "records"; "text"; "broken" ]
                            "names"

                        Expect.equal
                            [ for e in found -> e.Type ]
                            [ ""; "<f4"; "<c8"; "|O"; "records"; "<U5"; "" ]
                            "types"

                        Expect.equal
                            [ for e in found -> isNull e.Problem ]
                            [ false; true; false; false; false; false; false ]
                            "problems"

                        Expect.equal (string (List.ofSeq (CSharp.Npy.List path))) (string found) "C#"
                        expectSame "a" (Tensor.ones [ 1 ]) (Map.find "a" (Npy.loadSome [ "a" ] path))
                        expectSame "C#" (Tensor.ones [ 1 ]) (CSharp.Npy.LoadSome(path, [ "a" ])["a"])

                        expectError<ArgumentException> [ path; "'b'"; "complex" ] (fun () ->
                            Npy.loadSome [ "b" ] path |> ignore)

                        expectError<InvalidDataException> [ path; "complex" ] (fun () -> Npy.loadMap path |> ignore))

                inFile (zip CompressionLevel.Optimal (List.truncate 2 entries)) (fun path ->
                    Expect.equal (List.ofSeq (Npy.loadMap path).Keys) [ "a" ] "beside a readme")
            }

            test "npz: data that have not the sum that the archive gives are refused" {
                let bytes = zip CompressionLevel.NoCompression [ "a.npy", npy (described "'<f4'" "(1,)") four ]
                let place = bytes.AsSpan().IndexOf(ReadOnlySpan four)
                bytes[place] <- 1uy

                inFile bytes (fun path ->
                    expectError<InvalidDataException> [ path; "a.npy"; "sum" ] (fun () -> Npy.loadMap path |> ignore))
            }

            test "npz: entries that share their bytes are refused" {
                let one =
                    zip
                        CompressionLevel.Optimal
                        [ "a.npy", npy (described "'|u1'" "(4000000,)") (Array.zeroCreate 4_000_000) ]

                let directory = BitConverter.ToInt32(one, one.Length - 6)
                let entry = one[directory .. one.Length - 23]
                let last = Array.copy one[one.Length - 22 ..]

                // The directory has the same member under 40 names.
                let entries =
                    [|
                        for i in 0..39 do
                            yield! Array.updateAt 46 (byte '0' + byte i) entry
                    |]

                BitConverter.GetBytes(40us).CopyTo(last, 8)
                BitConverter.GetBytes(40us).CopyTo(last, 10)
                BitConverter.GetBytes(entries.Length).CopyTo(last, 12)

                inFile (Array.concat [ one[.. directory - 1]; entries; last ]) (fun path ->
                    expectError<InvalidDataException> [ path; "in a file with" ] (fun () -> Npy.loadMap path |> ignore)
                    expectError<InvalidDataException> [ path ] (fun () -> Npy.list path |> ignore))
            }

            test "NumPy's headers are read in one pass, and those above 10,000 bytes are refused" {
                for blanks in [ 9_900; 32_000 ] do
                    for text in
                        [
                            "{'descr': '<f4'" + String(' ', blanks)
                            "{'descr': '<f4', " + String(' ', blanks) + "}"
                            "{'descr': [" + String('(', blanks)
                            "{'shape': (" + String.replicate (blanks / 3) "1, "
                        ] do
                        let clock = Stopwatch.StartNew()

                        inFile (npy text [||]) (fun path ->
                            let error = raised<InvalidDataException>(fun () -> Npy.load path |> ignore)
                            Expect.stringContains error.Message path "the file"
                            Expect.isLessThan error.Message.Length 600 "its length")

                        Expect.isLessThan clock.Elapsed.TotalSeconds 1.0 "time"
            }

            test "a name of more parts than a tree has levels is refused, written and read" {
                let name parts = String.replicate (parts - 1) "a/" + "a"
                let header parts = $"""{{"{name parts}":{{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}}}"""

                inFile (safetensors (header 1000) four) (fun path ->
                    Expect.equal (Safetensors.loadMap path).Count 1 "1,000")

                for parts in [ 1001; 20_000 ] do
                    inFile (safetensors (header parts) four) (fun path ->
                        expectError<InvalidDataException> [ path; $"{parts} parts" ] (fun () ->
                            Safetensors.loadMap path |> ignore)

                        expectError<InvalidDataException> [ path ] (fun () -> Safetensors.notes path |> ignore)

                        expectError<ArgumentException> [ $"{parts} parts" ] (fun () ->
                            Safetensors.saveMap path (Map.ofList [ name parts, Tensor.ones [ 1 ] ]))

                        expectError<ArgumentException> [ $"{parts} parts" ] (fun () ->
                            Npy.saveMap path (Map.ofList [ name parts, Tensor.ones [ 1 ] ])))

                inFile
                    (zip CompressionLevel.Optimal [ name 20_000 + ".npy", npy (described "'<f4'" "(1,)") four ])
                    (fun path ->
                        expectError<InvalidDataException> [ path; "20000 parts" ] (fun () ->
                            Npy.loadMap path |> ignore))
            }

            test "messages are short, whatever names and types files have" {
                let long = String('x', 1_000_000)

                for header in
                    [
                        $"""{{"{long}":{{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}}}"""
                        $"""{{"{long}":{{"dtype":"{long}","shape":[1],"data_offsets":[0,4]}}}}"""
                        $"""{{"{long}":{{"{long}":1,"{long}":2}}}}"""
                        $"""{{"{long}":1,"{long}":1}}"""
                        $"""{{"__metadata__":{{"{long}":1}}}}"""
                        $"""{{"a":{{"dtype":"F32","shape":[1{String('0', 100_000)}],"data_offsets":[0,4]}}}}"""
                    ] do
                    inFile (safetensors header four) (fun path ->
                        let error = raised<InvalidDataException>(fun () -> Safetensors.loadMap path |> ignore)
                        Expect.stringStarts error.Message $"{path}: " "the file"
                        Expect.isLessThan error.Message.Length 600 "its length")
            }
        ]
