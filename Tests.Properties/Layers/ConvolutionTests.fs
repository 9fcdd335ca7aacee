/// Convolutions and pools against their definitions, and the laws between them.
module ConvolutionTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 41

// ---- the definitions, cell by cell

// All places of a shape, the last axis running fastest.
let rec private places (shape: int list) : int list list =
    match shape with
    | [] -> [ [] ]
    | n :: rest -> [ for i in 0 .. n - 1 -> places rest |> List.map (fun place -> i :: place) ] |> List.concat

let private offset (shape: int list) (place: int list) = List.fold2 (fun at n i -> at * n + i) 0 shape place
let private all axes (numbers: int list) = if numbers.Length = 1 then List.replicate axes numbers.Head else numbers

// Cells before an axis of length n, and how many positions there are: the field's formulas.
let private positions (padding: Padding) axis n extent stride =
    let ceilings a b = (a + b - 1) / b

    match padding with
    | Padding.Valid -> 0, ceilings (n - extent + 1) stride
    | Padding.Zeros p -> p, ceilings (n + 2 * p - extent + 1) stride
    | Padding.Around widths
    | Padding.CircularAround widths
    | Padding.ReflectAround widths
    | Padding.ReplicateAround widths ->
        let struct (before, after) = widths[axis]
        before, ceilings (n + before + after - extent + 1) stride
    | Padding.Causal -> extent - 1, ceilings n stride
    | _ -> max ((ceilings n stride - 1) * stride + extent - n) 0 / 2, ceilings n stride

// Where a cell outside of an axis is taken from; none where it is zero.
let private source (padding: Padding) n i =
    if i >= 0 && i < n then
        Some i
    else
        match padding with
        | Padding.Circular
        | Padding.CircularAround _ -> Some((i % n + n) % n)
        | Padding.Reflect
        | Padding.ReflectAround _ -> Some(if i < 0 then -i else 2 * (n - 1) - i)
        | Padding.Replicate
        | Padding.ReplicateAround _ -> Some(Math.Clamp(i, 0, n - 1))
        | _ -> None

// y[n; o; p] = b[o] + Σ w[o; c; k]·x[n; first + c; p·stride + k·dilation - before], the kernel flipped or not.
let private definition (how: Convolution) (w: Tensor) (b: float[]) (x: Tensor) : int list * float[] =
    let shape, kernel = List.ofArray x.Shape, List.ofArray w.Shape
    let cells, window = shape[2..], kernel[2..]
    let axes = cells.Length
    let stride, dilation = all axes how.Stride, all axes how.Dilation
    let extent = List.map2 (fun k d -> d * (k - 1) + 1) window dilation
    let found = List.init axes (fun a -> positions how.Padding a cells[a] extent[a] stride[a])
    let xs, ws = Tensor.toDoubles x, Tensor.toDoubles w
    let out = List.map snd found

    let number n o (p: int list) =
        let first = o / (kernel[0] / how.Groups) * kernel[1]

        Seq.sum (
            seq {
                for c in 0 .. kernel[1] - 1 do
                    for k in places window do
                        let at =
                            List.init axes (fun a ->
                                source how.Padding cells[a] (p[a] * stride[a] + k[a] * dilation[a] - fst found[a]))

                        if List.forall Option.isSome at then
                            let k = if how.Flipped then List.map2 (fun n i -> n - 1 - i) window k else k
                            let at = List.choose id at
                            ws[offset kernel (o :: c :: k)] * xs[offset shape (n :: (first + c) :: at)]
            }
        )

    shape[0] :: kernel[0] :: out,
    [|
        for n in 0 .. shape[0] - 1 do
            for o in 0 .. kernel[0] - 1 do
                for p in places out -> b[o] + number n o p
    |]

let private conv axes =
    match axes with
    | 1 -> conv1dWith
    | 2 -> conv2dWith
    | _ -> conv3dWith

let private transposed axes =
    match axes with
    | 1 -> convTranspose1dWith
    | 2 -> convTranspose2dWith
    | _ -> convTranspose3dWith

let private valueAt name (ps: Params) = (Tree.leaf [ name ] ps).Value
let private run layer ps x = fst (runLayer layer Eval ps Tree.empty x)

let private initial layer =
    let struct (ps, _) = Layer.init key layer
    widenParams ps

// ---- random ones

type private Case =
    {
        Axes: int
        How: Convolution
        Inputs: int
        Outputs: int
        Kernel: int list
        Cells: int list
    }

    override case.ToString() =
        $"{case.Axes} axes, stride {case.How.Stride}, padding {case.How.Padding}, dilation {case.How.Dilation}, groups {case.How.Groups}, flipped {case.How.Flipped}, bias {case.How.Bias}, {case.Inputs} to {case.Outputs}, kernel {case.Kernel}, cells {case.Cells}"

// Layers into whose input the kernel fits.
let private caseOf (paddings: int -> Padding list) (numbers: int[]) : Case =
    let mutable at = 0

    let next bound =
        at <- at + 1
        (abs numbers[at % numbers.Length] + at * 7) % bound

    let axes = 1 + next 3
    let by f = if next 2 = 0 then [ f () ] else List.init axes (fun _ -> f ())
    let groups = 1 + next 2
    let kernel = by (fun () -> 1 + next 3)
    let dilation = by (fun () -> 1 + next 2)
    let choice = paddings axes

    {
        Axes = axes
        How =
            {
                Stride = by (fun () -> 1 + next 3)
                Padding = choice[next choice.Length]
                Dilation = dilation
                Groups = groups
                Flipped = next 3 = 0
                Bias = next 3 > 0
                Draw = Initializer.standard
            }
        Inputs = groups * (1 + next 2)
        Outputs = groups * (1 + next 2)
        Kernel = kernel
        Cells = List.map2 (fun k d -> d * (k - 1) + 1 + next 3) (all axes kernel) (all axes dilation)
    }

let private everyPadding axes =
    [
        Padding.Valid
        Padding.Same
        Padding.Zeros 1
        for around in [ Padding.Around; Padding.CircularAround; Padding.ReflectAround; Padding.ReplicateAround ] do
            around (Array.init axes (fun axis -> struct (axis, 1)))
        Padding.Circular
        Padding.Reflect
        Padding.Replicate
        if axes = 1 then
            Padding.Causal
    ]

let private layerOf case = conv case.Axes case.How case.Inputs case.Outputs case.Kernel
let private inputOf case = doubles (2 :: case.Inputs :: case.Cells) 5

let private inner (a: Tensor) (b: Tensor) = Tensor.toFloat (Tensor.sum (a * b))

// ---- pools

// Each window's numbers, and how many cells of the padded input it covers.
let private windows (how: Pool) (x: Tensor) : int list * (float list * int)[] =
    let shape = List.ofArray x.Shape
    let cells = shape[2..]
    let axes = cells.Length
    let size = all axes how.Size
    let stride = if how.Stride.IsEmpty then size else all axes how.Stride
    let padding = all axes how.Padding
    let values = Tensor.toDoubles x

    let count a =
        let room = cells[a] + 2 * padding[a] - size[a]

        if not how.Ceil then
            room / stride[a] + 1
        else
            let most = (room + stride[a] - 1) / stride[a] + 1
            if (most - 1) * stride[a] >= cells[a] + padding[a] then most - 1 else most

    let out = List.init axes count

    shape[0] :: shape[1] :: out,
    [|
        for n in 0 .. shape[0] - 1 do
            for c in 0 .. shape[1] - 1 do
                for p in places out do
                    let at = [ for k in places size -> List.init axes (fun a -> p[a] * stride[a] + k[a] - padding[a]) ]
                    let isWithin before (at: int list) = List.forall2 (fun i (n, b) -> i >= -b && i < n + b) at before
                    let inside = at |> List.filter (isWithin [ for n in cells -> n, 0 ])
                    let padded = at |> List.filter (isWithin (List.zip cells padding))
                    [ for at in inside -> values[offset shape (n :: c :: at)] ], padded.Length
    |]

let private poolOf (numbers: int[]) : int * Pool * int list =
    let mutable at = 0

    let next bound =
        at <- at + 1
        (abs numbers[at % numbers.Length] + at * 7) % bound

    let axes = 1 + next 3
    let by f = if next 2 = 0 then [ f () ] else List.init axes (fun _ -> f ())
    let size = by (fun () -> 1 + next 3)
    let least = List.min size / 2

    axes,
    {
        Size = size
        Stride = if next 3 = 0 then [] else by (fun () -> 1 + next 3)
        Padding = by (fun () -> next (least + 1))
        Ceil = next 2 = 0
        CountPadding = next 2 = 0
    },
    List.map (fun k -> k + next 4) (all axes size)

let private maxpool axes =
    match axes with
    | 1 -> maxpool1dWith
    | 2 -> maxpool2dWith
    | _ -> maxpool3dWith

let private meanpool axes =
    match axes with
    | 1 -> meanpool1dWith
    | 2 -> meanpool2dWith
    | _ -> meanpool3dWith

let private reference = Tensor.ofArray [ 1; 1; 3; 3 ] [| 0f; 1f; 2f; 3f; 4f; 5f; 6f; 7f; 8f |]
let private kernel = Tensor.ofArray [ 1; 1; 2; 2 ] [| 1f; 2f; 3f; 4f |]

let tests =
    testList
        "convolutions"
        [
            testProperty "a layer is its definition: shape and numbers"
            <| fun (NonEmptyArray(numbers: int[])) ->
                let case = caseOf everyPadding numbers
                let layer, x = layerOf case, inputOf case
                let ps = initial layer

                let b =
                    if case.How.Bias then
                        Tensor.toDoubles (valueAt "bias" ps)
                    else
                        Array.zeroCreate case.Outputs

                let expected () = definition case.How (valueAt "weight" ps) b x

                // A mirror shows at most one cell less than there is, and a circle goes round once.
                match
                    (try
                        Ok(run layer ps x)
                     with :? ArgumentException as error ->
                         Error error.Message)
                with
                | Error message ->
                    let padding = case.How.Padding

                    Expect.isTrue
                        (padding.IsReflect || padding.IsReflectAround || padding.IsCircularAround)
                        $"{case}: {message}"

                    Expect.stringContains
                        message
                        (if padding.IsCircularAround then "padCircular" else "padReflect")
                        "which padding is too wide"
                | Ok y ->
                    let shape, values = expected ()
                    Expect.equal (List.ofArray y.Shape) shape $"{case}"
                    expectClose 1e-12 (string case) values (Tensor.toDoubles y)

            testProperty "⟨conv x, y⟩ = ⟨x, convᵀ y⟩, to the lengths of x"
            <| fun (NonEmptyArray(numbers: int[])) ->
                let case = caseOf (fun _ -> [ Padding.Valid; Padding.Zeros 1 ]) numbers
                let case = { case with How = { case.How with Bias = false } }
                let layer, x = layerOf case, inputOf case
                let ps = initial layer
                let conv = run layer ps x
                let y = doubles (List.ofArray conv.Shape) 6

                // The cells at the end that no position of the kernel reaches.
                let more =
                    List.init case.Axes (fun a ->
                        let k, s, d =
                            (all case.Axes case.Kernel)[a],
                            (all case.Axes case.How.Stride)[a],
                            (all case.Axes case.How.Dilation)[a]

                        let p = if case.How.Padding.IsValid then 0 else 1
                        (case.Cells[a] + 2 * p - d * (k - 1) - 1) % s)

                let back = transposed case.Axes case.How more case.Outputs case.Inputs case.Kernel
                let z = run back ps y
                Expect.equal z.Shape x.Shape $"{case}"
                expectClose 1e-12 (string case) [| inner conv y |] [| inner x z |]

            testProperty "with Same the transpose goes from n cells to n·stride"
            <| fun (NonEmptyArray(numbers: int[])) ->
                let case = caseOf (fun _ -> [ Padding.Same ]) numbers
                let stride = all case.Axes case.How.Stride

                let case =
                    { case with
                        How = { case.How with Bias = false }
                        Cells = List.map2 (fun n s -> n * s) case.Cells stride
                    }

                let layer, x = layerOf case, inputOf case
                let ps = initial layer
                let conv = run layer ps x
                let y = doubles (List.ofArray conv.Shape) 6
                let z = run (transposed case.Axes case.How [ 0 ] case.Outputs case.Inputs case.Kernel) ps y
                Expect.equal z.Shape x.Shape $"{case}"
                expectClose 1e-12 (string case) [| inner conv y |] [| inner x z |]

            testProperty "with circular padding, what is moved moves what is given"
            <| fun (by: int) (kernel: PositiveInt) ->
                let layer =
                    conv2dWith { Convolution.standard with Padding = Padding.Circular } 2 3 [ 1 + kernel.Get % 4; 3 ]

                let ps = initial layer
                let x = doubles [ 1; 2; 5; 4 ] 3
                let by = by % 5
                let moved = run layer ps (Tensor.roll 2 by x)

                expectClose
                    1e-12
                    "moved"
                    (Tensor.toDoubles (Tensor.roll 2 by (run layer ps x)))
                    (Tensor.toDoubles moved)

            testProperty "a convolution along one axis is a product with a Toeplitz matrix"
            <| fun (stride: PositiveInt) (dilation: PositiveInt) ->
                let s, d = 1 + stride.Get % 3, 1 + dilation.Get % 2
                let how = { Convolution.standard with Stride = [ s ]; Dilation = [ d ]; Bias = false }
                let layer = conv1dWith how 1 1 [ 3 ]
                let ps = initial layer
                let w, x = Tensor.toDoubles (valueAt "weight" ps), doubles [ 1; 1; 9 ] 4
                let rows = (9 - 2 * d - 1) / s + 1

                let toeplitz =
                    Array.init (rows * 9) (fun i ->
                        let lag = i % 9 - i / 9 * s
                        if lag >= 0 && lag % d = 0 && lag / d < 3 then w[lag / d] else 0.0)
                    |> Tensor.ofDoubles [ rows; 9 ]

                let product = Tensor.matmul toeplitz (Tensor.reshape [ 9 ] x)
                expectClose 1e-12 "product" (Tensor.toDoubles product) (Tensor.toDoubles (run layer ps x))

            testProperty "causal: nothing that comes later is seen"
            <| fun (now: NonNegativeInt) ->
                let now = now.Get % 8

                let layer =
                    conv1dWith { Convolution.standard with Padding = Padding.Causal; Dilation = [ 2 ] } 1 1 [ 3 ]

                let ps = initial layer
                let at x = (Tensor.toDoubles (run layer ps x))[..now]
                let x = doubles [ 1; 1; 9 ] 3
                let later = Tensor.ofDoubles [ 1; 1; 9 ] (Array.init 9 (fun i -> if i > now then 5.0 else 0.0))
                expectClose 0.0 "until now" (at x) (at (x + later))

            testProperty "true convolution with all of its overlap is the product of polynomials: it commutes"
            <| fun (NonEmptyArray(a: int[])) (NonEmptyArray(b: int[])) ->
                let a, b = a |> Array.map (fun n -> float (n % 9)), b |> Array.map (fun n -> float (n % 9))
                let vector (values: float[]) = Tensor.ofDoubles [ 1; 1; values.Length ] values
                let product = Array.zeroCreate (a.Length + b.Length - 1)

                for i in 0 .. a.Length - 1 do
                    for j in 0 .. b.Length - 1 do
                        product[i + j] <- product[i + j] + a[i] * b[j]

                let full (x: float[]) (w: float[]) =
                    Tensor.convolution { Window.standard with Padding = w.Length - 1 } (vector w) (vector x)
                    |> Tensor.toDoubles

                expectClose 0.0 "a ∗ b" product (full a b)
                expectClose 0.0 "b ∗ a" product (full b a)

            test "the reference: cross-correlation 27 37 57 67, true convolution 13 23 43 53" {
                let how = Window.standard

                Expect.equal
                    (Tensor.toArray (Tensor.crossCorrelation how kernel reference))
                    [| 27f; 37f; 57f; 67f |]
                    "as it is"

                Expect.equal
                    (Tensor.toArray (Tensor.convolution how kernel reference))
                    [| 13f; 23f; 43f; 53f |]
                    "flipped"

                let weights = Tree.ofLeaves [ "weight", { Role = Role.Weight; Value = kernel } ]

                for flipped, expected in [ false, [| 27f; 37f; 57f; 67f |]; true, [| 13f; 23f; 43f; 53f |] ] do
                    let layer = conv2dWith { Convolution.standard with Bias = false; Flipped = flipped } 1 1 [ 2 ]
                    Expect.equal (Tensor.toArray (run layer weights reference)) expected $"flipped: {flipped}"
            }

            test "224 cells, 7 wide, every 2: Same gives 112 and the odd cell stands at the end" {
                let layer =
                    conv1dWith
                        { Convolution.standard with
                            Padding = Padding.Same
                            Stride = [ 2 ]
                            Bias = false
                        }
                        1
                        1
                        [ 7 ]

                let one = Tree.ofLeaves [ "weight", { Role = Role.Weight; Value = Tensor.ones [ 1; 1; 7 ] } ]
                let y = run layer one (Tensor.ones [ 1; 1; 224 ])
                Expect.equal y.Shape [| 1; 1; 112 |] "length"
                let values = Tensor.toArray y

                Expect.equal
                    (values[0], values[1], values[110], values[111])
                    (5f, 7f, 6f, 4f)
                    "2 cells before, 3 behind"
            }

            test "depthwise is one convolution for each channel; separable then mixes them" {
                let layer = depthwise2dWith { Convolution.standard with Padding = Padding.Same } 3 2 [ 3 ]
                let ps, x = initial layer, doubles [ 2; 3; 4; 5 ] 3
                let w, b = valueAt "weight" ps, valueAt "bias" ps

                let each =
                    Tensor.cat
                        1
                        [
                            for c in 0..2 do
                                let own = Tensor.slice 0 (2 * c) (2 * c + 2)
                                let how = { Window.standard with Padding = 1 }

                                Tensor.conv2d how (own w) (Tensor.slice 1 c (c + 1) x)
                                + Tensor.reshape [ 1; 2; 1; 1 ] (own b)
                        ]

                expectClose 1e-12 "channels" (Tensor.toDoubles each) (Tensor.toDoubles (run layer ps x))
                Expect.equal w.Shape [| 6; 1; 3; 3 |] "the kernel"
                let struct (ps, _) = Layer.init key (separable2d 3 5 3)

                Expect.equal
                    [ for path, param in Tree.leaves ps -> path, List.ofArray param.Value.Shape ]
                    [ "0/weight", [ 3; 1; 3; 3 ]; "0/bias", [ 3 ]; "1/weight", [ 5; 3; 1; 1 ]; "1/bias", [ 5 ] ]
                    "two stages"
            }

            test "first values: the same kernel with a bias and without" {
                let first how = (Layer.init key (conv2dWith how 2 3 [ 3 ]) |> fun (struct (ps, _)) -> ps)
                let without = first { Convolution.standard with Bias = false }
                Expect.equal (Tree.leaves without |> List.map fst) [ "weight" ] "no bias"
                expectSame "kernel" (valueAt "weight" (first Convolution.standard)) (valueAt "weight" without)
            }

            test "what cannot be is refused when a layer is made, and what does not fit when it runs" {
                let how = Convolution.standard

                for words, make in
                    [
                        [ "conv2d"; "kernel"; "[1; 2; 3]" ], (fun () -> conv2dWith how 1 1 [ 1; 2; 3 ])
                        [ "conv1d"; "stride"; "[0]" ], (fun () -> conv1dWith { how with Stride = [ 0 ] } 1 1 [ 1 ])
                        [ "conv3d"; "dilation"; "[]" ], (fun () -> conv3dWith { how with Dilation = [] } 1 1 [ 1 ])
                        [ "conv2d"; "causal" ], (fun () -> conv2dWith { how with Padding = Padding.Causal } 1 1 [ 2 ])
                        [ "conv2d"; "padding"; "-1" ],
                        (fun () -> conv2dWith { how with Padding = Padding.Zeros -1 } 1 1 [ 2 ])
                        [ "conv2d"; "each of 2 axes" ],
                        (fun () -> conv2dWith { how with Padding = Padding.Around [| struct (1, 1) |] } 1 1 [ 2 ])
                        [ "conv1d"; "each of 1 axes"; "[(1, -1)]" ],
                        (fun () ->
                            conv1dWith { how with Padding = Padding.CircularAround [| struct (1, -1) |] } 1 1 [ 2 ])
                        [ "convTranspose1d"; "Valid, Same, Zeros or Around" ],
                        (fun () ->
                            convTranspose1dWith
                                { how with Padding = Padding.ReplicateAround [| struct (1, 1) |] }
                                [ 0 ]
                                1
                                1
                                [ 2 ])
                        [ "depthwise2d"; "multiplier" ], (fun () -> depthwise2dWith how 2 0 [ 2 ])
                        [ "convTranspose2d"; "outputPadding"; "at most 1"; "2" ],
                        (fun () -> convTranspose2dWith { how with Stride = [ 2 ] } [ 2 ] 1 1 [ 2 ])
                        [ "convTranspose1d"; "Valid, Same, Zeros or Around" ],
                        (fun () -> convTranspose1dWith { how with Padding = Padding.Circular } [ 0 ] 1 1 [ 2 ])
                        [ "convTranspose1d"; "n·stride" ],
                        (fun () ->
                            convTranspose1dWith { how with Padding = Padding.Same; Stride = [ 2 ] } [ 1 ] 1 1 [ 2 ])
                        [ "maxpool1d"; "padding"; "half" ],
                        (fun () -> maxpool1dWith { Pool.ofSize [ 3 ] with Padding = [ 2 ] })
                        [ "meanpool3d"; "size" ], (fun () -> meanpool3d 0)
                        [ "adaptiveMaxpool"; "[2; 0]" ], (fun () -> adaptiveMaxpool [ 2; 0 ])
                        [ "adaptiveMeanpool"; "[]" ], (fun () -> adaptiveMeanpool [])
                    ] do
                    expectError<ArgumentException> words (fun () -> make () |> ignore)

                for words, layer, shape in
                    [
                        [ "conv1d"; "[n; 2; l]"; "[1; 3; 5]" ], conv1d 2 1 3, [ 1; 3; 5 ]
                        [ "conv3d"; "[n; 2; d; h; w]"; "[1; 2; 5]" ], conv3d 2 1 3, [ 1; 2; 5 ]
                        [ "conv2d"; "3 × 3"; "2 × 5" ], conv2d 1 1 3, [ 1; 1; 2; 5 ]
                        [ "convTranspose1d"; "0 cells" ], convTranspose1d 1 1 3, [ 1; 1; 0 ]
                        [ "maxpool1d"; "[n; channels; l]"; "[1; 1; 2]" ], maxpool1d 3, [ 1; 1; 2 ]
                        [ "meanpool3d"; "2 × 2 × 2"; "[1; 1; 2; 1; 2]" ], meanpool3d 2, [ 1; 1; 2; 1; 2 ]
                        [ "globalMaxpool"; "[2; 3]" ], globalMaxpool, [ 2; 3 ]
                        [ "globalMeanpool"; "[2; 3; 0]" ], globalMeanpool, [ 2; 3; 0 ]
                        [ "adaptiveMeanpool"; "2 axes"; "[2; 3; 4]" ], adaptiveMeanpool [ 1; 2 ], [ 2; 3; 4 ]
                    ] do
                    let struct (ps, _) = Layer.init key layer
                    expectError<ArgumentException> words (fun () -> run layer ps (Tensor.zeros shape) |> ignore)

                for name, f in [ "crossCorrelation", Tensor.crossCorrelation; "convolution", Tensor.convolution ] do
                    expectError<ArgumentException> [ name; "[3; 3]" ] (fun () ->
                        f Window.standard kernel (Tensor.zeros [ 3; 3 ]) |> ignore)
            }

            testProperty "a transposed convolution with padding by axis is the one without, cut off on each side"
            <| fun (seed: uint16) ->
                let pick k = int seed / (k * k + 1) % (k + 1)
                let around = [| struct (pick 2, pick 3); struct (pick 1, pick 2) |]
                let how = { Convolution.standard with Stride = [ 2; 1 ]; Dilation = [ 1; 2 ] }
                let whole = convTranspose2dWith how [ 1; 0 ] 2 3 [ 3; 2 ]
                let cut = convTranspose2dWith { how with Padding = Padding.Around around } [ 1; 0 ] 2 3 [ 3; 2 ]
                let struct (ps, _) = Layer.init (Key.ofSeed (int seed)) whole
                let ps = widenParams ps
                let x = doubles [ 2; 2; 4; 4 ] (int seed)
                let all: Tensor = run whole ps x

                let kept axis =
                    let struct (before, after) = around[axis - 2]
                    Tensor.slice axis before (all.Shape[axis] - after)

                expectClose
                    1e-12
                    "the rest"
                    (Tensor.toDoubles (all |> kept 2 |> kept 3))
                    (Tensor.toDoubles (run cut ps x))

            test "transposed convolutions refuse a padding that leaves nothing or is not of each axis" {
                let around widths = { Convolution.standard with Padding = Padding.Around widths }

                expectError<ArgumentException> [ "each of 2 axes" ] (fun () ->
                    convTranspose2dWith (around [| struct (1, 1) |]) [ 0 ] 1 1 [ 3 ] |> ignore)

                let layer = convTranspose1dWith (around [| struct (2, 1) |]) [ 0 ] 1 1 [ 2 ]
                let struct (ps, _) = Layer.init (Key.ofSeed 1) layer

                expectError<ArgumentException> [ "nothing is left" ] (fun () ->
                    run layer ps (Tensor.ones [ 1; 1; 2 ]) |> ignore)
            }

            test "pools at the ends: overhang is not counted, padding is no maximum, bins overlap" {
                let line (values: float list) = Tensor.ofDoubles [ 1; 1; values.Length ] (Array.ofList values)
                let found layer values = Tensor.toDoubles (run layer Tree.empty (line values))
                let mean how = meanpool1dWith how

                let by size stride padding =
                    { Pool.ofSize [ size ] with
                        Stride = [ stride ]
                        Padding = [ padding ]
                        Ceil = true
                    }

                expectClose 1e-12 "size 2" [| 1.5; 3.5; 5.0 |] (found (mean (by 2 2 0)) [ 1.0 .. 5.0 ])
                expectClose 1e-12 "padding counted" [| 1.0; 3.0; 5.0; 3.0 |] (found (mean (by 3 2 1)) [ 1.0 .. 6.0 ])

                expectClose
                    1e-12
                    "padding left out"
                    [| 1.5; 3.0; 5.0; 6.0 |]
                    (found (mean { by 3 2 1 with CountPadding = false }) [ 1.0 .. 6.0 ])

                let most stride = maxpool1dWith { Pool.ofSize [ 3 ] with Stride = [ stride ]; Padding = [ 1 ] }
                expectClose 0.0 "negative numbers" [| -1.0; -1.0 |] (found (most 1) [ -1.0; -2.0 ])
                expectClose 0.0 "stride 2" [| -1.0; -1.0 |] (found (most 2) [ -3.0; -1.0; -2.0; -5.0 ])
                expectClose 1e-12 "5 to 3" [| 1.5; 3.0; 4.5 |] (found (adaptiveMeanpool [ 3 ]) [ 1.0 .. 5.0 ])
                expectClose 1e-12 "10 to 3" [| 1.5; 4.5; 7.5 |] (found (adaptiveMeanpool [ 3 ]) [ 0.0 .. 9.0 ])

                expectClose
                    0.0
                    "7 to 3"
                    [| 5.0; 9.0; 7.0 |]
                    (found (adaptiveMaxpool [ 3 ]) [ 5.0; 1.0; 2.0; 9.0; 3.0; 4.0; 7.0 ])
            }

            testProperty "pools are their definitions: the largest and the mean of each window"
            <| fun (NonEmptyArray(numbers: int[])) ->
                let axes, how, cells = poolOf numbers
                let x = doubles (2 :: 2 :: cells) 3
                let shape, expected = windows how x
                let largest, mean = run (maxpool axes how) Tree.empty x, run (meanpool axes how) Tree.empty x
                Expect.equal (List.ofArray largest.Shape) shape $"{how} of {cells}"
                Expect.equal (List.ofArray mean.Shape) shape $"{how} of {cells}"
                expectClose 0.0 $"{how}" (expected |> Array.map (fst >> List.max)) (Tensor.toDoubles largest)

                let means =
                    expected
                    |> Array.map (fun (values, padded) ->
                        List.sum values / float (if how.CountPadding then padded else values.Length))

                expectClose 1e-12 $"{how}" means (Tensor.toDoubles mean)

            testProperty "adaptive pools: window i of m is from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉"
            <| fun (NonEmptyArray(numbers: int[])) ->
                let axes = 1 + abs (numbers[0] % 3)
                let number i = abs (numbers[i % numbers.Length] % 5)

                let cells, lengths =
                    List.init axes (fun a -> 1 + number (a + 1)), List.init axes (fun a -> 1 + number (2 * a + 2))

                let x = doubles (1 :: 2 :: cells) 3
                let values, shape = Tensor.toDoubles x, 1 :: 2 :: cells

                let expected =
                    [|
                        for c in 0..1 do
                            for p in places lengths do
                                let within (place: int list) =
                                    List.forall
                                        (fun a ->
                                            let n, m, i = cells[a], lengths[a], p[a]
                                            place[a] >= i * n / m && place[a] < ((i + 1) * n + m - 1) / m)
                                        [ 0 .. axes - 1 ]

                                [ for at in places cells |> List.filter within -> values[offset shape (0 :: c :: at)] ]
                    |]

                let largest, mean =
                    run (adaptiveMaxpool lengths) Tree.empty x, run (adaptiveMeanpool lengths) Tree.empty x

                Expect.equal (List.ofArray largest.Shape) (1 :: 2 :: lengths) "shape"
                expectClose 0.0 "largest" (Array.map List.max expected) (Tensor.toDoubles largest)
                expectClose 1e-12 "mean" (Array.map List.average expected) (Tensor.toDoubles mean)

            test "global pools are the largest and the mean of each channel, of one to three axes" {
                for cells in [ [ 5 ]; [ 2; 3 ]; [ 2; 1; 3 ] ] do
                    let x = doubles (2 :: 3 :: cells) 3
                    let channels = Tensor.toDoubles x |> Array.chunkBySize (List.fold (*) 1 cells)

                    expectClose
                        0.0
                        "largest"
                        (Array.map Array.max channels)
                        (Tensor.toDoubles (run globalMaxpool Tree.empty x))

                    expectClose
                        1e-12
                        "mean"
                        (Array.map Array.average channels)
                        (Tensor.toDoubles (run globalMeanpool Tree.empty x))

                Expect.equal (run globalMeanpool Tree.empty (Tensor.zeros [ 0; 3; 2 ])).Shape [| 0; 3 |] "no images"
            }
        ]
