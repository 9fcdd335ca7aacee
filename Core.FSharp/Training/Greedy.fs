namespace Functional.FSharp

open Functional

/// Training layer by layer.
[<RequireQualifiedAccess>]
module Greedy =

    /// Each level is trained on what the levels below make of the data (Hinton, Osindero and Teh 2006,
    /// https://doi.org/10.1162/neco.2006.18.7.1527; Bengio et al. 2007). A level takes a key and the data as it sees it, and gives
    /// a model and what that makes of data; the models are given from the bottom up.
    let layerwise
        (levels: (Key -> Tensor -> struct ('model * (Tensor -> Tensor))) seq)
        (key: Key)
        (data: Tensor)
        : 'model list =
        let train (models, data: Tensor) (i, level) =
            let struct (model, lift: Tensor -> Tensor) = level (Key.child i key) data
            model :: models, Scope.tensor (fun () -> lift data)

        levels |> Seq.indexed |> Seq.fold train ([], data) |> fst |> List.rev
