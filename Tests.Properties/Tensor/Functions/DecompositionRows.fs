module DecompositionRows

open System
open Functional
open Functional.FSharp
open Row

let private identity n = Tensor.cast Dtype.Float64 (Tensor.onehot n (Tensor.arange n))

// Well conditioned, and with values that are well apart.
let private square i shape = normals i shape + 5.0 * identity (List.last shape)

// What is no square matrix stays as it is, for the function to refuse.
let private symmetric (a: Tensor) =
    if a.Rank < 2 || a.Shape[a.Rank - 1] <> a.Shape[a.Rank - 2] then
        a
    else
        a + Tensor.transpose -2 -1 a

let private positive i n =
    let a = normals i [ n; n ]
    Tensor.matmul a (Tensor.transpose 0 1 a) + identity n

// A matrix as rows of numbers.
let private rows (a: Tensor) = Tensor.toDoubles a |> Array.chunkBySize a.Shape[a.Rank - 1]

// Gauss and Jordan's elimination with pivots, in plain numbers: the determinant of a, and the solution of a·x = b.
let private eliminate (a: float[][]) (b: float[][]) =
    let a, b = Array.map Array.copy a, Array.map Array.copy b
    let n = a.Length
    let mutable det = 1.0

    for k in 0 .. n - 1 do
        let pivot = Seq.maxBy (fun i -> abs (a[i][k])) (seq { k .. n - 1 })

        if pivot <> k then
            det <- -det
            let row, right = a[k], b[k]
            a[k] <- a[pivot]
            b[k] <- b[pivot]
            a[pivot] <- row
            b[pivot] <- right

        det <- det * a[k][k]
        let scale = a[k][k]
        a[k] <- a[k] |> Array.map (fun x -> x / scale)
        b[k] <- b[k] |> Array.map (fun x -> x / scale)

        for i in 0 .. n - 1 do
            if i <> k then
                let share = a[i][k]
                a[i] <- Array.map2 (fun x y -> x - share * y) a[i] a[k]
                b[i] <- Array.map2 (fun x y -> x - share * y) b[i] b[k]

    det, b

// Jacobi's rotations: the eigenvalues of a symmetric matrix, rising.
let private eigenvalues (a: float[][]) =
    let n = a.Length
    let a = Array.map Array.copy a

    for _ in 1..60 do
        for p in 0 .. n - 2 do
            for q in p + 1 .. n - 1 do
                if a[p][q] <> 0.0 then
                    let angle = 0.5 * atan2 (2.0 * a[p][q]) (a[q][q] - a[p][p])
                    let c, s = cos angle, sin angle

                    for k in 0 .. n - 1 do
                        let x, y = a[k][p], a[k][q]
                        a[k][p] <- c * x - s * y
                        a[k][q] <- s * x + c * y

                    for k in 0 .. n - 1 do
                        let x, y = a[p][k], a[q][k]
                        a[p][k] <- c * x - s * y
                        a[q][k] <- s * x + c * y

    Array.init n (fun i -> a[i][i]) |> Array.sort

let private unit n = Array.init n (fun i -> Array.init n (fun j -> if i = j then 1.0 else 0.0))

let private product (a: float[][]) (b: float[][]) =
    a
    |> Array.map (fun row -> Array.init b[0].Length (fun j -> Seq.sum (Seq.mapi (fun k x -> x * b[k][j]) row)))

let private transposed (a: float[][]) = Array.transpose a
let private near row = { row with Tolerance = 1e-10 }
let private itself (a: Tensor[]) = Tensor.toDoubles a[0]

// eᴬ by its series, after halving A until it is short.
let private exponential (a: float[][]) =
    let short = a |> Array.map (Array.map (fun x -> x / 1024.0))
    let plus = Array.map2 (Array.map2 (+))

    let series, _ =
        List.fold
            (fun (sum, term) k ->
                let term = product term short |> Array.map (Array.map (fun x -> x / float k))
                plus sum term, term)
            (unit a.Length, unit a.Length)
            [ 1..12 ]

    List.fold (fun e _ -> product e e) series [ 1..10 ]

let private diagonal (s: Tensor) = Tensor.unsqueeze -1 s * Tensor.cast s.Dtype (identity s.Shape[s.Rank - 1])
let private orthonormal (q: Tensor) = Tensor.matmul (Tensor.transpose -2 -1 q) q

let table =
    [
        row "inv" [ square 1 [ 4; 4 ] ] (fun a -> Tensor.inv a[0]) (fun a ->
            eliminate (rows a[0]) (unit 4) |> snd |> Array.concat)
        |> refusing [ normals 1 [ 2; 3 ] ] [ "[2; 3]"; "square" ]
        |> refusing [ Tensor.zerosOf Dtype.Float64 [ 2; 2 ] ] [ "[2; 2]"; "singular" ]

        row "inv" [ square 2 [ 2; 3; 3 ] ] (fun a -> Tensor.inv a[0]) (fun a ->
            Array.collect (fun a -> eliminate a (unit 3) |> snd |> Array.concat) (Array.chunkBySize 3 (rows a[0])))
        |> case "a batch"

        row "det" [ square 1 [ 4; 4 ] ] (fun a -> Tensor.det a[0]) (fun a ->
            [| eliminate (rows a[0]) (unit 4) |> fst |])
        |> near
        |> refusing [ normals 1 [ 3 ] ] [ "[3]"; "matrices" ]

        row "slogdet" [ square 1 [ 4; 4 ] ] (fun a -> snd (Tensor.slogdet a[0])) (fun a ->
            [| log (abs (eliminate (rows a[0]) (unit 4) |> fst)) |])
        |> case "size"
        |> near

        row "slogdet" [ square 1 [ 4; 4 ] ] (fun a -> fst (Tensor.slogdet a[0])) (fun a ->
            [| float (sign (eliminate (rows a[0]) (unit 4) |> fst)) |])
        |> case "sign"
        |> orders Flat

        row "solve" [ square 1 [ 3; 3 ]; normals 2 [ 3; 2 ] ] (fun a -> Tensor.solve a[0] a[1]) (fun a ->
            eliminate (rows a[0]) (rows a[1]) |> snd |> Array.concat)
        |> refusing [ normals 1 [ 3; 3 ]; normals 2 [ 2; 2 ] ] [ "[3; 3]"; "[2; 2]"; "rows" ]
        |> refusing [ Tensor.zerosOf Dtype.Float64 [ 2; 2 ]; normals 1 [ 2; 1 ] ] [ "singular" ]

        row "solve" [ square 1 [ 3; 3 ]; normals 2 [ 3 ] ] (fun a -> Tensor.solve a[0] a[1]) (fun a ->
            eliminate (rows a[0]) (Tensor.toDoubles a[1] |> Array.map Array.singleton) |> snd |> Array.concat)
        |> case "a vector"

        for upper in [ true; false ] do
            let keep (a: float[][]) =
                a
                |> Array.mapi (fun i row ->
                    row |> Array.mapi (fun j x -> if (if upper then j >= i else j <= i) then x else 0.0))

            row
                "triangularSolve"
                [ square 1 [ 3; 3 ]; normals 2 [ 3; 2 ] ]
                (fun a -> Tensor.triangularSolve upper a[0] a[1])
                (fun a -> eliminate (keep (rows a[0])) (rows a[1]) |> snd |> Array.concat)
            |> case (if upper then "upper" else "lower")
            |> refusing [ normals 1 [ 2; 3 ]; normals 2 [ 3; 2 ] ] [ "square"; "[2; 3]" ]

        row
            "cholesky"
            [ positive 1 3 ]
            (fun a ->
                let l = Tensor.cholesky (0.5 * symmetric a[0])
                Tensor.matmul l (Tensor.transpose 0 1 l))
            (fun a -> Tensor.toDoubles (0.5 * symmetric a[0]))
        |> case "l·lᵀ"
        |> composed
        |> refusing [ -1.0 * identity 2 ] [ "positive" ]

        row "cholesky" [ positive 1 3 ] (fun a -> Tensor.cholesky (0.5 * symmetric a[0])) (fun a ->
            // Column by column, in plain numbers.
            let a, l = rows a[0], Array.init 3 (fun _ -> Array.zeroCreate 3)

            for j in 0..2 do
                for i in j..2 do
                    let rest = a[i][j] - Seq.sum (seq { for k in 0 .. j - 1 -> l[i][k] * l[j][k] })
                    l[i][j] <- if i = j then sqrt rest else rest / l[j][j]

            Array.concat l)

        row
            "choleskySolve"
            [ positive 1 3; normals 2 [ 3; 2 ] ]
            (fun a -> Tensor.choleskySolve (Tensor.cholesky (0.5 * symmetric a[0])) a[1])
            (fun a -> eliminate (rows (0.5 * symmetric a[0])) (rows a[1]) |> snd |> Array.concat)
        |> composed

        row
            "qr"
            [ normals 1 [ 4; 3 ] ]
            (fun a ->
                let q, r = Tensor.qr a[0]
                Tensor.matmul q r)
            itself
        |> case "q·r"
        |> composed

        row "qr" [ normals 1 [ 4; 3 ] ] (fun a -> orthonormal (fst (Tensor.qr a[0]))) (fun _ -> Array.concat (unit 3))
        |> case "qᵀ·q"
        |> composed

        row "qr" [ normals 1 [ 4; 3 ] ] (fun a -> Tensor.square (snd (Tensor.qr a[0]))) (fun a ->
            // r is Cholesky's factor of aᵀ·a, up to signs.
            let g = product (transposed (rows a[0])) (rows a[0])
            let l = Array.init 3 (fun _ -> Array.zeroCreate 3)

            for j in 0..2 do
                for i in j..2 do
                    let rest = g[i][j] - Seq.sum (seq { for k in 0 .. j - 1 -> l[i][k] * l[j][k] })
                    l[i][j] <- if i = j then sqrt rest else rest / l[j][j]

            transposed l |> Array.concat |> Array.map (fun x -> x * x))
        |> case "r²"

        row
            "svd"
            [ normals 1 [ 4; 3 ] ]
            (fun a ->
                let u, s, v = Tensor.svd a[0]
                Tensor.matmul (Tensor.matmul u (diagonal s)) v)
            itself
        |> case "u·s·vᵀ"
        |> composed

        row
            "svd"
            [ normals 1 [ 4; 3 ] ]
            (fun a ->
                let _, s, _ = Tensor.svd a[0]
                s)
            (fun a -> eigenvalues (product (transposed (rows a[0])) (rows a[0])) |> Array.rev |> Array.map sqrt)
        |> case "s"
        |> near

        row
            "svd"
            [ normals 1 [ 4; 3 ] ]
            (fun a ->
                let u, _, v = Tensor.svd a[0]
                orthonormal u + Tensor.matmul v (Tensor.transpose 0 1 v))
            (fun _ -> Array.concat (unit 3) |> Array.map ((*) 2.0))
        |> case "orthonormal"
        |> composed

        row
            "eigh"
            [ normals 1 [ 3; 3 ] ]
            (fun a ->
                let values, vectors = Tensor.eigh (symmetric a[0])
                Tensor.matmul (Tensor.matmul vectors (diagonal values)) (Tensor.transpose 0 1 vectors))
            (fun a -> Tensor.toDoubles (symmetric a[0]))
        |> case "v·λ·vᵀ"
        |> composed

        row "eigh" [ normals 1 [ 3; 3 ] ] (fun a -> fst (Tensor.eigh (symmetric a[0]))) (fun a ->
            eigenvalues (rows (symmetric a[0])))
        |> case "λ"
        |> near

        row "eigh" [ normals 1 [ 3; 3 ] ] (fun a -> Tensor.square (snd (Tensor.eigh (symmetric a[0])))) (fun a ->
            // The squares of a vector's elements, from the values of the matrix and of its minors.
            let m = rows (symmetric a[0])
            let values = eigenvalues m

            [|
                for j in 0..2 do
                    let minor =
                        [|
                            for i in 0..2 do
                                if i <> j then
                                    [|
                                        for k in 0..2 do
                                            if k <> j then
                                                m[i][k]
                                    |]
                        |]

                    let inner = eigenvalues minor

                    for i in 0..2 do
                        let others =
                            [
                                for k in 0..2 do
                                    if k <> i then
                                        values[i] - values[k]
                            ]

                        (Array.fold (fun p x -> p * (values[i] - x)) 1.0 inner) / List.fold (*) 1.0 others
            |])
        |> case "v²"
        |> near

        row "pinv" [ normals 1 [ 4; 3 ] ] (fun a -> Tensor.pinv a[0]) (fun a ->
            // (aᵀ·a)⁻¹·aᵀ for full column rank.
            let t = transposed (rows a[0])
            eliminate (product t (rows a[0])) t |> snd |> Array.concat)
        |> near

        row "matrixExp" [ normals 1 [ 3; 3 ] ] (fun a -> Tensor.matrixExp a[0]) (fun a ->
            exponential (rows a[0]) |> Array.concat)
        |> near

        for k in [ 0; 1; 5 ] do
            row "matrixPower" [ normals 1 [ 3; 3 ] ] (fun a -> Tensor.matrixPower k a[0]) (fun a ->
                List.fold (fun p _ -> product p (rows a[0])) (unit 3) [ 1..k ] |> Array.concat)
            |> case (string k)
            |> refusing [ normals 1 [ 2; 3 ] ] [ "square"; "[2; 3]" ]
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        "matrixPower", Tensor.matrixPower -1
        "triangularSolve", (fun a -> Tensor.triangularSolve true a a)
        "solve", (fun a -> Tensor.solve a a)
        "eigh", (fun a -> fst (Tensor.eigh a))
        "svd", (fun a -> let _, s, _ = Tensor.svd a in s)
    ]
