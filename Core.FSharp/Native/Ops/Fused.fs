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

        let batchNorm (scale: T) (shift: T) (epsilon: float) (a: T) =
            requireFloating "batchNorm" a

            if rank a < 2 then
                raise (ArgumentException $"batchNorm cannot be applied to {describe a}: it has no axis of features")

            let features = [| size a 1 |]

            for vector in [ scale; shift ] do
                if dtype vector <> dtype a || not ((shape vector).AsSpan().SequenceEqual features) then
                    raise (
                        ArgumentException
                            $"batchNorm cannot be applied to {describe a} with {describe scale} and {describe shift}"
                    )

            many "batchNorm" [| a; scale; shift |] (fun all ->
                torch.nn.functional.batch_norm (all[0], null, null, all[1], all[2], true, 0.0, epsilon))
