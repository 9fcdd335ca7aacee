/// Likelihoods of restricted Boltzmann machines: exact, annealed and pseudo, against enumeration.
module RbmLikelihoodTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support
open Targets
open RbmTests

let private key = Key.ofSeed 79

// ln Z by the sum or integral over the visible units' states.
let private logZ visible rbm ps =
    let states, measure = support visible
    let free = Tensor.toDoubles (Rbm.freeEnergy rbm ps states)
    log (Seq.sum (Seq.map2 (fun f m -> m * exp -f) free measure))

let private bernoulli visible hidden scale seed =
    let rbm = Rbm.bernoulli visible hidden

    rbm,
    Rbm.parameters
        (scale * doubles [ visible; hidden ] seed)
        (0.5 * doubles [ visible ] (seed + 1))
        (0.5 * doubles [ hidden ] (seed + 2))

// Samples of a machine's own distribution, by enumeration.
let private ownSamples rbm ps n key =
    let states = Energy.enumerate rbm.VisibleCount |> Tensor.cast Dtype.Float64
    let logits = -(Rbm.freeEnergy rbm ps states) |> Tensor.unsqueeze 0 |> Tensor.expand [ n; states.Shape[0] ]
    Tensor.indexSelect 0 (Random.categorical logits key) states

// Spin or Bernoulli machines and what is nearest to them.
let private annealable =
    [
        Units.Bernoulli, Units.Bernoulli
        Units.Spin, Units.Bernoulli
        Units.Softmax 3, Units.Spin
        Units.Bernoulli, Units.Softmax 3
    ]

let tests =
    testList
        "likelihoods of restricted Boltzmann machines"
        [
            for visible, hidden in everyPair do
                if List.exists (fun u -> u = Units.Bernoulli || u = Units.Spin) [ visible; hidden ] then
                    test $"{visible} and {hidden}: ln Z by either layer" {
                        let rbm, ps = machineOf (visible, hidden) 1
                        expectClose 1e-8 "ln Z" [| logZ visible rbm ps |] [| Rbm.logPartition rbm ps |]
                    }

            for visible, hidden in [ 5, 3; 3, 5; 16, 15; 15, 17 ] do
                test $"{visible} and {hidden} units: the smaller layer and the larger say the same" {
                    let rbm, ps = bernoulli visible hidden 0.4 1
                    let energy = if visible < hidden then Rbm.hiddenFreeEnergy rbm ps else Rbm.freeEnergy rbm ps
                    let states = Energy.enumerate (max visible hidden) |> Tensor.cast Dtype.Float64
                    let larger = Tensor.toFloat (Energy.logPartition energy states)
                    expectClose 1e-12 "ln Z" [| larger |] [| Rbm.logPartition rbm ps |]
                }

            test "probabilities sum to 1" {
                let rbm, ps = bernoulli 6 4 1.0 1
                let states = Energy.enumerate 6 |> Tensor.cast Dtype.Float64
                let p = Rbm.logLikelihood (Rbm.logPartition rbm ps) rbm ps states |> Tensor.exp
                expectClose 1e-12 "sum" [| 1.0 |] [| Tensor.toFloat (Tensor.sum p) |]
            }

            for pair in annealable do
                test $"{pair}: annealing a machine without weights is exact" {
                    let rbm, ps = machineOf pair 3

                    let still =
                        ps
                        |> Tree.set
                            [ "weight" ]
                            (Leaf
                                {
                                    Role = Role.Weight
                                    Value = Tensor.zerosOf Dtype.Float64 [ rbm.VisibleCount; rbm.HiddenCount ]
                                })

                    let a = (Tree.leaf [ "visible" ] ps).Value
                    let found = Rbm.annealed 20 30 a key rbm still
                    let expected = logZ (fst pair) rbm still
                    expectClose 1e-12 "ln Z" [| expected |] [| found.Value |]
                    expectClose 1e-12 "each weight" (Array.create 30 expected) found.LogWeights
                    expectClose 1e-6 "no spread" [| expected; expected |] [| found.Low; found.High |]
                    expectClose 1e-9 "all chains tell as much" [| 30.0 |] [| found.EffectiveChains |]
                    let back = Rbm.annealedBack 20 (someStates (fst pair) 30 1) a key rbm still
                    expectClose 1e-12 "back" [| expected; expected; expected |] [| back.Value; back.Low; back.High |]
                    // In float32 the weights are equal to the last bit, too.
                    let narrow = still |> Tree.map (fun p -> { p with Value = Tensor.cast Dtype.Float32 p.Value })
                    let found = Rbm.annealed 20 30 (Tensor.cast Dtype.Float32 a) key rbm narrow
                    Expect.equal (Array.distinct found.LogWeights).Length 1 "no variance"
                }

                test $"{pair}: weights are unbiased for Z, few temperatures or not" {
                    let rbm, ps = machineOf pair 4
                    let ps = ps |> Tree.map (fun p -> { p with Value = 2.0 * p.Value })
                    let z = logZ (fst pair) rbm ps

                    for betas in [ 2; 4; 10 ] do
                        let start = 0.3 * doubles [ rbm.VisibleCount ] 9
                        let found = Rbm.annealed betas 20000 start (Key.child betas key) rbm ps
                        let weights = found.LogWeights |> Array.map (fun w -> exp (w - z))
                        let mean = Array.average weights
                        let deviation = weights |> Array.averageBy (fun w -> (w - mean) ** 2.0) |> sqrt
                        let error = deviation / sqrt 20000.0
                        expectLess (abs (mean - 1.0)) (5.0 * error) $"{betas}: {mean} ± {error}"
                        Expect.isTrue (found.Low < z && z < found.High) $"{found.Low} < {z} < {found.High}"
                }

            test "the value, its bounds and the effective chains are those of the weights" {
                let rbm, ps = bernoulli 6 4 1.5 5
                let found = Rbm.annealed 5 200 (Tensor.zerosOf Dtype.Float64 [ 6 ]) key rbm ps
                let weights = found.LogWeights |> Array.map (fun w -> exp (w - found.Value))
                expectClose 1e-10 "mean weight" [| 1.0 |] [| Array.average weights |]
                // The unbiased variance: of n - 1.
                let error = 3.0 * sqrt ((weights |> Array.sumBy (fun w -> (w - 1.0) ** 2.0)) / 199.0 / 200.0)
                let bounds = [| found.Value + log (1.0 - error); found.Value + log (1.0 + error) |]
                expectClose 1e-10 "bounds" bounds [| found.Low; found.High |]
                let effective = Array.sum weights ** 2.0 / Array.sumBy (fun w -> w * w) weights
                expectClose 1e-10 "effective chains" [| effective |] [| found.EffectiveChains |]
            }

            test "two chains tell a standard error, one is refused" {
                let rbm, ps = bernoulli 6 4 1.5 5
                let start = Tensor.zerosOf Dtype.Float64 [ 6 ]
                let found = Rbm.annealed 5 2 start key rbm ps
                let weights = found.LogWeights |> Array.map (fun w -> exp (w - found.Value))
                // Of two numbers 1 ± d the variance is 2d², that of the mean d².
                let error = 3.0 * abs (weights[0] - weights[1]) / 2.0
                expectClose 1e-10 "upper bound" [| found.Value + log (1.0 + error) |] [| found.High |]

                expectError<ArgumentException> [ "annealed"; "two chains"; "not 1" ] (fun () ->
                    Rbm.annealed 5 1 start key rbm ps |> ignore)

                expectError<ArgumentException> [ "annealedBack"; "two chains"; "not 1" ] (fun () ->
                    Rbm.annealedBack 5 (Tensor.zerosOf Dtype.Float64 [ 1; 6 ]) start key rbm ps |> ignore)
            }

            test "the error falls with the temperatures, and forward and backward enclose ln Z" {
                let rbm, ps = bernoulli 10 8 1.2 6
                let z = Rbm.logPartition rbm ps
                let start = Tensor.zerosOf Dtype.Float64 [ 10 ]

                // Single chains: ln of one weight is too small on average, ln of one backward weight too large.
                let chains = 400

                let forward betas =
                    (Rbm.annealed betas chains start (Key.child betas key) rbm ps).LogWeights
                    |> Array.map (fun w -> w - z)

                let backward betas =
                    let states = ownSamples rbm ps chains (Key.child 7 key)

                    (Rbm.annealedBack betas states start (Key.child betas key) rbm ps).LogWeights
                    |> Array.map (fun w -> w - z)

                let root (errors: float[]) = sqrt (errors |> Array.averageBy (fun e -> e * e))

                for name, side, sign in [ "forward", forward, -1.0; "backward", backward, 1.0 ] do
                    let errors = [ for betas in [ 5; 50; 500 ] -> side betas ]

                    for a, b in List.pairwise (List.map root errors) do
                        expectLess b (0.6 * a) $"{name}: {List.map root errors}"

                    let few = errors.Head
                    let mean = Array.average few
                    let error = root (few |> Array.map (fun e -> e - mean)) / sqrt (float chains)
                    expectMore (sign * mean) (5.0 * error) $"{name}: on its side, {mean} ± {error}"

                let states = ownSamples rbm ps 2000 key
                let near = Rbm.annealedBack 500 states start key rbm ps
                Expect.isTrue (near.Low < z && z < near.High) $"{near.Low} < {z} < {near.High}"
            }

            test "the bounds hold ln Z as often as three standard errors should" {
                let rbm, ps = bernoulli 8 5 1.0 7
                let z = Rbm.logPartition rbm ps
                let start = Tensor.zerosOf Dtype.Float64 [ 8 ]

                let holds i =
                    let found = Rbm.annealed 30 100 start (Key.child i key) rbm ps in found.Low < z && z < found.High

                let held = Seq.init 100 holds |> Seq.filter id |> Seq.length
                expectMore held 95 $"{held} of 100"
            }

            for visible in [ Units.Bernoulli; Units.Spin ] do
                test $"pseudo-likelihood of {visible}: the chances of all units given the others" {
                    let rbm, ps = machineOf (visible, Units.Gaussian) 5
                    let low = if visible = Units.Spin then -1.0 else 0.0
                    let states = everyState low 2
                    let v = Tensor.ofDoubles [ 4; 2 ] (Array.concat states)
                    let p = Tensor.toDoubles (Tensor.softmax 0 -(Rbm.freeEnergy rbm ps v))

                    let logs (x: float[]) =
                        Seq.sum (
                            seq {
                                for unit in 0..1 ->
                                    let other = Array.updateAt unit (1.0 + low - x[unit]) x
                                    log (p[numberOf x] / (p[numberOf x] + p[numberOf other]))
                            }
                        )

                    expectClose
                        1e-10
                        "logarithms"
                        (Array.map logs states)
                        (Tensor.toDoubles (Rbm.logPseudoLikelihood rbm ps v))
                }

            test "the pseudo-likelihood can be differentiated" {
                let rbm, ps = bernoulli 5 3 0.8 8
                let v = Random.bernoulli 0.5 [ 4; 5 ] key |> Tensor.cast Dtype.Float64
                let loss ps = Tensor.sum (Rbm.logPseudoLikelihood rbm ps v)
                let slope = Differentiation.gradParams loss ps |> Tree.values |> Array.collect Tensor.toDoubles
                let numeric = numericalGradient (fun flat -> Tensor.toFloat (loss (unflatten ps flat))) (flattened ps)
                expectClose 1e-8 "gradient" numeric slope
            }

            test "base rates make each unit as often 1 as the smoothed data" {
                let v = Tensor.ofDoubles [ 3; 3 ] [| 1.0; 0.0; 1.0; 1.0; 0.0; 0.0; 1.0; 0.0; 1.0 |]
                let rates = Rbm.baseRates (Rbm.bernoulli 3 2) v
                let expected = [| 3.5 / 4.0; 0.5 / 4.0; 2.5 / 4.0 |]
                expectClose 1e-12 "Bernoulli" expected (Tensor.toDoubles (Tensor.sigmoid rates))
                let rates = Rbm.baseRates (Rbm.create Units.Spin 3 Units.Spin 2) (2.0 * v - 1.0)

                expectClose
                    1e-12
                    "spins"
                    (expected |> Array.map (fun p -> 2.0 * p - 1.0))
                    (Tensor.toDoubles (Tensor.tanh rates))
            }
        ]
