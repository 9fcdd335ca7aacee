namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

// The constants of Klambauer et al. 2017, https://arxiv.org/abs/1706.02515.
module internal Selu =

    [<Literal>]
    let lambda = 1.0507009873554805

    [<Literal>]
    let alpha = 1.6732632423543772

/// Activation functions and other layers without parameters.
[<AutoOpen>]
module Activation =

    /// max(x, 0)
    let relu: Layer<Tensor, Tensor> = Layer.func "relu" [] Tensor.relu

    /// tanh x
    let tanh: Layer<Tensor, Tensor> = Layer.func "tanh" [] Tensor.tanh

    /// 1/(1 + e⁻ˣ)
    let sigmoid: Layer<Tensor, Tensor> = Layer.func "sigmoid" [] Tensor.sigmoid

    /// exp(xᵢ) / Σⱼ exp(xⱼ) along the last axis.
    let softmax: Layer<Tensor, Tensor> = Layer.func "softmax" [ "axis", Setting.Whole -1L ] (Tensor.softmax -1)

    /// ln of `softmax` along the last axis, exact where softmax is almost 0.
    let logsoftmax: Layer<Tensor, Tensor> =
        Layer.func "logsoftmax" [ "axis", Setting.Whole -1L ] (Tensor.logsoftmax -1)

    /// x where x > 0, else slope·x (Maas, Hannun and Ng 2013).
    let leakyRelu (slope: float) : Layer<Tensor, Tensor> =
        Layer.func "leakyRelu" [ "slope", Setting.Number slope ] (Tensor.leakyRelu slope)

    /// ln(1 + eˣ)
    let softplus: Layer<Tensor, Tensor> = Layer.func "softplus" [] Tensor.softplus

    /// x where x > 0, else alpha·(eˣ - 1) (Clevert, Unterthiner and Hochreiter 2015, https://arxiv.org/abs/1511.07289).
    let elu (alpha: float) : Layer<Tensor, Tensor> =
        Layer.func "elu" [ "alpha", Setting.Number alpha ] (Tensor.elu alpha)

    /// λ·(x where x > 0, else α·(eˣ - 1)) with the λ and α for which mean 0 and variance 1 are a fixed point (Klambauer et al.
    /// 2017, https://arxiv.org/abs/1706.02515): first weights from `Initializer.lecun`.
    let selu: Layer<Tensor, Tensor> = Layer.func "selu" [] (fun x -> Selu.lambda * Tensor.elu Selu.alpha x)

    /// x·Φ(x), Φ the normal distribution function, exact (Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415).
    let gelu: Layer<Tensor, Tensor> = Layer.func "gelu" [] Tensor.gelu

    /// x·(1 + tanh u)/2 with u = √(2/π)·(x + 0.044715·x³), the approximation of `gelu` in the same paper: GPT-2's and BERT's.
    let geluTanh: Layer<Tensor, Tensor> =
        Layer.func "geluTanh" [] (fun x ->
            // (1 + tanh u)/2 is the sigmoid of 2u, which keeps its digits in the tail. At ±30 it has long been 0 or 1, and the
            // cube of a larger number may overflow.
            let near = Tensor.clamp -30.0 30.0 x
            x * Tensor.sigmoid (sqrt (8.0 / System.Math.PI) * (near + 0.044715 * (near * near * near))))

    /// x/(1 + e⁻ˣ), also called swish (Elfwing, Uchibe and Doya 2017, https://arxiv.org/abs/1702.03118).
    let silu: Layer<Tensor, Tensor> = Layer.func "silu" [] Tensor.silu

    /// x·tanh(ln(1 + eˣ)) (Misra 2019, https://arxiv.org/abs/1908.08681).
    let mish: Layer<Tensor, Tensor> = Layer.func "mish" [] (fun x -> x * Tensor.tanh (Tensor.softplus x))

    /// x between -1 and 1, and the nearer of these beyond.
    let hardtanh: Layer<Tensor, Tensor> = Layer.func "hardtanh" [] (Tensor.clamp -1.0 1.0)

    /// x where x > 0, else slope·x with a slope for each channel, learnt, first ¼ and never decayed (He et al. 2015,
    /// https://arxiv.org/abs/1502.01852). x: [n; channels; …]; of one channel the slope is that of all of any x.
    let prelu (channels: int) : Layer<Tensor, Tensor> =
        if channels < 1 then
            invalidArg (nameof channels) $"prelu: there is at least one channel, not {channels}"

        layerOf "prelu" [ "channels", Setting.Whole channels ] {
            let! slope = scale "slope" (fun _ -> Tensor.full [ channels ] 0.25)

            return
                fun x ->
                    let shape = Native.shape x.Raw

                    if channels > 1 && (shape.Length < 2 || shape[1] <> int64 channels) then
                        invalidArg
                            (nameof x)
                            $"prelu: expected an input of shape [n; {channels}; ...], but was given {Native.showShape shape}"

                    let column = List.init shape.Length (fun axis -> if axis = 1 then channels else 1)
                    Tensor.where (Tensor.gtNumber 0.0 x) x (Tensor.reshape column slope * x)
        }

    /// The largest of so many neighbouring channels: yᵢ = max of x_(i·pieces) … x_(i·pieces + pieces - 1) (Goodfellow et al. 2013,
    /// https://arxiv.org/abs/1302.4389), behind a layer with as many times more outputs. x: [n; m·pieces; …] -> [n; m; …].
    let maxout (pieces: int) : Layer<Tensor, Tensor> =
        if pieces < 1 then
            invalidArg (nameof pieces) $"maxout: there is at least one piece, not {pieces}"

        Layer.func "maxout" [ "pieces", Setting.Whole pieces ] (fun x ->
            let shape = Native.shape x.Raw

            if shape.Length < 2 || shape[1] % int64 pieces <> 0L then
                invalidArg
                    (nameof x)
                    $"maxout: expected an input of shape [n; a multiple of {pieces}; ...], but was given {Native.showShape shape}"

            Tensor.unflatten 1 [ int shape[1] / pieces; pieces ] x |> Tensor.maxOver 2)

    /// [n; …] -> [n; product of the rest].
    let flatten: Layer<Tensor, Tensor> =
        Layer.func "flatten" [] (fun x ->
            let shape = Native.shape x.Raw

            if shape.Length < 2 then
                invalidArg
                    (nameof x)
                    $"flatten: expected an input of shape [n; ...], but was given {Native.showShape shape}"

            Tensor.reshape [ int shape[0]; Array.fold (fun n axis -> n * int axis) 1 shape[1..] ] x)

    /// [n; …] -> [n; shape]: each example's numbers in another shape, of which one length may be -1: what remains.
    let reshape (shape: int list) : Layer<Tensor, Tensor> =
        if List.exists (fun n -> n < -1) shape || (List.filter ((=) -1) shape).Length > 1 then
            let given = Native.showShape [| for n in shape -> int64 n |]
            invalidArg (nameof shape) $"reshape: lengths are not negative, but for one -1, and not {given}"

        Layer.func "reshape" [ "shape", Setting.Wholes(Wrapping.wide shape) ] (fun x ->
            if x.Rank < 1 then
                invalidArg (nameof x) "reshape: expected an input of shape [n; ...], but was given []"

            Tensor.reshape (x.Shape[0] :: shape) x)
