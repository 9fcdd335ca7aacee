/// The laws of joining layers.
module CompositionTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 1

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
        let (ya, aa), (yb, ab) = runLayer a mode pa sa x, runLayer b mode pb sb x
        expectSame "output" ya yb
        expectSameTree "state" aa ab

let tests =
    testList
        "composition"
        [
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
                        runLayer
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
                let loss layer ps = Tensor.sum (Tensor.square (fst (runLayer layer Eval ps state x)))

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

                expectSame
                    "what it computes"
                    (x * (Tree.leaf [ "weight" ] ps).Value)
                    (fst (runLayer scaled Eval ps state x))
            }

            test "trace shows what each stage gave" {
                let layer = dense 2 3 --> relu --> Layer.named "head" (dense 3 1)
                let struct (ps, state) = Layer.init key layer
                let struct (y, _, seen) = Layer.trace layer Eval ps state (Random.normal [ 4; 2 ] key)
                Expect.equal (List.map fst seen) [ "0"; "1"; "head" ] "paths"
                expectSame "the last is the output" y (unbox (snd (List.last seen)))
            }
        ]
