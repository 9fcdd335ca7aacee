namespace Functional.FSharp

open Functional
open Functional.FSharp.Wrapping

/// Special functions of each element.
[<AutoOpen>]
module TensorSpecial =

    /// Special functions of each element.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// The error function 2/√π ∫₀ˣ exp(-t²) dt.
        let erf (x: Tensor) = lift Ops.erf x
        /// 1 - erf x, exact where it is small.
        let erfc (x: Tensor) = lift Ops.erfc x
        /// The number whose error function is x, for x between -1 and 1.
        let erfinv (x: Tensor) = lift Ops.erfinv x
        /// ln |Γ(x)|
        let lgamma (x: Tensor) = lift Ops.lgamma x
        /// ψ(x), the derivative of ln Γ(x).
        let digamma (x: Tensor) = lift Ops.digamma x
        /// x·ln y, and 0 where x = 0 unless y is NaN; shapes broadcast. Derivatives are taken as 0 where x = 0 and y ≤ 0.
        let xlogy (x: Tensor) (y: Tensor) = lift2 Ops.xlogy x y
