namespace Functional.FSharp

open Functional
open Functional.FSharp.Wrapping

/// Derivatives of functions that treat the samples of a batch alike and apart.
[<AutoOpen>]
module DifferentiationBatched =

    let private requireBatch name (x: Tensor) (y: Tensor) (rank: int option) =
        let fits = x.Rank > 0 && y.Rank > 0 && y.Shape[0] = x.Shape[0]

        if not fits || rank |> Option.exists (fun rank -> y.Rank <> rank) then
            let expected = if rank = Some 1 then "one number" else "a result"
            invalidArg "f" $"{name} needs {expected} for each sample of {x}, but the function gave {y}"

    // Columns of results by sample: f's value, and the derivative of column k summed over the samples, for each k.
    let private columns name (f: Tensor -> Tensor) (x: Tensor) (pick: int -> Tensor -> Tensor) =
        let outputs (leaves: Tensor[]) =
            let y = f leaves[0]
            requireBatch name x y None
            // Samples are apart, so the sum over them leaves each its own derivative.
            struct (Tensor.sumOver 0 (Tensor.reshape [ y.Shape[0]; -1 ] y), [| y |])

        let struct (_, more, rows) = Engine.jacobian Array.map outputs [| x |]
        let y, rows = more[0], rows[0]
        y, [ for k in 0 .. rows.Shape[0] - 1 -> pick k (select 0 k rows) ]

    /// Derivatives of functions that treat the samples of a batch alike and apart: the forms that end in `Batch`. All
    /// samples share a pass.
    [<RequireQualifiedAccess>]
    module Differentiation =

        /// ∇f at each sample, for f from [n; …] to one number a sample, [n]: [n; …], in one reverse pass.
        let gradBatch (f: Tensor -> Tensor) (x: Tensor) : Tensor =
            let total x =
                let y = f x
                requireBatch "gradBatch" x y (Some 1)
                Tensor.sum y

            Differentiation.grad total x

        /// The Jacobian at each sample, for f from [n; x…] to [n; y…]: [n; y…; x…]. One pass for each output of a sample.
        let jacobianBatch (f: Tensor -> Tensor) (x: Tensor) : Tensor =
            let y, rows = columns "jacobianBatch" f x (fun _ row -> row)
            let shape = Array.append y.Shape x.Shape[1..]

            if rows.IsEmpty then
                Tensor.zerosOf x.Dtype shape
            else
                Tensor.stack 1 rows |> Tensor.reshape shape

        /// The Hessian at each sample, for f from [n; x…] to one number a sample, [n]: [n; x…; x…].
        let hessianBatch (f: Tensor -> Tensor) (x: Tensor) : Tensor = jacobianBatch (gradBatch f) x

        /// The divergence at each sample, for f from [n; x…] to [n; x…]: [n].
        let divergenceBatch (f: Tensor -> Tensor) (x: Tensor) : Tensor =
            let own k (row: Tensor) = select 1 k (Tensor.reshape [ row.Shape[0]; -1 ] row)
            let y, diagonal = columns "divergenceBatch" f x own
            Engine.requireLike "f x" x y
            List.fold (+) (Tensor.zerosOf x.Dtype [ x.Shape[0] ]) diagonal

        /// The Laplacian at each sample, for f from [n; x…] to one number a sample, [n]: [n].
        let laplacianBatch (f: Tensor -> Tensor) (x: Tensor) : Tensor = divergenceBatch (gradBatch f) x
