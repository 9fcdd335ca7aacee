/// What the functions of tensors share: numbers and tensors on their way to libtorch and back, and how they refuse.
module internal Functional.FSharp.Wrapping

open System
open TorchSharp
open Functional

let inline wide (shape: int seq) = shape |> Seq.map int64 |> Seq.toArray

/// libtorch's own type of elements; a number that is none of ours is refused.
let native (dtype: Dtype) : torch.ScalarType =
    if not (Enum.IsDefined dtype) then
        let known = String.Join(", ", Enum.GetNames<Dtype>())
        raise (ArgumentException($"{int dtype} is no dtype; there are {known}", nameof dtype))

    LanguagePrimitives.EnumOfValue(sbyte dtype)

let inline lift ([<InlineIfLambda>] f: torch.Tensor -> torch.Tensor) (x: Tensor) = Tensor.Of(f x.Raw)

let inline lift2 ([<InlineIfLambda>] f: torch.Tensor -> torch.Tensor -> torch.Tensor) (a: Tensor) (b: Tensor) =
    Tensor.Of(f a.Raw b.Raw)

/// Two results at once.
let inline liftPair ([<InlineIfLambda>] f: torch.Tensor -> struct (torch.Tensor * torch.Tensor)) (x: Tensor) =
    let struct (a, b) = f x.Raw
    Tensor.Of a, Tensor.Of b

/// One position of an axis, which goes.
let select (axis: int) (index: int) (x: Tensor) = lift (Ops.select (int64 axis) (int64 index)) x

let showShape (shape: int seq) = Native.showShape (wide shape)

/// A refusal that names the function and the tensor that it was given.
let refuse (name: string) (x: Tensor) (problem: string) : 'a =
    raise (ArgumentException $"{name} cannot be applied to {Native.describe x.Raw}: {problem}")

/// The place of an axis counted from the front; a negative one counts from the end.
let axisOf name (axis: int) (x: Tensor) : int =
    let rank = x.Rank
    let place = if axis < 0 then axis + rank else axis

    if place < 0 || place >= rank then
        refuse name x $"it has no axis {axis}"

    place

/// What a function composed of others cannot do is refused in its own name.
let inline under (name: string) ([<InlineIfLambda>] f: unit -> 'a) : 'a =
    try
        f ()
    with :? ArgumentException as error when not (error.Message.Contains(name, StringComparison.Ordinal)) ->
        raise (ArgumentException $"{name}: {error.Message}")

/// What was made on the processor, on the device of x. While a summary is made nothing moves.
let beside (x: Tensor) (made: Tensor) : Tensor =
    if Native.isOnCpu x.Raw || not (isNull Tally.Current) then
        made
    else
        let moved = lift (Ops.move (Native.device x.Raw)) made
        made.Free()
        moved

// libtorch would fill whole numbers with whatever a float beyond them becomes.
let requireFits name (dtype: Dtype) (value: float) =
    let between (low: float) (high: float) = value = floor value && value >= low && value <= high

    let fits =
        match dtype with
        | Dtype.UInt8 -> between 0.0 255.0
        | Dtype.Int8 -> between -128.0 127.0
        | Dtype.Int16 -> between -32768.0 32767.0
        | Dtype.Int32 -> between (float Int32.MinValue) (float Int32.MaxValue)
        | Dtype.Int64 -> between -9.2e18 9.2e18
        | _ -> true

    if not fits then
        let name' = dtype.ToString().ToLowerInvariant()
        raise (ArgumentException $"{name} cannot write {invariant value} as {name'}")
