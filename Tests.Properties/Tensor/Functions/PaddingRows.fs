module PaddingRows

open System
open Functional
open Functional.FSharp
open Row
open ShapeRows

// The positions of a widened axis: where each of them comes from, none where a number is put.
let private line name length before after =
    [
        for i in -before .. length + after - 1 do
            match name with
            | "pad" -> if i < 0 || i >= length then None else Some i
            | "padReflect" ->
                Some(
                    if i < 0 then -i
                    elif i >= length then 2 * (length - 1) - i
                    else i
                )
            | "padReplicate" -> Some(max 0 (min (length - 1) i))
            | _ -> Some((i + length) % length)
    ]

// A tensor [2; 3; 4] widened along its last two axes.
let private image name (f: (int * int) seq -> Tensor -> Tensor) =
    row name [ x ] (fun a -> f [ 1, 2; 0, 3 ] a[0]) (fun a ->
        let values = Tensor.toDoubles a[0]

        [|
            for n in 0..1 do
                for i in line name 3 1 2 do
                    for j in line name 4 0 3 do
                        match i, j with
                        | Some i, Some j -> values[12 * n + 4 * i + j]
                        | _ -> 0.5
        |])
    |> special
    |> refusing [ normals 1 [ 4 ] ] [ "[4]" ]

let private short name (f: (int * int) seq -> Tensor -> Tensor) =
    image name f |> refusing [ normals 1 [ 1; 2 ] ] [ "[1; 2]"; "too short" ]

let rows =
    [
        image "pad" (Tensor.pad 0.5)
        row "pad" [ normals 1 [ 2; 1 ] ] (fun a -> Tensor.pad -1.0 [ 1, 0; 0, 1 ] a[0]) (fun a ->
            let values = Tensor.toDoubles a[0]
            [| -1.0; -1.0; values[0]; -1.0; values[1]; -1.0 |])
        |> case "the first axis too"
        short "padReflect" Tensor.padReflect
        image "padReplicate" Tensor.padReplicate
        short "padCircular" Tensor.padCircular
        moved "padReplicate" (Tensor.padReplicate [ 3, 0 ]) (normals 1 [ 1 ]) [ 0; 0; 0; 0 ]
        |> case "wider than the axis"
        row "dilate" [ x ] (fun a -> Tensor.dilate [ 1; 3; 2 ] a[0]) (fun a ->
            let values = Tensor.toDoubles a[0]

            [|
                for n in 0..1 do
                    for i in 0..6 do
                        for j in 0..6 -> if i % 3 = 0 && j % 2 = 0 then values[12 * n + 4 * (i / 3) + j / 2] else 0.0
            |])
        |> special
        |> refusing [ normals 1 [ 4 ] ] [ "[4]"; "[1; 3; 2]" ]
        moved "undilate" (Tensor.undilate [ 1; 2; 3 ]) x [ 0; 3; 8; 11; 12; 15; 20; 23 ]
        |> refusing [ normals 1 [ 4 ] ] [ "[4]"; "[1; 2; 3]" ]
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for widths in [ [ -1, 0 ]; [ 0, Int32.MinValue ]; [ 100, 100; 0, 0 ]; List.replicate 9 (1, 1); [] ] do
            "pad", Tensor.pad 0.0 widths
            "pad", Tensor.pad nan widths
            "padReflect", Tensor.padReflect widths
            "padReplicate", Tensor.padReplicate widths
            "padCircular", Tensor.padCircular widths
        for steps in [ []; [ 0; 1; 1 ]; [ 2; -1; 2 ]; [ Int32.MaxValue; Int32.MaxValue; Int32.MaxValue ] ] do
            "dilate", Tensor.dilate steps
            "undilate", Tensor.undilate steps
    ]
