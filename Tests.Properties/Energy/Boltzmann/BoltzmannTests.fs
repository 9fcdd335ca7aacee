/// Boltzmann machines against enumeration by loops over plain numbers.
module BoltzmannTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support
open Targets

let private key = Key.ofSeed 76
let private moment = { Step = 0; Key = key }

// Weights and thresholds of a seed, as numbers and as float64 parameters.
let private machineOf visible hidden temperature seed =
    let n = visible + hidden
    let couplings, fields = glass n 0.8 seed

    let w =
        Tensor.ofDoubles
            [ n; n ]
            [|
                for i in 0 .. n - 1 do
                    for j in 0 .. n - 1 -> couplings[i, j]
            |]

    let b = Tensor.ofDoubles [ n ] fields
    Boltzmann.create visible hidden temperature, Boltzmann.parameters w b, (couplings, Array.map (~-) fields)

let private p temperature couplings n = boltzmann (fun x -> glassEnergy couplings x / temperature) (everyState 0.0 n)

let private asTensor (states: float[][]) = Tensor.ofDoubles [ states.Length; states[0].Length ] (Array.concat states)

let private data visible seed = Random.bernoulli 0.6 [ 7; visible ] (Key.ofSeed seed) |> Tensor.cast Dtype.Float64

// ln p(v) of each row by loops.
let private logLikelihoods temperature couplings visible hidden (v: Tensor) =
    let p = p temperature couplings (visible + hidden)

    Tensor.toDoubles v
    |> Array.chunkBySize visible
    |> Array.map (fun v -> log (Seq.sum (seq { for h in everyState 0.0 hidden -> p[numberOf (Array.append v h)] })))

let private estimate (rule: Rule<Tensor>) ps state v = Rule.estimate rule moment ps state v

// As the numbers of pairs i < j and of thresholds.
let private numbersOf (gradients: Gradients) =
    let w = Tensor.toDoubles2D (Tree.leaf [ "weight" ] gradients)
    let n = Array2D.length1 w

    let pairs =
        [|
            for i in 0 .. n - 1 do
                for j in i + 1 .. n - 1 -> w[i, j]
        |]

    Array.append pairs (Tensor.toDoubles (Tree.leaf [ "threshold" ] gradients))

let private machines = [ 4, 0, 1.0; 3, 2, 1.0; 3, 1, 0.7 ]

let tests =
    testList
        "Boltzmann machines"
        [
            for temperature, z, p111, means, pair in
                [
                    1.0, 10.3213156391, 0.1765393932, [| 0.5946617773; 0.7042794344; 0.4060441116 |], Some 0.4676036460
                    0.5, 17.8616210948, 0.1858799325, [| 0.7462458190; 0.8581964501; 0.3093813330 |], None
                ] do
                test $"three units at T = {temperature}: another implementation's numbers" {
                    let w = Tensor.ofDoubles [ 3; 3 ] [| 0.0; 1.0; -0.5; 1.0; 0.0; 0.3; -0.5; 0.3; 0.0 |]
                    let ps = Boltzmann.parameters w (Tensor.ofDoubles [ 3 ] [| 0.1; -0.2; 0.3 |])
                    let machine = Boltzmann.create 3 0 temperature
                    expectClose 1e-10 "Z" [| z |] [| exp (Tensor.toFloat (Boltzmann.logPartition machine ps)) |]
                    let p = Boltzmann.distribution machine ps
                    expectClose 1e-10 "P(111)" [| p111 |] [| (Tensor.toDoubles p)[7] |]
                    let states = Tensor.cast Dtype.Float64 (Energy.enumerate 3)
                    expectClose 1e-10 "means" means (Tensor.toDoubles (Tensor.matmul p states))
                    let columns = Tensor.unstack 1 states

                    match pair with
                    | Some pair ->
                        expectClose
                            1e-10
                            "E[x₁x₂]"
                            [| pair |]
                            [| Tensor.toFloat (Tensor.sum (p * columns[0] * columns[1])) |]
                    | None -> ()
                }

            test "samples in several blocks: likelihoods one by one, the gradient that of their mean" {
                // 2^14 states of the hidden units: 128 samples at once.
                let machine, ps, _ = machineOf 4 14 1.3 1
                let v = Random.bernoulli 0.5 [ 300; 4 ] key |> Tensor.cast Dtype.Float64
                let found = Boltzmann.logLikelihood machine ps v |> Tensor.toDoubles

                for i in [ 0; 127; 128; 299 ] do
                    let alone = Boltzmann.logLikelihood machine ps (Tensor.slice 0 i (i + 1) v)
                    expectClose 1e-12 $"sample {i}" (Tensor.toDoubles alone) [| found[i] |]

                let made = estimate (Boltzmann.exact 0.1 machine) ps Tree.empty v
                let loss ps = -(Tensor.mean (Boltzmann.logLikelihood machine ps v))
                let slope = Differentiation.gradParams loss ps
                let w = Tree.leaf [ "weight" ] slope
                let pairs = slope |> Tree.set [ "weight" ] (Leaf(w + Tensor.transpose 0 1 w))
                expectClose 1e-10 "gradient" (numbersOf pairs) (numbersOf made.Gradients)
                expectClose 1e-12 "loss" [| Tensor.toFloat (loss ps) |] [| Tensor.toFloat made.Loss |]
            }

            for visible, hidden, temperature in machines do
                let name = $"{visible} + {hidden} units at T = {temperature}"
                let n = visible + hidden

                test $"{name}: energy, distribution, likelihood" {
                    let machine, ps, couplings = machineOf visible hidden temperature 1
                    let states = everyState 0.0 n
                    let energies = states |> Array.map (fun x -> glassEnergy couplings x / temperature)

                    expectClose
                        1e-12
                        "energy"
                        energies
                        (Tensor.toDoubles (Boltzmann.energy machine ps (asTensor states)))

                    let z = energies |> Array.sumBy (fun e -> exp -e)
                    expectClose 1e-12 "ln Z" [| log z |] [| Tensor.toFloat (Boltzmann.logPartition machine ps) |]

                    expectClose
                        1e-12
                        "p"
                        (p temperature couplings n)
                        (Tensor.toDoubles (Boltzmann.distribution machine ps))

                    let v = data visible 2

                    expectClose
                        1e-12
                        "ln p(v)"
                        (logLikelihoods temperature couplings visible hidden v)
                        (Tensor.toDoubles (Boltzmann.logLikelihood machine ps v))
                }

                test $"{name}: conditional chances" {
                    let machine, ps, couplings = machineOf visible hidden temperature 1
                    let states = everyState 0.0 n
                    let p = p temperature couplings n

                    let chance (x: float[]) unit =
                        let on, off = Array.updateAt unit 1.0 x, Array.updateAt unit 0.0 x
                        p[numberOf on] / (p[numberOf on] + p[numberOf off])

                    let expected =
                        [|
                            for x in states do
                                for unit in 0 .. n - 1 -> chance x unit
                        |]

                    let found = Boltzmann.conditional machine ps (asTensor states)
                    expectClose 1e-12 "chances" expected (Tensor.toDoubles found)
                    let energy = Boltzmann.energy machine ps
                    let flips = Gibbs.chances Units.Bernoulli energy (asTensor states)
                    let x = asTensor states
                    expectClose 1e-12 "flips" (Tensor.toDoubles (found + x - 2.0 * found * x)) (Tensor.toDoubles flips)
                }

                test $"{name}: the exact rule's gradient is that of the mean of -ln p(v)" {
                    let machine, ps, _ = machineOf visible hidden temperature 3
                    let v = data visible 4
                    let loss ps = -(Tensor.mean (Boltzmann.logLikelihood machine ps v))
                    let slope = Differentiation.gradParams loss ps
                    let w: Tensor = Tree.leaf [ "weight" ] slope
                    // A pair's weight stands in two places, which move together.
                    let pairs = slope |> Tree.set [ "weight" ] (Leaf(w + Tensor.transpose 0 1 w))
                    let made = estimate (Boltzmann.exact 0.1 machine) ps Tree.empty v
                    expectClose 1e-10 "gradient" (numbersOf pairs) (numbersOf made.Gradients)
                    expectClose 1e-12 "loss" [| Tensor.toFloat (loss ps) |] [| Tensor.toFloat made.Loss |]
                    let w: Tensor = Tree.leaf [ "weight" ] made.Gradients
                    expectSame "symmetric" w (Tensor.transpose 0 1 w)
                    expectSame "no diagonal" (Tensor.zerosOf Dtype.Float64 [ n ]) (Tensor.diagonal 0 0 1 w)
                }

                test $"{name}: Gibbs sampling has the machine's distribution" {
                    let machine, ps, couplings = machineOf visible hidden temperature 5
                    let start = Random.bernoulli 0.5 [ 20000; n ] key |> Tensor.cast Dtype.Float64
                    let found = numbers (Kernel.run 60 key (Boltzmann.gibbs machine ps) start)

                    expectMore (Chances.pearson (List.ofArray (p temperature couplings n)) found) 1e-3 "chi-squared"
                }

                test $"{name}: sampled gradients are unbiased at equilibrium" {
                    let machine, ps, _ = machineOf visible hidden temperature 6
                    let v = data visible 7 |> Tensor.repeat 0 3000
                    let chains = 21000
                    let rule = Boltzmann.sampled chains 40 0.1 machine
                    let start = Random.bernoulli 0.5 [ chains; n ] key |> Tensor.cast Dtype.Float64
                    let made = estimate rule ps (Node [ "chains", Leaf start ]) v
                    let exact = estimate (Boltzmann.exact 0.1 machine) ps Tree.empty v
                    // The variance of a mean of zeros and ones is at most 1/(4n), of the difference of two twice that.
                    let error = sqrt (0.5 / float chains) / temperature

                    Array.iter2
                        (fun exact found -> expectLess (abs (exact - found)) (5.0 * error) $"{exact}, was {found}")
                        (numbersOf exact.Gradients)
                        (numbersOf made.Gradients)

                    let chains: Tensor = Tree.leaf [ "chains" ] made.State
                    Expect.isFalse (Tensor.equal chains start) "chains move"
                }

            test "clamped sampling holds the visible units, and has the distribution given them" {
                let machine, ps, couplings = machineOf 3 2 1.0 8
                let v = [| 1.0; 0.0; 1.0 |]
                let row = Tensor.ofDoubles [ 1; 5 ] (Array.append v [| 0.0; 0.0 |])
                let after = Kernel.run 40 key (Boltzmann.gibbsHidden machine ps) (Tensor.repeat 0 8000 row)
                let p = p 1.0 couplings 5
                let given = [ for h in everyState 0.0 2 -> p[numberOf (Array.append v h)] ]
                let given = given |> List.map (fun p -> p / List.sum given)
                let rows = Tensor.toDoubles after |> Array.chunkBySize 5
                Expect.all rows (fun x -> x[..2] = v) "held"
                let found = rows |> Array.map (fun x -> numberOf x[3..])
                expectMore (Chances.pearson given found) 1e-3 "chi-squared"
            }

            test "mean field is a fixed point, exact for units that do not act on each other" {
                let machine, ps, _ = machineOf 3 2 1.3 9
                let start = Tensor.fullOf Dtype.Float64 [ 1; 5 ] 0.5
                let m = Boltzmann.meanField 0 200 machine ps start
                expectClose 1e-10 "fixed" (Tensor.toDoubles m) (Tensor.toDoubles (Boltzmann.conditional machine ps m))
                let held = Boltzmann.meanField 3 200 machine ps start
                expectSame "held" (Tensor.slice 1 0 3 start) (Tensor.slice 1 0 3 held)

                let free =
                    Boltzmann.parameters (Tensor.zerosOf Dtype.Float64 [ 5; 5 ]) (Tree.leaf [ "threshold" ] ps).Value

                let means =
                    Tensor.matmul (Boltzmann.distribution machine free) (Tensor.cast Dtype.Float64 (Energy.enumerate 5))

                let found = Boltzmann.meanField 0 200 machine free start
                expectClose 1e-10 "independent units" (Tensor.toDoubles means) (Tensor.toDoubles found)
            }

            test "mean-field learning: means and products of means in both phases" {
                let machine, ps, _ = machineOf 3 2 1.3 9
                let v = data 3 10
                let made = estimate (Boltzmann.meanFieldLearning 100 0.1 machine) ps Tree.empty v
                let start = Tensor.cat 1 [ v; Tensor.fullOf Dtype.Float64 [ 7; 2 ] 0.5 ]
                let data = Boltzmann.meanField 3 100 machine ps start
                let model = Boltzmann.meanField 0 100 machine ps data
                let rows (m: Tensor) = Tensor.toDoubles m |> Array.chunkBySize 5
                let pair i j m = rows m |> Array.averageBy (fun x -> x[i] * x[j])
                let mean i m = rows m |> Array.averageBy (fun x -> x[i])

                let pairs =
                    [|
                        for i in 0..4 do
                            for j in i + 1 .. 4 -> (pair i j model - pair i j data) / 1.3
                    |]

                let means = [| for i in 0..4 -> (mean i data - mean i model) / 1.3 |]
                expectClose 1e-10 "gradient" (Array.append pairs means) (numbersOf made.Gradients)
            }

            test "pseudo-likelihood: the product of all conditional chances, and its gradient" {
                let machine, ps, couplings = machineOf 4 0 0.8 11
                let v = data 4 12
                let p = p 0.8 couplings 4

                let logs (x: float[]) =
                    Seq.sum (
                        seq {
                            for unit in 0..3 ->
                                let other = Array.updateAt unit (1.0 - x[unit]) x
                                log (p[numberOf x] / (p[numberOf x] + p[numberOf other]))
                        }
                    )

                let expected = Tensor.toDoubles v |> Array.chunkBySize 4 |> Array.map logs
                expectClose 1e-12 "logarithms" expected (Tensor.toDoubles (Boltzmann.logPseudoLikelihood machine ps v))

                let made = estimate (Boltzmann.pseudoLikelihood 0.1 machine) ps Tree.empty v
                expectClose 1e-12 "loss" [| -(Array.average expected) |] [| Tensor.toFloat made.Loss |]

                let w, b =
                    Tensor.toDoubles2D (Tree.leaf [ "weight" ] ps).Value,
                    Tensor.toDoubles (Tree.leaf [ "threshold" ] ps).Value

                // Central differences along each pair and each threshold.
                let loss (w: float[,]) b =
                    let ps =
                        Boltzmann.parameters
                            (Tensor.ofDoubles [ 4; 4 ] (Seq.cast<float> w |> Seq.toArray))
                            (Tensor.ofDoubles [ 4 ] b)

                    -(Tensor.toFloat (Tensor.mean (Boltzmann.logPseudoLikelihood machine ps v)))

                let pair i j by =
                    Array2D.init 4 4 (fun k l -> if (k, l) = (i, j) || (l, k) = (i, j) then w[k, l] + by else w[k, l])

                let h = 1e-5

                let pairs =
                    [|
                        for i in 0..3 do
                            for j in i + 1 .. 3 -> (loss (pair i j h) b - loss (pair i j -h) b) / (2.0 * h)
                    |]

                let moved i by = Array.updateAt i (b[i] + by) b
                let thresholds = [| for i in 0..3 -> (loss w (moved i h) - loss w (moved i -h)) / (2.0 * h) |]
                expectClose 1e-8 "gradient" (Array.append pairs thresholds) (numbersOf made.Gradients)
            }

            test "rules start with symmetric weights, and learning keeps them so" {
                let machine = Boltzmann.create 3 2 1.0
                let v = Random.bernoulli 0.5 [ 8; 3 ] key

                for rule in
                    [
                        Boltzmann.exact 0.3 machine
                        Boltzmann.sampled 10 2 0.3 machine
                        Boltzmann.meanFieldLearning 5 0.3 machine
                        Boltzmann.pseudoLikelihood 0.3 (Boltzmann.create 3 0 1.0)
                    ] do
                    let fitted =
                        Training.fit rule (Optimizer.adam (Schedule.constant 0.05)) (Batches.init 5 (fun _ -> v)) key

                    let w = (Tree.leaf [ "weight" ] fitted.Params).Value
                    expectMore (Tensor.toFloat (Tensor.max (Tensor.abs w))) 0.0 "weights"
                    expectSame "symmetric" w (Tensor.transpose 0 1 w)
                    Expect.equal (Tensor.toFloat (Tensor.max (Tensor.abs (Tensor.diagonal 0 0 1 w)))) 0.0 "no diagonal"
            }

            test "a machine with a hidden unit learns what one without cannot: the parity of three bits" {
                let even =
                    everyState 0.0 3
                    |> Array.filter (fun x -> Array.sum x % 2.0 = 0.0)
                    |> asTensor
                    |> Tensor.cast Dtype.Float32

                let learned hidden =
                    let rule = Boltzmann.exact 0.5 (Boltzmann.create 3 hidden 1.0)

                    let fitted =
                        Training.fit
                            rule
                            (Optimizer.adam (Schedule.constant 0.05))
                            (Batches.init 600 (fun _ -> even))
                            key

                    Tensor.toFloat fitted.Loss

                // All pairs of even-parity bits are independent: without hidden units nothing beats 3·ln 2; the best is 2·ln 2.
                Expect.floatClose Accuracy.medium (learned 0) (3.0 * log 2.0) "without"
                expectLess (learned 1) (2.0 * log 2.0 + 0.1) "with a hidden unit"
            }

            test "enumeration goes through all states, the first unit slowest" {
                Expect.equal (Tensor.toDoubles (Energy.enumerate 3)) (Array.concat (everyState 0.0 3)) "0 and 1"
                Expect.equal (Tensor.toDoubles (Energy.enumerateSpins 4)) (Array.concat (everyState -1.0 4)) "spins"
            }

            test "tempered energies are divided by the temperature, and slopes are derivatives" {
                let x = doubles [ 3; 2 ] 1
                let energy (x: Tensor) = Tensor.sumOver 1 (Tensor.sin x * x)
                expectSame "E/T" (energy x / 1.7) (Energy.tempered 1.7 energy x)
                let e, slope = Energy.slope energy x
                expectSame "E" (energy x) e

                expectClose
                    1e-9
                    "dE/dx"
                    (numericalGradient (energy >> Tensor.sum >> Tensor.toFloat) x)
                    (Tensor.toDoubles slope)
            }
        ]
