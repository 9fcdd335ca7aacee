/// Learning of deep Boltzmann machines, against derivatives of energies.
module DbmRuleTests

open Expecto
open Functional
open Functional.FSharp
open Support
open Targets
open DbmMachines

let private key = Key.ofSeed 83
let private moment = { Step = 3; Key = key }
let private bars = Synthetic.barsAndStripes 3

let tests =
    testList
        "rules of deep Boltzmann machines"
        [
            for counts in shapes do
                test $"{counts}: the rule is the derivative of the mean energy of data less that of chains" {
                    let dbm, ps = bernoulli counts 0.8 3
                    let v, chains = bits 7 counts.Head 2, bits 5 dbm.Units 3
                    let made = Rule.estimate (Dbm.persistent 5 2 4 ps dbm) moment ps (Node [ "chains", Leaf chains ]) v
                    let moved = Kernel.run 2 key (Dbm.gibbs dbm ps) chains
                    expectSame "chains go on" moved (leaf "chains" made.State)
                    let data = Dbm.meanField 0.0 0.0 4 dbm ps v
                    let layers = Dbm.split dbm moved
                    let even = Tensor.cat 1 [ for i in 0..2 .. dbm.Depth -> layers[i] ]

                    let difference ps =
                        Tensor.mean (Dbm.energy dbm ps data) - Tensor.mean (Dbm.evenFreeEnergy dbm ps even)

                    expectGradients 1e-10 (Differentiation.gradParams difference ps) made.Gradients
                    let odd i x = if i % 2 = 1 then Dbm.means dbm ps i moved else x
                    let model = Dbm.join dbm (List.mapi odd layers)
                    let loss = Tensor.mean (Dbm.energy dbm ps data) - Tensor.mean (Dbm.energy dbm ps model)
                    expectClose 1e-10 "loss" [| Tensor.toFloat loss |] [| Tensor.toFloat made.Loss |]
                }

            test "with many chains the rule gives the exact gradient of the bound" {
                let counts = [ 4; 3; 2 ]
                let dbm, ps = bernoulli counts 0.8 3
                let v = bits 6 4 5
                let chains = 40_000
                let rule = Dbm.persistent chains 60 30 ps dbm
                let struct (first, state) = Rule.init key rule
                let made = Rule.estimate rule moment first state v
                let x = Dbm.meanField 0.0 0.0 30 dbm ps v
                let states = Tensor.cast Dtype.Float64 (Energy.enumerate 9)
                let loss ps = -(Tensor.mean (Dbm.bound 0.0 dbm ps x)) + Energy.logPartition (Dbm.energy dbm ps) states
                let exact = Differentiation.gradParams loss ps
                // Numbers between 0 and 1 have a variance of at most 1/4.
                let error = 5.0 * sqrt (0.25 / float chains)

                for (path, a), (_, b) in List.zip (Tree.leaves exact) (Tree.leaves made.Gradients) do
                    expectLess (Tensor.toFloat (Tensor.max (Tensor.abs (a - b)))) error path

                let largest = Tree.values exact |> Array.map (fun g -> Tensor.toFloat (Tensor.max (Tensor.abs g)))
                expectMore (Array.max largest) (10.0 * error) "the test has power"
            }

            test "training on bars and stripes goes far beyond independent pixels" {
                let dbm = Dbm.bernoulli [ 9; 8; 4 ]
                let rule = Dbm.persistent 100 5 10 (Dbm.init 0.1 key dbm) dbm
                let steps = 3000
                let optimizer = Optimizer.sgd (Schedule.linear 0.15 0.0 steps)
                let last = Training.fit rule optimizer (Batches.init steps (fun _ -> bars)) key
                let logZ = Dbm.logPartition dbm last.Params
                let exact = Tensor.toFloat (Tensor.mean (Dbm.logLikelihood logZ dbm last.Params bars))
                let x = Dbm.meanField 0.0 0.0 50 dbm last.Params bars
                let bound = Tensor.toFloat (Tensor.mean (Dbm.bound logZ dbm last.Params x))
                // Each pixel is 1 in half of the pictures.
                let independent = -9.0 * log 2.0
                expectMore exact (independent + 2.0) $"ln p, {exact}"
                expectLess exact (-(log 14.0) + 1e-6) "nothing is above the optimum"
                Expect.isTrue (bound <= exact + 1e-4 && bound > exact - 1.0) $"the bound, {bound}, below {exact}"
            }

            test "greedy training: copies share their parameters, and their gradients are means" {
                let dbm = Dbm.bernoulli [ 3; 2; 4; 2 ]
                let data = bits 6 3 3
                let seen = ResizeArray()
                let cd rbm = Rbm.contrastiveDivergence 1 0.5 rbm

                let train own (rule: Rule<Tensor>) (x: Tensor) =
                    let struct (ps, state) = Rule.init own rule
                    let ps = widenParams ps |> Tree.map (fun p -> { p with Value = p.Value + 0.1 })
                    seen.Add((own, x, ps, Rule.estimate rule { Step = 0; Key = own } ps state x))
                    ps

                let made = Dbm.greedy cd train dbm key data
                let value (ps: Params) name = (Tree.leaf [ name ] ps).Value
                let machines = List.ofSeq seen
                Expect.equal [ for own, _, _, _ in machines -> own ] [ for i in 0..2 -> Key.child i key ] "keys"

                let up count (ps: Params) x =
                    Tensor.sigmoid (float count * Tensor.matmul x (value ps "weight") + value ps "hidden")

                let _, x0, ps0, _ = machines[0]
                let _, x1, ps1, _ = machines[1]
                let _, x2, ps2, _ = machines[2]
                let close what a b = expectClose 1e-12 what (Tensor.toDoubles a) (Tensor.toDoubles b)
                expectSame "data" data x0
                close "means above units seen twice" (up 2 ps0 data) x1
                close "means above units seen once" (up 1 ps1 x1) x2

                // The machine of all copies, its parameters as a function of those shared.
                for i, below, above in [ 0, 2, 1; 1, 1, 1; 2, 1, 2 ] do
                    let own, x, ps, made = machines[i]

                    let all (ps: Params) =
                        let cat axis count x = Tensor.cat axis (List.replicate count x)

                        Rbm.parameters
                            (value ps "weight" |> cat 0 below |> cat 1 above)
                            (cat 0 below (value ps "visible"))
                            (cat 0 above (value ps "hidden"))

                    let n, m = (value ps "weight").Shape[0], (value ps "weight").Shape[1]
                    let rbm = Rbm.bernoulli (below * n) (above * m)
                    let v = Tensor.cat 1 (List.replicate below x)
                    let samples = Kernel.run 1 own (Rbm.gibbs rbm (all ps)) v

                    let difference ps =
                        Tensor.mean (Rbm.freeEnergy rbm (all ps) v) - Tensor.mean (Rbm.freeEnergy rbm (all ps) samples)

                    let expected = Differentiation.gradParams difference ps
                    let mean name count = leaf name expected / float count

                    expectGradients
                        1e-10
                        (Node
                            [
                                "hidden", Leaf(mean "hidden" above)
                                "visible", Leaf(mean "visible" below)
                                "weight", Leaf(mean "weight" (below * above))
                            ])
                        made.Gradients

                let weight i = (Tree.leaf [ "weight"; string i ] made).Value
                let bias i = (Tree.leaf [ "bias"; string i ] made).Value
                close "lowest weights" (value ps0 "weight") (weight 0)
                close "weights between are halved" (0.5 * value ps1 "weight") (weight 1)
                close "topmost weights" (value ps2 "weight") (weight 2)
                close "visible" (value ps0 "visible") (bias 0)
                close "first" (0.5 * (value ps0 "hidden" + value ps1 "visible")) (bias 1)
                close "second" (0.5 * (value ps1 "hidden" + value ps2 "visible")) (bias 2)
                close "topmost" (value ps2 "hidden") (bias 3)
            }

            test "greedy training of two machines that mirror each other composes the machine of all copies" {
                let dbm = Dbm.bernoulli [ 3; 4; 3 ]
                let w, a, b = doubles [ 3; 4 ] 1, doubles [ 3 ] 2, doubles [ 4 ] 3
                let first = Rbm.parameters w a b
                let second = Rbm.parameters (Tensor.transpose 0 1 w * 1.0) b a
                let train own _ _ = if own = Key.child 0 key then first else second
                let ps = Dbm.greedy (Rbm.contrastiveDivergence 1 0.1) train dbm key (bits 4 3 1)
                let v, h, other = bits 9 3 2, bits 9 4 3, bits 9 3 4
                let copies = Rbm.parameters (Tensor.cat 0 [ w; w ]) (Tensor.cat 0 [ a; a ]) b

                expectClose
                    1e-12
                    "energy"
                    (Tensor.toDoubles (Rbm.energy (Rbm.bernoulli 6 4) copies (Tensor.cat 1 [ v; other ]) h))
                    (Tensor.toDoubles (Dbm.energy dbm ps (Tensor.cat 1 [ v; h; other ])))
            }

            test "greedy training of one hidden layer is that of the machine" {
                let dbm, rbm = Dbm.bernoulli [ 3; 2 ], Rbm.bernoulli 3 2
                let data = Random.bernoulli 0.5 [ 6; 3 ] key
                let cd rbm = Rbm.contrastiveDivergence 1 0.5 rbm
                let optimizer = Optimizer.sgd (Schedule.constant 0.1)
                let train own rule (x: Tensor) = (Training.fit rule optimizer (Batches.init 5 (fun _ -> x)) own).Params
                let expected = train (Key.child 0 key) (cd rbm) data
                let found = Dbm.greedy cd train dbm key data
                let close name path = expectSame name (Tree.leaf [ name ] expected).Value (Tree.leaf path found).Value
                close "weight" [ "weight"; "0" ]
                close "visible" [ "bias"; "0" ]
                close "hidden" [ "bias"; "1" ]
            }
        ]
