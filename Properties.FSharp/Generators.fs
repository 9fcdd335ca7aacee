namespace Functional.FSharp

open FsCheck
open FsCheck.FSharp
open Functional

/// Random values to ask laws of, for FsCheck.
[<RequireQualifiedAccess>]
module Generators =

    /// Keys of seeds.
    let key: Gen<Key> = Gen.choose (0, System.Int32.MaxValue) |> Gen.map Key.ofSeed

    /// Shapes with `fewest` to `most` axes, each of length 1 to `longest`.
    let shape (fewest: int) (most: int) (longest: int) : Gen<int list> =
        if fewest < 0 || most < fewest || longest < 1 then
            invalidArg
                (nameof fewest)
                $"a shape has 0 or more axes, each of length 1 or more: at least {fewest} and at most {most} axes of at most {longest}"

        Gen.choose (fewest, most) |> Gen.bind (fun rank -> Gen.listOfLength rank (Gen.choose (1, longest)))

    // Whole and half numbers as often as others: ties, zeros and ones are where things go wrong.
    let private finite: Gen<float> =
        let thousandths = Gen.choose (-10000, 10000) |> Gen.map (fun n -> float n / 1000.0)

        Gen.frequency
            [
                2, Gen.elements [ 0.0; 1.0; -1.0; 0.5; -0.5 ]
                2, Gen.choose (-5, 5) |> Gen.map float
                4, thousandths
                1, thousandths |> Gen.map (fun x -> x * 100.0)
            ]

    let private special: Gen<float> = Gen.frequency [ 4, finite; 1, Gen.elements [ nan; infinity; -infinity; -0.0 ] ]

    /// Tensors of this dtype and shape. Floating-point numbers lie between -1000 and 1000, and with `specials` some are NaN,
    /// infinities and -0; whole ones lie between -100 and 100 (of uint8, between 0 and 255).
    let tensor (specials: bool) (dtype: Dtype) (shape: int list) : Gen<Tensor> =
        let count = List.fold (*) 1 shape

        let number =
            match dtype with
            | Dtype.Bool -> Gen.choose (0, 1) |> Gen.map float
            | Dtype.UInt8 -> Gen.choose (0, 255) |> Gen.map float
            | Dtype.Int8
            | Dtype.Int16
            | Dtype.Int32
            | Dtype.Int64 -> Gen.choose (-100, 100) |> Gen.map float
            | _ -> if specials then special else finite

        Gen.arrayOfLength count number
        |> Gen.map (fun values -> Tensor.ofDoubles shape values |> Tensor.cast dtype)

    /// Trees of depth at most 3 with branches a, b, c, d in this order, some of them without branches.
    let tree (leaf: Gen<'a>) : Gen<Tree<'a>> =
        let rec ofDepth depth =
            let node =
                Gen.subListOf [ "a"; "b"; "c"; "d" ]
                |> Gen.bind (fun names ->
                    Gen.listOfLength names.Length (ofDepth (depth - 1))
                    |> Gen.map (fun branches -> Node(List.zip names branches)))

            if depth = 0 then
                Gen.map Leaf leaf
            else
                Gen.frequency [ 2, Gen.map Leaf leaf; 3, node ]

        ofDepth 3

    /// Data sets of 1 to 8 samples with 1 to 4 features, float32 [n; features], and labels of 1 to 3 classes, int64 [n].
    let dataset: Gen<Dataset> =
        gen {
            let! n = Gen.choose (1, 8)
            let! features = Gen.choose (1, 4)
            let! classes = Gen.choose (1, 3)
            let! inputs = tensor false Dtype.Float32 [ n; features ]
            let! labels = Gen.arrayOfLength n (Gen.choose (0, classes - 1))
            return Dataset.create inputs (Tensor.ofInts labels)
        }

    /// A batch: inputs float32 [n; features] of 1 to 8 samples, and their labels, int64 [n].
    let batch: Gen<struct (Tensor * Tensor)> = dataset |> Gen.map (fun data -> struct (data.Inputs, data.Targets))

    /// Data sets in batches of 1 to 4 samples, for 1 to 3 epochs.
    let batching: Gen<Batching> =
        gen {
            let! data = dataset
            let! size = Gen.choose (1, 4)
            let! epochs = Gen.choose (1, 3)
            let! key = key
            return Batching(data, size, epochs, key)
        }

    // A piece that fits samples of this shape.
    let rec private piece smooth depth (shape: int list) : Gen<Piece> =
        let pointwise =
            [
                for name, _, isSmooth in Piece.pointwise do
                    if isSmooth || not smooth then
                        Piece.Pointwise name
            ]

        // Of two numbers alone the difference of which decides, a normalisation is all but a step.
        let isWide count = count >= 3 || not smooth
        let channels, cells = shape.Head, List.fold (*) 1 shape.Tail

        let others =
            [
                Piece.BatchNorm
                Piece.Dropout 0.5
                if isWide (channels * cells) then
                    Piece.LayerNorm
                    Piece.RmsNorm
                for groups in 1..channels do
                    if isWide (channels / groups * cells) then
                        Piece.GroupNorm groups
                if isWide cells then
                    Piece.InstanceNorm
                if not smooth then
                    Piece.Prelu
                    Piece.Maxout
            ]

        let sliding piece =
            Gen.map2 (fun channels kernel -> piece (channels, kernel)) (Gen.choose (1, 3)) (Gen.choose (1, 3))

        let here =
            [
                Gen.elements pointwise
                Gen.elements others
                if shape.Length = 1 then
                    Gen.choose (1, 4) |> Gen.map Piece.Dense
                else
                    Gen.constant Piece.Flatten
                    Gen.elements [ if not smooth then Piece.MaxPool else Piece.MeanPool ]
                    sliding Piece.Conv

                    if List.forall (fun n -> n <= 6) shape.Tail then
                        sliding Piece.Transposed
                if depth > 0 then
                    let inner = list smooth (depth - 1) shape
                    inner |> Gen.map Piece.Residual
                    Gen.map2 (fun f g -> Piece.Fork(f, g)) inner inner
                    Gen.choose (1, 3) |> Gen.bind (fun n -> Gen.listOfLength n inner) |> Gen.map Piece.Concat
            ]

        Gen.oneof here |> Gen.filter (fun piece -> (Piece.after shape piece).IsSome)

    // One to four pieces, each for what the one before gives.
    and private list smooth depth shape : Gen<Piece list> =
        let rec go left shape =
            if left = 0 then
                Gen.constant []
            else
                gen {
                    let! first = piece smooth depth shape
                    let! rest = go (left - 1) (Option.get (Piece.after shape first))
                    return first :: rest
                }

        Gen.choose (1, 4) |> Gen.bind (fun length -> go length shape)

    /// Pipelines of one to four layers for vectors, sequences, images or volumes, whose shapes fit: some of them residual, forked
    /// or joined from branches. `smooth` ones have neither kinks nor maxima, so that finite differences agree with derivatives
    /// everywhere.
    let pipeline (smooth: bool) : Gen<Pipeline> =
        let shape axes longest =
            Gen.map2
                (fun channels cells -> channels :: cells)
                (Gen.choose (1, 3))
                (Gen.listOfLength axes (Gen.choose (2, longest)))

        gen {
            let! input =
                Gen.frequency
                    [ 3, Gen.choose (1, 5) |> Gen.map List.singleton; 2, shape 1 8; 2, shape 2 6; 1, shape 3 3 ]

            let! pieces = list smooth 1 input
            return Pipeline(input, pieces)
        }
