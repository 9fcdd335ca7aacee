/// Optimizers against sequences of other implementations, on three landscapes, and by the laws that define them.
module OptimizerTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

let private rate value = Schedule.constant value
let private key = Key.ofSeed 1
let private param value = { Role = Role.Weight; Value = value }
let private number (value: float) = Tensor.ofDoubles [] [| value |]
let private vector (values: float[]) = Tensor.ofDoubles [ values.Length ] values
let private single (value: float) : Params = Node [ "w", Leaf(param (number value)) ]
let private of' (ps: Params) = (Tree.leaf [ "w" ] ps).Value
let private value ps = Tensor.toFloat (of' ps)

let private estimate loss gradients = { Loss = loss; Gradients = gradients; State = Tree.empty }

// The parameters after each step.
let private walk transform (gradient: int -> Params -> Gradients) steps (start: Params) =
    let step (ps, memory) i =
        let moment = { Step = i; Key = Key.child i key }

        let struct (result, memory) =
            Transform.update transform moment ps memory (estimate (number 0.0) (gradient i ps))

        let ps = Params.move result.Gradients ps
        ps, (ps, memory)

    List.mapFold step (start, Transform.init transform start) [ 0 .. steps - 1 ] |> fst

let private own _ (ps: Params) : Gradients = Params.values ps

let private given step (_: Params) : Gradients =
    Node [ "w", Leaf(number (Array.item step [| 0.5; -1.0; 2.0; 0.1; 0.0 |])) ]

let private descend value transform = Transform.chain [ transform; Transform.scale -value ]

// On w²/2 from w = 1, and for the gradients 0.5, -1, 2, 0.1, 0: torch 1.13 in float64; Lion by its authors' pseudocode.
let private golden =
    [
        "nesterov",
        Optimizer.nesterov (rate 0.1) 0.9,
        [ 0.81; 0.5751; 0.327321; 0.09388791; -0.1045816839 ],
        [ 0.905; 1.0545; 0.71905; 0.578145; 0.4603305 ]
        "adagrad",
        Optimizer.adagrad (rate 0.1),
        [ 0.90000000001; 0.833103526852; 0.780456181366; 0.736223132671; 0.697714862065 ],
        [ 0.90000000002; 0.989442719112; 0.902155563021; 0.89779535582; 0.89779535582 ]
        "rmsProp 0.9",
        descend 0.01 (Transform.rmsProp 0.9 1e-8),
        [ 0.968377224398; 0.945788026246; 0.927053099659; 0.910543457675; 0.895506712205 ],
        [ 0.968377225398; 0.996948653153; 0.96894991346; 0.96747585438; 0.96747585438 ]
        "rmsProp",
        Optimizer.rmsProp (rate 0.01),
        [ 0.90000001; 0.8329179753; 0.779982282; 0.735389054; 0.6964657993 ],
        []
        "amsgrad",
        Optimizer.amsgrad (rate 0.1),
        [ 0.900000001; 0.800412229712; 0.701586274504; 0.603939062682; 0.507963661927 ],
        [ 0.900000002; 0.936610354241; 0.894644792718; 0.857766425311; 0.826611384809 ]
        // By the formula: torch 1.13 takes the momentum of one step twice, later versions do not.
        "nadam",
        Optimizer.nadam (rate 0.1),
        [ 0.894354823221; 0.819973071532; 0.752729267616; 0.687716052741; 0.623662893783 ],
        [ 0.894354824277; 0.985010572399; 0.888241394600; 0.877423527906; 0.871625484084 ]
        "radam",
        Optimizer.radam (rate 0.1),
        [ 0.9; 0.805263157895; 0.715770052437; 0.63148663009; 0.552364195102 ],
        [ 0.95; 0.978947368421; 0.923412313070; 0.88111804148; 0.84915178913 ]
        "radam, certain of its variance",
        descend 0.1 (Transform.radam 0.9 0.9 1e-8),
        [
            0.9
            0.805263157895
            0.715770052437
            0.63148663009
            0.552364195102
            0.527357951003
            0.495169878875
            0.457090495077
            0.414029073208
            0.366716211599
            0.315795567721
            0.261880456453
        ],
        []
        "lion",
        Optimizer.lion (rate 0.1) 0.01,
        [ 0.899; 0.798101; 0.697302899; 0.596605596101; 0.496008990505 ],
        [ 0.899; 0.998101; 0.897102899; 0.796205796101; 0.695409590305 ]
        "the notes' momentum",
        descend 0.1 (Transform.averageMomentum 0.9),
        [ 0.99; 0.9711; 0.944379; 0.91088631; 0.8716340259 ],
        []
    ]

// The five optimizers of the notes as pairs of moments, beside their own forms.
let private pairs =
    [
        "SGD", Transform.moments Accumulation.Latest Accumulation.One 0.0, Transform.scale 1.0
        "SGDM", Transform.moments (Accumulation.Average 0.9) Accumulation.One 0.0, Transform.averageMomentum 0.9
        "Adagrad", Transform.moments Accumulation.Latest Accumulation.Sum 1e-10, Transform.adagrad 1e-10
        "RMSProp", Transform.moments Accumulation.Latest (Accumulation.Average 0.99) 1e-8, Transform.rmsProp 0.99 1e-8
        "Adam",
        Transform.moments (Accumulation.Corrected 0.9) (Accumulation.Corrected 0.999) 1e-8,
        Transform.adam 0.9 0.999 1e-8
    ]

// Each optimizer with rates for a parabola, for Rosenbrock's valley and for a quadratic of condition 100.
let private landscapes: (string * (float -> Transform) * (float * int) * (float * int) * (float * int)) list =
    [
        "nesterov", (fun r -> Optimizer.nesterov (rate r) 0.9), (0.05, 300), (5e-4, 2000), (5e-3, 500)
        "the notes' momentum",
        (fun r -> descend r (Transform.averageMomentum 0.9)),
        (0.5, 300),
        (5e-3, 2000),
        (0.02, 1200)
        "adagrad", (fun r -> Optimizer.adagrad (rate r)), (3.0, 400), (0.5, 2500), (1.0, 500)
        "rmsProp", (fun r -> descend r (Transform.rmsProp 0.9 1e-8)), (0.02, 800), (2e-3, 3000), (5e-3, 800)
        "rmsProp, ε inside",
        (fun r -> descend r (Transform.rmsPropInside 0.9 1e-8)),
        (0.02, 800),
        (2e-3, 3000),
        (5e-3, 800)
        "amsgrad", (fun r -> Optimizer.amsgrad (rate r)), (0.1, 600), (0.02, 3000), (0.05, 800)
        "nadam", (fun r -> Optimizer.nadam (rate r)), (0.1, 400), (0.03, 3000), (0.05, 500)
        "radam", (fun r -> Optimizer.radam (rate r)), (0.1, 600), (2e-3, 4000), (0.05, 800)
        "lion", (fun r -> Optimizer.lion (Schedule.cosine r 0.0 1500) 0.0), (0.05, 1500), (5e-3, 1500), (0.01, 1500)
        "lamb", (fun r -> Optimizer.lamb (Schedule.cosine r 0.0 1500) 0.0), (0.02, 1500), (0.05, 1500), (0.02, 1500)
        "adafactor",
        (fun r -> Optimizer.adafactor (Schedule.cosine r 0.0 1500)),
        (0.05, 1500),
        (0.02, 1500),
        (0.02, 1500)
        "lookahead",
        (fun r -> Transform.lookahead 5 0.5 (Optimizer.adam (rate r))),
        (0.2, 500),
        (0.03, 3000),
        (0.05, 800)
        "clipped",
        (fun r -> Transform.chain [ Transform.clipByGlobalNorm 1.0; Transform.momentum 0.9; Transform.scale -r ]),
        (0.05, 500),
        (5e-3, 2000),
        (5e-3, 600)
    ]

let private at i (x: Tensor) = x[Slice.op_Implicit (i: int)]
let private parabola (x: Tensor) = Tensor.sum (Tensor.square (x - vector [| 3.0; -1.0 |]))

let private rosenbrock (x: Tensor) =
    Tensor.square (1.0 - at 0 x) + 100.0 * Tensor.square (at 1 x - Tensor.square (at 0 x))

let private ill (x: Tensor) = 0.5 * Tensor.sum (vector [| 1.0; 100.0 |] * Tensor.square x)
let private slope f _ (ps: Params) : Gradients = Node [ "w", Leaf(Differentiation.grad f (of' ps)) ]
let private from (values: float[]) : Params = Node [ "w", Leaf(param (vector values)) ]

let private reached transform f steps start =
    Scope.value (fun () -> walk transform (slope f) steps (from start) |> List.last |> of' |> f |> Tensor.toFloat)

// Gradients of several shapes, drawn from a seed.
let private several seed : Gradients =
    Node [ "a", Leaf(doubles [ 3; 4 ] seed); "b", Leaf(5.0 * doubles [ 2 ] (seed + 1)) ]

let private paramsLike (gs: Gradients) : Params = gs |> Tree.map (fun g -> param (Tensor.cos g))

let private length (gs: Gradients) =
    gs |> Tree.values |> Array.sumBy (Tensor.square >> Tensor.sum >> Tensor.toFloat) |> sqrt

let private once transform (ps: Params) (gs: Gradients) =
    let struct (result, _) =
        Transform.update transform { Step = 0; Key = key } ps (Transform.init transform ps) (estimate (number 0.0) gs)

    result.Gradients

let private fixedPoints =
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

            test "noise has its deviation, and comes from the step's key" {
                let zero: Gradients = Leaf(Tensor.zerosOf Dtype.Float64 [ 40000 ])
                let ps: Params = Leaf(param (Tensor.zerosOf Dtype.Float64 [ 40000 ]))
                let noise = once (Transform.addNoise (rate 0.5)) ps zero
                let values = Tensor.toDoubles (Array.head (Tree.values noise))
                Expect.isLessThan (abs (Array.average values)) (5.0 * 0.5 / 200.0) "mean"
                let variance = values |> Array.averageBy (fun x -> x * x)
                Expect.isLessThan (abs (variance - 0.25)) (5.0 * 0.25 * sqrt (2.0 / 40000.0)) "variance"
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

let private wrappers =
    testList
        "wrappers"
        [
            test "accumulating moves once in k steps, by the mean: as one large batch" {
                let gradient step _ : Gradients = Node [ "w", Leaf(number (sin (float step))) ]

                let mean step _ : Gradients =
                    Node [ "w", Leaf(number (Seq.averageBy sin [ for i in 0..2 -> float (3 * step + i) ])) ]

                let small = walk (Transform.accumulate 3 (Optimizer.adam (rate 0.1))) gradient 12 (single 1.0)
                let large = walk (Optimizer.adam (rate 0.1)) mean 4 (single 1.0)

                expectClose
                    1e-12
                    "every third"
                    [| for ps in large -> value ps |]
                    [| for i in [ 2; 5; 8; 11 ] -> value small[i] |]

                Expect.equal (value small[1]) 1.0 "it stands still between"
            }

            test "averages are those of the parameters walked" {
                let follow transform =
                    let step (ps, memory) i =
                        let moment = { Step = i; Key = key }

                        let struct (result, memory) =
                            Transform.update transform moment ps memory (estimate (number 0.0) (own i ps))

                        let ps = Params.move result.Gradients ps
                        ps, (ps, memory)

                    let walked, (ps, memory) =
                        List.mapFold step (single 1.0, Transform.init transform (single 1.0)) [ 0..9 ]

                    walked |> List.map value, value (Transform.averaged memory ps)

                let walked, found = follow (Transform.average 0.9 (Optimizer.sgd (rate 0.1)))
                expectClose 1e-12 "moving" [| List.fold (fun a w -> 0.9 * a + 0.1 * w) 1.0 walked |] [| found |]
                let walked, found = follow (Transform.averageFrom 4 (Optimizer.sgd (rate 0.1)))
                expectClose 1e-12 "from step 4" [| List.average (List.skip 4 walked) |] [| found |]

                expectClose
                    1e-15
                    "the walk is the inner one's"
                    [| for ps in walk (Optimizer.sgd (rate 0.1)) own 10 (single 1.0) -> value ps |]
                    (Array.ofList walked)

                expectError<ArgumentException> [ "no average" ] (fun () ->
                    Transform.averaged Tree.empty (single 1.0) |> ignore)
            }

            test "lookahead goes back to slow parameters" {
                let fast = walk (Optimizer.sgd (rate 0.1)) own 2 (single 1.0) |> List.last |> value

                let walked =
                    walk (Transform.lookahead 2 0.5 (Optimizer.sgd (rate 0.1))) own 3 (single 1.0) |> List.map value

                let slow = 1.0 + 0.5 * (fast - 1.0)
                expectClose 1e-15 "by hand" [| 0.9; slow; 0.9 * slow |] (Array.ofList walked)
            }

            test "where a gradient or the loss is not finite, all stands still" {
                let adam = Transform.skipNonFinite (Optimizer.adam (rate 0.1))
                let ps = single 1.0
                let memory = Transform.init adam ps

                for loss, g in [ nan, 1.0; 1.0, nan; 1.0, infinity; infinity, 1.0 ] do
                    let struct (result, after) =
                        Transform.update
                            adam
                            { Step = 0; Key = key }
                            ps
                            memory
                            (estimate (number loss) (Node [ "w", Leaf(number g) ]))

                    Expect.equal (Tensor.toFloat (Array.head (Tree.values result.Gradients))) 0.0 "no update"
                    expectSameTree "memory" memory after

                expectSame
                    "finite ones pass"
                    (of' (List.last (walk (Optimizer.adam (rate 0.1)) own 3 ps)))
                    (of' (List.last (walk adam own 3 ps)))
            }

            test "a plateau shortens the steps once the loss stays" {
                let plateau = Transform.plateau 0.5 2 0.01 (Transform.scale -1.0)
                let losses = [ 4.0; 2.0; 2.0; 1.995; 2.5; 2.0; 1.0; 1.0 ]

                let step memory loss =
                    let struct (result, memory) =
                        Transform.update
                            plateau
                            { Step = 0; Key = key }
                            (single 0.0)
                            memory
                            (estimate (number loss) (Node [ "w", Leaf(number 1.0) ]))

                    -(Tensor.toFloat (Array.head (Tree.values result.Gradients))), memory

                let factors = List.mapFold step (Transform.init plateau (single 0.0)) losses |> fst

                Expect.equal
                    factors
                    [ 1.0; 1.0; 1.0; 0.5; 0.5; 0.25; 0.25; 0.25 ]
                    "after two steps without a better loss"
            }

            test "what is frozen stands still" {
                let gs = several 5
                let ps = paramsLike gs
                let moved = once (Transform.freeze (fun path _ -> path = "a") (Transform.scale -1.0)) ps gs
                expectSame "a" (Tensor.zerosLike (Tree.leaf [ "a" ] gs)) (Tree.leaf [ "a" ] moved)
                expectSame "b" (-(Tree.leaf [ "b" ] gs)) (Tree.leaf [ "b" ] moved)
            }

            test "arguments out of range are refused" {
                let refused (make: unit -> Transform) words =
                    expectError<ArgumentException> words (fun () -> make () |> ignore)

                refused (fun () -> Transform.clipByNorm 0.0) [ "limit"; "0" ]
                refused (fun () -> Transform.accumulate 0 (Transform.scale 1.0)) [ "steps"; "0" ]
                refused (fun () -> Transform.lookahead 2 1.5 (Transform.scale 1.0)) [ "alpha"; "1.5" ]
                refused (fun () -> Transform.average 1.0 (Transform.scale 1.0)) [ "beta"; "1" ]
                refused (fun () -> Transform.plateau 1.0 2 0.0 (Transform.scale 1.0)) [ "factor"; "1" ]

                refused
                    (fun () -> Transform.moments (Accumulation.Average -0.1) Accumulation.One 0.0)
                    [ "beta"; "-0.1" ]

                refused (fun () -> Transform.nesterov 1.0) [ "mu" ]
                refused (fun () -> Transform.lion 0.9 nan) [ "beta2" ]
            }
        ]

let private rules =
    let rule f start =
        Rule.create (fun _ -> struct (from start, Tree.empty)) (fun _ ps _ () -> estimate (f (of' ps)) (slope f 0 ps))

    let trained (rule: Rule<unit>) steps transform =
        let last = Training.fit rule transform (Batches.init steps ignore) key
        of' last.Params

    testList
        "rules that ask twice"
        [
            test "sharpness-aware gradients are those at the worst point nearby" {
                let x = [| 0.7; -0.3 |]
                let here = rule ill x
                let struct (ps, state) = Rule.init key here
                let found = Rule.estimate (Rule.sharpnessAware 0.1 here) { Step = 0; Key = key } ps state ()
                let g = Differentiation.grad ill (vector x)
                let worst = vector x + 0.1 * g / Tensor.sqrt (Tensor.sum (g * g))

                expectClose
                    1e-12
                    "gradient"
                    (Tensor.toDoubles (Differentiation.grad ill worst))
                    (Tensor.toDoubles (Array.head (Tree.values found.Gradients)))

                expectSame "loss" (ill (vector x)) found.Loss
            }

            test "L-BFGS solves Rosenbrock's valley, and a quadratic in a few iterations" {
                let valley = trained (Rule.lbfgs 20 5 (rule rosenbrock [| -1.2; 1.0 |])) 4 (Transform.scale -1.0)
                expectClose 1e-6 "valley" [| 1.0; 1.0 |] (Tensor.toDoubles valley)
                let bowl = trained (Rule.lbfgs 15 5 (rule ill [| 1.0; 1.0 |])) 1 (Transform.scale -1.0)
                expectClose 1e-6 "quadratic" [| 0.0; 0.0 |] (Tensor.toDoubles bowl)
                let still = trained (Rule.lbfgs 5 5 (rule ill [| 0.0; 0.0 |])) 1 (Transform.scale -1.0)
                expectClose 1e-15 "at the minimum" [| 0.0; 0.0 |] (Tensor.toDoubles still)
            }

            test "arguments out of range are refused" {
                expectError<ArgumentException> [ "radius" ] (fun () ->
                    Rule.sharpnessAware 0.0 (rule ill [| 1.0 |]) |> ignore)

                expectError<ArgumentException> [ "iterations" ] (fun () ->
                    Rule.lbfgs 0 5 (rule ill [| 1.0 |]) |> ignore)
            }
        ]

let tests =
    testList
        "optimizers"
        [
            for name, transform, parabola, follow in golden do
                test $"{name}: another implementation's sequences" {
                    let found = walk transform own parabola.Length (single 1.0) |> List.map value
                    expectClose 1e-9 "on w²/2" (Array.ofList parabola) (Array.ofList found)

                    if follow <> [] then
                        let found = walk transform given 5 (single 1.0) |> List.map value
                        expectClose 1e-9 "for given gradients" (Array.ofList follow) (Array.ofList found)
                }

            for name, pair, alone in pairs do
                test $"{name} as a pair of moments is {name}" {
                    let wobble step (ps: Params) : Gradients =
                        ps |> Tree.map (fun p -> Tensor.sin (3.0 * p.Value + float step))

                    let follow transform =
                        walk (descend 0.05 transform) wobble 6 (paramsLike (several 1)) |> List.last |> Params.values

                    Tree.map2
                        (fun x y -> expectClose 1e-12 name (Tensor.toDoubles x) (Tensor.toDoubles y))
                        (follow alone)
                        (follow pair)
                    |> ignore
                }

            test "the notes' momentum at r/(1-β) is the heavy ball at r" {
                let heavy = walk (Optimizer.momentum (rate 0.1) 0.9) own 8 (single 1.0) |> List.map value
                let notes = walk (descend 1.0 (Transform.averageMomentum 0.9)) own 8 (single 1.0) |> List.map value
                expectClose 1e-12 "both" (Array.ofList heavy) (Array.ofList notes)
            }

            for name, make, (r1, n1), (r2, n2), (r3, n3) in landscapes do
                test $"{name} on a parabola, in Rosenbrock's valley and on a quadratic of condition 100" {
                    Expect.isLessThan (reached (make r1) parabola n1 [| 1.0; 1.0 |]) 1e-2 "parabola, from 8"
                    Expect.isLessThan (reached (make r2) rosenbrock n2 [| -1.0; 1.0 |]) 0.2 "valley, from 4"
                    Expect.isLessThan (reached (make r3) ill n3 [| 1.0; 1.0 |]) 2e-2 "quadratic, from 50.5"
                }

            test "rates of convergence on a quadratic are those of the theory" {
                // Curvatures 1 and κ = 100: descent at 2/(1+κ) contracts by (κ-1)/(κ+1), the heavy ball at its best by (√κ-1)/(√κ+1).
                let contraction transform steps =
                    let norms =
                        walk transform (slope ill) steps (from [| 1.0; 1.0 |])
                        |> List.map (fun ps -> length (Leaf(of' ps)))

                    (List.last norms / norms[steps / 2 - 1]) ** (1.0 / float (steps - steps / 2))

                Expect.floatClose
                    Accuracy.medium
                    (contraction (Optimizer.sgd (rate (2.0 / 101.0))) 200)
                    (99.0 / 101.0)
                    "descent"

                let mu = (9.0 / 11.0) ** 2.0
                let heavy = Optimizer.momentum (rate (4.0 / 121.0)) mu
                Expect.isLessThan (abs (contraction heavy 200 - 9.0 / 11.0)) 0.02 "heavy ball"
            }

            fixedPoints
            wrappers
            rules
        ]
