/// The modern continuous Hopfield network.
module ModernHopfieldTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

type private M = CSharp.ModernHopfield

// Scaled dot-product attention, number by number.
let private attention (scale: float) (queries: float[,]) (keys: float[,]) (values: float[,]) =
    let k, p, d = Array2D.length1 queries, Array2D.length1 keys, Array2D.length2 keys

    [|
        for q in 0 .. k - 1 do
            let scores =
                [|
                    for s in 0 .. p - 1 -> scale * Seq.sum (seq { for i in 0 .. d - 1 -> queries[q, i] * keys[s, i] })
                |]

            let weights = scores |> Array.map (fun score -> exp (score - Array.max scores))

            for i in 0 .. d - 1 do
                Seq.sum (seq { for s in 0 .. p - 1 -> weights[s] * values[s, i] }) / Array.sum weights
    |]

let private continuous (NonNegativeInt size) (NonNegativeInt seed) =
    let d, p = 1 + size % 8, 1 + seed % 7
    0.1 + float (seed % 30) / 10.0, doubles [ p; d ] seed, 2.0 * doubles [ 3; d ] (seed + 1)

let tests =
    testList
        "modern hopfield"
        [
            testProperty "an update is scaled dot-product attention, keys and values the patterns" (fun size seed ->
                let _, patterns, states = continuous size seed
                let beta = 1.0 / sqrt (float patterns.Shape[1])
                let x, s = Tensor.toDoubles2D patterns, Tensor.toDoubles2D states

                expectClose
                    1e-10
                    "attention"
                    (attention beta s x x)
                    (Tensor.toDoubles (ModernHopfield.update beta patterns states)))

            testProperty "an update is a step of length 1 down the gradient of the energy" (fun size seed ->
                let beta, patterns, states = continuous size seed
                let slope = Differentiation.grad (fun x -> Tensor.sum (ModernHopfield.energy beta patterns x)) states
                let expected = Tensor.toDoubles (states - slope)
                expectClose 1e-9 "ξ - ∂E" expected (Tensor.toDoubles (ModernHopfield.update beta patterns states)))

            testProperty "the energy is its definition, not negative, and no update raises it" (fun size seed ->
                let beta, patterns, states = continuous size seed
                let x, s = Tensor.toDoubles2D patterns, Tensor.toDoubles2D states

                let squared (a: float[,]) row =
                    Seq.sum (seq { for i in 0 .. Array2D.length2 a - 1 -> a[row, i] * a[row, i] })

                let rows = [ 0 .. Array2D.length1 x - 1 ]

                let expected =
                    [|
                        for k in 0..2 do
                            let product row =
                                Seq.sum (seq { for i in 0 .. Array2D.length2 x - 1 -> x[row, i] * s[k, i] })

                            let lse = log (Seq.sum (seq { for row in rows -> exp (beta * product row) })) / beta

                            -lse
                            + 0.5 * squared s k
                            + log (float rows.Length) / beta
                            + 0.5 * (rows |> List.map (squared x) |> List.max)
                    |]

                let mutable state = states
                let mutable energies = Tensor.toDoubles (ModernHopfield.energy beta patterns states)
                expectClose 1e-9 "the definition" expected energies

                for _ in 1..5 do
                    state <- ModernHopfield.update beta patterns state
                    let after = Tensor.toDoubles (ModernHopfield.energy beta patterns state)
                    Expect.all (Array.map2 (-) after energies) (fun change -> change <= 1e-9) "falls or stays"
                    Expect.all after (fun e -> e >= -1e-9) "not negative"
                    energies <- after)

            testProperty "retrieval repeats the update until it rests, each state by itself" (fun size seed ->
                let beta, patterns, states = continuous size seed
                let all = ModernHopfield.retrieve 10_000 1e-7 beta patterns states
                Expect.all all.Converged id "converged"

                for row in 0..2 do
                    let alone = (Tensor.slice 0 row (row + 1) states)
                    let one = ModernHopfield.retrieve 10_000 1e-7 beta patterns alone
                    let found = (Tensor.slice 0 row (row + 1) all.States)
                    Expect.equal one.Sweeps[0] all.Sweeps[row] "the same steps"
                    expectClose 1e-9 "the same state" (Tensor.toDoubles one.States) (Tensor.toDoubles found)

                    let repeated =
                        (alone, seq { 1 .. one.Sweeps[0] })
                        ||> Seq.fold (fun x _ -> ModernHopfield.update beta patterns x)

                    expectClose 1e-9 "repeated" (Tensor.toDoubles repeated) (Tensor.toDoubles found))

            test "1,000 patterns on a sphere in 20 dimensions are fixed points within 1 %" {
                let directions = doubles [ 1000; 20 ] 4
                let patterns = directions / Tensor.normKeeping 2.0 1 directions * (3.0 * sqrt 19.0)
                let found = ModernHopfield.retrieve 100 1e-9 1.0 patterns patterns
                let error = Tensor.toDoubles (Tensor.normOver 2.0 1 (found.States - patterns))
                Expect.all error (fun e -> e < 0.01 * 3.0 * sqrt 19.0) "each comes back"
                let noisy = patterns + doubles [ 1000; 20 ] 5
                let away = Tensor.normOver 2.0 1 ((ModernHopfield.update 1.0 patterns noisy) - patterns)
                let near = Tensor.toDoubles away |> Array.filter (fun e -> e < 0.01 * 3.0 * sqrt 19.0)
                Expect.isGreaterThan near.Length 990 "from noise in one update"
            }

            test "bad input is refused" {
                let refuse parameter words f =
                    let error = raised<ArgumentException>(f >> ignore)
                    Expect.equal error.ParamName parameter error.Message

                    for word: string in words do
                        Expect.stringContains error.Message word "what was given"

                let patterns = Tensor.ones [ 2; 4 ]
                let states = Tensor.ones [ 1; 4 ]
                refuse "beta" [ "positive"; "0" ] (fun () -> ModernHopfield.update 0.0 patterns states)
                refuse "patterns" [ "[p; d]"; "[4]" ] (fun () -> ModernHopfield.energy 1.0 (Tensor.ones [ 4 ]) states)
                refuse "patterns" [ "[0; 4]" ] (fun () -> ModernHopfield.energy 1.0 (Tensor.ones [ 0; 4 ]) states)

                refuse "states" [ "[k; 4]"; "[1; 3]" ] (fun () ->
                    ModernHopfield.update 1.0 patterns (Tensor.ones [ 1; 3 ]))

                refuse "states" [ "dtype"; "float64" ] (fun () ->
                    ModernHopfield.update 1.0 patterns (Tensor.cast Dtype.Float64 states))

                refuse "maxSteps" [ "-1" ] (fun () -> ModernHopfield.retrieve -1 0.1 1.0 patterns states)
                refuse "tolerance" [ "NaN" ] (fun () -> ModernHopfield.retrieve 9 nan 1.0 patterns states)
            }

            test "an empty batch is retrieved" {
                let found = ModernHopfield.retrieve 9 0.1 1.0 (Tensor.ones [ 2; 4 ]) (Tensor.ones [ 0; 4 ])
                Expect.equal (found.States.Shape, found.Sweeps.Length) ([| 0; 4 |], 0) "nothing"
            }

            test "C# gives the same" {
                let patterns, states = doubles [ 6; 5 ] 1, doubles [ 2; 5 ] 2
                expectSame "Update" (ModernHopfield.update 0.7 patterns states) (M.Update(0.7, patterns, states))
                expectSame "Energy" (ModernHopfield.energy 0.7 patterns states) (M.Energy(0.7, patterns, states))

                let expected, found =
                    ModernHopfield.retrieve 1000 1e-6 0.7 patterns states, M.Retrieve(0.7, patterns, states)

                expectSame "Retrieve" expected.States found.States
                Expect.equal found.Sweeps expected.Sweeps "steps"
            }
        ]
