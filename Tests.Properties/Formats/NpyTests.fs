/// Files of NumPy and single tensors in safetensors.
module NpyTests

open System
open System.IO
open System.IO.Compression
open System.Text
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

(* The golden files, made by NumPy 1.24 with this script:

import numpy as np, io, base64, zipfile
from numpy.lib import format as f
def npy(a, version=(1,0)):
    b=io.BytesIO(); f.write_array(b,a,version=version); return b.getvalue()
def show(name, data): print(f'        "{name}", "{base64.b64encode(data).decode()}"')
a = np.array([[1.5,-2,3],[4,5,np.inf]])
show("float32", npy(a.astype('<f4')))
show("float64, version 2", npy(a, (2,0)))
show("int64, version 3", npy(np.array([[1,-2,3],[4,5,2**62+1]]), (3,0)))
show("int32, big-endian", npy(np.array([[1,-2,3],[4,5,6]],'>i4')))
show("float64, big-endian, Fortran order", npy(np.asfortranarray(a.astype('>f8'))))
show("uint8, Fortran order", npy(np.asfortranarray(np.array([[1,2,3],[4,5,255]],'u1'))))
show("bool", npy(np.array([[True,False,True],[False,False,True]])))
show("a number", npy(np.float32(2.5)))
show("no elements", npy(np.zeros((0,3),'f4')))
show("structured", npy(np.zeros(2,[('x','f4'),('y','i4')])))
show("float16", npy(np.zeros(2,'f2')))
b=io.BytesIO(); np.savez(b, a=a.astype('f4'), **{'b/c': np.array([1,2,3])}); show("npz", b.getvalue())
b=io.BytesIO(); np.savez_compressed(b, a=a.astype('f4'), b=np.zeros(500,'i8')); show("npz, compressed", b.getvalue())
*)
let private golden =
    Map.ofList
        [
            "float32",
            "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/AAAAwAAAQEAAAIBAAACgQAAAgH8="
            "float64, version 2",
            "k05VTVBZAgB0AAAAeydkZXNjcic6ICc8ZjgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAD4PwAAAAAAAADAAAAAAAAACEAAAAAAAAAQQAAAAAAAABRAAAAAAAAA8H8="
            "int64, version 3",
            "k05VTVBZAwB0AAAAeydkZXNjcic6ICc8aTgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAAAAAP7/////////AwAAAAAAAAAEAAAAAAAAAAUAAAAAAAAAAQAAAAAAAEA="
            "int32, big-endian",
            "k05VTVBZAQB2AHsnZGVzY3InOiAnPmk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAB/////gAAAAMAAAAEAAAABQAAAAY="
            "float64, big-endian, Fortran order",
            "k05VTVBZAQB2AHsnZGVzY3InOiAnPmY4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo/+AAAAAAAAEAQAAAAAAAAwAAAAAAAAABAFAAAAAAAAEAIAAAAAAAAf/AAAAAAAAA="
            "uint8, Fortran order",
            "k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBBAIFA/8="
            "bool",
            "k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAEAAAE="
            "a number",
            "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAACBA"
            "no elements",
            "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDAsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo="
            "structured",
            "k05VTVBZAQB2AHsnZGVzY3InOiBbKCd4JywgJzxmNCcpLCAoJ3knLCAnPGk0JyldLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAAAAAAAAAA"
            "float16",
            "k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAA"
            "npz",
            "UEsDBBQAAAAAAAAAIQBrFgOUmAAAAJgAAAAFABQAYS5ucHkBABAAmAAAAAAAAACYAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxmNCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCAzKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAADAPwAAAMAAAEBAAACAQAAAoEAAAIB/UEsDBBQAAAAAAAAAIQC8kVWOmAAAAJgAAAAHABQAYi9jLm5weQEAEACYAAAAAAAAAJgAAAAAAAAAk05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAAAAAAIAAAAAAAAAAwAAAAAAAABQSwECFAMUAAAAAAAAACEAaxYDlJgAAACYAAAABQAAAAAAAAAAAAAAgAEAAAAAYS5ucHlQSwECFAMUAAAAAAAAACEAvJFVjpgAAACYAAAABwAAAAAAAAAAAAAAgAHPAAAAYi9jLm5weVBLBQYAAAAAAgACAGgAAACgAQAAAAA="
            "npz, compressed",
            "UEsDBBQAAAAIAAAAIQBrFgOUWQAAAJgAAAAFABQAYS5ucHkBABAAmAAAAAAAAABZAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1CmQDLgaGA/YMQIKBwcGBgaEBiBeA6HoAUEsDBBQAAAAIAAAAIQANf/P3YgAAACAQAAAFABQAYi5ucHkBABAAIBAAAAAAAABiAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GqYGBjqaOgq1CmQDLoZRMApGwSgYBaNgFIyCUTAKRsEoGAWjYBQMOAAAUEsBAhQDFAAAAAgAAAAhAGsWA5RZAAAAmAAAAAUAAAAAAAAAAAAAAIABAAAAAGEubnB5UEsBAhQDFAAAAAgAAAAhAA1/8/diAAAAIBAAAAUAAAAAAAAAAAAAAIABkAAAAGIubnB5UEsFBgAAAAACAAIAZgAAACkBAAAAAA=="
        ]

let private bytesOf name = Convert.FromBase64String golden[name]

let private every =
    [
        Dtype.UInt8
        Dtype.Int8
        Dtype.Int16
        Dtype.Float16
        Dtype.Int32
        Dtype.Int64
        Dtype.Float32
        Dtype.Float64
        Dtype.Bool
    ]

let private loading (bytes: byte[]) (load: string -> 'a) : 'a =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "x.npy")
        File.WriteAllBytes(path, bytes)
        load path)

let private refused (words: string list) (bytes: byte[]) =
    loading bytes (fun path -> expectError<InvalidDataException> (path :: words) (fun () -> Npy.load path |> ignore))

// A file with this header, and these elements.
let private file (header: string) (elements: byte[]) =
    let text = Encoding.ASCII.GetBytes header

    Array.concat
        [
            [| 0x93uy |]
            "NUMPY"B
            [| 1uy; 0uy; byte text.Length; byte (text.Length >>> 8) |]
            text
            elements
        ]

let private described descr fortran shape = $"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}\n"

let private zip (entries: (string * byte[]) list) =
    use stream = new MemoryStream()

    do
        use zip = new ZipArchive(stream, ZipArchiveMode.Create, true)

        for name, bytes in entries do
            use entry = zip.CreateEntry(name).Open()
            entry.Write(bytes, 0, bytes.Length)

    stream.ToArray()

let tests =
    testList
        "npy"
        [
            for name, dtype, shape, numbers in
                [
                    let floats = [| 1.5; -2.0; 3.0; 4.0; 5.0; infinity |]
                    "float32", Dtype.Float32, [| 2; 3 |], floats
                    "float64, version 2", Dtype.Float64, [| 2; 3 |], floats
                    "float64, big-endian, Fortran order", Dtype.Float64, [| 2; 3 |], floats
                    "int32, big-endian", Dtype.Int32, [| 2; 3 |], [| 1.0; -2.0; 3.0; 4.0; 5.0; 6.0 |]
                    "uint8, Fortran order", Dtype.UInt8, [| 2; 3 |], [| 1.0; 2.0; 3.0; 4.0; 5.0; 255.0 |]
                    "bool", Dtype.Bool, [| 2; 3 |], [| 1.0; 0.0; 1.0; 0.0; 0.0; 1.0 |]
                    "a number", Dtype.Float32, [||], [| 2.5 |]
                    "no elements", Dtype.Float32, [| 0; 3 |], [||]
                    "float16", Dtype.Float16, [| 2 |], [| 0.0; 0.0 |]
                ] do
                test $"{name}: NumPy's file is read" {
                    let x = loading (bytesOf name) Npy.load
                    Expect.equal (x.Dtype, x.Shape) (dtype, shape) "dtype and shape"
                    Expect.equal (Tensor.toDoubles x) numbers "numbers"
                }

            test "int64, version 3: NumPy's file is read" {
                let x = loading (bytesOf "int64, version 3") Npy.load
                Expect.equal (Tensor.toLongs x) [| 1L; -2L; 3L; 4L; 5L; (1L <<< 62) + 1L |] "exactly"
            }

            test "what is written are NumPy's own bytes" {
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "x.npy")

                    for name in [ "float32"; "bool"; "a number"; "no elements" ] do
                        let bytes = bytesOf name
                        Npy.save path (loading bytes Npy.load)
                        Expect.equal (File.ReadAllBytes path) bytes name

                    Expect.equal (Directory.GetFiles folder) [| path |] "nothing stays beside it")
            }

            test "NumPy's .npz is read, stored and compressed" {
                let a = loading (bytesOf "float32") Npy.load
                let stored = loading (bytesOf "npz") Npy.loadMap
                Expect.equal (List.ofSeq stored.Keys) [ "a"; "b/c" ] "names"
                expectSame "a" a stored["a"]
                expectSame "b/c" (Tensor.tensor [ 1; 2; 3 ]) stored["b/c"]
                let packed = loading (bytesOf "npz, compressed") Npy.loadMap
                expectSame "a" a packed["a"]
                expectSame "b" (Tensor.zerosOf Dtype.Int64 [ 500 ]) packed["b"]
            }

            testPropertyWithConfig
                { FsCheckConfig.defaultConfig with maxTest = 20 }
                "what is written is read again, in each dtype, alone and by name, in C# too"
            <| fun (lengths: byte list) (seed: int) ->
                inFolder (fun folder ->
                    let shape = lengths |> List.truncate 4 |> List.map (fun n -> int n % 4)
                    let path name = Path.Combine(folder, name)
                    // Each dtype holds numbers up to 127.
                    let x = 60.0 * Random.normal shape (Key.ofSeed seed) |> Tensor.clamp -127.0 127.0
                    let all = Map.ofList [ for dtype in every -> string dtype, Tensor.cast dtype (Tensor.abs x) ]

                    for KeyValue(_, tensor) in all do
                        Npy.save (path "x.npy") tensor
                        expectSame "npy" tensor (Npy.load (path "x.npy"))
                        expectSame "npy, C#" tensor (CSharp.Npy.Load(path "x.npy"))
                        Safetensors.save (path "x.safetensors") tensor
                        expectSame "safetensors" tensor (Safetensors.load (path "x.safetensors"))
                        expectSame "safetensors, C#" tensor (CSharp.Safetensors.Load(path "x.safetensors"))

                    Npy.saveMap (path "x.npz") all
                    Safetensors.saveMap (path "m.safetensors") all
                    CSharp.Npy.SaveMap(path "y.npz", all)
                    CSharp.Safetensors.SaveMap(path "n.safetensors", all)
                    CSharp.Npy.Save(path "y.npy", x)
                    CSharp.Safetensors.Save(path "y.safetensors", x)
                    expectSame "C#'s npy" x (Npy.load (path "y.npy"))
                    expectSame "C#'s safetensors" x (Safetensors.load (path "y.safetensors"))

                    Expect.equal
                        (File.ReadAllBytes(path "y.npz"))
                        (File.ReadAllBytes(path "x.npz"))
                        "equal tensors, equal files"

                    for KeyValue(name, tensor) in all do
                        for read in
                            [
                                Npy.loadMap (path "x.npz")
                                Safetensors.loadMap (path "m.safetensors")
                                Safetensors.loadMap (path "n.safetensors")
                            ] do
                            expectSame name tensor read[name]

                        expectSame name tensor (CSharp.Npy.LoadMap(path "x.npz")[name])
                        expectSame name tensor (CSharp.Safetensors.LoadMap(path "n.safetensors")[name]))

            test "any strides, and bfloat16" {
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "x")
                    let x = Tensor.transpose 0 1 (Random.normal [ 2; 3 ] (Key.ofSeed 1))
                    Npy.save path x
                    expectSame "strides" x (Npy.load path)
                    let narrow = Tensor.cast Dtype.BFloat16 x
                    Safetensors.save path narrow
                    expectSame "safetensors holds it" narrow (Safetensors.load path)
                    let before = File.ReadAllBytes path
                    expectError<ArgumentException> [ "bfloat16"; "cast" ] (fun () -> Npy.save path narrow)

                    expectError<ArgumentException> [ "bfloat16"; "cast" ] (fun () ->
                        Npy.saveMap path (Map.ofList [ "x", narrow ]))

                    expectError<ArgumentException> [ "name" ] (fun () -> Npy.saveMap path (Map.ofList [ "", x ]))
                    Expect.equal (File.ReadAllBytes path) before "the old file is as it was"
                    Safetensors.saveMap path (Map.ofList [ "a", x; "b", x ])

                    expectError<InvalidDataException> [ path; "2 tensors"; "loadMap" ] (fun () ->
                        Safetensors.load path |> ignore))
            }

            test "what is no sound file is refused with path and offset" {
                refused [ "records"; "structured" ] (bytesOf "structured")
                refused [ "'<c8'"; "astype" ] (file (described "'<c8'" "False" "(0,)") [||])
                refused [ "'|O'"; "objects of Python" ] (file (described "'|O'" "False" "(0,)") [||])
                refused [ "first bytes"; "offset 0" ] [||]
                refused [ "NUMPY"; "offset 0" ] (Array.create 200 65uy)
                refused [ "9.0"; "offset 6" ] (Array.updateAt 6 9uy (bytesOf "float32"))
                refused [ "bytes after"; "offset 152" ] (Array.append (bytesOf "float32") [| 0uy |])
                refused [ "header"; "offset 8" ] (Array.updateAt 9 255uy (bytesOf "float32"))
                refused [ "neither 0 nor 1"; "offset 130" ] (Array.updateAt 130 7uy (bytesOf "bool"))
                refused [ "once each" ] (file "{}" [||])

                refused
                    [ "once each" ]
                    (file "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}" [||])

                refused [ "once each" ] (file (described "__import__('os')" "False" "(1,)") [||])
                refused [ "shape" ] (file (described "'<f4'" "False" "(99999999999,)") [||])
                refused [ "shape" ] (file (described "'<f4'" "False" "(1,,1)") [||])
                refused [ "'|f4'" ] (file (described "'|f4'" "False" "(1,)") (Array.zeroCreate 4))
                refused [ "''" ] (file (described "''" "False" "(1,)") [||])
                // 2⁹³ bytes, and a product that wraps around to 0.
                refused [ "bytes" ] (file (described "'<f8'" "False" "(2147483647, 2147483647, 2147483647)") [||])
                refused [ "bytes" ] (file (described "'|u1'" "False" "(65536, 65536, 65536, 65536)") [||])
            }

            test "a file cut short anywhere is refused" {
                let bytes = bytesOf "float32"

                for length in 0 .. bytes.Length - 1 do
                    refused [ "offset" ] bytes[.. length - 1]

                let packed = bytesOf "npz, compressed"

                for length in 0 .. packed.Length - 1 do
                    loading packed[.. length - 1] (fun path ->
                        expectError<InvalidDataException> [ path ] (fun () -> Npy.loadMap path |> ignore))
            }

            for name in [ "float64, big-endian, Fortran order"; "npz, compressed"; "npz" ] do
                testProperty $"{name}: with changed bytes it is read or refused, never anything else"
                <| fun (changes: (uint16 * byte) list) ->
                    let bytes = bytesOf name

                    for at, value in changes do
                        bytes[int at % bytes.Length] <- value

                    loading bytes (fun path ->
                        try
                            if name.StartsWith "npz" then
                                Npy.loadMap path |> ignore
                            else
                                Npy.load path |> ignore
                        with :? InvalidDataException as error ->
                            Expect.stringContains error.Message path "the file is named")

            test "an archive with names twice and with too large promises is refused" {
                let refused words bytes =
                    loading bytes (fun path ->
                        expectError<InvalidDataException> (path :: words) (fun () -> Npy.loadMap path |> ignore))

                refused [ "'a' stands twice" ] (zip [ "a.npy", bytesOf "float32"; "a.npy", bytesOf "float32" ])
                refused [ "a.npy"; "first bytes" ] (zip [ "a.npy", [||] ])
                refused [ "a.npy"; "bytes" ] (zip [ "a.npy", file (described "'|u1'" "False" "(2000000000,)") [||] ])
                refused [ "npz" ] (bytesOf "float32")
            }
        ]
