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
    let how stride padding = { Convolution.standard with Stride = stride; Padding = padding }

    [
        "dense", (fun () -> dense 4 3), [ 5; 4 ], [ 5; 3 ]
        "dense on three axes", (fun () -> denseWith Initializer.he 4 3), [ 2; 5; 4 ], [ 2; 5; 3 ]
        "conv2d valid", (fun () -> conv2d 2 3 3), [ 2; 2; 5; 6 ], [ 2; 3; 3; 4 ]
        "conv2d same", (fun () -> conv2dWith (how 1 Padding.Same) 2 3 3), [ 1; 2; 4; 5 ], [ 1; 3; 4; 5 ]
        "conv2d same, stride 2", (fun () -> conv2dWith (how 2 Padding.Same) 2 3 3), [ 1; 2; 4; 5 ], [ 1; 3; 2; 3 ]
        "conv2d valid, stride 2", (fun () -> conv2dWith (how 2 Padding.Valid) 1 2 2), [ 1; 1; 5; 4 ], [ 1; 2; 2; 2 ]
        "conv2d two zeros", (fun () -> conv2dWith (how 1 (Padding.Zeros 2)) 1 1 3), [ 1; 1; 3; 3 ], [ 1; 1; 5; 5 ]
        "conv2d groups, dilation",
        (fun () -> conv2dWith { Convolution.standard with Groups = 2; Dilation = 2 } 2 4 2),
        [ 1; 2; 4; 4 ],
        [ 1; 4; 2; 2 ]
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

let private run layer mode ps state x =
    let struct (y, after) = Layer.apply layer mode ps state x
    y, after

// What one might compose: indices from FsCheck choose among these.
let private pieces =
    [|
        dense 4 4
        relu
        dropout 0.3
        batchNorm 4
        tanh
        Layer.residual (dense 4 4 --> dropout 0.5)
        Layer.identity
    |]

let private pick (indices: byte list) =
    indices |> List.truncate 4 |> List.map (fun i -> pieces[int i % pieces.Length]) |> Layer.stack

// Same paths, same first values, same outputs (masks included) and state afterwards.
let private sameLayer (a: Layer<Tensor, Tensor>) (b: Layer<Tensor, Tensor>) (seed: int) =
    let key = Key.ofSeed seed
    let struct (pa, sa), struct (pb, sb) = Layer.init key a, Layer.init key b
    expectSameTree "first values" (Params.values pa) (Params.values pb)
    let x = Random.normal [ 6; 4 ] (Key.child 9 key)

    for mode in [ Eval; Train(Key.child 3 key) ] do
        let (ya, aa), (yb, ab) = run a mode pa sa x, run b mode pb sb x
        expectSame "output" ya yb
        expectSameTree "state" aa ab

let tests =
    testList
        "layers"
        [
            for name, make, input, output in table do
                test $"{name}: shape, and gradients of input and parameters against central differences" {
                    let layer = make ()
                    let struct (ps, state) = Layer.init key layer
                    let ps, state = widenParams ps, widen state
                    let x = doubles input 3
                    let weights = doubles output 8

                    for mode in [ Eval; Train key ] do
                        let loss ps x = Tensor.sum (weights * fst (run layer mode ps state x))
                        let y, after = run layer mode ps state x
                        Expect.equal (List.ofArray y.Shape) output "the shape"
                        Expect.equal y.Dtype Dtype.Float64 "the dtype stays"

                        Expect.equal
                            (Tree.leaves after |> List.map fst)
                            (Tree.leaves state |> List.map fst)
                            "the paths of the state stay"

                        let byInput = Differentiation.grad (loss ps) x

                        expectClose
                            1e-6
                            "input"
                            (numericalGradient (loss ps >> Tensor.toFloat) x)
                            (Tensor.toDoubles byInput)

                        let byParams = Differentiation.gradParams (fun ps -> loss ps x) ps

                        for path, param in Tree.leaves ps do
                            let branch = List.ofArray (path.Split '/')

                            let at value =
                                loss (Tree.set branch (Leaf { param with Value = value }) ps) x |> Tensor.toFloat

                            expectClose
                                1e-6
                                path
                                (numericalGradient at param.Value)
                                (Tensor.toDoubles (Tree.leaf branch byParams))
                }

                test $"{name}: evaluation leaves the state alone, and nothing in the state requires a gradient" {
                    let layer = make ()
                    let struct (ps, state) = Layer.init key layer
                    let x = Random.normal input key
                    expectSameTree "state" state (snd (run layer Eval ps state x))

                    let objective ps =
                        let y, after = run layer (Train key) ps state x
                        struct (Tensor.sum y, after)

                    let struct (_, after, _) = Differentiation.fgradParams objective ps
                    Expect.all (Tree.values after) (fun t -> not t.Raw.requires_grad) "constants"
                }

            testProperty "--> is associative: paths, first values, masks and state"
            <| fun (a: byte list) (b: byte list) (c: byte list) (seed: int) ->
                let a, b, c = pick a, pick b, pick c
                sameLayer ((a --> b) --> c) (a --> (b --> c)) seed

            testProperty "identity on either side changes nothing"
            <| fun (a: byte list) (seed: int) ->
                let a = pick a
                sameLayer a (Layer.identity --> a) seed
                sameLayer a (a --> Layer.identity) seed

            testProperty "dimap id id changes nothing"
            <| fun (a: byte list) (seed: int) ->
                let a = pick a
                // A pipeline without stages has none that could carry the functions.
                if not a.Stages.IsEmpty then
                    sameLayer a (Layer.dimap id id a) seed

            test "paths are flat, names take the place of numbers" {
                let layer = dense 2 3 --> relu --> (dense 3 3 --> relu) --> Layer.named "head" (dense 3 1)
                let struct (ps, _) = Layer.init key layer

                Expect.equal
                    (Tree.leaves ps |> List.map fst)
                    [ "0/weight"; "0/bias"; "2/weight"; "2/bias"; "head/weight"; "head/bias" ]
                    "paths"

                expectError<ArgumentException> [ "'head'" ] (fun () ->
                    Layer.named "head" relu --> Layer.named "head" relu |> ignore)

                expectError<ArgumentException> [ "a/b" ] (fun () -> Layer.named "a/b" relu |> ignore)
            }

            test "fork gives one input to both, both gives each its own" {
                let x, z = Random.normal [ 4; 2 ] key, Random.normal [ 4; 3 ] key
                let forked = Layer.fork (dense 2 3) (dense 2 1)
                let struct (ps, state) = Layer.init key forked
                let struct (struct (a, b), _) = Layer.apply forked Eval ps state x

                let alone i =
                    fst (
                        run
                            (dense 2 (if i = 0 then 3 else 1))
                            Eval
                            (Tree.get [ string i ] ps)
                            (Tree.get [ string i ] state)
                            x
                    )

                expectSame "first head" (alone 0) a
                expectSame "second head" (alone 1) b
                let two = Layer.both (dense 2 4) (dense 3 4) --> Layer.lift (fun (struct (q: Tensor, k)) -> q + k)
                let struct (ps, state) = Layer.init key two
                let struct (y, _) = Layer.apply two Eval ps state (struct (x, z))
                Expect.equal y.Shape [| 4; 4 |] "sum of both"

                Expect.equal
                    (Tree.leaves ps |> List.map fst)
                    [ "0/0/weight"; "0/0/bias"; "0/1/weight"; "0/1/bias" ]
                    "paths"
            }

            test "derive ties a decoder to its encoder: one matrix, and its gradient is the sum of both uses" {
                let free = Layer.named "encoder" (dense 3 2) --> Layer.named "decoder" (dense 2 3)

                let tied =
                    free
                    |> Layer.derive (Tree.remove [ "decoder"; "weight" ]) (fun _ ps ->
                        let w = Tree.leaf [ "encoder"; "weight" ] ps
                        ps |> Tree.set [ "decoder"; "weight" ] (Leaf { w with Value = Tensor.transpose 0 1 w.Value }))

                let struct (ps, state) = Layer.init key tied

                Expect.equal
                    (Tree.leaves ps |> List.map fst)
                    [ "encoder/weight"; "encoder/bias"; "decoder/bias" ]
                    "what is stored"

                let x = Random.normal [ 4; 3 ] key
                let loss layer ps = Tensor.sum (Tensor.square (fst (run layer Eval ps state x)))

                let whole =
                    Tree.set
                        [ "decoder"; "weight" ]
                        (Leaf
                            {
                                Role = Role.Weight
                                Value = Tensor.transpose 0 1 (Tree.leaf [ "encoder"; "weight" ] ps).Value
                            })
                        ps

                let untied = Differentiation.gradParams (loss free) whole

                let expected =
                    Tree.leaf [ "encoder"; "weight" ] untied
                    + Tensor.transpose 0 1 (Tree.leaf [ "decoder"; "weight" ] untied)

                let found = Differentiation.gradParams (loss tied) ps |> Tree.leaf [ "encoder"; "weight" ]
                Expect.isTrue (Tensor.allclose 1e-5 1e-5 expected found) "the sum of both uses"
            }

            test "a layer declared by layer { }" {
                let scaled =
                    layer {
                        let! w = weight "weight" (Random.normal [ 3 ])
                        and! b = bias "bias" (fun _ -> Tensor.zeros [ 3 ])
                        and! s = scale "scale" (fun _ -> Tensor.ones [ 3 ])
                        return fun (x: Tensor) -> s * (x * w + b)
                    }

                let struct (ps, state) = Layer.init key scaled
                let roles = Tree.leaves ps |> List.map (fun (path, param) -> path, param.Role)
                Expect.equal roles [ "weight", Role.Weight; "bias", Role.Bias; "scale", Role.Scale ] "names and roles"
                let x = Random.normal [ 2; 3 ] key
                expectSame "what it computes" (x * (Tree.leaf [ "weight" ] ps).Value) (fst (run scaled Eval ps state x))
            }

            test "trace shows what each stage gave" {
                let layer = dense 2 3 --> relu --> Layer.named "head" (dense 3 1)
                let struct (ps, state) = Layer.init key layer
                let struct (y, _, seen) = Layer.trace layer Eval ps state (Random.normal [ 4; 2 ] key)
                Expect.equal (List.map fst seen) [ "0"; "1"; "head" ] "paths"
                expectSame "the last is the output" y (unbox (snd (List.last seen)))
            }

            testProperty "dropout keeps the mean, zeroes the rate and scales the rest; evaluation changes nothing"
            <| fun (seed: int) ->
                let ones = Tensor.ones [ 40000 ]
                let drop mode = fst (run (dropout 0.3) mode Tree.empty Tree.empty ones) |> Tensor.toDoubles
                let kept = drop (Train(Key.ofSeed seed))
                let error = 5.0 * sqrt (0.3 / 0.7 / 40000.0)
                Expect.isLessThan (abs (Array.average kept - 1.0)) error "the mean within 5 standard errors"
                Expect.all kept (fun x -> x = 0.0 || abs (x - 1.0 / 0.7) < 1e-6) "zero or 1/(1 - rate)"
                Expect.all (drop Eval) ((=) 1.0) "evaluation"

            test "batch norm on 1, 2, 3, 4: the reference's numbers" {
                let layer = batchNorm 1
                let struct (ps, state) = Layer.init key layer
                let ps, state = widenParams ps, widen state
                let x = Tensor.ofDoubles [ 4; 1 ] [| 1.0; 2.0; 3.0; 4.0 |]
                let y, after = run layer (Train key) ps state x

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

                let y, _ = run layer Eval ps after x

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
                let f x = Tensor.sum (weights * Tensor.tanh (fst (run layer (Train key) ps state x)))
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
                    let ours x = fst (run (maxpool2d 2) Eval Tree.empty Tree.empty x)
                    let theirs (x: Tensor) = Tensor.Of(Ops.maxpool2d [| 2L; 2L |] [| 2L; 2L |] x.Raw)
                    expectSame "values" (theirs x) (ours x)
                    let gradient f = Differentiation.grad (fun x -> Tensor.sum (weights * f x)) x
                    expectSame "gradients" (gradient theirs) (gradient ours)

                let odd = Tensor.ofArray [ 1; 1; 2; 4 ] [| 1f; nanf; 3f; 4f; 5f; 6f; infinityf; -infinityf |]

                expectSame
                    "NaN and infinity"
                    (Tensor.Of(Ops.maxpool2d [| 2L; 2L |] [| 2L; 2L |] odd.Raw))
                    (fst (run (maxpool2d 2) Eval Tree.empty Tree.empty odd))
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
                    (Tensor.toArray (fst (run layer Eval ps Tree.empty x)))
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

                expectError<LayerException> [ "body"; "another network" ] (fun () ->
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
                expectError<ArgumentException> [ "dropout"; "1" ] (fun () -> dropout 1.0 |> ignore)

                expectError<ArgumentException> [ "groups" ] (fun () ->
                    conv2dWith { Convolution.standard with Groups = 2 } 3 4 3 |> ignore)

                expectError<ArgumentException> [ "conv2d" ] (fun () -> conv2d 1 1 0 |> ignore)
                expectError<ArgumentException> [ "maxpool2d" ] (fun () -> maxpool2d 0 |> ignore)
                expectError<ArgumentException> [ "batchNorm" ] (fun () -> batchNorm 0 |> ignore)
            }

            test "variances of the initializers" {
                let fans = { In = 50; Out = 150 }

                for name, draw, expected in
                    [
                        "standard", Initializer.standard, 1.0 / 150.0
                        "he", Initializer.he, 2.0 / 50.0
                        "glorot", Initializer.glorot, 2.0 / 200.0
                    ] do
                    let values = draw fans [ 200; 500 ] key |> Tensor.toDoubles
                    let variance = Array.averageBy (fun x -> x * x) values
                    // At most √2·variance/√n is the standard error, that of a normal.
                    Expect.isLessThan (abs (variance - expected)) (5.0 * sqrt 2.0 * expected / sqrt 100000.0) name
            }
        ]
