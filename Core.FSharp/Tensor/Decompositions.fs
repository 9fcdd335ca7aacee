namespace Functional.FSharp

open Functional
open Functional.FSharp.Wrapping

/// Linear algebra on matrices over the last two axes; leading axes are a batch.
[<AutoOpen>]
module TensorDecompositions =

    /// Linear algebra on matrices over the last two axes; leading axes are a batch.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// The inverse of square matrices: [...; n; n]. Singular ones are refused.
        let inv (a: Tensor) = lift Ops.inv a

        /// The determinant of square matrices: [...; n; n] -> [...]. Its derivative is the transposed adjugate, at singular matrices
        /// too, and to any order.
        let det (a: Tensor) = Determinant.det a

        /// The sign of the determinant and the logarithm of its size: [...; n; n] -> [...] each, 0 and -∞ for a singular matrix, at
        /// which the logarithm has no derivative: an ArgumentException. The sign has derivative zero.
        let slogdet (a: Tensor) : Tensor * Tensor = liftPair Ops.slogdet a

        /// The solution x of a·x = b for square matrices: b is a vector [n] or [...; n; k]. Singular matrices are refused.
        let solve (a: Tensor) (b: Tensor) = Tensor.Of(Ops.solve a.Raw b.Raw)

        /// The solution x of a·x = b for triangular matrices, of which the other triangle is not read: b is [...; n; k].
        let triangularSolve (upper: bool) (a: Tensor) (b: Tensor) = Tensor.Of(Ops.triangularSolve upper a.Raw b.Raw)

        /// The lower triangle l with l·lᵀ = a, for symmetric positive definite matrices; others are refused.
        let cholesky (a: Tensor) = lift Ops.cholesky a

        /// The solution x of l·lᵀ·x = b from a Cholesky factor l: b is [...; n; k].
        let choleskySolve (l: Tensor) (b: Tensor) =
            triangularSolve true (Tensor.transpose -2 -1 l) (triangularSolve false l b)

        /// q with orthonormal columns and upper triangular r with q·r = a: [...; n; m] -> [...; n; k] and [...; k; m], k the
        /// smaller of n and m. Differentiable for n ≥ m.
        let qr (a: Tensor) : Tensor * Tensor = liftPair Ops.qr a

        /// u, s and vᵀ with u·diag(s)·vᵀ = a, s falling and not negative: [...; n; m] -> [...; n; k], [...; k] and [...; k; m], k
        /// the smaller of n and m. Derivatives of u and vᵀ exist where all s differ and for what does not depend on their signs.
        let svd (a: Tensor) : Tensor * Tensor * Tensor =
            let struct (u, s, v) = Ops.svd a.Raw
            Tensor.Of u, Tensor.Of s, Tensor.Of v

        /// Rising eigenvalues and, as columns, eigenvectors of symmetric matrices, of which the lower triangle is read: [...; n]
        /// and [...; n; n]. Derivatives of the vectors exist where all values differ and for what does not depend on their signs.
        let eigh (a: Tensor) : Tensor * Tensor = liftPair Ops.eigh a

        /// The pseudo-inverse of Moore and Penrose: [...; n; m] -> [...; m; n]. Differentiable where the rank does not change.
        let pinv (a: Tensor) = lift Ops.pinv a

        /// eᴬ = Σ Aᵏ/k! of square matrices.
        let matrixExp (a: Tensor) = lift Ops.matrixExp a

        /// Aᵏ of square matrices, for k ≥ 0.
        let rec matrixPower (k: int) (a: Tensor) : Tensor =
            if k < 0 then
                invalidArg (nameof k) $"matrixPower takes powers of at least 0, not {k}: take the inverse first"

            if a.Dtype = Dtype.Bool || a.Rank < 2 || a.Shape[a.Rank - 1] <> a.Shape[a.Rank - 2] then
                invalidArg
                    (nameof a)
                    $"matrixPower takes square matrices of numbers, [...; n; n], but was given {a}; bool is cast first, as with Tensor.cast Dtype.Int64"

            match k with
            | 0 ->
                let n = a.Shape[a.Rank - 1]
                Tensor.zerosLike a + Tensor.move a.Device (Tensor.eyeOf a.Dtype n n)
            | 1 -> a
            | _ ->
                let half = matrixPower (k / 2) a
                let whole = Tensor.matmul half half
                if k % 2 = 0 then whole else Tensor.matmul whole a
