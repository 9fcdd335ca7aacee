module TrigonometryRows

open System
open Functional
open Functional.FSharp
open Row

let private some = normals 1 [ 3; 4 ]

// Between -1 and 1, and away from both.
let private inside = Tensor.ofDoubles [ 3; 4 ] [| for i in 0..11 -> -0.88 + 0.16 * float i |]

let private cases: (string * (Tensor -> Tensor) * (float -> float) * Tensor) list =
    [
        "sin", Tensor.sin, sin, some
        "cos", Tensor.cos, cos, some
        "tan", Tensor.tan, tan, inside
        "asin", Tensor.asin, asin, inside
        "acos", Tensor.acos, acos, inside
        "atan", Tensor.atan, atan, some
        "sinh", Tensor.sinh, sinh, some
        "cosh", Tensor.cosh, cosh, some
        "tanh", Tensor.tanh, tanh, some
        "asinh", Tensor.asinh, Math.Asinh, some
        "acosh", Tensor.acosh, Math.Acosh, inside + 2.5
        "atanh", Tensor.atanh, Math.Atanh, inside
    ]

let rows =
    [
        for name, f, g, operand in cases do
            elementwise name f g operand

        yield! pairwise "atan2" Tensor.atan2 (fun y x -> Math.Atan2(y, x)) normals
        yield! pairwise "hypot" Tensor.hypot (fun x y -> Double.Hypot(x, y)) normals
    ]

let wrong: (string * (Tensor -> Tensor)) list = []
