/// Parts of tensors by F#'s and C#'s own notation.
module SlicingTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

let private x = lazy (Tensor.arange 24 |> Tensor.reshape [ 2; 3; 4 ])
let private x4 = lazy (Tensor.arange 120 |> Tensor.reshape [ 2; 3; 4; 5 ])
let private m = lazy (Tensor.arange 12 |> Tensor.reshape [ 3; 4 ])

let private expect what (shape: int list) (numbers: int list) (part: Tensor) =
    Expect.equal (List.ofArray part.Shape) shape $"{what}: the shape"
    Expect.equal (List.ofArray (Tensor.toInts part)) numbers what

// The numbers of x4 in these ranges.
let private block is js ks ls =
    [
        for i: int in is do
            for j in js do
                for k in ks do
                    for l in ls -> 60 * i + 20 * j + 5 * k + l
    ]

let private range (first: Index) (last: Index) : Slice = Slice.op_Implicit (Range(first, last))
let private back n = Index(n, true)

let tests =
    testList
        "slices"
        [
            test "F#'s slices: both ends are included" {
                let v, m = Tensor.arange 5, m.Value
                expect "v[1..3]" [ 3 ] [ 1; 2; 3 ] v[1..3]
                expect "v[2..]" [ 3 ] [ 2; 3; 4 ] v[2..]
                expect "v[..2]" [ 3 ] [ 0; 1; 2 ] v[..2]
                expect "v[-2..]" [ 2 ] [ 3; 4 ] v[-2 ..]
                expect "v[..-2]" [ 4 ] [ 0; 1; 2; 3 ] v[.. -2]
                expect "v[..-1]" [ 5 ] [ 0; 1; 2; 3; 4 ] v[.. -1]
                expect "v[2..1]" [ 0 ] [] v[2..1]
                expect "v[5..]" [ 0 ] [] v[5..]
                expect "m[1]" [ 4 ] [ 4; 5; 6; 7 ] m[1]
                expect "m[-1]" [ 4 ] [ 8; 9; 10; 11 ] m[-1]
                expect "m[1, 2]" [] [ 6 ] m[1, 2]
                expect "m[1.., 0]" [ 2 ] [ 4; 8 ] m[1.., 0]
                expect "m[0, 1..]" [ 3 ] [ 1; 2; 3 ] m[0, 1..]
                expect "m[*, 2..3]" [ 3; 2 ] [ 2; 3; 6; 7; 10; 11 ] m[*, 2..3]
                expect "m[1..1, *]" [ 1; 4 ] [ 4; 5; 6; 7 ] m[1..1, *]
                expect "m[1..]: the other axes whole" [ 2; 4 ] [ 4..11 ] m[1..]
            }

            test "positions and ranges in all places of three and four axes" {
                let x, y = x4.Value[1], x4.Value
                let i, j, k, l = [ 1 ], [ 1; 2 ], [ 0; 1 ], [ 3 ]
                expect "r r r" [ 2; 2; 1 ] (block i j k l) x[1.., ..1, 3..3]
                expect "r r p" [ 2; 2 ] (block i j k l) x[1.., ..1, 3]
                expect "r p r" [ 2; 1 ] (block i j [ 2 ] l) x[1.., 2, 3..3]
                expect "p r r" [ 2; 1 ] (block i [ 0 ] k l) x[0, ..1, 3..3]
                expect "r p p" [ 2 ] (block i j [ 2 ] l) x[1.., 2, 3]
                expect "p r p" [ 2 ] (block i [ 0 ] k l) x[0, ..1, 3]
                expect "p p r" [ 1 ] (block i [ 0 ] [ 2 ] l) x[0, 2, 3..3]
                expect "r r r r" [ 1; 2; 2; 1 ] (block i j k l) y[1.., 1.., ..1, 3..3]
                expect "r r r p" [ 1; 2; 2 ] (block i j k l) y[1.., 1.., ..1, 3]
                expect "r r p r" [ 1; 2; 1 ] (block i j [ 2 ] l) y[1.., 1.., 2, 3..3]
                expect "r r p p" [ 1; 2 ] (block i j [ 2 ] l) y[1.., 1.., 2, 3]
                expect "r p r r" [ 1; 2; 1 ] (block i [ 0 ] k l) y[1.., 0, ..1, 3..3]
                expect "r p r p" [ 1; 2 ] (block i [ 0 ] k l) y[1.., 0, ..1, 3]
                expect "r p p r" [ 1; 1 ] (block i [ 0 ] [ 2 ] l) y[1.., 0, 2, 3..3]
                expect "r p p p" [ 1 ] (block i [ 0 ] [ 2 ] l) y[1.., 0, 2, 3]
                expect "p r r r" [ 2; 2; 1 ] (block i j k l) y[1, 1.., ..1, 3..3]
                expect "p r r p" [ 2; 2 ] (block i j k l) y[1, 1.., ..1, 3]
                expect "p r p r" [ 2; 1 ] (block i j [ 2 ] l) y[1, 1.., 2, 3..3]
                expect "p r p p" [ 2 ] (block i j [ 2 ] l) y[1, 1.., 2, 3]
                expect "p p r r" [ 2; 1 ] (block i [ 0 ] k l) y[1, 0, ..1, 3..3]
                expect "p p r p" [ 2 ] (block i [ 0 ] k l) y[1, 0, ..1, 3]
                expect "p p p r" [ 1 ] (block i [ 0 ] [ 2 ] l) y[1, 0, 2, 3..3]
                expect "p p p p" [] (block i [ 0 ] [ 2 ] l) y[1, 0, 2, 3]
            }

            test "steps, and axes left out" {
                let m = m.Value
                expect "every second column" [ 3; 2 ] [ 0; 2; 4; 6; 8; 10 ] m[Slice.all, Slice.every 2]
                expect "every second row" [ 2; 4 ] [ 0; 1; 2; 3; 8; 9; 10; 11 ] m[Slice.every 2]
                expect "1, 3 of a row" [ 2 ] [ 5; 7 ] m[Slice.at 1, Slice.from 1 |> Slice.by 2]
                expect "0, 2 of 0 to 2" [ 2 ] [ 8; 10 ] m[Slice.at -1, Slice.upTo 2 |> Slice.by 2]
                expect "between" [ 2 ] [ 1; 2 ] m[Slice.at 0, Slice.between 1 2]
                expect "a position beside a step" [ 2 ] [ 4; 6 ] m[1, Slice.every 2]
            }

            test "C#'s indices and ranges: the end is excluded" {
                let m = m.Value
                expect "m[^1]" [ 4 ] [ 8; 9; 10; 11 ] m[Slice.op_Implicit (back 1)]
                expect "m[^3, ^4]" [] [ 0 ] m[Slice.op_Implicit (back 3), Slice.op_Implicit (back 4)]
                expect "m[1..^1]" [ 1; 4 ] [ 4; 5; 6; 7 ] m[range (Index 1) (back 1)]
                expect "m[^2..]" [ 2; 4 ] [ 4..11 ] m[range (back 2) (back 0)]
                expect "m[1..1]" [ 0; 4 ] [] m[range (Index 1) (Index 1)]
                expect "m[3..]" [ 0; 4 ] [] m[range (Index 3) Index.End]
                expect "m[..0, 0]" [ 0 ] [] m[range (Index 0) (Index 0), Slice.op_Implicit 0]
                expect "m[1, 0..4 by 3]" [ 2 ] [ 4; 7 ] m[Slice.op_Implicit 1, Slice.Between(Range.All, 3)]
            }

            test "what is out of range is refused with axis, position and shape" {
                let m = m.Value
                let refused words (f: unit -> Tensor) = expectError<ArgumentException> ("[3; 4]" :: words) (f >> ignore)
                refused [ "position 3"; "axis 0" ] (fun () -> m[3])
                refused [ "position -4"; "axis 0" ] (fun () -> m[-4])
                refused [ "position 4"; "axis 1" ] (fun () -> m[0, 4])
                refused [ "position ^0"; "axis 0" ] (fun () -> m[Slice.op_Implicit (back 0)])
                refused [ "1..5"; "axis 0" ] (fun () -> m[1..4])
                refused [ "-5..^0"; "axis 1" ] (fun () -> m[0, -5 ..])
                refused [ "3..2"; "axis 1" ] (fun () -> m[*, 3..1])
                refused [ "by 0"; "axis 1" ] (fun () -> m[Slice.at 0, Slice.every 0])
                refused [ "by -1"; "axis 0" ] (fun () -> m[Slice.every -1])
                refused [ "by 0" ] (fun () -> m[Unchecked.defaultof<Slice>])
                refused [ "3 indices" ] (fun () -> m[0, 0, 0])
                refused [ "-1..9"; "slice" ] (fun () -> Tensor.slice 0 -1 9 m)
                expectError<ArgumentException> [ "[]"; "1 indices" ] (fun () -> (Tensor.scalar 1.0)[0] |> ignore)
            }

            test "derivatives go through slices, and through what is put" {
                let x = doubles [ 3; 4 ] 1
                let f (x: Tensor) = Tensor.sum (Tensor.square x[1.., 1..2])

                expectClose
                    1e-7
                    "slices"
                    (numericalGradient (f >> Tensor.toFloat) x)
                    (Tensor.toDoubles (Differentiation.grad f x))

                // What lies under the part has no share in the result.
                let g (x: Tensor) = Tensor.sum (Tensor.put [ Slice.from 1; Slice.at 0 ] (2.0 * x[0, 1..2]) x)
                expect "put" [ 3; 4 ] [ 1; 3; 3; 1; 0; 1; 1; 1; 0; 1; 1; 1 ] (Differentiation.grad g x)
            }

            test "put leaves its operand as it was, and takes no other dtype" {
                let m = m.Value
                let before = Tensor.toInts m
                Tensor.put [ Slice.at 0 ] (Tensor.zerosLike m[0]) m |> ignore
                Expect.equal (Tensor.toInts m) before "the operand"

                expectError<ArgumentException> [ "put"; "float32"; "int64" ] (fun () ->
                    Tensor.put [ Slice.at 0 ] (Tensor.scalar 1.0) m |> ignore)
            }
        ]
