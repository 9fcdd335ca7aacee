namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Fused forms: right to the first derivative, the composed forms beside them to any.
[<AutoOpen>]
module internal FusedOps =

    type private T = torch.Tensor

    [<RequireQualifiedAccess>]
    module Ops =

        let mseLoss a b = binary "squaredError" a b (fun a b -> torch.nn.functional.mse_loss (a, b))

        let crossEntropy logits labels =
            binary "crossEntropy" logits labels (fun logits labels ->
                torch.nn.functional.cross_entropy (logits, labels, ignore_index = Int64.MinValue))

        // Vectors that scale and shift: of a's dtype and of this shape.
        let private requireVectors name (a: T) (scale: T) (shift: T) (expected: int64[]) =
            for vector in [ scale; shift ] do
                if dtype vector <> dtype a || not ((shape vector).AsSpan().SequenceEqual expected) then
                    raise (
                        ArgumentException
                            $"{name} cannot be applied to {describe a} with {describe scale} and {describe shift}"
                    )

        /// Normalises by the batch, and moves running means and variances of the caller's own, in place.
        let batchNorm (scale: T) (shift: T) (means: T) (variances: T) (momentum: float) (epsilon: float) (a: T) =
            requireFloating "batchNorm" a

            if rank a < 2 then
                raise (ArgumentException $"batchNorm cannot be applied to {describe a}: it has no axis of features")

            requireVectors "batchNorm" a scale shift [| size a 1 |]
            requireVectors "batchNorm" a means variances [| size a 1 |]

            many "batchNorm" [| a; scale; shift; means; variances |] (fun all ->
                torch.nn.functional.batch_norm (all[0], all[3], all[4], all[1], all[2], true, momentum, epsilon))

        let layerNorm (scale: T) (shift: T) (epsilon: float) (a: T) =
            requireFloating "layerNorm" a
            let last = shape scale

            if last.Length = 0 || rank a < last.Length then
                raise (ArgumentException $"layerNorm cannot be applied to {describe a} with {describe scale}")

            requireVectors "layerNorm" a scale shift (Array.skip (rank a - last.Length) (shape a))

            many "layerNorm" [| a; scale; shift |] (fun all ->
                torch.nn.functional.layer_norm (all[0], last, all[1], all[2], epsilon))

        let groupNorm (groups: int64) (scale: T) (shift: T) (epsilon: float) (a: T) =
            requireFloating "groupNorm" a

            if rank a < 2 || groups < 1L || size a 1 % groups <> 0L then
                raise (ArgumentException $"groupNorm of {groups} groups cannot be applied to {describe a}")

            requireVectors "groupNorm" a scale shift [| size a 1 |]

            many "groupNorm" [| a; scale; shift |] (fun all ->
                torch.nn.functional.group_norm (all[0], groups, all[1], all[2], epsilon))
