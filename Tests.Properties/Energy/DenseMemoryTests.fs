/// Dense associative memories and the modern continuous Hopfield network.
module DenseMemoryTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

type private C = CSharp.DenseMemories
type private M = CSharp.ModernHopfield

let private key = Key.ofSeed 9

let private memories patterns =
    [
        DenseMemory.polynomial 2 patterns
        DenseMemory.polynomial 3 patterns
        DenseMemory.polynomial 4 patterns
        DenseMemory.exponential patterns
    ]

// -Σ F(ξ·x), from the definition.
let private energyOf (f: float -> float) (patterns: float[,]) (x: float[]) =
    let product s = Seq.sum (seq { for i in 0 .. x.Length - 1 -> patterns[s, i] * x[i] })
    -(Seq.sum (seq { for s in 0 .. Array2D.length1 patterns - 1 -> f (product s) }))

let private functions: (float -> float) list =
    [ (fun m -> m * m); (fun m -> m * m * m); (fun m -> m * m * m * m); exp ]

let private drawn (NonNegativeInt size) (NonNegativeInt seed) =
    let n, p = 1 + size % 9, 1 + seed % 6
    let patterns = Hopfield.randomPatterns p n (Key.ofSeed seed) |> Tensor.cast Dtype.Float64
    patterns, Hopfield.randomPatterns 3 n (Key.ofSeed (seed + 1)), Key.ofSeed seed

let private dense =
    testList
        "dense memory"
        [
            testProperty "of degree 2 it is Hebb's network, change for change" (fun size seed ->
                let patterns, states, key = drawn size seed
                let expected = Hopfield.recall 1000 key (Hopfield.hebb patterns) states
                let found = DenseMemory.recall 1000 key (DenseMemory.polynomial 2 patterns) states
                expectSame "states" expected.States found.States
                Expect.equal found.Sweeps expected.Sweeps "sweeps")

            testProperty "the energy is -Σ F(ξ·x), of the exponential its logarithm" (fun size seed ->
                let patterns, states, _ = drawn size seed
                let rows = Tensor.toJagged states |> Array.map (Array.map float)

                for f, memory in List.zip functions (memories patterns) do
                    let expected = rows |> Array.map (energyOf f (Tensor.toDoubles2D patterns))
                    let found = Tensor.toDoubles (DenseMemory.energy memory states)

                    let expected =
                        if memory.ToString().Contains "exp" then
                            Array.map (fun e -> -(log -e)) expected
                        else
                            expected

                    expectClose 1e-10 (string memory) expected found)

            testProperty "a sweep gives each unit in turn the value of lower energy, and ties nothing" (fun size seed ->
                let patterns, states, key = drawn size seed
                let n = patterns.Shape[1]
                let table = Tensor.toDoubles2D patterns

                for f, memory in List.zip functions (memories patterns) do
                    let found = DenseMemory.recall 1 key memory states

                    for row in 0..2 do
                        let x = Tensor.toDoubles (Tensor.slice 0 row (row + 1) states)

                        for unit in Random.permutation n (Key.child 0 (Key.child row key)) do
                            let up, down = Array.updateAt unit 1.0 x, Array.updateAt unit -1.0 x
                            let difference = energyOf f table up - energyOf f table down
                            let rounding = 1e-9 * abs (energyOf (f >> abs) table x)

                            if abs difference > rounding then
                                x[unit] <- (if difference < 0.0 then 1.0 else -1.0)

                        Expect.equal (Tensor.toDoubles (Tensor.slice 0 row (row + 1) found.States)) x (string memory))

            testProperty "the energy never rises, and recall ends where it stays" (fun size seed ->
                let patterns, states, key = drawn size seed

                for memory in memories patterns do
                    let energy sweeps =
                        Tensor.toDoubles (
                            DenseMemory.energy memory (DenseMemory.recall sweeps key memory states).States
                        )

                    for before, after in Seq.pairwise (Seq.map energy [ 0..5 ]) do
                        Expect.all (Array.map2 (-) after before) (fun change -> change <= 1e-9) $"{memory}"

                    let ended = DenseMemory.recall 1000 key memory states
                    Expect.all ended.Converged id "converged"
                    let again = DenseMemory.recall 1000 (Key.child 1 key) memory ended.States
                    expectSame "states" ended.States again.States
                    Expect.all again.Sweeps ((=) 0) "no sweep")

            test "with exponential separation 1,000 patterns of 64 units come back" {
                let patterns = Hopfield.randomPatterns 1000 64 key
                let noisy = Hopfield.flipped 0.1 key patterns

                expectSame
                    "patterns"
                    patterns
                    (DenseMemory.recall 100 key (DenseMemory.exponential patterns) noisy).States
            }

            test "500 units with degree 30 or exponential separation overflow nowhere" {
                let patterns = Hopfield.randomPatterns 50 500 key
                let noisy = Hopfield.flipped 0.3 key patterns

                for memory in [ DenseMemory.polynomial 30 patterns; DenseMemory.exponential patterns ] do
                    expectSame (string memory) patterns (DenseMemory.recall 100 key memory noisy).States

                let energies = Tensor.toDoubles (DenseMemory.energy (DenseMemory.exponential patterns) noisy)
                Expect.all energies Double.IsFinite "energies"
            }

            test "bad input is refused" {
                let refuse parameter words f =
                    let error = raised<ArgumentException>(f >> ignore)
                    Expect.equal error.ParamName parameter error.Message

                    for word: string in words do
                        Expect.stringContains error.Message word "what was given"

                let memory = DenseMemory.polynomial 3 (Tensor.ones [ 2; 4 ])
                refuse "degree" [ "at least 2"; "1" ] (fun () -> DenseMemory.polynomial 1 (Tensor.ones [ 2; 4 ]))
                refuse "patterns" [ "[4]" ] (fun () -> DenseMemory.exponential (Tensor.ones [ 4 ]))
                refuse "patterns" [ "is 0" ] (fun () -> DenseMemory.exponential (Tensor.zeros [ 2; 4 ]))
                refuse "states" [ "[k; 4]"; "[2; 3]" ] (fun () -> DenseMemory.energy memory (Tensor.ones [ 2; 3 ]))
                refuse "states" [ "[k; 4]"; "[4]" ] (fun () -> DenseMemory.recall 9 key memory (Tensor.ones [ 4 ]))
                refuse "states" [ "-1 or 1" ] (fun () -> DenseMemory.recall 9 key memory (Tensor.zeros [ 1; 4 ]))
                refuse "maxSweeps" [ "-1" ] (fun () -> DenseMemory.recall -1 key memory (Tensor.ones [ 1; 4 ]))
            }

            test "C# recalls the same" {
                let patterns = Hopfield.randomPatterns 9 30 key
                let noisy = Hopfield.flipped 0.2 key patterns

                for expected, found in
                    [
                        DenseMemory.polynomial 3 patterns, C.Polynomial(3, patterns)
                        DenseMemory.exponential patterns, C.Exponential patterns
                    ] do
                    expectSame "energy" (DenseMemory.energy expected noisy) (C.Energy(found, noisy))
                    let there, here = DenseMemory.recall 100 key expected noisy, C.Recall(found, noisy, key)
                    expectSame "states" there.States here.States
                    Expect.equal here.Sweeps there.Sweeps "sweeps"
            }
        ]

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

let private modern =
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

let tests = testList "dense memories" [ dense; modern ]
