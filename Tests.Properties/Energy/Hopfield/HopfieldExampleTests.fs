/// Hopfield networks: rules of storage against their definitions, examples, round trips.
module HopfieldExampleTests

open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

let private key = Key.ofSeed 21
let private random n p seed = Hopfield.randomPatterns p n (Key.ofSeed seed)

let private energies network states = Tensor.toDoubles (Hopfield.energy network states)

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

// What a rule has learned of batches of patterns.
let private learnt (optimizer: Transform) (batches: Tensor list) =
    let rule = Hopfield.hebbian (List.head batches).Shape[1]
    let ofBatches = Batches.init batches.Length (fun i -> batches[i])
    Training.fit rule optimizer ofBatches key

let private once = Optimizer.sgd (Schedule.constant 1.0)
let private weights (snapshot: Snapshot) = (Hopfield.learned snapshot.Params).Weights

// The patterns one by one.
let private apart (patterns: Tensor) =
    [ for row in 0 .. patterns.Shape[0] - 1 -> Tensor.slice 0 row (row + 1) patterns ]

let private learning =
    testList
        "Hebb's rule as a learning rule"
        [
            testProperty "one step on all patterns at rate 1 stores what `hebb` does" (fun (NonNegativeInt seed) ->
                let patterns = random (1 + seed % 9) (1 + seed % 5) seed
                let found = Hopfield.learned (learnt once [ patterns ]).Params
                let expected = Hopfield.hebb patterns
                expectClose 1e-6 "W" (Tensor.toDoubles expected.Weights) (Tensor.toDoubles found.Weights)
                expectSame "thresholds" expected.Thresholds found.Thresholds
                Expect.equal found.Units HopfieldUnits.Bipolar "units")

            testProperty "patterns one by one add up to all at once, in any order" (fun (NonNegativeInt seed) ->
                let patterns = random (1 + seed % 9) (1 + seed % 6) seed
                let all = Tensor.toDoubles (weights (learnt once [ patterns ]))
                expectClose 1e-6 "in order" all (Tensor.toDoubles (weights (learnt once (apart patterns))))
                expectClose 1e-6 "reversed" all (Tensor.toDoubles (weights (learnt once (List.rev (apart patterns))))))

            testProperty "momentum repeats a pattern, decay forgets it" (fun (NonNegativeInt seed) ->
                let a, b = random (2 + seed % 7) 2 seed, random (2 + seed % 7) 1 (seed + 1)
                let one, other = (Hopfield.hebb a).Weights, (Hopfield.hebb b).Weights
                let momentum = Optimizer.momentum (Schedule.constant 0.5) 0.8
                // Steps 0.5·a, then 0.5·(0.8·a + b).
                let expected = 0.5 * (1.8 * one + other)

                expectClose
                    1e-6
                    "momentum"
                    (Tensor.toDoubles expected)
                    (Tensor.toDoubles (weights (learnt momentum [ a; b ])))

                let fading = Transform.chain [ Transform.decayWeights 0.25; once ]
                let faded = 0.75 * one + other
                expectClose 1e-6 "decay" (Tensor.toDoubles faded) (Tensor.toDoubles (weights (learnt fading [ a; b ]))))

            testProperty "the loss is the mean energy, the gradient minus what is stored" (fun (NonNegativeInt seed) ->
                let n = 2 + seed % 7
                let stored, batch = random n 3 seed, random n 4 (seed + 1) |> Tensor.cast Dtype.Float64
                let network = Hopfield.hebb stored
                let ps = (learnt once [ stored ]).Params
                let made = Rule.estimate (Hopfield.hebbian n) { Step = 0; Key = key } ps Tree.empty batch
                let energy = Tensor.toFloat (Tensor.mean (Hopfield.energy network batch))
                expectClose 1e-5 "loss" [| energy |] [| Tensor.toFloat made.Loss |]
                let gradient: Tensor = Tree.leaf [ "weight" ] made.Gradients
                Expect.equal gradient.Dtype Dtype.Float32 "in the dtype of the weights"
                let expected = -(Hopfield.hebb batch).Weights
                expectClose 1e-6 "gradient" (Tensor.toDoubles expected) (Tensor.toDoubles gradient))

            test "patterns of 0 and 1, as 2x - 1 and then toBinary, are recalled" {
                let signed = random 200 6 6
                let binary = 0.5 * signed + 0.5
                let network = Hopfield.toBinary (Hopfield.learned (learnt once (apart (2.0 * binary - 1.0))).Params)
                let noisy = 0.5 * Hopfield.flipped 0.1 key signed + 0.5
                expectSame "the patterns" binary (Hopfield.recall 100 key network noisy).States
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

                expectAbove 0.99 "overlap" (Array.average overlaps)
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
                expectAbove 0.95 "nearly all units end as 1" ones
                let right = Hopfield.toBinary (Hopfield.hebb signed)
                let ended = Hopfield.recall 100 key right noisy
                expectSame "the patterns" binary ended.States
                Expect.all (energies right ended.States) (fun e -> e < -10.0) "the energy does not end at 0"
            }
        ]

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

            test "the shortest of all trips is that of all orders" {
                for n in 2..7 do
                    let cities = Examples.HopfieldTank.cities n (Key.ofSeed n)
                    let length rest = Examples.HopfieldTank.length cities (Array.ofList (0 :: rest))
                    let expected = orders [ 1 .. n - 1 ] |> List.map length |> List.min
                    expectClose 1e-12 $"{n} cities" [| expected |] [| Examples.HopfieldTank.shortest cities |]
            }

            for seed in 1..3 do
                test $"the network finds the shortest trip through eight cities, {seed}" {
                    let cities = Examples.HopfieldTank.cities 8 (Key.ofSeed seed)

                    let found =
                        Expect.wantSome (Examples.HopfieldTank.tour 100 (Key.ofSeed (seed + 100)) cities) "a trip"

                    Expect.equal (Array.sort found) [| 0..7 |] "each city once"
                    let length = Examples.HopfieldTank.length cities found
                    Expect.floatClose Accuracy.high length (Examples.HopfieldTank.shortest cities) "the shortest"
                }
        ]

let tests = testList "hopfield examples" [ storage; learning; examples; trips ]
