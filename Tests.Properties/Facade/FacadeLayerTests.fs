/// Layers, differentiation, losses and first values, as C# calls them: the same bits as F#'s functions give.
module FacadeLayerTests

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
type private Values = IReadOnlyDictionary<string, Tensor>

let private key = Key.ofSeed 6

let private then' (a: Layer<Tensor, Tensor>) (b: Layer<Tensor, Tensor>) : Layer<Tensor, Tensor> = E.Then(a, b)

// Each layer of C# beside F#'s, with the shape of an input.
let private table: (string * (unit -> Layer<Tensor, Tensor>) * (unit -> Layer<Tensor, Tensor>) * int list) list =
    let how = Convolution.standard

    [
        "Dense", (fun () -> L.Dense(4, 3)), (fun () -> dense 4 3), [ 5; 4 ]
        "Dense, He",
        (fun () -> L.Dense(4, 3, fun fans shape key -> CSharp.Initializers.He(fans, shape, key))),
        (fun () -> denseWith Initializer.he 4 3),
        [ 5; 4 ]
        "Conv2d", (fun () -> L.Conv2d(2, 3, 3)), (fun () -> conv2d 2 3 3), [ 2; 2; 5; 6 ]
        "Conv2d, same, stride, groups, Glorot",
        (fun () ->
            L.Conv2d(
                2,
                4,
                3,
                stride = 2,
                padding = Padding.Same,
                groups = 2,
                draw = fun fans shape key -> CSharp.Initializers.Glorot(fans, shape, key)
            )),
        (fun () ->
            conv2dWith
                { how with
                    Stride = [ 2 ]
                    Padding = Padding.Same
                    Groups = 2
                    Draw = Initializer.glorot
                }
                2
                4
                [ 3 ]),
        [ 2; 2; 5; 6 ]
        "Conv2d, cells, dilation",
        (fun () -> L.Conv2d(1, 2, 2, padding = CSharp.Paddings.Cells 2, dilation = 2)),
        (fun () -> conv2dWith { how with Padding = Padding.Zeros 2; Dilation = [ 2 ] } 1 2 [ 2 ]),
        [ 2; 1; 4; 4 ]
        "Conv2d, by axis, flipped, no bias",
        (fun () ->
            L.Conv2d(
                2,
                3,
                [| 2; 3 |],
                stride = [| 2; 1 |],
                padding = CSharp.Paddings.Zeros(struct (0, 1), struct (2, 0)),
                dilation = [| 1; 2 |],
                flipped = true,
                bias = false
            )),
        (fun () ->
            conv2dWith
                { how with
                    Stride = [ 2; 1 ]
                    Padding = Padding.Around [| struct (0, 1); struct (2, 0) |]
                    Dilation = [ 1; 2 ]
                    Flipped = true
                    Bias = false
                }
                2
                3
                [ 2; 3 ]),
        [ 2; 2; 5; 6 ]
        "Conv1d, causal",
        (fun () -> L.Conv1d(2, 3, 3, padding = Padding.Causal)),
        (fun () -> conv1dWith { how with Padding = Padding.Causal } 2 3 [ 3 ]),
        [ 2; 2; 5 ]
        "Conv1d, by axis", (fun () -> L.Conv1d(2, 3, [| 3 |])), (fun () -> conv1d 2 3 3), [ 2; 2; 5 ]
        "Conv3d, circular",
        (fun () -> L.Conv3d(1, 2, 3, padding = Padding.Circular)),
        (fun () -> conv3dWith { how with Padding = Padding.Circular } 1 2 [ 3 ]),
        [ 1; 1; 3; 3; 4 ]
        "Conv3d, by axis",
        (fun () -> L.Conv3d(1, 2, [| 1; 2; 3 |])),
        (fun () -> conv3dWith how 1 2 [ 1; 2; 3 ]),
        [ 1; 1; 3; 3; 4 ]
        "Depthwise2d",
        (fun () -> L.Depthwise2d(2, 3, multiplier = 2, stride = 2)),
        (fun () -> depthwise2dWith { how with Stride = [ 2 ] } 2 2 [ 3 ]),
        [ 1; 2; 5; 4 ]
        "Depthwise2d, by axis",
        (fun () -> L.Depthwise2d(2, [| 2; 3 |])),
        (fun () -> depthwise2dWith how 2 1 [ 2; 3 ]),
        [ 1; 2; 5; 4 ]
        "Separable2d",
        (fun () -> L.Separable2d(2, 3, 3, padding = Padding.Same)),
        (fun () -> separable2dWith { how with Padding = Padding.Same } 2 3 [ 3 ]),
        [ 1; 2; 5; 4 ]
        "Separable2d, by axis",
        (fun () -> L.Separable2d(2, 3, [| 3; 1 |], bias = false)),
        (fun () -> separable2dWith { how with Bias = false } 2 3 [ 3; 1 ]),
        [ 1; 2; 5; 4 ]
        "ConvTranspose1d",
        (fun () -> L.ConvTranspose1d(2, 3, 3, stride = 2, outputPadding = 1)),
        (fun () -> convTranspose1dWith { how with Stride = [ 2 ] } [ 1 ] 2 3 [ 3 ]),
        [ 1; 2; 5 ]
        "ConvTranspose1d, by axis",
        (fun () -> L.ConvTranspose1d(2, 3, [| 3 |])),
        (fun () -> convTranspose1d 2 3 3),
        [ 1; 2; 5 ]
        "ConvTranspose2d",
        (fun () -> L.ConvTranspose2d(2, 3, 3, stride = 2, padding = Padding.Same)),
        (fun () -> convTranspose2dWith { how with Stride = [ 2 ]; Padding = Padding.Same } [ 0 ] 2 3 [ 3 ]),
        [ 1; 2; 5; 4 ]
        "ConvTranspose2d, by axis",
        (fun () -> L.ConvTranspose2d(2, 2, [| 2; 3 |], stride = [| 2; 1 |], outputPadding = [| 1; 0 |], groups = 2)),
        (fun () -> convTranspose2dWith { how with Stride = [ 2; 1 ]; Groups = 2 } [ 1; 0 ] 2 2 [ 2; 3 ]),
        [ 1; 2; 5; 4 ]
        "ConvTranspose3d", (fun () -> L.ConvTranspose3d(1, 2, 2)), (fun () -> convTranspose3d 1 2 2), [ 1; 1; 2; 3; 2 ]
        "ConvTranspose3d, by axis",
        (fun () -> L.ConvTranspose3d(1, 2, [| 1; 2; 3 |], padding = CSharp.Paddings.Cells 0, dilation = [| 1; 2; 1 |])),
        (fun () -> convTranspose3dWith { how with Dilation = [ 1; 2; 1 ] } [ 0 ] 1 2 [ 1; 2; 3 ]),
        [ 1; 1; 2; 3; 2 ]
        for axes, cells, max, maxByAxis, mean, meanByAxis, maxWith, meanWith in
            [
                1,
                [ 7 ],
                (fun () -> L.MaxPool1d(3, stride = 2, padding = 1)),
                (fun () -> L.MaxPool1d([| 3 |], ceil = true)),
                (fun () -> L.MeanPool1d(3, stride = 2, padding = 1, countPadding = false)),
                (fun () -> L.MeanPool1d([| 3 |], ceil = true)),
                maxpool1dWith,
                meanpool1dWith
                2,
                [ 7; 5 ],
                (fun () -> L.MaxPool2d(3, stride = 2, padding = 1)),
                (fun () -> L.MaxPool2d([| 3 |], ceil = true)),
                (fun () -> L.MeanPool2d(3, stride = 2, padding = 1, countPadding = false)),
                (fun () -> L.MeanPool2d([| 3 |], ceil = true)),
                maxpool2dWith,
                meanpool2dWith
                3,
                [ 4; 5; 3 ],
                (fun () -> L.MaxPool3d(3, stride = 2, padding = 1)),
                (fun () -> L.MaxPool3d([| 3 |], ceil = true)),
                (fun () -> L.MeanPool3d(3, stride = 2, padding = 1, countPadding = false)),
                (fun () -> L.MeanPool3d([| 3 |], ceil = true)),
                maxpool3dWith,
                meanpool3dWith
            ] do
            let shape, three = 2 :: 2 :: cells, Pool.ofSize [ 3 ]
            $"MaxPool{axes}d, stride", max, (fun () -> maxWith { three with Stride = [ 2 ]; Padding = [ 1 ] }), shape
            $"MaxPool{axes}d, ceil", maxByAxis, (fun () -> maxWith { three with Ceil = true }), shape

            $"MeanPool{axes}d, stride",
            mean,
            (fun () -> meanWith { three with Stride = [ 2 ]; Padding = [ 1 ]; CountPadding = false }),
            shape

            $"MeanPool{axes}d, ceil", meanByAxis, (fun () -> meanWith { three with Ceil = true }), shape
        "GlobalMaxPool", (fun () -> L.GlobalMaxPool), (fun () -> globalMaxpool), [ 2; 3; 4 ]
        "GlobalMeanPool", (fun () -> L.GlobalMeanPool), (fun () -> globalMeanpool), [ 2; 3; 4; 2 ]
        "AdaptiveMaxPool", (fun () -> L.AdaptiveMaxPool(2, 3)), (fun () -> adaptiveMaxpool [ 2; 3 ]), [ 2; 2; 5; 4 ]
        "AdaptiveMeanPool", (fun () -> L.AdaptiveMeanPool 3), (fun () -> adaptiveMeanpool [ 3 ]), [ 2; 2; 7 ]
        "MaxPool2d", (fun () -> L.MaxPool2d 2), (fun () -> maxpool2d 2), [ 1; 2; 5; 4 ]
        "MeanPool2d", (fun () -> L.MeanPool2d 2), (fun () -> meanpool2d 2), [ 1; 2; 5; 4 ]
        "Relu", (fun () -> L.Relu), (fun () -> relu), [ 3; 2 ]
        "Tanh", (fun () -> L.Tanh), (fun () -> tanh), [ 3; 2 ]
        "Sigmoid", (fun () -> L.Sigmoid), (fun () -> sigmoid), [ 3; 2 ]
        "Softmax", (fun () -> L.Softmax), (fun () -> softmax), [ 3; 2 ]
        "Flatten", (fun () -> L.Flatten), (fun () -> flatten), [ 3; 2; 2 ]
        "Dropout", (fun () -> L.Dropout 0.4), (fun () -> dropout 0.4), [ 6; 5 ]
        "BatchNorm", (fun () -> L.BatchNorm 3), (fun () -> batchNorm 3), [ 5; 3 ]
        "Identity", (fun () -> L.Identity()), (fun () -> Layer.identity), [ 5; 3 ]
        "Stack", (fun () -> L.Stack [ L.Dense(3, 3); L.Tanh ]), (fun () -> Layer.stack [ dense 3 3; tanh ]), [ 2; 3 ]
        "Residual",
        (fun () -> L.Residual(then' (L.Dense(3, 3)) L.Tanh)),
        (fun () -> Layer.residual (dense 3 3 --> tanh)),
        [ 2; 3 ]
        "Lift",
        (fun () -> L.Lift(fun (x: Tensor) -> x * 2.0)),
        (fun () -> Layer.lift (fun (x: Tensor) -> x * 2.0)),
        [ 2; 3 ]
        "Func",
        (fun () -> L.Func("twice", fun (x: Tensor) -> x * 2.0)),
        (fun () -> Layer.func "twice" [] (fun (x: Tensor) -> x * 2.0)),
        [ 2; 3 ]
        "Then a function",
        (fun () -> E.Then(L.Dense(3, 2), fun x -> x * 2.0)),
        (fun () -> dense 3 2 --> Layer.lift (fun x -> x * 2.0)),
        [ 2; 3 ]
        "Named", (fun () -> E.Named(L.Dense(3, 2), "head")), (fun () -> Layer.named "head" (dense 3 2)), [ 2; 3 ]
        "Dimap",
        (fun () -> E.Dimap(L.Dense(3, 2), (fun (x: Tensor) -> x + 1.0), (fun y -> X.Exp y))),
        (fun () -> Layer.dimap (fun (x: Tensor) -> x + 1.0) Tensor.exp (dense 3 2)),
        [ 2; 3 ]
        "Create",
        (fun () ->
            L.Create(
                "own",
                L.Weight("weight", fun k -> Random.normal [ 3 ] k),
                L.Bias("bias", fun k -> Random.uniform [ 3 ] k),
                L.Scale("scale", fun _ -> Tensor.ones [ 3 ]),
                fun w b s (x: Tensor) -> s * (x * w + b)
            )),
        (fun () ->
            layer {
                let! w = weight "weight" (Random.normal [ 3 ])
                and! b = bias "bias" (Random.uniform [ 3 ])
                and! s = scale "scale" (fun _ -> Tensor.ones [ 3 ])
                return fun (x: Tensor) -> s * (x * w + b)
            }),
        [ 2; 3 ]
        "Create with state",
        (fun () ->
            L.Create(
                "count",
                (fun _ -> struct (readOnlyDict [], readOnlyDict [ "seen", Tensor.scalar 0.0 ])),
                fun _ _ state (x: Tensor) -> struct (x * 2.0, readOnlyDict [ "seen", state["seen"] + 1.0 ])
            )),
        (fun () ->
            Layer.create
                "count"
                []
                (fun _ -> struct (Tree.empty, Node [ "seen", Leaf(Tensor.scalar 0.0) ]))
                (fun _ _ state x -> struct (x * 2.0, Tree.map (fun n -> n + 1.0) state))),
        [ 2; 3 ]
        "a pipeline",
        (fun () ->
            List.reduce then' [ L.Dense(3, 4); L.BatchNorm 4; L.Relu; L.Dropout 0.3; E.Named(L.Dense(4, 2), "head") ]),
        (fun () -> dense 3 4 --> batchNorm 4 --> relu --> dropout 0.3 --> Layer.named "head" (dense 4 2)),
        [ 6; 3 ]
    ]

// Roles and bits of first values.
let private sameParameters what (ps: Params) (found: IReadOnlyDictionary<string, Param>) =
    expectSameLeaves what (Params.values ps) (CSharp.Params.ToTensors found)

    Expect.equal
        [ for param in found.Values -> param.Role ]
        [ for param in Tree.values ps -> param.Role ]
        $"{what}: the same roles"

let tests =
    testList
        "facade layers"
        [
            for name, csharp, fsharp, shape in table @ FacadeLayerFamilyTests.rows do
                test $"{name}: first values, outputs, state and gradients" {
                    let mine, theirs = csharp (), fsharp ()
                    let struct (parameters, state) = E.Init(mine, key)
                    let struct (ps, tree) = Layer.init key theirs
                    sameParameters "first values" ps parameters
                    expectSameLeaves "first state" tree state
                    let values, x = CSharp.Params.ToTensors parameters, Random.normal shape key

                    for mode in [ Eval; Train(Key.child 2 key) ] do
                        let struct (y, after) = E.Apply(mine, mode, values, state, x)
                        let struct (expected, afterwards) = Layer.apply theirs mode ps tree x
                        expectSame $"output, {mode}" expected y
                        expectSameLeaves $"state, {mode}" afterwards after

                        let struct (loss, after, gradients) =
                            CSharp.Differentiation.FgradParams(
                                (fun values ->
                                    let struct (y, after) = E.Apply(mine, mode, values, state, x)
                                    struct (X.Mean(X.Square y), after)),
                                values
                            )

                        let struct (expected, afterwards, expectedGradients) =
                            Differentiation.fgradParams
                                (fun ps ->
                                    let struct (y, after) = Layer.apply theirs mode ps tree x
                                    struct (Tensor.mean (Tensor.square y), after))
                                ps

                        expectSame $"loss, {mode}" expected loss
                        expectSameLeaves $"state in differentiation, {mode}" afterwards after
                        expectSameLeaves $"gradients, {mode}" expectedGradients gradients
                }

            test "summaries" {
                let same what (expected: Summary) (found: Summary) =
                    Expect.equal (CSharp.Summaries.ToText found) (Summary.toText expected) $"{what}: text"
                    Expect.equal (CSharp.Summaries.ToHtml found) (Summary.toHtml expected) $"{what}: HTML"

                let mine = List.reduce then' [ L.Conv2d(1, 2, 3); L.Relu; L.Flatten; E.Named(L.Dense(8, 3), "head") ]
                let theirs = conv2d 1 2 3 --> relu --> flatten --> Layer.named "head" (dense 8 3)
                same "one input" (Layer.summary [ 5; 1; 4; 4 ] theirs) (E.Summary(mine, 5, 1, 4, 4))
                let pair () = struct (Tensor.zeros [ 5; 3 ], Tensor.zeros [ 5; 4 ])

                same
                    "two inputs"
                    (Layer.summaryOf pair (Layer.both (dense 3 2) (dense 4 2)))
                    (E.SummaryOf(L.Both(L.Dense(3, 2), L.Dense(4, 2)), fun () -> pair ()))
            }

            test "two inputs, two heads, and what each stage gave" {
                let sum = E.Then(L.Both(L.Dense(3, 2), L.Dense(4, 2)), fun (struct (q: Tensor, k: Tensor)) -> q + k)
                let twin = Layer.both (dense 3 2) (dense 4 2) --> Layer.lift (fun (struct (q: Tensor, k)) -> q + k)
                let struct (parameters, state) = E.Init(sum, key)
                let struct (ps, tree) = Layer.init key twin
                let inputs = struct (Random.normal [ 5; 3 ] key, Random.normal [ 5; 4 ] key)
                let struct (y, after, seen) = E.Trace(sum, Eval, CSharp.Params.ToTensors parameters, state, inputs)
                let struct (expected, afterwards, expectedSeen) = Layer.trace twin Eval ps tree inputs
                expectSame "sum" expected y
                expectSameLeaves "state" afterwards after
                Expect.equal [ for struct (path, _) in seen -> path ] (List.map fst expectedSeen) "the stages"
                let heads = L.Fork(L.Dense(3, 2), L.Relu)
                let struct (parameters, state) = E.Init(heads, key)
                let x = Random.normal [ 5; 3 ] key
                let struct (struct (_, b), _) = E.Apply(heads, Eval, CSharp.Params.ToTensors parameters, state, x)
                expectSame "the second head" (Tensor.relu x) b
            }

            test "derive ties weights as F# does" {
                let free = then' (E.Named(L.Dense(3, 2), "encoder")) (E.Named(L.Dense(2, 3), "decoder"))
                let without = "decoder/weight"

                let tied =
                    E.Derive(
                        free,
                        (fun ps ->
                            readOnlyDict
                                [
                                    for leaf in ps do
                                        if leaf.Key <> without then
                                            leaf.Key, leaf.Value
                                ]),
                        fun _ values ->
                            readOnlyDict
                                [
                                    for leaf in values do
                                        leaf.Key, leaf.Value
                                    without, X.Transpose(values["encoder/weight"], 0, 1)
                                ]
                    )

                let twin =
                    Layer.named "encoder" (dense 3 2) --> Layer.named "decoder" (dense 2 3)
                    |> Layer.derive (Tree.remove [ "decoder"; "weight" ]) (fun _ ps ->
                        let w = Tree.leaf [ "encoder"; "weight" ] ps
                        ps |> Tree.set [ "decoder"; "weight" ] (Leaf { w with Value = Tensor.transpose 0 1 w.Value }))

                let struct (parameters, state) = E.Init(tied, key)
                let struct (ps, tree) = Layer.init key twin
                sameParameters "what is stored" ps parameters
                let x = Random.normal [ 4; 3 ] key
                let struct (y, _) = E.Apply(tied, Eval, CSharp.Params.ToTensors parameters, state, x)
                let struct (expected, _) = Layer.apply twin Eval ps tree x
                expectSame "output" expected y
            }

            test "derivatives: first, second, with the value, of named tensors" {
                let x = Random.normal [ 4 ] key
                let cubes (x: Tensor) = Tensor.sum (x * x * x)
                expectSame "first" (Differentiation.grad cubes x) (CSharp.Differentiation.Grad(cubes, x))

                let twice (x: Tensor) =
                    CSharp.Differentiation.Grad((fun x -> X.Sum(CSharp.Differentiation.Grad(cubes, x))), x)

                expectSame "second" (Differentiation.grad (Differentiation.grad cubes >> Tensor.sum) x) (twice x)
                let struct (value, gradient) = CSharp.Differentiation.Fgrad(cubes, x)
                let expected, expectedGradient = Differentiation.fgrad cubes x
                expectSame "value" expected value
                expectSame "gradient" expectedGradient gradient
                let named: Values = readOnlyDict [ "b/w", x; "a", x + 1.0 ]
                let gradients = CSharp.Differentiation.GradParams((fun v -> X.Sum(v["b/w"] * X.Exp v["a"])), named)
                Expect.equal (List.ofSeq gradients.Keys) [ "b/w"; "a" ] "paths in the order given"
                expectSame "∂/∂b" (Tensor.exp (x + 1.0)) gradients["b/w"]
                expectSame "∂/∂a" (x * Tensor.exp (x + 1.0)) gradients["a"]
                let mutable order = -1

                let counting (x: Tensor) =
                    order <- CSharp.Differentiation.Order
                    X.Sum x

                CSharp.Differentiation.Grad(counting, x) |> ignore
                Expect.equal (order, CSharp.Differentiation.Order) (1, 0) "how many derivatives surround"
            }

            test "losses" {
                let a, b = Random.normal [ 4; 3 ] key, Random.normal [ 4; 3 ] (Key.child 1 key)
                let labels = Tensor.ofInts [ 2; 0; 1; 1 ]
                expectSame "squared error" (Loss.squaredError a b) (CSharp.Losses.SquaredError(a, b))
                expectSame "cross-entropy" (Loss.crossEntropy a labels) (CSharp.Losses.CrossEntropy(a, labels))
            }

            test "first values" {
                let fans = { In = 3; Out = 5 }

                for name, csharp, fsharp in
                    [
                        "standard", CSharp.Initializers.Standard, Initializer.standard
                        "he", CSharp.Initializers.He, Initializer.he
                        "glorot", CSharp.Initializers.Glorot, Initializer.glorot
                        "zeros", CSharp.Initializers.Zeros, Initializer.zeros
                        "ones", CSharp.Initializers.Ones, Initializer.ones
                    ] do
                    expectSame name (fsharp fans [ 2; 3 ] key) (csharp (fans, [| 2; 3 |], key))
            }

            test "modes, roles and paddings tell what they are" {
                let train = CSharp.Modes.Training key
                let show (mode: Mode) = mode.Match((fun key -> string key), (fun () -> "evaluation"))
                Expect.equal (show train, show Mode.Eval) (string key, "evaluation") "modes"
                Expect.equal (show (CSharp.Modes.Child(train, 2))) (string (Key.child 2 key)) "a child"
                let name (role: Role) = role.Match((fun () -> "w"), (fun () -> "b"), (fun () -> "s"))
                Expect.equal (List.map name [ Role.Weight; Role.Bias; Role.Scale ]) [ "w"; "b"; "s" ] "roles"

                let name (padding: Padding) =
                    padding.Match(
                        (fun () -> "valid"),
                        (fun () -> "same"),
                        (fun cells -> $"zeros {cells}"),
                        (fun widths -> $"around {widths[0]}"),
                        (fun () -> "causal"),
                        (fun () -> "circular"),
                        (fun () -> "reflect"),
                        (fun () -> "replicate"),
                        (fun widths -> $"circular {widths[0]}"),
                        (fun widths -> $"reflect {widths[0]}"),
                        (fun widths -> $"replicate {widths[0]}")
                    )

                Expect.equal
                    (List.map
                        name
                        [
                            Padding.Valid
                            Padding.Same
                            CSharp.Paddings.Cells 3
                            CSharp.Paddings.Zeros(struct (1, 2))
                            Padding.Causal
                            Padding.Circular
                            Padding.Reflect
                            Padding.Replicate
                            CSharp.Paddings.Circulars(struct (1, 0))
                            CSharp.Paddings.Reflections(struct (2, 0))
                            CSharp.Paddings.Replicas(struct (3, 0))
                        ])
                    [
                        "valid"
                        "same"
                        "zeros 3"
                        "around (1, 2)"
                        "causal"
                        "circular"
                        "reflect"
                        "replicate"
                        "circular (1, 0)"
                        "reflect (2, 0)"
                        "replicate (3, 0)"
                    ]
                    "paddings"
            }
        ]
