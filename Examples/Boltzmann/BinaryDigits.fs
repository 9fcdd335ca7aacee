/// Digits as samples of binary units.
module Functional.Examples.BinaryDigits

open Functional
open Functional.FSharp

/// Images as rows of grey levels: [n; pixels].
let rows (digits: Dataset) : Tensor = Tensor.reshape [ Dataset.count digits; -1 ] digits.Inputs

/// Each pixel 1 with the chance of its grey level, once and for all: [n; pixels] (Salakhutdinov and Murray 2008,
/// https://doi.org/10.1145/1390156.1390266).
let binarised (key: Key) (digits: Dataset) : Tensor = Random.bernoulliEach (rows digits) key

/// Mini-batches of samples [n; units] through so many epochs, each in an order of its own.
let batches (size: int) (epochs: int) (key: Key) (samples: Tensor) : Batches<Tensor> =
    Dataset.create samples (Tensor.arange samples.Shape[0])
    |> Dataset.batches size epochs key
    |> Batches.map (fun (struct (batch, _)) -> batch)

/// The first snapshot of a machine whose visible units begin with their own frequencies in the samples (Hinton 2010, A practical
/// guide to training restricted Boltzmann machines, section 8).
let startAt (samples: Tensor) (rbm: Rbm) (rule: Rule<Tensor>) (optimizer: Transform) (key: Key) : Snapshot =
    let first = Training.start rule optimizer key
    let bias = Leaf { Role = Role.Bias; Value = Rbm.baseRates rbm samples }
    Snapshot.withParams (Tree.set [ "visible" ] bias first.Params) first
