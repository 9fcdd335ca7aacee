module LayerTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 1

// Each layer with the shape of an input and of the output that it must give.
let private table: (string * (unit -> Layer<Tensor, Tensor>) * int list * int list) list =
    let how stride padding = { Convolution.standard with Stride = [ stride ]; Padding = padding }

    [
        "dense", (fun () -> dense 4 3), [ 5; 4 ], [ 5; 3 ]
        "dense on three axes", (fun () -> denseWith Initializer.he 4 3), [ 2; 5; 4 ], [ 2; 5; 3 ]
        "conv2d valid", (fun () -> conv2d 2 3 3), [ 2; 2; 5; 6 ], [ 2; 3; 3; 4 ]
        "conv2d same", (fun () -> conv2dWith (how 1 Padding.Same) 2 3 [ 3 ]), [ 1; 2; 4; 5 ], [ 1; 3; 4; 5 ]
        "conv2d same, stride 2", (fun () -> conv2dWith (how 2 Padding.Same) 2 3 [ 3 ]), [ 1; 2; 4; 5 ], [ 1; 3; 2; 3 ]
        "conv2d valid, stride 2", (fun () -> conv2dWith (how 2 Padding.Valid) 1 2 [ 2 ]), [ 1; 1; 5; 4 ], [ 1; 2; 2; 2 ]
        "conv2d two zeros", (fun () -> conv2dWith (how 1 (Padding.Zeros 2)) 1 1 [ 3 ]), [ 1; 1; 3; 3 ], [ 1; 1; 5; 5 ]
        "conv2d groups, dilation",
        (fun () -> conv2dWith { Convolution.standard with Groups = 2; Dilation = [ 2 ] } 2 4 [ 2 ]),
        [ 1; 2; 4; 4 ],
        [ 1; 4; 2; 2 ]
        "conv1d", (fun () -> conv1d 2 3 3), [ 2; 2; 6 ], [ 2; 3; 4 ]
        "conv1d causal",
        (fun () -> conv1dWith { how 2 Padding.Causal with Dilation = [ 2 ] } 1 2 [ 3 ]),
        [ 1; 1; 7 ],
        [ 1; 2; 4 ]
        "conv1d circular, flipped",
        (fun () -> conv1dWith { how 1 Padding.Circular with Flipped = true } 1 2 [ 3 ]),
        [ 1; 1; 4 ],
        [ 1; 2; 4 ]
        "conv2d reflected, no bias",
        (fun () -> conv2dWith { how 1 Padding.Reflect with Bias = false } 1 2 [ 3; 2 ]),
        [ 1; 1; 3; 4 ],
        [ 1; 2; 3; 4 ]
        "conv2d replicated, by axis",
        (fun () -> conv2dWith { how 1 Padding.Replicate with Stride = [ 1; 2 ]; Dilation = [ 2; 1 ] } 1 2 [ 2; 3 ]),
        [ 1; 1; 4; 5 ],
        [ 1; 2; 4; 3 ]
        "conv2d around",
        (fun () -> conv2dWith (how 1 (Padding.Around [| struct (0, 1); struct (2, 0) |])) 1 1 [ 2 ]),
        [ 1; 1; 2; 2 ],
        [ 1; 1; 2; 3 ]
        "conv3d", (fun () -> conv3dWith (how 2 Padding.Same) 2 1 [ 2; 1; 3 ]), [ 1; 2; 3; 2; 3 ], [ 1; 1; 2; 1; 2 ]
        "depthwise2d", (fun () -> depthwise2dWith Convolution.standard 2 2 [ 2 ]), [ 1; 2; 3; 3 ], [ 1; 4; 2; 2 ]
        "separable2d", (fun () -> separable2d 2 3 2), [ 1; 2; 3; 3 ], [ 1; 3; 2; 2 ]
        "convTranspose1d",
        (fun () -> convTranspose1dWith { how 2 (Padding.Zeros 1) with Groups = 2 } [ 1 ] 2 4 [ 3 ]),
        [ 2; 2; 3 ],
        [ 2; 4; 6 ]
        "convTranspose2d same",
        (fun () -> convTranspose2dWith (how 2 Padding.Same) [ 0 ] 2 1 [ 3; 5 ]),
        [ 1; 2; 2; 3 ],
        [ 1; 1; 4; 6 ]
        "convTranspose2d same, kernel below the stride",
        (fun () -> convTranspose2dWith { how 3 Padding.Same with Flipped = true } [ 0 ] 1 2 [ 2 ]),
        [ 1; 1; 2; 2 ],
        [ 1; 2; 6; 6 ]
        "convTranspose3d", (fun () -> convTranspose3d 1 2 2), [ 1; 1; 2; 2; 1 ], [ 1; 2; 3; 3; 2 ]
        "maxpool1d",
        (fun () -> maxpool1dWith { Pool.ofSize [ 3 ] with Stride = [ 2 ]; Padding = [ 1 ] }),
        [ 1; 2; 7 ],
        [ 1; 2; 4 ]
        "maxpool2d, ceil",
        (fun () -> maxpool2dWith { Pool.ofSize [ 2; 3 ] with Stride = [ 2 ]; Ceil = true }),
        [ 1; 2; 5; 6 ],
        [ 1; 2; 3; 3 ]
        "maxpool3d", (fun () -> maxpool3d 2), [ 1; 2; 2; 4; 2 ], [ 1; 2; 1; 2; 1 ]
        "meanpool1d", (fun () -> meanpool1d 2), [ 1; 2; 5 ], [ 1; 2; 2 ]
        "meanpool2d, ceil, padding not counted",
        (fun () ->
            meanpool2dWith
                { Pool.ofSize [ 3 ] with
                    Stride = [ 2 ]
                    Padding = [ 1 ]
                    Ceil = true
                    CountPadding = false
                }),
        [ 1; 2; 4; 5 ],
        [ 1; 2; 3; 3 ]
        "meanpool3d", (fun () -> meanpool3d 2), [ 1; 1; 2; 2; 4 ], [ 1; 1; 1; 1; 2 ]
        "globalMaxpool", (fun () -> globalMaxpool), [ 2; 3; 2; 2 ], [ 2; 3 ]
        "globalMeanpool", (fun () -> globalMeanpool), [ 2; 3; 4 ], [ 2; 3 ]
        "adaptiveMaxpool", (fun () -> adaptiveMaxpool [ 2; 3 ]), [ 1; 2; 3; 7 ], [ 1; 2; 2; 3 ]
        "adaptiveMaxpool of one axis", (fun () -> adaptiveMaxpool [ 3 ]), [ 1; 2; 7 ], [ 1; 2; 3 ]
        "adaptiveMaxpool of three axes", (fun () -> adaptiveMaxpool [ 1; 2; 2 ]), [ 1; 1; 2; 3; 2 ], [ 1; 1; 1; 2; 2 ]
        "adaptiveMeanpool", (fun () -> adaptiveMeanpool [ 2; 3 ]), [ 1; 2; 3; 7 ], [ 1; 2; 2; 3 ]
        "adaptiveMeanpool of one axis", (fun () -> adaptiveMeanpool [ 3 ]), [ 1; 2; 7 ], [ 1; 2; 3 ]
        "adaptiveMeanpool of three axes", (fun () -> adaptiveMeanpool [ 1; 2; 2 ]), [ 1; 1; 2; 3; 2 ], [ 1; 1; 1; 2; 2 ]
        "maxpool2d 2", (fun () -> maxpool2d 2), [ 2; 2; 4; 5 ], [ 2; 2; 2; 2 ]
        "maxpool2d 3", (fun () -> maxpool2d 3), [ 1; 2; 6; 7 ], [ 1; 2; 2; 2 ]
        "meanpool2d", (fun () -> meanpool2d 2), [ 1; 2; 4; 5 ], [ 1; 2; 2; 2 ]
        "flatten", (fun () -> flatten), [ 3; 2; 2 ], [ 3; 4 ]
        "relu", (fun () -> relu), [ 3; 2 ], [ 3; 2 ]
        "tanh", (fun () -> tanh), [ 3; 2 ], [ 3; 2 ]
        "sigmoid", (fun () -> sigmoid), [ 3; 2 ], [ 3; 2 ]
        "softmax", (fun () -> softmax), [ 3; 4 ], [ 3; 4 ]
        "dropout", (fun () -> dropout 0.4), [ 6; 5 ], [ 6; 5 ]
        "batchNorm", (fun () -> batchNorm 3), [ 5; 3 ], [ 5; 3 ]
        "batchNorm of images", (fun () -> batchNorm 2), [ 2; 2; 2; 3 ], [ 2; 2; 2; 3 ]
        "residual", (fun () -> Layer.residual (dense 3 3 --> tanh)), [ 2; 3 ], [ 2; 3 ]
        "named", (fun () -> Layer.named "head" (dense 3 2)), [ 2; 3 ], [ 2; 2 ]
        "pipeline", (fun () -> dense 3 4 --> tanh --> batchNorm 4 --> dropout 0.3 --> dense 4 2), [ 6; 3 ], [ 6; 2 ]
    ]

let tests =
    testList
        "layers"
        [
            for name, make, input, output in table do
                yield! LayerLaws.laws name make input output

            testProperty "dropout keeps the mean, zeroes the rate and scales the rest; evaluation changes nothing"
            <| fun (seed: int) ->
                let ones = Tensor.ones [ 40000 ]
                let drop mode = fst (runLayer (dropout 0.3) mode Tree.empty Tree.empty ones) |> Tensor.toDoubles
                let kept = drop (Train(Key.ofSeed seed))
                let error = 5.0 * sqrt (0.3 / 0.7 / 40000.0)
                expectWithin error "the mean within 5 standard errors" 1.0 (Array.average kept)
                Expect.all kept (fun x -> x = 0.0 || abs (x - 1.0 / 0.7) < 1e-6) "zero or 1/(1 - rate)"
                Expect.all (drop Eval) ((=) 1.0) "evaluation"

            test "batch norm on 1, 2, 3, 4: the reference's numbers" {
                let layer = batchNorm 1
                let struct (ps, state) = Layer.init key layer
                let ps, state = widenParams ps, widen state
                let x = Tensor.ofDoubles [ 4; 1 ] [| 1.0; 2.0; 3.0; 4.0 |]
                let y, after = runLayer layer (Train key) ps state x

                expectClose
                    1e-9
                    "training"
                    [| -1.34163542; -0.4472118067; 0.4472118067; 1.34163542 |]
                    (Tensor.toDoubles y)

                expectClose 1e-9 "running mean" [| 0.25 |] (Tensor.toDoubles (Tree.leaf [ "mean" ] after))

                expectClose
                    1e-9
                    "running variance"
                    [| 1.0666666667 |]
                    (Tensor.toDoubles (Tree.leaf [ "variance" ] after))

                let y, _ = runLayer layer Eval ps after x

                expectClose
                    1e-9
                    "evaluation"
                    [| 0.7261809735; 1.6944222714; 2.6626635694; 3.6309048672 |]
                    (Tensor.toDoubles y)
            }

            test "batch norm's fused and composed forms agree, and the composed one is right to the second derivative" {
                let layer = batchNorm 2
                let struct (ps, state) = Layer.init key layer
                let ps, state = widenParams ps, widen state
                let weights = doubles [ 5; 2 ] 2
                let f x = Tensor.sum (weights * Tensor.tanh (fst (runLayer layer (Train key) ps state x)))
                let x = doubles [ 5; 2 ] 3
                let nested = Differentiation.grad (fun x -> Tensor.sum (weights * Differentiation.grad f x))

                let expected =
                    numericalGradient (fun x -> Tensor.toFloat (Tensor.sum (weights * Differentiation.grad f x))) x

                expectClose 1e-6 "second derivative" expected (Tensor.toDoubles (nested x))
            }

            test "max pooling gives libtorch's numbers and gradients, ties and NaN included" {
                for shape in [ [ 4; 6; 28; 28 ]; [ 2; 3; 7; 13 ]; [ 1; 1; 2; 2 ]; [ 2; 2; 9; 8 ] ] do
                    let x = Tensor.cast Dtype.Float32 (Tensor.cast Dtype.Int32 (2.0 * Random.normal shape key))
                    let weights = Random.normal [ shape[0]; shape[1]; shape[2] / 2; shape[3] / 2 ] key
                    let ours x = fst (runLayer (maxpool2d 2) Eval Tree.empty Tree.empty x)
                    let theirs = Tensor.maxpool2d 2 2 0
                    expectSame "values" (theirs x) (ours x)
                    let gradient f = Differentiation.grad (fun x -> Tensor.sum (weights * f x)) x
                    expectSame "gradients" (gradient theirs) (gradient ours)

                let odd = Tensor.ofArray [ 1; 1; 2; 4 ] [| 1f; nanf; 3f; 4f; 5f; 6f; infinityf; -infinityf |]

                expectSame
                    "NaN and infinity"
                    (Tensor.maxpool2d 2 2 0 odd)
                    (fst (runLayer (maxpool2d 2) Eval Tree.empty Tree.empty odd))
            }

            test "a convolution is the cross-correlation of the reference" {
                let layer = conv2d 1 1 2

                let ps =
                    Tree.ofLeaves
                        [
                            "weight",
                            {
                                Role = Role.Weight
                                Value = Tensor.ofArray [ 1; 1; 2; 2 ] [| 1f; 2f; 3f; 4f |]
                            }
                            "bias", { Role = Role.Bias; Value = Tensor.zeros [ 1 ] }
                        ]

                let x = Tensor.ofArray [ 1; 1; 3; 3 ] [| 0f; 1f; 2f; 3f; 4f; 5f; 6f; 7f; 8f |]

                Expect.equal
                    (Tensor.toArray (fst (runLayer layer Eval ps Tree.empty x)))
                    [| 27f; 37f; 57f; 67f |]
                    "the kernel is not flipped"
            }

            test "a wrong input is refused with the path, what was given and what was expected" {
                let net = conv2d 1 2 3 --> relu --> Layer.named "body" (maxpool2d 2 --> flatten --> dense 8 3)
                let struct (ps, state) = Layer.init key net
                let apply shape () = Layer.apply net Eval ps state (Tensor.zeros shape) |> ignore
                expectError<LayerException> [ "at 0:"; "[n; 1; h; w]"; "[5; 3; 6; 6]" ] (apply [ 5; 3; 6; 6 ])
                expectError<LayerException> [ "at body/2:"; "[...; 8]"; "[5; 18]" ] (apply [ 5; 1; 8; 8 ])
                let struct (other, _) = Layer.init key (dense 2 2 --> relu)

                expectError<LayerException> [ "at body:"; "no branch 'body'"; "another network" ] (fun () ->
                    Layer.apply
                        (relu --> relu --> Layer.named "body" relu)
                        Eval
                        other
                        (Node [ "0", Tree.empty; "1", Tree.empty; "body", Tree.empty ])
                        (Tensor.zeros [ 2; 2 ])
                    |> ignore)
            }

            test "impossible layers are refused when they are made" {
                expectError<ArgumentException> [ "dense"; "0" ] (fun () -> dense 0 3 |> ignore)
                expectError<ArgumentException> [ "dropout"; "1.5" ] (fun () -> dropout 1.5 |> ignore)

                expectError<ArgumentException> [ "groups" ] (fun () ->
                    conv2dWith { Convolution.standard with Groups = 2 } 3 4 [ 3 ] |> ignore)

                expectError<ArgumentException> [ "conv2d" ] (fun () -> conv2d 1 1 0 |> ignore)
                expectError<ArgumentException> [ "maxpool2d" ] (fun () -> maxpool2d 0 |> ignore)
                expectError<ArgumentException> [ "batchNorm" ] (fun () -> batchNorm 0 |> ignore)
            }
        ]
