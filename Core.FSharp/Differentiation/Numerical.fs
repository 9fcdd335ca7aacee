namespace Functional.FSharp

open System
open Functional

/// Derivatives by finite differences, at the step that balances rounding against curvature.
[<AutoOpen>]
module DifferentiationNumerical =

    let private precision (x: Tensor) =
        match x.Dtype with
        | Dtype.Float64 -> Math.BitIncrement 1.0 - 1.0
        | Dtype.Float32 -> float (MathF.BitIncrement 1f - 1f)
        | _ -> invalidArg (nameof x) $"numerical derivatives are defined for float64 and float32, but were given {x}"

    // Of the five-point difference the error is about ε/h + h⁴, near its least at h = ⁴√ε, which crosses fewer kinks than ⁵√ε;
    // of a second difference it is ε/h² + h², least there too.
    let private step x (value: float) = Math.Pow(precision x, 0.25) * max 1.0 (abs value)

    let private moved (x: Tensor) (values: float[]) i by =
        Tensor.ofDoubles x.Shape (Array.updateAt i (values[i] + by) values) |> Tensor.cast x.Dtype

    // f' at 0 from the values at ±h and ±2h.
    let private slope (f: float -> Tensor) (h: float) = (8.0 * (f h - f -h) - (f (2.0 * h) - f (-2.0 * h))) / (12.0 * h)

    let private number (f: Tensor -> Tensor) x = Scope.value (fun () -> Tensor.toFloat (f x))

    /// Derivatives by finite differences, at the step that balances rounding against curvature.
    [<RequireQualifiedAccess>]
    module Differentiation =

        /// The Jacobian by five-point differences, of the shape of f(x) and then that of x.
        let numjacobian (f: Tensor -> Tensor) (x: Tensor) : Tensor =
            let values = Tensor.toDoubles x

            let column i = Scope.tensor (fun () -> slope (fun by -> f (moved x values i by)) (step x values[i]))

            Scope.tensor (fun () ->
                if values.Length = 0 then
                    let y = f x
                    Tensor.zerosOf y.Dtype (Array.append y.Shape x.Shape)
                else
                    let columns = List.init values.Length column
                    let shape = Array.append columns[0].Shape x.Shape
                    Tensor.stack columns[0].Rank columns |> Tensor.reshape shape)

        /// ∇f by five-point differences, of the shape of x, for f from a tensor to a single number.
        let numgrad (f: Tensor -> Tensor) (x: Tensor) : Tensor =
            let value x =
                let y = f x
                Engine.requireNumber y
                Tensor.reshape [] y

            numjacobian value x

        /// df/dx by five-point differences, for a single number x.
        let numdiff (f: Tensor -> Tensor) (x: Tensor) : Tensor =
            if x.Count <> 1L then
                invalidArg (nameof x) $"numdiff is the derivative by a single number, but x is {x}"

            let jacobian = numjacobian f x
            Tensor.reshape jacobian.Shape[.. jacobian.Rank - x.Rank - 1] jacobian

        /// (∂f/∂x)·v by five-point differences.
        let numjacobianv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor =
            Engine.requireLike "v" x v

            Scope.tensor (fun () ->
                let longest = Tensor.toFloat (Tensor.max (Tensor.abs v))
                let h = step x (Tensor.toFloat (Tensor.max (Tensor.abs x))) / max longest 1e-300
                slope (fun by -> f (x + by * v)) h)

        /// ∇f·v by five-point differences, for f from a tensor to a single number.
        let numgradv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor = numjacobianv f x v

        /// The Hessian by central differences of values, of the shape of x and then that of x again.
        let numhessian (f: Tensor -> Tensor) (x: Tensor) : Tensor =
            let values = Tensor.toDoubles x
            let count = values.Length
            let steps = values |> Array.map (step x)

            let at i signI j signJ =
                let there = Array.copy values
                there[i] <- there[i] + signI * steps[i]
                there[j] <- there[j] + signJ * steps[j]
                number f (Tensor.ofDoubles x.Shape there |> Tensor.cast x.Dtype)

            let hessian = Array.zeroCreate (Native.product "numhessian" [ count; count ])

            for i in 0 .. count - 1 do
                for j in i .. count - 1 do
                    let value =
                        (at i 1.0 j 1.0 - at i 1.0 j -1.0 - at i -1.0 j 1.0 + at i -1.0 j -1.0)
                        / (4.0 * steps[i] * steps[j])

                    hessian[i * count + j] <- value
                    hessian[j * count + i] <- value

            Tensor.ofDoubles (Array.append x.Shape x.Shape) hessian |> Tensor.cast x.Dtype

        /// The Hessian times v by central differences.
        let numhessianv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor =
            Engine.requireLike "v" x v

            Scope.tensor (fun () ->
                let count = int x.Count
                let flat = Tensor.reshape [ count; count ] (numhessian f x)
                Tensor.reshape x.Shape (Tensor.matmul flat (Tensor.reshape [ -1 ] v)))

        /// The Laplacian by second differences.
        let numlaplacian (f: Tensor -> Tensor) (x: Tensor) : Tensor =
            let values = Tensor.toDoubles x
            let here = number f x

            let second i =
                let h = step x values[i]
                (number f (moved x values i h) - 2.0 * here + number f (moved x values i -h)) / (h * h)

            Tensor.ofDoubles [] [| Seq.sumBy second (seq { 0 .. values.Length - 1 }) |] |> Tensor.cast x.Dtype
