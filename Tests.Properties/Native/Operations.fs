/// Operations of the native layer that no public function of tensors stands for: fused forms and what copies.
module Operations

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

/// They join the rows of public functions in the stress test and in the abort hunt.
let ops =
    [
        none "empty" (fun () ->
            let raw = Ops.empty [| 3L |] float32
            Ops.fill raw 2.5
            raw)
        one "leaf" (fun a -> Ops.detach (Ops.leaf a))
        one "contiguous" (fun a -> Ops.contiguous (Ops.transpose 0L 1L a))
        one "varOver" (Ops.varOver [| 0L |] true false)
        image "pad" (Ops.pad [| 1L; 2L; 0L; 1L |] 0.0)
        row "affine" [| normal 2 [ 5 ]; normal 0 [ 3; 4 ]; normal 1 [ 4; 5 ] |] (fun a -> Ops.affine a[0] a[1] a[2])
        row "conv2d" [| normal 2 [ 4 ]; normal 3 [ 4; 3; 3; 3 ]; normal 1 [ 2; 3; 6; 6 ] |] (fun a ->
            Ops.conv 2 [| 1L; 1L |] [| 1L; 1L |] [| 1L; 1L |] 1L a[0] a[1] a[2])
        two "mseLoss" Ops.mseLoss
        row "crossEntropy" [| normal 0 [ 3; 4 ]; longs [ 3; 0; 1 ] |] (fun a -> Ops.crossEntropy a[0] a[1])
        row
            "batchNorm"
            [| positive 2 [ 3 ]; normal 3 [ 3 ]; normal 1 [ 2; 3; 6; 6 ]; normal 4 [ 3 ]; positive 5 [ 3 ] |]
            (fun a ->
                let means, variances = Ops.clone a[3], Ops.clone a[4]
                let y = Ops.batchNorm a[0] a[1] means variances 0.1 1e-5 a[2]
                Ops.cat 0L [| Ops.reshape [| -1L |] y; means; variances |])
        row "layerNorm" [| positive 2 [ 6; 6 ]; normal 3 [ 6; 6 ]; normal 1 [ 2; 3; 6; 6 ] |] (fun a ->
            Ops.layerNorm a[0] a[1] 1e-5 a[2])
        row "groupNorm" [| positive 2 [ 4 ]; normal 3 [ 4 ]; normal 1 [ 2; 4; 6; 6 ] |] (fun a ->
            Ops.groupNorm 2L a[0] a[1] 1e-5 a[2])
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
        "jacobianv",
        (fun () -> Differentiation.jacobianv Tensor.tanh (Random.normal [ 5 ] key) (Random.normal [ 5 ] key))
        "hessian", (fun () -> Differentiation.hessian (Tensor.tanh >> Tensor.sum) (Random.normal [ 5 ] key))
        "custom",
        (fun () ->
            let own = Differentiation.custom Tensor.exp (fun _ y c -> y * c)
            Differentiation.hessian (own >> Tensor.sum) (Random.normal [ 5 ] key))
        "products of bits",
        (fun () ->
            let bits, w = Random.bernoulli 0.5 [ 150; 200 ] key, Random.normal [ 200; 160 ] key

            match BitProducts.tryAffine (Tensor.zeros [ 160 ]).Raw bits.Raw w.Raw false with
            | ValueSome product -> Tensor.Of product
            | ValueNone -> Tensor.matmul bits w)
        "a step of contrastive divergence",
        (fun () ->
            let rule = Rbm.contrastiveDivergence 1 0.1 (Rbm.bernoulli 200 160)
            let batches = Batches.cycle 1 [ Random.bernoulli 0.5 [ 150; 200 ] key ]
            let last = Training.fit rule (Optimizer.momentum (Schedule.constant 0.1) 0.5) batches key
            Tensor.cat 0 [ for tensor in Snapshot.tensors last -> Tensor.reshape [ -1 ] tensor ])
        "rows", (fun () -> Tensor.Of(Rows.gather [| 7; 0; 7; 29 |] (Random.normal [ 30; 40; 50 ] key).Raw))
        "columns", (fun () -> Tensor.Of(Columns.mean (Random.normal [ 9; 37 ] key).Raw))
        "long drawings", (fun () -> Random.bernoulliEach (Random.uniform [ 50_001 ] key) key)
        "windows", (fun () -> Tensor.Of(Windows.largest (Random.normal [ 2; 1; 9; 21 ] key).Raw))
        "adam", (fun () -> trained (Optimizer.adam rate))
        "adamW", (fun () -> trained (Optimizer.adamW rate 0.1))
        "momentum", (fun () -> trained (Optimizer.momentum rate 0.9))
        "decay and momentum",
        (fun () ->
            trained (Transform.chain [ Transform.decayWeights 0.1; Transform.momentum 0.9; Transform.scale -0.01 ]))
        "adam, pure", (fun () -> trained (Transform.clocked Some (Optimizer.adam rate)))
    ]
