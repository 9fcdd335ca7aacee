/// Batches of no samples: a mean over nothing is refused in words that show the batch, never NaN.
module EmptyBatchTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 6
let private none shape = Tensor.zeros (0 :: shape)
let private noLabels = Tensor.reshape [ 0 ] (Tensor.slice 0 0 0 (Tensor.ofInts [ 1 ]))
let private refused (words: string list) (f: unit -> unit) = expectError<ArgumentException> words f

let private losses: (string * (Reduction -> Tensor)) list =
    let x, y = none [ 3 ], none [ 3 ]

    [
        "squared error", (fun r -> Loss.squaredErrorWith r x y)
        "absolute error", (fun r -> Loss.absoluteErrorWith r x y)
        "Huber", (fun r -> Loss.huberWith r 1.0 x y)
        "hinge", (fun r -> Loss.hingeWith r x y)
        "cosine", (fun r -> Loss.cosineWith r x y)
        "triplet", (fun r -> Loss.tripletWith r 1.0 x y y)
        "cross-entropy of probabilities",
        (fun r -> Loss.crossEntropyWith { CrossEntropy.standard with Reduction = r } x y)
        "binary cross-entropy", (fun r -> Loss.binaryCrossEntropyWith r 1.0 x y)
        "binary focal", (fun r -> Loss.binaryFocalWith r 0.25 2.0 x y)
        "KL divergence", (fun r -> Loss.klDivergenceWith r x y)
    ]

// With labels each reduction is refused.
let private labelled: (string * (unit -> Tensor)) list =
    [
        "cross-entropy", (fun () -> Loss.crossEntropy (none [ 3 ]) noLabels)
        "nll", (fun () -> Loss.nll (none [ 3 ]) noLabels)
        "focal", (fun () -> Loss.focal 2.0 (none [ 3 ]) noLabels)
        "multi-margin", (fun () -> Loss.multiMargin 1.0 (none [ 3 ]) noLabels)
        "ignoring", (fun () -> Loss.ignoring 0L Loss.nllWith (none [ 3 ]) noLabels)
    ]

let private kernels: (string * (unit -> unit)) list =
    let sum x = Tensor.sumOver 1 x
    let move (kernel: Kernel<'info>) () = Kernel.run 1 key kernel (none [ 3 ]) |> ignore
    let rbm, boltzmann, dbm = Rbm.bernoulli 3 2, Boltzmann.create 3 0 1.0, Dbm.bernoulli [ 2; 1 ]
    let ps = lazy Rbm.init 0.1 key rbm

    [
        "Metropolis.walk", move (Metropolis.walk 1.0 sum)
        "Metropolis.flip", move (Metropolis.flip Units.Spin sum)
        "Gibbs.site", move (Gibbs.site Units.Spin sum)
        "Gibbs.sweep", move (Gibbs.sweep Units.Spin sum)
        "Gibbs.blocks", move (Gibbs.blocks [ fun _ x -> x ])
        "Gibbs.chromatic", move (Gibbs.chromatic Units.Spin [ 0; 1; 0 ] id)
        "Langevin.unadjusted", move (Langevin.unadjusted 0.1 sum)
        "Langevin.adjusted", move (Langevin.adjusted 0.1 sum)
        "Langevin.hamiltonian", move (Langevin.hamiltonian 0.1 2 sum)
        "Tempering.anneal", move (Tempering.anneal (fun _ -> 1.0) (fun _ -> Metropolis.walk 1.0 sum))
        "Tempering.parallelTempering",
        move (Tempering.parallelTempering [ 1.0; 2.0 ] sum (fun _ -> Metropolis.walk 1.0 sum))
        "Rbm.gibbs", (fun () -> move (Rbm.gibbs rbm ps.Value) ())
        "Rbm.tempering", (fun () -> move (Rbm.tempering [ 1.0; 2.0 ] rbm ps.Value) ())
        "Boltzmann.gibbs", (fun () -> move (Boltzmann.gibbs boltzmann (Boltzmann.init 0.1 key boltzmann)) ())
        "Dbm.gibbs", (fun () -> move (Dbm.gibbs dbm (Dbm.init 0.1 key dbm)) ())
    ]

let private others: (string * (unit -> unit)) list =
    let snapshot =
        lazy Training.start (Rule.ofLoss Loss.squaredError (dense 3 2)) (Optimizer.sgd (Schedule.constant 0.1)) key

    let rbm = Rbm.bernoulli 3 2

    [
        "accuracy", (fun () -> Evaluation.accuracy (none [ 3 ]) noLabels |> ignore)
        "topK", (fun () -> Evaluation.topK 1 (none [ 3 ]) noLabels |> ignore)
        "confusion", (fun () -> Evaluation.confusion (none [ 3 ]) noLabels |> ignore)
        "byClass", (fun () -> Evaluation.byClass (none [ 3 ]) noLabels |> ignore)
        "f1", (fun () -> Evaluation.f1 (none [ 3 ]) noLabels |> ignore)
        "calibration", (fun () -> Evaluation.calibration 5 (none [ 3 ]) noLabels |> ignore)
        "predict", (fun () -> Evaluation.predict 2 (dense 3 2) snapshot.Value (none [ 3 ]) |> ignore)
        "Dataset.create", (fun () -> Dataset.create (none [ 3 ]) noLabels |> ignore)
        "Rbm.baseRates", (fun () -> Rbm.baseRates rbm (none [ 3 ]) |> ignore)
        "Hopfield.hebb", (fun () -> Hopfield.hebb (none [ 3 ]) |> ignore)
        "Hopfield.pseudoInverse", (fun () -> Hopfield.pseudoInverse (none [ 3 ]) |> ignore)
        "Hopfield.storkey", (fun () -> Hopfield.storkey (none [ 3 ]) |> ignore)
        "Hopfield.oneStepError",
        (fun () -> Hopfield.oneStepError (Hopfield.hebb (Tensor.ones [ 1; 3 ])) (none [ 3 ]) |> ignore)
        "DenseMemory.exponential", (fun () -> DenseMemory.exponential (none [ 3 ]) |> ignore)
        "ModernHopfield.update", (fun () -> ModernHopfield.update 1.0 (none [ 3 ]) (Tensor.ones [ 1; 3 ]) |> ignore)
        "Rule.ofLoss",
        (fun () ->
            let rule = Rule.ofLoss Loss.squaredError (dense 3 2)
            let struct (ps, state) = Rule.init key rule
            Rule.estimate rule { Step = 0; Key = key } ps state (struct (none [ 3 ], none [ 2 ])) |> ignore)
        "ConditionalRbm.contrastiveDivergence",
        (fun () ->
            let rule = ConditionalRbm.contrastiveDivergence 1 0.1 (ConditionalRbm.create 2 rbm)
            let struct (ps, state) = Rule.init key rule
            Rule.estimate rule { Step = 0; Key = key } ps state (struct (none [ 3 ], none [ 2 ])) |> ignore)
    ]

/// Layers and the rest of an input's shape; those that need numbers to normalise refuse.
let private layers: (Layer<Tensor, Tensor> * int list) list =
    [
        dense 3 2, [ 3 ]
        dense 3 2, [ 4; 3 ]
        conv1d 2 3 2, [ 2; 4 ]
        conv2d 2 3 2, [ 2; 4; 4 ]
        conv3d 1 2 2, [ 1; 3; 3; 3 ]
        convTranspose1d 2 3 2, [ 2; 4 ]
        convTranspose2d 2 3 2, [ 2; 3; 3 ]
        maxpool2d 2, [ 2; 4; 4 ]
        meanpool2d 2, [ 2; 4; 4 ]
        adaptiveMeanpool [ 2 ], [ 2; 5 ]
        adaptiveMaxpool [ 2 ], [ 2; 5 ]
        layerNorm [ 3 ], [ 3 ]
        rmsNorm [ 3 ], [ 3 ]
        groupNorm 1 2, [ 2; 3 ]
        instanceNorm 2, [ 2; 3 ]
        batchNorm 3, [ 3 ]
        dropout 0.5, [ 3 ]
        alphaDropout 0.5, [ 3 ]
        gaussianNoise 0.5, [ 3 ]
        prelu 3, [ 3 ]
        maxout 2, [ 4 ]
        Activation.softmax, [ 3 ]
        weightNorm 1 (dense 3 2), [ 3 ]
        spectralNorm (dense 3 2), [ 3 ]
    ]

let tests =
    testList
        "empty batches"
        [
            test "each loss refuses a mean over nothing; a sum of none is 0, and each of none is none" {
                for name, loss in losses do
                    refused [ "empty"; "[0" ] (fun () -> loss Reduction.Mean |> ignore)
                    Expect.equal (Tensor.toFloat (loss Reduction.Sum)) 0.0 name
                    Expect.equal (loss Reduction.Each).Count 0 name

                for _, loss in labelled do
                    refused [ "empty"; "[0" ] (fun () -> loss () |> ignore)
            }

            test "each rule refuses it and shows the batch" {
                for name, make, batch in RuleRows.rows do
                    let rule = make ()
                    let struct (ps, state) = Rule.init key rule
                    let batch = Tensor.slice 0 0 0 batch

                    let error =
                        raised<ArgumentException>(fun () ->
                            Rule.estimate rule { Step = 0; Key = key } ps state batch |> ignore)

                    Expect.stringContains error.Message "at least one" name
                    Expect.stringContains error.Message "[0; 3]" name
            }

            test "each kernel needs a chain" {
                for _, kernel in kernels do
                    refused [ "at least one"; "[0; 3]" ] kernel
            }

            test "metrics, evaluation, data sets and memories" {
                let problems =
                    [
                        for name, call in others do
                            try
                                call ()
                                $"{name}: nothing was raised"
                            with :? ArgumentException as error ->
                                if not (error.Message.Contains "[0") then
                                    $"{name}: {error.Message}"
                    ]

                Expect.equal problems [] "each says what it was given"
            }

            test "layers give as many outputs, and derivatives of 0, or need numbers to normalise by" {
                for layer, shape in layers do
                    let kind = string layer
                    let struct (ps, state) = Layer.init key layer

                    try
                        for mode in [ Eval; Train key ] do
                            let run ps = fst (runLayer layer mode ps state (none shape))
                            Expect.equal (run ps).Shape[0] 0 kind

                            for slope in Tree.values (Differentiation.gradParams (run >> Tensor.sum) ps) do
                                expectSame kind (Tensor.zerosLike slope) slope
                    with :? ArgumentException as refusal ->
                        Expect.stringContains refusal.Message "[0" $"{kind} shows it"
            }
        ]
