namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// What happens to numbers in training only.
module internal Disturbance =

    /// A layer that changes its input in training and leaves it alone in evaluation.
    let layer kind settings (change: Key -> Tensor -> Tensor) : Layer<Tensor, Tensor> =
        Layer.create kind settings (fun _ -> struct (Tree.empty, Tree.empty)) (fun mode _ state x ->
            match mode with
            | Train key -> struct (change key x, state)
            | Eval -> struct (x, state))

    let requireRate kind (rate: float) =
        if not (rate >= 0.0 && rate <= 1.0) then
            invalidArg (nameof rate) $"{kind}: the rate is between 0 and 1, not {invariant rate}"

/// Dropout: zeros in training, each with probability `rate`.
[<AutoOpen>]
module Dropout =

    // 1/(1 - rate) with probability 1 - rate, else 0.
    let private kept (rate: float) (shape: int seq) (dtype: Dtype) key =
        let scale = 1.0 / (1.0 - rate)

        if dtype = Dtype.Float32 then
            Random.mask rate scale shape key
        else
            Tensor.cast dtype (Random.mask rate 1.0 shape key) * scale

    // Of rate 0 and of rate 1 nothing is drawn.
    let private dropping kind rate (change: Key -> Tensor -> Tensor) =
        Disturbance.requireRate kind rate

        Disturbance.layer
            kind
            [ "rate", Setting.Number rate ]
            (match rate with
             | 0.0 -> fun _ x -> x
             | 1.0 -> fun _ x -> Tensor.zerosLike x
             | _ -> change)

    /// In training zeroes each number with probability `rate` and multiplies the rest by 1/(1 - rate), so the mean stays
    /// (Srivastava et al. 2014); rate 1 leaves zeros. In evaluation changes nothing.
    let dropout (rate: float) : Layer<Tensor, Tensor> =
        dropping "dropout" rate (fun key x -> x * kept rate x.Shape x.Dtype key)

    /// As `dropout`, but a channel goes or stays as a whole: its cells are alike (Tompson et al. 2015,
    /// https://arxiv.org/abs/1411.4280). x: [n; channels; …] with at least one axis of cells.
    let spatialDropout (rate: float) : Layer<Tensor, Tensor> =
        dropping "spatialDropout" rate (fun key x ->
            if x.Rank < 3 then
                invalidArg
                    (nameof x)
                    $"spatialDropout: expected an input of shape [n; channels; cells; ...], but was given {Native.showShape (Native.shape x.Raw)}"

            let shape = x.Shape |> Array.mapi (fun axis n -> if axis < 2 then n else 1)
            x * kept rate shape x.Dtype key)

    /// In training sets each number to -λα, where `selu` ends, with probability `rate`, and takes a·x + b of all, so that mean 0
    /// and variance 1 stay (Klambauer et al. 2017, https://arxiv.org/abs/1706.02515); rate 1 leaves zeros, the mean. In evaluation
    /// changes nothing.
    let alphaDropout (rate: float) : Layer<Tensor, Tensor> =
        let floor, q = -Selu.lambda * Selu.alpha, 1.0 - rate
        let a = 1.0 / sqrt (q + floor * floor * q * rate)
        let b = -a * rate * floor

        dropping "alphaDropout" rate (fun key x ->
            let mask = Tensor.cast x.Dtype (Random.mask rate 1.0 x.Shape key)
            a * (x * mask + floor * (1.0 - mask)) + b)
