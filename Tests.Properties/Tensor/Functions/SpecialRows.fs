module SpecialRows

open System
open MathNet.Numerics
open Functional
open Functional.FSharp
open Row

let private some = normals 1 [ 3; 4 ]
let private positive = positives 1 [ 3; 4 ]
let private inside = Tensor.ofDoubles [ 3; 4 ] [| for i in 0..11 -> -0.88 + 0.16 * float i |]

// MathNet.Numerics is the witness; its behaviour at infinity is not ours.
let private plain row = { row with Specials = false }

let rows =
    [
        elementwise "erf" Tensor.erf SpecialFunctions.Erf some
        elementwise "erfc" Tensor.erfc SpecialFunctions.Erfc some
        elementwise "erfinv" Tensor.erfinv SpecialFunctions.ErfInv inside |> plain
        elementwise "lgamma" Tensor.lgamma SpecialFunctions.GammaLn positive |> plain
        elementwise "lgamma" Tensor.lgamma SpecialFunctions.GammaLn (10.0 * positive)
        |> plain
        |> case "to 11"
        elementwise "digamma" Tensor.digamma SpecialFunctions.DiGamma (positive + 0.5) |> plain

        // 0·ln y is 0 for every y but NaN.
        let xlogy x y =
            if Double.IsNaN y then nan
            elif x = 0.0 then 0.0
            else x * log y

        yield! pairwise "xlogy" Tensor.xlogy xlogy positives
    ]

let wrong: (string * (Tensor -> Tensor)) list = []
