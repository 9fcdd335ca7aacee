/// Hopfield networks: energy and recall as laws, rules of storage against their definitions, refusals, C#.
module HopfieldTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

type private C = CSharp.Hopfield

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
                    Expect.isLessThan after energy "the energy falls"
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

// Storkey's rule as it is written, element by element.
let private naiveStorkey (patterns: float[,]) =
    let p, n = Array2D.length1 patterns, Array2D.length2 patterns
    let mutable w = Array2D.zeroCreate n n

    for s in 0 .. p - 1 do
        let xi i = patterns[s, i]
        let old = w
        let others i j = Seq.except [ i; j ] [ 0 .. n - 1 ]
        let h i j = Seq.sum (seq { for k in others i j -> old[i, k] * xi k })

        w <-
            Array2D.init n n (fun i j ->
                if i = j then
                    0.0
                else
                    old[i, j] + (xi i * xi j - xi i * h j i - h i j * xi j) / float n)

    w |> Seq.cast<float> |> Seq.toArray

let private storage =
    testList
        "storage"
        [
            testProperty "Hebb's rule is the mean product of pairs of units" (fun (NonNegativeInt seed) ->
                let n, p = 1 + seed % 7, 1 + seed % 4
                let patterns = random n p seed
                let x = Tensor.toDoubles2D patterns

                let expected =
                    Array2D.init n n (fun i j ->
                        if i = j then
                            0.0
                        else
                            Seq.sum (seq { for s in 0 .. p - 1 -> x[s, i] * x[s, j] }) / float n)

                let network = Hopfield.hebb patterns
                expectClose 1e-6 "W" (expected |> Seq.cast |> Seq.toArray) (Tensor.toDoubles network.Weights)
                Expect.all (Tensor.toDoubles network.Thresholds) ((=) 0.0) "thresholds")

            testProperty "Storkey's rule is its definition" (fun (NonNegativeInt seed) ->
                let patterns = random (2 + seed % 7) (1 + seed % 5) seed |> Tensor.cast Dtype.Float64
                let expected = naiveStorkey (Tensor.toDoubles2D patterns)
                expectClose 1e-12 "W" expected (Tensor.toDoubles (Hopfield.storkey patterns).Weights))

            testProperty "the projection rule makes each pattern's fields (1 - P_ii)·ξ_i" (fun (NonNegativeInt seed) ->
                let n = 6 + seed % 30
                let patterns = random n (1 + seed % (n / 2)) seed |> Tensor.cast Dtype.Float64
                let network = Hopfield.pseudoInverse patterns
                // P = Ξᵀ(ΞΞᵀ)⁺Ξ, whose trace is the number of independent patterns.
                let transposed = Tensor.transpose 0 1 patterns
                let gram = Tensor.pinv (Tensor.matmul patterns transposed)
                let projection = Tensor.matmul transposed (Tensor.matmul gram patterns)
                let rest = 1.0 - Tensor.diagonal 0 0 1 projection
                let fields = Hopfield.fields network patterns
                expectClose 1e-8 "fields" (Tensor.toDoubles (patterns * rest)) (Tensor.toDoubles fields))

            test "patterns of other dtypes store as float32, float64 stays" {
                for dtype, expected in
                    [ Dtype.Int64, Dtype.Float32; Dtype.Float32, Dtype.Float32; Dtype.Float64, Dtype.Float64 ] do
                    let patterns = Tensor.cast dtype (random 8 2 1)

                    for store in [ Hopfield.hebb; Hopfield.pseudoInverse; Hopfield.storkey ] do
                        let network = store patterns
                        Expect.equal network.Weights.Dtype expected $"{dtype}"
                        Expect.equal (Hopfield.recall 9 key network patterns).States.Dtype expected "recalled"
            }
        ]

let private alternating =
    let weights = Tensor.ofDoubles [ 2; 2 ] [| 0.0; -1.0; -1.0; 0.0 |]
    Hopfield.create HopfieldUnits.Bipolar weights (Tensor.zerosOf Dtype.Float64 [ 2 ])

let private examples =
    testList
        "examples"
        [
            test "two units that repel each other alternate when they move together" {
                let both = Tensor.ofDoubles [ 2; 2 ] [| 1.0; 1.0; 1.0; -1.0 |]
                let together = Hopfield.recallTogether 100 alternating both
                Expect.equal together.Cycling [| true; false |] "(1, 1) and (-1, -1) in turn; (1, -1) is stable"
                Expect.equal together.Converged [| false; true |] "converged"
                Expect.equal together.Sweeps [| 2; 0 |] "steps"
                Expect.isTrue (Hopfield.recall 100 key alternating both).Converged[0] "one at a time they settle"
            }

            test "a unit whose field is zero stays" {
                let free = Hopfield.create HopfieldUnits.Binary (Tensor.zeros [ 3; 3 ]) (Tensor.zeros [ 3 ])
                let states = Tensor.ofArray [ 2; 3 ] [| 0f; 1f; 0f; 1f; 1f; 0f |]
                expectSame "states" states (Hopfield.recall 10 key free states).States
                Expect.equal (Hopfield.isStable free states) [| true; true |] "stable"
            }

            test "the sweeps are limited" {
                let network = Hopfield.hebb (random 200 10 3)
                let states = random 200 4 4
                let none = Hopfield.recall 0 key network states
                expectSame "no sweep" states none.States
                Expect.equal none.Converged (Array.create 4 false) "not yet"
                Expect.equal (Hopfield.recall 1 key network states).Sweeps [| 1; 1; 1; 1 |] "one sweep"
                Expect.equal (Hopfield.recallTogether 1 network states).Sweeps [| 1; 1; 1; 1 |] "one step"
            }

            test "1,000 states of 1,000 units are recalled" {
                let patterns = random 1000 50 5
                let noisy = Hopfield.flipped 0.2 key (Tensor.cat 0 (List.replicate 20 patterns))
                let found = Hopfield.recall 1000 key (Hopfield.hebb patterns) noisy
                Expect.all found.Converged id "converged"

                let overlaps =
                    Tensor.toDoubles (Hopfield.overlap found.States (Tensor.cat 0 (List.replicate 20 patterns)))

                Expect.isGreaterThan (Array.average overlaps) 0.99 "overlap"
            }

            // What the course's text literally says does not work.
            test "the mean of x·xᵀ over patterns of 0 and 1, without thresholds, forgets them; bipolar weights do not" {
                let n, p = 200, 6
                let signed = random n p 6
                let binary = 0.5 * signed + 0.5
                let others = 1.0 - Tensor.eye n
                let mean = Tensor.matmul (Tensor.transpose 0 1 binary) binary / float p * others
                let literal = Hopfield.create HopfieldUnits.Binary mean (Tensor.zeros [ n ])
                let noisy = 0.5 * Hopfield.flipped 0.1 key signed + 0.5
                let ones = Tensor.toFloat (Tensor.mean (Hopfield.recall 100 key literal noisy).States)
                Expect.isGreaterThan ones 0.95 "nearly all units end as 1"
                let right = Hopfield.toBinary (Hopfield.hebb signed)
                let ended = Hopfield.recall 100 key right noisy
                expectSame "the patterns" binary ended.States
                Expect.all (energies right ended.States) (fun e -> e < -10.0) "the energy does not end at 0"
            }
        ]

// Arguments, the parameter that is named, and words of the message.
let private refusals: (string * string * string list * (unit -> unit)) list =
    let network = lazy Hopfield.hebb (random 4 2 1)
    let create weights thresholds () = Hopfield.create HopfieldUnits.Bipolar weights thresholds |> ignore
    let recall states () = Hopfield.recall 10 key network.Value states |> ignore
    let square (numbers: float list) = Tensor.ofDoubles [ 2; 2 ] (Array.ofList numbers)
    let none n = Tensor.zerosOf Dtype.Float64 [ n ]

    [
        "weights of one axis", "weights", [ "[n; n]"; "[3]" ], create (none 3) (none 3)
        "weights that are not square", "weights", [ "[n; n]"; "[2; 3]" ], create (Tensor.ones [ 2; 3 ]) (none 2)
        "whole weights", "weights", [ "floating"; "int64" ], create (Tensor.zerosOf Dtype.Int64 [ 2; 2 ]) (none 2)
        "asymmetric weights",
        "weights",
        [ "symmetric"; "weights[1; 0] is 2"; "weights[0; 1] is 1" ],
        create (square [ 0; 1; 2; 0 ]) (none 2)
        "weights that are not finite", "weights", [ "finite"; "NaN" ], create (square [ 0; nan; nan; 0 ]) (none 2)
        "a diagonal", "weights", [ "to itself"; "weights[1; 1] is 3" ], create (square [ 0; 1; 1; 3 ]) (none 2)
        "thresholds of another length", "thresholds", [ "[2]"; "[3]" ], create (square [ 0; 1; 1; 0 ]) (none 3)
        "thresholds of another dtype",
        "thresholds",
        [ "float64"; "float32" ],
        create (square [ 0; 1; 1; 0 ]) (Tensor.zeros [ 2 ])
        "infinite thresholds",
        "thresholds",
        [ "unit 1" ],
        create (square [ 0; 1; 1; 0 ]) (Tensor.ofDoubles [ 2 ] [| 0.0; infinity |])
        "states of another width", "states", [ "[k; 4]"; "[1; 3]" ], recall (Tensor.ones [ 1; 3 ])
        "one state without a batch", "states", [ "[k; 4]"; "[4]" ], recall (Tensor.ones [ 4 ])
        "a unit of 0 among -1 and 1",
        "states",
        [ "-1 or 1"; "unit 2 of row 1"; "is 0" ],
        recall (Tensor.ofArray [ 2; 4 ] [| 1f; 1f; 1f; 1f; 1f; 1f; 0f; 1f |])
        "a unit of -1 among 0 and 1",
        "states",
        [ "0 or 1"; "is -1" ],
        (fun () -> Hopfield.isStable (Hopfield.toBinary network.Value) (-(Tensor.ones [ 1; 4 ])) |> ignore)
        "negative sweeps",
        "maxSweeps",
        [ "-1" ],
        (fun () -> Hopfield.recall -1 key network.Value (Tensor.ones [ 1; 4 ]) |> ignore)
        "negative steps",
        "maxSweeps",
        [ "-2" ],
        (fun () -> Hopfield.recallTogether -2 network.Value (Tensor.ones [ 1; 4 ]) |> ignore)
        "a batch of changes",
        "state",
        [ "[4]"; "[1; 4]" ],
        (fun () -> Hopfield.flips 9 key network.Value (Tensor.ones [ 1; 4 ]) |> ignore)
        "no pattern",
        "patterns",
        [ "at least one"; "[0; 4]" ],
        (fun () -> Hopfield.hebb (Tensor.ones [ 0; 4 ]) |> ignore)
        "a pattern of one axis",
        "patterns",
        [ "[p; n]"; "[4]" ],
        (fun () -> Hopfield.storkey (Tensor.ones [ 4 ]) |> ignore)
        "patterns of 0 and 1",
        "patterns",
        [ "-1 or 1"; "is 0" ],
        (fun () -> Hopfield.pseudoInverse (Tensor.zeros [ 1; 4 ]) |> ignore)
        "a part above 1", "part", [ "1.5" ], (fun () -> Hopfield.flipped 1.5 key (Tensor.ones [ 1; 4 ]) |> ignore)
        "overlap of other shapes",
        "b",
        [ "[1; 4]"; "[2; 4]" ],
        (fun () -> Hopfield.overlap (Tensor.ones [ 1; 4 ]) (Tensor.ones [ 2; 4 ]) |> ignore)
        "a mixture of two",
        "patterns",
        [ "odd"; "[2; 4]" ],
        (fun () -> Hopfield.mixture (Tensor.ones [ 2; 4 ]) |> ignore)
        "a load of 0", "load", [ "positive"; "0" ], (fun () -> Hopfield.errorAtLoad 10 0.0 key |> ignore)
        "no trials",
        "trials",
        [ "0" ],
        (fun () -> Hopfield.spuriousShare 0 key network.Value (Tensor.ones [ 1; 4 ]) |> ignore)
    ]

let private bad =
    testList
        "bad input"
        [
            for name, parameter, words, call in refusals do
                test $"{name} is refused" {
                    let error = raised<ArgumentException> call
                    Expect.equal error.ParamName parameter error.Message

                    for word in words do
                        Expect.stringContains error.Message word "what was given"
                }
        ]

let private twins =
    test "C# recalls the same" {
        let patterns, network = random 30 3 7, Hopfield.hebb (random 30 3 7)
        let noisy = Hopfield.flipped 0.3 key patterns
        expectSame "RandomPatterns" patterns (C.RandomPatterns(3, 30, Key.ofSeed 7))
        expectSame "Flipped" noisy (C.Flipped(patterns, 0.3, key))
        expectSame "Mixture" (Hopfield.mixture patterns) (C.Mixture patterns)
        expectSame "Overlap" (Hopfield.overlap patterns noisy) (C.Overlap(patterns, noisy))

        for name, expected, found in
            [
                "Hebb", network, C.Hebb patterns
                "PseudoInverse", Hopfield.pseudoInverse patterns, C.PseudoInverse patterns
                "Storkey", Hopfield.storkey patterns, C.Storkey patterns
                "ToBinary", Hopfield.toBinary network, C.ToBinary network
                "ToBipolar", network, C.ToBipolar(Hopfield.toBinary network)
                "Create", network, C.Create(network.Units, network.Weights, network.Thresholds)
            ] do
            Expect.equal found.Units expected.Units name
            expectSame name expected.Weights found.Weights
            Expect.isTrue (Tensor.allclose 1e-6 1e-6 expected.Thresholds found.Thresholds) name

        expectSame "Energy" (Hopfield.energy network noisy) (C.Energy(network, noisy))
        expectSame "Fields" (Hopfield.fields network noisy) (C.Fields(network, noisy))
        Expect.equal (C.IsStable(network, noisy)) (Hopfield.isStable network noisy) "IsStable"

        for name, expected, found in
            [
                "Recall", Hopfield.recall 100 key network noisy, C.Recall(network, noisy, key)
                "RecallInOrder", Hopfield.recallInOrder 100 network noisy, C.RecallInOrder(network, noisy)
                "RecallTogether", Hopfield.recallTogether 100 network noisy, C.RecallTogether(network, noisy)
            ] do
            expectSame name expected.States found.States
            Expect.equal found.Sweeps expected.Sweeps name

        let state = Tensor.reshape [ 30 ] (Tensor.slice 0 0 1 noisy)
        Expect.equal (C.Flips(network, state, key)) (Hopfield.flips 100 key network state) "Flips"
        Expect.equal (C.OneStepError(network, patterns)) (Hopfield.oneStepError network patterns) "OneStepError"
        expectSame "Retrieval" (Hopfield.retrieval 0.1 key network patterns) (C.Retrieval(network, patterns, 0.1, key))
        Expect.equal (C.ErrorAtLoad(50, 0.3, key)) (Hopfield.errorAtLoad 50 0.3 key) "ErrorAtLoad"
        Expect.equal (C.OverlapAtLoad(50, 0.3, 0.1, key)) (Hopfield.overlapAtLoad 50 0.3 0.1 key) "OverlapAtLoad"
        let share = Hopfield.spuriousShare 20 key network patterns
        Expect.equal (C.SpuriousShare(network, patterns, 20, key)) share "SpuriousShare"
    }

let rec private orders (items: int list) : int list list =
    match items with
    | [] -> [ [] ]
    | _ ->
        [
            for first in items do
                for rest in orders (List.except [ first ] items) -> first :: rest
        ]

let private trips =
    testList
        "round trips"
        [
            testProperty "the energy of a trip of n cities is its length less 2n" (fun (NonNegativeInt seed) ->
                let n = 3 + seed % 6

                let cities, trip =
                    Examples.HopfieldTank.cities n (Key.ofSeed seed), Random.permutation n (Key.ofSeed seed)

                let state = Array.zeroCreate (n * n)
                trip |> Array.iteri (fun i city -> state[n * city + i] <- 1.0)
                let network = Examples.HopfieldTank.network cities
                let length = Examples.HopfieldTank.length cities trip
                let energy = energies network (Tensor.ofDoubles [ 1; n * n ] state)
                expectClose 1e-9 "E" [| length - 2.0 * float n |] energy)

            for seed in 1..3 do
                test $"the network finds the shortest trip through eight cities, {seed}" {
                    let cities = Examples.HopfieldTank.cities 8 (Key.ofSeed seed)
                    let length = Examples.HopfieldTank.length cities

                    let shortest =
                        orders [ 1..7 ] |> List.map (fun rest -> length (Array.ofList (0 :: rest))) |> List.min

                    let found =
                        Expect.wantSome (Examples.HopfieldTank.tour 100 (Key.ofSeed (seed + 100)) cities) "a trip"

                    Expect.equal (Array.sort found) [| 0..7 |] "each city once"
                    Expect.floatClose Accuracy.high (length found) shortest "the shortest"
                }
        ]

let tests = testList "hopfield" [ laws; storage; examples; bad; trips; twins ]
