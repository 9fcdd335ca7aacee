/// What the functions of tensors share: numbers and tensors on their way to libtorch and back.
module internal Functional.FSharp.Wrapping

open System
open TorchSharp
open Functional

let inline wide (shape: int seq) = shape |> Seq.map int64 |> Seq.toArray
let inline native (dtype: Dtype) : torch.ScalarType = LanguagePrimitives.EnumOfValue(sbyte dtype)
let inline lift ([<InlineIfLambda>] f: torch.Tensor -> torch.Tensor) (x: Tensor) = Tensor.Of(f x.Raw)

let inline lift2 ([<InlineIfLambda>] f: torch.Tensor -> torch.Tensor -> torch.Tensor) (a: Tensor) (b: Tensor) =
    Tensor.Of(f a.Raw b.Raw)

/// Two results at once.
let inline liftPair ([<InlineIfLambda>] f: torch.Tensor -> struct (torch.Tensor * torch.Tensor)) (x: Tensor) =
    let struct (a, b) = f x.Raw
    struct (Tensor.Of a, Tensor.Of b)

/// A function composed of others refuses in its own name.
let named (name: string) (f: unit -> 'r) : 'r =
    try
        f ()
    with :? ArgumentException as error when not (error.Message.StartsWith name) ->
        raise (ArgumentException($"{name}: {error.Message}", error))

/// One position of an axis, which goes.
let select (axis: int) (index: int) (x: Tensor) = lift (Ops.select (int64 axis) (int64 index)) x
