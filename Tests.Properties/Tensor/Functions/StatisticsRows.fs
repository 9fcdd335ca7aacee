module StatisticsRows

open System
open Functional
open Functional.FSharp
open Row
open ReductionRows

let private norm p (x: float[]) =
    if Double.IsInfinity p then
        let extreme = if p > 0.0 then Array.max else Array.min
        if Array.exists Double.IsNaN x then nan else x |> Array.map abs |> extreme
    elif p = 0.0 then
        x |> Array.filter (fun x -> x <> 0.0) |> Array.length |> float
    else
        (x |> Array.sumBy (fun x -> abs x ** p)) ** (1.0 / p)

let private squares (x: float[]) =
    let mean = Array.average x
    x |> Array.sumBy (fun x -> (x - mean) * (x - mean))

let private variance (x: float[]) = squares x / float (x.Length - 1)
let private biased (x: float[]) = squares x / float x.Length

let private quantile q (x: float[]) =
    if Array.exists Double.IsNaN x then
        nan
    else
        let x = Array.sort x
        let place = q * float (x.Length - 1)
        let below = int (floor place)
        let part = place - float below
        if part = 0.0 then x[below] else (1.0 - part) * x[below] + part * x[below + 1]

// Over the first and the last of three axes.
let private ends (g: float[] -> float) (x: Tensor) =
    Tensor.transpose 0 1 x |> Tensor.reshape [ x.Shape[1]; -1 ] |> lines 1 |> Array.map g


let rows =
    [
        for p in [ -infinity; -2.0; -1.0; -0.5; 0.0; 0.5; 1.0; 1.5; 2.0; 3.0; infinity ] do
            yield!
                three "norm" (Tensor.norm p) (Tensor.normOver p) (Tensor.normKeeping p) (norm p)
                |> List.map (fun row -> case $"{row.Case} p {p}" row)
                |> List.map (fun row -> if p = 0.0 then orders Flat row else row)

        yield! three "var" Tensor.var Tensor.varOver Tensor.varKeeping variance
        yield! three "std" Tensor.std Tensor.stdOver Tensor.stdKeeping (variance >> sqrt)

        for unbiased, keep, g in [ true, true, variance; false, false, biased ] do
            let given name f (g: float[] -> float) =
                row name [ normals 1 [ 2; 3; 4 ] ] (fun a -> f a[0]) (fun a -> ends g a[0])
                |> case $"unbiased {unbiased}, keep {keep}"
                |> special

            yield given "varWith" (Tensor.varWith unbiased keep [ 0; -1 ]) g
            yield given "stdWith" (Tensor.stdWith unbiased keep [ 0; -1 ]) (g >> sqrt)

        for q in [ 0.0; 0.3; 0.5; 1.0 ] do
            yield!
                three "quantile" (Tensor.quantile q) (Tensor.quantileOver q) (Tensor.quantileKeeping q) (quantile q)
                |> List.map (fun row -> case $"{row.Case} q {q}" row)

        yield! three "median" Tensor.median Tensor.medianOver Tensor.medianKeeping (quantile 0.5)
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for axis in [ -9; 7; Int32.MaxValue; Int32.MinValue ] do
            "normOver", Tensor.normOver 2.0 axis
            "varOver", Tensor.varOver axis
            "varWith", Tensor.varWith true true [ 0; axis ]
            "stdOver", Tensor.stdOver axis
            "stdWith", Tensor.stdWith false true [ axis ]
            "quantileOver", Tensor.quantileOver 0.5 axis
            "medianOver", Tensor.medianOver axis
        "norm", Tensor.norm nan
        for q in [ nan; -0.1; 1.1; infinity ] do
            "quantile", Tensor.quantile q
        "varWith", Tensor.varWith true true []
        "varWith", Tensor.varWith true true [ 0; 0 ]
    ]
