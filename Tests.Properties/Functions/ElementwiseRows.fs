module ElementwiseRows

open Functional
open Functional.FSharp
open Row

let private truth f x y = if f x y then 1.0 else 0.0

let rows =
    [
        yield elementwise "exp" Tensor.exp exp (normals 1 [ 3; 4 ])
        yield elementwise "log" Tensor.log log (positives 1 [ 3; 4 ])
        yield elementwise "sqrt" Tensor.sqrt sqrt (positives 1 [ 3; 4 ])
        yield elementwise "rsqrt" Tensor.rsqrt (fun x -> 1.0 / sqrt x) (positives 1 [ 3; 4 ])
        yield elementwise "abs" Tensor.abs abs (normals 1 [ 3; 4 ])

        yield
            elementwise
                "sign"
                Tensor.sign
                (fun x -> if System.Double.IsNaN x then 0.0 else float (sign x))
                (normals 1 [ 3; 4 ])
            |> orders Flat

        yield elementwise "square" Tensor.square (fun x -> x * x) (normals 1 [ 3; 4 ])
        yield elementwise "sin" Tensor.sin sin (normals 1 [ 3; 4 ])
        yield elementwise "cos" Tensor.cos cos (normals 1 [ 3; 4 ])
        yield elementwise "tanh" Tensor.tanh tanh (normals 1 [ 3; 4 ])
        yield elementwise "sigmoid" Tensor.sigmoid (fun x -> 1.0 / (1.0 + exp -x)) (normals 1 [ 3; 4 ])
        yield elementwise "relu" Tensor.relu (fun x -> if x < 0.0 then 0.0 else x) (normals 1 [ 3; 4 ])
        yield elementwise "pow" (Tensor.pow 3.0) (fun x -> x * x * x) (normals 1 [ 3; 4 ]) |> case "3"
        yield elementwise "pow" (Tensor.pow 1.5) (fun x -> x ** 1.5) (positives 1 [ 3; 4 ]) |> case "3/2"
        yield! pairwise "maximum" Tensor.maximum max normals
        yield! pairwise "minimum" Tensor.minimum min normals
        yield! pairwise "eq" Tensor.eq (truth (=)) normals |> List.map (orders Flat)
        yield! pairwise "lt" Tensor.lt (truth (<)) normals |> List.map (orders Flat)
        yield! pairwise "le" Tensor.le (truth (<=)) normals |> List.map (orders Flat)
        yield! pairwise "gt" Tensor.gt (truth (>)) normals |> List.map (orders Flat)
        yield! pairwise "ge" Tensor.ge (truth (>=)) normals |> List.map (orders Flat)

        yield
            row
                "where"
                [ truths 3 [ 3; 4 ]; normals 1 [ 3; 4 ]; normals 2 [ 4 ] ]
                (fun a -> Tensor.where a[0] a[1] a[2])
                (fun a ->
                    let mask = Tensor.toDoubles a[0]

                    broadcast a[1] a[2] |> Array.mapi (fun i (x, y) -> if mask[i] <> 0.0 then x else y))
            |> special
            |> refusing [ truths 3 [ 2; 3 ]; normals 1 [ 4 ]; normals 1 [] ] [ "[2; 3]"; "[4]" ]

        yield
            row "onehot" [ longs [ 3 ] [ 2; 0; 1 ] ] (fun a -> Tensor.onehot 4 a[0]) (fun a ->
                [|
                    for label in Tensor.toLongs a[0] do
                        for i in 0L .. 3L -> if i = label then 1.0 else 0.0
                |])
            |> orders Flat
    ]

/// Arguments that are wrong for all or most operands.
let wrong: (string * (Tensor -> Tensor)) list =
    [
        for p in [ nan; infinity; -1e308 ] do
            "pow", Tensor.pow p
            "+", (fun a -> a + p)
        for classes in [ -1; 0 ] do
            "onehot", Tensor.onehot classes
    ]
