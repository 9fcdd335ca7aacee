/// How much Hopfield networks and dense memories hold, against theory and measurements of other implementations.
module HopfieldCapacityTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support
open MathNet.Numerics

let private key = Key.ofSeed 33
let private mean (x: Tensor) = Tensor.toFloat (Tensor.mean x)
let private average trials f = Seq.averageBy (fun trial -> f (Key.child trial key)) (seq { 1..trials })

// Exactly: the field of a unit of a stored pattern is (n - 1 + S)/n up to its sign, where S is the sum of (p - 1)(n - 1)
// independent signs; it turns the unit where S < 1 - n. S/2 is binomial.
let private oneStep n p =
    let signs = (p - 1) * (n - 1)
    // S = 2k - signs < 1 - n.
    let last = (float (signs + 1 - n) / 2.0) |> ceil |> fun x -> x - 1.0
    Distributions.Binomial.CDF(0.5, signs, last)

let tests =
    testList
        "hopfield capacity"
        [
            for load in [ 0.105; 0.138; 0.185; 0.37; 0.61 ] do
                test $"at load {load} the first step errs as theory says" {
                    let n, trials = 300, 24
                    let p = int (round (load * float n))
                    let errors = [| for trial in 1..trials -> Hopfield.errorAtLoad n load (Key.child trial key) |]
                    let m, sd = Array.average errors, Statistics.Statistics.StandardDeviation errors
                    let expected = oneStep n p

                    expectWithin
                        (5.0 * sd / sqrt (float trials))
                        $"{m} where {expected} is expected, within 5 standard errors"
                        expected
                        m

                    let large = 0.5 * SpecialFunctions.Erfc(1.0 / sqrt (2.0 * load))

                    expectWithin 0.05 "½·erfc(1/√(2·load))" 1.0 (oneStep 1000 (int (1000.0 * load)) / large)
                }

            test "stored patterns stay below the capacity and are lost above it" {
                let below = Hopfield.overlapAtLoad 1000 0.12 0.0 (Key.child 1 key)
                let above = Hopfield.overlapAtLoad 1000 0.20 0.0 (Key.child 2 key)
                expectAbove 0.97 "at load 0.12" below
                expectBelow 0.6 "at load 0.20" above
            }

            test "patterns come back from noise, less far at a higher load" {
                let overlap load part = average 3 (Hopfield.overlapAtLoad 500 load part)
                expectAbove 0.99 "1.000 at load 0.05, 30 %" (overlap 0.05 0.3)
                expectAbove 0.98 "0.998 at load 0.1, 20 %" (overlap 0.1 0.2)
                // Another implementation, which sums over patterns instead of weights: 0.861 ± 0.013 over 12 sets.
                let edge = average 12 (Hopfield.overlapAtLoad 500 0.1 0.3)

                expectWithin 0.09 $"{edge} at the edge of the basins, within 5 standard errors" 0.861 edge
            }

            test "at n/(4·ln n) patterns all are stable, at n/(2·ln n) nearly all (McEliece et al. 1987)" {
                let stable p (key: Key) =
                    let patterns = Hopfield.randomPatterns p 500 key
                    let found = Hopfield.isStable (Hopfield.hebb patterns) patterns
                    float (found |> Array.filter id |> Array.length) / float p

                expectAbove 0.99 "20 patterns" (average 10 (stable 20))
                let many = average 10 (stable 40)
                Expect.isTrue (many > 0.88 && many < 0.98) $"40 patterns: 92 to 95 %%, not {many}"
            }

            test
                "at 60 patterns of 100 units the projection rule errs nowhere; at load 0.2 Storkey's rule holds and Hebb's does not" {
                let patterns = Hopfield.randomPatterns 60 100 key
                Expect.equal (Hopfield.oneStepError (Hopfield.pseudoInverse patterns) patterns) 0.0 "projection"
                let some = Hopfield.randomPatterns 100 500 key
                let overlap store = mean (Hopfield.retrieval 0.0 key (store some) some)
                expectAbove 0.97 "Storkey's" (overlap Hopfield.storkey)
                expectBelow 0.8 "Hebb's" (overlap Hopfield.hebb)
            }

            test "mixtures of three are stable, higher in energy, and caught by random states" {
                let patterns = Hopfield.randomPatterns 5 1000 key
                let network = Hopfield.hebb patterns
                let mixed = Tensor.unsqueeze 0 (Hopfield.mixture (Tensor.slice 0 0 3 patterns))
                let settled = (Hopfield.recall 100 key network mixed).States
                expectAbove 0.97 "hardly moved" (mean (Hopfield.overlap settled mixed))

                Expect.all
                    (Tensor.toDoubles (
                        Hopfield.overlap (Tensor.slice 0 0 3 patterns) (Tensor.expand [ 3; 1000 ] settled)
                    ))
                    (fun m -> abs (m - 0.5) < 0.1)
                    "half like each of the three"

                let energy x = mean (Hopfield.energy network x)
                expectAbove (energy patterns) "higher in energy" (energy settled)

                let share p =
                    Hopfield.spuriousShare
                        200
                        key
                        (Hopfield.hebb (Tensor.slice 0 0 p patterns))
                        (Tensor.slice 0 0 p patterns)

                Expect.equal (share 1) 0.0 "one pattern has no company"
                expectAbove 0.05 "five have" (share 5)
            }

            // Measured with another implementation: exact recall of patterns of 64 units, a tenth of them flipped.
            for count, classical, dense in [ 9, 0.83, 1.0; 20, 0.06, 1.0; 60, 0.0, 1.0; 200, 0.0, 0.76; 1000, 0.0, 0.0 ] do
                test $"of {count} patterns of 64 units {classical} are recalled, by a dense memory of degree 3 {dense}" {
                    let rate memory = Examples.DenseMemory.recallRate memory 600 key count
                    let found = rate Examples.DenseMemory.classical, rate (Examples.DenseMemory.dense 3)
                    expectWithin 0.1 "classical" classical (fst found)
                    expectWithin 0.1 "dense" dense (snd found)
                }

            test "the search for a capacity finds where a falling rate passes 95 %" {
                for last in [ 1; 2; 3; 6; 7; 100; 128; 129 ] do
                    let rate count = if count <= last then 0.95 else 0.9499
                    Expect.equal (Examples.DenseMemory.capacity rate) last "the last that holds"
            }
        ]
