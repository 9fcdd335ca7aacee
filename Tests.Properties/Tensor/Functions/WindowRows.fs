module WindowRows

open Functional
open Functional.FSharp
open Row

// All places of a shape, the last axis running fastest.
let rec private places (shape: int list) : int list list =
    match shape with
    | [] -> [ [] ]
    | n :: rest ->
        [
            for i in 0 .. n - 1 do
                for place in places rest -> i :: place
        ]

let private offset (shape: int list) (place: int list) = List.fold2 (fun at n i -> at * n + i) 0 shape place
let private inside (shape: int list) (place: int list) = List.forall2 (fun n i -> i >= 0 && i < n) shape place

// The definition, cell by cell: y[n; o; p] = Σ w[o; c; k]·x[n; c; p·stride + k·dilation - padding].
let private correlation (how: Window) (a: Tensor[]) =
    let x, w = Tensor.toDoubles a[0], Tensor.toDoubles a[1]
    let shape, kernel = List.ofArray a[0].Shape, List.ofArray a[1].Shape
    let cells, window = shape[2..], kernel[2..]
    let out = List.map2 (fun n k -> (n + 2 * how.Padding - how.Dilation * (k - 1) - 1) / how.Stride + 1) cells window
    let outputs, inputs = kernel[0], kernel[1]

    [|
        for n in 0 .. shape[0] - 1 do
            for o in 0 .. outputs - 1 do
                let first = o / (outputs / how.Groups) * inputs

                for p in places out do
                    Seq.sum (
                        seq {
                            for c in 0 .. inputs - 1 do
                                for k in places window do
                                    let at = List.map2 (fun p k -> p * how.Stride + k * how.Dilation - how.Padding) p k

                                    if inside cells at then
                                        w[offset kernel (o :: c :: k)] * x[offset shape (n :: (first + c) :: at)]
                        }
                    )
    |]

// The transpose, by the identity ⟨y, conv x⟩ = ⟨convᵀ y, x⟩ for each x that is 1 in one cell.
let private transposed (how: Window) (cells: int list) (a: Tensor[]) =
    let kernel = List.ofArray a[1].Shape
    let shape = a[0].Shape[0] :: (kernel[1] * how.Groups) :: cells
    let count = List.fold (*) 1 shape

    Array.init count (fun i ->
        let unit = Tensor.ofDoubles shape (Array.init count (fun j -> if i = j then 1.0 else 0.0))
        Array.map2 (*) (correlation how [| unit; a[1] |]) (Tensor.toDoubles a[0]) |> Array.sum)

// Each window's cells, those of the padding left out.
let private windows size stride padding (x: Tensor) =
    let values, shape = Tensor.toDoubles x, List.ofArray x.Shape
    let cells = shape[2..]
    let out = cells |> List.map (fun n -> (n + 2 * padding - size) / stride + 1)

    [|
        for n in 0 .. shape[0] - 1 do
            for c in 0 .. shape[1] - 1 do
                for p in places out do
                    [|
                        for k in places (cells |> List.map (fun _ -> size)) do
                            let at = List.map2 (fun p k -> p * stride + k - padding) p k

                            if inside cells at then
                                offset cells at, values[offset shape (n :: c :: at)]
                    |]
    |]

let private convolutions: (int * (Window -> Tensor -> Tensor -> Tensor) * (Window -> Tensor -> Tensor -> Tensor)) list =
    [
        1, Tensor.conv1d, Tensor.convTranspose1d
        2, Tensor.conv2d, Tensor.convTranspose2d
        3, Tensor.conv3d, Tensor.convTranspose3d
    ]

let private pools =
    [
        1, Tensor.maxpool1di, Tensor.maxpool1d, Tensor.avgpool1d, Tensor.maxunpool1d
        2, Tensor.maxpool2di, Tensor.maxpool2d, Tensor.avgpool2d, Tensor.maxunpool2d
        3, Tensor.maxpool3di, Tensor.maxpool3d, Tensor.avgpool3d, Tensor.maxunpool3d
    ]

let private cells axes = List.truncate axes [ 5; 4; 3 ]

let rows =
    [
        for axes, conv, convT in convolutions do
            for text, how in
                [
                    "plain", Window.standard
                    "stride and padding", { Window.standard with Stride = 2; Padding = 1 }
                    "dilation and groups", { Window.standard with Dilation = 2; Padding = 1; Groups = 2 }
                ] do
                let kernel = List.replicate axes 2

                row
                    $"conv{axes}d"
                    [ normals 1 (2 :: 2 :: cells axes); normals 2 (4 :: (2 / how.Groups) :: kernel) ]
                    (fun a -> conv how a[1] a[0])
                    (correlation how)
                |> case text
                |> refusing [ normals 1 (2 :: 3 :: cells axes); normals 2 (4 :: 2 :: kernel) ] [ "channels" ]

                let input = List.truncate axes [ 3; 2; 2 ]
                let extent = input |> List.map (fun n -> (n - 1) * how.Stride - 2 * how.Padding + how.Dilation + 1)

                row
                    $"convTranspose{axes}d"
                    [ normals 1 (2 :: 4 :: input); normals 2 (4 :: (2 / how.Groups) :: kernel) ]
                    (fun a -> convT how a[1] a[0])
                    (transposed how extent)
                |> case text
                |> refusing [ normals 1 [ 2; 4 ]; normals 2 (4 :: 2 :: kernel) ] [ "[2; 4]" ]

        for axes, _, _ in convolutions do
            let operands = [ normals 1 (2 :: 2 :: cells axes); normals 2 (3 :: 2 :: List.truncate axes [ 2; 3; 2 ]) ]

            let how = { Window.standard with Stride = 2; Padding = 1 }
            let flat = [ normals 1 [ 2; 2 ]; operands[1] ]
            let flipped (a: Tensor[]) = [| a[0]; Tensor.flip [ 2 .. axes + 1 ] a[1] |]

            row "crossCorrelation" operands (fun a -> Tensor.crossCorrelation how a[1] a[0]) (correlation how)
            |> case $"{axes} axes"
            |> refusing flat [ "[2; 2]" ]

            row "convolution" operands (fun a -> Tensor.convolution how a[1] a[0]) (flipped >> correlation how)
            |> case $"{axes} axes"
            |> refusing flat [ "[2; 2]" ]
            |> refusing [ operands[0]; normals 2 [ 2; 2 ] ] [ "[2; 2]" ]

        for axes, largest, largestValue, mean, unpool in pools do
            for size, stride, padding in [ 2, 2, 0; 3, 1, 1 ] do
                let operand = normals 1 (2 :: 2 :: cells axes)
                let text = $"size {size}, stride {stride}"

                row $"maxpool{axes}d" [ operand ] (fun a -> largestValue size stride padding a[0]) (fun a ->
                    windows size stride padding a[0] |> Array.map (Array.map snd >> Array.max))
                |> case text
                |> refusing [ normals 1 (cells axes) ] [ "axes" ]

                row $"maxpool{axes}di" [ operand ] (fun a -> snd (largest size stride padding a[0])) (fun a ->
                    windows size stride padding a[0] |> Array.map (Array.maxBy snd >> fst >> float))
                |> case $"places, {text}"
                |> orders Flat

                row $"avgpool{axes}d" [ operand ] (fun a -> mean size stride padding a[0]) (fun a ->
                    windows size stride padding a[0]
                    |> Array.map (fun window -> Array.sumBy snd window / float (pown size axes)))
                |> case text

            row
                $"maxunpool{axes}d"
                [ normals 1 (2 :: 2 :: cells axes) ]
                (fun a ->
                    let values, at = largest 2 2 0 a[0]
                    unpool (cells axes) at values)
                (fun a ->
                    let count = List.fold (*) 1 (cells axes)
                    let found = Array.zeroCreate (4 * count)
                    let all = windows 2 2 0 a[0]

                    all
                    |> Array.iteri (fun i window ->
                        let place, value = Array.maxBy snd window
                        found[i / (all.Length / 4) * count + place] <- value)

                    found)
            |> composed
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for how in
            [
                { Window.standard with Stride = 0 }
                { Window.standard with Padding = -1 }
                { Window.standard with Dilation = 0 }
                { Window.standard with Groups = 0 }
                { Window.standard with Groups = 3 }
                { Window.standard with Padding = 3 }
                { Window.standard with Dilation = 9 }
            ] do
            "crossCorrelation", (fun a -> Tensor.crossCorrelation how a a)
            "convolution", (fun a -> Tensor.convolution how a a)

            for axes, conv, convT in convolutions do
                $"conv{axes}d", (fun a -> conv how a a)
                $"convTranspose{axes}d", (fun a -> convT how a a)
        for size, stride, padding in [ 0, 1, 0; 2, 0, 0; 2, 1, -1; 2, 2, 2; 9, 1, 0 ] do
            for axes, _, largest, mean, unpool in pools do
                $"maxpool{axes}d", largest size stride padding
                $"avgpool{axes}d", mean size stride padding
                $"maxunpool{axes}d", (fun a -> unpool [ size ] (Tensor.cast Dtype.Int64 (Tensor.zerosLike a)) a)

                $"maxunpool{axes}d",
                (fun a ->
                    unpool
                        (cells axes)
                        (Tensor.cast Dtype.Int64 (Tensor.onesLike a) * 1000.0 |> Tensor.cast Dtype.Int64)
                        a)
    ]
