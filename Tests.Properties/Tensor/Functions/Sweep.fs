/// Every row of the table of functions in float32 beside float64, at the same numbers: at zeros, at ties, far from zero, large
/// and small. The bound of an error follows from the conditioning: 16 times what one unit in the last place of each operand and of
/// the result makes in float64.
module Sweep

open System
open Functional
open Functional.FSharp
open Row

/// Numbers for an operand, made from those of its row.
type Scene = { Title: string; Make: Tensor -> Tensor }

// The largest number brought to this size.
let private sized (size: float) (x: Tensor) =
    if x.Count = 0L then
        x
    else
        x * (size / max 1e-300 (Tensor.toFloat (Tensor.max (Tensor.abs x))))

let private largest = "near the largest float32"

let scenes =
    [
        { Title = "zeros"; Make = fun x -> 0.0 * x }
        { Title = "ties"; Make = fun x -> 0.0 * x + 0.5 }
        { Title = "around 10⁴"; Make = fun x -> x + 1e4 }
        { Title = "around -10⁴"; Make = fun x -> x - 1e4 }
        { Title = "up to 10²⁰"; Make = sized 1e20 }
        { Title = "up to 10³⁰"; Make = sized 1e30 }
        { Title = "up to 10³⁷"; Make = sized 1e37 }
        { Title = largest; Make = sized 3e38 }
        { Title = "below 10⁻³⁰"; Make = sized 1e-30 }
        { Title = "subnormal"; Make = sized 1e-40 }
    ]

let private unit = 1.1920929e-7 // 2⁻²³, the spacing of float32 at 1
let private most = float Single.MaxValue
let private least = 1.1754944e-38 // the smallest float32 that has all its digits

/// What a function gave: numbers, or a refusal.
type Outcome =
    | Numbers of float[]
    | Refused

let private outcome (f: unit -> Tensor) =
    try
        Numbers(Tensor.toDoubles (Tensor.cast Dtype.Float64 (f ())))
    with
    | :? ArgumentException
    | :? InvalidOperationException -> Refused

// Each number a little larger or smaller: by one unit of float32.
let private jolted (key: Key) (x: Tensor) =
    let values = Tensor.toDoubles x
    let jolt i = if Key.bits i key % 2UL = 0UL then 1.0 + unit else 1.0 - unit
    Tensor.ofDoubles x.Shape (Array.mapi (fun i value -> value * jolt i) values)

let private isFloating (x: Tensor) = x.Dtype = Dtype.Float64
let private mapFloating f (operands: Tensor[]) = operands |> Array.map (fun x -> if isFloating x then f x else x)

// The first number that float32 has no excuse for. What the operands' rounding does is looked at where the numbers differ by more.
let private compare isNormwise (found: float[]) (exact: float[]) (jolts: Lazy<float[][]>) =
    let size = exact |> Array.fold (fun most x -> max most (abs x)) 0.0

    let excused i (x: float) =
        let own = 16.0 * (unit * (if isNormwise then size else abs exact[i]) + least)

        let moved () = jolts.Value |> Array.fold (fun most jolt -> max most (abs (jolt[i] - exact[i]))) 0.0

        x = exact[i]
        || Double.IsNaN x && Double.IsNaN exact[i]
        // What float32 cannot hold.
        || abs exact[i] >= most && not (abs x < most / 2.0)
        || abs (x - exact[i]) <= own
        || (let bound = own + 16.0 * moved ()
            abs (x - exact[i]) <= bound || not (bound < most))

    Seq.tryFindIndex id (Seq.mapi (fun i x -> not (excused i x)) found)

// The same numbers in float32 and in float64.
let private inBoth (operands: Tensor[]) =
    let narrow = operands |> mapFloating (Tensor.cast Dtype.Float32)
    narrow, narrow |> Array.map (fun x -> if x.Dtype = Dtype.Float32 then Tensor.cast Dtype.Float64 x else x)

let private judge isNormwise what (run: Tensor[] -> Tensor) (operands: Tensor[]) =
    let narrow, wide = inBoth operands

    match outcome (fun () -> run narrow), outcome (fun () -> run wide) with
    | Refused, Refused -> None
    | Numbers found, Numbers exact ->
        let jolts =
            lazy
                [|
                    for seed in 1..6 do
                        let jolt at x = if isFloating x then jolted (Key.child at (Key.ofSeed seed)) x else x

                        match outcome (fun () -> run (Array.mapi jolt wide)) with
                        | Numbers numbers when numbers.Length = exact.Length -> numbers
                        | _ -> Array.create exact.Length infinity
                |]

        if found.Length <> exact.Length then
            Some $"{what}: {found.Length} numbers in float32, {exact.Length} in float64"
        else
            compare isNormwise found exact jolts
            |> Option.map (fun i -> $"{what} at {i}: float32 gives {found[i]}, float64 {exact[i]}")
    | found, exact ->
        let show outcome = if outcome = Refused then "refuses" else "gives numbers"
        Some $"{what}: float32 {show found}, float64 {show exact}"

// The derivative of a weighted sum of the results by one operand. The weights are the last operand.
let private slope (row: Row) at (operands: Tensor[]) =
    let last = operands.Length - 1

    let weighted (x: Tensor) =
        let y = row.Run(Array.updateAt at x operands[.. last - 1])
        Tensor.sum (y * Tensor.reshape y.Shape (Tensor.cast y.Dtype operands[last]))

    Differentiation.grad weighted operands[at]

let private weights count = Tensor.ofDoubles [ count ] (Array.init count (fun i -> 1.0 + 0.5 * cos (float i)))

// How many numbers there are, where each is in the range of float32: elsewhere nothing is asked of the derivative.
let private within (row: Row) (operands: Tensor[]) =
    let _, wide = inBoth operands

    match outcome (fun () -> row.Run wide) with
    | Numbers values when values |> Array.forall (fun x -> x = 0.0 || abs x > least && abs x < most) ->
        Some values.Length
    | _ -> None

// Linear algebra and transforms are exact beside the largest number of their result, not beside each.
let private normwise =
    set (
        "inv det solve triangularSolve cholesky choleskySolve qr svd eigh pinv matrixExp matrixPower fft ifft rfft irfft"
            .Split(' ')
    )

// Sums of products or of elements: partial sums leave the range of float32 before the result does.
let private sums =
    normwise
    + set (
        "sum mean cumsum matmul bmm dot einsum trace avgpool1d avgpool2d avgpool3d scatterAdd indexAdd crossCorrelation resize sumToSize"
            .Split(' ')
    )

let private isSum (row: Row) =
    sums.Contains row.Word
    || sums.Contains row.Function
    || row.Function.StartsWith("conv", StringComparison.Ordinal)

// These give the same numbers whatever their operand: their derivatives are what is left of terms that cancel.
let private isConstant (row: Row) =
    row.Case = "qᵀ·q"
    || row.Case = "orthonormal"
    || row.Name = "cosineSimilarity, broadcast along its axis"
    || row.Name = "corrcoef, one variable"

/// What is wrong of a row in a scene: of each operand alone, the value and, but at the largest numbers, which a factor from the
/// chain rule takes out of the range, the first derivative.
let faults (row: Row) (scene: Scene) : string list =
    let isNormwise = normwise.Contains row.Function

    Scope.value (fun () ->
        [
            if not (scene.Title = largest && isSum row) then
                for at in 0 .. row.Operands.Length - 1 do
                    if isFloating row.Operands[at] then
                        let operands = Array.updateAt at (scene.Make row.Operands[at]) row.Operands
                        let title = $"{row.Name}, operand {at} {scene.Title}"
                        yield! Option.toList (judge isNormwise title row.Run operands)

                        if row.Orders <> Flat && scene.Title <> largest && not (isConstant row) then
                            match within row operands with
                            | Some count ->
                                let operands = Array.append operands [| weights count |]
                                yield! Option.toList (judge isNormwise $"{title}, derivative" (slope row at) operands)
                            | None -> ()
        ])
