namespace Functional.FSharp

open Functional

/// Discrete Fourier transforms over one axis. A complex tensor is a pair of tensors, the real and the imaginary parts.
[<AutoOpen>]
module TensorFourier =

    let private pair (struct (re, im)) = Tensor.Of re, Tensor.Of im

    /// Discrete Fourier transforms over one axis. A complex tensor is a pair of tensors, the real and the imaginary parts.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// Xₖ = Σⱼ xⱼ·exp(-2πi·jk/n) along one axis, of real and imaginary parts.
        let fft (axis: int) (re: Tensor, im: Tensor) : Tensor * Tensor = pair (Ops.fft (int64 axis) re.Raw im.Raw)

        /// xⱼ = 1/n·Σₖ Xₖ·exp(2πi·jk/n) along one axis, of real and imaginary parts: the inverse of `fft`.
        let ifft (axis: int) (re: Tensor, im: Tensor) : Tensor * Tensor = pair (Ops.ifft (int64 axis) re.Raw im.Raw)

        /// `fft` of real numbers: the terms 0 to ⌊n/2⌋, of which the others are conjugates.
        let rfft (axis: int) (x: Tensor) : Tensor * Tensor = pair (Ops.rfft (int64 axis) x.Raw)

        /// The inverse of `rfft`, for an axis of this length.
        let irfft (axis: int) (length: int) (re: Tensor, im: Tensor) : Tensor =
            Tensor.Of(Ops.irfft (int64 axis) (int64 length) re.Raw im.Raw)
