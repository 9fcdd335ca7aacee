/// Every other transform, optimizer, schedule and rule of C# beside F#'s: the same bits.
module FacadeTransformTests

open Expecto
open Functional
open Functional.FSharp
open Support
open FacadeTrainingTests

type private T = CSharp.Transforms
type private O = CSharp.Optimizers
type private S = CSharp.Schedules

let private key = Key.ofSeed 31
let private rate = S.Constant 0.02
let private twinRate = Schedule.constant 0.02
let private adam = lazy O.Adam rate
let private twinAdam = lazy Optimizer.adam twinRate
let private isHead (path: string) = path.StartsWith "head"

// A transform of gradients alone, with a descent behind it.
let private step (name: string) (csharp: Transform) (fsharp: Transform) =
    name, T.Chain [ csharp; T.Scale -0.02 ], Transform.chain [ fsharp; Transform.scale -0.02 ]

let private around (name: string) (csharp: Transform -> Transform) (fsharp: Transform -> Transform) =
    name, csharp adam.Value, fsharp twinAdam.Value

let private rows: (string * Transform * Transform) list =
    [
        step "ClipByValue" (T.ClipByValue 0.1) (Transform.clipByValue 0.1)
        step "ClipByNorm" (T.ClipByNorm 0.1) (Transform.clipByNorm 0.1)
        step "ClipByGlobalNorm" (T.ClipByGlobalNorm 0.1) (Transform.clipByGlobalNorm 0.1)
        step "ClipAdaptive" (T.ClipAdaptive 0.1) (Transform.clipAdaptive 0.1)
        step "L1" (T.L1 0.1) (Transform.l1 0.1)
        step "AddNoise" (T.AddNoise(S.Decay(0.1, 0.5, 2))) (Transform.addNoise (Schedule.decay 0.1 0.5 2))
        step
            "Moments"
            (T.Moments(
                CSharp.Accumulations.MovingAverage 0.9,
                CSharp.Accumulations.CorrectedAverage 0.99,
                epsilon = 1e-6
            ))
            (Transform.moments (Accumulation.Average 0.9) (Accumulation.Corrected 0.99) 1e-6)
        step "Nesterov" (T.Nesterov 0.9) (Transform.nesterov 0.9)
        step "AverageMomentum" (T.AverageMomentum 0.9) (Transform.averageMomentum 0.9)
        step "Adagrad" (T.Adagrad()) (Transform.adagrad 1e-10)
        step "RmsProp" (T.RmsProp(decay = 0.9)) (Transform.rmsProp 0.9 1e-8)
        step "RmsPropInside" (T.RmsPropInside(epsilon = 1e-4)) (Transform.rmsPropInside 0.99 1e-4)
        step "Amsgrad" (T.Amsgrad(beta2 = 0.9)) (Transform.amsgrad 0.9 0.9 1e-8)
        step "Nadam" (T.Nadam(beta1 = 0.8)) (Transform.nadam 0.8 0.999 1e-8)
        step "Radam" (T.Radam(beta2 = 0.9)) (Transform.radam 0.9 0.9 1e-8)
        step "Lion" (T.Lion(beta2 = 0.9)) (Transform.lion 0.9 0.9)
        step "TrustRatio" T.TrustRatio Transform.trustRatio
        step "Adafactor" (T.Adafactor()) (Transform.adafactor 1.0)
        step
            "OfGradients"
            (T.OfGradients(fun _ _ gradients -> CSharp.Trees.Map(gradients, fun (g: Tensor) -> 0.5 * g)))
            (Transform.ofGradients (fun _ _ gradients -> gradients |> Tree.map (fun g -> 0.5 * g)))
        "ProximalL1",
        T.Chain [ adam.Value; T.ProximalL1(S.Constant 1e-3) ],
        Transform.chain [ twinAdam.Value; Transform.proximalL1 (Schedule.constant 1e-3) ]
        around
            "Freeze"
            (fun inner -> T.Freeze((fun path _ -> isHead path), inner))
            (Transform.freeze (fun path _ -> isHead path))
        around "Accumulate" (fun inner -> T.Accumulate(3, inner)) (Transform.accumulate 3)
        around "Average" (fun inner -> T.Average(0.9, inner)) (Transform.average 0.9)
        around "AverageFrom" (fun inner -> T.AverageFrom(4, inner)) (Transform.averageFrom 4)
        around "Lookahead" (fun inner -> T.Lookahead(3, 0.5, inner)) (Transform.lookahead 3 0.5)
        around "SkipNonFinite" T.SkipNonFinite Transform.skipNonFinite
        around "Plateau" (fun inner -> T.Plateau(0.5, 1, 0.1, inner)) (Transform.plateau 0.5 1 0.1)
        "Optimizers.Nesterov", O.Nesterov(rate, 0.9), Optimizer.nesterov twinRate 0.9
        "Optimizers.Adagrad", O.Adagrad rate, Optimizer.adagrad twinRate
        "Optimizers.RmsProp", O.RmsProp rate, Optimizer.rmsProp twinRate
        "Optimizers.Amsgrad", O.Amsgrad rate, Optimizer.amsgrad twinRate
        "Optimizers.Nadam", O.Nadam rate, Optimizer.nadam twinRate
        "Optimizers.Radam", O.Radam rate, Optimizer.radam twinRate
        "Optimizers.Lion", O.Lion(rate, decay = 0.1), Optimizer.lion twinRate 0.1
        "Optimizers.Lamb", O.Lamb(rate, decay = 0.1), Optimizer.lamb twinRate 0.1
        "Optimizers.Adafactor", O.Adafactor rate, Optimizer.adafactor twinRate
    ]

let private schedules: (string * System.Func<int, float> * Schedule) list =
    let linear, twinLinear = S.Linear(1.0, 0.1, 10), Schedule.linear 1.0 0.1 10

    [
        "Constant", S.Constant 0.3, Schedule.constant 0.3
        "Decay", S.Decay(0.3, 0.5, 4), Schedule.decay 0.3 0.5 4
        "Cosine", S.Cosine(0.3, 0.1, 20), Schedule.cosine 0.3 0.1 20
        "Logarithmic", S.Logarithmic 0.3, Schedule.logarithmic 0.3
        "Warmup", S.Warmup(5, linear), Schedule.warmup 5 twinLinear
        "Pieces", S.Pieces [ struct (0, 1.0); struct (7, 0.1) ], Schedule.pieces [ 0, 1.0; 7, 0.1 ]
        "Polynomial", S.Polynomial(2.0, 0.3, 0.1, 20), Schedule.polynomial 2.0 0.3 0.1 20
        "Linear", linear, twinLinear
        "Join", S.Join(5, linear, S.Constant 0.3), Schedule.join 5 twinLinear (Schedule.constant 0.3)
        "OneCycle", S.OneCycle(0.3, 0.25, 24), Schedule.oneCycle 0.3 0.25 24
        "Restarts", S.Restarts(0.3, 0.1, 4, factor = 2), Schedule.restarts 0.3 0.1 4 2
    ]

let private rules =
    [
        "SharpnessAware", CSharp.Rules.SharpnessAware(rule, 0.05), Rule.sharpnessAware 0.05 twinRule
        "Lbfgs", CSharp.Rules.Lbfgs(rule, iterations = 3), Rule.lbfgs 3 10 twinRule
    ]

let tests =
    testList
        "facade transforms"
        [
            for name, csharp, fsharp in rows do
                test $"{name} trains to the bits of F#'s" {
                    let expected = Training.fit twinRule fsharp (batches 2) key
                    let given = CSharp.Training.Fit(rule, csharp, batches 2, key)
                    expectSameSnapshot name expected given
                    let start = Training.start twinRule fsharp key
                    let weight (snapshot: Snapshot) = (Tree.leaf [ "0"; "weight" ] snapshot.Params).Value
                    Expect.isFalse (Tensor.equal (weight start) (weight given)) "training moves"
                }

            for name, csharp, fsharp in schedules do
                test $"the schedule {name} gives F#'s numbers" {
                    let given = [ for step in 0..40 -> csharp.Invoke step ]
                    Expect.equal given [ for step in 0..40 -> fsharp step ] name
                }

            for name, csharp, fsharp in rules do
                test $"the rule {name} trains to the bits of F#'s" {
                    let sgd, twinSgd = O.Sgd rate, Optimizer.sgd twinRate
                    let expected = Training.fit fsharp twinSgd (batches 1) key
                    expectSameSnapshot name expected (CSharp.Training.Fit(csharp, sgd, batches 1, key))
                }

            test "Averaged reads what F#'s reads" {
                let average, twin = T.Average(0.9, adam.Value), Transform.average 0.9 twinAdam.Value
                let given = CSharp.Training.Fit(rule, average, batches 1, key)
                let expected = Training.fit twinRule twin (batches 1) key

                expectSameLeaves
                    "average"
                    (Params.values (Transform.averaged expected.Memory expected.Params))
                    (CSharp.Snapshots.get_Parameters (T.Averaged given))
            }
        ]
