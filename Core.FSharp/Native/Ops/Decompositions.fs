namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Linear algebra on matrices over the last two axes; leading axes are a batch.
[<AutoOpen>]
module internal DecompositionOps =

    type private T = torch.Tensor

    let private requireMatrix name (a: T) =
        match dtype a with
        | torch.ScalarType.Float32
        | torch.ScalarType.Float64 -> ()
        | _ -> raise (ArgumentException $"{name} is defined for float32 and float64, but was given {describe a}")

        if rank a < 2 then
            raise (ArgumentException $"{name} takes matrices, [...; n; m], but was given {describe a}")

    let private requireSquare name (a: T) =
        requireMatrix name a

        if size a (rank a - 1) <> size a (rank a - 2) then
            raise (ArgumentException $"{name} takes square matrices, [...; n; n], but was given {describe a}")

    let private requireRight name (a: T) (b: T) =
        let rows =
            if rank b = 1 then size b 0
            elif rank b = 0 then -1L
            else size b (rank b - 2)

        if rows <> size a (rank a - 1) || dtype b <> dtype a then
            raise (
                ArgumentException
                    $"{name} needs a right side of as many rows as the matrix and of its dtype, but was given {describe a} and {describe b}"
            )

    let private square name (f: T -> T) (a: T) =
        requireSquare name a
        unary name a f

    [<RequireQualifiedAccess>]
    module Ops =

        let inv a = square "inv" torch.linalg.inv a
        let det a = square "det" torch.linalg.det a
        let cholesky a = square "cholesky" torch.linalg.cholesky a
        let matrixExp a = square "matrixExp" torch.linalg.matrix_exp a

        let pinv a =
            requireMatrix "pinv" a
            unary "pinv" a (fun a -> torch.linalg.pinv (a, Nullable(), Nullable(), false))

        let slogdet a =
            requireSquare "slogdet" a
            let struct (sign, _) as found = several "slogdet" a (fun a -> torch.linalg.slogdet a)

            if requiresGrad a && not (forAll (fun sign -> sign <> 0.0) sign) then
                raise (ArgumentException $"slogdet has no derivative at a singular matrix, and {describe a} holds one")

            found

        /// The diagonal of the upper factor of an LU decomposition with pivots: [...; n].
        let pivots a =
            requireSquare "det" a

            unary "det" a (fun a ->
                // Unlike lu_factor, this takes singular matrices.
                let struct (swaps, lower, upper) = torch.linalg.lu a
                swaps.Dispose()
                lower.Dispose()
                use upper = upper
                upper.diagonal (0L, -2L, -1L))

        let eigh a =
            requireSquare "eigh" a
            several "eigh" a (fun a -> torch.linalg.eigh (a, 'L'))

        let qr a =
            requireMatrix "qr" a
            several "qr" a (fun a -> torch.linalg.qr a)

        let svd a =
            requireMatrix "svd" a
            several "svd" a (fun a -> torch.linalg.svd (a, false))

        // Of a right side with fewer axes than the matrices, libtorch may take rows for vectors: ones in front say what it is.
        let private solveColumns a b =
            let missing = rank a - rank b

            if missing > 0 then
                use columns = Ops.reshape (Array.append (Array.create missing 1L) (shape b)) b
                binary "solve" a columns (fun a b -> torch.linalg.solve (a, b, true))
            else
                binary "solve" a b (fun a b -> torch.linalg.solve (a, b, true))

        let solve a b =
            requireSquare "solve" a
            requireRight "solve" a b

            if rank b = 1 then
                // A vector, whatever the batch of matrices.
                use column = Ops.unsqueeze 1L b
                use solved = solveColumns a column
                Ops.squeeze -1L solved
            else
                solveColumns a b

        let triangularSolve upper a b =
            requireSquare "triangularSolve" a
            requireMatrix "triangularSolve" b
            requireRight "triangularSolve" a b
            binary "triangularSolve" a b (fun a b -> torch.linalg.solve_triangular (a, b, upper, true, false))
