module ComparisonRows

open System
open Functional
open Functional.FSharp
open Row

let private truth f x y = if f x y then 1.0 else 0.0

// Equal pairs among unequal ones.
let private coarse i shape = Tensor.round (normals i shape)

let private comparisons
    : (string * (Tensor -> Tensor -> Tensor) * (float -> Tensor -> Tensor) * (float -> float -> bool)) list =
    [
        "eq", Tensor.eq, Tensor.eqNumber, (=)
        "ne", Tensor.ne, Tensor.neNumber, (<>)
        "lt", Tensor.lt, Tensor.ltNumber, (<)
        "le", Tensor.le, Tensor.leNumber, (<=)
        "gt", Tensor.gt, Tensor.gtNumber, (>)
        "ge", Tensor.ge, Tensor.geNumber, (>=)
    ]

let private tests: (string * (Tensor -> Tensor) * (float -> bool)) list =
    [
        "isnan", Tensor.isnan, Double.IsNaN
        "isinf", Tensor.isinf, Double.IsInfinity
        "isfinite", Tensor.isfinite, Double.IsFinite
        "logicalNot", Tensor.logicalNot, (fun x -> x = 0.0)
    ]

// NaN is not 0, so it counts as true.
let private logic: (string * (Tensor -> Tensor -> Tensor) * (bool -> bool -> bool)) list =
    [
        "logicalAnd", Tensor.logicalAnd, (&&)
        "logicalOr", Tensor.logicalOr, (||)
        "logicalXor", Tensor.logicalXor, (<>)
    ]

let rows =
    [
        for name, f, number, g in comparisons do
            for row in pairwise name f (truth g) coarse do
                orders Flat row

            elementwise $"{name}Number" (number 1.0) (fun x -> truth g x 1.0) (coarse 1 [ 3; 4 ]) |> orders Flat

            // Neighbours that are one number in float32.
            row
                $"{name}Number"
                [ Tensor.ofLongs [ 3 ] [| 16777216L; 16777217L; 16777218L |] ]
                (fun a -> number 16777217.0 a[0])
                (fun a -> Tensor.toDoubles a[0] |> Array.map (fun x -> truth g x 16777217.0))
            |> case "large whole numbers"

        for name, f, g in tests do
            elementwise name f (fun x -> if g x then 1.0 else 0.0) (coarse 1 [ 3; 4 ]) |> orders Flat

        for name, f, g in logic do
            for row in pairwise name f (fun x y -> if g (x <> 0.0) (y <> 0.0) then 1.0 else 0.0) coarse do
                orders Flat row

        row
            "where"
            [ truths 3 [ 3; 4 ]; normals 1 [ 3; 4 ]; normals 2 [ 4 ] ]
            (fun a -> Tensor.where a[0] a[1] a[2])
            (fun a ->
                let mask = Tensor.toDoubles a[0]

                broadcast a[1] a[2] |> Array.mapi (fun i (x, y) -> if mask[i] <> 0.0 then x else y))
        |> special
        |> refusing [ truths 3 [ 2; 3 ]; normals 1 [ 4 ]; normals 1 [] ] [ "[2; 3]"; "[4]" ]

        row "onehot" [ longs [ 3 ] [ 2; 0; 1 ] ] (fun a -> Tensor.onehot 4 a[0]) (fun a ->
            [|
                for label in Tensor.toLongs a[0] do
                    for i in 0L .. 3L -> if i = label then 1.0 else 0.0
            |])
        |> orders Flat
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for number in [ nan; infinity; 1e300; -1e18 ] do
            for name, _, f, _ in comparisons do
                $"{name}Number", f number
        for classes in [ -1; 0 ] do
            "onehot", Tensor.onehot classes
    ]
