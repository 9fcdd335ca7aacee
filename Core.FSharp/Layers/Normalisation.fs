namespace Functional

/// How a normalisation of each example divides, and whether it learns.
[<NoComparison>]
type Normalisation =
    {
        /// ε, which is added to the variance: from 0 up.
        Epsilon: float
        /// Whether there are a scale and a shift, learnt.
        Affine: bool
    }

namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// How a normalisation of each example divides.
[<RequireQualifiedAccess>]
module Normalisation =

    /// ε = 10⁻⁵, with a scale and a shift.
    let standard: Normalisation = { Epsilon = 1e-5; Affine = true }

/// What normalisations share.
module internal Norms =

    let requireEpsilon name epsilon =
        if not (epsilon >= 0.0 && epsilon < infinity) then
            invalidArg (nameof epsilon) $"{name}: epsilon is a number from 0 up, not {invariant epsilon}"

    /// A scale of 1 and a shift of 0, which change nothing: libtorch's kernels are given them where there are none.
    let neutral (shape: int list) (x: Tensor) : struct (Tensor * Tensor) =
        struct (Tensor.move x.Device (Tensor.onesOf x.Dtype shape), Tensor.move x.Device (Tensor.zerosOf x.Dtype shape))

    /// The settings of a normalisation of this size.
    let settings (size: (string * Setting) list) (how: Normalisation) =
        size @ [ "epsilon", Setting.Number how.Epsilon; "affine", Setting.Flag how.Affine ]

    /// A layer that standardises and, where there are a scale and a shift of this shape, uses them.
    let layer
        name
        (size: (string * Setting) list)
        (how: Normalisation)
        shape
        (run: struct (Tensor * Tensor) -> Tensor -> Tensor)
        : Layer<Tensor, Tensor> =
        let settings = settings size how

        if how.Affine then
            layerOf name settings {
                let! scale = scale "scale" (fun _ -> Tensor.ones shape)
                and! shift = bias "shift" (fun _ -> Tensor.zeros shape)
                return run (struct (scale, shift))
            }
        else
            Layer.func name settings (fun x -> run (neutral shape x) x)

    /// x less its mean over these axes, a constant of derivatives: a shift that normalisations do not see. Beside a large mean
    /// no digits are lost then, in libtorch's kernels, which multiply before they subtract, and in a mean that was rounded.
    let nearZero (axes: int seq) (x: Tensor) = x - Tensor.meanKeepingAxes axes (Tensor.stopGradient x)

/// Normalisations of each example by itself: in training and in evaluation the same, and nothing is remembered.
[<AutoOpen>]
module Normalise =

    // (x - mean)/√(variance + ε) over these axes, from parts that have derivatives of any order.
    let private standardise (epsilon: float) (axes: int seq) (x: Tensor) =
        let mean = Tensor.meanKeepingAxes axes
        let centred = x - mean x
        centred * Tensor.rsqrt (mean (Tensor.square centred) + epsilon)

    let private requireShape name least (shape: int list) =
        if
            shape.IsEmpty
            || List.exists (fun n -> n < 1) shape
            || Seq.fold (fun n length -> n * float length) 1.0 shape < float least
        then
            let given = Native.showShape [| for n in shape -> int64 n |]
            invalidArg (nameof shape) $"{name}: the last axes have at least {least} numbers together, not {given}"

    // The last axes, by their distance from the end.
    let private lastAxes name (shape: int list) (x: Tensor) =
        let given, expected = Native.shape x.Raw, [| for n in shape -> int64 n |]
        let leading = given.Length - expected.Length

        if leading < 0 || given[leading..] <> expected then
            let last = System.String.Join("; ", shape)

            invalidArg
                (nameof x)
                $"{name}: expected an input of shape [...; {last}], but was given {Native.showShape given}"

        [ for axis in leading .. given.Length - 1 -> axis ]

    /// y = (x - mean)/√(variance + ε)·scale + shift, mean and biased variance over the last axes (Ba, Kiros and Hinton 2016,
    /// https://arxiv.org/abs/1607.06450), as `how` says. x: [...; shape], scale and shift: shape.
    let layerNormWith (how: Normalisation) (shape: int list) : Layer<Tensor, Tensor> =
        requireShape "layerNorm" 2 shape
        Norms.requireEpsilon "layerNorm" how.Epsilon

        Norms.layer
            "layerNorm"
            [ "shape", Setting.Wholes(Wrapping.wide shape) ]
            how
            shape
            (fun (struct (scale, shift)) x ->
                let axes = lastAxes "layerNorm" shape x
                let x = Norms.nearZero axes x

                // libtorch's fused kernel is silently wrong from the third derivative on.
                if Differentiation.order () <= 1 then
                    Tensor.Of(Ops.layerNorm scale.Raw shift.Raw how.Epsilon x.Raw)
                else
                    standardise how.Epsilon axes x * scale + shift)

    /// y = (x - mean)/√(variance + ε)·scale + shift, mean and biased variance over the last axes, ε = 10⁻⁵ (Ba, Kiros and
    /// Hinton 2016, https://arxiv.org/abs/1607.06450). x: [...; shape], scale and shift: shape.
    let layerNorm (shape: int list) = layerNormWith Normalisation.standard shape

    /// y = x/√(mean of x² + ε)·scale, the mean over the last axes, as `how` says, without a shift: `layerNormWith` without mean
    /// and shift (Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467). x: [...; shape], scale: shape.
    let rmsNormWith (how: Normalisation) (shape: int list) : Layer<Tensor, Tensor> =
        requireShape "rmsNorm" 1 shape
        Norms.requireEpsilon "rmsNorm" how.Epsilon

        let standardised (x: Tensor) =
            let axes = lastAxes "rmsNorm" shape x
            x * Tensor.rsqrt (Tensor.meanKeepingAxes axes (Tensor.square x) + how.Epsilon)

        let settings = Norms.settings [ "shape", Setting.Wholes(Wrapping.wide shape) ] how

        if how.Affine then
            layerOf "rmsNorm" settings {
                let! scale = scale "scale" (fun _ -> Tensor.ones shape)
                return fun x -> standardised x * scale
            }
        else
            Layer.func "rmsNorm" settings standardised

    /// y = x/√(mean of x² + ε)·scale, the mean over the last axes, ε = 10⁻⁵: `layerNorm` without mean and shift (Zhang and
    /// Sennrich 2019, https://arxiv.org/abs/1910.07467). x: [...; shape], scale: shape.
    let rmsNorm (shape: int list) = rmsNormWith Normalisation.standard shape

    // Channels in groups, each group of each example by itself.
    let private byGroups name size (how: Normalisation) groups channels : Layer<Tensor, Tensor> =
        Norms.requireEpsilon name how.Epsilon

        let run (struct (scale: Tensor, shift: Tensor)) (x: Tensor) =
            let shape = x.Shape

            if shape.Length < 2 || shape[1] <> channels then
                invalidArg
                    (nameof x)
                    $"{name}: expected an input of shape [n; {channels}; ...], but was given {Native.showShape (Native.shape x.Raw)}"

            let size = Native.product name (Array.append [| channels / groups |] shape[2..])

            if size < 2 then
                invalidArg
                    (nameof x)
                    $"{name}: each group needs at least two values, but {Native.showShape (Native.shape x.Raw)} in {groups} groups has {size}"

            let grouped = Tensor.reshape [ shape[0]; groups; size ] x |> Norms.nearZero [ 2 ]

            if Differentiation.order () <= 1 then
                let x = Tensor.reshape shape grouped
                Tensor.Of(Ops.groupNorm (int64 groups) scale.Raw shift.Raw how.Epsilon x.Raw)
            else
                let column = List.init shape.Length (fun axis -> if axis = 1 then channels else 1)
                let whole = standardise how.Epsilon [ 2 ] grouped |> Tensor.reshape shape
                whole * Tensor.reshape column scale + Tensor.reshape column shift

        Norms.layer name size how [ channels ] run

    /// y = (x - mean)/√(variance + ε)·scale + shift, mean and biased variance over a group of neighbouring channels and all
    /// their cells (Wu and He 2018, https://arxiv.org/abs/1803.08494), as `how` says. x: [n; channels; …], scale and shift:
    /// [channels].
    let groupNormWith (how: Normalisation) (groups: int) (channels: int) : Layer<Tensor, Tensor> =
        if groups < 1 || channels < 1 || channels % groups <> 0 then
            invalidArg (nameof groups) $"groupNorm: {groups} groups do not divide {channels} channels"

        byGroups "groupNorm" [ "groups", Setting.Whole groups; "channels", Setting.Whole channels ] how groups channels

    /// y = (x - mean)/√(variance + ε)·scale + shift, mean and biased variance over a group of neighbouring channels and all
    /// their cells, ε = 10⁻⁵ (Wu and He 2018, https://arxiv.org/abs/1803.08494). x: [n; channels; …], scale and shift: [channels].
    let groupNorm (groups: int) (channels: int) = groupNormWith Normalisation.standard groups channels

    /// `groupNormWith` with a group for each channel: each channel of each example by itself (Ulyanov, Vedaldi and Lempitsky
    /// 2016, https://arxiv.org/abs/1607.08022). x: [n; channels; …] with at least two cells, scale and shift: [channels].
    let instanceNormWith (how: Normalisation) (channels: int) : Layer<Tensor, Tensor> =
        if channels < 1 then
            invalidArg (nameof channels) $"instanceNorm: there is at least one channel, not {channels}"

        byGroups "instanceNorm" [ "channels", Setting.Whole channels ] how channels channels

    /// `groupNorm` with a group for each channel: each channel of each example by itself (Ulyanov, Vedaldi and Lempitsky 2016,
    /// https://arxiv.org/abs/1607.08022). x: [n; channels; …] with at least two cells, scale and shift: [channels].
    let instanceNorm (channels: int) = instanceNormWith Normalisation.standard channels
