/// Dense associative memories.
module DenseMemoryTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

type private C = CSharp.DenseMemories

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

let tests =
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
