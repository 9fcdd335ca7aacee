/// How far a sample is from what it should follow.
module Chances

open Expecto
open MathNet.Numerics

// The chance of a distance as large as that between a sample and its distribution (Kolmogorov; Stephens 1970).
let kolmogorov (cdf: float -> float) (sample: float[]) =
    let n = float sample.Length

    let distance =
        Array.sort sample
        |> Array.mapi (fun i x -> max (abs (cdf x - float i / n)) (abs (cdf x - float (i + 1) / n)))
        |> Array.max

    let t = distance * (sqrt n + 0.12 + 0.11 / sqrt n)

    2.0
    * Seq.sum (seq { for k in 1..100 -> (if k % 2 = 1 then 1.0 else -1.0) * exp (-2.0 * (float k * t) ** 2.0) })

// The chance of counts as far from these probabilities (Pearson).
let pearson (probabilities: float list) (drawn: int seq) =
    let counts = drawn |> Seq.countBy id |> Map.ofSeq
    let total = counts |> Map.toSeq |> Seq.sumBy snd |> float

    let square =
        probabilities
        |> List.mapi (fun i p ->
            let count = counts |> Map.tryFind i |> Option.defaultValue 0
            (float count - total * p) ** 2.0 / (total * p))
        |> List.sum

    let known = counts |> Map.forall (fun i _ -> i >= 0 && i < probabilities.Length)
    Expect.isTrue known "no outcome besides the known ones"
    SpecialFunctions.GammaUpperRegularized(float (probabilities.Length - 1) / 2.0, square / 2.0)

let correlation (a: float[]) (b: float[]) =
    let ma, mb = Array.average a, Array.average b
    let product f = Array.averageBy f (Array.zip a b)

    product (fun (x, y) -> (x - ma) * (y - mb))
    / sqrt (product (fun (x, _) -> (x - ma) ** 2.0) * product (fun (_, y) -> (y - mb) ** 2.0))
