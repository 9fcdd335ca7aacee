module RearrangingRows

open System
open Functional
open Functional.FSharp
open Row
open ShapeRows

let private m23 = normals 2 [ 2; 3 ]

// A 3 × 4 matrix whose elements stay where the condition holds.
let private keeping name (f: Tensor -> Tensor) condition =
    row name [ normals 1 [ 3; 4 ] ] (fun a -> f a[0]) (fun a ->
        Tensor.toDoubles a[0] |> Array.mapi (fun n x -> if condition (n / 4) (n % 4) then x else 0.0))
    |> special

let rows =
    [
        moved "flip" (Tensor.flip [ 0; 1 ]) m23 [ 5; 4; 3; 2; 1; 0 ]
        moved "roll" (Tensor.roll 1 1) m23 [ 2; 0; 1; 5; 3; 4 ]
        |> refusing [ normals 1 [ 3 ] ] [ "[3]"; "axis 1" ]
        moved "roll" (Tensor.roll -1 -4) m23 [ 1; 2; 0; 4; 5; 3 ] |> case "backwards"
        moved "rot90" (Tensor.rot90 1 0 1) m23 [ 2; 5; 1; 4; 0; 3 ]
        moved "rot90" (Tensor.rot90 2 0 1) m23 [ 5; 4; 3; 2; 1; 0 ] |> case "twice"
        moved "rot90" (Tensor.rot90 -1 0 1) m23 [ 3; 0; 4; 1; 5; 2 ] |> case "back"
        moved "rot90" (Tensor.rot90 4 0 1) m23 [ 0..5 ] |> case "all around"
        moved
            "tile"
            (Tensor.tile [ 2; 1; 2 ])
            m23
            ([ 0; 1; 2; 0; 1; 2; 3; 4; 5; 3; 4; 5 ] |> List.replicate 2 |> List.concat)
        moved "tile" (Tensor.tile [ 2 ]) m23 [ 0; 1; 2; 0; 1; 2; 3; 4; 5; 3; 4; 5 ] |> case "the last axis"
        moved "repeat" (Tensor.repeat 0 2) m23 ([ 0..5 ] @ [ 0..5 ])
        moved "repeatInterleave" (Tensor.repeatInterleave 1 2) m23 [ 0; 0; 1; 1; 2; 2; 3; 3; 4; 4; 5; 5 ]
        moved "repeatInterleave" (Tensor.repeatInterleave 0 2) m23 [ 0; 1; 2; 0; 1; 2; 3; 4; 5; 3; 4; 5 ]
        |> case "the first axis"
        keeping "tril" (Tensor.tril 0) (fun i j -> j <= i) |> refusing [ normals 1 [ 3 ] ] [ "[3]" ]
        keeping "tril" (Tensor.tril -1) (fun i j -> j <= i - 1) |> case "below"
        keeping "triu" (Tensor.triu 0) (fun i j -> j >= i) |> refusing [ normals 1 [ 3 ] ] [ "[3]" ]
        keeping "triu" (Tensor.triu 2) (fun i j -> j >= i + 2) |> case "above"
        moved "diagonal" (Tensor.diagonal 0 0 1) m23 [ 0; 4 ]
        moved "diagonal" (Tensor.diagonal 1 1 0) m23 [ 3 ] |> case "beside, of the transpose"
        moved
            "diagonal"
            (Tensor.diagonal 1 -2 -1)
            x
            [
                for i in 0..1 do
                    for j in 0..2 -> 12 * i + 5 * j + 1
            ]
        |> case "of several matrices"
        row "diag" [ normals 1 [ 2; 3 ] ] (fun a -> Tensor.diag a[0]) (fun a ->
            let values = Tensor.toDoubles a[0]

            [|
                for n in 0..1 do
                    for i in 0..2 do
                        for j in 0..2 -> if i = j then values[3 * n + i] else 0.0
            |])
        |> special
        moved "unfold" (Tensor.unfold 1 2 1) m23 [ 0; 1; 1; 2; 3; 4; 4; 5 ]
        |> refusing [ normals 1 [ 2; 1 ] ] [ "[2; 1]"; "2 elements" ]
        moved "unfold" (Tensor.unfold 0 3 2) (normals 1 [ 6 ]) [ 0; 1; 2; 2; 3; 4 ] |> case "by two"

        row "cat" [ normals 1 [ 2; 2 ]; normals 2 [ 1; 2 ] ] (fun a -> Tensor.cat 0 a) (fun a ->
            Array.append (Tensor.toDoubles a[0]) (Tensor.toDoubles a[1]))
        |> refusing [ normals 1 [ 2; 2 ]; normals 2 [ 1; 3 ] ] [ "[2; 2]"; "[1; 3]" ]

        row "stack" [ normals 1 [ 2 ]; normals 2 [ 2 ] ] (fun a -> Tensor.stack 1 a) (fun a ->
            Array.collect (fun (x, y) -> [| x; y |]) (broadcast a[0] a[1]))
        |> refusing [ normals 1 [ 2 ]; normals 2 [ 3 ] ] [ "[2]"; "[3]" ]

        moved "unstack" (fun x -> (Tensor.unstack 1 x)[2]) m23 [ 2; 5 ]
        moved "split" (fun x -> (Tensor.split 1 [ 1; 0; 2 ] x)[2]) m23 [ 1; 2; 4; 5 ]
        |> refusing [ normals 1 [ 2; 4 ] ] [ "[2; 4]"; "[1; 0; 2]" ]
        moved "split" (Tensor.split 1 [ 1; 0; 2 ] >> Tensor.cat 1) m23 [ 0..5 ] |> case "and joined"
        moved "chunk" (fun x -> (Tensor.chunk 0 2 x)[0]) (normals 1 [ 5 ]) [ 0..2 ]
        moved "chunk" (fun x -> (Tensor.chunk 0 2 x)[1]) (normals 1 [ 5 ]) [ 3; 4 ] |> case "the rest"

        row "meshgrid" [ normals 1 [ 2 ]; normals 2 [ 3 ] ] (fun a -> (Tensor.meshgrid a)[0]) (fun a ->
            broadcast (Tensor.unsqueeze 1 a[0]) a[1] |> Array.map fst)
        |> case "rows"
        |> refusing [ normals 1 [ 2; 2 ]; normals 2 [ 3 ] ] [ "[2; 2]"; "vectors" ]
        row "meshgrid" [ normals 1 [ 2 ]; normals 2 [ 3 ] ] (fun a -> (Tensor.meshgrid a)[1]) (fun a ->
            broadcast (Tensor.unsqueeze 1 a[0]) a[1] |> Array.map snd)
        |> case "columns"
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for axis in [ -9; 7; Int32.MaxValue; Int32.MinValue ] do
            "flip", Tensor.flip [ axis ]
            "roll", Tensor.roll axis 1
            "roll", Tensor.roll 0 axis
            "rot90", Tensor.rot90 1 0 axis
            "tile", Tensor.tile [ axis; 1 ]
            "tile", Tensor.tile [ axis; axis; axis ]
            "repeat", Tensor.repeat axis 2
            "repeat", Tensor.repeat 0 axis
            "repeatInterleave", Tensor.repeatInterleave axis 2
            "repeatInterleave", Tensor.repeatInterleave 0 axis
            "tril", Tensor.tril axis
            "triu", Tensor.triu axis
            "diagonal", Tensor.diagonal axis 0 1
            "diagonal", Tensor.diagonal 0 axis 1
            "unfold", Tensor.unfold axis 1 1
            "unfold", Tensor.unfold 0 axis 1
            "unfold", Tensor.unfold 0 1 axis
            "cat", (fun a -> Tensor.cat axis [ a; a ])
            "stack", (fun a -> Tensor.stack axis [ a; a ])
            "unstack", (fun a -> (Tensor.unstack axis a)[0])
            "split", (fun a -> (Tensor.split axis [ 1 ] a)[0])
            "split", (fun a -> (Tensor.split 0 [ axis; axis ] a)[0])
            "chunk", (fun a -> (Tensor.chunk axis 1 a)[0])
            "chunk", (fun a -> (Tensor.chunk 0 axis a)[0])
        "unfold", Tensor.unfold 0 0 1
        "unfold", Tensor.unfold 0 1 0
        "cat", (fun _ -> Tensor.cat 0 [])
        "stack", (fun _ -> Tensor.stack 0 [])
    ]
