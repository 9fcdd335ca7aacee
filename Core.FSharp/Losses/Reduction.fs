namespace Functional

open System

/// How the losses of single elements or samples become what is minimised.
[<RequireQualifiedAccess; NoEquality; NoComparison>]
type Reduction =
    /// Their mean: [].
    | Mean
    /// Their sum: [].
    | Sum
    /// The losses as they are.
    | Each
    /// Σ w·l / Σ w for weights that broadcast to the losses: []. A mask is a weight of zeros and ones, or of truth values.
    | Weighted of weights: Tensor

    /// The result of the function for this way.
    member reduction.Match(mean: Func<'r>, sum: Func<'r>, each: Func<'r>, weighted: Func<Tensor, 'r>) : 'r =
        match reduction with
        | Mean -> mean.Invoke()
        | Sum -> sum.Invoke()
        | Each -> each.Invoke()
        | Weighted weights -> weighted.Invoke weights

namespace Functional.FSharp

open Functional

/// Reductions of losses.
[<RequireQualifiedAccess>]
module Reduction =

    let private requireSome (losses: Tensor) =
        if losses.Count = 0 then
            invalidArg (nameof losses) $"the mean over an empty batch is not defined: losses {losses}"

    let private weigh (weights: Tensor) (losses: Tensor) =
        try
            Tensor.expand losses.Shape (Tensor.cast losses.Dtype weights)
        with :? System.ArgumentException as refusal ->
            raise (
                System.ArgumentException(
                    $"the weights {weights} do not broadcast to the losses {losses}",
                    nameof weights,
                    refusal
                )
            )

    let private share (weighted: Tensor) (weights: Tensor) =
        let total = Tensor.sum weights

        if Tensor.toFloat total = 0.0 then
            invalidArg (nameof weights) $"the weights {weights} sum to 0: a mean over nothing is not defined"

        Tensor.sum weighted / total

    /// The losses reduced; in a mean each counts as much as its own weight, where it has one.
    let internal applyTo (own: Tensor voption) (reduction: Reduction) (losses: Tensor) : Tensor =
        match reduction, own with
        | Reduction.Each, _ -> losses
        | Reduction.Sum, _ -> Tensor.sum losses
        | Reduction.Mean, ValueNone ->
            requireSome losses
            Tensor.mean losses
        | Reduction.Mean, ValueSome own -> share losses own
        | Reduction.Weighted weights, own ->
            let weights = weigh weights losses

            match own with
            | ValueSome own -> share (weights * losses) (weights * own)
            | ValueNone -> share (weights * losses) weights

    /// The losses reduced.
    let apply (reduction: Reduction) (losses: Tensor) : Tensor = applyTo ValueNone reduction losses
