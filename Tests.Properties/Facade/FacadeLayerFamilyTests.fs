/// Normalisations, activations, noise, the dense family, combinators and first values, as C# calls them.
module FacadeLayerFamilyTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

type private L = CSharp.Layers
type private E = CSharp.LayerExtensions
type private I = CSharp.Initializers

let private key = Key.ofSeed 6

let private free: Normalisation = { Epsilon = 0.1; Affine = false }
let private wide: Normalisation = { Epsilon = 0.1; Affine = true }

let private row name (csharp: unit -> Layer<Tensor, Tensor>) (fsharp: unit -> Layer<Tensor, Tensor>) shape =
    name, csharp, fsharp, shape

let private words (layer: Layer<Tensor, Tensor>) =
    Layer.dimap (fun (x: Tensor) -> Tensor.cast Dtype.Int64 (Tensor.floor (Tensor.abs x))) id layer

let private parts (x: Tensor) = struct (Tensor.slice 1 0 2 x, Tensor.slice 1 2 5 x)
let private twice (x: Tensor) = struct (x, x * 2.0)
let private joined (struct (a: Tensor, b: Tensor)) = Tensor.cat 1 [ a; b ]
let private rows' (x: Tensor) = x.Shape[0] % 2

/// Each layer of C# beside F#'s, with the shape of an input.
let rows: (string * (unit -> Layer<Tensor, Tensor>) * (unit -> Layer<Tensor, Tensor>) * int list) list =
    [
        row "BatchNorm of videos" (fun () -> L.BatchNorm 2) (fun () -> batchNorm 2) [ 2; 2; 2; 2; 2 ]
        row "LayerNorm" (fun () -> L.LayerNorm 4) (fun () -> layerNorm [ 4 ]) [ 3; 4 ]
        row "LayerNorm of two axes" (fun () -> L.LayerNorm(2, 3)) (fun () -> layerNorm [ 2; 3 ]) [ 4; 2; 3 ]
        row "RmsNorm" (fun () -> L.RmsNorm 4) (fun () -> rmsNorm [ 4 ]) [ 3; 4 ]
        row "GroupNorm" (fun () -> L.GroupNorm(2, 4)) (fun () -> groupNorm 2 4) [ 3; 4; 2 ]
        row "InstanceNorm" (fun () -> L.InstanceNorm 3) (fun () -> instanceNorm 3) [ 2; 3; 4 ]
        row
            "BatchNorm with its own numbers"
            (fun () -> L.BatchNorm(3, 0.1, 0.3, false))
            (fun () -> batchNormWith { Epsilon = 0.1; Momentum = 0.3; Affine = false; Running = true } 3)
            [ 4; 3 ]
        row
            "LayerNorm with its own numbers"
            (fun () -> L.LayerNorm([| 4 |], 0.1, false))
            (fun () -> layerNormWith free [ 4 ])
            [ 3; 4 ]
        row "LayerNorm with ε" (fun () -> L.LayerNorm([| 4 |], 0.1)) (fun () -> layerNormWith wide [ 4 ]) [ 3; 4 ]
        row
            "RmsNorm with its own numbers"
            (fun () -> L.RmsNorm([| 4 |], 0.1, false))
            (fun () -> rmsNormWith free [ 4 ])
            [ 3; 4 ]
        row
            "GroupNorm with its own numbers"
            (fun () -> L.GroupNorm(2, 4, 0.1, false))
            (fun () -> groupNormWith free 2 4)
            [ 3; 4; 2 ]
        row
            "InstanceNorm with its own numbers"
            (fun () -> L.InstanceNorm(3, 0.1, false))
            (fun () -> instanceNormWith free 3)
            [ 2; 3; 4 ]
        row "LogSoftmax" (fun () -> L.LogSoftmax) (fun () -> logsoftmax) [ 3; 4 ]
        row "LeakyRelu" (fun () -> L.LeakyRelu()) (fun () -> leakyRelu 0.01) [ 3; 4 ]
        row "Softplus" (fun () -> L.Softplus) (fun () -> softplus) [ 3; 4 ]
        row "Elu" (fun () -> L.Elu 0.5) (fun () -> elu 0.5) [ 3; 4 ]
        row "Selu" (fun () -> L.Selu) (fun () -> selu) [ 3; 4 ]
        row "Gelu" (fun () -> L.Gelu) (fun () -> gelu) [ 3; 4 ]
        row "GeluTanh" (fun () -> L.GeluTanh) (fun () -> geluTanh) [ 3; 4 ]
        row "Silu" (fun () -> L.Silu) (fun () -> silu) [ 3; 4 ]
        row "Mish" (fun () -> L.Mish) (fun () -> mish) [ 3; 4 ]
        row "HardTanh" (fun () -> L.HardTanh) (fun () -> hardtanh) [ 3; 4 ]
        row "PRelu" (fun () -> L.PRelu 4) (fun () -> prelu 4) [ 3; 4 ]
        row "PRelu of one slope" (fun () -> L.PRelu()) (fun () -> prelu 1) [ 3; 4 ]
        row "Maxout" (fun () -> L.Maxout 2) (fun () -> maxout 2) [ 3; 4 ]
        row "Reshape" (fun () -> L.Reshape(2, -1)) (fun () -> reshape [ 2; -1 ]) [ 3; 4 ]
        row "SpatialDropout" (fun () -> L.SpatialDropout 0.4) (fun () -> spatialDropout 0.4) [ 3; 4; 2 ]
        row "AlphaDropout" (fun () -> L.AlphaDropout 0.4) (fun () -> alphaDropout 0.4) [ 3; 4 ]
        row "GaussianNoise" (fun () -> L.GaussianNoise 0.4) (fun () -> gaussianNoise 0.4) [ 3; 4 ]
        row "GaussianDropout" (fun () -> L.GaussianDropout 0.4) (fun () -> gaussianDropout 0.4) [ 3; 4 ]
        row
            "DenseWithoutBias"
            (fun () -> L.DenseWithoutBias(4, 3))
            (fun () -> denseWithoutBias Initializer.standard 4 3)
            [ 5; 4 ]
        row
            "DenseWithoutBias, orthogonal"
            (fun () -> L.DenseWithoutBias(4, 3, fun fans shape key -> I.Orthogonal(fans, shape, key)))
            (fun () -> denseWithoutBias Initializer.orthogonal 4 3)
            [ 5; 4 ]
        row
            "Bilinear"
            (fun () -> E.Dimap(L.Bilinear(2, 3, 4), Func<Tensor, struct (Tensor * Tensor)> parts, fun y -> y))
            (fun () -> Layer.dimap parts id (bilinear 2 3 4))
            [ 6; 5 ]
        row "Embedding" (fun () -> words (L.Embedding(9, 2))) (fun () -> words (embedding 9 2)) [ 3; 4 ]
        row
            "Embedding, uniform"
            (fun () -> words (L.Embedding(9, 2, I.Uniform 0.1)))
            (fun () -> words (embeddingWith (Initializer.uniform 0.1) 9 2))
            [ 3; 4 ]
        row
            "Concat"
            (fun () -> L.Concat(1, [ L.Dense(4, 3); L.Identity(); L.Dropout 0.3 ]))
            (fun () -> Layer.concat 1 [ dense 4 3; Layer.identity; dropout 0.3 ])
            [ 3; 4 ]
        row
            "Switch"
            (fun () -> L.Switch(rows', [ L.Dense(4, 3); L.Dense(4, 3) ]))
            (fun () -> Layer.switch rows' [ dense 4 3; dense 4 3 ])
            [ 3; 4 ]
        row
            "Shared"
            (fun () ->
                E.Dimap(E.Shared(L.Dense(4, 3)), Func<Tensor, struct (Tensor * Tensor)> twice, Func<_, _> joined))
            (fun () -> Layer.shared (dense 4 3) |> Layer.dimap twice joined)
            [ 3; 4 ]
        row
            "Map"
            (fun () ->
                E.Dimap(
                    E.Map(L.Dense(4, 3)),
                    Func<Tensor, Tensor[]>(fun x -> [| x; x * 2.0 |]),
                    fun ys -> Tensor.cat 1 ys
                ))
            (fun () -> Layer.map (dense 4 3) |> Layer.dimap (fun (x: Tensor) -> [| x; x * 2.0 |]) (Tensor.cat 1))
            [ 3; 4 ]
        row "Always" (fun () -> E.Always(L.Dropout 0.3, Eval)) (fun () -> Layer.always Eval (dropout 0.3)) [ 3; 4 ]
        row "Repeat" (fun () -> E.Repeat(L.Dense(4, 4), 3)) (fun () -> Layer.repeat 3 (dense 4 4)) [ 3; 4 ]
        row "WeightNorm" (fun () -> E.WeightNorm(L.Dense(4, 3), 1)) (fun () -> weightNorm 1 (dense 4 3)) [ 3; 4 ]
        row "SpectralNorm" (fun () -> E.SpectralNorm(L.Dense(4, 3))) (fun () -> spectralNorm (dense 4 3)) [ 3; 4 ]
    ]

let tests =
    testList
        "facade layer families"
        [
            test "first values" {
                let fans = { In = 3; Out = 5 }
                let standard: Initializer = Initializer.standard

                let from (f: Fans * int[] * Key -> Tensor) =
                    Func<Fans, int[], Key, Tensor>(fun fans shape key -> f (fans, shape, key))

                for name, csharp, fsharp in
                    [
                        "he, uniform", from I.HeUniform, Initializer.heUniform
                        "glorot, normal", from I.GlorotNormal, Initializer.glorotNormal
                        "lecun", from I.Lecun, Initializer.lecun
                        "lecun, uniform", from I.LecunUniform, Initializer.lecunUniform
                        "orthogonal", from I.Orthogonal, Initializer.orthogonal
                        "uniform", I.Uniform 0.2, Initializer.uniform 0.2
                        "normal", I.Normal 0.2, Initializer.normal 0.2
                        "truncated", I.TruncatedNormal 0.2, Initializer.truncatedNormal 0.2
                        "constant", I.Constant 0.2, Initializer.constant 0.2
                        "scaled", I.Scaled(2.0, from I.Standard), Initializer.scaled 2.0 standard
                    ] do
                    expectSame name (fsharp fans [ 4; 3 ] key) (csharp.Invoke(fans, [| 4; 3 |], key))
            }

            for name, parameter, words, call in
                [
                    "LayerNorm", "shape", [ "[1]" ], (fun () -> L.LayerNorm 1 |> ignore)
                    "GroupNorm", "groups", [ "3 groups"; "4" ], (fun () -> L.GroupNorm(3, 4) |> ignore)
                    "InstanceNorm", "channels", [ "0" ], (fun () -> L.InstanceNorm 0 |> ignore)
                    "Maxout", "pieces", [ "0" ], (fun () -> L.Maxout 0 |> ignore)
                    "PRelu", "channels", [ "-1" ], (fun () -> L.PRelu -1 |> ignore)
                    "Reshape", "shape", [ "[-2]" ], (fun () -> L.Reshape -2 |> ignore)
                    "AlphaDropout", "rate", [ "1.5" ], (fun () -> L.AlphaDropout 1.5 |> ignore)
                    "GaussianNoise", "deviation", [ "-1" ], (fun () -> L.GaussianNoise -1.0 |> ignore)
                    "Embedding", "count", [ "0" ], (fun () -> L.Embedding(0, 2) |> ignore)
                    "Bilinear", "second", [ "0" ], (fun () -> L.Bilinear(2, 0, 2) |> ignore)
                    "Repeat", "count", [ "-1" ], (fun () -> E.Repeat(L.Relu, -1) |> ignore)
                    "Concat", "branches", [ "at least one" ], (fun () -> L.Concat<Tensor>(1, []) |> ignore)
                    "Switch", "branches", [ "at least one" ], (fun () -> L.Switch<Tensor, Tensor>(rows', []) |> ignore)
                    "Normal", "deviation", [ "0" ], (fun () -> I.Normal 0.0 |> ignore)
                    "Orthogonal",
                    "shape",
                    [ "[3]" ],
                    (fun () -> I.Orthogonal({ In = 3; Out = 3 }, [| 3 |], key) |> ignore)
                ] do
                test $"{name} is refused with the parameter's name" {
                    let error = raised<ArgumentException> call
                    Expect.equal error.ParamName parameter error.Message

                    for word in words do
                        Expect.stringContains error.Message word "what was given"
                }
        ]
