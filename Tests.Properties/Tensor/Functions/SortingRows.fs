module SortingRows

open System
open Functional
open Functional.FSharp
open Row
open ReductionRows

let private first (values: Tensor, _: Tensor) : Tensor = values
let private second (_: Tensor, positions: Tensor) : Tensor = positions

// A row on what `second` gives.
let private positions (row: Row) = case $"{row.Case}, positions" row |> orders Flat

// The positions of the elements in order: equal ones keep theirs.
let private places descending (x: float[]) =
    let order = [| 0 .. x.Length - 1 |] |> Array.sortWith (fun i j -> compare x[i] x[j])

    if descending then
        [| 0 .. x.Length - 1 |] |> Array.sortWith (fun i j -> compare x[j] x[i])
    else
        order

let private ordered descending (x: float[]) = places descending x |> Array.map (fun i -> x[i])

let private repeated = longs [ 2; 4 ] [ 3; 1; 3; 2; 1; 3; 9; 2 ]
let private distinct (x: Tensor) = Tensor.toDoubles x |> Array.distinct |> Array.sort
let private sorted = Tensor.ofDoubles [ 4 ] [| -1.0; 0.0; 0.0; 1.5 |]
let private questions = Tensor.ofDoubles [ 2; 3 ] [| -2.0; -1.0; 0.0; 1.0; 1.5; 2.0 |]

// Parts of [-1; 1] by counting edges: what lies on one belongs to the part above it, at 1 to the last.
let private histogram (x: float[]) =
    let edges = [| -1.0; -0.5; 0.0; 0.5; 1.0 |]

    [|
        for i in 0..3 ->
            x
            |> Array.filter (fun x -> edges[i] <= x && (x < edges[i + 1] || i = 3 && x = 1.0))
            |> Array.length
            |> float
    |]

let rows =
    [
        for descending in [ false; true ] do
            let text (row: Row) = if descending then case $"{row.Case}, descending" row else row

            for row in alongAxis "sort" (fun axis x -> first (Tensor.sort axis descending x)) (ordered descending) do
                yield text row

            for row in
                [
                    yield!
                        alongAxis
                            "sort"
                            (fun axis x -> second (Tensor.sort axis descending x))
                            (places descending >> Array.map float)
                    yield!
                        alongAxis
                            "argsort"
                            (fun axis x -> Tensor.argsort axis descending x)
                            (places descending >> Array.map float)
                ] do
                yield text row |> positions

            yield
                row "argsort" [ repeated ] (fun a -> Tensor.argsort 1 descending a[0]) (fun a ->
                    lines 1 a[0] |> Array.collect (places descending >> Array.map float))
                |> case $"equal ones keep their order, descending {descending}"

        for row in alongAxis "topk" (fun axis x -> first (Tensor.topk 2 axis x)) (ordered true >> Array.truncate 2) do
            yield row

        for row in
            alongAxis
                "topk"
                (fun axis x -> second (Tensor.topk 2 axis x))
                (places true >> Array.truncate 2 >> Array.map float) do
            yield positions row

        yield row "unique" [ normals 1 [ 3; 4 ] ] (fun a -> Tensor.unique a[0]) (fun a -> distinct a[0])
        yield row "unique" [ repeated ] (fun a -> Tensor.unique a[0]) (fun a -> distinct a[0]) |> case "repeated"

        yield
            row "uniqueWithCounts" [ normals 1 [ 3; 4 ] ] (fun a -> first (Tensor.uniqueWithCounts a[0])) (fun a ->
                distinct a[0])

        yield
            row "uniqueWithCounts" [ repeated ] (fun a -> second (Tensor.uniqueWithCounts a[0])) (fun _ ->
                [| 2.0; 2.0; 3.0; 1.0 |])
            |> case "counts"

        yield
            row "uniqueWithInverse" [ normals 1 [ 3; 4 ] ] (fun a -> first (Tensor.uniqueWithInverse a[0])) (fun a ->
                distinct a[0])

        yield
            row "uniqueWithInverse" [ repeated ] (fun a -> second (Tensor.uniqueWithInverse a[0])) (fun a ->
                Tensor.toDoubles a[0] |> Array.map (fun x -> float (Array.IndexOf(distinct a[0], x))))
            |> case "positions"

        for right in [ false; true ] do
            let before y x = if right then x <= y else x < y

            yield
                row "searchsorted" [ sorted; questions ] (fun a -> Tensor.searchsorted right a[0] a[1]) (fun a ->
                    Tensor.toDoubles a[1]
                    |> Array.map (fun y -> Tensor.toDoubles a[0] |> Array.filter (before y) |> Array.length |> float))
                |> case $"right {right}"
                |> orders Flat
                |> refusing [ normals 1 [ 2; 3 ]; questions ] [ "[2; 3]" ]

        yield
            row "bincount" [ longs [ 5 ] [ 3; 0; 3; 1; 3 ] ] (fun a -> Tensor.bincount 6 a[0]) (fun _ ->
                [| 1.0; 1.0; 0.0; 3.0; 0.0; 0.0 |])
            |> refusing [ longs [ 2 ] [ 3; -1 ] ] [ "[2]" ]
            |> refusing [ normals 1 [ 3 ] ] [ "[3]" ]

        yield
            row "histogram" [ normals 1 [ 5; 8 ] ] (fun a -> Tensor.histogram 4 -1.0 1.0 a[0]) (fun a ->
                histogram (Tensor.toDoubles a[0]))
            |> special
            |> orders Flat

        yield
            row
                "histogram"
                [ Tensor.ofDoubles [ 8 ] [| -1.0; -0.5; 0.0; 0.5; 1.0; 1.0; -1.1; 1.1 |] ]
                (fun a -> Tensor.histogram 4 -1.0 1.0 a[0])
                (fun _ -> [| 1.0; 1.0; 1.0; 3.0 |])
            |> case "on the edges"
            |> orders Flat
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for axis in [ -9; 7; Int32.MaxValue; Int32.MinValue ] do
            "sort", Tensor.sort axis false >> first
            "argsort", Tensor.argsort axis true
            "topk", Tensor.topk 1 axis >> first
        for count in [ -1; 9; Int32.MaxValue; Int32.MinValue ] do
            "topk", Tensor.topk count 0 >> first
        for least in [ -1; Int32.MinValue ] do
            "bincount", Tensor.bincount least
        for bins in [ -1; 0 ] do
            "histogram", Tensor.histogram bins 0.0 1.0
        for low in [ nan; infinity; -infinity; 1.0; 2.0; -1.7e308 ] do
            "histogram", Tensor.histogram 3 low 1.0
        "searchsorted", (fun a -> Tensor.searchsorted true a a)
    ]
