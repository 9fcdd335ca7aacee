/// Deep Boltzmann machines, against sums over all states by loops over plain numbers and against other machines.
module DbmTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support
open Targets
open DbmMachines

let private key = Key.ofSeed 83
let private moment = { Step = 3; Key = key }

let tests =
    testList
        "deep Boltzmann machines"
        [
            for counts in shapes @ [ [ 5; 4; 3; 2 ]; [ 6; 4; 4; 2 ] ] do
                test $"{counts}: the general machine with the same weights says the same" {
                    let dbm, ps = bernoulli counts 0.7 2
                    let machine, weights = general counts ps
                    let x = bits 9 dbm.Units 3
                    let close what a b = expectClose 1e-10 what (Tensor.toDoubles a) (Tensor.toDoubles b)
                    close "energy" (Boltzmann.energy machine weights x) (Dbm.energy dbm ps x)
                    let logZ = Dbm.logPartition dbm ps
                    expectClose 1e-10 "ln Z" [| Tensor.toFloat (Boltzmann.logPartition machine weights) |] [| logZ |]
                    let v = bits 6 counts.Head 4
                    close "ln p(v)" (Boltzmann.logLikelihood machine weights v) (Dbm.logLikelihood logZ dbm ps v)
                    let found = Tensor.cat 1 [ for i in 0 .. dbm.Depth -> Dbm.means dbm ps i x ]
                    close "means" (Boltzmann.conditional machine weights x) found
                }

            testPropertyWithConfig
                { FsCheckConfig.defaultConfig with maxTest = 10 }
                "the exact matrix of a Gibbs sweep leaves the Boltzmann distribution as it is"
                (fun (NonNegativeInt seed) ->
                    for counts in [ [ 3; 2 ]; [ 2; 2; 2 ]; [ 1; 2; 1; 2 ] ] do
                        let dbm, ps = bernoulli counts 1.5 (seed % 1000)
                        let layers = [ for count in counts -> Units.Bernoulli, count ]
                        let p = chancesOf layers ps
                        (Law.stationary 1e-6 p (sweepMatrix counts dbm ps)).Check())

            test "states follow the matrix of a sweep" {
                let counts = [ 2; 1; 2 ]
                let dbm, ps = bernoulli counts 1.2 5
                let matrix = sweepMatrix counts dbm ps
                let each = 4000
                let start = asTensor (everyState 0.0 5) |> Tensor.repeatInterleave 0 each
                let after = numbers (Kernel.run 1 key (Dbm.gibbs dbm ps) start)

                for i in 0..31 do
                    let chance = Chances.pearson (List.ofArray matrix[i, *]) after[i * each .. (i + 1) * each - 1]
                    expectMore chance 1e-4 $"from state {i}"
            }

            test "with one hidden layer it is a restricted Boltzmann machine" {
                let rbm, dbm = Rbm.bernoulli 4 3, Dbm.bernoulli [ 4; 3 ]
                let w, a, b = 1.5 * doubles [ 4; 3 ] 1, 0.3 * doubles [ 4 ] 2, 0.3 * doubles [ 3 ] 3
                let one, ps = Rbm.parameters w a b, Dbm.parameters [ w ] [ a; b ]
                let v, chains = bits 7 4 1, bits 5 4 2
                let close what x y = expectClose 1e-12 what (Tensor.toDoubles x) (Tensor.toDoubles y)
                close "free energy" (Rbm.freeEnergy rbm one v) (Dbm.evenFreeEnergy dbm ps v)
                expectClose 1e-12 "ln Z" [| Rbm.logPartition rbm one |] [| Dbm.logPartition dbm ps |]
                let state = Node [ "chains", Leaf chains ]
                let expected = Rule.estimate (Rbm.persistent 5 2 0.1 rbm) moment one state v
                let state = Node [ "chains", Leaf(Tensor.cat 1 [ chains; bits 5 3 3 ]) ]
                let found = Rule.estimate (Dbm.persistent 5 2 1 ps dbm) moment ps state v

                expectSame
                    "the same chains"
                    (leaf "chains" expected.State)
                    (List.head (Dbm.split dbm (leaf "chains" found.State)))

                close "weights" (leaf "weight" expected.Gradients) (Tree.leaf [ "weight"; "0" ] found.Gradients)
                close "visible" (leaf "visible" expected.Gradients) (Tree.leaf [ "bias"; "0" ] found.Gradients)
                close "hidden" (leaf "hidden" expected.Gradients) (Tree.leaf [ "bias"; "1" ] found.Gradients)
            }

            test "without weights to the second hidden layer it is a restricted Boltzmann machine beside free units" {
                let rbm, dbm = Rbm.bernoulli 4 3, Dbm.bernoulli [ 4; 3; 2 ]
                let w, a, b, c = 1.5 * doubles [ 4; 3 ] 1, 0.3 * doubles [ 4 ] 2, 0.3 * doubles [ 3 ] 3, doubles [ 2 ] 4
                let one = Rbm.parameters w a b
                let ps = Dbm.parameters [ w; Tensor.zerosOf Dtype.Float64 [ 3; 2 ] ] [ a; b; c ]
                let v = bits 7 4 1
                let expected = Rbm.logPartition rbm one
                let free = Tensor.toFloat (Tensor.sum (Tensor.softplus c))
                let logZ = Dbm.logPartition dbm ps
                expectClose 1e-12 "ln Z" [| expected + free |] [| logZ |]
                let exact = Rbm.logLikelihood expected rbm one v
                let close what x y = expectClose 1e-10 what (Tensor.toDoubles x) (Tensor.toDoubles y)
                close "ln p" exact (Dbm.logLikelihood logZ dbm ps v)
                let x = Dbm.meanField 0.0 0.0 1 dbm ps v
                close "means" (Rbm.hiddenMeans rbm one v) (List.item 1 (Dbm.split dbm x))
                close "the bound is ln p" exact (Dbm.bound logZ dbm ps x)
            }

            test "Gaussian visible units: ln Z, ln p and the bound by the integral over them" {
                let layers = [ Units.Gaussian, 2; Units.Bernoulli, 2; Units.Spin, 2 ]
                let dbm, ps = machineOf layers 0.6 3
                let hidden = product (List.map statesOf (List.tail layers)) |> Array.ofList
                let w = Tensor.toDoubles2D (Tree.leaf [ "weight"; "0" ] ps).Value
                let a = Tensor.toDoubles (Tree.leaf [ "bias"; "0" ] ps).Value

                // ∫ exp(u·v - v²/2) dv = √(2π)·exp(u²/2) for each unit.
                let overVisible (h: float[][]) =
                    let rest = -(energyOf ps (Array.append [| [| 0.0; 0.0 |] |] h))

                    rest
                    + Seq.sum (
                        seq {
                            for i in 0..1 ->
                                let u = a[i] + w[i, 0] * h[0][0] + w[i, 1] * h[0][1]
                                0.5 * log (2.0 * Math.PI) + 0.5 * u * u
                        }
                    )

                let logZ = logSum (Seq.map overVisible hidden)
                expectClose 1e-10 "ln Z" [| logZ |] [| Dbm.logPartition dbm ps |]
                let v = doubles [ 5; 2 ] 8

                let exact =
                    rows v
                    |> Array.map (fun v ->
                        let square = 0.5 * Array.sumBy (fun x -> x * x) v
                        logSum (hidden |> Seq.map (fun h -> -(energyOf ps (Array.append [| v |] h)))) - square - logZ)

                expectClose 1e-10 "ln p" exact (Tensor.toDoubles (Dbm.logLikelihood logZ dbm ps v))
                let bound = Tensor.toDoubles (Dbm.bound logZ dbm ps (Dbm.meanField 0.0 0.0 20 dbm ps v))

                for b, e in Seq.zip bound exact do
                    Expect.isTrue (b <= e + 1e-10 && b > e - 1.0) $"{b} is below {e}, not far"
            }

            test "ln Z and ln p over several blocks of states" {
                // 17 odd units against 18 even ones.
                let dbm, ps = bernoulli [ 9; 17; 9 ] 0.3 3
                let states = Tensor.cast Dtype.Float64 (Energy.enumerate 18)
                let even = Tensor.toFloat (Energy.logPartition (Dbm.evenFreeEnergy dbm ps) states)
                let logZ = Dbm.logPartition dbm ps
                expectClose 1e-10 "the even layers and the odd ones say the same" [| even |] [| logZ |]
                let dbm, ps = bernoulli [ 3; 17; 16 ] 0.3 3
                let v, top = bits 2 3 4, Tensor.cast Dtype.Float64 (Energy.enumerate 16)

                let expected =
                    [|
                        for i in 0..1 ->
                            let v = Tensor.expand [ top.Shape[0]; 3 ] (Tensor.slice 0 i (i + 1) v)
                            Tensor.toFloat (Tensor.logsumexp -(Dbm.evenFreeEnergy dbm ps (Tensor.cat 1 [ v; top ])))
                    |]

                expectClose 1e-10 "ln p" expected (Tensor.toDoubles (Dbm.logLikelihood 0.0 dbm ps v))
            }

            for layers in everyKind do
                test $"{layers}: annealing is unbiased for Z" {
                    let dbm, ps = machineOf layers 0.8 7
                    let start = 0.3 * doubles [ snd layers.Head ] 5
                    let chains = 20_000
                    let found = Dbm.annealed 6 chains start key dbm ps
                    let logZ = logZOf layers ps
                    // Weights relative to Z, whose mean is 1.
                    let weights = found.LogWeights |> Array.map (fun w -> exp (w - logZ))
                    let mean = Array.average weights
                    let error = sqrt (Array.averageBy (fun w -> (w - mean) ** 2.0) weights / float chains)
                    expectLess (abs (mean - 1.0)) (5.0 * error) $"{mean} ± {error}"
                    expectLess error 0.02 "the test has power"
                    expectMore error 1e-5 "which annealing from another model has"
                    expectClose 1e-9 "value" [| logZ + log mean |] [| found.Value |]
                }

            for counts in shapes do
                test $"{counts}: samples have the machine's moments" {
                    let layers = [ for count in counts -> Units.Bernoulli, count ]
                    let dbm, ps = bernoulli counts 0.8 7
                    let chains = 40_000
                    let samples = Dbm.sample 30 chains key dbm ps
                    Expect.equal samples.Shape [| chains; counts.Head |] "shape"
                    let expected = moments (statesOf layers.Head) (likelihoods layers ps |> Array.map exp)
                    // The means of units are independent of each other given what is above.
                    let found = moments (rows samples) (Array.create chains (1.0 / float chains))
                    let error = 4.5 * sqrt (0.25 / float chains)

                    for expected, found in Seq.zip expected found do
                        expectLess (abs (expected - found)) error $"{expected} and {found}"
                }

            test "samples go on from states" {
                let dbm, ps = bernoulli [ 3; 2; 2 ] 1.0 2
                let start = bits 5 7 1
                let x = Kernel.run 4 key (Dbm.gibbs dbm ps) start
                expectSame "four sweeps" (Dbm.means dbm ps 0 x) (Dbm.sampleFrom 4 start key dbm ps)
                expectSame "the same key" (Dbm.sample 4 6 key dbm ps) (Dbm.sample 4 6 key dbm ps)
            }
        ]
