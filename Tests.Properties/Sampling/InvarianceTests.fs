/// Transition matrices of three units: they leave the Boltzmann distribution as it is, and the kernels follow them.
module InvarianceTests

open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support
open Targets

let private key = Key.ofSeed 72

let private product (a: float[,]) (b: float[,]) =
    let n = Array2D.length1 a
    Array2D.init n n (fun i j -> Seq.sum (seq { for k in 0 .. n - 1 -> a[i, k] * b[k, j] }))

let private lowest units = if units = Units.Spin then -1.0 else 0.0
let private states units n = everyState (lowest units) n

let private asTensor (states: float[][]) = Tensor.ofDoubles [ states.Length; states[0].Length ] (Array.concat states)

// The matrix of trying to flip one unit, from the chances [states; units].
let private flip n unit (chances: float[,]) =
    let other i = i ^^^ (1 <<< (n - 1 - unit))

    Array2D.init (1 <<< n) (1 <<< n) (fun i j ->
        if j = i then 1.0 - chances[i, unit]
        elif j = other i then chances[i, unit]
        else 0.0)

let private flips n chances = [ for unit in 0 .. n - 1 -> flip n unit chances ]

let private randomSite n chances =
    let all = flips n chances
    Array2D.init (1 <<< n) (1 <<< n) (fun i j -> all |> List.averageBy (fun p -> p[i, j]))

let private sweep n chances = List.reduce product (flips n chances)

let private kernels units : (string * (Energy -> Tensor -> Tensor) * (int -> float[,] -> float[,]) * _) list =
    [
        "Gibbs.site", Gibbs.chances units, randomSite, Gibbs.site units
        "Gibbs.sweep", Gibbs.chances units, sweep, Gibbs.sweep units
        "Metropolis.flip", Metropolis.chances units, randomSite, Metropolis.flip units
    ]

let tests =
    testList
        "invariance"
        [
            for units in [ Units.Bernoulli; Units.Spin ] do
                for name, chances, matrix, kernel in kernels units do
                    testPropertyWithConfig
                        { FsCheckConfig.defaultConfig with maxTest = 25 }
                        $"{name}, {units}: the Boltzmann distribution stays, whatever the couplings"
                        (fun (NonNegativeInt seed) ->
                            let couplings = glass 3 1.5 seed
                            let p = boltzmann (glassEnergy couplings) (states units 3)
                            let chances = chances (glassOf couplings) (asTensor (states units 3))
                            let matrix = matrix 3 (Tensor.toDoubles2D chances)
                            (Law.stationary 1e-6 p matrix).Check()

                            if name <> "Gibbs.sweep" then
                                (Law.detailedBalance 1e-6 p matrix).Check())

                    test $"{name}, {units}: states follow the matrix" {
                        let couplings = glass 3 1.0 5
                        let all = states units 3
                        let chances = chances (glassOf couplings) (asTensor all)
                        let matrix = matrix 3 (Tensor.toDoubles2D chances)
                        let each = 3000

                        let start = asTensor all |> Tensor.repeatInterleave 0 each |> Tensor.cast Dtype.Float32

                        let after = numbers (Kernel.run 1 key (kernel (glassOf couplings)) start)

                        for i in 0..7 do
                            let reached =
                                [
                                    for j in 0..7 do
                                        if matrix[i, j] > 0.0 then
                                            j
                                ]

                            let found =
                                after[i * each .. (i + 1) * each - 1]
                                |> Array.map (fun j -> List.tryFindIndex ((=) j) reached |> Option.defaultValue -1)

                            let chance = Chances.pearson [ for j in reached -> matrix[i, j] ] found
                            expectMore chance 1e-4 $"from state {i}"
                    }

            test "the report is the part that changed" {
                let couplings = glass 3 1.0 5
                let start = asTensor (states Units.Spin 3) |> Tensor.cast Dtype.Float32

                for name, _, _, make in kernels Units.Spin do
                    let kernel = make (glassOf couplings)
                    let struct (after, part) = Kernel.step key (Kernel.init start kernel) kernel

                    let moved =
                        Tensor.toFloat (
                            Tensor.sum (Tensor.cast Dtype.Float32 (Tensor.ne (Kernel.position after) start))
                        )

                    let trials = if name = "Gibbs.sweep" then 24.0 else 8.0
                    Expect.floatClose Accuracy.medium part (moved / trials) name
            }

            test "cached energies are those of the positions" {
                let couplings = glass 3 1.0 5
                let start = asTensor (states Units.Spin 3) |> Tensor.cast Dtype.Float32

                for name, _, _, make in kernels Units.Spin do
                    let kernel = make (glassOf couplings)
                    let mutable state = Kernel.init start kernel

                    for i in 0..20 do
                        let struct (next, _) = Kernel.step (Key.child i key) state kernel
                        state <- next

                    expectSame name (glassOf couplings (Kernel.position state)) (Tree.leaf [ "energy" ] state)
            }

            test "chromatic: units of one colour at once follow the product of their chances" {
                // A chain of four units with couplings of neighbours alone: even and odd units are two colours.
                let couplings =
                    Array2D.init 4 4 (fun i j -> if abs (i - j) = 1 then 0.8 else 0.0), [| 0.3; -0.2; 0.5; 0.1 |]

                let w =
                    Tensor.ofArray
                        [ 4; 4 ]
                        [|
                            for i in 0..3 do
                                for j in 0..3 -> if abs (i - j) = 1 then 0.8f else 0f
                        |]

                let f = Tensor.ofSeq (snd couplings)
                let kernel = Gibbs.chromatic Units.Spin [ 0; 1; 0; 1 ] (fun x -> Tensor.matmul x w + f)

                let chances =
                    Tensor.toDoubles2D (Gibbs.chances Units.Spin (glassOf couplings) (asTensor (states Units.Spin 4)))

                let all = flips 4 chances
                let matrix = List.reduce product [ all[0]; all[2]; all[1]; all[3] ]
                (Law.stationary 1e-6 (boltzmann (glassEnergy couplings) (states Units.Spin 4)) matrix).Check()
                let each = 4000

                let start =
                    asTensor (states Units.Spin 4) |> Tensor.repeatInterleave 0 each |> Tensor.cast Dtype.Float32

                let after = numbers (Kernel.run 1 key kernel start)

                for i in 0..15 do
                    let chance =
                        Chances.pearson [ for j in 0..15 -> matrix[i, j] ] after[i * each .. (i + 1) * each - 1]

                    expectMore chance 1e-4 $"from state {i}"
            }
        ]
