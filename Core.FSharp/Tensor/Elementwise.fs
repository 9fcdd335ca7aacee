namespace Functional.FSharp

open System
open TorchSharp
open Functional
open Functional.FSharp.Wrapping

/// Functions of each element; they keep the shape.
[<AutoOpen>]
module TensorElementwise =

    /// Functions of each element; they keep the shape.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// eˣ
        let exp (x: Tensor) = lift Ops.exp x
        /// ln x
        let log (x: Tensor) = lift Ops.log x
        /// √x
        let sqrt (x: Tensor) = lift Ops.sqrt x
        /// 1/√x
        let rsqrt (x: Tensor) = lift Ops.rsqrt x
        /// |x|
        let abs (x: Tensor) = lift Ops.abs x
        /// -1, 0 or 1
        let sign (x: Tensor) = lift Ops.sign x
        /// x²
        let square (x: Tensor) = lift Ops.square x
        /// sin x
        let sin (x: Tensor) = lift Ops.sin x
        /// cos x
        let cos (x: Tensor) = lift Ops.cos x
        /// tanh x
        let tanh (x: Tensor) = lift Ops.tanh x
        /// 1/(1 + e⁻ˣ)
        let sigmoid (x: Tensor) = lift Ops.sigmoid x
        /// max(x, 0)
        let relu (x: Tensor) = lift Ops.relu x
        /// xᵖ
        let pow (p: float) (x: Tensor) = Tensor.Of(Ops.powScalar x.Raw p)
        /// The larger of each pair of elements; shapes broadcast.
        let maximum (a: Tensor) (b: Tensor) = Tensor.Of(Ops.maximum a.Raw b.Raw)
        /// The smaller of each pair of elements; shapes broadcast.
        let minimum (a: Tensor) (b: Tensor) = Tensor.Of(Ops.minimum a.Raw b.Raw)
        /// a = b, elementwise; bool.
        let eq (a: Tensor) (b: Tensor) = Tensor.Of(Ops.eq a.Raw b.Raw)
        /// a < b, elementwise; bool.
        let lt (a: Tensor) (b: Tensor) = Tensor.Of(Ops.lt a.Raw b.Raw)
        /// a ≤ b, elementwise; bool.
        let le (a: Tensor) (b: Tensor) = Tensor.Of(Ops.le a.Raw b.Raw)
        /// a > b, elementwise; bool.
        let gt (a: Tensor) (b: Tensor) = Tensor.Of(Ops.gt a.Raw b.Raw)
        /// a ≥ b, elementwise; bool.
        let ge (a: Tensor) (b: Tensor) = Tensor.Of(Ops.ge a.Raw b.Raw)

        /// a where the mask holds, else b; shapes broadcast.
        let where (mask: Tensor) (a: Tensor) (b: Tensor) = Tensor.Of(Ops.where mask.Raw a.Raw b.Raw)

        /// 1 at the label's place and 0 elsewhere, float32: labels [n] -> [n; classes].
        let onehot (classes: int) (labels: Tensor) =
            if classes < 1 then
                invalidArg (nameof classes) $"onehot needs at least one class, but was given {classes}"

            eq (lift (Ops.unsqueeze -1L) labels) (Tensor.arange classes) |> Tensor.cast Dtype.Float32
