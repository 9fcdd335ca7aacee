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
    /// Σ w·l / Σ w for weights that broadcast to the losses: []. A mask is a weight of zeros and ones, or of truth values; what
    /// a weight of 0 hides may be NaN or infinite, and gets no derivative.
    | Weighted of weights: Tensor

    /// The result of the function for this way.
    member reduction.Match(mean: Func<'r>, sum: Func<'r>, each: Func<'r>, weighted: Func<Tensor, 'r>) : 'r =
        match reduction with
        | Mean -> (FSharp.Given.required (nameof mean) mean).Invoke()
        | Sum -> (FSharp.Given.required (nameof sum) sum).Invoke()
        | Each -> (FSharp.Given.required (nameof each) each).Invoke()
        | Weighted weights -> (FSharp.Given.required (nameof weighted) weighted).Invoke weights

namespace Functional.FSharp

open Functional

/// Reductions of losses.
[<RequireQualifiedAccess>]
module Reduction =

    let private requireSome (losses: Tensor) =
        if losses.Count = 0L then
            invalidArg (nameof losses) $"the mean over an empty batch is not defined: losses {losses}"

    let private spread (shape: int[]) (weights: Tensor) =
        try
            Tensor.expand shape weights
        with :? System.ArgumentException as refusal ->
            let losses = System.String.Join("; ", shape)

            raise (
                System.ArgumentException(
                    $"the weights {weights} do not broadcast to the losses [{losses}]",
                    nameof weights,
                    refusal
                )
            )

    let private share (weighted: Tensor) (weights: Tensor) =
        let total = Tensor.sum weights

        if Tensor.toFloat total = 0.0 then
            invalidArg (nameof weights) $"the weights {weights} sum to 0: a mean over nothing is not defined"

        Tensor.sum weighted / total

    let private unlessHidden (weights: Tensor) (instead: float) (x: Tensor) =
        Tensor.where (Tensor.eqNumber 0.0 weights) (Tensor.fullLike instead x) x

    /// What the losses of this shape are made of, with a number in the place of what weights of 0 hide: whatever stands there,
    /// the derivatives behind it are finite. The axis is one that the losses lack.
    let internal shown (reduction: Reduction) (shape: int[]) (axis: int voption) (instead: float) (x: Tensor) : Tensor =
        match reduction with
        | Reduction.Weighted weights ->
            let weights = spread shape weights

            let weights =
                match axis with
                | ValueSome axis -> Tensor.expand x.Shape (Tensor.unsqueeze axis weights)
                | ValueNone -> weights

            unlessHidden weights instead x
        | _ -> x

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
            let weights = Tensor.cast losses.Dtype (spread losses.Shape weights)
            let weighted = unlessHidden weights 0.0 (weights * losses)

            match own with
            | ValueSome own -> share weighted (weights * own)
            | ValueNone -> share weighted weights

    /// The losses reduced.
    let apply (reduction: Reduction) (losses: Tensor) : Tensor = applyTo ValueNone reduction losses
