/// Layers beside TorchSharp's own modules with the same weights: an independent witness of names, layouts and numbers.
module TorchModuleTests

open System
open TorchSharp
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

type private Module = torch.nn.Module<torch.Tensor, torch.Tensor>

let private key = Key.ofSeed 8
let private float64 = Nullable torch.ScalarType.Float64
let private how = Convolution.standard
let private norm epsilon affine : Normalisation = { Epsilon = epsilon; Affine = affine }

let private batch epsilon momentum affine : BatchNormalisation =
    { Epsilon = epsilon; Momentum = momentum; Affine = affine; Running = true }

/// A layer, the module of the same meaning, and an input for both.
type private Row =
    {
        Name: string
        Layer: Layer<Tensor, Tensor>
        Module: unit -> Module
        Input: Tensor
    }

let private row name layer (make: unit -> #Module) input =
    {
        Name = name
        Layer = layer
        Module = fun () -> make () :> Module
        Input = input
    }

let private transposed stride padding groups =
    { how with
        Stride = [ stride ]
        Padding = Padding.Zeros padding
        Groups = groups
    }

let private numbers (shape: int list) = doubles shape 9

let private rows =
    [
        row "dense" (dense 3 4) (fun () -> torch.nn.Linear(3L, 4L, dtype = float64)) (numbers [ 5; 3 ])
        row
            "dense without bias"
            (denseWithoutBias Initializer.standard 3 4)
            (fun () -> torch.nn.Linear(3L, 4L, false, dtype = float64))
            (numbers [ 5; 3 ])
        row
            "embedding"
            (embedding 5 3)
            (fun () -> torch.nn.Embedding(5L, 3L, dtype = float64))
            (Tensor.ofLongs [ 2; 3 ] [| 0L; 4L; 2L; 2L; 1L; 3L |])
        row "prelu" (prelu 3) (fun () -> torch.nn.PReLU(3L, dtype = float64)) (numbers [ 4; 3; 2 ])
        row "prelu of one slope" (prelu 1) (fun () -> torch.nn.PReLU(1L, dtype = float64)) (numbers [ 4; 3; 2 ])
        row
            "conv1d"
            (conv1dWith { how with Stride = [ 2 ]; Padding = Padding.Zeros 1; Dilation = [ 2 ] } 2 3 [ 3 ])
            (fun () -> torch.nn.Conv1d(2L, 3L, 3L, 2L, 1L, 2L, dtype = float64))
            (numbers [ 2; 2; 9 ])
        row
            "conv1d in groups, without bias"
            (conv1dWith { how with Groups = 2; Bias = false } 4 6 [ 2 ])
            (fun () -> torch.nn.Conv1d(4L, 6L, 2L, groups = 2L, bias = false, dtype = float64))
            (numbers [ 2; 4; 5 ])
        row "conv2d" (conv2d 2 3 3) (fun () -> torch.nn.Conv2d(2L, 3L, 3L, dtype = float64)) (numbers [ 2; 2; 5; 6 ])
        row
            "conv2d flipped"
            (conv2dWith { how with Flipped = true } 2 3 [ 3; 2 ])
            (fun () -> torch.nn.Conv2d(2L, 3L, struct (3L, 2L), dtype = float64))
            (numbers [ 2; 2; 5; 6 ])
        for mode, around in
            [
                PaddingModes.Circular, Padding.CircularAround
                PaddingModes.Reflect, Padding.ReflectAround
                PaddingModes.Replicate, Padding.ReplicateAround
            ] do
            row
                $"conv1d, {mode} padding of 2 cells"
                (conv1dWith { how with Padding = around [| struct (2, 2) |] } 2 3 [ 3 ])
                (fun () -> torch.nn.Conv1d(2L, 3L, 3L, padding = 2L, padding_mode = mode, dtype = float64))
                (numbers [ 2; 2; 5 ])
        row "conv3d" (conv3d 2 3 2) (fun () -> torch.nn.Conv3d(2L, 3L, 2L, dtype = float64)) (numbers [ 2; 2; 3; 4; 3 ])
        row
            "convTranspose1d"
            (convTranspose1dWith (transposed 3 1 1) [ 1 ] 2 3 [ 3 ])
            (fun () -> torch.nn.ConvTranspose1d(2L, 3L, 3L, 3L, 1L, 1L, dtype = float64))
            (numbers [ 2; 2; 4 ])
        row
            "convTranspose2d in groups"
            (convTranspose2dWith (transposed 2 0 2) [ 0 ] 4 6 [ 2; 3 ])
            (fun () ->
                torch.nn.ConvTranspose2d(
                    4L,
                    6L,
                    struct (2L, 3L),
                    Nullable<struct (int64 * int64)>(struct (2L, 2L)),
                    groups = 2L,
                    dtype = float64
                ))
            (numbers [ 2; 4; 3; 2 ])
        row
            "convTranspose2d flipped"
            (convTranspose2dWith { how with Flipped = true } [ 0 ] 2 3 [ 2 ])
            (fun () -> torch.nn.ConvTranspose2d(2L, 3L, 2L, dtype = float64))
            (numbers [ 2; 2; 3; 2 ])
        row
            "convTranspose3d"
            (convTranspose3d 2 3 2)
            (fun () -> torch.nn.ConvTranspose3d(2L, 3L, 2L, dtype = float64))
            (numbers [ 2; 2; 2; 3; 2 ])
        row
            "batchNorm of vectors"
            (batchNorm 3)
            (fun () -> torch.nn.BatchNorm1d(3L, dtype = float64))
            (numbers [ 5; 3 ])
        row
            "batchNorm of images, ε 0.1 and momentum 0.3"
            (batchNormWith (batch 0.1 0.3 true) 3)
            (fun () -> torch.nn.BatchNorm2d(3L, 0.1, 0.3, dtype = float64))
            (numbers [ 2; 3; 2; 3 ])
        row
            "batchNorm that learns nothing"
            (batchNormWith (batch 1e-3 1.0 false) 3)
            (fun () -> torch.nn.BatchNorm1d(3L, 1e-3, 1.0, false, dtype = float64))
            (numbers [ 4; 3; 2 ])
        row
            "layerNorm"
            (layerNorm [ 3; 2 ])
            (fun () -> torch.nn.LayerNorm([| 3L; 2L |], dtype = float64))
            (numbers [ 4; 3; 2 ])
        row
            "layerNorm, ε 0.1"
            (layerNormWith (norm 0.1 true) [ 3 ])
            (fun () -> torch.nn.LayerNorm([| 3L |], 0.1, dtype = float64))
            (numbers [ 4; 3 ])
        row
            "layerNorm that learns nothing"
            (layerNormWith (norm 0.0 false) [ 3 ])
            (fun () -> torch.nn.LayerNorm([| 3L |], 0.0, false, dtype = float64))
            (numbers [ 4; 3 ])
        row "groupNorm" (groupNorm 2 4) (fun () -> torch.nn.GroupNorm(2L, 4L, dtype = float64)) (numbers [ 3; 4; 2 ])
        row
            "groupNorm, ε 0.1, that learns nothing"
            (groupNormWith (norm 0.1 false) 2 4)
            (fun () -> torch.nn.GroupNorm(2L, 4L, 0.1, false, dtype = float64))
            (numbers [ 3; 4; 2; 2 ])
        row
            "instanceNorm"
            (instanceNorm 3)
            (fun () -> torch.nn.InstanceNorm2d(3L, affine = true, dtype = float64))
            (numbers [ 2; 3; 2; 2 ])
        row
            "instanceNorm, ε 0.1, that learns nothing"
            (instanceNormWith (norm 0.1 false) 3)
            (fun () -> torch.nn.InstanceNorm1d(3L, 0.1, dtype = float64))
            (numbers [ 2; 3; 4 ])
    ]

// Parameters and state that are drawn, and not what layers begin with; variances are positive.
let private drawn (layer: Layer<'i, 'o>) =
    let struct (ps, state) = Layer.init key layer
    let draw i (x: Tensor) = 0.5 + Random.uniform (List.ofArray x.Shape) (Key.child i key) |> Tensor.cast Dtype.Float64
    let fill seed tree = Tree.refill (Tree.values tree |> Array.mapi (fun i x -> draw (seed + i) x)) tree
    Params.refill (Tree.values (fill 1 (Params.values ps))) ps, fill 101 state

// The module holds what the layer exports, under the same names and in the same shapes.
let private load (m: torch.nn.Module) (tensors: Map<string, Tensor>) =
    let theirs =
        [
            for KeyValue(name, raw) in m.state_dict () do
                if name <> "num_batches_tracked" then
                    name, raw
        ]

    Expect.equal (Set.ofList (List.map fst theirs)) (Set.ofSeq tensors.Keys) "the names of state_dict"
    use _ = torch.no_grad ()

    for name, raw in theirs do
        Expect.equal raw.shape [| for n in tensors[name].Shape -> int64 n |] $"{name}: the shape"
        raw.copy_ tensors[name].Raw |> ignore

    GC.KeepAlive tensors

let private read (raw: torch.Tensor) = Tensor.toDoubles (Tensor.Of(raw.detach().clone()))

let tests =
    testList
        "modules of torch"
        [
            for row in rows do
                test $"{row.Name}: with the exported weights nn's module gives the same" {
                    let ps, state = drawn row.Layer
                    let tensors = PyTorch.export PyTorch.sequential row.Layer ps state
                    use m = row.Module()
                    load m tensors

                    for mode in [ Eval; Train key ] do
                        m.train (mode <> Eval)
                        let y, after = runLayer row.Layer mode ps state row.Input
                        use found = m.forward row.Input.Raw
                        Expect.equal found.shape [| for n in y.Shape -> int64 n |] "the shape"
                        expectClose 1e-10 $"{mode}" (read found) (Tensor.toDoubles y)
                        let kept = PyTorch.export PyTorch.sequential row.Layer ps after

                        for KeyValue(name, raw) in m.state_dict () do
                            if name <> "num_batches_tracked" then
                                expectClose 1e-12 $"{mode}: {name} afterwards" (read raw) (Tensor.toDoubles kept[name])
                }

                test $"{row.Name}: out to PyTorch and in again gives the same bits" {
                    let ps, state = drawn row.Layer
                    let tensors = PyTorch.export PyTorch.sequential row.Layer ps state
                    let struct (back, backState) = PyTorch.import PyTorch.sequential row.Layer tensors
                    expectSameTree "parameters" (Params.values ps) (Params.values back)
                    expectSameTree "state" state backState
                }

            test "bilinear: with the exported weights nn's module gives the same, and back are the same bits" {
                let layer = bilinear 3 4 2
                let ps, state = drawn layer
                let tensors = PyTorch.export PyTorch.sequential layer ps state
                use m = torch.nn.Bilinear(3L, 4L, 2L, dtype = float64)
                load m tensors
                let x, y = numbers [ 5; 3 ], doubles [ 5; 4 ] 10
                let found, _ = runLayer layer Eval ps state (struct (x, y))
                use expected = m.forward (x.Raw, y.Raw)
                expectClose 1e-10 "numbers" (read expected) (Tensor.toDoubles found)
                let struct (back, _) = PyTorch.import PyTorch.sequential layer tensors
                expectSameTree "parameters" (Params.values ps) (Params.values back)
            }

            test "rmsNorm: x/√(mean of x² + ε)·scale as the paper has it; its weight comes back" {
                let layer = rmsNormWith (norm 0.1 true) [ 3 ]
                let ps, state = drawn layer
                let x = numbers [ 4; 3 ]
                let y, _ = runLayer layer Eval ps state x
                let scale = Tensor.toDoubles (Tree.leaf [ "scale" ] ps).Value

                let expected =
                    [|
                        for row in Array.chunkBySize 3 (Tensor.toDoubles x) do
                            let root = sqrt (Array.averageBy (fun v -> v * v) row + 0.1)
                            yield! Array.map2 (fun v s -> v / root * s) row scale
                    |]

                expectClose 1e-12 "numbers" expected (Tensor.toDoubles y)
                let tensors = PyTorch.export PyTorch.sequential layer ps state
                Expect.equal (List.ofSeq tensors.Keys) [ "weight" ] "nn.RMSNorm's name"
                let struct (back, _) = PyTorch.import PyTorch.sequential layer tensors
                expectSameTree "parameters" (Params.values ps) (Params.values back)
                let free = rmsNormWith (norm 0.1 false) [ 3 ]
                let bare, _ = runLayer free Eval Tree.empty Tree.empty x
                let ones = Array.map2 (/) expected (Array.init 12 (fun i -> scale[i % 3]))
                expectClose 1e-12 "without a scale" ones (Tensor.toDoubles bare)
            }
        ]
