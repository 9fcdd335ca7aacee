/// Restricted Boltzmann machines of every pair of units, against sums and integrals over plain states.
module RbmTests

open System
open Expecto
open MathNet.Numerics.Integration
open Functional
open Functional.FSharp
open Support
open Targets

let private key = Key.ofSeed 77

/// The kinds of units.
let everyUnits = [ Units.Bernoulli; Units.Spin; Units.Gaussian; Units.Rectified; Units.Softmax 3 ]

/// Whether units have values that can be counted.
let isDiscrete units =
    match units with
    | Units.Gaussian
    | Units.Rectified -> false
    | _ -> true

/// Every pair of kinds.
let everyPair = List.allPairs everyUnits everyUnits

/// How many units of a kind the machines here have: two, or one group of three.
let countOf units =
    match units with
    | Units.Softmax states -> states
    | _ -> 2

// The values of one unit, or of one group, each with its measure: nodes of quadrature for real ones.
let private values units : (float[] * float) list =
    let quadrature (low: float) high =
        let rule = GaussLegendreRule(low, high, 80)
        [ for i in 0..79 -> [| rule.GetAbscissa i |], rule.GetWeight i ]

    match units with
    | Units.Bernoulli -> [ [| 0.0 |], 1.0; [| 1.0 |], 1.0 ]
    | Units.Spin -> [ [| -1.0 |], 1.0; [| 1.0 |], 1.0 ]
    | Units.Softmax states ->
        [ for one in 0 .. states - 1 -> Array.init states (fun i -> if i = one then 1.0 else 0.0), 1.0 ]
    | Units.Gaussian -> quadrature -11.0 11.0
    | Units.Rectified -> quadrature 0.0 11.0

/// All states of a layer, [states; count], and the measure of each.
let support units : Tensor * float[] =
    let states =
        match units with
        | Units.Softmax _ -> values units
        | _ ->
            [
                for a, p in values units do
                    for b, q in values units -> Array.append a b, p * q
            ]

    Tensor.ofDoubles [ states.Length; countOf units ] (states |> List.map fst |> Array.concat),
    states |> List.map snd |> Array.ofList

/// A machine of a pair of units with float64 parameters of a seed, small enough for real units to have a distribution.
let machineOf (visible, hidden) seed =
    let rbm = Rbm.create visible (countOf visible) hidden (countOf hidden)
    let draw i shape = 0.4 * doubles shape (100 * seed + i)

    let ps =
        Rbm.parameters
            (draw 0 [ rbm.VisibleCount; rbm.HiddenCount ])
            (draw 1 [ rbm.VisibleCount ])
            (draw 2 [ rbm.HiddenCount ])

    rbm, ps

/// Some states of a layer: drawn at inputs of a seed.
let someStates units n seed = UnitsMath.draw units (Key.ofSeed seed) (doubles [ n; countOf units ] seed)

let private numbersOf name (ps: Params) = (Tree.leaf [ name ] ps).Value |> Tensor.toDoubles

// E(v, h) by loops.
let private energy visible hidden ps (v: float[]) (h: float[]) =
    let a, b = numbersOf "visible" ps, numbersOf "hidden" ps
    let w = (Tree.leaf [ "weight" ] ps).Value |> Tensor.toDoubles2D
    let square units xs = if isDiscrete units then 0.0 else 0.5 * Array.sumBy (fun x -> x * x) xs

    let acts =
        Seq.sum (
            seq {
                for i in 0 .. v.Length - 1 do
                    for j in 0 .. h.Length - 1 -> v[i] * w[i, j] * h[j]
            }
        )

    square visible v + square hidden h
    - Array.sum (Array.map2 (*) a v)
    - Array.sum (Array.map2 (*) b h)
    - acts

let private rows (x: Tensor) = Tensor.toDoubles x |> Array.chunkBySize x.Shape[1]

// For each state of one layer: -ln Σ of exp(-E) over the other, and the other's mean.
let private summed (energy: float[] -> float[] -> float) (states: float[][]) (other: float[][], measure: float[]) =
    [|
        for state in states ->
            let weights = Array.map2 (fun x m -> m * exp -(energy state x)) other measure
            let z = Array.sum weights

            -(log z),
            [|
                for unit in 0 .. other[0].Length - 1 ->
                    Array.sum (Array.map2 (fun w (x: float[]) -> w * x[unit]) weights other) / z
            |]
    |]

let tests =
    testList
        "restricted Boltzmann machines"
        [
            for visible, hidden in everyPair do
                test $"{visible} and {hidden}: energy, free energies and means" {
                    let rbm, ps = machineOf (visible, hidden) 1
                    let v, h = someStates visible 6 2, someStates hidden 6 3
                    let own = energy visible hidden ps

                    expectClose
                        1e-12
                        "energy"
                        (Array.map2 own (rows v) (rows h))
                        (Tensor.toDoubles (Rbm.energy rbm ps v h))

                    let expect what expected free means =
                        expectClose 1e-8 $"free energy of {what}" (Array.map fst expected) (Tensor.toDoubles free)
                        expectClose 1e-8 $"means given {what}" (Array.collect snd expected) (Tensor.toDoubles means)

                    let states units = let x, m = support units in rows x, m
                    let overHidden = summed own (rows v) (states hidden)
                    expect "visible" overHidden (Rbm.freeEnergy rbm ps v) (Rbm.hiddenMeans rbm ps v)
                    let overVisible = summed (fun h v -> own v h) (rows h) (states visible)
                    expect "hidden" overVisible (Rbm.hiddenFreeEnergy rbm ps h) (Rbm.visibleMeans rbm ps h)

                    expectSame
                        "reconstruction"
                        (Rbm.visibleMeans rbm ps (Rbm.hiddenMeans rbm ps v))
                        (Rbm.reconstruct rbm ps v)
                }

                test $"{visible} and {hidden}: Gibbs sampling keeps p(v)" {
                    let rbm, ps = machineOf (visible, hidden) 4
                    let kernel = Rbm.gibbs rbm ps
                    let states, measure = support visible

                    let weights =
                        Array.map2 (fun f m -> m * exp -f) (Tensor.toDoubles (Rbm.freeEnergy rbm ps states)) measure

                    let z = Array.sum weights
                    let chains = 4000
                    let start = someStates visible 1 5 |> Tensor.repeat 0 chains
                    let found = rows (Kernel.run 40 key kernel start)

                    UnitsMath.check
                        "sampled"
                        visible
                        (Tensor.ofDoubles [ chains; countOf visible ] (Array.concat found))

                    // Means of units, of squares and of products, within five standard errors.
                    let n = countOf visible

                    let functions: (string * (float[] -> float)) list =
                        [
                            for i in 0 .. n - 1 do
                                $"x{i}", Array.item i

                                for j in i .. n - 1 do
                                    $"x{i}x{j}", (fun x -> x[i] * x[j])
                        ]

                    for name, f in functions do
                        let mean f = Array.sum (Array.map2 (fun w x -> w * f x) weights (rows states)) / z
                        let expected = mean f
                        let error = sqrt (max 0.0 (mean (fun x -> (f x - expected) ** 2.0)) / float chains)
                        let sampled = found |> Array.averageBy f

                        // What does not vary, such as products within a group, has no error but rounding.
                        expectLess (abs (sampled - expected)) (5.0 * error + 1e-12) $"mean of {name}"

                    if isDiscrete visible then
                        let places = found |> Array.map (fun x -> Array.findIndex ((=) x) (rows states))
                        let p = [ for w in weights -> w / z ]
                        expectMore (Chances.pearson p places) 1e-4 "chi-squared, at a chance of 1e-4"
                }

            for units in everyUnits do
                test $"{units}: the mean is the derivative of ln Σ, far out too" {
                    // Groups of softmax units at inputs that differ by their place.
                    let u =
                        Tensor.ofDoubles
                            [ 21; 3 ]
                            [|
                                for i in -10 .. 10 do
                                    for j in 0..2 -> 4.0 * float i + 0.7 * float (j * j)
                            |]

                    let slope = Differentiation.grad (UnitsMath.logPartition units >> Tensor.sum) u
                    expectClose 1e-8 "mean" (Tensor.toDoubles slope) (Tensor.toDoubles (UnitsMath.mean units u))
                    // float32 agrees as far as it can.
                    let short = Tensor.cast Dtype.Float32 u
                    expectClose 3e-4 "float32" (Tensor.toDoubles slope) (Tensor.toDoubles (UnitsMath.mean units short))
                }

                test $"{units}: draws have the mean and stay within the values" {
                    let u = doubles [ 1; 3 ] 6
                    let n = 40000
                    let drawn = UnitsMath.draw units key (Tensor.expand [ n; 3 ] u)
                    UnitsMath.check "drawn" units drawn
                    let means = Tensor.toDoubles (UnitsMath.mean units u)
                    let error = Tensor.toDoubles (Tensor.stdOver 0 drawn) |> Array.map (fun s -> s / sqrt (float n))
                    let found = Tensor.toDoubles (Tensor.meanOver 0 drawn)

                    for i in 0..2 do
                        expectLess (abs (found[i] - means[i])) (5.0 * error[i]) $"unit {i}"
                }

            test "rectified units far below 0: no cancellation" {
                // With x = t/|u| the mean is the ratio of ∫ t·exp(-t - t²/2u²) and ∫ exp(-t - t²/2u²) dt, over |u|.
                // Its nodes are good to 10 digits.
                let rule = GaussLegendreRule(0.0, 60.0, 200)

                let expected u =
                    let integral k =
                        Seq.sum (
                            seq {
                                for i in 0..199 ->
                                    let t = rule.GetAbscissa i in
                                    rule.GetWeight i * t ** k * exp (-t - t * t / (2.0 * u * u))
                            }
                        )

                    integral 1.0 / integral 0.0 / abs u

                for u in [ -3.0; -3.99; -4.01; -6.0; -10.0; -13.5; -40.0; -1000.0; -1e5 ] do
                    for dtype, tolerance in [ Dtype.Float64, 1e-10; Dtype.Float32, 2e-5 ] do
                        let found = UnitsMath.mean Units.Rectified (Tensor.fullOf dtype [ 1; 1 ] u) |> Tensor.toDoubles
                        expectLess (abs (found[0] / expected u - 1.0)) tolerance $"{dtype}, u = {u}"
            }

            test "real units are drawn from their whole distribution" {
                let n = 5000
                let u = 0.7
                let inputs = Tensor.fullOf Dtype.Float64 [ n; 1 ] u
                let cdf x = MathNet.Numerics.Distributions.Normal.CDF(u, 1.0, x)
                let drawn = Tensor.toDoubles (UnitsMath.draw Units.Gaussian key inputs)
                expectMore (Chances.kolmogorov cdf drawn) 1e-3 "normal"
                let positive x = (cdf x - cdf 0.0) / (1.0 - cdf 0.0)
                let drawn = Tensor.toDoubles (UnitsMath.draw Units.Rectified key inputs)
                expectMore (Chances.kolmogorov positive drawn) 1e-3 "rectified"
            }

            test "Match goes by the kind of units" {
                let name (units: Units) =
                    units.Match((fun () -> "b"), (fun () -> "s"), (fun () -> "g"), (fun () -> "r"), (fun k -> string k))

                Expect.equal (List.map name everyUnits) [ "b"; "s"; "g"; "r"; "3" ] "names"
            }

            test "tempered parameters are those of p(v, h)^(1/T)" {
                for pair in everyPair |> List.filter (fun (v, h) -> isDiscrete v && isDiscrete h) do
                    let rbm, ps = machineOf pair 1
                    let v, h = someStates (fst pair) 5 2, someStates (snd pair) 5 3
                    let cold = Rbm.energy rbm (Rbm.tempered 2.5 rbm ps) v h
                    expectClose 1e-12 $"{pair}" (Tensor.toDoubles (Rbm.energy rbm ps v h / 2.5)) (Tensor.toDoubles cold)
            }

            test "filters are the columns of the weights" {
                let _, ps = machineOf (Units.Bernoulli, Units.Softmax 3) 1
                let w = (Tree.leaf [ "weight" ] ps).Value
                expectSame "filters" (Tensor.stack 0 (Tensor.unstack 1 w)) (Rbm.filters ps)
            }

            test "the discriminative machine's logits are the free energies of inputs beside classes" {
                let layer = Rbm.discriminative 4 5 3
                let struct (ps, state) = Layer.init key layer

                let ps =
                    ps
                    |> Tree.map (fun p -> { p with Value = p.Value + 0.1 * Random.normal p.Value.Shape key })
                    |> widenParams

                let x = doubles [ 6; 4 ] 8 |> Tensor.gtNumber 0.0 |> Tensor.cast Dtype.Float64
                let value name = (Tree.leaf [ name ] ps).Value
                let logits, _ = runLayer layer Eval ps state x

                // One machine whose visible units are the inputs, without biases, and one softmax unit of classes.
                let joint = Rbm.create Units.Bernoulli 7 Units.Bernoulli 5
                let a = Tensor.cat 0 [ Tensor.zerosOf Dtype.Float64 [ 4 ]; value "bias" ]
                let all = Rbm.parameters (Tensor.cat 0 [ value "weight"; value "class" ]) a (value "hidden")

                for y in 0..2 do
                    let labels = Tensor.onehot 3 (Tensor.ofInts (Array.create 6 y)) |> Tensor.cast Dtype.Float64
                    let free = Rbm.freeEnergy joint all (Tensor.cat 1 [ x; labels ])
                    let own = (Tensor.unstack 1 logits)[y]
                    expectClose 1e-12 $"class {y}" (Tensor.toDoubles -free) (Tensor.toDoubles own)
            }
        ]
