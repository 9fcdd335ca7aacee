module ReductionRows

open System
open Functional
open Functional.FSharp
open Row

/// The lines of a tensor along one axis, in the order of the remaining places.
let lines (axis: int) (x: Tensor) : float[][] =
    let shape, values = x.Shape, Tensor.toDoubles x
    let axis = if axis < 0 then axis + shape.Length else axis
    let inner = Array.fold (*) 1 shape[axis + 1 ..]
    let outer = Array.fold (*) 1 shape[.. axis - 1]

    [|
        for i in 0 .. outer - 1 do
            for j in 0 .. inner - 1 do
                [| for k in 0 .. shape[axis] - 1 -> values[(i * shape[axis] + k) * inner + j] |]
    |]

// A reduction of all elements.
let private whole name (f: Tensor -> Tensor) (g: float[] -> float) =
    row name [ normals 1 [ 3; 4 ] ] (fun a -> f a[0]) (fun a -> [| g (Tensor.toDoubles a[0]) |])
    |> special

// A reduction over one axis, first, middle and last.
let private over name (f: int -> Tensor -> Tensor) (g: float[] -> float) =
    [
        for axis in [ 0; 1; -1 ] do
            row name [ normals 1 [ 2; 3; 4 ] ] (fun a -> f axis a[0]) (fun a -> lines axis a[0] |> Array.map g)
            |> case $"axis {axis}"
            |> special
            |> fun row -> if axis = 1 then refusing [ normals 1 [ 3 ] ] [ "[3]" ] row else row
    ]

// As `over`, for what keeps the axis.
let private alongAxis name (f: int -> Tensor -> Tensor) (g: float[] -> float[]) =
    [
        for axis in [ 0; -1 ] do
            row name [ normals 1 [ 3; 4 ] ] (fun a -> f axis a[0]) (fun a ->
                let results = lines axis a[0] |> Array.map g

                if axis = 0 then
                    Array.concat (Array.transpose results)
                else
                    Array.concat results)
            |> case $"axis {axis}"
    ]

let private exponentials (x: float[]) =
    let largest = Array.max x
    let e = x |> Array.map (fun x -> exp (x - largest))
    e |> Array.map (fun e' -> e' / Array.sum e)

// Unlike Array.max, NaN wins wherever it stands.
let private largest (x: float[]) = if Array.exists Double.IsNaN x then nan else Array.max x
let private smallest (x: float[]) = if Array.exists Double.IsNaN x then nan else Array.min x

let rows =
    [
        yield whole "sum" Tensor.sum Array.sum
        yield whole "mean" Tensor.mean Array.average
        yield whole "max" Tensor.max largest
        yield whole "min" Tensor.min smallest
        yield! over "sumOver" Tensor.sumOver Array.sum
        yield! over "meanOver" Tensor.meanOver Array.average
        yield! over "maxOver" Tensor.maxOver largest

        for row in over "argmaxOver" Tensor.argmaxOver (fun x -> float (Array.IndexOf(x, Array.max x))) do
            yield { row with Specials = false; Orders = Flat }

        yield! alongAxis "softmax" Tensor.softmax exponentials
        yield! alongAxis "logsoftmax" Tensor.logsoftmax (exponentials >> Array.map log)
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for axis in [ -9; 7; Int32.MaxValue; Int32.MinValue ] do
            "sumOver", Tensor.sumOver axis
            "meanOver", Tensor.meanOver axis
            "maxOver", Tensor.maxOver axis
            "argmaxOver", Tensor.argmaxOver axis
            "softmax", Tensor.softmax axis
            "logsoftmax", Tensor.logsoftmax axis
    ]
