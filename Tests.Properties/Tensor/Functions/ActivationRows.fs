module ActivationRows

open System
open MathNet.Numerics
open Functional
open Functional.FSharp
open Row

let private some = normals 1 [ 3; 4 ]

// Far from 0, where formulas lose their digits or overflow.
let private far = Tensor.ofDoubles [ 6 ] [| -800.0; -37.0; -20.5; 20.5; 37.0; 800.0 |]

let private logsigmoid x = if x > 0.0 then -log(1.0 + exp -x) else x - log (1.0 + exp x)

let private cases: (string * (Tensor -> Tensor) * (float -> float)) list =
    [
        "sigmoid", Tensor.sigmoid, (fun x -> 1.0 / (1.0 + exp -x))
        "logsigmoid", Tensor.logsigmoid, logsigmoid
        "relu", Tensor.relu, (fun x -> if x < 0.0 then 0.0 else x)
        "leakyRelu", Tensor.leakyRelu 0.1, (fun x -> if x > 0.0 then x else 0.1 * x)
        "elu", Tensor.elu 0.7, (fun x -> if x > 0.0 then x else 0.7 * (exp x - 1.0))
        "silu", Tensor.silu, (fun x -> x / (1.0 + exp -x))
        "softplus", Tensor.softplus, (fun x -> -(logsigmoid -x))
        "gelu", Tensor.gelu, (fun x -> x * SpecialFunctions.Erfc(-x / sqrt 2.0) / 2.0)
    ]

let rows =
    [
        for name, f, g in cases do
            elementwise name f g some
            elementwise name f g far |> case "far from 0" |> fun row -> { row with Specials = false }
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for number in [ nan; infinity; -1e300 ] do
            "leakyRelu", Tensor.leakyRelu number
            "elu", Tensor.elu number
    ]
