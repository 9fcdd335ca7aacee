module ExtremeRows

open System
open Functional
open Functional.FSharp
open Row
open ReductionRows

// Unlike Array.max, NaN wins wherever it stands.
let private largest (x: float[]) = if Array.exists Double.IsNaN x then nan else Array.max x
let private smallest (x: float[]) = if Array.exists Double.IsNaN x then nan else Array.min x

// Its position: the first of equals.
let private place (extreme: float[] -> float) (x: float[]) =
    let found = extreme x
    x |> Array.findIndex (fun x -> x = found || Double.IsNaN found && Double.IsNaN x) |> float

let private value (values: Tensor, _: Tensor) : Tensor = values
let private position (_: Tensor, positions: Tensor) : Tensor = positions

let private ties = longs [ 2; 3; 4 ] [ for i in 0..23 -> i * 7 % 3 ]

let rows =
    [
        yield! three "max" Tensor.max Tensor.maxOver Tensor.maxKeeping largest
        yield! three "min" Tensor.min Tensor.minOver Tensor.minKeeping smallest
        yield! over "maxWithIndex" (fun axis x -> value (Tensor.maxWithIndex axis x)) largest
        yield! over "minWithIndex" (fun axis x -> value (Tensor.minWithIndex axis x)) smallest

        for row in
            [
                yield! three "argmax" Tensor.argmax Tensor.argmaxOver Tensor.argmaxKeeping (place largest)
                yield! three "argmin" Tensor.argmin Tensor.argminOver Tensor.argminKeeping (place smallest)

                for row in
                    [
                        yield! over "maxWithIndex" (fun axis x -> position (Tensor.maxWithIndex axis x)) (place largest)
                        yield!
                            over "minWithIndex" (fun axis x -> position (Tensor.minWithIndex axis x)) (place smallest)
                    ] do
                    yield case $"{row.Case}, positions" row

                for row in overOf ties "argmaxOver" Tensor.argmaxOver (place largest) do
                    yield case $"{row.Case}, ties" row

                for row in
                    overOf ties "minWithIndex" (fun axis x -> position (Tensor.minWithIndex axis x)) (place smallest) do
                    yield case $"{row.Case}, ties" row
            ] do
            yield { row with Orders = Flat }
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for axis in [ -9; 7; Int32.MaxValue; Int32.MinValue ] do
            "maxOver", Tensor.maxOver axis
            "minOver", Tensor.minOver axis
            "argmaxOver", Tensor.argmaxOver axis
            "argminOver", Tensor.argminOver axis
            "maxWithIndex", Tensor.maxWithIndex axis >> value
            "minWithIndex", Tensor.minWithIndex axis >> value
    ]
