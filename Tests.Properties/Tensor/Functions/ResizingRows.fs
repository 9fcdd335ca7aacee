module ResizingRows

open System
open Functional
open Functional.FSharp
open Row
open ReductionRows

// One line in another length: hat functions around the middles of the cells that are read, the outer ones level to the ends.
let private linear (length: int) (line: float[]) =
    let from = line.Length

    [|
        for i in 0 .. length - 1 do
            let middle = (float i + 0.5) * float from / float length - 0.5
            let middle = max 0.0 (min (float (from - 1)) middle)
            Seq.sum (line |> Seq.mapi (fun j value -> value * max 0.0 (1.0 - abs (middle - float j))))
    |]

// The cell whose middle is nearest, of two equally near ones the later.
let private nearest (length: int) (line: float[]) =
    [|
        for i in 0 .. length - 1 do
            let middle = (float i + 0.5) * float line.Length / float length - 0.5
            line[int (floor (middle + 0.5))]
    |]

let private along axis length (f: int -> float[] -> float[]) (x: Tensor) =
    let shape = Array.updateAt axis length x.Shape
    lines axis x |> Array.map (f length) |> rejoin axis shape |> Tensor.ofDoubles shape

let private image name (run: int seq -> Tensor -> Tensor) f =
    [
        for height, width in [ 5, 7; 2, 3; 1, 4; 6, 2; 3, 4 ] do
            row name [ normals 1 [ 2; 3; 4 ] ] (fun a -> run [ height; width ] a[0]) (fun a ->
                a[0] |> along 1 height f |> along 2 width f |> Tensor.toDoubles)
            |> case $"to {height}×{width}"
            |> refusing [ normals 1 [ 4 ] ] [ "[4]"; "2 lengths" ]
            |> refusing [ normals 1 [ 0; 4 ] ] [ "[0; 4]"; "axis 0" ]
        row name [ normals 1 [ 5 ] ] (fun a -> run [ 8 ] a[0]) (fun a -> f 8 (Tensor.toDoubles a[0]))
        |> case "a line"
    ]

let rows = image "resize" Tensor.resize linear @ image "resizeNearest" Tensor.resizeNearest nearest

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for lengths in [ []; [ 0 ]; [ -1; 2 ]; [ 1; 1; 1; 1; 1; 1 ]; [ Int32.MinValue ] ] do
            "resize", Tensor.resize lengths
            "resizeNearest", Tensor.resizeNearest lengths
    ]
