/// Deep belief networks and energy networks as C# calls them: the same bits as F#'s functions give.
module FacadeDbnTests

open System
open System.Collections.Generic
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

type private N = CSharp.Dbns
type private E = CSharp.EnergyNetworks
type private Values = IReadOnlyDictionary<string, Tensor>

let private key = Key.ofSeed 61
let private moment = { Step = 1; Key = key }
let private byPath (tree: Tree<'a>) : IReadOnlyDictionary<string, 'a> = readOnlyDict (Tree.leaves tree)
let private machines = [ Rbm.bernoulli 4 3; Rbm.bernoulli 3 2 ]
let private data = lazy Random.bernoulli 0.5 [ 6; 4 ] key
let private train own rbm (_: Tensor) = Rbm.init 0.8 own rbm
let private network = lazy Dbn.greedy train machines key data.Value
let private bound dbn = Dbn.bound dbn data.Value

let private energyLayer: Layer<Tensor, Tensor> = dense 4 5 --> tanh --> dense 5 1
let private walker (energy: Energy) = Langevin.adjusted 0.05 energy
let private walkerFunc = Func<Func<Tensor, Tensor>, Kernel<float>>(fun energy -> walker energy.Invoke)
let private draw count key = 2.0 * Random.normal [ count; 4 ] key
let private drawFunc = Func<int, Key, Tensor>(fun count key -> draw count key)
let private logDensity (x: Tensor) = -0.125 * Tensor.sumOver 1 (Tensor.square x)

let private rules: (string * Rule<Tensor> * Rule<Tensor>) list =
    [
        "contrastive divergence",
        EnergyNetwork.contrastiveDivergence walker 3 0.2 energyLayer,
        E.ContrastiveDivergence(walkerFunc, 3, 0.2, energyLayer)
        "persistent",
        EnergyNetwork.persistent walker 3 9 0.4 draw 0.2 energyLayer,
        E.Persistent(walkerFunc, 3, 9, 0.4, drawFunc, 0.2, energyLayer)
        "score matching", EnergyNetwork.scoreMatching energyLayer, E.ScoreMatching energyLayer
        "sliced score matching", EnergyNetwork.slicedScoreMatching energyLayer, E.SlicedScoreMatching energyLayer
        "denoising score matching",
        EnergyNetwork.denoisingScoreMatching 0.4 energyLayer,
        E.DenoisingScoreMatching(0.4, energyLayer)
        "multiscale score matching",
        EnergyNetwork.multiscaleScoreMatching [ 0.2; 0.6 ] energyLayer,
        E.MultiscaleScoreMatching([ 0.2; 0.6 ], energyLayer)
        "noise-contrastive estimation",
        EnergyNetwork.noiseContrastive draw logDensity energyLayer,
        E.NoiseContrastive(drawFunc, logDensity, energyLayer)
    ]

// The same first parameters and state, and the same estimate.
let private expectSameRule name (expected: Rule<Tensor>) (found: Rule<Tensor>) x =
    let struct (ps, state) = Rule.init key expected
    let struct (ps', state') = Rule.init key found
    expectSameTree $"{name}, parameters" (Params.values ps) (Params.values ps')
    expectSameTree $"{name}, state" state state'
    let a, b = Rule.estimate expected moment ps state x, Rule.estimate found moment ps' state' x
    expectSame $"{name}, loss" a.Loss b.Loss
    expectSameTree $"{name}, gradients" a.Gradients b.Gradients
    expectSameTree $"{name}, state afterwards" a.State b.State

let tests =
    testList
        "facade of deep belief networks"
        [
            test "layer by layer" {
                let level (factor: float) (own: Key) (x: Tensor) =
                    struct ((factor, own, Tensor.toDoubles x), Func<Tensor, Tensor>(fun (x: Tensor) -> factor * x))

                let levels =
                    [
                        for factor in [ 2.0; 3.0 ] ->
                            Func<Key, Tensor, struct ((float * Key * float[]) * Func<Tensor, Tensor>)>(level factor)
                    ]

                let expected =
                    Greedy.layerwise
                        [
                            for factor in [ 2.0; 3.0 ] ->
                                fun own x ->
                                    let struct (model, lift) = level factor own x
                                    struct (model, lift.Invoke)
                        ]
                        key
                        data.Value

                Expect.equal (List.ofSeq (CSharp.Greedy.Layerwise(levels, key, data.Value))) expected "models"
            }

            test "networks" {
                let dbn = network.Value

                let trainFunc =
                    Func<Key, Rbm, Tensor, Values>(fun own rbm x -> byPath (Params.values (train own rbm x)))

                expectSame "greedy" (bound dbn) (bound (N.Greedy(trainFunc, machines, key, data.Value)))
                let parts = [| for struct (rbm, ps) in Dbn.machines dbn -> struct (rbm, byPath (Params.values ps)) |]
                expectSame "create" (bound dbn) (bound (N.Create parts))

                for struct (rbm, ps), struct (rbm', ps') in Seq.zip (Dbn.machines dbn) (N.Machines dbn) do
                    Expect.equal rbm' rbm "machine"
                    expectSameLeaves "its parameters" (Params.values ps) ps'

                expectSame "features" (Dbn.features dbn data.Value) (N.Features(dbn, data.Value))
                let start = Random.bernoulli 0.5 [ 5; 3 ] key
                expectSame "sample from" (Dbn.sampleFrom 3 start key dbn) (N.SampleFrom(dbn, 3, start, key))
                expectSame "sample" (Dbn.sample 3 7 key dbn) (N.Sample(dbn, 3, 7, key))
                expectSame "tied" (bound (Dbn.tied dbn)) (bound (N.Tied dbn))
                expectSame "bound" (bound dbn) (N.Bound(dbn, data.Value))
                let struct (ps, _) = Layer.init key (Dbn.toLayer 3 dbn)
                let struct (ps', _) = Layer.init key (N.ToLayer(dbn, 3))
                expectSameTree "layer" (Params.values ps) (Params.values ps')
                expectSameRule "up and down" (Dbn.upDown 2 dbn) (N.UpDown(dbn, 2)) data.Value
                let batches = Batches.init 3 (fun _ -> data.Value)
                let last = Training.fit (Dbn.upDown 2 dbn) (Optimizer.sgd (Schedule.constant 0.1)) batches key
                let learnt, learntOf = Dbn.afterUpDown last.Params dbn, N.AfterUpDown(dbn, last)
                expectSame "after it" (bound learnt) (bound learntOf)
                expectSame "its features" (Dbn.features learnt data.Value) (N.Features(learntOf, data.Value))

                for struct (rbm, ps), struct (rbm', ps') in Seq.zip (Dbn.recognition learnt) (N.Recognition learntOf) do
                    Expect.equal rbm' rbm "machine"
                    expectSameLeaves "its way up" (Params.values ps) ps'
            }

            for name, expected, found in rules do
                test name { expectSameRule name expected found (draw 6 (Key.ofSeed 3)) }

            test "energies" {
                let rule = EnergyNetwork.denoisingScoreMatching 0.4 energyLayer
                let x = draw 6 key
                let last = Training.start rule (Optimizer.sgd (Schedule.constant 0.1)) key
                expectSame "of a run" (EnergyNetwork.energy energyLayer last x) (E.Energy(energyLayer, last).Invoke x)
                let ps, none = byPath (Params.values last.Params), byPath (Tree.empty: Tree<Tensor>)
                let expected = EnergyNetwork.ofLayer energyLayer last.Params (Tree.get [ "layer" ] last.State) x
                expectSame "of a layer" expected (E.OfLayer(energyLayer, ps, none).Invoke x)
            }

            testList
                "refused"
                [
                    for name, f in
                        [
                            "network", (fun () -> N.Features(Unchecked.defaultof<Dbn>, data.Value) |> ignore)
                            "samples", (fun () -> N.Bound(network.Value, Unchecked.defaultof<Tensor>) |> ignore)
                            "layer", (fun () -> E.ScoreMatching(Unchecked.defaultof<Layer<Tensor, Tensor>>) |> ignore)
                        ] do
                        test $"null for the {name}" { Expect.throwsT<ArgumentNullException> f "null" }
                ]
        ]
