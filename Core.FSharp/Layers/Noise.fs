namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// Normal noise in training.
[<AutoOpen>]
module Noise =

    let private noise kind (x: Tensor) key =
        Native.requireFloating kind x.Raw
        let drawn = if x.Dtype = Dtype.Float64 then Dtype.Float64 else Dtype.Float32
        Random.normalOf drawn x.Shape key |> Tensor.cast x.Dtype

    /// In training x + N(0, deviation²), drawn for each number (Vincent et al. 2010: denoising; Bishop 1995: a penalty on the
    /// slope); in evaluation x.
    let gaussianNoise (deviation: float) : Layer<Tensor, Tensor> =
        if not (deviation >= 0.0 && deviation < infinity) then
            invalidArg
                (nameof deviation)
                $"gaussianNoise: the deviation is at least 0 and finite, not {invariant deviation}"

        Disturbance.layer "gaussianNoise" [ "deviation", Setting.Number deviation ] (fun key x ->
            x + deviation * noise "gaussianNoise" x key)

    /// In training x·N(1, rate/(1 - rate)), drawn for each number: mean and variance of `dropout`, and no zeros (Srivastava et
    /// al. 2014, section 10); in evaluation x.
    let gaussianDropout (rate: float) : Layer<Tensor, Tensor> =
        if not (rate >= 0.0 && rate < 1.0) then
            invalidArg (nameof rate) $"gaussianDropout: the rate is at least 0 and below 1, not {invariant rate}"

        let deviation = sqrt (rate / (1.0 - rate))

        Disturbance.layer "gaussianDropout" [ "rate", Setting.Number rate ] (fun key x ->
            x * (1.0 + deviation * noise "gaussianDropout" x key))
