/// Summaries: known architectures, what is counted, what is refused, and how little it takes.
module SummaryTests

open System
open System.Diagnostics
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private how = Convolution.standard
let private zeros cells stride = { how with Padding = Padding.Zeros cells; Stride = [ stride ] }
let private pool size stride = { Pool.ofSize [ size ] with Stride = [ stride ] }

let private fields (summary: Summary) =
    [
        for row in summary.Rows do
            if row.Field.Count > 0 then
                row.Path, row.Kind, row.Field[0]
    ]

// The receptive field of the last stage that has one: size, stride and offset.
let private last summary =
    let _, _, field = List.last (fields summary)
    field.Size, field.Stride, field.Offset

let private lenet =
    conv2dWith { how with Padding = Padding.Same } 1 6 [ 5 ]
    --> relu
    --> maxpool2d 2
    --> conv2d 6 16 5
    --> relu
    --> maxpool2d 2
    --> flatten
    --> dense 400 120
    --> relu
    --> dense 120 84
    --> relu
    --> dense 84 10

// AlexNet as torchvision has it.
let private alexnet =
    let conv size cells stride inputs outputs = conv2dWith (zeros cells stride) inputs outputs [ size ] --> relu
    let pool = maxpool2dWith (pool 3 2)

    conv 11 2 4 3 64
    --> pool
    --> conv 5 2 1 64 192
    --> pool
    --> conv 3 1 1 192 384
    --> conv 3 1 1 384 256
    --> conv 3 1 1 256 256
    --> pool
    --> adaptiveMeanpool [ 6; 6 ]
    --> flatten
    --> dropout 0.5
    --> dense 9216 4096
    --> relu
    --> dropout 0.5
    --> dense 4096 4096
    --> relu
    --> dense 4096 1000

// Configurations A, B, D and E of Simonyan and Zisserman (2015): convolutions in each of the five parts.
let private vgg (parts: int list) =
    let part inputs (count, outputs) =
        Layer.stack
            [
                for i in 0 .. count - 1 ->
                    conv2dWith (zeros 1 1) (if i = 0 then inputs else outputs) outputs [ 3 ] --> relu
            ]
        --> maxpool2d 2

    let widths = [ 64; 128; 256; 512; 512 ]

    Layer.stack (List.map2 part (3 :: widths[..3]) (List.zip parts widths))
    --> flatten
    --> dense (512 * 49) 4096
    --> relu
    --> dense 4096 4096
    --> relu
    --> dense 4096 1000

let private bare padding stride = { zeros padding stride with Bias = false }

// x and f(x) on their ways, added and rectified.
let private joined shortcut f =
    Layer.fork shortcut f
    --> Layer.func "add" [] (fun (struct (a: Tensor, b: Tensor)) -> a + b)
    --> relu

let private shortcut inputs outputs stride : Layer<Tensor, Tensor> =
    if stride = 1 && inputs = outputs then
        Layer.identity
    else
        conv2dWith (bare 0 stride) inputs outputs [ 1 ] --> batchNorm outputs

let private basic inputs width stride =
    conv2dWith (bare 1 stride) inputs width [ 3 ]
    --> batchNorm width
    --> relu
    --> conv2dWith (bare 1 1) width width [ 3 ]
    --> batchNorm width
    |> joined (shortcut inputs width stride)

let private bottleneck inputs width stride =
    conv2dWith (bare 0 1) inputs width [ 1 ]
    --> batchNorm width
    --> relu
    --> conv2dWith (bare 1 stride) width width [ 3 ]
    --> batchNorm width
    --> relu
    --> conv2dWith (bare 0 1) width (4 * width) [ 1 ]
    --> batchNorm (4 * width)
    |> joined (shortcut inputs (4 * width) stride)

// Residual networks as torchvision has them: the stride sits on the 3 × 3 convolution.
let private resnet block expansion (parts: int list) =
    let part (i, count) =
        let width = 64 <<< i
        let inputs = if i = 0 then 64 else expansion * (width / 2)

        Layer.stack
            [
                for j in 0 .. count - 1 ->
                    block (if j = 0 then inputs else expansion * width) width (if i > 0 && j = 0 then 2 else 1)
            ]

    conv2dWith (bare 3 2) 3 64 [ 7 ]
    --> batchNorm 64
    --> relu
    --> maxpool2dWith { pool 3 2 with Padding = [ 1 ] }
    --> Layer.stack (List.map part (List.indexed parts))
    --> globalMeanpool
    --> dense (512 * expansion) 1000

let private image = [ 1; 3; 224; 224 ]

// Name, network, input; parameters, multiply-adds, and size and stride of the last receptive field.
let private known: (string * Lazy<Layer<Tensor, Tensor>> * int list * int64 * int64 * (int64 * int64)) list =
    [
        "LeNet-5", lazy lenet, [ 1; 1; 28; 28 ], 61_706L, 416_520L, (16L, 4L)
        "AlexNet", lazy alexnet, image, 61_100_840L, 714_188_480L, (195L, 32L)
        "VGG-11", lazy (vgg [ 1; 1; 2; 2; 2 ]), image, 132_863_336L, 7_609_090_048L, (150L, 32L)
        "VGG-13", lazy (vgg [ 2; 2; 2; 2; 2 ]), image, 133_047_848L, 11_308_466_176L, (156L, 32L)
        "VGG-16", lazy (vgg [ 2; 2; 3; 3; 3 ]), image, 138_357_544L, 15_470_264_320L, (212L, 32L)
        "VGG-19", lazy (vgg [ 2; 2; 4; 4; 4 ]), image, 143_667_240L, 19_632_062_464L, (268L, 32L)
        "ResNet-18", lazy (resnet basic 1 [ 2; 2; 2; 2 ]), image, 11_689_512L, 1_814_073_344L, (435L, 32L)
        "ResNet-34", lazy (resnet basic 1 [ 3; 4; 6; 3 ]), image, 21_797_672L, 3_663_761_408L, (899L, 32L)
        "ResNet-50", lazy (resnet bottleneck 4 [ 3; 4; 6; 3 ]), image, 25_557_032L, 4_089_184_256L, (427L, 32L)
        "ResNet-101", lazy (resnet bottleneck 4 [ 3; 4; 23; 3 ]), image, 44_549_160L, 7_801_405_440L, (971L, 32L)
        "ResNet-152", lazy (resnet bottleneck 4 [ 3; 8; 36; 3 ]), image, 60_192_808L, 11_513_626_624L, (1451L, 32L)
    ]

// ---- functions of tensors without numbers

// Results whose shape depends on numbers.
let private byNumbers = set [ "nonzero"; "maskedSelect"; "unique"; "uniqueWithCounts"; "uniqueWithInverse" ]

/// In a process of its own, which an operation without numbers might end: each row of the functions of tensors gives the
/// shape and dtype that it gives with numbers.
let child () =
    let bare (x: Tensor) =
        if Native.isFloating x.Raw then
            Tensor.Of(x.Raw.``to`` (nonNull Tally.Device))
        else
            x

    let mutable count = 0

    for row in FunctionRows.rows do
        if not (byNumbers.Contains row.Function) then
            Console.Out.WriteLine row.Name
            let expected = row.Run row.Operands

            try
                let found = Tally.Run(fun _ -> row.Run(Array.map bare row.Operands))

                if (found.Shape, found.Dtype) <> (expected.Shape, expected.Dtype) then
                    Console.Out.WriteLine $"WRONG: expected {expected}, was {found}"
            with :? ArgumentException as error ->
                Console.Out.WriteLine $"WRONG: expected {expected}, but: {error.Message}"

            count <- count + 1

    Console.Out.WriteLine $"{count} rows looked at"

// ---- witnesses

// Pipelines along one axis whose numbers are all positive, so that no influence cancels.
let private positive (numbers: int[]) : Layer<Tensor, Tensor> =
    let mutable at = 0

    let next bound =
        at <- at + 1
        (abs numbers[at % numbers.Length] + at * 5) % bound

    Layer.stack
        [
            for _ in 0 .. next 4 do
                let k, s = 1 + next 3, 1 + next 2

                match next 4 with
                | 0 -> meanpool1dWith { Pool.ofSize [ k + 1 ] with Stride = [ s ]; Padding = [ next 2 ] }
                | 1 ->
                    Layer.residual (
                        conv1dWith { how with Padding = Padding.Zeros k; Draw = Initializer.ones } 1 1 [ 2 * k + 1 ]
                    )
                | 2 ->
                    conv1dWith { how with Padding = Padding.Causal; Stride = [ s ]; Draw = Initializer.ones } 1 1 [ k ]
                | _ ->
                    let how =
                        { how with
                            Padding = Padding.Zeros(next 3)
                            Stride = [ s ]
                            Dilation = [ 1 + next 2 ]
                        }

                    conv1dWith { how with Draw = Initializer.ones } 1 1 [ k ] --> relu
        ]

let private rowAt path (summary: Summary) = summary.Rows |> Seq.find (fun row -> row.Path = path)

let tests =
    testList
        "summary"
        [
            for name, network, shape, parameters, products, field in known do
                test $"{name}: parameters, multiply-adds and receptive field of the literature" {
                    let summary = Layer.summary shape network.Value
                    Expect.equal summary.Parameters parameters "parameters"
                    Expect.equal summary.MultiplyAdds products "multiply-adds"
                    let size, stride, _ = last summary
                    Expect.equal (size, stride) field "receptive field"
                    Expect.equal summary.ParameterBytes (4L * parameters) "bytes"
                }

            testProperty "the receptive field is what the gradient sees"
            <| fun (NonEmptyArray(numbers: int[])) ->
                let layer = positive numbers
                let summary = Layer.summary [ 1; 1; 200 ] layer
                let field = (Seq.last summary.Rows).Field[0]
                let struct (ps, state) = Layer.init (Key.ofSeed 1) layer
                let ps = ps |> Tree.map (fun param -> { param with Value = Tensor.onesLike param.Value })
                let x = Tensor.ones [ 1; 1; 200 ]
                let output x = fst (runLayer layer Eval ps state x)
                let length = (output x).Shape[2]

                // At the ends, windows in the padding see less.
                for j in [ 0; length / 2; length - 1 ] do
                    let cell x = Tensor.sum (Tensor.slice 2 j (j + 1) (output x))
                    let seen = Differentiation.grad cell x |> Tensor.toArray

                    let reached =
                        [
                            for i in 0 .. seen.Length - 1 do
                                if seen[i] <> 0f then
                                    int64 i
                        ]

                    let start = field.Offset + int64 j * field.Stride
                    let stop = start + field.Size - 1L
                    let what = $"cell {j} of {Summary.toText summary}"

                    if start >= 0L && stop < 200L then
                        Expect.equal (List.min reached, List.max reached) (start, stop) what
                    else
                        Expect.all reached (fun i -> i >= start && i <= stop) what

            testProperty "shapes, parameters and bytes are those of a run; the sums are those of the outermost stages"
            <| fun (inputs: PositiveInt) (hidden: PositiveInt) (batch: PositiveInt) ->
                let n, h, b = 1 + inputs.Get % 9, 1 + hidden.Get % 9, 1 + batch.Get % 5

                let layer =
                    dense n h
                    --> batchNorm h
                    --> tanh
                    --> Layer.residual (dense h h --> dropout 0.5)
                    --> Layer.named "head" (relu --> dense h 3)

                let summary = Layer.summary [ b; n ] layer
                let struct (ps, state) = Layer.init (Key.ofSeed 1) layer
                let struct (_, _, stages) = Layer.trace layer Eval ps state (Tensor.zeros [ b; n ])
                let outermost = summary.Rows |> Seq.filter (fun row -> row.Depth = 0) |> List.ofSeq

                Expect.equal
                    [ for row in outermost -> row.Path, List.ofArray row.Shapes[0] ]
                    [ for path, y in stages -> path, List.ofArray (unbox<Tensor> y).Shape ]
                    "paths and shapes"

                Expect.equal summary.Parameters (Params.count ps) "parameters"
                Expect.equal (outermost |> List.sumBy _.Parameters) summary.Parameters "the sum of parameters"
                Expect.equal summary.MultiplyAdds (int64 (b * (n * h + h * h + 3 * h))) "multiply-adds"
                Expect.equal (outermost |> List.sumBy _.MultiplyAdds) summary.MultiplyAdds "the sum of multiply-adds"
                // dense, batchNorm, tanh, dense inside, the residual, relu: h numbers each; dropout gives what it takes; 3 at last.
                Expect.equal summary.ActivationBytes (int64 (4 * b * (6 * h + 3))) "bytes"

            test "nested stages stand under their paths, with their own share" {
                let heads = Layer.fork (conv2d 3 4 3 --> relu) (Layer.named "skip" (maxpool2d 2) --> flatten)
                let net = Layer.residual (conv2dWith { how with Padding = Padding.Same } 3 3 [ 3 ] --> relu) --> heads
                let summary = Layer.summary [ 2; 3; 8; 8 ] net

                Expect.equal
                    [ for row in summary.Rows -> row.Depth, row.Path, row.Kind, row.Parameters ]
                    [
                        0, "0", "residual", 84L
                        1, "0/0", "conv2d", 84L
                        1, "0/1", "relu", 0L
                        0, "1", "fork", 112L
                        1, "1/0/0", "conv2d", 112L
                        1, "1/0/1", "relu", 0L
                        1, "1/1/skip", "maxpool2d", 0L
                        1, "1/1/1", "flatten", 0L
                    ]
                    "rows"

                let shapes = [ for shape in (rowAt "1" summary).Shapes -> List.ofArray shape ]
                Expect.equal shapes [ [ 2; 4; 6; 6 ]; [ 2; 48 ] ] "both heads"
                let field path = [ for axis in (rowAt path summary).Field -> axis.Size, axis.Stride, axis.Offset ]
                Expect.equal (field "0") [ 3L, 1L, -1L; 3L, 1L, -1L ] "the larger of x and f(x)"
                Expect.equal (field "1/0/1") [ 5L, 1L, -1L; 5L, 1L, -1L ] "behind a convolution"
                Expect.equal (field "1/1/skip") [ 4L, 2L, -1L; 4L, 2L, -1L ] "behind a pool"
                Expect.equal (field "1/1/1") [] "none behind flatten"
            }

            test "products of a user's own layer count, by whatever name; a stage that runs three times stands once" {
                let own =
                    layerOf "own" [] {
                        let! w = weight "weight" (Random.normal [ 4; 6 ])
                        and! v = weight "vector" (Random.uniform [ 6 ])

                        return
                            fun (x: Tensor) ->
                                let y = Tensor.einsum "...i,ij->...j" [ x; w ]
                                let z = Tensor.einsum "bi,bj,b->ij" [ x; x; Tensor.sumOver -1 x ]
                                Tensor.matmul y v + Tensor.sum z
                    }

                let summary = Layer.summary [ 5; 4 ] own
                // 5·4·6; 5·4·4 twice, for the third operand meets what the first two gave; 5·6.
                Expect.equal summary.MultiplyAdds (int64 (5 * 4 * 6 + 2 * 5 * 4 * 4 + 5 * 6)) "multiply-adds"
                Expect.equal (rowAt "" summary).Kind "own" "a layer that stands alone"
                let inner = dense 4 4

                let thrice =
                    Layer.create "thrice" [] (fun key -> Layer.init key inner) (fun mode ps state (x: Tensor) ->
                        let mutable y = x

                        for _ in 1..3 do
                            let struct (next, _) = Layer.apply inner mode ps state y
                            y <- next

                        struct (y, state))

                let summary = Layer.summary [ 1; 4 ] thrice

                Expect.equal
                    [ for row in summary.Rows -> row.Kind, row.MultiplyAdds ]
                    [ "thrice", 48L; "dense", 48L ]
                    "rows"

                Expect.equal summary.Parameters 20L "parameters of one"
            }

            test "ten thousand million parameters take no memory" {
                let wide =
                    dense 100_000 100_000 --> relu --> Layer.residual (dense 100_000 1_000 --> dense 1_000 100_000)

                Layer.summary [ 1; 4 ] (dense 4 4) |> ignore
                use process' = Process.GetCurrentProcess()
                let before = process'.WorkingSet64
                let summary = Layer.summary [ 8; 100_000 ] wide
                process'.Refresh()
                Expect.equal summary.Parameters (10_000_000_000L + 200_000_000L + 201_000L) "parameters"
                Expect.equal summary.MultiplyAdds (8L * 10_200_000_000L) "multiply-adds"
                Expect.isLessThan (process'.WorkingSet64 - before) (64L <<< 20) "bytes of the process"
            }

            test "other inputs: two tensors, labels, constants of the user's, numbers that are looked at" {
                let mask = Tensor.ofArray [ 3 ] [| 1f; 0f; 1f |]

                let picked =
                    Layer.create
                        "embedding"
                        []
                        (fun key ->
                            struct (Node [ "weight", Leaf { Role = Role.Weight; Value = Random.normal [ 7; 3 ] key } ],
                                    Tree.empty))
                        (fun _ ps state (labels: Tensor) ->
                            if Tensor.toLongs labels |> Array.exists (fun label -> label < 0L || label > 6L) then
                                invalidArg (nameof labels) "labels are from 0 to 6"

                            struct (Tensor.indexSelect 0 labels (Tree.leaf [ "weight" ] ps).Value * mask, state))

                let net = Layer.both picked (dense 2 3) --> Layer.lift (fun (struct (a: Tensor, b: Tensor)) -> a + b)
                let example () = struct (Tensor.zerosOf Dtype.Int64 [ 5 ], Tensor.zeros [ 5; 2 ])
                let summary = Layer.summaryOf example net
                Expect.equal [ for shape in summary.Inputs -> List.ofArray shape ] [ [ 5 ]; [ 5; 2 ] ] "inputs"
                Expect.equal (List.ofArray (Seq.last summary.Rows).Shapes[0]) [ 5; 3 ] "output"
                Expect.equal summary.Parameters (21L + 9L) "parameters"
                Expect.equal (Tensor.toArray (mask * 2.0)) [| 2f; 0f; 2f |] "the user's tensor is as it was"
            }

            test "a wrong shape is found without a run, by path; afterwards tensors have numbers again" {
                let net = conv2d 1 2 3 --> relu --> Layer.named "body" (maxpool2d 2 --> flatten --> dense 8 3)

                expectError<LayerException> [ "at 0:"; "[n; 1; h; w]"; "[5; 3; 6; 6]" ] (fun () ->
                    Layer.summary [ 5; 3; 6; 6 ] net |> ignore)

                expectError<LayerException> [ "at body/2:"; "[...; 8]"; "[5; 18]" ] (fun () ->
                    Layer.summary [ 5; 1; 8; 8 ] net |> ignore)

                expectError<ArgumentException> [ "summary"; "[-1; 4]" ] (fun () ->
                    Layer.summary [ -1; 4 ] (dense 4 4) |> ignore)

                Expect.equal (Tensor.toArray (Tensor.ones [ 2 ])) [| 1f; 1f |] "numbers"
                let struct (ps, _) = Layer.init (Key.ofSeed 1) net
                Expect.exists (Tensor.toArray (Tree.leaf [ "0"; "weight" ] ps).Value) ((<>) 0f) "first values"
            }

            test "as text, with aligned columns, and as HTML" {
                let text = Summary.toText (Layer.summary [ 1; 1; 28; 28 ] lenet)
                let lines = text.Split '\n'
                Expect.equal lines.Length 15 "titles, input, stages and sums"
                Expect.stringContains lines[1] "input" "the input"

                let cells (line: string) =
                    line.Split("  ", StringSplitOptions.RemoveEmptyEntries) |> Array.map _.Trim() |> List.ofArray

                Expect.equal
                    (cells lines[2])
                    [ "0"; "conv2d"; "[1; 6; 28; 28]"; "156"; "117,600"; "18.4 KiB"; "5"; "1"; "-2" ]
                    "the first stage"

                Expect.equal (List.truncate 3 (cells lines[14])) [ "all"; "61,706"; "416,520" ] "the sums"
                let ends (word: string) (line: string) = line.IndexOf word + word.Length
                Expect.equal (ends "61,706" lines[14]) (ends "parameters" lines[0]) "numbers stand to the right"
                let odd = Layer.named "<b>" (Layer.func "a&b" [] (fun (x: Tensor) -> x))
                let html = Summary.toHtml (Layer.summary [ 1; 2 ] (odd --> relu))
                Expect.stringContains html "<td>&lt;b&gt;</td><td>a&amp;b</td><td>[1; 2]</td>" "escaped"
                let rows = Xml.Linq.XDocument.Parse html
                Expect.equal (Seq.length (rows.Descendants "tr")) 5 "titles, input, stages and sums"
            }

            test "each function of tensors gives without numbers the shape and dtype that it gives with them" {
                let code, output = runChild [ "child"; "summary" ]
                Expect.equal code 0 $"the process ended at: {output}"
                Expect.isFalse (output.Contains "WRONG") output
                Expect.stringContains output "rows looked at" "to the end"
            }
        ]
