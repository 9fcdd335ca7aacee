/// Optimizers against sequences of other implementations, on three landscapes, and by the rates of theory.
module OptimizerTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support
open Walks

let private golden =
    [
        "sgd", Optimizer.sgd (rate 0.1), [ 0.9; 0.81; 0.729; 0.6561; 0.59049 ], []
        "momentum",
        Optimizer.momentum (rate 0.1) 0.9,
        [ 0.9; 0.72; 0.486; 0.2268; -0.02916 ],
        [ 0.95; 1.005; 0.8545; 0.70905; 0.578145 ]
        "adam",
        Optimizer.adam (rate 0.1),
        [ 0.9000000010; 0.8004122297; 0.7015862745; 0.6039390627; 0.5079636619 ],
        [ 0.9000000020; 0.9366103542; 0.8946447927; 0.8577664253; 0.8265957958 ]
        "adamW",
        Optimizer.adamW (rate 0.1) 0.01,
        [ 0.8990000010; 0.7985190282; 0.6989111847; 0.6005985763; 0.5040800927 ],
        []
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

// A small network, and its data.
let private classifier = Rule.ofLoss Loss.crossEntropy (Layers.Dense.dense 3 2)

let private few =
    Dataset.create (doubles [ 10; 3 ] 1 |> Tensor.cast Dtype.Float32) (Tensor.ofInts [ for i in 0..9 -> i % 2 ])
    |> Dataset.batches 4 10 key

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

// The heavy ball, around which the wrappers stand and behind which the limits do.
let private heavy r = Optimizer.momentum (rate r) 0.9
let private behind first r = Transform.chain [ first; heavy r ]

// Each optimizer with rates for a parabola, for Rosenbrock's valley and for a quadratic of condition 100.
let private landscapes: (string * (float -> Transform) * (float * int) * (float * int) * (float * int)) list =
    [
        "sgd", (fun r -> Optimizer.sgd (rate r)), (0.1, 100), (1e-3, 4000), (2.0 / 101.0, 300)
        "momentum", heavy, (0.05, 300), (1e-3, 1500), (5e-3, 500)
        "adam", (fun r -> Optimizer.adam (rate r)), (0.1, 300), (0.02, 2000), (0.05, 800)
        "adamW", (fun r -> Optimizer.adamW (rate r) 1e-3), (0.1, 300), (0.02, 2000), (0.05, 800)
        "a pair of moments",
        (fun r -> descend r (Transform.moments (Accumulation.Corrected 0.9) (Accumulation.Corrected 0.999) 1e-8)),
        (0.1, 300),
        (0.02, 2000),
        (0.05, 800)
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
        "clipByValue", behind (Transform.clipByValue 1.0), (0.05, 500), (1e-3, 3000), (5e-3, 600)
        "clipByNorm", behind (Transform.clipByNorm 1.0), (0.05, 500), (1e-3, 3000), (5e-3, 600)
        "clipByGlobalNorm", behind (Transform.clipByGlobalNorm 1.0), (0.05, 500), (1e-3, 3000), (5e-3, 600)
        "clipAdaptive", behind (Transform.clipAdaptive 2.0), (0.05, 500), (1e-3, 3000), (5e-3, 600)
        "addNoise", behind (Transform.addNoise (Schedule.decay 0.1 0.9 20)), (0.05, 300), (1e-3, 1500), (5e-3, 500)
        "accumulate", heavy >> Transform.accumulate 3, (0.05, 600), (1e-3, 4500), (5e-3, 1000)
        "average", heavy >> Transform.average 0.9, (0.05, 300), (1e-3, 1500), (5e-3, 500)
        "averageFrom", heavy >> Transform.averageFrom 5, (0.05, 300), (1e-3, 1500), (5e-3, 500)
        "skipNonFinite", heavy >> Transform.skipNonFinite, (0.05, 300), (1e-3, 1500), (5e-3, 500)
        "plateau", heavy >> Transform.plateau 0.5 200 1e-6, (0.05, 500), (1e-3, 2500), (5e-3, 800)
        "only",
        heavy >> Transform.only (fun _ param -> param.Role = Role.Weight),
        (0.05, 300),
        (1e-3, 1500),
        (5e-3, 500)
        "freeze", heavy >> Transform.freeze (fun path _ -> path = "none"), (0.05, 300), (1e-3, 1500), (5e-3, 500)
    ]

// Penalties λ/2·|x|² and λ·|x|₁: their descent at a rate, their derivative, and the least of h/2·(x - c)² with them.
let private penalties
    : (string * (float -> float -> Transform) * (float -> float) * (float -> float -> float -> float)) list =
    let soft c limit = float (sign c) * max 0.0 (abs c - limit)

    [
        "decayWeights",
        (fun r weight -> behind (Transform.decayWeights weight) r),
        id,
        (fun h c weight -> h * c / (h + weight))
        "l1", (fun r weight -> behind (Transform.l1 weight) r), sign >> float, (fun h c weight -> soft c (weight / h))
        "proximalL1",
        // A velocity at rest is the gradient ten times.
        (fun r weight -> Transform.chain [ heavy r; Transform.proximalL1 (rate (10.0 * r * weight)) ]),
        sign >> float,
        (fun h c weight -> soft c (weight / h))
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
                    let descends r n goal f start = Law.descent n goal (make r) f (vector start) |> Verdict.check

                    descends r1 n1 1e-2 parabola [| 1.0; 1.0 |]
                    descends r2 n2 0.2 rosenbrock [| -1.0; 1.0 |]
                    descends r3 n3 2e-2 ill [| 1.0; 1.0 |]
                }

                test $"{name}: an interrupted run is a whole one" {
                    Law.resumption 9 key classifier (make r1) few |> Verdict.check
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
                expectWithin 0.02 "heavy ball" (9.0 / 11.0) (contraction heavy 200)
                // Nesterov's at 1/κ with μ = (√κ-1)/(√κ+1): 1 - 1/√κ.
                expectWithin 0.02 "Nesterov" 0.9 (contraction (Optimizer.nesterov (rate 0.01) (9.0 / 11.0)) 200)
            }

            for name, make, derivative, least in penalties do
                test $"{name} ends where the penalised function is least, in closed form" {
                    for curvatures in [ [| 2.0; 2.0 |]; [| 1.0; 100.0 |] ] do
                        let c = [| 3.0; -1.0 |]
                        let f (x: Tensor) = 0.5 * Tensor.sum (vector curvatures * Tensor.square (x - vector c))
                        let last = walk (make 5e-3 0.5) (slope f) 1000 (from [| 1.0; -1.0 |]) |> List.last
                        let expected = Array.map2 (fun h c -> least h c 0.5) curvatures c
                        expectClose 1e-9 $"curvatures {curvatures}" expected (Tensor.toDoubles (of' last))
                }

                test $"{name} ends in Rosenbrock's valley where the penalised function has no slope" {
                    let last = walk (make 1e-3 0.01) (slope rosenbrock) 6000 (from [| 0.5; 0.5 |]) |> List.last |> of'
                    let slope = Tensor.toDoubles (Differentiation.grad rosenbrock last)
                    let penalty = Tensor.toDoubles last |> Array.map (fun x -> -0.01 * derivative x)
                    expectClose 1e-9 "∇f = -λ·∇penalty" penalty slope
                }

                test $"{name}: an interrupted run is a whole one" {
                    Law.resumption 9 key classifier (make 0.05 0.01) few |> Verdict.check
                }

            test "under noise of deviation σ descent at r on x²/2 spreads by the variance r·σ²/(2 - r)" {
                let count = 20000
                let zero: Params = Node [ "w", Leaf(param (Tensor.zerosOf Dtype.Float64 [ count ])) ]
                let noisy = Transform.chain [ Transform.addNoise (rate 0.3); Transform.scale -0.5 ]
                let values = walk noisy own 60 zero |> List.last |> of' |> Tensor.toDoubles
                let variance = 0.5 * 0.09 / 1.5
                expectWithin (5.0 * sqrt (variance / float count)) "mean" 0.0 (Array.average values)
                let found = values |> Array.averageBy (fun x -> x * x)
                expectWithin (5.0 * variance * sqrt (2.0 / float count)) "variance" variance found
            }

            test "what is left of Rosenbrock's valley with x frozen has its least at y = x²" {
                let start: Params = Node [ "x", Leaf(param (number -0.7)); "y", Leaf(param (number 2.0)) ]
                let f (ps: Params) = rosenbrock (Tensor.stack 0 [ for param in Tree.values ps -> param.Value ])
                let isX (path: string) (_: Param) = path = "x"

                for transform in
                    [
                        Transform.freeze isX (Optimizer.sgd (rate 2e-3))
                        Transform.only (fun path param -> not (isX path param)) (Optimizer.sgd (rate 2e-3))
                    ] do
                    let last = walk transform (fun _ ps -> Differentiation.gradParams f ps) 100 start |> List.last

                    expectClose
                        1e-12
                        "x and x²"
                        [| -0.7; 0.49 |]
                        [| for p in Tree.values last -> Tensor.toFloat p.Value |]
            }
        ]
