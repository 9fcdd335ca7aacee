/// The mean field of deep Boltzmann machines and its bound, against sums over all hidden states.
module DbmMeanFieldTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support
open Targets
open DbmMachines

let private key = Key.ofSeed 83

let tests =
    testList
        "mean field of deep Boltzmann machines"
        [
            for layers in everyKind do
                test $"{layers}: energies, free energies and means by loops" {
                    let dbm, ps = machineOf layers 0.8 1
                    let states = allStates layers
                    let x = tensorOf states
                    let energies = Array.map (energyOf ps) states
                    expectClose 1e-12 "energy" energies (Tensor.toDoubles (Dbm.energy dbm ps x))
                    Expect.equal (Dbm.layers dbm) [ for units, count in layers -> struct (units, count) ] "layers"
                    expectSame "split and join" x (Dbm.join dbm (Dbm.split dbm x))

                    // Of groups of states that are alike in the layers kept: -ln Σ exp(-E).
                    for parity, free in [ 0, Dbm.evenFreeEnergy dbm ps; 1, Dbm.oddFreeEnergy dbm ps ] do
                        let kept (x: float[][]) = Array.concat [ for i in parity..2 .. x.Length - 1 -> x[i] ]
                        let groups = Array.zip states energies |> Array.groupBy (fst >> kept)
                        let expected = [| for _, group in groups -> -(logSum (Seq.map (snd >> (~-)) group)) |]
                        let found = Tensor.toDoubles (free (asTensor (Array.map fst groups)))
                        expectClose 1e-10 $"parity {parity}" expected found

                    for layer in 0 .. dbm.Depth do
                        let found = rows (Dbm.means dbm ps layer x)

                        for state, found in Seq.zip states found do
                            let own = statesOf layers[layer]
                            let weights = own |> Array.map (fun s -> exp -(energyOf ps (Array.updateAt layer s state)))

                            let mean i =
                                Array.sum (Array.map2 (fun w (s: float[]) -> w * s[i]) weights own) / Array.sum weights

                            expectClose 1e-10 $"means of layer {layer}" (Array.init found.Length mean) found
                }

                test $"{layers}: ln Z and ln p(v) by loops" {
                    let dbm, ps = machineOf layers 0.8 2
                    let logZ = Dbm.logPartition dbm ps
                    expectClose 1e-10 "ln Z" [| logZOf layers ps |] [| logZ |]
                    let found = Dbm.logLikelihood logZ dbm ps (visibleStates layers)
                    expectClose 1e-10 "ln p" (likelihoods layers ps) (Tensor.toDoubles found)
                }

                test $"{layers}: the bound is the sum over all hidden states, and below ln p(v)" {
                    for seed in 1..3 do
                        let dbm, ps = machineOf layers 1.2 (10 * seed)
                        let logZ = logZOf layers ps
                        let x = Dbm.meanField 0.3 0.0 seed dbm ps (visibleStates layers)
                        let found = Tensor.toDoubles (Dbm.bound logZ dbm ps x)
                        let means = Dbm.split dbm x |> List.map rows
                        let hidden = product (List.map statesOf (List.tail layers))

                        // The chance of a state of a layer under independent units of these means.
                        let chance units (m: float[]) (s: float[]) =
                            match units with
                            | Units.Softmax _ -> Array.sum (Array.map2 (*) m s)
                            | Units.Spin -> Array.fold2 (fun p m s -> p * (1.0 + m * s) / 2.0) 1.0 m s
                            | _ -> Array.fold2 (fun p m s -> p * (if s = 1.0 then m else 1.0 - m)) 1.0 m s

                        let expected =
                            [|
                                for row in 0 .. found.Length - 1 ->
                                    hidden
                                    |> Seq.sumBy (fun h ->
                                        let q =
                                            h
                                            |> Seq.mapi (fun i s -> chance (fst layers[i + 1]) (means[i + 1][row]) s)
                                            |> Seq.reduce (*)

                                        q * (-(energyOf ps (Array.append [| means[0][row] |] h)) - log q - logZ))
                            |]

                        expectClose 1e-10 "by loops" expected found
                        let exact = likelihoods layers ps

                        for bound, exact in Seq.zip found exact do
                            Expect.isTrue (bound <= exact + 1e-10) $"{bound} is at most {exact}"

                        if dbm.Depth = 1 then
                            let x = Dbm.meanField 0.0 0.0 0 dbm ps (visibleStates layers)
                            let tight = Tensor.toDoubles (Dbm.bound logZ dbm ps x)
                            expectClose 1e-10 "at it for one hidden layer" exact tight
                        else
                            expectLess (Array.average found) (Array.average exact - 1e-4) "a bound only"
                }

            testPropertyWithConfig
                { FsCheckConfig.defaultConfig with maxTest = 30 }
                "each sweep of the mean field raises the bound or holds it, damped or not, and ends where means reproduce themselves"
                (fun (NonNegativeInt seed) ->
                    for layers in [ [ Units.Bernoulli, 3; Units.Bernoulli, 3; Units.Bernoulli, 2 ]; mixed[1] ] do
                        let dbm, ps = machineOf layers 1.5 (seed % 1000)
                        let v = visibleStates layers

                        for keep in [ 0.0; 0.4 ] do
                            let bounds =
                                [
                                    for sweeps in 0..8 ->
                                        Tensor.toDoubles (
                                            Dbm.bound 0.0 dbm ps (Dbm.meanField keep 0.0 sweeps dbm ps v)
                                        )
                                ]

                            for before, after in List.pairwise bounds do
                                for b, a in Seq.zip before after do
                                    Expect.isTrue (a >= b - 1e-12) $"keep {keep}: {b}, then {a}"

                            let x = Dbm.meanField keep 1e-12 20_000 dbm ps v

                            for layer in 1 .. dbm.Depth do
                                let again = Dbm.means dbm ps layer x

                                expectClose
                                    1e-9
                                    "fixed"
                                    (Tensor.toDoubles again)
                                    (Tensor.toDoubles (List.item layer (Dbm.split dbm x))))

            test "the mean field: a sweep by hand, and the first guess" {
                let dbm, ps = bernoulli [ 3; 2; 4; 2 ] 1.0 4
                let v = bits 6 3 5
                let w i = (Tree.leaf [ "weight"; string i ] ps).Value
                let b i = (Tree.leaf [ "bias"; string i ] ps).Value
                let up i x = Tensor.matmul x (w (i - 1)) + b i
                let down i x = Tensor.matmul x (Tensor.transpose 0 1 (w i))
                let doubled i x = Tensor.sigmoid (up i x + up i x - b i)
                let h1 = doubled 1 v
                let h2 = doubled 2 h1
                let h3 = Tensor.sigmoid (up 3 h2)

                let close what expected found =
                    expectClose 1e-12 what (Tensor.toDoubles expected) (Tensor.toDoubles found)

                close "guess" (Tensor.cat 1 [ v; h1; h2; h3 ]) (Dbm.meanField 0.0 0.0 0 dbm ps v)
                let mix (old: Tensor) input = 0.25 * old + 0.75 * Tensor.sigmoid input
                let h1 = mix h1 (up 1 v + down 1 h2)
                let h2 = mix h2 (up 2 h1 + down 2 h3)
                let h3 = mix h3 (up 3 h2)
                let found = Dbm.meanField 0.25 0.0 1 dbm ps v
                close "sweep" (Tensor.cat 1 [ v; h1; h2; h3 ]) found
                close "features" h3 (List.item 3 (Dbm.split dbm found))

                expectSame
                    "features"
                    (List.last (Dbm.split dbm (Dbm.meanField 0.0 0.0 7 dbm ps v)))
                    (Dbm.features 7 dbm ps v)
            }

            test "the mean field stops when no mean moves by more than the tolerance" {
                let dbm, ps = bernoulli [ 3; 3; 3 ] 1.5 6
                let v = bits 6 3 5
                let after sweeps = Dbm.meanField 0.0 0.0 sweeps dbm ps v
                let moved n = Tensor.toFloat (Tensor.max (Tensor.abs (after n - after (n - 1))))
                let n = Seq.initInfinite ((+) 1) |> Seq.find (fun n -> moved n <= 1e-3)
                expectMore n 1 "more than one sweep"
                expectSame "so many sweeps" (after n) (Dbm.meanField 0.0 1e-3 1000 dbm ps v)
                expectSame "or fewer" (after (n - 1)) (Dbm.meanField 0.0 1e-3 (n - 1) dbm ps v)
            }

            for counts in shapes do
                test $"{counts}: the layer gives the first guess, then a dense layer" {
                    let dbm, ps = bernoulli counts 1.0 3
                    let layer = Dbm.toLayer 4 dbm ps
                    let struct (first, state) = Layer.init key layer
                    let x = bits 7 counts.Head 5
                    let y, _ = runLayer layer Eval (widenParams first) state x
                    let top = string (2 * dbm.Depth)
                    let leaf name = Tensor.cast Dtype.Float64 (Tree.leaf [ top; name ] first).Value
                    let expected = Tensor.matmul (Dbm.features 0 dbm ps x) (leaf "weight") + leaf "bias"
                    expectClose 1e-12 "outputs" (Tensor.toDoubles expected) (Tensor.toDoubles y)
                }
        ]
