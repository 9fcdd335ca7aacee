/// Hopfield networks: energy and recall as laws.
module HopfieldTests

open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

let private key = Key.ofSeed 21
let private random n p seed = Hopfield.randomPatterns p n (Key.ofSeed seed)

// A network of any symmetric weights and thresholds, float64.
let private anyNetwork units n seed =
    let w = doubles [ n; n ] seed
    let others = 1.0 - Tensor.eyeOf Dtype.Float64 n n
    Hopfield.create units ((w + Tensor.transpose 0 1 w) * others) (doubles [ n ] (seed + 1))

// States that the units of a network can take.
let private anyStates (network: HopfieldNetwork) k seed =
    let x = Random.bernoulli 0.5 [ k; network.Count ] (Key.ofSeed seed)
    if network.Units = HopfieldUnits.Binary then x else 2.0 * x - 1.0

let private bothUnits seed = if seed % 2 = 0 then HopfieldUnits.Bipolar else HopfieldUnits.Binary

// A small network, three of its states and a key, from what FsCheck draws.
let private drawn (NonNegativeInt size) (NonNegativeInt seed) =
    let network = anyNetwork (bothUnits seed) (1 + size % 12) seed
    network, anyStates network 3 (seed + 2), Key.ofSeed seed

let private energies network states = Tensor.toDoubles (Hopfield.energy network states)

// The definition, unit by unit: sweeps in order until a sweep changes nothing.
let private naive (network: HopfieldNetwork) (state: float[]) =
    let w, b, x = Tensor.toDoubles2D network.Weights, Tensor.toDoubles network.Thresholds, Array.copy state
    let mutable quiet, sweeps = false, -1

    while not quiet do
        quiet <- true
        sweeps <- sweeps + 1

        for i in 0 .. x.Length - 1 do
            let u = Seq.sum (seq { for j in 0 .. x.Length - 1 -> w[i, j] * x[j] }) - b[i]
            let value = if u > 0.0 then 1.0 else network.Units.Low

            if value <> x[i] then
                quiet <- false
                x[i] <- value

    x, sweeps

let private laws =
    testList
        "laws"
        [
            testProperty "E is -½xᵀWx + bᵀx, and changing unit k alone by Δ changes it by -u_k·Δ" (fun size seed ->
                let network, states, _ = drawn size seed
                let n = network.Count
                let w, b = Tensor.toDoubles2D network.Weights, Tensor.toDoubles network.Thresholds

                let energy (x: float[]) =
                    Seq.sum (seq { for i in 0 .. n - 1 -> b[i] * x[i] })
                    - 0.5
                      * Seq.sum (
                          Seq.allPairs [ 0 .. n - 1 ] [ 0 .. n - 1 ] |> Seq.map (fun (i, j) -> w[i, j] * x[i] * x[j])
                      )

                let x = (Tensor.toDoubles states)[.. n - 1]
                let before, fields = (energies network states)[0], Tensor.toDoubles (Hopfield.fields network states)
                expectClose 1e-10 "the definition" [| energy x |] [| before |]

                for k in 0 .. n - 1 do
                    let other = if x[k] = 1.0 then network.Units.Low else 1.0
                    let after = energy (Array.updateAt k other x)
                    expectClose 1e-10 $"unit {k}" [| -fields[k] * (other - x[k]) |] [| after - before |])

            testProperty "the fields are the negative gradient of the energy" (fun size seed ->
                let network, states, _ = drawn size seed
                let states = Tensor.cast Dtype.Float64 states
                let slope = Differentiation.grad (fun x -> Tensor.sum (Hopfield.energy network x)) states
                expectClose 1e-10 "-∂E" (Tensor.toDoubles -slope) (Tensor.toDoubles (Hopfield.fields network states)))

            testProperty "each change on the way lowers the energy, and leads to where recall ends" (fun size seed ->
                let network, states, key = drawn size seed

                let flips =
                    Hopfield.flips 1000 key network (Tensor.reshape [ network.Count ] (Tensor.slice 0 0 1 states))

                let recalled = Hopfield.recall 1000 key network states
                let x = Tensor.toDoubles states
                let mutable energy = (energies network states)[0]

                for flip in flips do
                    x[flip.Unit] <- x[flip.Unit] + flip.Change
                    let after = (energies network (Tensor.ofDoubles [ 3; network.Count ] x))[0]
                    expectBelow energy "the energy falls" after
                    expectClose 1e-9 "by field times change" [| energy - flip.Field * flip.Change |] [| after |]
                    energy <- after

                let ended = (Tensor.toDoubles recalled.States)[.. network.Count - 1]
                Expect.equal ended x[.. network.Count - 1] "the same end")

            testProperty "recall ends where no unit would change, and stays there" (fun size seed ->
                let network, states, key = drawn size seed
                let ended = Hopfield.recall 1000 key network states
                Expect.all ended.Converged id "converged"
                Expect.isFalse (Array.contains true ended.Cycling) "no cycle"
                Expect.all (Hopfield.isStable network ended.States) id "stable"
                let again = Hopfield.recall 1000 (Key.child 1 key) network ended.States
                expectSame "states" ended.States again.States
                Expect.all again.Sweeps ((=) 0) "no sweep"
                let stable = Hopfield.isStable network states
                Expect.equal (ended.Sweeps |> Array.map ((=) 0)) stable "0 sweeps where it was stable")

            testProperty "recall in order is the definition, unit by unit" (fun size seed ->
                let network, states, _ = drawn size seed
                let found = Hopfield.recallInOrder 1000 network states

                for row in 0..2 do
                    let start = Tensor.toDoubles (Tensor.slice 0 row (row + 1) states)
                    let expected, sweeps = naive network start
                    Expect.equal (Tensor.toDoubles (Tensor.slice 0 row (row + 1) found.States)) expected "the state"
                    Expect.equal found.Sweeps[row] sweeps "the sweeps")

            testProperty "a state's way depends on its number in the batch alone" (fun size seed ->
                let network, states, key = drawn size seed
                let all = Hopfield.recall 1000 key network states
                let two = Hopfield.recall 1000 key network (Tensor.slice 0 0 2 states)
                expectSame "states" (Tensor.slice 0 0 2 all.States) two.States
                Expect.equal two.Sweeps all.Sweeps[..1] "sweeps")

            testProperty "without thresholds the negative of a state is recalled as the negative" (fun size seed ->
                let network, states, key = drawn size seed
                let even = Hopfield.create HopfieldUnits.Bipolar network.Weights (Tensor.zerosLike network.Thresholds)
                let states = 2.0 * (Tensor.gtNumber 0.5 states |> Tensor.cast Dtype.Float32) - 1.0
                let ended state = (Hopfield.recall 1000 key even state).States
                expectSame "states" -(ended states) (ended -states))

            testProperty
                "units 0 and 1 take the same way as -1 and 1"
                (fun (NonNegativeInt size) (NonNegativeInt seed) ->
                    let general = anyNetwork HopfieldUnits.Bipolar (1 + size % 12) seed
                    let stored = Hopfield.hebb (random (2 + size % 20) (1 + seed % 5) seed)

                    for network in [ general; stored ] do
                        let binary, states = Hopfield.toBinary network, anyStates network 3 seed
                        let zeros = 0.5 * states + 0.5
                        let way network state = Hopfield.flips 1000 key network state |> Array.map _.Unit
                        let row (x: Tensor) = Tensor.reshape [ network.Count ] (Tensor.slice 0 0 1 x)
                        Expect.equal (way binary (row zeros)) (way network (row states)) "the same changes"

                        let ended, other =
                            Hopfield.recall 1000 key network states, Hopfield.recall 1000 key binary zeros

                        expectSame "states" ended.States (2.0 * other.States - 1.0)
                        Expect.equal other.Sweeps ended.Sweeps "sweeps"

                        let quarters =
                            (energies network states, energies binary zeros) ||> Array.map2 (fun e f -> e - 4.0 * f)

                        expectClose 1e-4 "4·E up to a constant" (Array.create 3 quarters[0]) quarters
                        let back = Hopfield.toBipolar binary
                        Expect.isTrue (Tensor.allclose 1e-5 1e-5 network.Thresholds back.Thresholds) "there and back")

            testProperty "synchronous recall converges or alternates between two states" (fun size seed ->
                let network, states, _ = drawn size seed
                let ended = Hopfield.recallTogether 10_000 network states

                for row in 0..2 do
                    let state = (Tensor.slice 0 row (row + 1) ended.States)
                    let after steps = (Hopfield.recallTogether steps network state).States
                    Expect.notEqual ended.Converged[row] ended.Cycling[row] "one of both"
                    Expect.equal (Tensor.equal (after 1) state) ended.Converged[row] "one more step"
                    expectSame "two more steps" state (after 2))
        ]

let tests = testList "hopfield" [ laws ]
