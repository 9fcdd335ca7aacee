module CovarianceRows

open System
open Functional
open Functional.FSharp
open Row
open ReductionRows

let private covariance (freedom: int -> int) (x: float[][]) i j =
    let mean = Array.average
    let a, b = x[i], x[j]
    Seq.sum (Seq.map2 (fun u v -> (u - mean a) * (v - mean b)) a b) / float (freedom a.Length)

let private pairs (f: float[][] -> int -> int -> float) (x: Tensor) =
    let rows = lines 1 x

    [|
        for i in 0 .. rows.Length - 1 do
            for j in 0 .. rows.Length - 1 -> f rows i j
    |]

let private unbiased = covariance (fun n -> n - 1)

let private correlation x i j =
    let found = unbiased x i j / sqrt (unbiased x i i * unbiased x j j)
    Math.Clamp(found, -1.0, 1.0)

let private matrix = normals 1 [ 3; 5 ]

let private scaled (least: float[] -> float) (size: float[] -> float) (x: Tensor) =
    let values = Tensor.toDoubles x
    values |> Array.map (fun value -> (value - least values) / size values)

let private range (x: float[]) = Array.max x - Array.min x

let private deviation (x: float[]) =
    let mean = Array.average x
    sqrt (Array.sumBy (fun x -> (x - mean) ** 2.0) x / float (x.Length - 1))

let rows =
    [
        row "cov" [ matrix ] (fun a -> Tensor.cov a[0]) (fun a -> pairs unbiased a[0])
        |> special
        |> refusing [ normals 1 [ 2; 3; 4 ] ] [ "[2; 3; 4]"; "observations" ]
        |> refusing [ Tensor.ofInts [ 1; 2 ] ] [ "int64"; "Tensor.cast" ]
        row "cov" [ normals 1 [ 6 ] ] (fun a -> Tensor.cov a[0]) (fun a ->
            [| unbiased [| Tensor.toDoubles a[0] |] 0 0 |])
        |> case "one variable"
        row "covWith" [ matrix ] (fun a -> Tensor.covWith false a[0]) (fun a -> pairs (covariance id) a[0])
        |> special
        row "corrcoef" [ matrix ] (fun a -> Tensor.corrcoef a[0]) (fun a -> pairs correlation a[0])
        |> special
        |> refusing [ normals 1 [ 2; 3; 4 ] ] [ "[2; 3; 4]"; "observations" ]
        row "corrcoef" [ normals 1 [ 6 ] ] (fun a -> Tensor.corrcoef a[0]) (fun _ -> [| 1.0 |])
        |> case "one variable"
        row "normalize" [ normals 1 [ 2; 3 ] ] (fun a -> Tensor.normalize a[0]) (fun a -> scaled Array.min range a[0])
        |> refusing [ Tensor.ofInts [ 1; 2 ] ] [ "int64"; "Tensor.cast" ]
        row "standardize" [ normals 1 [ 2; 3 ] ] (fun a -> Tensor.standardize a[0]) (fun a ->
            scaled Array.average deviation a[0])
        |> refusing [ Tensor.ofInts [ 1; 2 ] ] [ "int64"; "Tensor.cast" ]
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for shape in [ []; [ 0 ]; [ 0; 3 ]; [ 3; 0 ]; [ 1; 1 ]; [ 2; 2; 2 ] ] do
            "cov", (fun _ -> Tensor.cov (Tensor.zeros shape))
            "corrcoef", (fun _ -> Tensor.corrcoef (Tensor.zeros shape))
            "normalize", (fun _ -> Tensor.normalize (Tensor.zeros shape))
            "standardize", (fun _ -> Tensor.standardize (Tensor.zeros shape))
    ]
