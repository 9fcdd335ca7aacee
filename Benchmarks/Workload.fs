/// The same training, once with Functional and once written by hand on TorchSharp: same batches, same first weights.
module Workload

open TorchSharp
open type TorchSharp.torch.nn
open Functional
open Functional.FSharp
open Functional.FSharp.Layers

type Batch = (struct (Tensor * Tensor))

/// A race: both sides take a number of steps and give a number that depends on them, such as the last loss that they read,
/// one in every 100 steps.
type Workload =
    {
        Name: string
        Steps: int
        Ours: int -> float
        /// Ours with a snapshot after every step, where there are snapshots.
        OneByOne: (int -> float) option
        Theirs: int -> float
    }

let private rate = 1e-3

// The hand-written side: TorchSharp's own modules, loss and optimizer, a dispose scope for each step.
let private theirs
    (optimizer: Module<torch.Tensor, torch.Tensor> -> torch.optim.Optimizer)
    (net: Module<torch.Tensor, torch.Tensor>)
    (loss: torch.Tensor -> torch.Tensor -> torch.Tensor)
    (batches: Batch[])
    =
    let optimizer = optimizer net
    let batches = batches |> Array.map (fun struct (x, y) -> struct (x.Raw, y.Raw))

    fun steps ->
        let mutable last = nan

        for step in 0 .. steps - 1 do
            use _ = torch.NewDisposeScope()
            let struct (x, y) = batches[step % batches.Length]
            optimizer.zero_grad ()
            let value = loss (net.forward x) y
            value.backward ()
            optimizer.step () |> ignore

            if step % 100 = 99 then
                last <- float (value.ToSingle())

        last

let private ours (layer: Layer<Tensor, Tensor>) loss (start: Snapshot) transform (batches: Batch[]) =
    let rule = Rule.ofLoss loss layer

    fun every steps ->
        let mutable last = nan
        let batches = Batches.cycle (start.Step + steps) batches

        for snapshot in Training.run every rule transform batches start do
            if snapshot.Step % 100 = 0 then
                last <- Tensor.toFloat snapshot.Loss

        last

let private raceWith
    transform
    optimizer
    name
    steps
    layer
    (net: Module<torch.Tensor, torch.Tensor>)
    loss
    (theirLoss: torch.Tensor -> torch.Tensor -> torch.Tensor)
    (batches: Batch[])
    =
    let start = Training.start (Rule.ofLoss loss layer) transform (Key.ofSeed 1)

    // Their modules get our first weights; TorchSharp keeps dense weights the other way round.
    Array.zip (Seq.toArray (net.parameters ())) (Tree.values start.Params)
    |> Array.iter (fun (target, source) ->
        use _ = torch.no_grad ()

        let values =
            if source.Value.Rank = 2 then
                Tensor.transpose 0 1 source.Value
            else
                source.Value

        target.copy_ values.Raw |> ignore)

    {
        Name = name
        Steps = steps
        Ours = ours layer loss start transform batches 100
        OneByOne = Some(ours layer loss start transform batches 1)
        Theirs = theirs optimizer net theirLoss batches
    }

let private byAdam (net: Module<torch.Tensor, torch.Tensor>) : torch.optim.Optimizer =
    torch.optim.Adam(net.parameters (), rate)

let private race name steps layer net loss theirLoss batches =
    raceWith (Optimizer.adam (Schedule.constant rate)) byAdam name steps layer net loss theirLoss batches

let private premade count (shape: int list) (target: Key -> Tensor) : Batch[] =
    [|
        for i in 0 .. count - 1 ->
            let key = Key.child i (Key.ofSeed 7)
            struct (Random.normal shape (Key.child 0 key), target (Key.child 1 key))
    |]

let private labels count key = Tensor.ofInts [ for i in 0 .. count - 1 -> int (Key.bits i key % 10UL) ]

let private crossEntropy (logits: torch.Tensor) (labels: torch.Tensor) = functional.cross_entropy (logits, labels)

// The batches come first: with them Functional loads the natives that TorchSharp then finds.

let tiny () =
    let batches = premade 20 [ 32; 2 ] (Random.normal [ 32; 1 ])
    let layer = dense 2 16 --> relu --> dense 16 16 --> relu --> dense 16 1
    let net = Sequential(Linear(2L, 16L), ReLU(), Linear(16L, 16L), ReLU(), Linear(16L, 1L))
    race "tiny" 1000 layer net Loss.squaredError (fun y t -> functional.mse_loss (y, t)) batches

let mlp () =
    let batches = premade 20 [ 64; 784 ] (labels 64)
    let layer = dense 784 128 --> relu --> dense 128 10
    let net = Sequential(Linear(784L, 128L), ReLU(), Linear(128L, 10L))
    race "mlp" 600 layer net Loss.crossEntropy crossEntropy batches

/// LeNet-5 as the gallery trains it.
let lenet5 =
    let same = { Convolution.standard with Padding = Padding.Same }

    conv2dWith same 1 6 [ 5 ]
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

let lenet () =
    let batches = premade 20 [ 64; 1; 28; 28 ] (labels 64)

    let net =
        Sequential(
            Conv2d(1L, 6L, 5L, padding = 2L),
            ReLU(),
            MaxPool2d 2L,
            Conv2d(6L, 16L, 5L),
            ReLU(),
            MaxPool2d 2L,
            Flatten(),
            Linear(400L, 120L),
            ReLU(),
            Linear(120L, 84L),
            ReLU(),
            Linear(84L, 10L)
        )

    race "lenet" 100 lenet5 net Loss.crossEntropy crossEntropy batches

let cbapd () =
    let batches = premade 10 [ 32; 3; 32; 32 ] (labels 32)
    let same = { Convolution.standard with Padding = Padding.Same }

    let block inputs outputs =
        conv2dWith same inputs outputs [ 3 ] --> batchNorm outputs --> relu --> maxpool2d 2 --> dropout 0.2

    let theirBlock (inputs: int64) (outputs: int64) : Module<torch.Tensor, torch.Tensor>[] =
        [|
            Conv2d(inputs, outputs, 3L, padding = 1L)
            BatchNorm2d outputs
            ReLU()
            MaxPool2d 2L
            Dropout 0.2
        |]

    let net = Sequential(Array.concat [ theirBlock 3L 32L; theirBlock 32L 64L; [| Flatten(); Linear(4096L, 10L) |] ])
    let layer = block 3 32 --> block 32 64 --> flatten --> dense 4096 10
    let momentum = Optimizer.momentum (Schedule.constant 0.01) 0.9

    let bySgd (net: Module<torch.Tensor, torch.Tensor>) : torch.optim.Optimizer =
        torch.optim.SGD(net.parameters (), 0.01, momentum = 0.9)

    raceWith momentum bySgd "cbapd" 100 layer net Loss.crossEntropy crossEntropy batches

let all = [ "tiny", tiny; "mlp", mlp; "lenet", lenet; "cbapd", cbapd ]
