namespace Functional.FSharp

open TorchSharp
open Functional
open Functional.FSharp.Wrapping

/// Comparisons, logic and choices; truth values are bool, and have derivative 0. Numbers are compared as real numbers, whatever
/// their dtypes: nothing is rounded or wrapped first, so that 0.1 is not the float32 nearest to it.
[<AutoOpen>]
module TensorComparison =

    /// Comparisons, logic and choices; truth values are bool, and have derivative 0. Numbers are compared as real numbers, whatever
    /// their dtypes: nothing is rounded or wrapped first, so that 0.1 is not the float32 nearest to it.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// a = b, elementwise; shapes broadcast.
        let eq (a: Tensor) (b: Tensor) = lift2 Ops.eq a b
        /// a ≠ b, elementwise; shapes broadcast.
        let ne (a: Tensor) (b: Tensor) = lift2 Ops.ne a b
        /// a < b, elementwise; shapes broadcast.
        let lt (a: Tensor) (b: Tensor) = lift2 Ops.lt a b
        /// a ≤ b, elementwise; shapes broadcast.
        let le (a: Tensor) (b: Tensor) = lift2 Ops.le a b
        /// a > b, elementwise; shapes broadcast.
        let gt (a: Tensor) (b: Tensor) = lift2 Ops.gt a b
        /// a ≥ b, elementwise; shapes broadcast.
        let ge (a: Tensor) (b: Tensor) = lift2 Ops.ge a b
        /// x = number, elementwise.
        let eqNumber (number: float) (x: Tensor) = Tensor.Of(Ops.eqScalar x.Raw number)
        /// x ≠ number, elementwise.
        let neNumber (number: float) (x: Tensor) = Tensor.Of(Ops.neScalar x.Raw number)
        /// x < number, elementwise.
        let ltNumber (number: float) (x: Tensor) = Tensor.Of(Ops.ltScalar x.Raw number)
        /// x ≤ number, elementwise.
        let leNumber (number: float) (x: Tensor) = Tensor.Of(Ops.leScalar x.Raw number)
        /// x > number, elementwise.
        let gtNumber (number: float) (x: Tensor) = Tensor.Of(Ops.gtScalar x.Raw number)
        /// x ≥ number, elementwise.
        let geNumber (number: float) (x: Tensor) = Tensor.Of(Ops.geScalar x.Raw number)
        // Whether a test holds for any element.
        let private holds name (test: torch.Tensor -> torch.Tensor) (x: Tensor) : bool =
            use constant = Ops.detach x.Raw
            use each = test constant
            use any = Ops.any each
            Ops.number name any <> 0.0

        /// Whether each element is NaN.
        let isnan (x: Tensor) = lift Ops.isnan x
        /// Whether each element is ∞ or -∞.
        let isinf (x: Tensor) = lift Ops.isinf x
        /// Whether each element is neither NaN nor infinite.
        let isfinite (x: Tensor) = lift Ops.isfinite x
        /// Whether any element is NaN.
        let hasnan (x: Tensor) : bool = holds "hasnan" Ops.isnan x
        /// Whether any element is ∞ or -∞.
        let hasinf (x: Tensor) : bool = holds "hasinf" Ops.isinf x
        /// a ∧ b, elementwise; numbers count as true where they are not 0. Shapes broadcast.
        let logicalAnd (a: Tensor) (b: Tensor) = lift2 Ops.logicalAnd a b
        /// a ∨ b, elementwise; numbers count as true where they are not 0. Shapes broadcast.
        let logicalOr (a: Tensor) (b: Tensor) = lift2 Ops.logicalOr a b
        /// Either a or b, elementwise; numbers count as true where they are not 0. Shapes broadcast.
        let logicalXor (a: Tensor) (b: Tensor) = lift2 Ops.logicalXor a b
        /// ¬x, elementwise; numbers count as true where they are not 0.
        let logicalNot (x: Tensor) = lift Ops.logicalNot x

        /// a where the mask holds, else b; shapes broadcast. The mask is bool.
        let where (mask: Tensor) (a: Tensor) (b: Tensor) =
            if mask.Dtype <> Dtype.Bool then
                refuse "where" mask "a mask is bool; cast it first, as with Tensor.cast Dtype.Bool"

            Tensor.Of(Ops.where mask.Raw a.Raw b.Raw)

        // The first label that is no class, by its place and number.
        let private stranger (classes: int) (labels: Tensor) =
            if Native.forAll (fun label -> label >= 0.0 && label < float classes && label = floor label) labels.Raw then
                None
            else
                Tensor.toDoubles labels
                |> Seq.indexed
                |> Seq.tryFind (fun (_, label) -> not (label >= 0.0 && label < float classes && label = floor label))

        /// 1 at the label's place and 0 elsewhere, float32: labels [n] -> [n; classes]. A label that is no whole number from 0 to
        /// classes - 1 is refused.
        let onehot (classes: int) (labels: Tensor) =
            if classes < 1 then
                invalidArg (nameof classes) $"onehot needs at least one class, but was given {classes}"

            match stranger classes labels with
            | Some(place, label) ->
                invalidArg
                    (nameof labels)
                    $"onehot: label {place} is {invariant label}, but labels are whole numbers from 0 to {classes - 1}"
            | None -> ()

            under "onehot" (fun () ->
                eq (lift (Ops.unsqueeze -1L) labels) (Tensor.arange classes) |> Tensor.cast Dtype.Float32)
