namespace Functional

/// Samples and what is wanted of each, aligned along the first axis of both.
[<Sealed; NoComparison>]
type Dataset internal (inputs: Tensor, targets: Tensor) =
    /// The samples: [n; …].
    member _.Inputs = inputs

    /// What is wanted of each: [n; …].
    member _.Targets = targets

namespace Functional.FSharp

open System
open Functional

/// Data sets.
[<RequireQualifiedAccess>]
module Dataset =

    /// The number of samples.
    let count (data: Dataset) = int (Native.size data.Inputs.Raw 0)

    /// Inputs [n; …] and targets [n; …], n at least 1.
    let create (inputs: Tensor) (targets: Tensor) : Dataset =
        if inputs.Rank = 0 || targets.Rank = 0 || Native.size inputs.Raw 0 <> Native.size targets.Raw 0 then
            invalidArg
                (nameof targets)
                $"inputs and targets are aligned along the first axis, but were given as {inputs} and {targets}"

        if Native.size inputs.Raw 0 = 0L then
            invalidArg (nameof inputs) $"the data set is empty: inputs {inputs}"

        Dataset(inputs, targets)

    /// Samples start, start + 1, … before stop, without copying.
    let slice (start: int) (stop: int) (data: Dataset) : Dataset =
        if start < 0 || stop <= start || stop > count data then
            invalidArg (nameof stop) $"samples {start} to {stop} of a data set with {count data}"

        Dataset(Tensor.slice 0 start stop data.Inputs, Tensor.slice 0 start stop data.Targets)

    /// Mini-batches of `size` samples through `epochs` epochs: each epoch in an order of its own, drawn from the key, every
    /// sample once, the last batch of an epoch shorter where it must be. One batch is (inputs, targets).
    let batches (size: int) (epochs: int) (key: Key) (data: Dataset) : Batches<struct (Tensor * Tensor)> =
        if size < 1 || epochs < 0 then
            invalidArg
                (nameof size)
                $"batches hold at least one sample and epochs are not negative: size {size}, epochs {epochs}"

        let count = count data
        let perEpoch = (count + size - 1) / size

        let pick (order: int[]) at () =
            let index = Tensor.ofInts (ArraySegment(order, at * size, min size (count - at * size)))
            struct (Tensor.indexSelect 0 index data.Inputs, Tensor.indexSelect 0 index data.Targets)

        Batches(fun start ->
            seq {
                for epoch in start / perEpoch .. epochs - 1 do
                    let order = Random.permutation count (Key.child epoch key)
                    let first = if epoch = start / perEpoch then start % perEpoch else 0

                    for at in first .. perEpoch - 1 do
                        pick order at
            })
