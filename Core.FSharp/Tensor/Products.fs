namespace Functional.FSharp

open System
open TorchSharp
open Functional
open Functional.FSharp.Wrapping

/// Products of vectors and matrices.
[<AutoOpen>]
module TensorProducts =

    /// Products of vectors and matrices.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// The matrix product over the last two axes: [n; k] × [k; m] -> [n; m]; leading axes broadcast.
        let matmul (a: Tensor) (b: Tensor) = Tensor.Of(Ops.matmul a.Raw b.Raw)

        /// The sum of products of two vectors: [k] × [k] -> [].
        let dot (x: Tensor) (y: Tensor) =
            if x.Rank <> 1 || y.Rank <> 1 then
                invalidArg (nameof y) $"dot takes two vectors, not {Native.describe x.Raw} and {Native.describe y.Raw}"

            if x.Count <> y.Count then
                invalidArg
                    (nameof y)
                    $"dot takes vectors of one length, not {Native.describe x.Raw} and {Native.describe y.Raw}"

            matmul x y
