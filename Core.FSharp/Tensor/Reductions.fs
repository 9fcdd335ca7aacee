namespace Functional.FSharp

open System
open TorchSharp
open Functional
open Functional.FSharp.Wrapping

/// Reductions; `…Over` reduces one axis, counted from the end where negative.
[<AutoOpen>]
module TensorReductions =

    /// Reductions; `…Over` reduces one axis, counted from the end where negative.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// The sum of all elements: [].
        let sum (x: Tensor) = lift Ops.sum x
        /// The mean of all elements: [].
        let mean (x: Tensor) = lift Ops.mean x
        /// The largest element: [].
        let max (x: Tensor) = lift Ops.max x
        /// The smallest element: [].
        let min (x: Tensor) = lift Ops.min x
        /// The sum over one axis, which goes.
        let sumOver (axis: int) (x: Tensor) = lift (Ops.sumOver [| int64 axis |] false) x
        /// The mean over one axis, which goes.
        let meanOver (axis: int) (x: Tensor) = lift (Ops.meanOver [| int64 axis |] false) x
        /// The largest element over one axis, which goes.
        let maxOver (axis: int) (x: Tensor) = lift (Ops.maxOver (int64 axis) false) x
        /// The position of the largest element over one axis, which goes: int64.
        let argmaxOver (axis: int) (x: Tensor) = lift (Ops.argmax (int64 axis)) x
        /// exp(xᵢ) / Σⱼ exp(xⱼ) along one axis.
        let softmax (axis: int) (x: Tensor) = lift (Ops.softmax (int64 axis)) x
        /// xᵢ - ln Σⱼ exp(xⱼ) along one axis.
        let logsoftmax (axis: int) (x: Tensor) = lift (Ops.logsoftmax (int64 axis)) x

        /// Mean over several axes, which stay with length 1.
        let internal meanKeeping (axes: int64[]) (x: Tensor) = lift (Ops.meanOver axes true) x
