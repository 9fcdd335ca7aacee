namespace Functional.FSharp

open System
open TorchSharp
open Functional
open Functional.FSharp.Wrapping

/// The same elements in other shapes, and parts of them.
[<AutoOpen>]
module TensorShapes =

    /// The same elements in other shapes, and parts of them.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// The same elements in another shape; one axis may be -1: what remains.
        let reshape (shape: int seq) (x: Tensor) = lift (Ops.reshape (wide shape)) x
        /// Two axes exchanged.
        let transpose (i: int) (j: int) (x: Tensor) = lift (Ops.transpose (int64 i) (int64 j)) x
        /// The axes in another order.
        let permute (axes: int seq) (x: Tensor) = lift (Ops.permute (wide axes)) x
        /// Axes of length 1 stretched to this shape.
        let expand (shape: int seq) (x: Tensor) = lift (Ops.expand (wide shape)) x
        /// Without this axis of length 1.
        let squeeze (axis: int) (x: Tensor) = lift (Ops.squeeze (int64 axis)) x
        /// With a new axis of length 1 at this place.
        let unsqueeze (axis: int) (x: Tensor) = lift (Ops.unsqueeze (int64 axis)) x
        /// The elements of these axes in reverse order.
        let flip (axes: int seq) (x: Tensor) = lift (Ops.flip (wide axes)) x

        /// Positions start, start + 1, … before stop of one axis.
        let slice (axis: int) (start: int) (stop: int) (x: Tensor) =
            lift (Ops.slice (int64 axis) (int64 start) (int64 stop) 1L) x

        /// The positions of one axis that an int64 vector names, in its order.
        let indexSelect (axis: int) (index: Tensor) (x: Tensor) =
            Tensor.Of(Ops.indexSelect (int64 axis) x.Raw index.Raw)

        /// Elements picked along one axis: y[i; j] = x[i; index[i; j]] for axis 1.
        let gather (axis: int) (index: Tensor) (x: Tensor) = Tensor.Of(Ops.gather (int64 axis) x.Raw index.Raw)

        let private operands name (parts: Tensor seq) =
            let parts = Seq.toArray parts

            if parts.Length = 0 then
                invalidArg (nameof parts) $"{name} needs at least one tensor"

            parts |> Array.map _.Raw

        /// Tensors joined along an axis that they have.
        let cat (axis: int) (parts: Tensor seq) = Tensor.Of(Ops.cat (int64 axis) (operands "cat" parts))
        /// Tensors of one shape joined along a new axis.
        let stack (axis: int) (parts: Tensor seq) = Tensor.Of(Ops.stack (int64 axis) (operands "stack" parts))

        /// Zeros around the last two axes: before and after each, in cells.
        let internal padImage (top: int) (bottom: int) (left: int) (right: int) (x: Tensor) =
            lift (Ops.pad [| int64 left; int64 right; int64 top; int64 bottom |]) x
