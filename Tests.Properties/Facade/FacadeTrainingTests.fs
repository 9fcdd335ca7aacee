/// Rules, transforms and training, as C# calls them: the same bits as F#'s functions give.
module FacadeTrainingTests

open System
open System.Collections.Generic
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

type private L = CSharp.Layers
type private E = CSharp.LayerExtensions
type private X = CSharp.TensorExtensions
type private S = CSharp.Snapshots
type private Values = IReadOnlyDictionary<string, Tensor>

let private key = Key.ofSeed 12
let private then' (a: Layer<Tensor, Tensor>) (b: Layer<Tensor, Tensor>) : Layer<Tensor, Tensor> = E.Then(a, b)

/// A network with state and chance, in C# and in F#.
let network =
    List.reduce then' [ L.Dense(3, 4); L.BatchNorm 4; L.Tanh; L.Dropout 0.2; E.Named(L.Dense(4, 2), "head") ]

let twin = dense 3 4 --> batchNorm 4 --> tanh --> dropout 0.2 --> Layer.named "head" (dense 4 2)

let data = lazy CSharp.Datasets.Create(Random.normal [ 40; 3 ] key, Random.normal [ 40; 2 ] (Key.child 1 key))

let batches epochs = CSharp.Datasets.Batches(data.Value, 8, epochs, key)
let rule = CSharp.Rules.OfLoss((fun y target -> CSharp.Losses.SquaredError(y, target)), network)
let twinRule = Rule.ofLoss Loss.squaredError twin

// Every other step, with a count of its own.
let private other step = if step % 2 = 0 then Nullable(step / 2) else Nullable()
let private isHead (path: string) = path.StartsWith "head"

// Velocity by hand, as a user would write it.
let private heavyBall =
    CSharp.Transforms.Create(
        (fun ps -> CSharp.Trees.Map(ps, fun (param: Param) -> X.ZerosLike param.Value)),
        fun _ _ memory (struct (loss, gradients, state)) ->
            let v: Values = CSharp.Trees.Map2(memory, gradients, fun v g -> 0.9 * v + g)
            struct (struct (loss, CSharp.Trees.Map(v, fun v -> -0.05 * v), state), v)
    )

let private twinBall =
    Transform.create (Tree.map (fun (param: Param) -> Tensor.zerosLike param.Value)) (fun _ _ memory estimate ->
        let v = Tree.map2 (fun (v: Tensor) g -> 0.9 * v + g) memory estimate.Gradients
        struct ({ estimate with Gradients = Tree.map (fun v -> -0.05 * v) v }, v))

// Each optimizer and transform of C# beside F#'s.
let private transforms: (string * (unit -> Transform) * (unit -> Transform)) list =
    let rate = CSharp.Schedules.Constant 0.05
    let twinRate = Schedule.constant 0.05

    [
        "Sgd", (fun () -> CSharp.Optimizers.Sgd rate), (fun () -> Optimizer.sgd twinRate)
        "Momentum", (fun () -> CSharp.Optimizers.Momentum(rate, 0.8)), (fun () -> Optimizer.momentum twinRate 0.8)
        "Adam", (fun () -> CSharp.Optimizers.Adam rate), (fun () -> Optimizer.adam twinRate)
        "AdamW", (fun () -> CSharp.Optimizers.AdamW(rate, 0.1)), (fun () -> Optimizer.adamW twinRate 0.1)
        "a chain",
        (fun () ->
            CSharp.Transforms.Chain
                [
                    CSharp.Transforms.DecayWeights 0.1
                    CSharp.Transforms.Momentum 0.5
                    CSharp.Transforms.Adam(beta2 = 0.99)
                    CSharp.Transforms.Scale 0.5
                    CSharp.Transforms.ScaleBy(fun step -> -0.1 / float (step + 1))
                ]),
        (fun () ->
            Transform.chain
                [
                    Transform.decayWeights 0.1
                    Transform.momentum 0.5
                    Transform.adam 0.9 0.99 1e-8
                    Transform.scale 0.5
                    Transform.scaleBy (fun step -> -0.1 / float (step + 1))
                ])
        "Clocked",
        (fun () -> CSharp.Transforms.Clocked(other, CSharp.Optimizers.Adam rate)),
        (fun () -> Transform.clocked (other >> Option.ofNullable) (Optimizer.adam twinRate))
        "Only",
        (fun () -> CSharp.Transforms.Only((fun path _ -> isHead path), CSharp.Optimizers.Adam rate)),
        (fun () -> Transform.only (fun path _ -> isHead path) (Optimizer.adam twinRate))
        "Branch",
        (fun () ->
            CSharp.Transforms.Branch
                [
                    for name in [ "0"; "1"; "2"; "3" ] do
                        struct (name, CSharp.Optimizers.Sgd rate)
                    struct ("head", CSharp.Optimizers.Adam rate)
                ]),
        (fun () ->
            Transform.branch
                [
                    for name in [ "0"; "1"; "2"; "3" ] do
                        name, Optimizer.sgd twinRate
                    "head", Optimizer.adam twinRate
                ])
        "Create", (fun () -> heavyBall), (fun () -> twinBall)
    ]

let trained transform = CSharp.Training.Fit(rule, transform, batches 2, key)

let tests =
    testList
        "facade training"
        [
            for name, csharp, fsharp in transforms do
                test $"{name}: each snapshot has the bits of F#'s, and walking twice trains twice" {
                    let transform, twinTransform = csharp (), fsharp ()
                    let start = CSharp.Training.Start(rule, transform, key)
                    let steps = CSharp.Training.Steps(rule, transform, batches 3, start, every = 4)

                    let expected =
                        Training.run 4 twinRule twinTransform (batches 3) (Training.start twinRule twinTransform key)
                        |> List.ofSeq

                    Expect.equal [ for s in expected -> s.Step ] [ 4; 8; 12; 15 ] "every four steps and at the end"
                    let once = List.ofSeq steps
                    List.iter2 (expectSameSnapshot "F# and C#") expected once
                    List.iter2 (expectSameSnapshot "again") once (List.ofSeq steps)
                    expectSameSnapshot "fit" (List.last expected) (CSharp.Training.Fit(rule, transform, batches 3, key))

                    Expect.isFalse
                        (Tensor.equal
                            (S.get_Parameters(start)["head/weight"])
                            (S.get_Parameters(once[0])["head/weight"]))
                        "training moves"

                    let resumed =
                        CSharp.Training.Steps(rule, transform, batches 3, once[1], every = 100) |> Seq.exactlyOne

                    expectSameSnapshot "resumed at step 8" (List.last expected) resumed
                }

            test "walking Steps twice makes each batch twice, and none before" {
                let mutable made = 0

                let counted =
                    CSharp.Batches.Map(
                        batches 1,
                        fun batch ->
                            made <- made + 1
                            batch
                    )

                let sgd = CSharp.Optimizers.Sgd(CSharp.Schedules.Constant 0.1)
                let steps = CSharp.Training.Steps(rule, sgd, counted, CSharp.Training.Start(rule, sgd, key))
                Expect.equal made 0 "lazily"
                let first = Seq.head steps
                Expect.equal (first.Step, made) (1, 1) "one step, one batch"
                let all = List.ofSeq steps
                Expect.equal (all.Length, made) (5, 6) "from the start again"
                expectSameSnapshot "the first step" first all[0]
            }

            test "a rule of one's own trains to the bits of Rules.OfLoss" {
                let own =
                    CSharp.Rules.Create(
                        (fun key -> E.Init(network, key)),
                        fun moment ps state (struct (input: Tensor, target: Tensor)) ->
                            let struct (loss, after, gradients) =
                                CSharp.Differentiation.FgradParams(
                                    (fun ps ->
                                        let struct (y, after) =
                                            E.Apply(network, CSharp.Modes.Training moment.Key, ps, state, input)

                                        struct (CSharp.Losses.SquaredError(y, target), after)),
                                    ps
                                )

                            struct (loss, gradients, after)
                    )

                let adam = CSharp.Optimizers.Adam(CSharp.Schedules.Constant 0.01)
                let mine, expected = CSharp.Training.Fit(own, adam, batches 2, key), trained adam
                Expect.equal (List.ofSeq (S.get_Memory(mine).Keys)) (List.ofSeq (S.get_Memory(expected).Keys)) "memory"

                List.iter2
                    (expectSame "every tensor")
                    (List.ofSeq (S.get_Tensors expected))
                    (List.ofSeq (S.get_Tensors mine))

                let struct (ps, state) = CSharp.Rules.Init(rule, key)
                let batch = Seq.head (CSharp.Batches.From(batches 1, 0))
                let moment = { Step = 3; Key = key }

                let struct (loss, gradients, after) =
                    CSharp.Rules.Estimate(rule, moment, CSharp.Params.ToTensors ps, state, batch)

                let struct (twinPs, twinState) = Rule.init key twinRule
                let estimate = Rule.estimate twinRule moment twinPs twinState batch
                expectSame "loss" estimate.Loss loss
                expectSameLeaves "gradients" estimate.Gradients gradients
                expectSameLeaves "state" estimate.State after
            }

            test "a transform around another sees and gives what that one does" {
                let adam = CSharp.Transforms.Adam()
                let struct (ps, state) = CSharp.Rules.Init(rule, key)
                let struct (twinPs, twinState) = Rule.init key twinRule
                let gradients = CSharp.Trees.Map(ps, fun (param: Param) -> X.Sin param.Value)
                let memory = CSharp.Transforms.Init(adam, ps)
                expectSameLeaves "first memory" (Transform.init (Transform.adam 0.9 0.999 1e-8) twinPs) memory
                let moment = { Step = 0; Key = key }

                let struct (struct (_, updates, _), after) =
                    CSharp.Transforms.Update(adam, moment, ps, memory, struct (Tensor.scalar 1.0, gradients, state))

                let estimate =
                    {
                        Loss = Tensor.scalar 1.0
                        Gradients = Tree.map (fun p -> Tensor.sin p.Value) twinPs
                        State = twinState
                    }

                let struct (expected, expectedAfter) =
                    Transform.update
                        (Transform.adam 0.9 0.999 1e-8)
                        moment
                        twinPs
                        (Transform.init (Transform.adam 0.9 0.999 1e-8) twinPs)
                        estimate

                expectSameLeaves "updates" expected.Gradients updates
                expectSameLeaves "memory" expectedAfter after
            }

            test "schedules" {
                for name, csharp, fsharp in
                    [
                        "constant", CSharp.Schedules.Constant 0.3, Schedule.constant 0.3
                        "decay", CSharp.Schedules.Decay(1.0, 0.5, 3), Schedule.decay 1.0 0.5 3
                        "cosine", CSharp.Schedules.Cosine(1.0, 0.1, 7), Schedule.cosine 1.0 0.1 7
                        "warm-up",
                        CSharp.Schedules.Warmup(4, CSharp.Schedules.Constant 2.0),
                        Schedule.warmup 4 (Schedule.constant 2.0)
                    ] do
                    Expect.equal [ for step in 0..9 -> csharp.Invoke step ] (List.map fsharp [ 0..9 ]) name
            }
        ]
