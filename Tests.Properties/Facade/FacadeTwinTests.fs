/// The gallery's networks in C# train to the bits of those in F#.
module FacadeTwinTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

let private key = Key.ofSeed 12

/// Each gallery network: trained by its twin in C#, and as Classifier.fs trains it in F#.
let private gallery =
    [
        "Softmax", Examples.Softmax.softmax, Optimizer.sgd (Schedule.constant 0.1), Examples.CSharp.Softmax.Train
        for name, optimizer in Examples.Mlp.optimizers do
            $"Mlp with {name}",
            Examples.Mlp.mlp,
            optimizer 10,
            (fun (digits, epochs, key) -> Examples.CSharp.Mlp.Train(digits, epochs, key, name))
        "Mlp with its standard optimizer",
        Examples.Mlp.mlp,
        Optimizer.adam (Schedule.constant 1e-3),
        (fun (digits, epochs, key) -> Examples.CSharp.Mlp.Train(digits, epochs, key))
        "LeNet", Examples.LeNet.lenet, Optimizer.adam (Schedule.cosine 1e-3 0.0 10), Examples.CSharp.LeNet.Train
        "Cbapd", Examples.Cbapd.cbapd, Optimizer.adam (Schedule.cosine 2e-3 0.0 10), Examples.CSharp.Cbapd.Train
    ]

let private drawn = lazy Digits.drawn 640 (Key.ofSeed 5)

// Those whose runs are short: a whole run, quick, on a few digits.
let private machines: (Examples.Entry * int option) list =
    [
        Examples.HopfieldTank.entry, None
        Examples.BoltzmannMachine.entry, None
        Examples.RbmBars.entry, None
        Examples.RbmDigits.entry, Some 1
        Examples.RbmFeatures.entry, Some 1
        Examples.EnergyDigits.entry, Some 1
    ]

let tests =
    testList
        "facade twins"
        [
            for name, layer, optimizer, train in gallery do
                test $"the twin of {name} trains to the same bits" {
                    let twinRule = Rule.ofLoss Loss.crossEntropy layer

                    let expected =
                        Training.fit
                            twinRule
                            optimizer
                            (Dataset.batches 64 1 (Key.child 1 key) drawn.Value)
                            (Key.child 0 key)

                    Expect.equal expected.Step 10 "640 digits in batches of 64"
                    expectSameSnapshot name expected (train (drawn.Value, 1, key))
                }

            for entry, epochs in machines do
                test $"the twin of {entry.Name} measures the same" {
                    inFolder (fun folder ->
                        writeMnist folder (Dataset.slice 0 300 drawn.Value) (Dataset.slice 300 400 drawn.Value)

                        let measured csharp =
                            let request: Examples.Request =
                                {
                                    Seed = 3
                                    Data = Some folder
                                    Epochs = epochs
                                    Optimizer = None
                                    Quick = true
                                    CSharp = csharp
                                }

                            let silent: Examples.Reporter = { Tell = ignore; Advance = fun _ _ -> () }
                            (entry.Run request silent).Metrics

                        let expected = measured false
                        Expect.isNonEmpty expected "metrics"
                        Expect.equal (measured true) expected "names and numbers")
                }

            test "the five optimizers of the course train in five ways" {
                let ends =
                    [
                        for name, _, _, train in gallery do
                            if name.StartsWith "Mlp with" && not (name.Contains "standard") then
                                (train (drawn.Value, 1, key): Snapshot).Loss |> Tensor.toFloat
                    ]

                Expect.equal (List.distinct ends).Length 5 "five losses"
                Expect.all ends Double.IsFinite "finite"
            }

            test "the twin of Hopfield measures the same" {
                let digits = Examples.Hopfield.patterns drawn.Value

                let found =
                    [ for struct (name, value) in Examples.CSharp.HopfieldCapacity.Measure(digits, key) -> name, value ]

                Expect.equal found (Examples.Hopfield.measure digits key) "names and numbers"
            }

            test "the twin of DenseMemory measures the same" {
                let found =
                    [
                        for struct (name, value) in Examples.CSharp.DenseMemoryCapacity.Measure(true, key) ->
                            name, value
                    ]

                Expect.equal found (Examples.DenseMemory.measure true key) "names and numbers"
            }

            test "the twin of the deep belief network learns the same" {
                let rows = Examples.Dbn.rows drawn.Value
                let rbm = Rbm.bernoulli 784 8
                let expected = Examples.Dbn.machine 2 key rbm rows

                expectSameTree
                    "a machine"
                    (Params.values expected)
                    (Params.values (Examples.CSharp.DeepBelief.Machine(rbm, rows, 2, key).Params))

                let errors = Examples.Dbn.errors Examples.Dbn.random 2 key drawn.Value drawn.Value

                Expect.equal
                    (List.ofSeq (
                        Examples.CSharp.DeepBelief.Errors(
                            Examples.CSharp.DeepBelief.Random,
                            2,
                            key,
                            drawn.Value,
                            drawn.Value
                        )
                    ))
                    errors
                    "errors"

                let judge = Examples.Dbn.judge 1 key drawn.Value
                expectSameSnapshot "judge" judge (Examples.CSharp.DeepBelief.Judge(1, key, drawn.Value))
            }

            test "the twin of the deep Boltzmann machine learns the same" {
                let dbm = Dbm.bernoulli [ 784; 8; 6 ]
                let samples = Examples.BinaryDigits.binarised key drawn.Value
                let byPath (tree: Tree<Tensor>) = readOnlyDict (Tree.leaves tree)
                let first = Examples.Dbm.pretrain 1 key dbm samples
                let twinFirst = Examples.CSharp.DeepBoltzmann.Pretrain(dbm, samples, 1, key)

                expectSameLeaves
                    "layer by layer"
                    (Params.values first)
                    (readOnlyDict [ for param in twinFirst -> param.Key, param.Value.Value ])

                let expected = Examples.Dbm.learn 1 key dbm first samples
                let found = Examples.CSharp.DeepBoltzmann.Learn(dbm, byPath (Params.values first), samples, 1, key)
                expectSameSnapshot "all layers at once" expected found
                let logZ, bound = Examples.Dbm.bound 20 key dbm expected.Params samples samples
                let ps = byPath (Params.values expected.Params)

                let struct (twinLogZ, twinBound) =
                    Examples.CSharp.DeepBoltzmann.Bound(dbm, ps, 20, samples, samples, key)

                Expect.equal twinLogZ.LogWeights logZ.LogWeights "ln Z"
                Expect.equal twinBound bound "the bound"
            }

            test "the twin of the energy network learns the same" {
                let expected = Examples.EnergyNet.train ignore 5 (Key.child 0 key) (Key.child 1 key)
                let found = Examples.CSharp.EnergyNet.Train(5, Key.child 0 key, Key.child 1 key)
                expectSameSnapshot "five steps" expected found
            }
        ]
