namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// Vectors for words and other labels.
[<AutoOpen>]
module Embedding =

    let private outOfRange count (x: Tensor) =
        let values = Tensor.toLongs x

        match values |> Array.tryFindIndex (fun index -> index < 0L || index >= int64 count) with
        | Some at ->
            invalidArg
                (nameof x)
                $"embedding: index {values[at]} at position {at} is outside 0 … {count - 1}, the rows that there are"
        | None -> ()

    /// The row of W that each index names, with first values of W from an initializer: x·W for x one-hot. x: int64 [...] of
    /// indices 0 … count - 1, W: [count; size], y: [...; size].
    let embeddingWith (draw: Initializer) (count: int) (size: int) : Layer<Tensor, Tensor> =
        for name, n in [ nameof count, count; nameof size, size ] do
            if n < 1 then
                invalidArg name $"embedding: {name} must be positive, not {n}"

        layerOf "embedding" [ "count", Setting.Whole count; "size", Setting.Whole size ] {
            // One number of a one-hot vector is not 0.
            let! w = weight "weight" (draw { In = 1; Out = size } [ count; size ])

            return
                fun x ->
                    if x.Dtype <> Dtype.Int64 then
                        invalidArg (nameof x) $"embedding: indices are int64, but was given {x}"

                    try
                        Tensor.indexSelect 0 (Tensor.reshape [ -1 ] x) w |> Tensor.reshape [ yield! x.Shape; size ]
                    with :? System.ArgumentException ->
                        // libtorch looks at each index; only where it refuses is the culprit looked for.
                        outOfRange count x
                        reraise ()
        }

    /// The row of W that each index names. x: int64 [...], W: [count; size] from N(0, 1), y: [...; size].
    let embedding (count: int) (size: int) = embeddingWith (Initializer.normal 1.0) count size
