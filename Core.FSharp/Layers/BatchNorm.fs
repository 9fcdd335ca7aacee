namespace Functional

/// How batch normalisation divides, what it remembers, and whether it learns.
[<NoComparison>]
type BatchNormalisation =
    {
        /// ε, which is added to the variance: from 0 up.
        Epsilon: float
        /// The part of a batch in the running mean and variance: from 0, which leaves them, to 1, which keeps the last batch's.
        Momentum: float
        /// Whether there are a scale and a shift, learnt.
        Affine: bool
        /// Whether a running mean and variance are kept for evaluation; else it normalises by its own batch as well.
        Running: bool
    }

namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// How batch normalisation divides and what it remembers.
[<RequireQualifiedAccess>]
module BatchNormalisation =

    /// ε = 10⁻⁵, momentum 0.1, with a scale and a shift and running statistics.
    let standard: BatchNormalisation = { Epsilon = 1e-5; Momentum = 0.1; Affine = true; Running = true }

/// Batch normalisation.
[<AutoOpen>]
module BatchNorm =

    /// y = (x - mean)/√(variance + ε)·scale + shift for each feature (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167), as
    /// `how` says. x: [n; features] or, over all cells, [n; features; l], [n; features; h; w], [n; features; d; h; w]. Training uses
    /// the batch's mean and biased variance; evaluation uses running ones, r ← (1 - momentum)·r + momentum·batch, the variance
    /// unbiased as in PyTorch, or the batch's where none are kept.
    let batchNormWith (how: BatchNormalisation) (features: int) : Layer<Tensor, Tensor> =
        if features < 1 then
            invalidArg (nameof features) $"batchNorm: there is at least one feature, not {features}"

        Norms.requireEpsilon "batchNorm" how.Epsilon
        let epsilon, momentum = how.Epsilon, how.Momentum

        if not (momentum >= 0.0 && momentum <= 1.0) then
            invalidArg (nameof momentum) $"batchNorm: momentum is a part, from 0 to 1, not {invariant momentum}"

        let init _ =
            let param role value = Leaf { Role = role; Value = value }

            struct (Node
                        [
                            if how.Affine then
                                "scale", param Role.Scale (Tensor.ones [ features ])
                                "shift", param Role.Bias (Tensor.zeros [ features ])
                        ],
                    Node
                        [
                            if how.Running then
                                "mean", Leaf(Tensor.zeros [ features ])
                                "variance", Leaf(Tensor.ones [ features ])
                        ])

        // libtorch's kernel, which with a momentum of 1 also gives the batch's mean and unbiased variance.
        let fused (scale: Tensor) (shift: Tensor) (x: Tensor) =
            let mean, variance =
                Tensor.zerosLike (Tensor.stopGradient scale), Tensor.zerosLike (Tensor.stopGradient scale)

            Tensor.Of(Ops.batchNorm scale.Raw shift.Raw mean.Raw variance.Raw 1.0 epsilon x.Raw), mean, variance

        // Whether a mean lies so many standard deviations from 0 that x·a + b, as the kernel has it, loses digits.
        let isFar (mean: Tensor) (variance: Tensor) =
            isNull Tally.Current
            && Array.exists2
                (fun mean variance -> mean * mean > 64.0 * (variance + epsilon))
                (Tensor.toDoubles mean)
                (Tensor.toDoubles variance)

        let run mode ps state (x: Tensor) =
            let shape = Native.shape x.Raw

            if shape.Length < 2 || shape[1] <> int64 features then
                invalidArg
                    (nameof x)
                    $"batchNorm: expected an input of shape [n; {features}; ...], but was given {Native.showShape shape}"

            // Every axis but the features', and the shape by which a vector of features broadcasts.
            let axes =
                [
                    for axis in 0 .. shape.Length - 1 do
                        if axis <> 1 then
                            axis
                ]

            let column = List.init shape.Length (fun axis -> if axis = 1 then features else 1)

            let struct (scale, shift) =
                if how.Affine then
                    struct ((Tree.leaf [ "scale" ] ps).Value, (Tree.leaf [ "shift" ] ps).Value)
                else
                    Norms.neutral [ features ] x

            let normalise (centred: Tensor) (variance: Tensor) =
                centred * Tensor.reshape column (Tensor.rsqrt (variance + epsilon) * scale)
                + Tensor.reshape column shift

            // What the batch normalises to, its mean and its unbiased variance.
            let byBatch () =
                let count = x.Count / int64 features

                if count < 2L then
                    invalidArg
                        (nameof x)
                        $"batchNorm: normalising by a batch needs at least two values of each feature, but was given {Native.showShape shape}"

                // libtorch's fused kernel is silently wrong from the third derivative on.
                if Differentiation.order () <= 1 then
                    let normalised, mean, variance = fused scale shift x

                    if isFar mean variance then
                        let shifted, rest, variance = fused scale shift (x - Tensor.reshape column mean)
                        struct (shifted, mean + rest, variance)
                    else
                        struct (normalised, mean, variance)
                else
                    let mean = Tensor.meanKeepingAxes axes
                    let shifted = Norms.nearZero axes x
                    let centred = shifted - mean shifted
                    let variance = mean (Tensor.square centred) |> Tensor.reshape [ features ]
                    let unbiased = float count / float (count - 1L) * Tensor.stopGradient variance
                    let seen = Tensor.stopGradient (mean x + mean shifted) |> Tensor.reshape [ features ]
                    struct (normalise centred variance, seen, unbiased)

            match mode with
            | Eval when how.Running ->
                let mean, variance = Tree.leaf [ "mean" ] state, Tree.leaf [ "variance" ] state
                struct (normalise (x - Tensor.reshape column mean) variance, state)
            | _ ->
                let struct (y, mean, variance) = byBatch ()

                let blend name (batch: Tensor) =
                    let running = Tensor.cast x.Dtype (Tree.leaf [ name ] state)
                    name, Leaf((1.0 - momentum) * running + momentum * batch)

                struct (y,
                        (if how.Running then
                             Node [ blend "mean" mean; blend "variance" variance ]
                         else
                             state))

        let settings =
            [
                "features", Setting.Whole features
                "epsilon", Setting.Number epsilon
                "momentum", Setting.Number momentum
                "affine", Setting.Flag how.Affine
            ]

        Layer.create "batchNorm" settings init run

    /// y = (x - mean)/√(variance + ε)·scale + shift for each feature, ε = 10⁻⁵ (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167).
    /// x: [n; features] or, over all cells, [n; features; l], [n; features; h; w], [n; features; d; h; w]. Training uses the batch's
    /// mean and biased variance; evaluation uses running ones, r ← 0.9·r + 0.1·batch, the variance unbiased as in PyTorch.
    let batchNorm (features: int) = batchNormWith BatchNormalisation.standard features
