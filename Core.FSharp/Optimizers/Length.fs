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

    // m and |x|/m, a tensor [], where m is the largest number, or 1 where no square goes astray; |x| = 0 is ValueNone.
    let private parts (xs: Tensor[]) : struct (float * Tensor) voption =
        let squares = sumOfSquares xs

        if isSafe (Tensor.toFloat squares) then
            ValueSome(struct (1.0, Tensor.sqrt squares))
        else
            match largest xs with
            | 0.0 -> ValueNone
            | m when System.Double.IsFinite m ->
                ValueSome(struct (m, Tensor.sqrt (sumOfSquares (xs |> Array.map (fun x -> x / m)))))
            | _ -> ValueSome(struct (1.0, Tensor.sqrt squares))

    /// |x| of all numbers of at least one tensor: [].
    let ofAll (xs: Tensor[]) : Tensor =
        match parts xs with
        | ValueNone -> Tensor.zerosLike (Tensor.sum xs[0])
        | ValueSome(struct (1.0, length)) -> length
        | ValueSome(struct (m, length)) -> m * length

    /// |x| of all numbers of some tensors, whatever their dtypes.
    let toFloat (xs: Tensor seq) : float =
        let each =
            [|
                for x in xs do
                    match parts [| x |] with
                    | ValueNone -> 0.0
                    | ValueSome(struct (m, length)) -> m * Tensor.toFloat length
            |]

        match Array.fold max 0.0 each with
        | 0.0 -> Array.sum each
        | m when System.Double.IsFinite m -> m * sqrt (each |> Array.sumBy (fun length -> (length / m) ** 2.0))
        | m -> m

    /// f(x) = x where all together are no longer than the limit, else x·limit/|x|.
    let shorten (limit: Tensor) (xs: Tensor[]) : Tensor -> Tensor =
        match parts xs with
        | ValueNone -> id
        | ValueSome(struct (1.0, length)) ->
            let factor = Tensor.clampMax 1.0 (limit / length)
            fun x -> factor * x
        | ValueSome(struct (m, length)) ->
            if m * Tensor.toFloat length <= Tensor.toFloat limit then
                id
            else
                // Neither 1/m nor limit/m need be a number of the dtype.
                fun x -> x / m * (limit / length)
