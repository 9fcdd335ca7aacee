namespace Functional.FSharp

open Functional

/// The Euclidean length of all numbers of some tensors together, also where their squares overflow or vanish.
[<RequireQualifiedAccess>]
module internal Length =

    // Squares that sum to a number between these have lost none of float32's digits.
    let private isSafe (squares: float) = squares > 1e-20 && squares < 1e36

    let private sumOfSquares (xs: Tensor[]) = xs |> Array.map (Tensor.square >> Tensor.sum) |> Array.reduce (+)

    let private largest (xs: Tensor[]) =
        xs
        |> Array.filter (fun x -> x.Count > 0)
        |> Array.map (fun x -> Tensor.toFloat (Tensor.max (Tensor.abs (Tensor.stopGradient x))))
        |> Array.fold (fun a b -> if a > b || System.Double.IsNaN a then a else b) 0.0

    /// m and |x|/m, a tensor [], where m is the largest number; 1 and |x| where no square goes astray.
    let private parts (xs: Tensor[]) : struct (float * Tensor) =
        let squares = sumOfSquares xs
        let total = Tensor.toFloat squares

        if isSafe total then
            struct (1.0, Tensor.sqrt squares)
        else
            match largest xs with
            | 0.0 -> struct (1.0, Tensor.zerosLike squares)
            | m when System.Double.IsFinite m ->
                struct (m, Tensor.sqrt (sumOfSquares (xs |> Array.map (fun x -> x / m))))
            | _ -> struct (1.0, Tensor.sqrt squares)

    /// |x| of all numbers of at least one tensor: [].
    let ofAll (xs: Tensor[]) : Tensor =
        let struct (m, length) = parts xs
        if m = 1.0 then length else m * length

    /// |x| of all numbers of some tensors, whatever their dtypes.
    let toFloat (xs: Tensor seq) : float =
        let each =
            [|
                for x in xs do
                    let struct (m, length) = parts [| x |]
                    m * Tensor.toFloat length
            |]

        match Array.fold max 0.0 each with
        | 0.0 -> Array.sum each
        | m when System.Double.IsFinite m -> m * sqrt (each |> Array.sumBy (fun length -> (length / m) ** 2.0))
        | m -> m

    /// f(x) = x where all together are no longer than the limit, else x·limit/|x|.
    let shorten (limit: Tensor) (xs: Tensor[]) : Tensor -> Tensor =
        let struct (m, length) = parts xs

        if m = 1.0 then
            let isZero = Tensor.eqNumber 0.0 length
            let factor = Tensor.clampMax 1.0 (limit / Tensor.where isZero (Tensor.onesLike length) length)
            fun x -> factor * x
        elif m * Tensor.toFloat length <= Tensor.toFloat limit then
            id
        else
            // Neither 1/m nor limit/m need be a number of the dtype.
            fun x -> x / m * (limit / length)
