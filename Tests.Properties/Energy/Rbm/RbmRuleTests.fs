/// Learning rules of restricted Boltzmann machines against derivatives of free energies.
module RbmRuleTests

open Expecto
open Functional
open Functional.FSharp
open Support
open Targets
open RbmTests

let private key = Key.ofSeed 78
let private moment = { Step = 3; Key = key }
let private estimate rule ps state v : Estimate = Rule.estimate rule moment ps state v

// The derivatives of the mean free energy of data less that of samples.
let private difference rbm ps (v: Tensor) (samples: Tensor) : struct (Tensor * State * Gradients) =
    let f ps = struct (Tensor.mean (Rbm.freeEnergy rbm ps v) - Tensor.mean (Rbm.freeEnergy rbm ps samples), Tree.empty)
    Differentiation.fgradParams f ps

let private expectGradients tolerance what (expected: Gradients) (found: Gradients) =
    Tree.map2
        (fun (a: Tensor) (b: Tensor) -> expectClose tolerance what (Tensor.toDoubles a) (Tensor.toDoubles b))
        expected
        found
    |> ignore

let private expectDifference rbm ps v samples (made: Estimate) =
    let struct (loss, _, slope) = difference rbm ps v samples
    expectGradients 1e-10 "gradient" slope made.Gradients
    expectClose 1e-10 "loss" [| Tensor.toFloat loss |] [| Tensor.toFloat made.Loss |]

let private leaf name (tree: Tree<Tensor>) = Tree.leaf [ name ] tree

let private distance (a: Gradients) (b: Gradients) =
    Tree.map2 (fun (a: Tensor) (b: Tensor) -> Tensor.toFloat (Tensor.sum (Tensor.square (a - b)))) a b
    |> Tree.values
    |> Array.sum
    |> sqrt

// A machine with strong weights, whose chains are slow, and data that it does not fit.
let private machineOfStrength scale =
    let rbm = Rbm.bernoulli 4 3
    let ps = Rbm.parameters (scale * doubles [ 4; 3 ] 1) (0.3 * doubles [ 4 ] 2) (0.3 * doubles [ 3 ] 3)
    let v = Tensor.ofDoubles [ 3; 4 ] [| 1.0; 1.0; 0.0; 0.0; 0.0; 0.0; 1.0; 1.0; 1.0; 0.0; 1.0; 0.0 |]
    rbm, ps, v

let private strong () = machineOfStrength 1.5

let tests =
    testList
        "rules of restricted Boltzmann machines"
        [
            for pair in everyPair do
                test $"{pair}: contrastive divergence is the derivative of the difference of free energies" {
                    let rbm, ps = machineOf pair 1
                    let v = someStates (fst pair) 7 2

                    for k in [ 1; 3 ] do
                        let made = estimate (Rbm.contrastiveDivergence k 0.1 rbm) ps Tree.empty v
                        expectDifference rbm ps v (Kernel.run k key (Rbm.gibbs rbm ps) v) made
                }

                test $"{pair}: persistent chains go on, with fast weights and without" {
                    let rbm, ps = machineOf pair 1
                    let v, chains = someStates (fst pair) 7 2, someStates (fst pair) 5 3
                    let start = Node [ "chains", Leaf chains ]
                    let made = estimate (Rbm.persistent 5 2 0.1 rbm) ps start v
                    let expected = Kernel.run 2 key (Rbm.gibbs rbm ps) chains
                    expectSame "chains" expected (leaf "chains" made.State)
                    expectDifference rbm ps v expected made

                    let fast = Params.values ps |> Tree.map (fun w -> 0.3 * Tensor.sin w)

                    let made =
                        estimate
                            (Rbm.fastPersistent 5 2 0.2 0.1 rbm)
                            ps
                            (Node [ "chains", Leaf chains; "fast", fast ])
                            v

                    let expected = Kernel.run 2 key (Rbm.gibbs rbm (Params.move fast ps)) chains
                    expectSame "chains of the sum of the weights" expected (leaf "chains" made.State)
                    expectDifference rbm ps v expected made
                    let next = Tree.map2 (fun (f: Tensor) (g: Tensor) -> 0.95 * f - 0.2 * g) fast made.Gradients
                    expectSameTree "fast weights" next (Tree.get [ "fast" ] made.State)
                }

            test "fast weights of rate 0 change nothing" {
                let rbm, ps = machineOf (Units.Bernoulli, Units.Spin) 1
                let v = someStates Units.Bernoulli 7 2
                let plain, fast = Rbm.persistent 5 2 0.1 rbm, Rbm.fastPersistent 5 2 0.0 0.1 rbm
                let struct (_, state) = Rule.init key plain
                let struct (_, fastState) = Rule.init key fast
                expectSame "first chains" (leaf "chains" state) (leaf "chains" fastState)
                let a, b = estimate plain ps (widen state) v, estimate fast ps (widen fastState) v
                expectSameTree "gradients" a.Gradients b.Gradients
            }

            test "the bias of contrastive divergence falls with k" {
                let rbm, ps, v = machineOfStrength 3.0
                let exact = (estimate (Rbm.exact 0.1 rbm) ps Tree.empty v).Gradients
                let many = Tensor.repeat 0 20000 v

                let bias k =
                    distance exact (estimate (Rbm.contrastiveDivergence k 0.1 rbm) ps Tree.empty many).Gradients

                let biases = [ for k in [ 1; 3; 9 ] -> bias k ]
                // 19 means of 60,000 samples, each of variance at most 1/4.
                let noise = sqrt (19.0 * 0.25 / 60000.0)

                for a, b in List.pairwise biases do
                    expectMore a (b + noise) $"{biases}, noise {noise}"

                expectLess (List.last biases) (2.0 * noise) $"{biases}"
            }

            for pair in everyPair do
                let visible, hidden = pair

                if List.exists (fun u -> u = Units.Bernoulli || u = Units.Spin) [ visible; hidden ] then
                    test $"{pair}: the exact gradient is that of the mean of -ln p(v)" {
                        let rbm, ps = machineOf pair 1
                        let v = someStates visible 7 2
                        let states, measure = support visible
                        let logMeasure = Tensor.ofDoubles [ measure.Length ] (Array.map log measure)

                        // By the sum or integral over the visible units.
                        let loss ps =
                            Tensor.mean (Rbm.freeEnergy rbm ps v)
                            + Tensor.logsumexp (logMeasure - Rbm.freeEnergy rbm ps states)

                        let made = estimate (Rbm.exact 0.1 rbm) ps Tree.empty v
                        expectGradients 1e-8 "gradient" (Differentiation.gradParams loss ps) made.Gradients
                        expectClose 1e-8 "loss" [| Tensor.toFloat (loss ps) |] [| Tensor.toFloat made.Loss |]
                    }

            test "the exact gradient over several blocks of states" {
                let rbm = Rbm.bernoulli 17 16
                let ps = Rbm.init 0.3 key rbm |> widenParams
                let v = Random.bernoulli 0.5 [ 3; 17 ] key |> Tensor.cast Dtype.Float64
                let made = estimate (Rbm.exact 0.1 rbm) ps Tree.empty v
                let states = Energy.enumerate 16 |> Tensor.cast Dtype.Float64

                let loss ps =
                    Tensor.mean (Rbm.freeEnergy rbm ps v) + Energy.logPartition (Rbm.hiddenFreeEnergy rbm ps) states

                expectGradients 1e-10 "gradient" (Differentiation.gradParams loss ps) made.Gradients
                expectClose 1e-10 "loss" [| Tensor.toFloat (loss ps) |] [| Tensor.toFloat made.Loss |]
            }

            test "centred: the correlations of units less their means" {
                let rbm, ps = machineOf (Units.Bernoulli, Units.Spin) 1
                let v = someStates Units.Bernoulli 7 2
                let inner = Rbm.contrastiveDivergence 2 0.1 rbm
                let mu, lambda = doubles [ 2 ] 5, doubles [ 2 ] 6
                let state = Node [ "inner", Tree.empty; "hidden", Leaf lambda; "visible", Leaf mu ]
                let made = estimate (Rbm.centred 0.9 rbm inner) ps state v
                let follow (old: Tensor) now = 0.9 * old + 0.1 * Tensor.meanOver 0 now
                let mu, lambda = follow mu v, follow lambda (Rbm.hiddenMeans rbm ps v)
                expectClose 1e-12 "μ" (Tensor.toDoubles mu) (Tensor.toDoubles (leaf "visible" made.State))
                expectClose 1e-12 "λ" (Tensor.toDoubles lambda) (Tensor.toDoubles (leaf "hidden" made.State))

                let samples = Kernel.run 2 key (Rbm.gibbs rbm ps) v

                let moments (x: Tensor) =
                    let h = Rbm.hiddenMeans rbm ps x
                    let pairs = Tensor.matmul (Tensor.transpose 0 1 (x - mu)) (h - lambda) / float x.Shape[0]
                    pairs, Tensor.meanOver 0 x, Tensor.meanOver 0 h

                let (dw, dv, dh), (mw, mv, mh) = moments v, moments samples
                let w = mw - dw
                let visible = mv - dv - Tensor.matmul w lambda
                let hidden = mh - dh - Tensor.matmul (Tensor.transpose 0 1 w) mu
                let expected = Node [ "hidden", Leaf hidden; "visible", Leaf visible; "weight", Leaf w ]
                expectGradients 1e-10 "gradient" expected made.Gradients
                // The first step has no average yet.
                let first = Rule.estimate (Rbm.centred 0.9 rbm inner) { Step = 0; Key = key } ps state v
                expectSame "μ of the first batch" (Tensor.meanOver 0 v) (leaf "visible" first.State)
            }

            test "centred descent does not depend on which value of a unit is called 1" {
                // A machine with visible units turned over is the same distribution; its centred weights' gradient changes sign with them.
                let rbm, ps, v = strong ()
                let value name = (Tree.leaf [ name ] ps).Value
                let w = value "weight"
                let turned = Rbm.parameters -w -(value "visible") (value "hidden" + Tensor.sumOver 0 w)

                let gradient ps v =
                    let rule = Rbm.centred 0.0 rbm (Rbm.exact 0.1 rbm)
                    let struct (_, state) = Rule.init key rule
                    (estimate rule ps (widen state) v).Gradients

                let a, b = gradient ps v, gradient turned (1.0 - v)
                expectClose 1e-10 "weights" (Tensor.toDoubles (leaf "weight" a)) (Tensor.toDoubles -(leaf "weight" b))
                expectClose 1e-10 "visible" (Tensor.toDoubles (leaf "visible" a)) (Tensor.toDoubles -(leaf "visible" b))
                let plain ps v = (estimate (Rbm.exact 0.1 rbm) ps Tree.empty v).Gradients
                let c, d = leaf "weight" (plain ps v), leaf "weight" (plain turned (1.0 - v))

                expectMore (Tensor.toFloat (Tensor.max (Tensor.abs (c + d)))) 1e-3 "which the plain gradient does"
            }

            test "sparse: the derivative of the cross-entropy of hidden units to the target, in biases and weights" {
                let rbm, ps, v = strong ()
                let inner = Rbm.exact 0.1 rbm

                let plain, made =
                    estimate inner ps Tree.empty v, estimate (Rbm.sparse 0.1 0.7 rbm inner) ps Tree.empty v

                let penalty ps =
                    let q = Rbm.hiddenMeans rbm ps v
                    let entropy = 0.1 * Tensor.log q + 0.9 * Tensor.log (1.0 - q)
                    -0.7 * Tensor.mean (Tensor.sumOver 1 entropy)

                let pulled = Differentiation.gradParams penalty ps
                let both = Tree.map2 (fun (g: Tensor) (p: Tensor) -> g + p) plain.Gradients pulled
                expectGradients 1e-12 "with the penalty" both made.Gradients
                expectMore (distance plain.Gradients made.Gradients) 1e-2 "which is something"
                expectSame "visible" (leaf "visible" plain.Gradients) (leaf "visible" made.Gradients)
                let q = Tensor.meanOver 0 (Rbm.hiddenMeans rbm ps v)
                let pull = leaf "hidden" made.Gradients - leaf "hidden" plain.Gradients
                expectClose 1e-12 "in closed form" (Tensor.toDoubles (0.7 * (q - 0.1))) (Tensor.toDoubles pull)
            }

            test "sparse: hidden units come nearer to the target" {
                let rbm, ps, v = strong ()

                let away ps =
                    Tensor.toFloat (Tensor.max (Tensor.abs (Tensor.meanOver 0 (Rbm.hiddenMeans rbm ps v) - 0.2)))

                let learnt rule =
                    let start =
                        Training.start rule (Optimizer.sgd (Schedule.constant 0.2)) key |> Snapshot.withParams ps

                    let batches = Batches.init 300 (fun _ -> v)
                    (Training.run 300 rule (Optimizer.sgd (Schedule.constant 0.2)) batches start |> Seq.last).Params

                let inner = Rbm.exact 0.1 rbm
                let plain, sparse = away (learnt inner), away (learnt (Rbm.sparse 0.2 5.0 rbm inner))
                expectLess sparse (0.5 * plain) $"{sparse} after {plain} without"
            }

            test "tempered chains have the machine's distribution, and the rule goes by them" {
                let rbm, ps, v = strong ()
                let chains = 8000
                let rule = Rbm.temperedPersistent [ 1.0; 1.6; 3.0 ] chains 60 0.1 rbm
                let struct (_, state) = Rule.init key rule

                let made =
                    estimate
                        rule
                        ps
                        (state |> Tree.map (fun x -> if x.Dtype = Dtype.Int64 then x else Tensor.cast Dtype.Float64 x))
                        v

                let samples = leaf "position" made.State
                expectDifference rbm ps v samples made
                let states = everyState 0.0 4
                let free = Rbm.freeEnergy rbm ps (Tensor.ofDoubles [ 16; 4 ] (Array.concat states))
                let p = Tensor.toDoubles (Tensor.softmax 0 -free)
                expectMore (Chances.pearson (List.ofArray p) (numbers samples)) 1e-3 "chi-squared"
                Expect.equal (Tensor.toInt (Tree.leaf [ "pairs"; "step" ] made.State)) 60 "steps"
            }

            for visible, hidden in
                [ Units.Spin, Units.Bernoulli; Units.Softmax 3, Units.Spin; Units.Bernoulli, Units.Softmax 3 ] do
                test $"tempered chains of {visible} and {hidden}" {
                    let rbm, ps = machineOf (visible, hidden) 2
                    let kernel = Rbm.tempering [ 1.0; 2.0 ] rbm ps
                    let last = Kernel.run 40 key kernel (someStates visible 6000 4)
                    let states, _ = support visible
                    let p = Tensor.toDoubles (Tensor.softmax 0 -(Rbm.freeEnergy rbm ps states))
                    let all = Tensor.toDoubles states |> Array.chunkBySize (countOf visible)

                    let found =
                        Tensor.toDoubles last
                        |> Array.chunkBySize (countOf visible)
                        |> Array.map (fun x -> Array.findIndex ((=) x) all)

                    expectMore (Chances.pearson (List.ofArray p) found) 1e-3 "chi-squared"
                }

            test "every rule learns more of bars and stripes than independent units can say" {
                // Six patterns of 2×2: each unit is as often 0 as 1, so independent units reach -4·ln 2; the best there is, -ln 6.
                let rbm = Rbm.bernoulli 4 4
                let patterns = Tensor.reshape [ -1; 4 ] (Synthetic.barsAndStripes 2)
                let v = Tensor.repeat 0 10 patterns
                let independent = -4.0 * log 2.0
                let cd = Rbm.contrastiveDivergence 1 0.1 rbm

                for name, rule in
                    [
                        "cd", cd
                        "pcd", Rbm.persistent 60 1 0.1 rbm
                        "fast", Rbm.fastPersistent 60 1 0.01 0.1 rbm
                        "tempered", Rbm.temperedPersistent [ 1.0; 2.0 ] 60 1 0.1 rbm
                        "exact", Rbm.exact 0.1 rbm
                        "centred", Rbm.centred 0.9 rbm cd
                        "sparse", Rbm.sparse 0.5 0.01 rbm cd
                    ] do
                    let likelihood ps =
                        Tensor.toFloat (Tensor.mean (Rbm.logLikelihood (Rbm.logPartition rbm ps) rbm ps patterns))

                    let optimizer = Optimizer.adam (Schedule.linear 0.05 0.0 400)
                    let fitted = Training.fit rule optimizer (Batches.init 400 (fun _ -> v)) key
                    let found = likelihood fitted.Params
                    expectMore found (independent + 0.25) name
                    expectLess found (-log 6.0 + 1e-6) $"{name}, no more than there is"
            }
        ]
