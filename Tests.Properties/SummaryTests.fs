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
    conv2dWith { how with Padding = Padding.Same } 1 6 [ 5 ] --> relu --> maxpool2d 2
    --> conv2d 6 16 5 --> relu --> maxpool2d 2 --> flatten
    --> dense 400 120 --> relu --> dense 120 84 --> relu --> dense 84 10

// AlexNet as torchvision has it.
let private alexnet =
    let conv size cells stride inputs outputs = conv2dWith (zeros cells stride) inputs outputs [ size ] --> relu
    let pool = maxpool2dWith (pool 3 2)

    conv 11 2 4 3 64 --> pool
    --> conv 5 2 1 64 192 --> pool
    --> conv 3 1 1 192 384 --> conv 3 1 1 384 256 --> conv 3 1 1 256 256 --> pool
    --> adaptiveMeanpool [ 6; 6 ] --> flatten --> dropout 0.5
    --> dense 9216 4096 --> relu --> dropout 0.5 --> dense 4096 4096 --> relu --> dense 4096 1000

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
    --> dense (512 * 49) 4096 --> relu --> dense 4096 4096 --> relu --> dense 4096 1000

let private bare padding stride = { zeros padding stride with Bias = false }

// x and f(x) on their ways, added and rectified.
let private joined shortcut f =
    Layer.fork shortcut f --> Layer.func "add" (fun (struct (a: Tensor, b: Tensor)) -> a + b) --> relu

let private shortcut inputs outputs stride : Layer<Tensor, Tensor> =
    if stride = 1 && inputs = outputs then
        Layer.identity
    else
        conv2dWith (bare 0 stride) inputs outputs [ 1 ] --> batchNorm outputs

let private basic inputs width stride =
    conv2dWith (bare 1 stride) inputs width [ 3 ] --> batchNorm width --> relu
    --> conv2dWith (bare 1 1) width width [ 3 ] --> batchNorm width
    |> joined (shortcut inputs width stride)

let private bottleneck inputs width stride =
    conv2dWith (bare 0 1) inputs width [ 1 ] --> batchNorm width --> relu
    --> conv2dWith (bare 1 stride) width width [ 3 ] --> batchNorm width --> relu
    --> conv2dWith (bare 0 1) width (4 * width) [ 1 ] --> batchNorm (4 * width)
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

    conv2dWith (bare 3 2) 3 64 [ 7 ] --> batchNorm 64 --> relu
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
        ]
