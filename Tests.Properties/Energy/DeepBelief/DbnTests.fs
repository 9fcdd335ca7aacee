/// Greedy training and deep belief networks, against sums over all states by loops over plain numbers.
module DbnTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 79

/// A machine of Bernoulli units with the parameters of a seed, in float64.
let machineOf visible hidden scale seed : struct (Rbm * Params) =
    let at i shape = scale * doubles shape (100 * seed + i)
    struct (Rbm.bernoulli visible hidden, Rbm.parameters (at 0 [ visible; hidden ]) (at 1 [ visible ]) (at 2 [ hidden ]))

/// A network of these numbers of units, its machines' parameters of a seed.
let networkOf (units: int list) scale seed : Dbn =
    Dbn.create
        [
            for i, (below, above) in List.indexed (List.pairwise units) -> machineOf below above scale (seed + i)
        ]

let private value name (ps: Params) = Tensor.toDoubles (Tree.leaf [ name ] ps).Value

// All states of n bits, by number.
let private states n = [| for row in 0 .. (1 <<< n) - 1 -> [| for i in 0 .. n - 1 -> float ((row >>> i) &&& 1) |] |]

// exp(-E(v, h)) by loops.
let private weight (struct (rbm: Rbm, ps: Params)) (v: float[]) (h: float[]) =
    let w, a, b = value "weight" ps, value "visible" ps, value "hidden" ps
    let mutable sum = Array.sum (Array.map2 (*) a v) + Array.sum (Array.map2 (*) b h)

    for i in 0 .. v.Length - 1 do
        for j in 0 .. h.Length - 1 do
            sum <- sum + v[i] * w[rbm.HiddenCount * i + j] * h[j]

    exp sum

// The probability of each state of the lowest units: the top machine's own, then each machine's way down.
let rec private exact (stack: struct (Rbm * Params) list) : float[] =
    let struct (rbm, _) = stack.Head
    let vs, hs = states rbm.VisibleCount, states rbm.HiddenCount

    if stack.Tail.IsEmpty then
        let weights = vs |> Array.map (fun v -> hs |> Array.sumBy (weight stack.Head v))
        weights |> Array.map (fun w -> w / Array.sum weights)
    else
        let above = exact stack.Tail

        let given =
            hs
            |> Array.map (fun h ->
                let weights = vs |> Array.map (fun v -> weight stack.Head v h)
                weights |> Array.map (fun w -> w / Array.sum weights))

        vs
        |> Array.mapi (fun i _ -> Array.sum (Array.map2 (fun p (column: float[]) -> p * column[i]) above given))

let private everyState (dbn: Dbn) =
    let struct (rbm, _) = (Dbn.machines dbn).Head
    Tensor.ofDoubles [ 1 <<< rbm.VisibleCount; rbm.VisibleCount ] (Array.concat (states rbm.VisibleCount))

let private bound dbn = Tensor.toDoubles (Dbn.bound dbn (everyState dbn))
let private likelihood dbn = exact (Dbn.machines dbn) |> Array.map log

let private shapes = [ [ 3; 2 ]; [ 3; 2; 2 ]; [ 2; 3; 2; 4 ] ]

// The means of units and of products of two different ones, over samples whose rows are means given what is above.
let private moments (samples: Tensor) =
    let rows = Tensor.toDoubles samples |> Array.chunkBySize samples.Shape[1]
    let n = samples.Shape[1]

    [|
        for i in 0 .. n - 1 do
            for j in i .. n - 1 -> rows |> Array.averageBy (fun row -> if i = j then row[i] else row[i] * row[j])
    |]

let private exactMoments (dbn: Dbn) =
    let p = exact (Dbn.machines dbn)
    let struct (rbm, _) = (Dbn.machines dbn).Head
    let vs, n = states rbm.VisibleCount, rbm.VisibleCount

    [|
        for i in 0 .. n - 1 do
            for j in i .. n - 1 -> Array.sum (Array.map2 (fun p (v: float[]) -> p * v[i] * v[j]) p vs)
    |]

let private bits count units seed = Random.bernoulli 0.5 [ count; units ] (Key.ofSeed seed) |> Tensor.cast Dtype.Float64

let private refusals: (string * string list * (unit -> unit)) list =
    let small = lazy networkOf [ 3; 2; 2 ] 1.0 1
    let one = lazy networkOf [ 3; 2 ] 1.0 1

    [
        "no machine", [ "at least one machine" ], (fun () -> Dbn.create [] |> ignore)
        "machines that do not fit",
        [ "2 Bernoulli hidden units"; "3 Bernoulli visible ones" ],
        (fun () -> Dbn.create [ machineOf 3 2 1.0 1; machineOf 3 2 1.0 1 ] |> ignore)
        "units of two kinds",
        [ "2 Bernoulli hidden units"; "2 Spin visible ones" ],
        (fun () ->
            let struct (_, ps) = machineOf 2 2 1.0 1
            Dbn.create [ machineOf 3 2 1.0 1; struct (Rbm.create Units.Spin 2 Units.Bernoulli 2, ps) ] |> ignore)
        "samples of another width", [ "[n; 3]"; "[5; 4]" ], (fun () -> Dbn.features small.Value (bits 5 4 1) |> ignore)
        "no sweeps", [ "sampleFrom"; "not 0" ], (fun () -> Dbn.sample 0 5 key small.Value |> ignore)
        "no samples", [ "sample"; "not 0" ], (fun () -> Dbn.sample 1 0 key small.Value |> ignore)
        "a start of another width",
        [ "[n; 2]"; "[5; 3]" ],
        (fun () -> Dbn.sampleFrom 1 (bits 5 3 1) key small.Value |> ignore)
        "hidden units that are no sigmoids",
        [ "toLayer"; "Gaussian" ],
        (fun () ->
            let struct (_, ps) = machineOf 3 2 1.0 1
            Dbn.toLayer 2 (Dbn.create [ struct (Rbm.create Units.Bernoulli 3 Units.Gaussian 2, ps) ]) |> ignore)
        "no outputs", [ "0" ], (fun () -> Dbn.toLayer 0 small.Value |> ignore)
        "a bound without bits",
        [ "bound"; "Spin" ],
        (fun () ->
            let struct (_, ps) = machineOf 3 2 1.0 1
            let spins = struct (Rbm.create Units.Spin 3 Units.Bernoulli 2, ps)
            Dbn.bound (Dbn.create [ spins; machineOf 2 2 1.0 1 ]) (2.0 * bits 5 3 1 - 1.0) |> ignore)
        "a bound of grey levels",
        [ "0 or 1"; "0.5" ],
        (fun () -> Dbn.bound small.Value (Tensor.full [ 1; 3 ] 0.5) |> ignore)
        "up and down in one machine", [ "upDown"; "one machine" ], (fun () -> Dbn.upDown 1 one.Value |> ignore)
        "up and down without sweeps", [ "upDown"; "not 0" ], (fun () -> Dbn.upDown 0 small.Value |> ignore)
        "up and down of samples that are no chances",
        [ "probabilities"; "1.5" ],
        (fun () ->
            let rule = Dbn.upDown 1 small.Value
            let struct (ps, state) = Rule.init key rule
            Rule.estimate rule { Step = 0; Key = key } ps state (Tensor.full [ 4; 3 ] 1.5) |> ignore)
    ]

let tests =
    testList
        "deep belief networks"
        [
            testProperty
                "greedy training is a fold: each level has a key of its own and what the levels below make of the data"
            <| fun (factors: NormalFloat list) ->
                let factors = factors |> List.map _.Get |> List.truncate 6
                let data = doubles [ 2; 3 ] 4

                let level (factor: float) own (seen: Tensor) = struct ((own, seen), fun (x: Tensor) -> factor * x + 1.0)

                let models = Greedy.layerwise (List.map level factors) key data
                let seen = (data, factors) ||> List.scan (fun (x: Tensor) (factor: float) -> factor * x + 1.0)
                Expect.equal (List.map fst models) [ for i in 0 .. factors.Length - 1 -> Key.child i key ] "keys"
                List.iter2 (fun a (_, b) -> expectSame "data" a b) (List.take factors.Length seen) models

            test "greedy training of machines: each learns from the means below" {
                let data = bits 6 4 3
                let seen = ResizeArray()

                let train own (rbm: Rbm) (x: Tensor) =
                    seen.Add((own, x))
                    Rbm.init 0.5 own rbm |> widenParams

                let machines = [ Rbm.bernoulli 4 3; Rbm.bernoulli 3 5; Rbm.bernoulli 5 2 ]
                let dbn = Dbn.greedy train machines key data
                Expect.equal dbn.Depth 3 "machines"
                Expect.equal [ for struct (rbm, _) in Dbn.machines dbn -> rbm ] machines "from the bottom up"
                Expect.equal [ for own, _ in seen -> own ] [ for i in 0..2 -> Key.child i key ] "keys"
                let mutable x = data

                for (_, given), struct (rbm, ps) in Seq.zip seen (Dbn.machines dbn) do
                    expectSame "what a machine sees" x given

                    x <-
                        Tensor.sigmoid (
                            Tensor.matmul x (Tree.leaf [ "weight" ] ps).Value + (Tree.leaf [ "hidden" ] ps).Value
                        )

                    expectClose 1e-12 "means" (Tensor.toDoubles x) (Tensor.toDoubles (Rbm.hiddenMeans rbm ps given))
                    x <- Rbm.hiddenMeans rbm ps given

                expectSame "features" x (Dbn.features dbn data)
            }

            for units in shapes do
                test $"{units}: the layer gives the features, then a dense layer" {
                    let dbn = networkOf units 1.0 3
                    let layer = Dbn.toLayer 4 dbn
                    let struct (ps, state) = Layer.init key layer
                    let x = bits 7 units.Head 5
                    let y, _ = runLayer layer Eval (widenParams ps) state x
                    let top = string (2 * dbn.Depth)
                    let leaf name = Tensor.cast Dtype.Float64 (Tree.leaf [ top; name ] ps).Value
                    let expected = Tensor.matmul (Dbn.features dbn x) (leaf "weight") + leaf "bias"
                    expectClose 1e-12 "outputs" (Tensor.toDoubles expected) (Tensor.toDoubles y)

                    for i, struct (_, machine) in List.indexed (Dbn.machines dbn) do
                        let own name (param: Param) = expectSame name (Tree.leaf [ name ] machine).Value param.Value

                        own "weight" (Tree.leaf [ string (2 * i); "weight" ] ps)
                        own "hidden" (Tree.leaf [ string (2 * i); "bias" ] ps)

                    let counted = List.pairwise (units @ [ 4 ]) |> List.sumBy (fun (a, b) -> a * b + b)
                    Expect.equal (Params.count ps) (int64 counted) "its parameters are those of dense layers"
                }

            test "the layer is fine-tuned like any other, and its gradients are those of differences" {
                let dbn = networkOf [ 3; 4; 2 ] 1.0 3
                let layer = Dbn.toLayer 2 dbn
                let x = everyState dbn
                // The parity of the first two bits, which no line parts.
                let labels = Tensor.ofInts [ for state in states 3 -> int state[0] ^^^ int state[1] ]
                let struct (ps, state) = Layer.init key layer
                let ps = widenParams ps

                let loss ps =
                    let y, _ = runLayer layer Eval ps state x
                    Loss.crossEntropy y labels

                let found = Differentiation.gradParams loss ps
                let flat = Tensor.cat 0 [ for g in Tree.values found -> Tensor.reshape [ -1 ] g ]
                let expected = numericalGradient (fun p -> Tensor.toFloat (loss (unflatten ps p))) (flattened ps)
                expectClose 1e-7 "gradient" expected (Tensor.toDoubles flat)

                let single (ps: Params) : Params =
                    ps |> Tree.map (fun param -> { param with Value = Tensor.cast Dtype.Float32 param.Value })

                let narrow = Dbn.create [ for struct (rbm, ps) in Dbn.machines dbn -> struct (rbm, single ps) ]
                let layer = Dbn.toLayer 2 narrow
                let data = Dataset.create (Tensor.cast Dtype.Float32 x) labels
                let rule = Rule.ofLoss Loss.crossEntropy layer
                let steps = Dataset.batches 8 300 key data
                let last = Training.fit rule (Optimizer.adam (Schedule.constant 0.05)) steps key

                Expect.equal
                    (Evaluation.accuracy (Evaluation.predict 8 layer last data.Inputs) labels)
                    1.0
                    "parity is learnt"
            }

            for units in shapes do
                test $"{units}: samples have the network's moments" {
                    let dbn = networkOf units 0.8 7
                    let chains = 40_000
                    let samples = Dbn.sample 30 chains key dbn
                    Expect.equal samples.Shape [| chains; units.Head |] "shape"
                    // Numbers between 0 and 1 have a variance of at most 1/4.
                    let error = 4.5 * sqrt (0.25 / float chains)

                    Array.iter2
                        (fun expected found -> expectWithin error $"{expected} and {found}" expected found)
                        (exactMoments dbn)
                        (moments samples)
                }

            test "samples differ from those of the lowest machine alone" {
                let dbn = networkOf [ 3; 2; 2 ] 0.8 7
                let alone = Dbn.create [ (Dbn.machines dbn).Head ]
                let apart = Array.map2 (fun a b -> abs (a - b)) (exactMoments dbn) (exactMoments alone) |> Array.max
                expectAbove (5.0 * 4.5 * sqrt (0.25 / 40_000.0)) "the test before can tell" apart
            }

            test "samples go on from states of the top machine's visible units" {
                let dbn = networkOf [ 3; 2; 2 ] 1.0 2
                let start = bits 5 2 1
                let struct (_, ps) = (Dbn.machines dbn).Head
                let struct (top, topPs) = List.last (Dbn.machines dbn)
                let rbm = Rbm.bernoulli 3 2

                let h =
                    Kernel.run 3 (Key.child 0 key) (Rbm.gibbs top topPs) start
                    |> Rbm.drawHidden top topPs (Key.child 1 key)

                let x = Rbm.drawVisible top topPs (Key.child 2 key) h
                expectSame "four sweeps" (Rbm.visibleMeans rbm ps x) (Dbn.sampleFrom 4 start key dbn)
                expectSame "the same key" (Dbn.sample 4 6 key dbn) (Dbn.sample 4 6 key dbn)
            }

            for units in shapes do
                test $"{units}: the bound is below ln p, and at it for one machine" {
                    for seed in 1..5 do
                        let dbn = networkOf units 1.5 (10 * seed)
                        let bounds, exact = bound dbn, likelihood dbn

                        if dbn.Depth = 1 then
                            expectClose 1e-10 "one machine" exact bounds
                        else
                            Array.iter2 (fun b e -> expectBelow (e + 1e-10) $"seed {seed}" b) bounds exact
                            expectBelow (Array.average exact - 1e-3) "a bound only" (Array.average bounds)
                }

                test $"{units}: one more machine, tied, changes neither the bound nor what a single machine says" {
                    let dbn = networkOf units 1.0 4
                    let more = Dbn.tied dbn
                    Expect.equal more.Depth (dbn.Depth + 1) "one more"
                    expectClose 1e-10 "the same bound" (bound dbn) (bound more)
                    expectClose 1e-10 "the same likelihood" (likelihood dbn) (likelihood more)
                }

            test "training the machine on top raises the bound" {
                let data = Tensor.ofDoubles [ 3; 4 ] [| 1.0; 1.0; 0.0; 0.0; 0.0; 0.0; 1.0; 1.0; 1.0; 0.0; 1.0; 0.0 |]
                let struct (first, firstPs) = machineOf 4 3 0.7 5
                let narrow = firstPs |> Tree.map (fun p -> { p with Value = Tensor.cast Dtype.Float32 p.Value })
                let single = Dbn.create [ struct (first, narrow) ]
                let tied = Dbn.tied single
                let struct (below, belowPs) = (Dbn.machines tied).Head
                let struct (top, topPs) = List.last (Dbn.machines tied)
                // Hidden units of the data as the machine below draws them: what the bound is a mean over.
                let above = Rbm.drawHidden below belowPs key (Tensor.cast Dtype.Float32 (Tensor.repeat 0 4000 data))
                let rule = Rbm.exact 0.1 top

                let step ps _ =
                    let made = Rule.estimate rule { Step = 0; Key = key } ps Tree.empty above
                    Params.move (Tree.map (fun (g: Tensor) -> -0.2 * g) made.Gradients) ps

                let bounds =
                    (topPs, seq { 1..30 })
                    ||> Seq.scan step
                    |> Seq.map (fun ps -> Dbn.create [ struct (below, belowPs); struct (top, ps) ])
                    |> Seq.map (fun dbn -> Tensor.toFloat (Tensor.mean (Dbn.bound dbn data)))
                    |> Seq.toList

                let start = Tensor.toFloat (Tensor.mean (Dbn.bound single data))
                expectClose 1e-10 "begins at the likelihood of the machine below" [| start |] [| bounds.Head |]

                for a, b in List.pairwise bounds do
                    expectAbove a $"{bounds}" b
            }

            testList
                "refused"
                [ for name, words, f in refusals -> test name { expectError<ArgumentException> words f } ]
        ]
