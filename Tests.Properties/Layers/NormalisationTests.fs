/// Normalising layers: what they make of mean and variance, what they do not see, and PyTorch's numbers.
module NormalisationTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 1
let private bare = { Normalisation.standard with Affine = false }
let private bareBatch = { BatchNormalisation.standard with Affine = false }

// Each layer, an input's shape, that shape by which the normalised axes are merged into the last one, and whether the mean goes.
let private table: (string * (unit -> Layer<Tensor, Tensor>) * int list * (Tensor -> Tensor) * bool) list =
    let features (x: Tensor) = Tensor.transpose 0 1 x |> Tensor.flatten 1 -1

    [
        "batchNorm [n; c]", (fun () -> batchNorm 3), [ 5; 3 ], features, true
        "batchNorm [n; c; l]", (fun () -> batchNorm 2), [ 3; 2; 4 ], features, true
        "batchNorm [n; c; h; w]", (fun () -> batchNorm 2), [ 2; 2; 2; 3 ], features, true
        "batchNorm [n; c; d; h; w]", (fun () -> batchNorm 2), [ 2; 2; 2; 1; 2 ], features, true
        "layerNorm", (fun () -> layerNorm [ 4 ]), [ 3; 4 ], id, true
        "layerNorm of sequences", (fun () -> layerNorm [ 3 ]), [ 2; 4; 3 ], id, true
        "layerNorm of two axes", (fun () -> layerNorm [ 2; 3 ]), [ 4; 2; 3 ], Tensor.flatten -2 -1, true
        "rmsNorm", (fun () -> rmsNorm [ 4 ]), [ 3; 4 ], id, false
        "rmsNorm of two axes", (fun () -> rmsNorm [ 2; 3 ]), [ 4; 2; 3 ], Tensor.flatten -2 -1, false
        "groupNorm", (fun () -> groupNorm 2 4), [ 3; 4 ], Tensor.unflatten 1 [ 2; 2 ], true
        "groupNorm of images",
        (fun () -> groupNorm 2 4),
        [ 2; 4; 2; 2 ],
        Tensor.unflatten 1 [ 2; 2 ] >> Tensor.flatten 2 -1,
        true
        "instanceNorm of sequences", (fun () -> instanceNorm 3), [ 2; 3; 4 ], id, true
        "instanceNorm of images", (fun () -> instanceNorm 2), [ 2; 2; 2; 3 ], Tensor.flatten 2 -1, true
        "batchNorm without scale", (fun () -> batchNormWith bareBatch 3), [ 5; 3 ], features, true
        "layerNorm without scale", (fun () -> layerNormWith bare [ 4 ]), [ 3; 4 ], id, true
        "rmsNorm without scale", (fun () -> rmsNormWith bare [ 4 ]), [ 3; 4 ], id, false
        "groupNorm without scale", (fun () -> groupNormWith bare 2 4), [ 3; 4 ], Tensor.unflatten 1 [ 2; 2 ], true
        "instanceNorm without scale", (fun () -> instanceNormWith bare 3), [ 2; 3; 4 ], id, true
    ]

let private made (layer: Layer<Tensor, Tensor>) =
    let struct (ps, state) = Layer.init key layer
    widenParams ps, widen state

let private training layer ps state x = fst (runLayer layer (Train key) ps state x)

// Parameters with these values by path.
let private with' (values: (string * Tensor) list) (ps: Params) =
    (ps, values)
    ||> List.fold (fun ps (path, value) -> Tree.set [ path ] (Leaf { Tree.leaf [ path ] ps with Value = value }) ps)

let private gold what (expected: float list) (found: Tensor) =
    expectClose 1e-9 what (Array.ofList expected) (Tensor.toDoubles found)

let tests =
    testList
        "normalisation"
        [
            for name, make, shape, grouped, centres in table do
                yield! LayerLaws.laws name make shape shape

                testProperty $"{name}: mean 0 where it goes, and mean square v/(v + ε)"
                <| fun (seed: int) ->
                    let layer = make ()
                    let ps, state = made layer
                    let x = 3.0 * doubles shape seed + 1.0
                    let given, found = grouped x, grouped (training layer ps state x)
                    let mean = Tensor.meanKeeping -1 given

                    if centres then
                        let zeros = Array.zeroCreate (int found.Count / found.Shape[found.Rank - 1])
                        expectClose 1e-10 "mean" zeros (Tensor.toDoubles (Tensor.meanOver -1 found))

                    let spread = Tensor.meanOver -1 (Tensor.square (if centres then given - mean else given))

                    expectClose
                        1e-10
                        "mean square"
                        (Tensor.toDoubles (spread / (spread + 1e-5)))
                        (Tensor.toDoubles (Tensor.meanOver -1 (Tensor.square found)))

                testProperty $"{name}: does not see an affine change of the input"
                <| fun (seed: int) (stretch: byte) (move: int16) ->
                    let layer = make ()
                    let ps, state = made layer
                    // So large that ε is nothing beside the variance.
                    let x = 1e5 * doubles shape seed
                    let changed = (0.5 + float stretch) * x + (if centres then float move else 0.0)
                    let expected = training layer ps state x |> Tensor.toDoubles
                    expectClose 1e-6 "the same output" expected (training layer ps state changed |> Tensor.toDoubles)

                test $"{name}: the fused and the composed form give the same" {
                    let layer = make ()
                    let ps, state = made layer
                    let ps = ps |> Tree.map (fun p -> { p with Value = doubles (List.ofArray p.Value.Shape) 4 })
                    let x = doubles shape 5
                    let fused = training layer ps state x |> Tensor.toDoubles
                    let composed = Order.Inside 2 (fun () -> training layer ps state x)
                    expectClose 1e-12 "numbers" fused (Tensor.toDoubles composed)
                }

            test "layer norm: PyTorch's numbers" {
                let x, scale, shift = sines [ 2; 3; 2 ] 1.0, sines [ 6 ] 2.0, sines [ 6 ] 3.0
                let ps, state = made (layerNorm [ 2 ])

                let ps = with' [ "scale", Tensor.slice 0 0 2 scale; "shift", Tensor.slice 0 0 2 shift ] ps

                training (layerNorm [ 2 ]) ps state x
                |> gold
                    "one axis"
                    [
                        -0.7673723097
                        -0.1028346709
                        1.0503721779
                        -0.9571947498
                        1.0502814613
                        -0.9571521120
                        -0.7681073919
                        -0.1024891741
                        -0.7681148032
                        -0.1024856907
                        1.0502467706
                        -0.9571358070
                    ]

                let ps, state = made (layerNorm [ 3; 2 ])
                let wide = Tensor.reshape [ 3; 2 ]

                training (layerNorm [ 3; 2 ]) (with' [ "scale", wide scale; "shift", wide shift ] ps) state x
                |> gold
                    "two axes"
                    [
                        0.9732865825
                        -0.0524887837
                        -1.1284859567
                        -0.7955137082
                        0.5683583191
                        1.2932624273
                        -1.3926166993
                        -0.9293121136
                        -0.9712294788
                        -1.6394263813
                        -1.5375773660
                        -0.2049816609
                    ]
            }

            test "group and instance norm: PyTorch's numbers" {
                let ps, state = made (groupNorm 2 4)
                let ps = with' [ "scale", sines [ 4 ] 2.0; "shift", sines [ 4 ] 3.0 ] ps

                training (groupNorm 2 4) ps state (sines [ 2; 4; 2 ] 1.0)
                |> gold
                    "group"
                    [
                        0.6536191835
                        1.0310805342
                        -0.4850465550
                        -1.2337973483
                        -1.0593239027
                        -0.6647124529
                        -0.3322379665
                        -2.0931108596
                        -1.2608221094
                        0.6663016285
                        -0.0494969285
                        -0.5980881911
                        -1.3693024981
                        -0.9444765509
                        -0.1580494497
                        -0.3788636468
                    ]

                let ps, state = made (instanceNorm 3)
                let ps = with' [ "scale", sines [ 3 ] 2.0; "shift", sines [ 3 ] 3.0 ] ps

                training (instanceNorm 3) ps state (sines [ 2; 3; 2 ] 1.0)
                |> gold
                    "instance"
                    [
                        -0.7673723097
                        1.0496123258
                        -0.1024775320
                        -0.9571947498
                        -1.2071049631
                        -0.6960991847
                        -0.7681073919
                        1.0503474081
                        -0.9571865911
                        -0.1024856907
                        -1.2070952139
                        -0.6961089339
                    ]
            }

            test "batch norm over d, h and w: PyTorch's numbers, running ones too" {
                let ps, state = made (batchNorm 2)
                let x = sines [ 2; 2; 2; 1; 2 ] 1.0
                let y, after = runLayer (batchNorm 2) (Train key) ps state x

                Tensor.slice 0 0 1 y
                |> gold
                    "training"
                    [
                        0.5435396043
                        1.0211952512
                        0.0155913695
                        -2.0003208223
                        0.1562538645
                        -0.9626127801
                        -0.6747651155
                        0.8844176037
                    ]

                gold "running mean" [ 0.0670560637; -0.0662925370 ] (Tree.leaf [ "mean" ] after)
                gold "running variance" [ 0.9112985405; 0.9122061467 ] (Tree.leaf [ "variance" ] after)

                fst (runLayer (batchNorm 2) Eval ps after x)
                |> Tensor.slice 0 1 2
                |> gold
                    "evaluation"
                    [
                        0.2561061639
                        0.8206161659
                        0.9661410083
                        0.6242380839
                        0.0953491316
                        -0.5850466653
                        -0.9576417386
                        -0.8471988034
                    ]
            }

            testProperty "one group of all channels is a layer norm of all; a group for each channel an instance norm"
            <| fun (seed: int) ->
                let x = doubles [ 3; 4; 5 ] seed

                let same a b =
                    let run layer =
                        let ps, state = made layer
                        Tensor.toDoubles (training layer ps state x)

                    expectClose 1e-12 "the same" (run a) (run b)

                same (groupNorm 1 4) (layerNorm [ 4; 5 ])
                same (groupNorm 4 4) (instanceNorm 4)

            test "scales and shifts are never decayed" {
                for name, make, _, _, _ in table do
                    let struct (ps, _) = Layer.init key (make ())

                    Expect.all (Tree.values ps) (fun p -> p.Role <> Role.Weight) name
            }

            test "wrong inputs and impossible layers are refused" {
                let refused words layer shape =
                    expectError<ArgumentException> words (fun () ->
                        let struct (ps, state) = Layer.init key layer
                        Layer.apply layer Eval ps state (Tensor.zeros shape) |> ignore)

                refused [ "layerNorm"; "[...; 2; 3]"; "[3; 2]" ] (layerNorm [ 2; 3 ]) [ 3; 2 ]
                refused [ "rmsNorm"; "[...; 3]"; "[]" ] (rmsNorm [ 3 ]) []
                refused [ "groupNorm"; "[n; 4; ...]"; "[2; 6]" ] (groupNorm 2 4) [ 2; 6 ]
                refused [ "instanceNorm"; "at least two"; "[2; 4]" ] (instanceNorm 4) [ 2; 4 ]
                expectError<ArgumentException> [ "layerNorm"; "[]" ] (fun () -> layerNorm [] |> ignore)
                expectError<ArgumentException> [ "layerNorm"; "[1]" ] (fun () -> layerNorm [ 1 ] |> ignore)
                expectError<ArgumentException> [ "rmsNorm"; "[2; 0]" ] (fun () -> rmsNorm [ 2; 0 ] |> ignore)
                expectError<ArgumentException> [ "3 groups"; "4" ] (fun () -> groupNorm 3 4 |> ignore)
                expectError<ArgumentException> [ "instanceNorm"; "0" ] (fun () -> instanceNorm 0 |> ignore)

                for epsilon in [ -1.0; nan; infinity ] do
                    let how = { Normalisation.standard with Epsilon = epsilon }
                    let batch = { BatchNormalisation.standard with Epsilon = epsilon }

                    for name, make in
                        [
                            "layerNorm", (fun () -> layerNormWith how [ 2 ])
                            "rmsNorm", (fun () -> rmsNormWith how [ 2 ])
                            "groupNorm", (fun () -> groupNormWith how 1 2)
                            "instanceNorm", (fun () -> instanceNormWith how 2)
                            "batchNorm", (fun () -> batchNormWith batch 2)
                        ] do
                        expectError<ArgumentException> [ $"{name}: epsilon"; $"not {epsilon}" ] (make >> ignore)

                for momentum in [ -0.1; 1.1; nan ] do
                    expectError<ArgumentException> [ "batchNorm: momentum"; $"not {momentum}" ] (fun () ->
                        batchNormWith { BatchNormalisation.standard with Momentum = momentum } 2 |> ignore)
            }

            test "without scale and shift there is nothing to learn, a summary knows it, and batch norm still remembers" {
                for name, make, shape, _, _ in table do
                    if name.EndsWith "without scale" then
                        let struct (ps, _) = Layer.init key (make ())
                        Expect.isEmpty (Tree.values ps) name
                        Expect.equal (Layer.summary shape (make ())).Parameters 0L name

                let struct (ps, state) = Layer.init key (batchNormWith { bareBatch with Momentum = 1.0 } 2)
                let x = Tensor.ofDoubles [ 2; 2 ] [| 1.0; 2.0; 3.0; 6.0 |]
                let _, after = runLayer (batchNormWith { bareBatch with Momentum = 1.0 } 2) (Train key) ps state x
                expectClose 0.0 "the last batch's mean" [| 2.0; 4.0 |] (Tensor.toDoubles (Tree.leaf [ "mean" ] after))
                expectClose 0.0 "and variance" [| 2.0; 8.0 |] (Tensor.toDoubles (Tree.leaf [ "variance" ] after))
            }
        ]
