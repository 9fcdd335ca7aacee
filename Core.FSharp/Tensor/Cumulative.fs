namespace Functional.FSharp

open Functional
open Functional.FSharp.Wrapping

/// Functions along one axis that keep the shape.
[<AutoOpen>]
module TensorCumulative =

    /// Functions along one axis that keep the shape.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// exp(xᵢ) / Σⱼ exp(xⱼ) along one axis.
        let softmax (axis: int) (x: Tensor) = lift (Ops.softmax (int64 axis)) x
        /// xᵢ - ln Σⱼ exp(xⱼ) along one axis.
        let logsoftmax (axis: int) (x: Tensor) = lift (Ops.logsoftmax (int64 axis)) x
        /// x₀ + … + xᵢ along one axis. Whole numbers and truth values give int64.
        let cumsum (axis: int) (x: Tensor) = lift (Ops.cumsum (int64 axis)) x
        /// x₀ · … · xᵢ along one axis. Whole numbers and truth values give int64.
        let cumprod (axis: int) (x: Tensor) = lift (Ops.cumprod (int64 axis)) x
