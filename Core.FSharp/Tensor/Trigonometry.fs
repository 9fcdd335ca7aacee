namespace Functional.FSharp

open Functional
open Functional.FSharp.Wrapping

/// Trigonometric and hyperbolic functions of each element; angles are in radians.
[<AutoOpen>]
module TensorTrigonometry =

    /// Trigonometric and hyperbolic functions of each element; angles are in radians.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// sin x
        let sin (x: Tensor) = lift Ops.sin x
        /// cos x
        let cos (x: Tensor) = lift Ops.cos x
        /// tan x
        let tan (x: Tensor) = lift Ops.tan x
        /// The angle from -π/2 to π/2 whose sine is x.
        let asin (x: Tensor) = lift Ops.asin x
        /// The angle from 0 to π whose cosine is x.
        let acos (x: Tensor) = lift Ops.acos x
        /// The angle from -π/2 to π/2 whose tangent is x.
        let atan (x: Tensor) = lift Ops.atan x
        /// (eˣ - e⁻ˣ)/2
        let sinh (x: Tensor) = lift Ops.sinh x
        /// (eˣ + e⁻ˣ)/2
        let cosh (x: Tensor) = lift Ops.cosh x
        /// tanh x
        let tanh (x: Tensor) = lift Ops.tanh x
        /// ln(x + √(x² + 1)), the number whose sinh is x.
        let asinh (x: Tensor) = lift Ops.asinh x
        /// ln(x + √(x² - 1)), the number of at least 0 whose cosh is x.
        let acosh (x: Tensor) = lift Ops.acosh x
        /// ½ ln((1 + x)/(1 - x)), the number whose tanh is x.
        let atanh (x: Tensor) = lift Ops.atanh x
        /// The angle from -π to π of the point (x, y) as seen from the origin; shapes broadcast. No derivative at the origin.
        let atan2 (y: Tensor) (x: Tensor) = lift2 Ops.atan2 y x

        /// √(a² + b²) without overflow on the way; shapes broadcast. Its derivative at (0, 0) is taken as 0.
        let hypot (a: Tensor) (b: Tensor) =
            under "hypot" (fun () ->
                let origin = Tensor.logicalAnd (Tensor.eqNumber 0.0 a) (Tensor.eqNumber 0.0 b)
                let length = lift2 Ops.hypot (Tensor.where origin (Tensor.onesLike a) a) b
                Tensor.where origin (Tensor.zerosLike length) length)
