module ShapeRows

open System
open Functional
open Functional.FSharp
open Row

let x = normals 1 [ 2; 3; 4 ]

/// A rearrangement: element i of the result is element `from i` of the operand.
let moved name (f: Tensor -> Tensor) (operand: Tensor) (from: int list) =
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
        moved "squeezeAll" Tensor.squeezeAll (normals 2 [ 1; 3; 1; 2 ]) [ 0..5 ]
        moved "unsqueeze" (Tensor.unsqueeze 1) x all
        row "sumToSize" [ normals 1 [ 2; 3; 4 ] ] (fun a -> Tensor.sumToSize [ 3; 1 ] a[0]) (fun a ->
            let values = Tensor.toDoubles a[0]

            [|
                for j in 0..2 ->
                    Seq.sum (
                        seq {
                            for i in 0..1 do
                                for k in 0..3 -> values[12 * i + 4 * j + k]
                        }
                    )
            |])
        |> refusing [ normals 1 [ 2; 4 ] ] [ "[2; 4]"; "[3; 1]" ]
        |> refusing [ normals 1 [ 3 ] ] [ "[3]"; "[3; 1]" ]
        moved "sumToSize" (Tensor.sumToSize [ 2; 3; 4 ]) x all |> case "its own shape"
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

        moved "flatten" (Tensor.flatten 1 -1) x all
        moved "flatten" (Tensor.flatten 0 1) x all |> case "the first axes"
        moved "unflatten" (Tensor.unflatten -1 [ 2; -1 ]) x all
        |> refusing [ normals 1 [ 3 ] ] [ "[3]"; "[2; -1]" ]
        moved
            "movedim"
            (Tensor.movedim 0 -1)
            x
            [
                for j in 0..2 do
                    for k in 0..3 do
                        for i in 0..1 -> 12 * i + 4 * j + k
            ]
        row "broadcast" [ normals 1 [ 3; 1 ]; normals 2 [ 2 ] ] (fun a -> (Tensor.broadcast a)[0]) (fun a ->
            broadcast a[0] a[1] |> Array.map fst)
        |> case "the first"
        |> refusing [ normals 1 [ 3 ]; normals 2 [ 2 ] ] [ "[3]"; "[2]" ]
        row "broadcast" [ normals 1 [ 3; 1 ]; normals 2 [ 2 ] ] (fun a -> (Tensor.broadcast a)[1]) (fun a ->
            broadcast a[0] a[1] |> Array.map snd)
        |> case "the second"
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for axis in [ -9; 7; Int32.MaxValue; Int32.MinValue ] do
            "transpose", Tensor.transpose 0 axis
            "permute", Tensor.permute [ 0; axis ]
            "squeeze", Tensor.squeeze axis
            "unsqueeze", Tensor.unsqueeze axis
            "flatten", Tensor.flatten 0 axis
            "flatten", Tensor.flatten axis -1
            "flatten", Tensor.flatten -1 0
            "unflatten", Tensor.unflatten axis [ 2; 2 ]
            "movedim", Tensor.movedim 0 axis
            "movedim", Tensor.movedim axis 0
        for shape in [ [ -1; -1 ]; [ -5 ]; [ 7; -1 ]; [ Int32.MaxValue; 2 ]; [] ] do
            "reshape", Tensor.reshape shape
            "expand", Tensor.expand shape
            "unflatten", Tensor.unflatten 0 shape
            "permute", Tensor.permute shape
        "move", Tensor.move (Device.Cuda 99)
    ]
