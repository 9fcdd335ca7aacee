/// Activations as layers: their values beside PyTorch's, the layers with parameters or shapes beside their formulas.
module ActivationLayerTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 1

let private run layer x =
    let struct (ps, state) = Layer.init key layer
    fst (runLayer layer Eval (widenParams ps) state x)

let private points = [ -3.0; -1.5; -0.5; -0.1; 0.0; 0.3; 1.0; 2.5 ]

// Each activation with PyTorch's values at the points.
let private table: (string * (unit -> Layer<Tensor, Tensor>) * float list) list =
    [
        "leakyRelu", (fun () -> leakyRelu 0.1), [ -0.3; -0.15; -0.05; -0.01; 0.0; 0.3; 1.0; 2.5 ]
        "softplus",
        (fun () -> softplus),
        [
            0.0485873516
            0.2014132780
            0.4740769842
            0.6443966601
            0.6931471806
            0.8543552445
            1.3132616875
            2.5788897343
        ]
        "elu", (fun () -> elu 0.5), [ -0.4751064658; -0.3884349199; -0.1967346701; -0.0475812910; 0.0; 0.3; 1.0; 2.5 ]
        "selu",
        (fun () -> selu),
        [
            -1.6705687288
            -1.3658143534
            -0.6917581878
            -0.1673052726
            0.0
            0.3152102962
            1.0507009874
            2.6267524684
        ]
        "gelu",
        (fun () -> gelu),
        [
            -0.0040496941
            -0.1002108019
            -0.1542687694
            -0.0460172163
            0.0
            0.1853734267
            0.8413447461
            2.4844758367
        ]
        "geluTanh",
        (fun () -> geluTanh),
        [
            -0.0036373921
            -0.1004284230
            -0.1542859902
            -0.0460172490
            0.0
            0.1853709235
            0.8411919906
            2.4849157339
        ]
        "silu",
        (fun () -> silu),
        [
            -0.1422776195
            -0.2736382857
            -0.1887703344
            -0.0475020813
            0.0
            0.1723327550
            0.7310585786
            2.3103545499
        ]
        "mish",
        (fun () -> mish),
        [
            -0.1456474613
            -0.2980997422
            -0.2207437747
            -0.0567885752
            0.0
            0.2080013723
            0.8650983883
            2.4713923046
        ]
        "hardtanh", (fun () -> hardtanh), [ -1.0; -1.0; -0.5; -0.1; 0.0; 0.3; 1.0; 1.0 ]
        "logsoftmax",
        (fun () -> reshape [ 4 ] --> logsoftmax),
        [
            -3.5790179464
            -2.0790179464
            -1.0790179464
            -0.6790179464
            -2.8478489310
            -2.5478489310
            -1.8478489310
            -0.3478489310
        ]
        "prelu", (fun () -> prelu 1), [ -0.75; -0.375; -0.125; -0.025; 0.0; 0.3; 1.0; 2.5 ]
    ]

let tests =
    testList
        "activation layers"
        [
            for name, make, expected in table do
                test $"{name}: PyTorch's values" {
                    let y = run (make ()) (Tensor.ofDoubles [ 2; 4 ] (Array.ofList points))
                    expectClose 1e-9 name (Array.ofList expected) (Tensor.toDoubles y)
                }

                yield! LayerLaws.laws name make [ 2; 4 ] [ 2; 4 ]

            for name, make, input, output in
                [
                    "prelu of channels", (fun () -> prelu 3), [ 2; 3; 4 ], [ 2; 3; 4 ]
                    "maxout", (fun () -> maxout 3), [ 2; 6 ], [ 2; 2 ]
                    "maxout of images", (fun () -> maxout 2), [ 2; 4; 2; 3 ], [ 2; 2; 2; 3 ]
                    "dense, maxout", (fun () -> dense 3 8 --> maxout 4), [ 5; 3 ], [ 5; 2 ]
                    "reshape", (fun () -> reshape [ 2; -1 ]), [ 3; 8 ], [ 3; 2; 4 ]
                ] do
                yield! LayerLaws.laws name make input output

            test "selu has mean 0 and variance 1 as a fixed point" {
                let y = run selu (Random.normalOf Dtype.Float64 [ 200000 ] key) |> Tensor.toDoubles

                let within what expected (values: float[]) =
                    let mean = Array.average values
                    let spread = values |> Array.averageBy (fun v -> (v - mean) * (v - mean)) |> sqrt
                    expectWithin (5.0 * spread / sqrt (float values.Length)) what expected mean

                within "mean" 0.0 y
                within "variance" 1.0 (Array.map (fun v -> v * v) y)
            }

            testProperty "maxout is the largest of neighbours, and of one piece the identity"
            <| fun (seed: int) ->
                let x = doubles [ 3; 6; 2 ] seed
                let values = Tensor.toDoubles3D x
                let expected = Array3D.init 3 2 2 (fun n m l -> Seq.max [ for k in 0..2 -> values[n, 3 * m + k, l] ])
                Expect.equal (Tensor.toDoubles3D (run (maxout 3) x)) expected "by hand"
                expectSame "one piece" x (run (maxout 1) x)

            testProperty "two pieces and two layers of weights make |x|: maxout is any convex function"
            <| fun (seed: int) ->
                let x = doubles [ 5; 1 ] seed
                let both = Tensor.cat 1 [ x; -x ]
                expectSame "|x|" (Tensor.abs x) (run (maxout 2) both)

            testProperty "prelu multiplies what is negative by its channel's slope"
            <| fun (seed: int) ->
                let x, slopes = doubles [ 2; 3; 4 ] seed, [| 0.1; -0.5; 2.0 |]

                let ps: Params = Node [ "slope", Leaf { Role = Role.Scale; Value = Tensor.ofDoubles [ 3 ] slopes } ]

                let values = Tensor.toDoubles3D x

                let expected = values |> Array3D.mapi (fun _ c _ v -> if v > 0.0 then v else slopes[c] * v)

                let y = fst (runLayer (prelu 3) Eval ps Tree.empty x)
                Expect.equal (Tensor.toDoubles3D y) expected "by hand"

            testProperty "reshape goes back on flatten"
            <| fun (seed: int) ->
                let x = doubles [ 3; 2; 4 ] seed
                expectSame "there and back" x (run (flatten --> reshape [ 2; 4 ]) x)

            test "wrong inputs and impossible layers are refused" {
                let refused words layer shape =
                    expectError<ArgumentException> words (fun () ->
                        run layer (Tensor.zerosOf Dtype.Float64 shape) |> ignore)

                refused [ "maxout"; "multiple of 3"; "[2; 4]" ] (maxout 3) [ 2; 4 ]
                refused [ "maxout"; "[6]" ] (maxout 3) [ 6 ]
                refused [ "prelu"; "[n; 3; ...]"; "[2; 4]" ] (prelu 3) [ 2; 4 ]
                refused [ "reshape"; "[]" ] (reshape [ 2 ]) []
                refused [ "reshape"; "[2; 7]" ] (reshape [ 2; 3 ]) [ 2; 7 ]
                expectError<ArgumentException> [ "maxout"; "0" ] (fun () -> maxout 0 |> ignore)
                expectError<ArgumentException> [ "prelu"; "0" ] (fun () -> prelu 0 |> ignore)
                expectError<ArgumentException> [ "reshape"; "[-1; -1]" ] (fun () -> reshape [ -1; -1 ] |> ignore)
            }
        ]
