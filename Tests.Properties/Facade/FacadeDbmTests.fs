/// Deep Boltzmann machines as C# calls them: the same bits as F#'s functions give.
module FacadeDbmTests

open System
open System.Collections.Generic
open Expecto
open Functional
open Functional.FSharp
open Support

type private M = CSharp.Dbms
type private Values = IReadOnlyDictionary<string, Tensor>

let private key = Key.ofSeed 62
let private moment = { Step = 1; Key = key }
let private byPath (tree: Tree<'a>) : IReadOnlyDictionary<string, 'a> = readOnlyDict (Tree.leaves tree)

let private valuesOf (parameters: IReadOnlyDictionary<string, Param>) =
    [ for p in parameters -> p.Key, p.Value.Role, p.Value.Value ]

// The same paths, roles and bits.
let private expectSameParams what (expected: Params) (found: IReadOnlyDictionary<string, Param>) =
    let expected = [ for path, param in Tree.leaves expected -> path, param.Role, param.Value ]
    let heads = List.map (fun (path, role: Role, _) -> path, role)
    Expect.equal (heads (valuesOf found)) (heads expected) what
    List.iter2 (fun (path, _, a) (_, _, b) -> expectSame $"{what}, {path}" a b) expected (valuesOf found)

let private dbm = Dbm.bernoulli [ 4; 3; 2 ]
let private ps = lazy Dbm.init 0.8 key dbm
let private values = lazy byPath (Params.values ps.Value)
let private data = lazy Random.bernoulli 0.5 [ 6; 4 ] key
let private states = lazy Random.bernoulli 0.5 [ 6; 9 ] key

let private functions: (string * (unit -> Tensor) * (unit -> Tensor)) list =
    [
        "join",
        (fun () -> Dbm.join dbm (Dbm.split dbm states.Value)),
        (fun () -> M.Join(dbm, M.Split(dbm, states.Value)))
        for layer in 0..2 do
            $"inputs of layer {layer}",
            (fun () -> Dbm.inputs dbm ps.Value layer states.Value),
            (fun () -> M.Inputs(dbm, values.Value, layer, states.Value))

            $"means of layer {layer}",
            (fun () -> Dbm.means dbm ps.Value layer states.Value),
            (fun () -> M.Means(dbm, values.Value, layer, states.Value))

            $"layer {layer} drawn",
            (fun () -> Dbm.draw dbm ps.Value layer key states.Value),
            (fun () -> M.Draw(dbm, values.Value, layer, key, states.Value))
        "energy",
        (fun () -> Dbm.energy dbm ps.Value states.Value),
        (fun () -> M.Energy(dbm, values.Value, states.Value))
        "even free energy",
        (fun () -> Dbm.evenFreeEnergy dbm ps.Value (Tensor.slice 1 0 6 states.Value)),
        (fun () -> M.EvenFreeEnergy(dbm, values.Value, Tensor.slice 1 0 6 states.Value))
        "odd free energy",
        (fun () -> Dbm.oddFreeEnergy dbm ps.Value (Tensor.slice 1 0 3 states.Value)),
        (fun () -> M.OddFreeEnergy(dbm, values.Value, Tensor.slice 1 0 3 states.Value))
        "Gibbs",
        (fun () -> Kernel.run 3 key (Dbm.gibbs dbm ps.Value) states.Value),
        (fun () -> Kernel.run 3 key (M.Gibbs(dbm, values.Value)) states.Value)
        "sample from",
        (fun () -> Dbm.sampleFrom 3 states.Value key dbm ps.Value),
        (fun () -> M.SampleFrom(dbm, 3, states.Value, key, values.Value))
        "sample", (fun () -> Dbm.sample 3 7 key dbm ps.Value), (fun () -> M.Sample(dbm, 3, 7, key, values.Value))
        "mean field",
        (fun () -> Dbm.meanField 0.0 0.0 5 dbm ps.Value data.Value),
        (fun () -> M.MeanField(dbm, values.Value, data.Value, 5))
        "mean field, damped, with a tolerance",
        (fun () -> Dbm.meanField 0.3 0.01 50 dbm ps.Value data.Value),
        (fun () -> M.MeanField(dbm, values.Value, data.Value, 50, 0.3, 0.01))
        "bound",
        (fun () -> Dbm.bound 1.5 dbm ps.Value (Dbm.meanField 0.0 0.0 5 dbm ps.Value data.Value)),
        (fun () -> M.Bound(dbm, 1.5, values.Value, M.MeanField(dbm, values.Value, data.Value, 5)))
        "features",
        (fun () -> Dbm.features 4 dbm ps.Value data.Value),
        (fun () -> M.Features(dbm, 4, values.Value, data.Value))
        "ln p",
        (fun () -> Dbm.logLikelihood 1.5 dbm ps.Value data.Value),
        (fun () -> M.LogLikelihood(dbm, 1.5, values.Value, data.Value))
    ]

let tests =
    testList
        "facade of deep Boltzmann machines"
        [
            test "machines and their first parameters" {
                let layers = [ struct (Units.Bernoulli, 3); struct (Units.Spin, 2) ]
                Expect.equal (List.ofSeq (M.Layers(M.Create(Array.ofList layers)))) layers "layers"
                Expect.equal (List.ofSeq (M.Layers(M.Bernoulli [ 4; 3; 2 ]))) (Dbm.layers dbm) "Bernoulli units"
                expectSameParams "first" ps.Value (M.Init(dbm, 0.8, key))
                let leaves kind = [ for _, param in Tree.leaves (Tree.get [ kind ] ps.Value) -> param.Value ]
                expectSameParams "made" ps.Value (M.Parameters(leaves "weight", leaves "bias"))
            }

            for name, expected, found in functions do
                test name { expectSame name (expected ()) (found ()) }

            test "ln Z" {
                Expect.equal (M.LogPartition(dbm, values.Value)) (Dbm.logPartition dbm ps.Value) "exactly"
                let start = Tensor.zeros [ 4 ]
                let expected = Dbm.annealed 20 30 start key dbm ps.Value
                let found = M.Annealed(dbm, 20, 30, start, key, values.Value)
                Expect.equal found.LogWeights expected.LogWeights "annealed"
            }

            test "the layer" {
                let struct (expected, _) = Layer.init key (Dbm.toLayer 3 dbm ps.Value)
                let struct (found, _) = Layer.init key (M.ToLayer(dbm, 3, values.Value))
                expectSameTree "parameters" (Params.values expected) (Params.values found)
            }

            test "the rule" {
                let expected, found = Dbm.persistent 5 2 4 ps.Value dbm, M.Persistent(dbm, 5, values.Value, 2, 4)
                let struct (first, state) = Rule.init key expected
                let struct (first', state') = Rule.init key found
                expectSameParams "parameters, with their roles" first (byPath first')
                expectSameTree "state" state state'
                let a = Rule.estimate expected moment first state data.Value
                let b = Rule.estimate found moment first' state' data.Value
                expectSame "loss" a.Loss b.Loss
                expectSameTree "gradients" a.Gradients b.Gradients
                expectSameTree "state afterwards" a.State b.State
            }

            test "greedy training" {
                let cd rbm = Rbm.contrastiveDivergence 1 0.5 rbm
                let optimizer = Optimizer.sgd (Schedule.constant 0.1)
                let train own rule (x: Tensor) = (Training.fit rule optimizer (Batches.init 3 (fun _ -> x)) own).Params

                let trainFunc =
                    Func<Key, Rule<Tensor>, Tensor, Values>(fun own rule x -> byPath (Params.values (train own rule x)))

                expectSameParams
                    "parameters"
                    (Dbm.greedy cd train dbm key data.Value)
                    (M.Greedy(dbm, cd, trainFunc, key, data.Value))
            }

            testList
                "refused"
                [
                    for name, f in
                        [
                            "machine",
                            (fun () -> M.Energy(Unchecked.defaultof<Dbm>, values.Value, states.Value) |> ignore)
                            "states", (fun () -> M.Energy(dbm, values.Value, Unchecked.defaultof<Tensor>) |> ignore)
                            "parameters", (fun () -> M.LogPartition(dbm, Unchecked.defaultof<Values>) |> ignore)
                        ] do
                        test $"null for the {name}" { Expect.throwsT<ArgumentNullException> f "null" }
                ]
        ]
