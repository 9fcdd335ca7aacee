/// Dense without bias, bilinear and embedding.
module DenseFamilyTests

open System
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 1

// A bilinear layer of two parts of one tensor, so that it is a row among the others.
let private bilinearOfParts () =
    bilinear 2 3 4
    |> Layer.dimap (fun (x: Tensor) -> struct (Tensor.slice -1 0 2 x, Tensor.slice -1 2 5 x)) id

let private applied (layer: Layer<'i, Tensor>) ps x = fst (runLayer layer Eval ps Tree.empty x)
let private weightOf (ps: Params) = (Tree.leaf [ "weight" ] ps).Value

let tests =
    testList
        "dense family"
        [
            yield!
                LayerLaws.laws
                    "dense without bias"
                    (fun () -> denseWithoutBias Initializer.lecun 4 3)
                    [ 2; 5; 4 ]
                    [ 2; 5; 3 ]

            yield! LayerLaws.laws "bilinear" bilinearOfParts [ 3; 5 ] [ 3; 4 ]
            yield! LayerLaws.laws "bilinear of sequences" bilinearOfParts [ 2; 3; 5 ] [ 2; 3; 4 ]

            testProperty "dense without bias is dense with a bias of zeros"
            <| fun (seed: int) ->
                let struct (ps, _) = Layer.init (Key.ofSeed seed) (denseWithoutBias Initializer.he 4 3)
                Expect.equal (Tree.leaves ps |> List.map fst) [ "weight" ] "paths"
                let x = Random.normal [ 5; 4 ] (Key.ofSeed seed)
                let zeros = Leaf { Role = Role.Bias; Value = Tensor.zeros [ 3 ] }
                let expected = applied (dense 4 3) (Tree.set [ "bias" ] zeros ps) x
                let found = applied (denseWithoutBias Initializer.he 4 3) ps x
                Expect.isTrue (Tensor.allclose 1e-6 1e-6 expected found) "the same"

            test "bilinear: PyTorch's numbers" {
                let ps =
                    Tree.ofLeaves
                        [
                            "weight", { Role = Role.Weight; Value = sines [ 2; 2; 3 ] 4.0 }
                            "bias", { Role = Role.Bias; Value = sines [ 2 ] 7.0 }
                        ]

                applied (bilinear 2 3 2) ps (struct (sines [ 2; 2 ] 5.0, sines [ 2; 3 ] 6.0))
                |> Tensor.toDoubles
                |> expectClose 1e-9 "numbers" [| 0.9059530202; 1.6778819098; 0.5405443236; 0.2027829411 |]
            }

            testProperty "bilinear is linear in each input, and broadcasts leading axes"
            <| fun (seed: int) ->
                let struct (ps, _) = Layer.init (Key.ofSeed seed) (bilinear 2 3 4)
                let ps = widenParams ps
                let b = (Tree.leaf [ "bias" ] ps).Value
                let f x y = applied (bilinear 2 3 4) ps (struct (x, y)) - b
                let x, x', y = doubles [ 5; 2 ] seed, doubles [ 5; 2 ] (seed + 1), doubles [ 5; 3 ] (seed + 2)
                let same a b = expectClose 1e-12 "linear" (Tensor.toDoubles a) (Tensor.toDoubles b)
                same (f (2.0 * x - x') y) (2.0 * f x y - f x' y)
                same (f x (3.0 * y)) (3.0 * f x y)
                let one = Tensor.slice 0 0 1 y
                same (f x (Tensor.expand [ 5; 3 ] one)) (f x one)

            testProperty "an embedding is the product of one-hot vectors and the table, of any shape"
            <| fun (seed: int) (shape: byte list) ->
                let shape = shape |> List.truncate 3 |> List.map (fun n -> int n % 4)
                let struct (ps, _) = Layer.init (Key.ofSeed seed) (embedding 7 3)
                let x = 7.0 * Random.uniform shape (Key.ofSeed seed) |> Tensor.cast Dtype.Int64
                let y = applied (embedding 7 3) ps x
                Expect.equal (List.ofArray y.Shape) (shape @ [ 3 ]) "shape"
                let oneHot = Tensor.onehot 7 (Tensor.reshape [ -1 ] x) |> Tensor.cast Dtype.Float32
                let expected = Tensor.matmul oneHot (weightOf ps) |> Tensor.reshape [ yield! shape; 3 ]
                expectSame "the rows" expected y

            test "an embedding's derivatives: each row gets the sum of its uses, to any order" {
                let struct (ps, _) = Layer.init key (embedding 4 2)
                let ps = widenParams ps
                let x = Tensor.ofInts [ 2; 0; 2; 2 ]
                let rows = Differentiation.gradParams (fun ps -> Tensor.sum (applied (embedding 4 2) ps x)) ps

                Expect.equal
                    (Tensor.toDoubles (Tree.leaf [ "weight" ] rows))
                    [| 1.0; 1.0; 0.0; 0.0; 3.0; 3.0; 0.0; 0.0 |]
                    "uses"

                let f flat = Tensor.tanh (applied (embedding 4 2) (unflatten ps flat) x)
                Expect.isTrue (GradCheck.passes 1e-6 3 key f (flattened ps)) "orders 1 to 3"
            }

            test "an embedding starts from N(0, 1)" {
                let struct (ps, _) = Layer.init key (embedding 100 200)
                let values = weightOf ps |> Tensor.toArray |> Array.map float
                let variance = values |> Array.averageBy (fun v -> v * v)
                expectWithin (5.0 * sqrt (2.0 / 20000.0)) "variance" 1.0 variance
            }

            test "wrong inputs and impossible layers are refused" {
                let struct (ps, _) = Layer.init key (embedding 4 2)

                let refused words x =
                    expectError<ArgumentException> words (fun () -> applied (embedding 4 2) ps x |> ignore)

                refused [ "index 4"; "position 2"; "0 … 3" ] (Tensor.ofLongs [ 2; 2 ] [| 0L; 3L; 4L; 1L |])
                refused [ "index -1"; "position 0" ] (Tensor.ofLongs [ 1 ] [| -1L |])
                refused [ "int64"; "[3]" ] (Tensor.ones [ 3 ])
                let struct (ps, _) = Layer.init key (bilinear 2 3 4)

                let refused words first second =
                    expectError<ArgumentException> words (fun () ->
                        applied (bilinear 2 3 4) ps (struct (Tensor.ones first, Tensor.ones second)) |> ignore)

                refused [ "first"; "[...; 2]"; "[5; 3]" ] [ 5; 3 ] [ 5; 3 ]
                refused [ "second"; "[...; 3]"; "[]" ] [ 5; 2 ] []
                refused [ "[5; 4; 3]" ] [ 5; 2 ] [ 4; 3 ]
                expectError<ArgumentException> [ "bilinear"; "outputs"; "0" ] (fun () -> bilinear 2 3 0 |> ignore)
                expectError<ArgumentException> [ "embedding"; "count"; "0" ] (fun () -> embedding 0 3 |> ignore)

                expectError<ArgumentException> [ "dense"; "0" ] (fun () ->
                    denseWithoutBias Initializer.he 0 3 |> ignore)
            }
        ]
