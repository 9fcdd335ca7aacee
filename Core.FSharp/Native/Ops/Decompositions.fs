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
        | _ ->
            raise (ArgumentException $"{name} is defined for float32 and float64, but was given {describe a}; {castIt}")

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
                    $"{name} needs a right side of as many rows as the matrix and of its dtype, but was given {describe a} and {describe b}; {castIt} where dtypes differ"
            )

    // Whether some matrix has a largest element whose powers leave the range of float32.
    let private isExtreme (a: T) =
        dtype a = torch.ScalarType.Float32
        && not (Tally.IsBare a)
        && inOrder a (fun flat ->
            let numbers = span<float32> flat
            let each = int (max 1L (size a (rank a - 1) * size a (rank a - 2)))
            let mutable extreme = false

            for start in 0..each .. numbers.Length - 1 do
                let mutable largest = 0f

                for i in start .. start + each - 1 do
                    largest <- max largest (abs numbers[i])

                extreme <- extreme || largest > 0f && largest < 1e-12f || largest > 1e12f && largest < infinityf

            extreme)

    let private wide a = Ops.cast torch.ScalarType.Float64 a
    let private narrow a = Ops.cast torch.ScalarType.Float32 a

    // Through float64 where float32's range is too small for what happens inside.
    let private ranged (f: T -> T) (a: T) : T =
        if isExtreme a then
            use a = wide a
            use found = f a
            narrow found
        else
            f a

    let private ranged2 (f: T -> struct (T * T)) (a: T) : struct (T * T) =
        if isExtreme a then
            use a = wide a
            let struct (first, second) = f a
            use first = first
            use second = second
            struct (narrow first, narrow second)
        else
            f a

    let private square name (f: T -> T) (a: T) =
        requireSquare name a
        ranged (fun a -> unary name a f) a

    [<RequireQualifiedAccess>]
    module Ops =

        let inv a = square "inv" torch.linalg.inv a
        let det a = square "det" torch.linalg.det a
        let cholesky a = square "cholesky" torch.linalg.cholesky a
        let matrixExp a = square "matrixExp" torch.linalg.matrix_exp a

        let pinv a =
            requireMatrix "pinv" a
            ranged (fun a -> unary "pinv" a (fun a -> torch.linalg.pinv (a, Nullable(), Nullable(), false))) a

        let slogdet a =
            requireSquare "slogdet" a
            let struct (sign, _) as found = ranged2 (fun a -> several "slogdet" a (fun a -> torch.linalg.slogdet a)) a

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
            ranged2 (fun a -> several "eigh" a (fun a -> torch.linalg.eigh (a, 'L'))) a

        let qr a =
            requireMatrix "qr" a
            ranged2 (fun a -> several "qr" a (fun a -> torch.linalg.qr a)) a

        let svd a =
            requireMatrix "svd" a
            let svd a = several "svd" a (fun a -> torch.linalg.svd (a, false))

            if isExtreme a then
                use a = wide a
                let struct (u, s, v) = svd a
                use u = u
                use s = s
                use v = v
                struct (narrow u, narrow s, narrow v)
            else
                svd a

        // Of a right side with fewer axes than the matrices, libtorch may take rows for vectors: ones in front say what it is.
        let rec private solveColumns a b =
            let missing = rank a - rank b

            if isExtreme a then
                use a = wide a
                use b = wide b
                use solved = solveColumns a b
                narrow solved
            elif missing > 0 then
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

            let solve a b =
                binary "triangularSolve" a b (fun a b -> torch.linalg.solve_triangular (a, b, upper, true, false))

            if isExtreme a then
                use a = wide a
                use b = wide b
                use solved = solve a b
                narrow solved
            else
                solve a b
