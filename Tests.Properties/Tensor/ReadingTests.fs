/// Numbers on their way into tensors and out again.
module ReadingTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

type private Make = CSharp.Tensors
type private X = CSharp.TensorExtensions

let private every =
    [ Dtype.UInt8; Dtype.Int32; Dtype.Int64; Dtype.Float32; Dtype.Float64; Dtype.Bool; Dtype.BFloat16 ]

let private refused (words: string list) (values: obj) =
    expectError<ArgumentException> ("tensor" :: words) (fun () -> Tensor.tensor values |> ignore)

// Numbers 0, 1, … in the shape [2; 3; 2; 2], with the strides of a transpose.
let private x4 =
    lazy
        (Tensor.arange 24
         |> Tensor.cast Dtype.Float64
         |> Tensor.reshape [ 3; 2; 2; 2 ]
         |> Tensor.transpose 0 1)

let private at4 i j k l = float (8 * j + 4 * i + 2 * k + l)

let private nested =
    testList
        "nested"
        [
            test "lists, arrays and sequences in each other, each type of number" {
                let check name dtype (shape: int list) numbers (values: obj) =
                    let x = Tensor.tensor values
                    Expect.equal (x.Dtype, x.Shape) (dtype, Array.ofList shape) name
                    Expect.equal (Tensor.toDoubles x) numbers name

                check "a number" Dtype.Float32 [] [| 2.5 |] 2.5
                check "a list" Dtype.Float32 [ 2 ] [| 1.0; 2.0 |] [ 1.0; 2.0 ]
                check "float32" Dtype.Float32 [ 2 ] [| 1.0; 2.0 |] [| 1f; 2f |]
                check "ints" Dtype.Int64 [ 2; 1 ] [| 1.0; -2.0 |] [ [| 1 |]; [| -2 |] ]
                check "int64" Dtype.Int64 [ 1 ] [| 7.0 |] [ 7L ]
                check "bytes" Dtype.UInt8 [ 2 ] [| 7.0; 255.0 |] [ 7uy; 255uy ]
                check "bools" Dtype.Bool [ 2 ] [| 1.0; 0.0 |] [ true; false ]
                check "three deep" Dtype.Float32 [ 1; 2; 2 ] [| 1.0; 2.0; 3.0; 4.0 |] [ [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ] ] ]

                check
                    "a lazy sequence"
                    Dtype.Float32
                    [ 2; 2 ]
                    [| 0.0; 1.0; 1.0; 2.0 |]
                    (seq { for i in 0..1 -> seq { for j in 0..1 -> float (i + j) } })

                check
                    "float[,]"
                    Dtype.Float32
                    [ 2; 3 ]
                    [| 1.0; 2.0; 3.0; 4.0; 5.0; 6.0 |]
                    (array2D [ [ 1.0; 2.0; 3.0 ]; [ 4.0; 5.0; 6.0 ] ])

                check "a list of float[,]" Dtype.Float32 [ 1; 1; 2 ] [| 1.0; 2.0 |] [ array2D [ [ 1.0; 2.0 ] ] ]
                check "objects" Dtype.Float32 [ 2 ] [| 1.0; 2.0 |] [ box 1.0; box 2.0 ]
                check "nothing" Dtype.Float32 [ 0 ] [||] ([]: float list)
                check "nothing twice" Dtype.Int64 [ 2; 0 ] [||] ([ []; [] ]: int list list)
                check "nothing of no type" Dtype.Float32 [ 0 ] [||] ([]: obj list)
            }

            test "tensorOf every dtype, exactly" {
                for dtype in every do
                    let x = Tensor.tensorOf dtype [ [ 0; 1 ]; [ 1; 0 ] ]
                    Expect.equal (x.Dtype, x.Shape) (dtype, [| 2; 2 |]) "dtype and shape"
                    Expect.equal (Tensor.toLongs x) [| 0L; 1L; 1L; 0L |] "numbers"

                Expect.equal
                    (Tensor.toLongs (Tensor.tensor [ Int64.MaxValue ]))
                    [| Int64.MaxValue |]
                    "no detour by float"

                Expect.equal (Tensor.toDoubles (Tensor.tensorOf Dtype.Float64 [ 0.1 ])) [| 0.1 |] "float64"
                Expect.equal (Tensor.toDoubles (Tensor.tensor [ 0.1 ])) [| float 0.1f |] "float32 is the default"
            }

            test "a tensor of a long list is made once, and what was on the way is freed" {
                let mutable enumerated = 0

                let numbers =
                    seq {
                        enumerated <- enumerated + 1
                        1.0
                    }

                Tensor.tensor numbers |> ignore
                Expect.equal enumerated 1 "one time"
            }

            test "what does not fit is refused with its place" {
                refused [ "at [1]"; "[2]"; "[1]" ] [ [ 1.0 ]; [ 1.0; 2.0 ] ]
                refused [ "at [1; 1]"; "[2]"; "[1]" ] [ [ [ 1.0 ]; [ 2.0 ] ]; [ [ 1.0 ]; [ 1.0; 2.0 ] ] ]
                refused [ "at [2]"; "Double"; "Int32" ] [ box 1; box 2; box 3.0 ]
                refused [ "at [1]"; "[]" ] [ box [ 1.0 ]; box 1.0 ]
                refused [ "String" ] "123"
                refused [ "at [0]"; "Decimal" ] [ 1m ]
                refused [ "UInt16" ] [| 1us |]
                refused [ "UInt64" ] (Array2D.zeroCreate<uint64> 1 1)
                refused [ "DayOfWeek" ] [| DayOfWeek.Friday |]
                refused [ "stack"; "at [0]" ] [ Tensor.ones [ 1 ] ]
                refused [ "null"; "at [1]" ] [ box 1.0; null ]
            }
        ]

let private reading =
    testList
        "reading"
        [
            test "arrays with axes, of any strides" {
                let x = x4.Value
                let y = Tensor.cast Dtype.Float32 x
                Expect.equal (Tensor.toDoubles4D x) (Array4D.init 2 3 2 2 at4) "float64, four axes"

                Expect.equal
                    (Tensor.toArray4D y)
                    (Array4D.init 2 3 2 2 (fun i j k l -> float32 (at4 i j k l)))
                    "float32"

                Expect.equal (Tensor.toDoubles3D x[1]) (Array3D.init 3 2 2 (at4 1)) "three axes"
                Expect.equal (Tensor.toArray3D y[1]) (Array3D.init 3 2 2 (fun j k l -> float32 (at4 1 j k l))) "float32"
                Expect.equal (Tensor.toDoubles2D x[1, 2]) (Array2D.init 2 2 (at4 1 2)) "two axes"
                Expect.equal (Tensor.toArray2D y[1, 2]) (Array2D.init 2 2 (fun k l -> float32 (at4 1 2 k l))) "float32"
                Expect.equal (Tensor.toArray2D (Tensor.zeros [ 0; 2 ])) (Array2D.zeroCreate 0 2) "no rows"

                Expect.equal
                    (Tensor.toJagged (Tensor.tensor [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ] ]))
                    [| [| 1f; 2f |]; [| 3f; 4f |] |]
                    "rows"

                expectError<ArgumentException> [ "toArray2D"; "[2]" ] (fun () ->
                    Tensor.toArray2D (Tensor.ones [ 2 ]) |> ignore)

                expectError<ArgumentException> [ "toDoubles3D"; "[2]" ] (fun () ->
                    Tensor.toDoubles3D (Tensor.ones [ 2 ]) |> ignore)

                expectError<ArgumentException> [ "toJagged"; "[2]" ] (fun () ->
                    Tensor.toJagged (Tensor.ones [ 2 ]) |> ignore)

                Expect.equal (X.ToDoubles4D x) (Tensor.toDoubles4D x) "C#"
                Expect.equal (X.ToArray4D y) (Tensor.toArray4D y) "C#"
                Expect.equal (X.ToDoubles3D x[1]) (Tensor.toDoubles3D x[1]) "C#"
                Expect.equal (X.ToArray3D x[1]) (Tensor.toArray3D x[1]) "C#"
                Expect.equal (X.ToDoubles2D x[1, 2]) (Tensor.toDoubles2D x[1, 2]) "C#"
                Expect.equal (X.ToArray2D x[1, 2]) (Tensor.toArray2D x[1, 2]) "C#"
                Expect.equal (X.ToJagged x[1, 2]) (Tensor.toJagged x[1, 2]) "C#"
            }

            test "whole numbers and truth values" {
                Expect.equal (Tensor.toInts (Tensor.tensor [ 3; -1 ])) [| 3; -1 |] "ints"
                Expect.equal (Tensor.toBools (Tensor.tensor [ 0.0; 0.5; nan ])) [| false; true; true |] "bools"
                Expect.equal (X.ToInts(Tensor.tensor [ 3; -1 ])) [| 3; -1 |] "C#"
                Expect.equal (X.ToBools(Tensor.tensor [ 0; 2 ])) [| false; true |] "C#"

                expectError<ArgumentException> [ "toInts"; "2147483648" ] (fun () ->
                    Tensor.toInts (Tensor.tensor [ 1L; 2147483648L ]) |> ignore)
            }

            test "single elements" {
                Expect.equal (Tensor.toInt (Tensor.tensor [ [ 7 ] ])) 7 "int"
                Expect.equal (Tensor.toInt (Tensor.scalar -2.7)) -2 "without what follows the point"
                Expect.equal (Tensor.toInt (Tensor.tensor Int32.MinValue)) Int32.MinValue "the smallest"
                Expect.isTrue (Tensor.toBool (Tensor.tensor true) && not (Tensor.toBool (Tensor.scalar 0.0))) "bool"
                Expect.equal (X.ToInt(Tensor.scalar 7.0), X.ToBool(Tensor.scalar 0.0)) (7, false) "C#"

                for x, words in
                    [
                        Tensor.scalar nan, "NaN"
                        Tensor.scalar infinity, "Infinity"
                        Tensor.tensor 2147483648L, "2147483648"
                    ] do
                    expectError<ArgumentException> [ "toInt"; words ] (fun () -> Tensor.toInt x |> ignore)

                expectError<ArgumentException> [ "toInt"; "[2]" ] (fun () -> Tensor.toInt (Tensor.ones [ 2 ]) |> ignore)

                expectError<ArgumentException> [ "toBool"; "[0]" ] (fun () ->
                    Tensor.toBool (Tensor.ones [ 0 ]) |> ignore)
            }

            test "into the memory of a caller" {
                let x = Tensor.tensor [ [ 1; 0 ]; [ 2; 3 ] ] |> Tensor.transpose 0 1
                let check (expected: 'a[]) (target: 'a[]) = Expect.equal target expected "the elements, and no more"
                let floats = Array.create 5 9f
                X.CopyTo(x, floats.AsSpan())
                check [| 1f; 2f; 0f; 3f; 9f |] floats
                let doubles = Array.create 4 9.0
                X.CopyTo(x, doubles.AsSpan())
                check [| 1.0; 2.0; 0.0; 3.0 |] doubles
                let longs = Array.create 4 9L
                X.CopyTo(x, longs.AsSpan())
                check [| 1L; 2L; 0L; 3L |] longs
                let ints = Array.create 4 9
                X.CopyTo(x, ints.AsSpan())
                check [| 1; 2; 0; 3 |] ints
                let bytes = Array.create 4 9uy
                X.CopyTo(x, bytes.AsSpan())
                check [| 1uy; 2uy; 0uy; 3uy |] bytes
                let bools = Array.create 4 false
                X.CopyTo(x, bools.AsSpan())
                check [| true; true; false; true |] bools

                expectError<ArgumentException> [ "[2; 2]"; "4 elements"; "3 places" ] (fun () ->
                    X.CopyTo(x, (Array.zeroCreate<float32> 3).AsSpan()))
            }

            test "spans that do not fill the shape are refused" {
                expectError<ArgumentException> [ "3 values"; "[2; 2]" ] (fun () ->
                    Make.From(ReadOnlySpan [| 1f; 2f; 3f |], 2, 2) |> ignore)

                // Lengths whose product wraps around to the number of values.
                expectError<ArgumentException> [ "0 values" ] (fun () ->
                    Tensor.ofArray [ 65536; 65536; 65536; 65536 ] [||] |> ignore)
            }

            test "shapes that broadcast" {
                Expect.equal (Tensor.broadcastShapes [ 3; 1 ] [ 2; 1; 4 ]) [| 2; 3; 4 |] "aligned at the end"
                Expect.equal (Tensor.broadcastShapes [] [ 0; 1 ]) [| 0; 1 |] "empty"
                Expect.equal (Make.BroadcastShapes([| 3; 1 |], [| 4 |])) [| 3; 4 |] "C#"

                expectError<ArgumentException> [ "broadcastShapes"; "[3; 2]"; "[3]" ] (fun () ->
                    Tensor.broadcastShapes [ 3; 2 ] [ 3 ] |> ignore)
            }

            testProperty "what is nested comes back"
            <| fun (rows: byte) (columns: byte) ->
                let rows, columns = int rows % 5 + 1, int columns % 5 + 1
                let values = Array2D.init rows columns (fun i j -> float32 (i * columns + j))
                Tensor.toArray2D (Tensor.tensor values) = values

            test "the order of additions to one place is fixed: the same bits each time" {
                let index = Tensor.ofLongs [ 50_000 ] [| for i in 0L .. 49_999L -> i * 7919L % 13L |]
                let values = Random.normal [ 50_000 ] (Key.ofSeed 3)
                let once () = Tensor.scatterAdd 0 index values (Tensor.zeros [ 13 ])
                let first = once ()

                for _ in 1..20 do
                    expectSame "scatterAdd" first (once ())
            }
        ]

let tests = testList "numbers" [ nested; reading ]
