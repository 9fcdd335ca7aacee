/// What the functions of tensors share: numbers and tensors on their way to libtorch and back.
module internal Functional.FSharp.Wrapping

open TorchSharp
open Functional

let inline wide (shape: int seq) = shape |> Seq.map int64 |> Seq.toArray
let inline native (dtype: Dtype) : torch.ScalarType = LanguagePrimitives.EnumOfValue(sbyte dtype)
let inline lift ([<InlineIfLambda>] f: torch.Tensor -> torch.Tensor) (x: Tensor) = Tensor.Of(f x.Raw)

/// One position of an axis, which goes.
let select (axis: int) (index: int) (x: Tensor) = lift (Ops.select (int64 axis) (int64 index)) x
