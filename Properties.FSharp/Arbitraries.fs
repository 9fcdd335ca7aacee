namespace Functional

open System.Runtime.InteropServices
open FsCheck
open FsCheck.FSharp
open Functional.FSharp

/// The shape of a tensor, for properties that ask for one.
[<Sealed>]
type Shape(axes: int[]) =
    /// The length of each axis.
    member _.Axes: int[] = Array.copy axes

    /// Such as "[2; 3]".
    override _.ToString() =
        let lengths = System.String.Join("; ", axes)
        $"[{lengths}]"

/// Generators and shrinkers by type: `[<Property(Arbitrary = [| typeof<Arbitraries> |])>]`, or each by itself, as in C#'s
/// `Prop.ForAll(Arbitraries.Tensor(), x => …)`.
[<AbstractClass; Sealed>]
type Arbitraries =

    /// Float32 tensors of 0 to 3 axes of 1 to 5, of finite numbers.
    static member Tensor() : Arbitrary<Tensor> =
        Arb.fromGenShrink (Generators.shape 0 3 5 |> Gen.bind (Generators.tensor false Dtype.Float32), Shrinkers.tensor)

    /// Keys of seeds.
    static member Key() : Arbitrary<Key> = Arb.fromGenShrink (Generators.key, Shrinkers.key)

    /// Shapes of 0 to 4 axes of 1 to 6.
    static member Shape() : Arbitrary<Shape> =
        Arb.fromGenShrink (
            Generators.shape 0 4 6 |> Gen.map (fun axes -> Shape(Array.ofList axes)),
            fun shape -> Shrinkers.shape (List.ofArray shape.Axes) |> Seq.map (fun axes -> Shape(Array.ofList axes))
        )

    /// Trees of small float32 tensors.
    static member Tree() : Arbitrary<Tree<Tensor>> =
        let leaf = Generators.shape 0 2 3 |> Gen.bind (Generators.tensor false Dtype.Float32)
        Arb.fromGenShrink (Generators.tree leaf, Shrinkers.tree Shrinkers.tensor)

    /// Data sets of 1 to 8 samples with labels: what batches are taken from.
    static member Dataset() : Arbitrary<Dataset> = Arb.fromGenShrink (Generators.dataset, Shrinkers.dataset)

    /// Batches of 1 to 8 samples: inputs and labels.
    static member Batch() : Arbitrary<struct (Tensor * Tensor)> = Arb.fromGenShrink (Generators.batch, Shrinkers.batch)

    /// Data sets in batches of 1 to 4 samples, for 1 to 3 epochs.
    static member Batching() : Arbitrary<Batching> = Arb.fromGenShrink (Generators.batching, Shrinkers.batching)

    /// Pipelines of the library's layers whose shapes fit.
    static member Pipeline() : Arbitrary<Pipeline> = Arbitraries.PipelineOf false

    /// Pipelines of the library's layers whose shapes fit; `smooth` ones have neither kinks nor maxima, for laws of derivatives.
    static member PipelineOf(smooth: bool) : Arbitrary<Pipeline> =
        Arb.fromGenShrink (Generators.pipeline smooth, Shrinkers.pipeline)

    /// Tensors of one shape and dtype, float32 unless it is given; with `specials` some numbers are NaN, infinities and -0.
    /// Shrinking keeps the shape.
    static member TensorOf
        (
            shape: int[],
            [<Optional; DefaultParameterValue(Dtype.Float32)>] dtype: Dtype,
            [<Optional; DefaultParameterValue(false)>] specials: bool
        ) : Arbitrary<Tensor> =
        Arb.fromGenShrink (Generators.tensor specials dtype (List.ofArray shape), Shrinkers.numbers)
