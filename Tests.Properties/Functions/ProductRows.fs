module ProductRows

open Functional
open Functional.FSharp
open Row

// Σₖ a[i; k]·b[k; j] of two matrices.
let private product (a: Tensor) (b: Tensor) =
    let x, y, columns = Tensor.toDoubles a, Tensor.toDoubles b, b.Shape[1]
    let inner = a.Shape[1]

    [|
        for i in 0 .. a.Shape[0] - 1 do
            for j in 0 .. columns - 1 ->
                Seq.sum (seq { for k in 0 .. inner - 1 -> x[i * inner + k] * y[k * columns + j] })
    |]

let rows =
    [
        row "matmul" [ normals 1 [ 3; 4 ]; normals 2 [ 4; 2 ] ] (fun a -> Tensor.matmul a[0] a[1]) (fun a ->
            product a[0] a[1])
        |> refusing [ normals 1 [ 3; 4 ]; normals 2 [ 3; 4 ] ] [ "[3; 4]"; "last axis" ]

        row "matmul" [ normals 1 [ 2; 3; 4 ]; normals 2 [ 4; 2 ] ] (fun a -> Tensor.matmul a[0] a[1]) (fun a ->
            product (Tensor.reshape [ 6; 4 ] a[0]) a[1])
        |> case "a batch of matrices"

        row "dot" [ normals 1 [ 4 ]; normals 2 [ 4 ] ] (fun a -> Tensor.dot a[0] a[1]) (fun a ->
            [| Seq.sumBy (fun (x, y) -> x * y) (broadcast a[0] a[1]) |])
        |> refusing [ normals 1 [ 4 ]; normals 2 [ 4; 1 ] ] [ "[4]"; "[4; 1]" ]
    ]

let wrong: (string * (Tensor -> Tensor)) list = []
