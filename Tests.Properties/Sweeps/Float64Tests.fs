/// Networks, rules, transforms and machines in float64: cast as a whole they train in it and stay in it.
module Float64Tests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 8
let private wide = Tensor.cast Dtype.Float64
let private isFloating (x: Tensor) = x.Dtype = Dtype.Float32 || x.Dtype = Dtype.Float64 || x.Dtype = Dtype.BFloat16

let private expectWide what (leaves: (string * Tensor) list) =
    for path, x in leaves do
        if isFloating x then
            Expect.equal x.Dtype Dtype.Float64 $"{what}: {path}"

let private expectWideSnapshot what (snapshot: Snapshot) =
    expectWide what (Tree.leaves (Params.values snapshot.Params))
    expectWide $"{what}, state" (Tree.leaves snapshot.State)
    expectWide $"{what}, memory" (Tree.leaves snapshot.Memory)
    Expect.equal snapshot.Loss.Dtype Dtype.Float64 $"{what}: the loss"
    Expect.isTrue (Double.IsFinite(Tensor.toFloat snapshot.Loss)) $"{what}: a finite loss"

/// Every family of layers with the shape of an input.
let private layers: (string * Layer<Tensor, Tensor> * int list) list =
    let bare = { Normalisation.standard with Affine = false }

    [
        "dense", dense 3 2, [ 4; 3 ]
        "denseWithoutBias", denseWithoutBias Initializer.he 3 2, [ 4; 3 ]
        for name, draw in
            [
                "he", Initializer.he
                "glorot", Initializer.glorot
                "truncated", Initializer.truncatedNormal 0.5
                "orthogonal", Initializer.orthogonal
                "constant", Initializer.constant 0.5
            ] do
            $"dense from {name}", denseWith draw 3 2, [ 4; 3 ]
        "bilinear", Layer.lift (fun x -> struct (x, x)) --> bilinear 3 3 2, [ 4; 3 ]
        "embedding",
        Layer.lift (fun (x: Tensor) -> Tensor.cast Dtype.Int64 (Tensor.gtNumber 0.0 x)) --> embedding 2 3,
        [ 4; 3 ]
        "conv1d", conv1d 2 3 2, [ 2; 2; 4 ]
        "conv2d", conv2d 2 3 2, [ 2; 2; 3; 3 ]
        "conv2d, mirrored",
        conv2dWith { Convolution.standard with Padding = Padding.Reflect; Flipped = true } 2 3 [ 2 ],
        [ 2; 2; 3; 3 ]
        "conv3d", conv3d 1 2 2, [ 2; 1; 3; 3; 3 ]
        "convTranspose1d", convTranspose1d 2 3 2, [ 2; 2; 3 ]
        "convTranspose2d", convTranspose2d 2 3 2, [ 2; 2; 3; 3 ]
        "convTranspose3d", convTranspose3d 1 2 2, [ 2; 1; 2; 2; 2 ]
        "depthwise2d", depthwise2d 2 2, [ 2; 2; 3; 3 ]
        "separable2d", separable2d 2 3 2, [ 2; 2; 3; 3 ]
        "maxpool2d", conv2d 1 2 1 --> maxpool2d 2, [ 2; 1; 4; 4 ]
        "meanpool2d", conv2d 1 2 1 --> meanpool2d 2, [ 2; 1; 4; 4 ]
        "adaptive pools", conv1d 1 2 1 --> adaptiveMeanpool [ 3 ] --> adaptiveMaxpool [ 2 ], [ 2; 1; 5 ]
        "batchNorm", batchNorm 3, [ 5; 3 ]
        "batchNorm, bare", dense 3 3 --> batchNormWith { BatchNormalisation.standard with Affine = false } 3, [ 5; 3 ]
        "layerNorm", layerNorm [ 3 ], [ 4; 3 ]
        "layerNorm, bare", dense 3 3 --> layerNormWith bare [ 3 ], [ 4; 3 ]
        "rmsNorm", rmsNorm [ 3 ], [ 4; 3 ]
        "groupNorm", groupNorm 2 4, [ 3; 4 ]
        "instanceNorm", instanceNorm 2, [ 3; 2; 3 ]
        "weightNorm", weightNorm 1 (dense 3 2), [ 4; 3 ]
        "spectralNorm", spectralNorm (dense 3 2), [ 4; 3 ]
        "prelu", prelu 3, [ 4; 3 ]
        "maxout", dense 3 4 --> maxout 2, [ 4; 3 ]
        "activations",
        dense 3 4
        --> Activation.relu
        --> dense 4 4
        --> Activation.tanh
        --> Activation.sigmoid
        --> Activation.gelu
        --> Activation.geluTanh
        --> Activation.silu
        --> Activation.mish
        --> Activation.selu
        --> elu 1.0
        --> leakyRelu 0.1
        --> Activation.softplus
        --> Activation.hardtanh
        --> Activation.logsoftmax,
        [ 4; 3 ]
        "dropouts",
        dense 3 8 --> dropout 0.5 --> alphaDropout 0.2 --> gaussianDropout 0.2 --> gaussianNoise 0.1,
        [ 4; 3 ]
        "spatialDropout", conv1d 2 4 1 --> spatialDropout 0.3, [ 2; 2; 3 ]
        "residual", Layer.residual (dense 3 3 --> Activation.tanh), [ 4; 3 ]
        "concat", Layer.concat 1 [ dense 3 2; dense 3 3 ], [ 4; 3 ]
        "fork", Layer.fork (dense 3 2) (dense 3 2) --> Layer.lift (fun struct (a: Tensor, b) -> a * b), [ 4; 3 ]
    ]

let private schedule = Schedule.constant 0.05

let private transforms: (string * Transform) list =
    let sgd = Optimizer.sgd schedule

    [
        "sgd", sgd
        "momentum", Optimizer.momentum schedule 0.9
        "adam", Optimizer.adam schedule
        "adamW", Optimizer.adamW schedule 0.1
        "nesterov", Optimizer.nesterov schedule 0.9
        "adagrad", Optimizer.adagrad schedule
        "rmsProp", Optimizer.rmsProp schedule
        "amsgrad", Optimizer.amsgrad schedule
        "nadam", Optimizer.nadam schedule
        "radam", Optimizer.radam schedule
        "lion", Optimizer.lion schedule 0.1
        "lamb", Optimizer.lamb schedule 0.1
        "adafactor", Optimizer.adafactor schedule
        "averageMomentum", Transform.chain [ Transform.averageMomentum 0.9; sgd ]
        "moments",
        Transform.chain [ Transform.moments (Accumulation.Corrected 0.9) (Accumulation.Average 0.9) 1e-8; sgd ]
        "rmsPropInside", Transform.chain [ Transform.rmsPropInside 0.9 1e-8; sgd ]
        "clipByValue", Transform.chain [ Transform.clipByValue 0.1; sgd ]
        "clipByNorm", Transform.chain [ Transform.clipByNorm 0.1; sgd ]
        "clipByGlobalNorm", Transform.chain [ Transform.clipByGlobalNorm 0.1; sgd ]
        "clipAdaptive", Transform.chain [ Transform.clipAdaptive 0.1; sgd ]
        "l1", Transform.chain [ Transform.l1 0.1; sgd ]
        "proximalL1", Transform.chain [ sgd; Transform.proximalL1 schedule ]
        "addNoise", Transform.chain [ Transform.addNoise schedule; sgd ]
        "accumulate", Transform.accumulate 2 sgd
        "average", Transform.average 0.9 sgd
        "averageFrom", Transform.averageFrom 1 sgd
        "lookahead", Transform.lookahead 2 0.5 sgd
        "skipNonFinite", Transform.skipNonFinite sgd
        "plateau", Transform.plateau 0.5 1 0.01 sgd
        "freeze", Transform.freeze (fun path _ -> path.EndsWith "bias") (Optimizer.adam schedule)
        "clocked",
        Transform.clocked (fun step -> if step % 2 = 0 then Some(step / 2) else None) (Optimizer.adam schedule)
    ]

let private batches inputs targets = Batches.cycle 4 [ struct (inputs, targets) ]

let tests =
    testList
        "float64"
        [
            for name, layer, shape in layers do
                test $"{name}: trained in float64, all leaves are, and derivatives to 1e-6" {
                    let layer = Layer.cast Dtype.Float64 layer
                    let struct (ps, state) = Layer.init key layer
                    let x = doubles shape 3
                    expectWide name (Tree.leaves (Params.values ps) @ Tree.leaves state)
                    let y, after = runLayer layer (Train key) ps state x
                    Expect.equal y.Dtype Dtype.Float64 "what it gives"
                    expectWide $"{name}, state" (Tree.leaves after)

                    let loss ps = Tensor.mean (Tensor.square (fst (runLayer layer (Train key) ps state x) - 0.3))
                    let slopes = Differentiation.gradParams loss ps

                    for path, param in Tree.leaves ps do
                        let branch = List.ofArray (path.Split '/')
                        let at value = loss (Tree.set branch (Leaf { param with Value = value }) ps) |> Tensor.toFloat

                        expectClose
                            1e-6
                            path
                            (numericalGradient at param.Value)
                            (Tensor.toDoubles (Tree.leaf branch slopes))

                    let rule = Rule.ofLoss Loss.squaredError layer
                    let last = Training.fit rule (Optimizer.adamW schedule 0.01) (batches x (Tensor.zerosLike y)) key
                    expectWideSnapshot name last
                }

            for name, layer, shape in layers do
                test $"{name}: beside ±10⁴ float32 gives what float64 does" {
                    let struct (ps, state) = Layer.init key layer
                    let wideLayer = Layer.cast Dtype.Float64 layer
                    let struct (widePs, wideState) = Layer.init key wideLayer

                    for offset in [ 1e4; -1e4 ] do
                        let x = Random.normal shape key + offset

                        for mode in [ Eval; Train key ] do
                            let expected = Tensor.toDoubles (fst (runLayer wideLayer mode widePs wideState (wide x)))
                            let found = Tensor.toDoubles (fst (runLayer layer mode ps state x))
                            // A sum of numbers of 10⁴ is rounded as such, before a normalisation or a slope makes more of it.
                            expectClose 2e-3 $"at {offset}" expected found
                }

            test "activations from -10³⁰ to 10³⁰: values and derivatives of float32 as those of float64" {
                let numbers = [| -1e30; -1e13; -1e4; -30.0; -1.5; 0.5; 1.5; 30.0; 1e4; 1e13; 1e30 |]
                let x = Tensor.cast Dtype.Float32 (Tensor.ofDoubles [ numbers.Length; 1 ] numbers)

                for layer in
                    [
                        Activation.relu
                        Activation.tanh
                        Activation.sigmoid
                        Activation.softplus
                        Activation.gelu
                        Activation.geluTanh
                        Activation.silu
                        Activation.mish
                        Activation.selu
                        Activation.hardtanh
                        Activation.softmax
                        Activation.logsoftmax
                        elu 1.0
                        leakyRelu 0.1
                    ] do
                    let kind = (Layer.spec layer).Kind
                    let f x = fst (runLayer layer Eval Tree.empty Tree.empty x)
                    let slope = Differentiation.grad (f >> Tensor.sum)
                    let relative (a: float[]) (b: float[]) = Array.map2 (fun a b -> b / max 1.0 (abs a)) a b

                    for part, g in [ "value", f; "slope", slope ] do
                        let expected = Tensor.toDoubles (g (wide x))

                        expectClose
                            2e-6
                            $"{kind}, {part}"
                            (relative expected expected)
                            (relative expected (Tensor.toDoubles (g x)))
            }

            for name, transform in transforms do
                test $"{name}: memory and updates stay in float64, and float32's steps are near" {
                    let rule = Rule.ofLoss Loss.squaredError (dense 3 4 --> Activation.tanh --> dense 4 2)
                    let x, y = Random.normal [ 5; 3 ] key, Random.normal [ 5; 2 ] (Key.child 1 key)
                    let narrow = Training.fit rule transform (batches x y) key
                    let last = Training.fit (Rule.cast Dtype.Float64 rule) transform (batches (wide x) (wide y)) key
                    expectWideSnapshot name last
                    // Noise is drawn alike; lion's signs alone may differ where a number is nearly 0.
                    let flat (snapshot: Snapshot) = Tensor.toDoubles (flattened snapshot.Params)
                    expectClose 1e-3 "near" (flat last) (flat narrow)
                    // A run goes on in float64 from what float32 reached.
                    let start = Training.start rule transform key |> Snapshot.cast Dtype.Float64

                    let same =
                        Training.run 4 (Rule.cast Dtype.Float64 rule) transform (batches (wide x) (wide y)) start
                        |> Seq.last

                    expectClose 1e-12 "from a snapshot that was cast" (flat last) (flat same)
                }

            for name, make, batch in RuleRows.rows do
                test $"{name}: two steps in float64 leave nothing narrower" {
                    let rule = make () |> Rule.cast Dtype.Float64
                    let x = wide batch
                    let last = Training.fit rule (Optimizer.momentum schedule 0.9) (Batches.cycle 2 [ x ]) key
                    expectWideSnapshot name last
                }

            test "contrastive divergence under contexts stays in float64" {
                let conditional = ConditionalRbm.create 2 (Rbm.bernoulli 3 2)
                let rule = ConditionalRbm.contrastiveDivergence 1 0.5 conditional |> Rule.cast Dtype.Float64
                let v = Tensor.ofDoubles [ 2; 3 ] [| 1.0; 0.0; 1.0; 0.0; 1.0; 1.0 |]
                let batches = Batches.cycle 2 [ struct (v, doubles [ 2; 2 ] 4) ]
                expectWideSnapshot "conditional" (Training.fit rule (Optimizer.adam schedule) batches key)
            }

            test "kernels move chains of float64 in float64" {
                let sum (x: Tensor) = Tensor.sumOver 1 (Tensor.square x)
                let spins = Tensor.ofDoubles [ 2; 3 ] [| 1.0; -1.0; 1.0; -1.0; 1.0; -1.0 |]
                let bits = 0.5 * (spins + 1.0)
                let rbm, machine, dbm = Rbm.bernoulli 3 2, Boltzmann.create 2 1 1.0, Dbm.bernoulli [ 2; 1 ]
                let cast = Params.cast Dtype.Float64

                let moved: (string * Tensor) list =
                    let run (kernel: Kernel<'info>) start = Kernel.run 2 key kernel start

                    [
                        "walk", run (Metropolis.walk 1.0 sum) spins
                        "flip", run (Metropolis.flip Units.Spin sum) spins
                        "site", run (Gibbs.site Units.Bernoulli sum) bits
                        "sweep", run (Gibbs.sweep Units.Spin sum) spins
                        "chromatic", run (Gibbs.chromatic Units.Spin [ 0; 1; 0 ] id) spins
                        "unadjusted", run (Langevin.unadjusted 0.1 sum) spins
                        "adjusted", run (Langevin.adjusted 0.1 sum) spins
                        "hamiltonian", run (Langevin.hamiltonian 0.1 2 sum) spins
                        "anneal", run (Tempering.anneal (fun _ -> 1.0) (fun _ -> Metropolis.walk 1.0 sum)) spins
                        "parallel",
                        run (Tempering.parallelTempering [ 1.0; 2.0 ] sum (fun _ -> Metropolis.walk 1.0 sum)) spins
                        "Rbm.gibbs", run (Rbm.gibbs rbm (cast (Rbm.init 0.5 key rbm))) bits
                        "Rbm.tempering", run (Rbm.tempering [ 1.0; 2.0 ] rbm (cast (Rbm.init 0.5 key rbm))) bits
                        "Boltzmann.gibbs", run (Boltzmann.gibbs machine (cast (Boltzmann.init 0.5 key machine))) bits
                        "Boltzmann.gibbsHidden",
                        run (Boltzmann.gibbsHidden machine (cast (Boltzmann.init 0.5 key machine))) bits
                        "Dbm.gibbs", run (Dbm.gibbs dbm (cast (Dbm.init 0.5 key dbm))) bits
                    ]

                expectWide "position" moved
            }

            test "what machines say in float64 is float64" {
                let rbm, machine, dbm = Rbm.bernoulli 3 2, Boltzmann.create 2 1 1.0, Dbm.bernoulli [ 3; 2 ]
                let cast = Params.cast Dtype.Float64

                let ps, bs, ds =
                    cast (Rbm.init 0.5 key rbm), cast (Boltzmann.init 0.5 key machine), cast (Dbm.init 0.5 key dbm)

                let v = Tensor.ofDoubles [ 2; 3 ] [| 1.0; 0.0; 1.0; 0.0; 1.0; 1.0 |]
                let two = Tensor.slice 1 0 2 v
                let dbn = Dbn.create [ struct (rbm, ps) ]
                let patterns = 2.0 * v - 1.0
                let network = Hopfield.hebb patterns

                expectWide
                    "machines"
                    [
                        "Rbm.freeEnergy", Rbm.freeEnergy rbm ps v
                        "Rbm.hiddenMeans", Rbm.hiddenMeans rbm ps v
                        "Rbm.drawHidden", Rbm.drawHidden rbm ps key v
                        "Rbm.reconstruct", Rbm.reconstruct rbm ps v
                        "Rbm.logLikelihood", Rbm.logLikelihood 0.0 rbm ps v
                        "Rbm.logPseudoLikelihood", Rbm.logPseudoLikelihood rbm ps v
                        "Rbm.baseRates", Rbm.baseRates rbm v
                        "Boltzmann.energy", Boltzmann.energy machine bs v
                        "Boltzmann.logLikelihood", Boltzmann.logLikelihood machine bs two
                        "Boltzmann.logPartition", Boltzmann.logPartition machine bs
                        "Boltzmann.distribution", Boltzmann.distribution machine bs
                        "Boltzmann.logPseudoLikelihood", Boltzmann.logPseudoLikelihood machine bs v
                        "Boltzmann.meanField", Boltzmann.meanField 1 2 machine bs v
                        "Dbm.meanField", Dbm.meanField 0.0 0.0 2 dbm ds v
                        "Dbm.sample", Dbm.sample 1 2 key dbm ds
                        "Dbn.features", Dbn.features dbn v
                        "Dbn.sample", Dbn.sample 1 2 key dbn
                        "Hopfield weights", network.Weights
                        "Hopfield.energy", Hopfield.energy network patterns
                        "Hopfield.recall", (Hopfield.recall 5 key network patterns).States
                        "Hopfield.recallTogether", (Hopfield.recallTogether 5 network patterns).States
                        "Hopfield.storkey", (Hopfield.storkey patterns).Weights
                        "Hopfield.pseudoInverse", (Hopfield.pseudoInverse patterns).Weights
                        "DenseMemory.energy", DenseMemory.energy (DenseMemory.exponential patterns) patterns
                        "DenseMemory.recall",
                        (DenseMemory.recall 5 key (DenseMemory.exponential patterns) patterns).States
                        "ModernHopfield.update", ModernHopfield.update 1.0 patterns patterns
                        "ModernHopfield.retrieve", (ModernHopfield.retrieve 5 1e-9 1.0 patterns patterns).States
                    ]
            }

            test "casts leave whole numbers and truth values, and refuse dtypes of such" {
                let state: State =
                    Node
                        [
                            "step", Leaf(Tensor.ofInts [ 3 ])
                            "on", Leaf(Tensor.ofBools [ 1 ] [| true |])
                            "x", Leaf(Tensor.ones [ 2 ])
                        ]

                let cast = State.cast Dtype.Float64 state

                Expect.equal
                    [ for leaf in Tree.values cast -> leaf.Dtype ]
                    [ Dtype.Int64; Dtype.Bool; Dtype.Float64 ]
                    "dtypes"

                let rule = Rule.ofLoss Loss.squaredError (dense 2 1)

                for refused in
                    [
                        fun () -> State.cast Dtype.Int64 state |> ignore
                        fun () -> Params.cast Dtype.Bool (Node []) |> ignore
                        fun () -> Layer.cast Dtype.Int32 (dense 2 1) |> ignore
                        fun () -> Rule.cast Dtype.UInt8 rule |> ignore
                        fun () ->
                            Snapshot.cast Dtype.Int64 (Training.start rule (Optimizer.adam schedule) key) |> ignore
                    ] do
                    expectError<ArgumentException> [ "cast"; "floating" ] refused
            }

            test "C#: the same casts" {
                let rule = Rule.ofLoss Loss.squaredError (dense 2 1)
                let start = Training.start rule (Optimizer.adam schedule) key
                let there = CSharp.Snapshots.Cast(start, Dtype.Float64)
                expectSameSnapshot "snapshot" (Snapshot.cast Dtype.Float64 start) there
                let ps = readOnlyDict (Tree.leaves start.Params)

                expectWide
                    "parameters"
                    [ for pair in CSharp.Params.Cast(ps, Dtype.Float64) -> pair.Key, pair.Value.Value ]

                let memory = readOnlyDict (Tree.leaves start.Memory)
                expectWide "state" [ for pair in CSharp.States.Cast(memory, Dtype.Float64) -> pair.Key, pair.Value ]
                let layer = CSharp.LayerExtensions.Cast(dense 2 1, Dtype.Float64)
                let struct (made, _) = Layer.init key layer
                expectWide "layer" (Tree.leaves (Params.values made))
                let struct (made, _) = Rule.init key (CSharp.Rules.Cast(rule, Dtype.Float64))
                expectWide "rule" (Tree.leaves (Params.values made))
            }

            test "jagged arrays of float64 become float64 in both languages, exactly" {
                let third = 1.0 / 3.0
                let jagged = [| [| third; 2.0 |]; [| -3.0; 1e300 |] |]
                let x = Tensor.tensorOf Dtype.Float64 jagged
                Expect.equal (List.ofArray x.Shape, Tensor.toDoubles x) ([ 2; 2 ], [| third; 2.0; -3.0; 1e300 |]) "F#"
                expectSame "C#" x (CSharp.Tensors.Of(Dtype.Float64, jagged))
                let deep = [| jagged; jagged |]
                Expect.equal (List.ofArray (Tensor.tensorOf Dtype.Float64 deep).Shape) [ 2; 2; 2 ] "three axes"

                expectError<ArgumentException> [ "[1]"; "[2]" ] (fun () ->
                    Tensor.tensorOf Dtype.Float64 [| [| 1.0; 2.0 |]; [| 3.0 |] |] |> ignore)
            }
        ]
