/// What each transform of gradients gives for one or two steps, by its definition.
module UpdateTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support
open Walks

let tests =
    testList
        "limits and penalties"
        [
            testProperty "clipping shortens what is too long and leaves the rest"
            <| fun (seed: uint16) ->
                let gs = several (int seed)
                let ps = paramsLike gs
                let whole = length gs

                for limit in [ whole / 3.0; whole * 2.0 ] do
                    let clipped = once (Transform.clipByGlobalNorm limit) ps gs
                    expectClose 1e-12 "all together" [| min limit whole |] [| length clipped |]
                    let share = min 1.0 (limit / whole)

                    Tree.map2
                        (fun g c ->
                            expectClose 1e-12 "one direction" (Tensor.toDoubles (share * g)) (Tensor.toDoubles c))
                        gs
                        clipped
                    |> ignore

                Tree.map2
                    (fun g c -> expectClose 1e-12 "each" [| min 2.0 (length (Leaf g)) |] [| length (Leaf c) |])
                    gs
                    (once (Transform.clipByNorm 2.0) ps gs)
                |> ignore

                Tree.map2
                    (fun g c ->
                        expectClose
                            1e-15
                            "values"
                            (Tensor.toDoubles g |> Array.map (fun x -> max -0.5 (min 0.5 x)))
                            (Tensor.toDoubles c))
                    gs
                    (once (Transform.clipByValue 0.5) ps gs)
                |> ignore

                Tree.map3
                    (fun g (p: Param) c ->
                        expectClose
                            1e-12
                            "adaptive"
                            [| min (length (Leaf g)) (0.1 * length (Leaf p.Value)) |]
                            [| length (Leaf c) |])
                    gs
                    ps
                    (once (Transform.clipAdaptive 0.1) ps gs)
                |> ignore

            test "gradients whose squares overflow or vanish are clipped in their own direction" {
                for dtype, scales in
                    [
                        Dtype.Float32, [ 1e-36; 1e-30; 1e-20; 1.0; 1e20; 5e37 ]
                        Dtype.Float64, [ 1e-300; 1e-160; 1.0; 1e160; 1e307 ]
                    ] do
                    for scale in scales do
                        let g: Gradients = Leaf(Tensor.cast dtype (scale * vector [| 3.0; 4.0 |]))
                        let ps: Params = Leaf(param (Tensor.zerosOf dtype [ 2 ]))
                        let limit = min 1.0 (2.5 * scale)

                        for clip in
                            [
                                Transform.clipByNorm limit
                                Transform.clipByGlobalNorm limit
                                Transform.clipAdaptive (limit / 1e-3)
                            ] do
                            let found = once clip ps g |> Tree.values |> Array.head |> Tensor.toDoubles
                            expectClose 1e-6 $"{scale}" [| 0.6; 0.8 |] (found |> Array.map (fun x -> x / limit))

                        let twice: Gradients =
                            Node
                                [
                                    "a", Leaf(Tensor.cast dtype (vector [| 3.0 * scale |]))
                                    "b", Leaf(Tensor.cast dtype (vector [| 4.0 * scale |]))
                                ]

                        let zero: Params = twice |> Tree.map (fun g -> param (Tensor.zerosLike g))

                        let found =
                            once (Transform.clipByGlobalNorm limit) zero twice
                            |> Tree.values
                            |> Array.map Tensor.toFloat

                        expectClose
                            1e-6
                            $"two tensors, {scale}"
                            [| 0.6; 0.8 |]
                            (found |> Array.map (fun x -> x / limit))
                        // What is short enough stays to the last bit.
                        let whole = once (Transform.clipByGlobalNorm (max 1e-200 (6.0 * scale))) ps g

                        if scale >= 1e-30 then
                            expectSameTree "short enough" g whole
                        // LAMB's ratio |p|/|g| of a long p and a long g.
                        let own: Params = Leaf(param (Tensor.cast dtype (vector [| 2.0; 0.0 |])))
                        let trusted = once Transform.trustRatio own g |> Tree.values |> Array.head |> Tensor.toDoubles

                        if scale > 1e-37 && scale < 1e37 then
                            expectClose 1e-5 $"trust, {scale}" [| 1.2; 1.6 |] trusted
            }

            test "norms of runs whose squares overflow: diagnostics and sharpness" {
                let huge = Tensor.tensor [ [ 3e20; 0.0 ]; [ 0.0; 4e20 ] ]
                let ps: Params = Node [ "w", Leaf(param huge) ]

                let rule =
                    Rule.create (fun _ -> struct (ps, Tree.empty)) (fun _ ps _ () ->
                        { Loss = number 0.0; Gradients = Params.values ps; State = Tree.empty })

                let start = Training.start rule (Transform.scale -1.0) key
                let relative (norms: (string * float) list) = [| for _, norm in norms -> norm / 5e20 |]
                expectClose 1e-6 "parameters" [| 1.0 |] (relative (Diagnostics.parameterNorms start))
                expectClose 1e-6 "gradients" [| 1.0 |] (relative (Diagnostics.gradientNorms rule start ()))
                // The point that sharpness-aware minimisation looks at lies 10²⁰ along g.
                let seen = ResizeArray<Tensor>()

                let watched =
                    { rule with
                        Estimate =
                            fun m ps s b ->
                                (seen.Add(of' ps)
                                 rule.Estimate m ps s b)
                    }

                let moment = { Step = 0; Key = key }
                Rule.estimate (Rule.sharpnessAware 1e20 watched) moment ps Tree.empty () |> ignore
                expectClose 1e-6 "there" [| 3.6; 0.0; 0.0; 4.8 |] (Tensor.toDoubles (seen[1] * 1e-20))
            }

            test "a gradient of zero is clipped to zero, in either dtype" {
                for dtype in [ Dtype.Float32; Dtype.Float64 ] do
                    let zero: Gradients = Leaf(Tensor.zerosOf dtype [ 3 ])
                    let ps: Params = Leaf(param (Tensor.zerosOf dtype [ 3 ]))

                    for clip in
                        [
                            Transform.clipByNorm 1.0
                            Transform.clipByGlobalNorm 1.0
                            Transform.clipAdaptive 1.0
                            Transform.clipByValue 1.0
                        ] do
                        expectSameTree "zero" zero (once clip ps zero)
            }

            test "where there are no parameters there is nothing to clip" {
                let clip = Transform.clipByGlobalNorm 1.0
                expectSameTree "nothing" Tree.empty (once clip Tree.empty Tree.empty)
                let still = Rule.ofLoss Loss.squaredError Layers.Activation.relu
                let batch = Batches.cycle 2 [ struct (Tensor.ones [ 2; 2 ], Tensor.zeros [ 2; 2 ]) ]
                Expect.equal (Training.fit still clip batch key).Step 2 "training runs"
            }

            test "proximal L1 finds the lasso's optimum, with zeros that are exact" {
                // ½(w - c)² + λ|w| has its minimum at soft(c, λ).
                let c = [| 3.0; -0.2; 0.4; -2.0 |]
                let f (x: Tensor) = 0.5 * Tensor.sum (Tensor.square (x - vector c))
                let lasso = Transform.chain [ Transform.scale -0.1; Transform.proximalL1 (rate (0.1 * 0.5)) ]
                let last = walk lasso (slope f) 400 (from [| 1.0; 1.0; 1.0; 1.0 |]) |> List.last
                expectClose 1e-9 "soft(c, λ)" [| 2.5; 0.0; 0.0; -1.5 |] (Tensor.toDoubles (of' last))
                Expect.equal (Array.item 1 (Tensor.toDoubles (of' last))) 0.0 "exactly"
                let penalty = once (Transform.l1 0.3) (from [| 2.0; -1.0 |]) (Node [ "w", Leaf(vector [| 0.0; 0.0 |]) ])
                expectSameTree "sign" (Node [ "w", Leaf(vector [| 0.3; -0.3 |]) ]) penalty
            }

            test "a proximal step shrinks by rate times penalty after the descent, and crossing 0 stops there" {
                let step = Transform.chain [ Transform.scale -0.1; Transform.proximalL1 (rate (0.1 * 0.5)) ]
                let w, g = from [| 0.05; -0.3; 0.2 |], (Node [ "w", Leaf(vector [| 0.1; -0.2; 0.9 |]) ]: Gradients)
                let moved = Params.move (once step w g) w |> of' |> Tensor.toDoubles
                expectClose 1e-12 "soft(w - rate·g, rate·λ)" [| 0.0; -0.23; 0.06 |] moved
                Expect.equal moved[0] 0.0 "exactly"
                // The decay of weights at rate λ is the slope of λ/2·|w|².
                let decay = once (Transform.decayWeights 0.01) (single 2.0) (Node [ "w", Leaf(number 0.0) ])
                expectClose 1e-15 "λ·w" [| 0.02 |] [| Tensor.toFloat (Array.head (Tree.values decay)) |]
            }

            test "noise has its deviation, and comes from the step's key" {
                let zero: Gradients = Leaf(Tensor.zerosOf Dtype.Float64 [ 40000 ])
                let ps: Params = Leaf(param (Tensor.zerosOf Dtype.Float64 [ 40000 ]))
                let noise = once (Transform.addNoise (rate 0.5)) ps zero
                let values = Tensor.toDoubles (Array.head (Tree.values noise))
                expectWithin (5.0 * 0.5 / 200.0) "mean" 0.0 (Array.average values)
                let variance = values |> Array.averageBy (fun x -> x * x)
                expectWithin (5.0 * 0.25 * sqrt (2.0 / 40000.0)) "variance" 0.25 variance
                expectSameTree "the same key" noise (once (Transform.addNoise (rate 0.5)) ps zero)
            }

            test "LAMB's step is as long as the parameters, in the direction of Adam's" {
                let gs = several 3
                let ps = paramsLike gs
                let direction = once (Transform.adam 0.9 0.999 1e-6) ps gs

                Tree.map3
                    (fun (p: Param) d u ->
                        let share = length (Leaf p.Value) / length (Leaf d)
                        expectClose 1e-12 "trust" (Tensor.toDoubles (share * d)) (Tensor.toDoubles u))
                    ps
                    direction
                    (once (Transform.chain [ Transform.adam 0.9 0.999 1e-6; Transform.trustRatio ]) ps gs)
                |> ignore
            }

            test "the trust ratio leaves alone what has no length" {
                let two a b : Tree<Tensor> = Node [ "p", Leaf(vector a); "q", Leaf(vector b) ]
                let ps = two [| 0.0; 0.0 |] [| 3.0; 4.0 |] |> Tree.map param
                let gs = two [| 1.0; -2.0 |] [| 0.0; 0.0 |]
                expectSameTree "parameters of zero, a gradient of zero" gs (once Transform.trustRatio ps gs)
            }

            test "LAMB with decay: the decay is part of the step whose length is measured" {
                let ps =
                    Node
                        [
                            "w", Leaf(param (vector [| 3.0; -4.0 |]))
                            "b", Leaf { Role = Role.Bias; Value = vector [| 2.0 |] }
                        ]

                let gs: Gradients = Node [ "w", Leaf(vector [| 0.5; 0.25 |]); "b", Leaf(vector [| -1.0 |]) ]
                let adam g = g / (abs g + 1e-6)
                // Adam's first direction is g/(|g| + ε); weights decay, biases do not.
                let x, y = adam 0.5 + 0.1 * 3.0, adam 0.25 - 0.1 * 4.0
                let share = -0.01 * 5.0 / sqrt (x * x + y * y)
                let found = once (Optimizer.lamb (rate 0.01) 0.1) ps gs |> Tree.values |> Array.map Tensor.toDoubles
                expectClose 1e-12 "weights" [| share * x; share * y |] found[0]
                expectClose 1e-12 "biases" [| 0.02 |] found[1]
            }

            test "Adafactor on a vector: another implementation's sequence" {
                let start: Params = Node [ "w", Leaf(param (vector [| for i in 0..2 -> sin (0.3 * float i) |])) ]

                let gradient step _ : Gradients =
                    Node [ "w", Leaf(vector [| for i in 0..2 -> sin (0.7 * float i + float step) |]) ]

                let last = walk (Optimizer.adafactor (rate 0.1)) gradient 4 start |> List.last

                expectClose
                    1e-12
                    "by its formula in Python"
                    [| -0.25983651461738516; 0.11296513714824521; 0.555178764817052 |]
                    (Tensor.toDoubles (of' last))
            }

            test "Adafactor's first step has elements of size 1, and the clip shortens it to its own root mean square" {
                let gs: Gradients = Node [ "w", Leaf(vector [| 0.2; -30.0; 4.0 |]) ]

                for clip, size in [ 0.25, 0.25; 1.0, 1.0; 5.0, 1.0 ] do
                    let found = once (Transform.adafactor clip) (paramsLike gs) gs |> Tree.values |> Array.head
                    expectClose 1e-12 $"clip {clip}" [| size; -size; size |] (Tensor.toDoubles found)
            }

            test "Adafactor on a matrix: another implementation's sequence" {
                let start: Params =
                    Node [ "w", Leaf(param (Tensor.ofDoubles [ 2; 3 ] (Array.init 6 (fun i -> sin (0.3 * float i))))) ]

                let gradient step _ : Gradients =
                    Node
                        [
                            "w",
                            Leaf(Tensor.ofDoubles [ 2; 3 ] (Array.init 6 (fun i -> sin (0.7 * float i + float step))))
                        ]

                let last = walk (Optimizer.adafactor (rate 0.1)) gradient 4 start |> List.last

                expectClose
                    1e-9
                    "numpy"
                    [|
                        -0.266255447552
                        0.081364326595
                        0.542948322708
                        0.862887379305
                        1.155234783994
                        1.247772680737
                    |]
                    (Tensor.toDoubles (of' last))

                Expect.equal
                    (Transform.init (Transform.adafactor 1.0) start |> Tree.values |> Array.map _.Count)
                    [| 2; 3 |]
                    "its memory is a row and a column"
            }
        ]
