namespace Functional

open Functional.FSharp

/// A data set cut into shuffled batches, so many samples each, the last of an epoch with what remains.
[<Sealed>]
type Batching internal (data: Dataset, size: int, epochs: int, key: Key) =

    /// The data set: inputs float32 [n; features], labels int64 [n].
    member _.Data = data

    /// The samples of a batch, at least 1.
    member _.Size = size

    /// How often each sample comes.
    member _.Epochs = epochs

    /// The key of the order.
    member _.Key = key

    /// The batches: inputs and labels.
    member _.Batches: Batches<struct (Tensor * Tensor)> = Dataset.batches size epochs key data

    /// The numbers by which the batches were made.
    override _.ToString() =
        $"{Dataset.count data} samples in batches of {size}, {epochs} epochs, {key}: inputs {Tensor.toDoubles data.Inputs |> List.ofArray}, labels {Tensor.toLongs data.Targets |> List.ofArray}"
