namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Wrapping

/// Products of vectors and matrices.
[<AutoOpen>]
module TensorProducts =

    /// Products of vectors and matrices.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// The matrix product over the last two axes: [n; k] × [k; m] -> [n; m]; leading axes broadcast.
        let matmul (a: Tensor) (b: Tensor) = Tensor.Of(Ops.matmul a.Raw b.Raw)

        /// The sum of products of two vectors: [k] × [k] -> [].
        let dot (x: Tensor) (y: Tensor) =
            if x.Rank <> 1 || y.Rank <> 1 then
                invalidArg (nameof y) $"dot takes two vectors, not {Native.describe x.Raw} and {Native.describe y.Raw}"

            if x.Count <> y.Count then
                invalidArg
                    (nameof y)
                    $"dot takes vectors of one length, not {Native.describe x.Raw} and {Native.describe y.Raw}"

            matmul x y

        /// The matrix products of two batches: [b; n; k] × [b; k; m] -> [b; n; m].
        let bmm (a: Tensor) (b: Tensor) =
            if a.Rank <> 3 || b.Rank <> 3 || a.Shape[0] <> b.Shape[0] then
                invalidArg
                    (nameof b)
                    $"bmm takes [b; n; k] and [b; k; m], not {Native.describe a.Raw} and {Native.describe b.Raw}"

            under "bmm" (fun () -> matmul a b)

        /// The products of each pair of elements of two vectors: [...; n] and [...; m] -> [...; n; m]; leading axes broadcast.
        let outer (x: Tensor) (y: Tensor) =
            if x.Rank = 1 && y.Rank = 1 then
                Tensor.Of(Ops.outer x.Raw y.Raw)
            elif x.Rank = 0 || y.Rank = 0 then
                invalidArg
                    (nameof y)
                    $"outer takes vectors, [...; n] and [...; m], not {Native.describe x.Raw} and {Native.describe y.Raw}"
            else
                under "outer" (fun () -> Tensor.unsqueeze -1 x * Tensor.unsqueeze -2 y)

        /// The Kronecker product: each element of a times the whole of b.
        let kron (a: Tensor) (b: Tensor) = Tensor.Of(Ops.kron a.Raw b.Raw)

        /// Einstein's sums: "ij,jk->ik" multiplies matrices, "bii->b" takes traces; letters that the result lacks are summed.
        let einsum (equation: string) (operands: Tensor seq) =
            let operands = Seq.toArray operands

            if operands.Length = 0 then
                invalidArg (nameof operands) $"einsum '{equation}' needs at least one tensor"

            Tensor.Of(Ops.einsum equation (operands |> Array.map _.Raw))

        /// The sum of the diagonal of matrices over the last two axes: [...; n; m] -> [...].
        let trace (a: Tensor) =
            if a.Rank < 2 then
                invalidArg (nameof a) $"trace takes matrices, [...; n; m], but was given {Native.describe a.Raw}"

            lift (Ops.diagonal 0L -2L -1L) a |> Tensor.sumOver -1

        /// The Euclidean distance of each pair of rows: [...; n; d] and [...; m; d] -> [...; n; m]. Where two rows coincide its
        /// derivative is taken as zero.
        let cdist (x: Tensor) (y: Tensor) =
            if x.Rank < 2 || y.Rank < 2 || x.Shape[x.Rank - 1] <> y.Shape[y.Rank - 1] then
                invalidArg
                    (nameof y)
                    $"cdist takes [...; n; d] and [...; m; d], not {Native.describe x.Raw} and {Native.describe y.Raw}"

            under "cdist" (fun () -> Tensor.normOver 2.0 -1 (Tensor.unsqueeze -2 x - Tensor.unsqueeze -3 y))

        // x/|x| along one axis, which stays. A zero stays one.
        let internal direction (axis: int) (x: Tensor) =
            let length = Tensor.normKeeping 2.0 axis x

            if
                x.Count = 0L
                || Native.forAll (fun length -> Double.IsNaN length || length > 1e-30 && length < 1e30) length.Raw
            then
                x / length
            else
                // What is divided by the largest element first has the same direction, and a length within the range of its dtype.
                let size = Tensor.maxKeeping axis (Tensor.abs (Tensor.stopGradient x))
                let usual = Tensor.logicalAnd (Tensor.gtNumber 0.0 size) (Tensor.isfinite size)
                let x = x / Tensor.where usual size (Tensor.onesLike size)
                let length = Tensor.normKeeping 2.0 axis x
                let isZero = Tensor.eqNumber 0.0 length
                let direction = x / Tensor.where isZero (Tensor.onesLike length) length
                Tensor.where isZero (Tensor.zerosLike direction) direction

        /// x·y/(|x|·|y|) along one axis of the shape that x and y broadcast to, which goes: between -1 and 1. Where one of the two
        /// is 0 it is 0 and so are its derivatives.
        let cosineSimilarity (axis: int) (x: Tensor) (y: Tensor) =
            under "cosineSimilarity" (fun () ->
                let both = Tensor.broadcast [ x; y ]
                let product = Tensor.sumOver axis (direction axis both[0] * direction axis both[1])
                // What rounding puts beyond the bounds comes back; the derivatives are the product's.
                let seen = Tensor.stopGradient product
                product + (Tensor.clamp -1.0 1.0 seen - seen))
