module IndexingRows

open System
open Functional
open Functional.FSharp
open Row
open ShapeRows

let private m23 = normals 2 [ 2; 3 ]

// Elements of the first operand, or of the last where the number is beyond them: i - 6 of a matrix [2; 3].
let private mixed name operands (run: Tensor[] -> Tensor) (from: int list) =
    row name operands run (fun a ->
        let values = Array.append (Tensor.toDoubles a[0]) (Tensor.toDoubles (Array.last a))
        [| for i in from -> values[i] |])
    |> special

let private added (x: float[]) (places: (int * float) seq) =
    let y = Array.copy x

    for place, value in places do
        y[place] <- y[place] + value

    y

// Two values for one place among them, so that the last one stays.
let private index = longs [ 2; 3 ] [ 0; 0; 2; 1; 1; 1 ]
let private put slices (a: Tensor[]) = Tensor.put slices a[1] a[0]

let rows =
    [
        moved "slice" (Tensor.slice 1 1 3) m23 [ 1; 2; 4; 5 ]
        |> refusing [ normals 1 [ 2; 2 ] ] [ "[2; 2]"; "1..3"; "axis 1" ]
        moved "slice" (Tensor.slice -1 -3 -1) m23 [ 0; 1; 3; 4 ] |> case "from the end"

        row
            "indexSelect"
            [ normals 2 [ 3; 2 ]; longs [ 3 ] [ 2; 0; 2 ] ]
            (fun a -> Tensor.indexSelect 0 a[1] a[0])
            (fun a ->
                let values = Tensor.toDoubles a[0]
                [| for i in [ 4; 5; 0; 1; 4; 5 ] -> values[i] |])
        |> special
        |> refusing [ normals 2 [ 3; 2 ]; longs [ 1 ] [ 3 ] ] []
        |> refusing [ normals 2 [ 3; 2 ]; longs [ 1 ] [ -1 ] ] []

        row "gather" [ normals 2 [ 3; 2 ]; longs [ 3; 1 ] [ 1; 0; 1 ] ] (fun a -> Tensor.gather 1 a[1] a[0]) (fun a ->
            let values = Tensor.toDoubles a[0]
            [| for i in [ 1; 2; 5 ] -> values[i] |])
        |> special
        |> refusing [ normals 2 [ 3; 2 ]; longs [ 1; 1 ] [ 2 ] ] [ "2" ]
        |> refusing [ normals 2 [ 3; 2 ]; longs [ 1; 1 ] [ -1 ] ] [ "-1" ]

        mixed
            "scatter"
            [ m23; index; normals 3 [ 2; 3 ] ]
            (fun a -> Tensor.scatter 1 a[1] a[2] a[0])
            [ 7; 1; 8; 3; 11; 5 ]
        |> refusing [ m23; index + 1.0 |> Tensor.cast Dtype.Int64; m23 ] [ "3" ]
        |> refusing [ m23; index - 1.0 |> Tensor.cast Dtype.Int64; m23 ] [ "-1" ]
        |> refusing [ m23; index; normals 3 [ 2; 2 ] ] [ "[2; 3]"; "[2; 2]" ]
        mixed
            "scatter"
            [ m23; longs [ 3; 1 ] [ 1; 0; 1 ]; normals 3 [ 3; 1 ] ]
            (fun a -> Tensor.scatter 0 a[1] a[2] a[0])
            [ 7; 1; 2; 8; 4; 5 ]
        |> case "a column, longer than the axis"

        row "scatterAdd" [ m23; index; normals 3 [ 2; 3 ] ] (fun a -> Tensor.scatterAdd 1 a[1] a[2] a[0]) (fun a ->
            added (Tensor.toDoubles a[0]) (Seq.zip [ 0; 0; 2; 4; 4; 4 ] (Tensor.toDoubles a[2])))
        |> special
        |> refusing [ m23; index + 1.0 |> Tensor.cast Dtype.Int64; m23 ] [ "3" ]

        mixed
            "indexCopy"
            [ m23; longs [ 3 ] [ 2; 0; 2 ]; normals 3 [ 2; 3 ] ]
            (fun a -> Tensor.indexCopy 1 a[1] a[2] a[0])
            [ 7; 1; 8; 10; 4; 11 ]
        |> refusing [ m23; longs [ 3 ] [ 2; 0; 3 ]; m23 ] [ "3" ]
        |> refusing [ m23; longs [ 2 ] [ 2; 0 ]; m23 ] [ "[2; 3]"; "2 positions" ]

        row
            "indexAdd"
            [ m23; longs [ 3 ] [ 1; 0; 1 ]; normals 3 [ 3; 3 ] ]
            (fun a -> Tensor.indexAdd 0 a[1] a[2] a[0])
            (fun a -> added (Tensor.toDoubles a[0]) (Seq.zip [ 3; 4; 5; 0; 1; 2; 3; 4; 5 ] (Tensor.toDoubles a[2])))
        |> special
        |> refusing [ m23; longs [ 3 ] [ 1; 0; 2 ]; normals 3 [ 3; 3 ] ] [ "2" ]

        mixed "put" [ m23; normals 3 [ 2; 2 ] ] (put [ Slice.all; Slice.every 2 ]) [ 6; 1; 7; 8; 4; 9 ]
        |> refusing [ m23; normals 3 [ 2; 3 ] ] [ "[2; 3]" ]
        mixed "put" [ m23; normals 3 [] ] (put [ Slice.at -1; Slice.from 1 ]) [ 0; 1; 2; 3; 6; 6 ]
        |> case "a number into a row"
        mixed "put" [ m23; normals 3 [] ] (put [ Slice.at 0; Slice.at 1 ]) [ 0; 6; 2; 3; 4; 5 ]
        |> case "one element"
        mixed "put" [ m23; normals 3 [ 3 ] ] (put []) [ 6; 7; 8; 6; 7; 8 ] |> case "everywhere"

        row "maskedFill" [ m23; truths 4 [ 3 ] ] (fun a -> Tensor.maskedFill a[1] 0.5 a[0]) (fun a ->
            let mask = Tensor.toBools a[1]
            Tensor.toDoubles a[0] |> Array.mapi (fun i x -> if mask[i % 3] then 0.5 else x))
        |> special
        |> refusing [ m23; truths 4 [ 4 ] ] [ "[2; 3]"; "[4]" ]
        |> refusing [ m23; m23 ] [ "bool" ]

        row "maskedSelect" [ m23; truths 4 [ 2; 3 ] ] (fun a -> Tensor.maskedSelect a[1] a[0]) (fun a ->
            Array.zip (Tensor.toBools a[1]) (Tensor.toDoubles a[0]) |> Array.filter fst |> Array.map snd)
        |> special
        |> refusing [ m23; truths 4 [ 4 ] ] [ "[2; 3]"; "[4]" ]

        row
            "nonzero"
            [ Tensor.tensor [ [ 0.0; 2.0 ]; [ nan; 0.0 ]; [ -1.0; 3.0 ] ] ]
            (fun a -> Tensor.nonzero a[0])
            (fun _ -> [| 0.0; 1.0; 1.0; 0.0; 2.0; 0.0; 2.0; 1.0 |])
        |> orders Flat
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for axis in [ -9; 7; Int32.MaxValue; Int32.MinValue ] do
            let zero (a: Tensor) = Tensor.zerosOf Dtype.Int64 a.Shape
            "slice", Tensor.slice axis 0 1
            "slice", Tensor.slice 0 axis 1
            "slice", Tensor.slice 0 0 axis
            "gather", (fun a -> Tensor.gather axis a a)
            "indexSelect", (fun a -> Tensor.indexSelect axis a a)
            "scatter", (fun a -> Tensor.scatter axis (zero a) a a)
            "scatter", (fun a -> Tensor.scatter 0 (Tensor.fullLike (float axis) (zero a)) a a)
            "scatterAdd", (fun a -> Tensor.scatterAdd axis (zero a) a a)
            "scatterAdd", (fun a -> Tensor.scatterAdd 0 (Tensor.fullLike (float axis) (zero a)) a a)
            "gather", (fun a -> Tensor.gather 0 (Tensor.fullLike (float axis) (zero a)) a)
            "indexCopy", (fun a -> Tensor.indexCopy axis (Tensor.ofInts [ 0 ]) a a)
            "indexCopy", (fun a -> Tensor.indexCopy 0 (Tensor.ofInts [ axis ]) a a)
            "indexAdd", (fun a -> Tensor.indexAdd axis (Tensor.ofInts [ 0 ]) a a)
            "indexAdd", (fun a -> Tensor.indexAdd 0 (Tensor.ofInts [ axis ]) a a)
            "indexSelect", Tensor.indexSelect 0 (Tensor.ofInts [ axis ])
            "put", (fun a -> Tensor.put [ Slice.at axis ] a a)
            "put", (fun a -> Tensor.put [ Slice.from axis ] a a)
            "put", (fun a -> Tensor.put [ Slice.every axis ] a a)
            "put", (fun a -> Tensor.put (List.replicate 9 Slice.all) a a)
        "put", (fun a -> Tensor.put [ Slice.every 0 ] a a)
        for value in [ nan; infinity; 2.5 ] do
            "maskedFill", (fun a -> Tensor.maskedFill (Tensor.eq a a) value a)
    ]
