/// What layers are, as data: every combinator with every layer inside.
module SpecTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 1

// Every layer of tensors with the line that its spec prints; a new layer joins by a row.
let private layers: (Layer<Tensor, Tensor> * string) list =
    let how = Convolution.standard
    let conv more = $"inputs=2, outputs=4, {more}"

    [
        dense 2 3, "dense(inputs=2, outputs=3, bias=true)"
        denseWithoutBias Initializer.standard 2 3, "dense(inputs=2, outputs=3, bias=false)"
        embedding 5 2, "embedding(count=5, size=2)"
        conv1d 2 4 3,
        "conv1d("
        + conv "kernel=[3], stride=[1], padding=valid, dilation=[1], groups=1, flipped=false, bias=true)"
        conv2dWith { how with Stride = [ 2; 1 ]; Padding = Padding.Same; Groups = 2; Bias = false } 2 4 [ 3; 5 ],
        "conv2d("
        + conv "kernel=[3, 5], stride=[2, 1], padding=same, dilation=[1, 1], groups=2, flipped=false, bias=false)"
        conv2dWith
            { how with
                Padding = Padding.Around [| struct (1, 2); struct (0, 3) |]
                Flipped = true
            }
            2
            4
            [ 1 ],
        "conv2d("
        + conv
            "kernel=[1, 1], stride=[1, 1], padding=zeros 1+2 0+3, dilation=[1, 1], groups=1, flipped=true, bias=true)"
        conv3dWith { how with Padding = Padding.Zeros 1; Dilation = [ 2 ] } 2 4 [ 2 ],
        "conv3d("
        + conv "kernel=[2, 2, 2], stride=[1, 1, 1], padding=1, dilation=[2, 2, 2], groups=1, flipped=false, bias=true)"
        convTranspose2dWith { how with Stride = [ 2 ] } [ 1 ] 2 4 [ 3 ],
        "convTranspose2d("
        + conv
            "kernel=[3, 3], stride=[2, 2], padding=valid, dilation=[1, 1], groups=1, flipped=false, bias=true, outputPadding=[1, 1])"
        maxpool2dWith { Pool.ofSize [ 3 ] with Padding = [ 1; 0 ]; Ceil = true },
        "maxpool2d(size=[3, 3], stride=[3, 3], padding=[1, 0], ceil=true)"
        meanpool1dWith { Pool.ofSize [ 2 ] with Stride = [ 1 ]; CountPadding = false },
        "meanpool1d(size=[2], stride=[1], padding=[0], ceil=false, countPadding=false)"
        globalMaxpool, "globalMaxpool"
        globalMeanpool, "globalMeanpool"
        adaptiveMaxpool [ 2; 3 ], "adaptiveMaxpool(lengths=[2, 3])"
        adaptiveMeanpool [ 2 ], "adaptiveMeanpool(lengths=[2])"
        dropout 0.25, "dropout(rate=0.25)"
        spatialDropout 0.25, "spatialDropout(rate=0.25)"
        alphaDropout 0.25, "alphaDropout(rate=0.25)"
        gaussianNoise 0.5, "gaussianNoise(deviation=0.5)"
        gaussianDropout 0.5, "gaussianDropout(rate=0.5)"
        batchNorm 3, "batchNorm(features=3, epsilon=1E-05, momentum=0.1, affine=true)"
        layerNorm [ 2; 3 ], "layerNorm(shape=[2, 3], epsilon=1E-05, affine=true)"
        rmsNormWith { Epsilon = 0.5; Affine = false } [ 3 ], "rmsNorm(shape=[3], epsilon=0.5, affine=false)"
        groupNorm 2 4, "groupNorm(groups=2, channels=4, epsilon=1E-05, affine=true)"
        instanceNorm 4, "instanceNorm(channels=4, epsilon=1E-05, affine=true)"
        prelu 3, "prelu(channels=3)"
        leakyRelu 0.1, "leakyRelu(slope=0.1)"
        elu 0.5, "elu(alpha=0.5)"
        maxout 2, "maxout(pieces=2)"
        reshape [ 2; -1 ], "reshape(shape=[2, -1])"
        softmax, "softmax(axis=-1)"
        logsoftmax, "logsoftmax(axis=-1)"
        for name, layer in
            [
                "relu", relu
                "tanh", tanh
                "sigmoid", sigmoid
                "softplus", softplus
                "selu", selu
                "gelu", gelu
                "geluTanh", geluTanh
                "silu", silu
                "mish", mish
                "hardtanh", hardtanh
                "flatten", flatten
            ] do
            layer, name
        Rbm.discriminative 3 4 2, "discriminative(inputs=3, hidden=4, classes=2)"
        Layer.lift Tensor.exp, "lift"
        Layer.func "twice" [ "factor", Setting.Number 2.0; "why", Setting.Text "so" ] (fun x -> x * 2.0),
        "twice(factor=2, why=so)"
    ]

let private same (layer: Layer<Tensor, Tensor>) = layer

// Every combinator around a layer, with the path at which the layer stands inside and the line of the combinator.
let private combinators: (string * (Layer<Tensor, Tensor> -> Spec) * string * string) list =
    let spec (layer: Layer<'i, 'o>) = Layer.spec layer

    [
        "alone", spec, "", ""
        "in a pipeline", (fun f -> spec (relu --> f)), "1", "pipeline"
        "named", (fun f -> spec (Layer.named "body" f)), "body", "pipeline"
        "named in a pipeline", (fun f -> spec (relu --> Layer.named "body" (f --> relu))), "body/0", "pipeline"
        "repeat", (fun f -> spec (Layer.repeat 2 f)), "1", "pipeline"
        "stack", (fun f -> spec (Layer.stack [ f; f ])), "0", "pipeline"
        "residual", (fun f -> spec (Layer.residual f)), "", "residual"
        "residual of a pipeline", (fun f -> spec (Layer.residual (f --> relu))), "0", "residual"
        "derive", (fun f -> spec (Layer.derive id (fun _ ps -> ps) f)), "", "derive"
        "shared", (fun f -> spec (Layer.shared f)), "", "shared"
        "map", (fun f -> spec (Layer.map f)), "", "map"
        "always", (fun f -> spec (Layer.always Eval f)), "", "always(mode=eval)"
        "always in training", (fun f -> spec (Layer.always (Train key) f)), "", "always(mode=train)"
        "weightNorm", (fun f -> spec (weightNorm 0 f)), "", "weightNorm(axis=0)"
        "spectralNorm", (fun f -> spec (spectralNorm f)), "", "spectralNorm"
        "dimap", (fun f -> spec (Layer.dimap id id f)), "", ""
        "around",
        (fun f -> spec (Layer.around "own" [ "n", Setting.Whole 3 ] (fun run -> run) (same f))),
        "",
        "own(n=3)"
        "fork", (fun f -> spec (Layer.fork relu f)), "1", "fork"
        "both", (fun f -> spec (Layer.both f relu)), "0", "both"
        "concat", (fun f -> spec (Layer.concat 1 [ relu; f ])), "1", "concat(axis=1)"
        "switch", (fun f -> spec (Layer.switch (fun _ -> 0) [ f; relu ])), "0", "switch"
        "beside", (fun f -> spec (Layer.beside "own" [] (fun run -> run 0) [ "left", f ])), "left", "own"
        "combinators in combinators",
        (fun f -> spec (Layer.named "a" (Layer.residual (Layer.concat 0 [ relu; Layer.always Eval (relu --> f) ])))),
        "a/1/1",
        "pipeline"
    ]

// Layers with weights that PyTorch knows too, and an input for each.
let private exchanged: (string * (unit -> Layer<Tensor, Tensor>) * int list) list =
    [
        "dense", (fun () -> dense 4 4), [ 6; 4 ]
        "conv2d",
        (fun () -> conv2dWith { Convolution.standard with Padding = Padding.Same; Flipped = true } 4 4 [ 3 ]),
        [ 2; 4; 3; 3 ]
        "batchNorm", (fun () -> batchNorm 4), [ 6; 4 ]
        "layerNorm", (fun () -> layerNorm [ 4 ]), [ 6; 4 ]
        "prelu", (fun () -> prelu 4), [ 6; 4 ]
    ]

// Combinators from tensors to tensors that keep a shape.
let private wrappers: (string * (Layer<Tensor, Tensor> -> Layer<Tensor, Tensor>)) list =
    let first (x: Tensor) = struct (x, x)

    [
        "named", Layer.named "body"
        "residual", Layer.residual
        "residual of a pipeline", (fun f -> Layer.residual (f --> relu))
        "always", Layer.always (Train key)
        "derive", Layer.derive id (fun _ ps -> ps)
        "concat", (fun f -> Layer.concat 0 [ f; Layer.identity; f ])
        "switch", (fun f -> Layer.switch (fun _ -> 1) [ f; f ])
        "shared", (fun f -> Layer.shared f |> Layer.dimap first (fun (struct (a: Tensor, b: Tensor)) -> a + b))
        "fork", (fun f -> Layer.fork f f |> Layer.dimap id (fun (struct (a: Tensor, b: Tensor)) -> a + b))
        "both", (fun f -> Layer.both f f |> Layer.dimap first (fun (struct (a: Tensor, b: Tensor)) -> a + b))
        "map", (fun f -> Layer.map f |> Layer.dimap (fun (x: Tensor) -> [| x; x |]) (Tensor.cat 0))
        "repeat", Layer.repeat 2
    ]

let tests =
    testList
        "specs"
        [
            for layer, line in layers do
                test $"what a layer prints: {line}" {
                    Expect.equal (string (Layer.spec layer)) line "the spec"
                    Expect.equal (string layer) line "the layer itself"
                    Expect.equal (Layer.spec layer) (Layer.spec layer) "equal to itself"
                }

            for name, make, path, line in combinators do
                test $"{name}: the layer inside is there with its settings, at its path" {
                    for layer, inner in layers do
                        let walked = Spec.walk (make layer)
                        let found = walked |> List.filter (fst >> (=) path) |> List.map (snd >> string)
                        Expect.contains found inner $"{inner} at '{path}'"

                        if line <> "" then
                            let heads = [ for _, spec in walked -> (string spec).Split('\n')[0] ]
                            Expect.contains heads line "the combinator"
                }

            for name, make, shape in exchanged do
                for around, wrap in wrappers do
                    test $"weights of {name} in {around} go to PyTorch's names and come back" {
                        let layer = wrap (make ())
                        let struct (ps, state) = Layer.init key layer
                        let homes = Spec.walk (Layer.spec layer) |> List.map fst |> Set.ofList

                        for path, _ in Tree.leaves ps do
                            let cut = path.LastIndexOf '/'

                            Expect.contains
                                homes
                                (if cut < 0 then "" else path[.. cut - 1])
                                "each parameter has an owner"

                        let tensors = PyTorch.export PyTorch.sequential layer ps state
                        let struct (back, backState) = PyTorch.import PyTorch.sequential layer tensors
                        expectSameTree "parameters" (Params.values ps) (Params.values back)
                        expectSameTree "state" state backState
                        let x = Random.normal shape (Key.child 1 key)

                        expectSame
                            "output"
                            (fst (runLayer layer Eval ps state x))
                            (fst (runLayer layer Eval back backState x))
                    }

            test "a listing, indented as the layers are nested" {
                let network =
                    conv2d 1 4 3
                    --> relu
                    --> Layer.named "block" (Layer.residual (batchNorm 4 --> relu))
                    --> flatten
                    --> Layer.concat 1 [ dense 9 2; dropout 0.5 ]

                Expect.equal
                    (string network)
                    "pipeline
  0: conv2d(inputs=1, outputs=4, kernel=[3, 3], stride=[1, 1], padding=valid, dilation=[1, 1], groups=1, flipped=false, bias=true)
  1: relu
  block: residual
    pipeline
      0: batchNorm(features=4, epsilon=1E-05, momentum=0.1, affine=true)
      1: relu
  3: flatten
  4: concat(axis=1)
    0: dense(inputs=9, outputs=2, bias=true)
    1: dropout(rate=0.5)"
                    "the listing"
            }

            test "equality sees kinds, settings, parts and their names" {
                let distinct =
                    [
                        Layer.spec (conv2d 1 4 3)
                        Layer.spec (conv2d 1 4 5)
                        Layer.spec (conv1d 1 4 3)
                        Layer.spec (dropout 0.1)
                        Layer.spec (dropout 0.2)
                        Layer.spec (relu --> tanh)
                        Layer.spec (tanh --> relu)
                        Layer.spec (relu --> Layer.named "b" tanh)
                        Layer.spec (Layer.residual relu)
                        Layer.spec Layer.identity<Tensor>
                    ]

                for i, a in List.indexed distinct do
                    for j, b in List.indexed distinct do
                        Expect.equal (a = b) (i = j) $"{i} and {j}"

                Expect.equal (Layer.spec (conv2d 1 4 3)) (Layer.spec (conv2d 1 4 3)) "made twice"
                Expect.equal (hash (Layer.spec (conv2d 1 4 3))) (hash (Layer.spec (conv2d 1 4 3))) "hashed twice"

                Expect.equal
                    (Layer.spec ((relu --> dense 2 3) --> tanh))
                    (Layer.spec (relu --> (dense 2 3 --> tanh)))
                    "--> is associative"
            }

            test "settings read the same in every culture" {
                let culture = Globalization.CultureInfo.CurrentCulture
                Globalization.CultureInfo.CurrentCulture <- Globalization.CultureInfo "de-DE"

                try
                    Expect.equal (string (dropout 0.25)) "dropout(rate=0.25)" "a point"
                finally
                    Globalization.CultureInfo.CurrentCulture <- culture
            }

            test "branches without a name of their own are refused" {
                let beside branches () =
                    Layer.beside "own" [] (fun (run: int -> Run<Tensor, Tensor>) -> run 0) branches |> ignore

                expectError<ArgumentException> [ "own"; "at least one branch" ] (beside [])
                expectError<ArgumentException> [ "own"; "'a'" ] (beside [ "a", relu; "a", tanh ])
                expectError<ArgumentException> [ "own"; "''" ] (beside [ "", relu ])
            }

            test "C#'s around and beside are F#'s" {
                let inner = dense 3 3 --> batchNorm 3 --> dropout 0.4
                let other = dense 3 3 --> dropout 0.2
                let x = Random.normal [ 5; 3 ] (Key.child 4 key)

                let sum (run: int -> Run<Tensor, Tensor>) mode ps state x =
                    let struct (a, state) = run 0 mode ps state x
                    let struct (b, state) = run 1 mode ps state a
                    struct (a + b, state)

                let heads (f: Run<Tensor, Tensor>) (g: Run<Tensor, Tensor>) mode ps state x =
                    let struct (b, state) = g mode ps state x
                    let struct (a, state) = f mode ps state b
                    struct (a - b, state)

                let kept init key =
                    let struct (ps, state) = init key

                    struct (ps |> Tree.map (fun (p: Param) -> { p with Value = p.Value * 2.0 }),
                            Node [ "inner", state; "runs", Leaf(Tensor.zeros []) ])

                let counted (run: Run<Tensor, Tensor>) mode ps state x =
                    let struct (y, inner) = run mode ps (Tree.get [ "inner" ] state) x
                    struct (y, Node [ "inner", inner; "runs", Leaf(Tree.leaf [ "runs" ] state + 1.0) ])

                for name, ours, theirs in
                    [
                        "around", Layer.residual inner, Examples.CSharp.Combined.Residual inner
                        "around with first values",
                        Layer.aroundWith "counted" [] kept counted inner,
                        Examples.CSharp.Combined.Counted inner
                        "beside",
                        Layer.beside "sum" [ "how", Setting.Text "in turn" ] sum [ "a", inner; "b", other ],
                        Examples.CSharp.Combined.Sum(inner, other)
                        "beside2",
                        Layer.beside2 "heads" [] heads inner other,
                        Examples.CSharp.Combined.Heads(inner, other)
                    ] do
                    Expect.equal (Layer.spec theirs) (Layer.spec ours) $"{name}: the spec"
                    let struct (ps, state) = Layer.init key ours
                    let struct (theirPs, theirState) = Layer.init key theirs
                    // What C# makes by path lacks branches without leaves.
                    let same part a b = expectSameLeaves $"{name}: {part}" a (readOnlyDict (Tree.leaves b))
                    same "parameters" (Params.values ps) (Params.values theirPs)
                    same "state" state theirState

                    for mode in [ Eval; Train(Key.child 2 key) ] do
                        let (y, after), (theirY, theirAfter) =
                            runLayer ours mode ps state x, runLayer theirs mode theirPs theirState x

                        expectSame $"{name}: output" y theirY
                        same "state afterwards" after theirAfter
            }

            test "what C# reads of a spec" {
                let spec = CSharp.LayerExtensions.Spec(dense 2 3 --> dropout 0.5)
                Expect.equal spec.Kind "pipeline" "kind"

                Expect.equal
                    [ for part in spec.Parts -> part.Key, part.Value.Kind ]
                    [ "0", "dense"; "1", "dropout" ]
                    "parts"

                let settings = spec.Parts[1].Value.Settings
                Expect.equal settings[0].Key "rate" "name"

                let number =
                    settings[0]
                        .Value.Match<float>(
                            (fun _ -> nan),
                            (fun _ -> nan),
                            (fun value -> value),
                            (fun _ -> nan),
                            (fun _ -> nan)
                        )

                Expect.equal number 0.5 "value"

                Expect.equal
                    [ for struct (path, spec) in CSharp.Specs.Walk spec -> path, spec.Kind ]
                    [ "", "pipeline"; "0", "dense"; "1", "dropout" ]
                    "by path"
            }
        ]
