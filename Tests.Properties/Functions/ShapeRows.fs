module ShapeRows

open System
open Functional
open Functional.FSharp
open Row

let private x = normals 1 [ 2; 3; 4 ]

// A rearrangement: element i of the result is element `from i` of the operand.
let private moved name (f: Tensor -> Tensor) (operand: Tensor) (from: int list) =
    row name [ operand ] (fun a -> f a[0]) (fun a ->
        let values = Tensor.toDoubles a[0]
        [| for i in from -> values[i] |])
    |> special

let private all = [ 0..23 ]

let rows =
    [
        moved "reshape" (Tensor.reshape [ 4; -1 ]) x all
        |> refusing [ normals 1 [ 3 ] ] [ "[4; -1]"; "[3]" ]
        moved
            "transpose"
            (Tensor.transpose 0 2)
            x
            [
                for k in 0..3 do
                    for j in 0..2 do
                        for i in 0..1 -> 12 * i + 4 * j + k
            ]
        moved
            "permute"
            (Tensor.permute [ 2; 0; 1 ])
            x
            [
                for k in 0..3 do
                    for i in 0..1 do
                        for j in 0..2 -> 12 * i + 4 * j + k
            ]
        moved "expand" (Tensor.expand [ 2; 3 ]) (normals 2 [ 3 ]) [ 0; 1; 2; 0; 1; 2 ]
        |> refusing [ normals 1 [ 4 ] ] [ "[4]" ]
        moved "squeeze" (Tensor.squeeze 1) (normals 2 [ 3; 1 ]) [ 0..2 ]
        moved "unsqueeze" (Tensor.unsqueeze 1) x all
        moved "flip" (Tensor.flip [ 0; 1 ]) (normals 2 [ 2; 3 ]) [ 5; 4; 3; 2; 1; 0 ]
        moved "slice" (Tensor.slice 1 1 3) (normals 2 [ 2; 3 ]) [ 1; 2; 4; 5 ]
        moved "zerosLike" Tensor.zerosLike x []
        |> fun row -> { row with Witness = (fun _ -> Array.create 24 0.0); Orders = Flat }
        moved "onesLike" Tensor.onesLike x []
        |> fun row -> { row with Witness = (fun _ -> Array.create 24 1.0); Orders = Flat }
        moved "cast" (Tensor.cast Dtype.Int64) x []
        |> fun row ->
            { row with
                Witness = (fun a -> Tensor.toDoubles a[0] |> Array.map Math.Truncate)
                Orders = Flat
                Specials = false
            }
        moved "move" (Tensor.move Device.Cpu) x all
        moved "keep" (fun x -> Tensor.keep (x * 1.0)) x all
        moved "stopGradient" Tensor.stopGradient x all |> orders Flat

        row
            "indexSelect"
            [ longs [ 3 ] [ 2; 0; 2 ]; normals 2 [ 3; 2 ] ]
            (fun a -> Tensor.indexSelect 0 a[0] a[1])
            (fun a ->
                let values = Tensor.toDoubles a[1]
                [| for i in [ 4; 5; 0; 1; 4; 5 ] -> values[i] |])
        |> refusing [ longs [ 1 ] [ 3 ]; normals 2 [ 3; 2 ] ] []

        row "gather" [ longs [ 3; 1 ] [ 1; 0; 1 ]; normals 2 [ 3; 2 ] ] (fun a -> Tensor.gather 1 a[0] a[1]) (fun a ->
            let values = Tensor.toDoubles a[1]
            [| for i in [ 1; 2; 5 ] -> values[i] |])

        row "cat" [ normals 1 [ 2; 2 ]; normals 2 [ 1; 2 ] ] (fun a -> Tensor.cat 0 a) (fun a ->
            Array.append (Tensor.toDoubles a[0]) (Tensor.toDoubles a[1]))
        |> refusing [ normals 1 [ 2; 2 ]; normals 2 [ 1; 3 ] ] [ "[2; 2]"; "[1; 3]" ]

        row "stack" [ normals 1 [ 2 ]; normals 2 [ 2 ] ] (fun a -> Tensor.stack 1 a) (fun a ->
            Array.collect (fun (x, y) -> [| x; y |]) (broadcast a[0] a[1]))
        |> refusing [ normals 1 [ 2 ]; normals 2 [ 3 ] ] [ "[2]"; "[3]" ]
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for axis in [ -9; 7; Int32.MaxValue; Int32.MinValue ] do
            "transpose", Tensor.transpose 0 axis
            "permute", Tensor.permute [ 0; axis ]
            "squeeze", Tensor.squeeze axis
            "unsqueeze", Tensor.unsqueeze axis
            "flip", Tensor.flip [ axis ]
            "slice", Tensor.slice axis 0 1
            "slice", Tensor.slice 0 axis 1
            "gather", (fun a -> Tensor.gather axis a a)
            "indexSelect", (fun a -> Tensor.indexSelect axis a a)
            "cat", (fun a -> Tensor.cat axis [ a; a ])
            "stack", (fun a -> Tensor.stack axis [ a; a ])
        for shape in [ [ -1; -1 ]; [ -5 ]; [ 7; -1 ]; [ Int32.MaxValue; 2 ]; [] ] do
            "reshape", Tensor.reshape shape
            "expand", Tensor.expand shape
            "permute", Tensor.permute shape
        "move", Tensor.move (Device.Cuda 99)
    ]
