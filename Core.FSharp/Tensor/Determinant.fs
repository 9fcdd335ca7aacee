/// Determinants with derivatives at singular matrices. libtorch divides by the determinant.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Determinant

open System
open Functional
open Functional.FSharp.Wrapping

// Singular values below this part of the largest one are treated as zeros are: products of up to three inverses of the others keep
// half of the digits.
let private small (dtype: Dtype) = if dtype = Dtype.Float64 then 1e-4 else 2e-2

let private part (rows: int * int) (columns: int * int) (a: Tensor) =
    a |> Tensor.slice 0 (fst rows) (snd rows) |> Tensor.slice 1 (fst columns) (snd columns)

// |A| of [n; n] without a division (Faddeev and LeVerrier): M₁ = 1, cₖ = -tr(A·Mₖ)/k, Mₖ₊₁ = A·Mₖ + cₖ·1, |A| = (-1)ⁿ·cₙ.
let private polynomial (a: Tensor) =
    let n = a.Shape[0]
    let unit = Tensor.move a.Device (Tensor.eyeOf a.Dtype n n)

    let step (_, m) k =
        let product = Tensor.matmul a m
        let c = -1.0 / float k * Tensor.sum (product * unit)
        c, product + c * unit

    let c, _ = List.fold step (Tensor.onesLike a[Slice.op_Implicit 0, Slice.op_Implicit 0], unit) [ 1..n ]
    if n % 2 = 0 then c else -c

// The elements of each matrix of [...; n; n] by rows and columns: |A| without a division.
let private few (a: Tensor) =
    let x i j = a |> select -2 i |> select -1 j

    match a.Shape[a.Rank - 1] with
    | 1 -> x 0 0
    | 2 -> x 0 0 * x 1 1 - x 0 1 * x 1 0
    | 3 ->
        x 0 0 * (x 1 1 * x 2 2 - x 1 2 * x 2 1) - x 0 1 * (x 1 0 * x 2 2 - x 1 2 * x 2 0)
        + x 0 2 * (x 1 0 * x 2 1 - x 1 1 * x 2 0)
    | _ -> polynomial a

// With constant orthogonal u and v, |A| = |u|·|v|·|B| for B = uᵀ·A·v, in blocks |B| = |B₁₁|·|B₂₂ - B₂₁·B₁₁⁻¹·B₁₂|: B₁₁ has the large
// singular values, and what is left is small and takes no division.
let private byParts (a: Tensor) =
    let n = a.Shape[0]
    let struct (u, s, v) = Ops.svd (Tensor.stopGradient a).Raw
    let u, s, v = Tensor.Of u, Tensor.toDoubles (Tensor.Of s), Tensor.Of v
    let rank = s |> Array.filter (fun value -> value > small a.Dtype * s[0]) |> Array.length
    let b = Tensor.matmul (Tensor.transpose 0 1 u) (Tensor.matmul a (Tensor.transpose 0 1 v))
    let sign = Tensor.round (lift Ops.det u * lift Ops.det v)
    let first, rest = (0, rank), (rank, n)

    if rank = 0 then
        sign * few b
    elif rank = n then
        sign * lift Ops.det b
    else
        let large = part first first b
        let solved = Tensor.Of(Ops.solve large.Raw (part first rest b).Raw)
        sign * lift Ops.det large * few (part rest rest b - Tensor.matmul (part rest first b) solved)

// The matrices [m; n; n] of which a pivot says that they are nearly singular.
let private nearlySingular (a: Tensor) : int[] =
    let n = a.Shape[1]
    // libtorch's derivative loses digits as the inverse of this; of order 3 its square.
    let weak = if a.Dtype = Dtype.Float64 then 1e-4 else 1e-3

    let pivots = Tensor.toDoubles (Tensor.Of(Ops.pivots (Tensor.stopGradient a).Raw)) |> Array.map abs

    [|
        for i in 0 .. a.Shape[0] - 1 do
            let own = pivots[i * n .. (i + 1) * n - 1]

            if Array.forall Double.IsFinite own && Array.min own <= weak * Array.max own then
                i
    |]

/// The determinant of square matrices: [...; n; n] -> [...].
let det (a: Tensor) : Tensor =
    let value = lift Ops.det a

    if not (Native.requiresGrad a.Raw) || a.Count = 0L then
        value
    else
        let n = a.Shape[a.Rank - 1]
        let flat = Tensor.reshape [ -1; n; n ] a

        // The value is the one that there is without a derivative.
        let valued (found: Tensor) = found + Tensor.stopGradient (value - found)

        match nearlySingular flat with
        | [||] -> value
        | _ when n <= 3 -> valued (few a)
        | places ->
            let index = Tensor.move a.Device (Tensor.ofInts places)
            let unit = Tensor.move a.Device (Tensor.eyeOf a.Dtype n n)
            let singular = Tensor.stack 0 [ for place in places -> byParts (select 0 place flat) ]

            // The others' derivatives are not to see the singular ones.
            let regular =
                let units = Tensor.expand [ places.Length; n; n ] unit
                lift Ops.det (Tensor.indexCopy 0 index units flat)

            valued (Tensor.indexCopy 0 index singular regular |> Tensor.reshape value.Shape)
