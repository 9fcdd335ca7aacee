/// Layers made of layers: side by side, chosen, shared, repeated, in a mode of their own.
module CombinatorTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 1

let private pieces =
    [|
        dense 4 4
        dropout 0.3
        batchNorm 4
        Layer.residual (dense 4 4 --> dropout 0.5)
        dense 4 4 --> gaussianNoise 0.2 --> batchNorm 4
        Layer.named "block" (dense 4 4)
        Layer.identity
    |]

let private piece (i: byte) = pieces[int i % pieces.Length]
let private paths tree = Tree.leaves tree |> List.map fst

// Same paths, first values, outputs and state afterwards.
let private sameLayer (a: Layer<Tensor, Tensor>) (b: Layer<Tensor, Tensor>) (key: Key) =
    let struct (pa, sa), struct (pb, sb) = Layer.init key a, Layer.init key b
    expectSameTree "first values" (Params.values pa) (Params.values pb)
    let x = Random.normal [ 6; 4 ] (Key.child 9 key)

    for mode in [ Eval; Train(Key.child 3 key) ] do
        let (ya, aa), (yb, ab) = runLayer a mode pa sa x, runLayer b mode pb sb x
        expectSame "output" ya yb
        expectSameTree "state" aa ab

let private pair (layer: Layer<Tensor, Tensor>) : Layer<Tensor, Tensor> =
    Layer.shared layer
    |> Layer.dimap (fun (x: Tensor) -> struct (x, 2.0 * x)) (fun (struct (a: Tensor, b)) -> Tensor.cat 1 [ a; b ])

let private each (layer: Layer<Tensor, Tensor>) : Layer<Tensor, Tensor> =
    Layer.map layer |> Layer.dimap (fun (x: Tensor) -> [| x; 2.0 * x; -x |]) (Tensor.cat 1)

let private byRows (x: Tensor) = x.Shape[0] % 2

let tests =
    testList
        "combinators"
        [
            for name, make, input, output in
                [
                    "concat",
                    (fun () -> Layer.concat 1 [ dense 3 2 --> tanh; Layer.identity; dense 3 1 ]),
                    [ 4; 3 ],
                    [ 4; 6 ]
                    "concat of images",
                    (fun () -> Layer.concat 1 [ conv2d 2 3 1; conv2d 2 1 1 --> batchNorm 1 ]),
                    [ 2; 2; 3; 3 ],
                    [ 2; 4; 3; 3 ]
                    "switch", (fun () -> Layer.switch byRows [ dense 3 2; dense 3 2 --> tanh ]), [ 5; 3 ], [ 5; 2 ]
                    "shared", (fun () -> pair (dense 3 2 --> batchNorm 2 --> dropout 0.3)), [ 6; 3 ], [ 6; 4 ]
                    "map", (fun () -> each (dense 3 2 --> batchNorm 2)), [ 6; 3 ], [ 6; 6 ]
                    "always", (fun () -> Layer.always Eval (dense 3 2 --> dropout 0.3)), [ 4; 3 ], [ 4; 2 ]
                    "repeat", (fun () -> Layer.repeat 3 (dense 3 3 --> tanh)), [ 4; 3 ], [ 4; 3 ]
                ] do
                yield! LayerLaws.laws name make input output

            testProperty "concat joins what each branch gives alone, masks and state included"
            <| fun (a: byte) (b: byte) (seed: int) ->
                let key, a, b = Key.ofSeed seed, piece a, piece b
                let both, x = Layer.concat 1 [ a; b ], Random.normal [ 6; 4 ] (Key.child 9 (Key.ofSeed seed))
                let struct (ps, state) = Layer.init key both
                let alone = Layer.fork a b
                let struct (expectedPs, expectedState) = Layer.init key alone
                expectSameTree "first values" (Params.values expectedPs) (Params.values ps)

                for mode in [ Eval; Train(Key.child 3 key) ] do
                    let struct (y, after) = Layer.apply both mode ps state x
                    let struct (struct (ya, yb), expected) = Layer.apply alone mode expectedPs expectedState x
                    expectSame "output" (Tensor.cat 1 [ ya; yb ]) y
                    expectSameTree "state" expected after

            testProperty "switch runs the chosen branch alone: the others keep their state and get no gradient"
            <| fun (a: byte) (b: byte) (odd: bool) (seed: int) ->
                let key, branches = Key.ofSeed seed, [ piece a; piece b ]
                let layer, chosen = Layer.switch byRows branches, (if odd then 1 else 0)
                let struct (ps, state) = Layer.init key layer
                let x = Random.normal [ 6 + chosen; 4 ] (Key.child 9 key)
                let mode, name = Train(Key.child 3 key), string chosen
                let y, after = runLayer layer mode ps state x

                // A layer that stands alone runs with the key's child 0.
                let expected, expectedAfter =
                    runLayer
                        branches[chosen]
                        (mode |> Mode.child 0 |> Mode.child chosen)
                        (Tree.get [ name ] ps)
                        (Tree.get [ name ] state)
                        x

                expectSame "output" expected y
                expectSameTree "the chosen state" expectedAfter (Tree.get [ name ] after)
                let other = string (1 - chosen)
                expectSameTree "the other state" (Tree.get [ other ] state) (Tree.get [ other ] after)

                if Params.count ps > 0L then
                    let gradients =
                        Differentiation.gradParams
                            (fun ps -> Tensor.sum (Tensor.square (fst (runLayer layer mode ps state x))))
                            ps

                    for gradient in Tree.values (Tree.get [ other ] gradients) do
                        expectSame "no gradient" (Tensor.zerosLike gradient) gradient

            testProperty "shared and map are the layer on each input in turn, with its own paths"
            <| fun (i: byte) (seed: int) ->
                let key, layer = Key.ofSeed seed, piece i
                let twins, several = Layer.shared layer, Layer.map layer
                let struct (ps, state) = Layer.init key several
                let struct (own, _) = Layer.init key layer
                Expect.equal (paths ps) (paths own) "the layer's own paths"
                let x, z = Random.normal [ 6; 4 ] (Key.child 9 key), Random.normal [ 6; 4 ] (Key.child 8 key)

                for mode in [ Eval; Train(Key.child 3 key) ] do
                    let inside = Mode.child 0 mode
                    let first, middle = runLayer layer (Mode.child 0 inside) ps state x
                    let second, last = runLayer layer (Mode.child 1 inside) ps middle z
                    let struct (struct (a, b), after) = Layer.apply twins mode ps state (struct (x, z))
                    expectSame "first of the pair" first a
                    expectSame "second of the pair" second b
                    expectSameTree "state of the pair" last after
                    let struct (ys, after) = Layer.apply several mode ps state [| x; z |]
                    Expect.hasLength ys 2 "as many outputs"
                    expectSame "first element" first ys[0]
                    expectSame "second element" second ys[1]
                    expectSameTree "state of the array" last after

            test "map of no element gives none, and leaves the state" {
                let layer = Layer.map (dense 4 2 --> batchNorm 2)
                let struct (ps, state) = Layer.init key layer
                let struct (ys, after) = Layer.apply layer (Train key) ps state [||]
                Expect.isEmpty ys "none"
                expectSameTree "state" state after
            }

            test "a shared layer's gradient is the sum of its uses" {
                let struct (ps, state) = Layer.init key (dense 3 2)
                let ps, x, z = widenParams ps, doubles [ 4; 3 ] 1, doubles [ 5; 3 ] 2
                let loss y = Tensor.sum (Tensor.square y)
                let one x = Differentiation.gradParams (fun ps -> loss (fst (runLayer (dense 3 2) Eval ps state x))) ps

                let both =
                    Differentiation.gradParams
                        (fun ps ->
                            let struct (struct (a, b), _) =
                                Layer.apply (Layer.shared (dense 3 2)) Eval ps state (struct (x, z))

                            loss a + loss b)
                        ps

                (one x, one z, both)
                |||> Tree.map3 (fun a b sum ->
                    expectClose 1e-12 "sum" (Tensor.toDoubles (a + b)) (Tensor.toDoubles sum))
                |> ignore
            }

            testProperty "always runs in its mode, whatever the mode is"
            <| fun (i: byte) (seed: int) ->
                let key, layer = Key.ofSeed seed, piece i
                let struct (ps, state) = Layer.init key (Layer.always Eval layer)
                let x = Random.normal [ 6; 4 ] (Key.child 9 key)

                for fixedMode in [ Eval; Train(Key.child 4 key) ] do
                    let expected, expectedAfter = runLayer layer fixedMode ps state x

                    for mode in [ Eval; Train(Key.child 3 key) ] do
                        let y, after = runLayer (Layer.always fixedMode layer) mode ps state x
                        expectSame "output" expected y
                        expectSameTree "state" expectedAfter after

            testProperty "repeat (m + n) is repeat m, then repeat n; repeat 0 changes nothing"
            <| fun (m: byte) (n: byte) (i: byte) (seed: int) ->
                let m, n, layer = int m % 3, int n % 3, piece i
                sameLayer (Layer.repeat (m + n) layer) (Layer.repeat m layer --> Layer.repeat n layer) (Key.ofSeed seed)
                sameLayer (Layer.repeat 0 layer) Layer.identity (Key.ofSeed seed)

            test "the copies of repeat have numbers, first values and names of their own" {
                let layer = relu --> Layer.repeat 2 (Layer.named "block" (dense 2 2 --> relu))
                let struct (ps, _) = Layer.init key layer

                Expect.equal
                    (paths ps)
                    [ "1/block/0/weight"; "1/block/0/bias"; "2/block/0/weight"; "2/block/0/bias" ]
                    "paths"

                let at i = (Tree.leaf [ string i; "block"; "0"; "weight" ] ps).Value
                Expect.isFalse (Tensor.equal (at 1) (at 2)) "first values of their own"
            }

            test "what does not fit is refused with its path" {
                let run (layer: Layer<Tensor, Tensor>) shape () =
                    let struct (ps, state) = Layer.init key layer
                    Layer.apply layer Eval ps state (Tensor.zeros shape) |> ignore

                expectError<ArgumentException> [ "concat"; "at least one" ] (fun () ->
                    Layer.concat 1 ([]: Layer<Tensor, Tensor> list) |> ignore)

                expectError<ArgumentException> [ "switch"; "at least one" ] (fun () ->
                    Layer.switch byRows ([]: Layer<Tensor, Tensor> list) |> ignore)

                expectError<ArgumentException> [ "repeat"; "-1" ] (fun () -> Layer.repeat -1 relu |> ignore)
                let inception = relu --> Layer.concat 1 [ dense 3 2; dense 4 2 ]
                expectError<LayerException> [ "at 1/1:"; "[...; 4]"; "[5; 3]" ] (run inception [ 5; 3 ])
                let ragged = Layer.concat 1 [ flatten; reshape [ 2; 2 ] ]
                expectError<ArgumentException> [ "cat"; "[3; 4]"; "[3; 2; 2]" ] (run ragged [ 3; 4 ])
                let chosen = Layer.switch (fun (x: Tensor) -> x.Shape[0]) [ relu; tanh ]
                expectError<ArgumentException> [ "2 was chosen"; "0 … 1" ] (run chosen [ 2; 3 ])

                expectError<LayerException>
                    [ "at 1:"; "-1 was chosen" ]
                    (run (relu --> Layer.switch (fun _ -> -1) [ relu ]) [ 2 ])
            }
        ]
