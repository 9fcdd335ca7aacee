namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Wrapping

/// Activation functions of each element.
[<AutoOpen>]
module TensorActivations =

    /// Activation functions of each element.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// 1/(1 + e⁻ˣ)
        let sigmoid (x: Tensor) = lift Ops.sigmoid x
        /// ln(1/(1 + e⁻ˣ)), exact for large |x|.
        let logsigmoid (x: Tensor) = lift Ops.logsigmoid x
        /// max(x, 0); its derivative at 0 is taken as 0.
        let relu (x: Tensor) = lift Ops.relu x
        /// x where x > 0, else slope·x.
        let leakyRelu (slope: float) (x: Tensor) = Tensor.Of(Ops.leakyRelu x.Raw slope)
        /// x where x > 0, else alpha·(eˣ - 1). Clevert, Unterthiner and Hochreiter 2015, arXiv:1511.07289.
        let elu (alpha: float) (x: Tensor) = Tensor.Of(Ops.elu x.Raw alpha)
        /// x/(1 + e⁻ˣ), also called swish; NaN at -∞. Elfwing, Uchibe and Doya 2017, arXiv:1702.03118.
        let silu (x: Tensor) = lift Ops.silu x

        /// ln(1 + eˣ), exact for large |x|: libtorch's own gives x above 20.
        let softplus (x: Tensor) =
            under "softplus" (fun () ->
                Native.requireFloating "softplus" x.Raw
                -(logsigmoid -x))

        /// x·Φ(x), Φ the normal distribution function, without approximation: x·erfc(-x/√2)/2, which keeps its digits in
        /// the tail; NaN at -∞. Hendrycks and Gimpel 2016, arXiv:1606.08415.
        let gelu (x: Tensor) =
            under "gelu" (fun () ->
                Native.requireFloating "gelu" x.Raw
                0.5 * x * Tensor.erfc (-1.0 / Math.Sqrt 2.0 * x))
