/// Every operation of the native layer with operands that suit it: a new one joins by a row.
module Operations

open System
open System.Reflection
open TorchSharp
open Functional
open Functional.FSharp
open Functional.FSharp.Layers

type Raw = torch.Tensor

/// An operation, and operands that it takes.
type Operation = { Name: string; Operands: Raw[]; Run: Raw[] -> Raw }

let private key = Key.ofSeed 51
let private normal i shape = (Random.normal shape (Key.child i key)).Raw
let private positive i shape = (Random.uniform shape (Key.child i key) + 0.1).Raw
let private longs (values: int list) = (Tensor.ofInts values).Raw
let private truths i shape = (Tensor.gt (Random.normal shape (Key.child i key)) (Tensor.scalar 0.0)).Raw

let private row name operands run = { Name = name; Operands = operands; Run = run }
let private none name (f: unit -> Raw) = row name [||] (fun _ -> f ())
let private one name (f: Raw -> Raw) = row name [| positive 0 [ 3; 4 ] |] (fun a -> f a[0])
let private image name (f: Raw -> Raw) = row name [| normal 1 [ 2; 3; 6; 6 ] |] (fun a -> f a[0])

let private two name (f: Raw -> Raw -> Raw) =
    row name [| positive 0 [ 3; 4 ]; positive 1 [ 3; 4 ] |] (fun a -> f a[0] a[1])

let private float32 = torch.ScalarType.Float32

/// The operations of the door to TorchSharp, by the names that they have there.
let ops =
    [
        none "empty" (fun () ->
            let raw = Ops.empty [| 3L |] float32
            Ops.fill raw 2.5
            raw)
        none "zeros" (fun () -> Ops.zeros [| 2L; 3L |] float32)
        none "ones" (fun () -> Ops.ones [| 2L; 3L |] float32)
        none "full" (fun () -> Ops.full [| 2L |] -1.5 float32)
        none "arange" (fun () -> Ops.arange 1.0 7.0 2.0 float32)
        one "zerosLike" Ops.zerosLike
        one "onesLike" Ops.onesLike
        one "clone" Ops.clone
        one "leaf" (fun a -> Ops.detach (Ops.leaf a))
        one "detach" Ops.detach
        one "contiguous" (fun a -> Ops.contiguous (Ops.transpose 0L 1L a))
        one "cast" (Ops.cast torch.ScalarType.Float64)
        one "move" (Ops.move torch.CPU)
        one "cpu" Ops.cpu
        two "add" Ops.add
        two "sub" Ops.sub
        two "mul" Ops.mul
        two "div" Ops.div
        two "pow" Ops.pow
        two "maximum" Ops.maximum
        two "minimum" Ops.minimum
        one "addScalar" (fun a -> Ops.addScalar a 1.25)
        one "mulScalar" (fun a -> Ops.mulScalar a 1.25)
        one "divScalar" (fun a -> Ops.divScalar a 1.25)
        one "powScalar" (fun a -> Ops.powScalar a 1.5)
        two "eq" Ops.eq
        two "lt" Ops.lt
        two "le" Ops.le
        two "gt" Ops.gt
        two "ge" Ops.ge
        one "ltScalar" (fun a -> Ops.ltScalar a 0.5)
        one "geScalar" (fun a -> Ops.geScalar a 0.5)
        row "where" [| truths 2 [ 3; 4 ]; normal 0 [ 3; 4 ]; normal 1 [ 3; 4 ] |] (fun a -> Ops.where a[0] a[1] a[2])
        one "neg" Ops.neg
        one "exp" Ops.exp
        one "log" Ops.log
        one "sqrt" Ops.sqrt
        one "rsqrt" Ops.rsqrt
        one "abs" Ops.abs
        one "sign" Ops.sign
        one "square" Ops.square
        one "sin" Ops.sin
        one "cos" Ops.cos
        one "tanh" Ops.tanh
        one "sigmoid" Ops.sigmoid
        one "relu" Ops.relu
        one "sum" Ops.sum
        one "sumOver" (Ops.sumOver [| 1L |] false)
        one "mean" Ops.mean
        one "meanOver" (Ops.meanOver [| 1L |] true)
        one "varOver" (Ops.varOver [| 0L |] true false)
        one "max" Ops.max
        one "min" Ops.min
        one "maxOver" (Ops.maxOver 1L false)
        one "argmax" (Ops.argmax 1L)
        row "all" [| truths 3 [ 3; 4 ] |] (fun a -> Ops.all a[0])
        one "softmax" (Ops.softmax 1L)
        one "logsoftmax" (Ops.logsoftmax 1L)
        one "reshape" (Ops.reshape [| 2L; -1L |])
        one "transpose" (Ops.transpose 0L 1L)
        one "permute" (Ops.permute [| 1L; 0L |])
        row "expand" [| normal 0 [ 3; 1 ] |] (fun a -> Ops.expand [| 3L; 5L |] a[0])
        row "squeeze" [| normal 0 [ 3; 1 ] |] (fun a -> Ops.squeeze 1L a[0])
        one "unsqueeze" (Ops.unsqueeze 1L)
        one "flip" (Ops.flip [| 0L; 1L |])
        one "slice" (Ops.slice 1L 1L 4L 2L)
        one "select" (Ops.select 1L 2L)
        row "indexSelect" [| normal 0 [ 3; 4 ]; longs [ 2; 0; 2 ] |] (fun a -> Ops.indexSelect 0L a[0] a[1])
        row "gather" [| normal 0 [ 3; 4 ]; Ops.unsqueeze 1L (longs [ 3; 0; 1 ]) |] (fun a -> Ops.gather 1L a[0] a[1])
        two "cat" (fun a b -> Ops.cat 0L [| a; b |])
        two "stack" (fun a b -> Ops.stack 1L [| a; b |])
        image "pad" (Ops.pad [| 1L; 2L; 0L; 1L |])
        row "matmul" [| normal 0 [ 3; 4 ]; normal 1 [ 4; 5 ] |] (fun a -> Ops.matmul a[0] a[1])
        row "affine" [| normal 2 [ 5 ]; normal 0 [ 3; 4 ]; normal 1 [ 4; 5 ] |] (fun a -> Ops.affine a[0] a[1] a[2])
        row "conv2d" [| normal 2 [ 4 ]; normal 3 [ 4; 3; 3; 3 ]; normal 1 [ 2; 3; 6; 6 ] |] (fun a ->
            Ops.conv2d [| 1L; 1L |] [| 1L; 1L |] [| 1L; 1L |] 1L a[0] a[1] a[2])
        image "maxpool2d" (Ops.maxpool2d [| 3L; 3L |] [| 3L; 3L |])
        image "avgpool2d" (Ops.avgpool2d [| 2L; 2L |] [| 2L; 2L |])
        two "mseLoss" Ops.mseLoss
        row "crossEntropy" [| normal 0 [ 3; 4 ]; longs [ 3; 0; 1 ] |] (fun a -> Ops.crossEntropy a[0] a[1])
        row "batchNorm" [| positive 2 [ 3 ]; normal 3 [ 3 ]; normal 1 [ 2; 3; 6; 6 ] |] (fun a ->
            Ops.batchNorm a[0] a[1] 1e-5 a[2])
    ]

/// The names of all that the door makes tensors with.
let names =
    // What the door is made of takes functions; what it offers does not.
    let takesFunction (f: MethodInfo) =
        f.GetParameters() |> Array.exists (fun p -> p.ParameterType.Name.StartsWith "FSharpFunc")

    let door = typeof<Tensor>.Assembly.GetType "Functional.FSharp.Ops" |> nonNull

    [
        for f in door.GetMethods(BindingFlags.Static ||| BindingFlags.Public ||| BindingFlags.NonPublic) do
            if f.ReturnType = typeof<Raw> && not (takesFunction f) then
                f.Name
    ]

let private trained transform =
    let layer = conv2d 1 2 3 --> batchNorm 2 --> relu --> maxpool2d 2 --> dropout 0.2 --> flatten --> dense 8 3

    let batches =
        Batches.init 3 (fun n -> struct (Random.normal [ 4; 1; 6; 6 ] (Key.child n key), Tensor.ofInts [ 0; 1; 2; n ]))

    let last = Training.fit (Rule.ofLoss Loss.crossEntropy layer) transform batches key
    Tensor.cat 0 [ for tensor in Snapshot.tensors last -> Tensor.reshape [ -1 ] tensor ]

let private rate = Schedule.constant 0.01

/// What is made of these operations: derivatives, fragments of TorchScript, training in place and pure.
let composed: (string * (unit -> Tensor)) list =
    [
        "grad", (fun () -> Differentiation.grad (Tensor.tanh >> Tensor.sum) (Random.normal [ 5 ] key))
        "grad of grad",
        (fun () ->
            Differentiation.grad
                (Differentiation.grad (Tensor.tanh >> Tensor.sum) >> Tensor.sum)
                (Random.normal [ 5 ] key))
        "windows", (fun () -> Tensor.Of(Windows.largest (Random.normal [ 2; 1; 9; 21 ] key).Raw))
        "adam", (fun () -> trained (Optimizer.adam rate))
        "adamW", (fun () -> trained (Optimizer.adamW rate 0.1))
        "momentum", (fun () -> trained (Optimizer.momentum rate 0.9))
        "decay and momentum",
        (fun () ->
            trained (Transform.chain [ Transform.decayWeights 0.1; Transform.momentum 0.9; Transform.scale -0.01 ]))
        "adam, pure", (fun () -> trained (Transform.clocked Some (Optimizer.adam rate)))
    ]
