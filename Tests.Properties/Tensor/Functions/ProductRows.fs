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

// One half of a batch of two.
let private half i (x: Tensor) = Tensor.squeeze 0 (Tensor.slice 0 i (i + 1) x)

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

        row "bmm" [ normals 1 [ 2; 3; 4 ]; normals 2 [ 2; 4; 2 ] ] (fun a -> Tensor.bmm a[0] a[1]) (fun a ->
            Array.append (product (half 0 a[0]) (half 0 a[1])) (product (half 1 a[0]) (half 1 a[1])))
        |> refusing [ normals 1 [ 3; 4 ]; normals 2 [ 4; 2 ] ] [ "[3; 4]"; "[b; n; k]" ]

        row "outer" [ normals 1 [ 3 ]; normals 2 [ 2 ] ] (fun a -> Tensor.outer a[0] a[1]) (fun a ->
            broadcast (Tensor.reshape [ 3; 1 ] a[0]) a[1] |> Array.map (fun (x, y) -> x * y))
        |> special
        |> refusing [ normals 1 []; normals 2 [ 2 ] ] [ "[]"; "vectors" ]

        row "outer" [ normals 1 [ 2; 3 ]; normals 2 [ 2; 4 ] ] (fun a -> Tensor.outer a[0] a[1]) (fun a ->
            broadcast (Tensor.unsqueeze 2 a[0]) (Tensor.unsqueeze 1 a[1]) |> Array.map (fun (x, y) -> x * y))
        |> case "batches"
        |> special
        |> refusing [ normals 1 [ 2; 3 ]; normals 2 [ 3; 4 ] ] [ "[2; 3; 1]"; "[3; 1; 4]" ]

        row "kron" [ normals 1 [ 2; 3 ]; normals 2 [ 2; 2 ] ] (fun a -> Tensor.kron a[0] a[1]) (fun a ->
            let x, y = Tensor.toDoubles a[0], Tensor.toDoubles a[1]

            [|
                for i in 0..1 do
                    for k in 0..1 do
                        for j in 0..2 do
                            for l in 0..1 -> x[3 * i + j] * y[2 * k + l]
            |])

        row "einsum" [ normals 1 [ 3; 4 ]; normals 2 [ 4; 2 ] ] (fun a -> Tensor.einsum "ij,jk->ik" a) (fun a ->
            product a[0] a[1])
        |> case "a product"
        |> refusing [ normals 1 [ 3; 4 ]; normals 2 [ 3; 2 ] ] [ "ij,jk->ik"; "[3; 4]"; "[3; 2]" ]

        row "einsum" [ normals 1 [ 2; 3; 3 ] ] (fun a -> Tensor.einsum "bii->b" a) (fun a ->
            let x = Tensor.toDoubles a[0]
            [| x[0] + x[4] + x[8]; x[9] + x[13] + x[17] |])
        |> case "traces"

        row
            "einsum"
            [ normals 1 [ 2; 3 ]; normals 2 [ 3; 4 ]; normals 3 [ 2; 4 ] ]
            (fun a -> Tensor.einsum "ij,jk,ik->" a)
            (fun a ->
                let both = product a[0] a[1]
                [| Array.sum (Array.map2 (*) both (Tensor.toDoubles a[2])) |])
        |> case "three operands"

        row "trace" [ normals 1 [ 2; 3; 3 ] ] (fun a -> Tensor.trace a[0]) (fun a ->
            let x = Tensor.toDoubles a[0]
            [| x[0] + x[4] + x[8]; x[9] + x[13] + x[17] |])
        |> refusing [ normals 1 [ 3 ] ] [ "[3]"; "matrices" ]

        row "cdist" [ normals 1 [ 3; 2 ]; normals 2 [ 4; 2 ] ] (fun a -> Tensor.cdist a[0] a[1]) (fun a ->
            let x, y = Tensor.toDoubles a[0] |> Array.chunkBySize 2, Tensor.toDoubles a[1] |> Array.chunkBySize 2

            [|
                for p in x do
                    for q in y -> sqrt ((p[0] - q[0]) ** 2.0 + (p[1] - q[1]) ** 2.0)
            |])
        |> refusing [ normals 1 [ 3; 2 ]; normals 2 [ 4; 3 ] ] [ "[3; 2]"; "[4; 3]" ]

        row
            "cosineSimilarity"
            [ normals 1 [ 3; 4 ]; normals 2 [ 3; 4 ] ]
            (fun a -> Tensor.cosineSimilarity 1 a[0] a[1])
            (fun a ->
                let x, y = Tensor.toDoubles a[0] |> Array.chunkBySize 4, Tensor.toDoubles a[1] |> Array.chunkBySize 4
                let dot = Array.map2 (fun (p: float[]) q -> Array.sum (Array.map2 (*) p q))
                Array.map3 (fun xy xx yy -> xy / sqrt (xx * yy)) (dot x y) (dot x x) (dot y y))

        row
            "cosineSimilarity"
            [ normals 1 [ 3; 4 ]; normals 2 [ 1; 1 ] ]
            (fun a -> Tensor.cosineSimilarity -1 a[0] a[1])
            (fun a ->
                let x, y = Tensor.toDoubles a[0] |> Array.chunkBySize 4, (Tensor.toDoubles a[1])[0]
                x |> Array.map (fun x -> y * Array.sum x / (sqrt (Array.sumBy (fun x -> x * x) x) * 2.0 * abs y)))
        |> case "broadcast along its axis"
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for equation in
            [
                ""
                "ij"
                "ij->k"
                "ij,jk->ik"
                "ii->i"
                "i->ij"
                "->"
                "..."
                "i j"
                "12->1"
                "ij->ii"
                ",,"
                "ij-"
            ] do
            "einsum", (fun a -> Tensor.einsum equation [ a ])
            "einsum", (fun a -> Tensor.einsum equation [ a; a ])
    ]
