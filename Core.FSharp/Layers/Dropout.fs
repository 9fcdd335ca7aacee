namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// Dropout.
[<AutoOpen>]
module Dropout =

    /// In training zeroes each number with probability `rate` and multiplies the rest by 1/(1 - rate), so the mean stays
    /// (Srivastava et al. 2014); in evaluation changes nothing.
    let dropout (rate: float) : Layer<Tensor, Tensor> =
        if not (rate >= 0.0 && rate < 1.0) then
            invalidArg (nameof rate) $"dropout: the rate is at least 0 and below 1, not {rate}"

        Layer.create "dropout" (fun _ -> struct (Tree.empty, Tree.empty)) (fun mode _ state (x: Tensor) ->
            match mode with
            | Train key when rate > 0.0 ->
                let kept = Random.uniform x.Shape key
                let mask = Tensor.Of(Ops.geScalar kept.Raw rate) |> Tensor.cast x.Dtype
                struct (x * (mask * (1.0 / (1.0 - rate))), state)
            | Train _
            | Eval -> struct (x, state))
