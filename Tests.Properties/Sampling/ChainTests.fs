/// What chains tell, on sequences whose autocorrelation is known.
module ChainTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support
open Targets

let private key = Key.ofSeed 75

// xₜ = ρ·xₜ₋₁ + √(1 - ρ²)·noise from its own distribution: autocorrelation ρ^k, time (1 + ρ)/(1 - ρ).
let private autoregressive rho steps chains seed =
    let noise = Tensor.toDoubles2D (doubles [ steps; chains ] seed)

    for chain in 0 .. chains - 1 do
        for step in 1 .. steps - 1 do
            noise[step, chain] <- rho * noise[step - 1, chain] + sqrt (1.0 - rho * rho) * noise[step, chain]

    noise

let private tensor (draws: float[,]) =
    Tensor.ofDoubles [ Array2D.length1 draws; Array2D.length2 draws ] (Seq.cast<float> draws |> Seq.toArray)

let tests =
    testList
        "chains"
        [
            for rho in [ -0.6; -0.5; 0.0; 0.5; 0.9; 0.97 ] do
                test $"autocorrelation {rho}" {
                    let steps, chains = 10000, 32
                    let draws = tensor (autoregressive rho steps chains 1)
                    let expected = (1.0 + rho) / (1.0 - rho)
                    let found = Chains.autocorrelationTime draws
                    // Madras and Sokal 1988: the relative error is √((4M + 2)/N), M the steps apart that are summed over; pairs end
                    // where ρ^M is lost in noise.
                    let summed = if rho = 0.0 then 2.0 else 1.0 + log 300.0 / -log(abs rho)
                    let error = expected * sqrt ((4.0 * summed + 2.0) / float (steps * chains))

                    expectLess (abs (found - expected)) (5.0 * error) $"time {found}, expected {expected} ± {error}"

                    let size = float (steps * chains) / found
                    Expect.floatClose Accuracy.high (Chains.effectiveSampleSize draws) size "effective size"

                    let correlations = Chains.autocorrelations 5 draws

                    // Bartlett 1946 for such chains: n times the variance of the correlation at lag k.
                    let bartlett lag =
                        let square = rho * rho
                        (1.0 + square) * (1.0 - square ** lag) / (1.0 - square) - 2.0 * lag * square ** lag

                    for lag in 0..5 do
                        let error = sqrt (bartlett (float lag) / float (steps * chains))

                        expectLess (abs (correlations[lag] - rho ** float lag)) (max 1e-12 (5.0 * error)) $"lag {lag}"
                }

            test "chains that go to and fro tell more than independent draws, and Stan's bound N·log₁₀N at most" {
                let steps, chains = 1000, 4
                let total = float (steps * chains)

                let strictly =
                    Array2D.init steps chains (fun step chain -> if (step + chain) % 2 = 0 then 1.0 else -1.0)

                // (1 - 0.9)/(1 + 0.9) = 1/19 is below 1/log₁₀4000; so are sums that noise ends at once.
                for name, draws in
                    [
                        "strictly", strictly
                        "nearly", autoregressive -0.9 steps chains 5
                        "almost strictly", autoregressive -0.999 steps chains 6
                    ] do
                    let draws = tensor draws
                    expectClose 1e-12 name [| total * log10 total |] [| Chains.effectiveSampleSize draws |]
                    expectClose 1e-12 name [| 1.0 / log10 total |] [| Chains.autocorrelationTime draws |]

                let between = Chains.effectiveSampleSize (tensor (autoregressive -0.5 steps chains 7))
                expectMore between total "more than independent ones"
                expectLess between (total * log10 total) "within the bound"
            }

            testProperty "no chain's time is below the bound" (fun (NonNegativeInt seed) (steps: PositiveInt) ->
                let steps = 4 + steps.Get
                let draws = autoregressive (0.999 * sin (float seed)) steps 2 seed
                let least = 1.0 / log10 (float draws.Length)
                expectMore (Chains.autocorrelationTime (tensor draws)) (least * (1.0 - 1e-12)) "at least the bound")

            test "the effective size is what the spread of means over many runs says" {
                let steps, runs, rho = 2000, 400, 0.8
                let draws = autoregressive rho steps runs 2
                let means = [| for run in 0 .. runs - 1 -> Array.average draws[*, run] |]
                let variance = means |> Array.averageBy (fun m -> m * m)
                let size = Chains.effectiveSampleSize (tensor draws) / float runs
                // The variance of 400 means is known to 7 %.
                expectLess (abs (variance * size - 1.0)) (5.0 * sqrt (2.0 / 400.0)) $"{1.0 / variance} and {size}"
            }

            test "split R̂ by hand" {
                let draws = tensor (array2D [ [ 1.0; 2.0 ]; [ 2.0; 3.0 ]; [ 3.0; 4.0 ]; [ 4.0; 5.0 ] ])
                // Halves (1, 2), (3, 4), (2, 3), (4, 5): within 1/2, of their means 5/3; (1/2·1/2 + 5/3)/(1/2) = 23/6.
                Expect.floatClose Accuracy.high (Chains.splitRhat draws) (sqrt (23.0 / 6.0)) "R̂"
                let odd = tensor (array2D [ [ 1.0 ]; [ 2.0 ]; [ 99.0 ]; [ 3.0 ]; [ 4.0 ] ])
                // (1, 2), (3, 4): within 1/2, of means 2; (1/4 + 2)/(1/2) = 4.5.
                Expect.floatClose Accuracy.high (Chains.splitRhat odd) (sqrt 4.5) "the middle is left out"
            }

            test "R̂ is near 1 for chains that agree, not for chains that lie apart or drift" {
                let draws = autoregressive 0.3 2000 4 3
                expectLess (Chains.splitRhat (tensor draws)) 1.01 "agree"
                let apart = draws |> Array2D.mapi (fun _ chain x -> x + float chain)
                expectMore (Chains.splitRhat (tensor apart)) 1.3 "apart"
                let drifting = draws |> Array2D.mapi (fun step _ x -> x + float step / 500.0)
                expectMore (Chains.splitRhat (tensor drifting)) 1.3 "drifting together"
            }

            test "chains that lie apart tell little, however long they are" {
                let draws = autoregressive 0.0 1000 4 4 |> Array2D.mapi (fun _ chain x -> x + 5.0 * float chain)
                expectLess (Chains.effectiveSampleSize (tensor draws)) 20.0 "not 4000"
            }

            testProperty "a change of scale and origin changes nothing" (fun (NonNegativeInt seed) ->
                let draws = tensor (autoregressive 0.6 50 3 seed)
                let moved = 7.0 - 3.0 * draws

                for f in [ Chains.autocorrelationTime; Chains.effectiveSampleSize; Chains.splitRhat ] do
                    expectClose 1e-9 "the same" [| f draws |] [| f moved |])

            test "draws that do not vary have no time" {
                let still = Tensor.ones [ 10; 2 ]
                Expect.isTrue (Double.IsNaN(Chains.autocorrelationTime still)) "time"
                Expect.isTrue (Double.IsNaN(Chains.effectiveSampleSize still)) "size"
                Expect.isTrue (Double.IsNaN(Chains.splitRhat still)) "R̂"
            }

            test "draws of another shape are refused" {
                for draws in [ Tensor.ones [ 10 ]; Tensor.ones [ 3; 2 ]; Tensor.ones [ 10; 2; 2 ] ] do
                    for f in [ Chains.autocorrelationTime; Chains.effectiveSampleSize; Chains.splitRhat ] do
                        expectError<ArgumentException> [ "[steps; chains]"; string draws ] (fun () -> f draws |> ignore)

                expectError<ArgumentException> [ "0 to 9"; "10" ] (fun () ->
                    Chains.autocorrelations 10 (Tensor.ones [ 10; 2 ]) |> ignore)
            }
        ]
