namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Wrapping

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
    let private balanced x (value: float) = Math.Pow(precision x, 0.25) * max 1.0 (abs value)

    // The step at a number: the one chosen, if there is one.
    let private stepFor (chosen: float voption) (x: Tensor) : float -> float =
        match chosen with
        | ValueNone -> balanced x
        | ValueSome step ->
            if not (step > 0.0 && step < infinity) then
                invalidArg (nameof step) $"a step of numerical derivatives is a positive number, not {invariant step}"

            precision x |> ignore
            fun _ -> step

    let private moved (x: Tensor) (values: float[]) i by =
        Tensor.ofDoubles x.Shape (Array.updateAt i (values[i] + by) values) |> Tensor.cast x.Dtype

    // f' at 0 from the values at ±h and ±2h.
    let private slope (f: float -> Tensor) (h: float) = (8.0 * (f h - f -h) - (f (2.0 * h) - f (-2.0 * h))) / (12.0 * h)

    // f'' at 0 from the values at 0 and ±h.
    let private curvature (f: float -> Tensor) (h: float) = (f h - 2.0 * f 0.0 + f -h) / (h * h)

    let private number (f: Tensor -> Tensor) x = Scope.value (fun () -> Tensor.toFloat (f x))

    let private requireSingle name (x: Tensor) =
        if x.Count <> 1L then
            invalidArg (nameof x) $"{name} is the derivative by a single number, but x is {x}"

    let private requireSpace name (x: Tensor) =
        if x.Shape <> [| 3 |] then
            invalidArg (nameof x) $"{name} is defined in three dimensions, [3], but was given {x}"

    let internal jacobianBy chosen (f: Tensor -> Tensor) (x: Tensor) : Tensor =
        let values = Tensor.toDoubles x
        let step = stepFor chosen x

        let column i = Scope.tensor (fun () -> slope (fun by -> f (moved x values i by)) (step values[i]))

        Scope.tensor (fun () ->
            if values.Length = 0 then
                let y = f x
                Tensor.zerosOf y.Dtype (Array.append y.Shape x.Shape)
            else
                let columns = List.init values.Length column
                let shape = Array.append columns[0].Shape x.Shape
                Tensor.stack columns[0].Rank columns |> Tensor.reshape shape)

    let internal gradBy chosen (f: Tensor -> Tensor) (x: Tensor) : Tensor =
        let value x =
            let y = f x
            Engine.requireNumber y
            Tensor.reshape [] y

        jacobianBy chosen value x

    let internal diffBy chosen (f: Tensor -> Tensor) (x: Tensor) : Tensor =
        requireSingle "numdiff" x
        let jacobian = jacobianBy chosen f x
        Tensor.reshape jacobian.Shape[.. jacobian.Rank - x.Rank - 1] jacobian

    let internal diff2By chosen (f: Tensor -> Tensor) (x: Tensor) : Tensor =
        requireSingle "numdiff2" x
        let values = Tensor.toDoubles x
        let step = stepFor chosen x
        Scope.tensor (fun () -> curvature (fun by -> f (moved x values 0 by)) (step values[0]))

    let internal jacobianvBy chosen (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor =
        Engine.requireLike "v" x v
        let step = stepFor chosen x

        Scope.tensor (fun () ->
            let size (x: Tensor) = if x.Count = 0L then 0.0 else Tensor.toFloat (Tensor.max (Tensor.abs x))
            let h = step (size x) / max (size v) 1e-300
            slope (fun by -> f (x + by * v)) h)

    let internal hessianBy chosen (f: Tensor -> Tensor) (x: Tensor) : Tensor =
        let values = Tensor.toDoubles x
        let count = values.Length
        let steps = values |> Array.map (stepFor chosen x)

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

    let internal hessianvBy chosen (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor =
        Engine.requireLike "v" x v

        Scope.tensor (fun () ->
            let flat = Tensor.reshape [ int x.Count; int x.Count ] (hessianBy chosen f x)
            Tensor.reshape x.Shape (Tensor.matmul flat (Tensor.reshape [ -1 ] v)))

    let internal laplacianBy chosen (f: Tensor -> Tensor) (x: Tensor) : Tensor =
        let values = Tensor.toDoubles x
        let here = number f x
        let step = stepFor chosen x

        let second i =
            let h = step values[i]
            (number f (moved x values i h) - 2.0 * here + number f (moved x values i -h)) / (h * h)

        Tensor.ofDoubles [] [| Seq.sumBy second (seq { 0 .. values.Length - 1 }) |] |> Tensor.cast x.Dtype

    let internal curldivergenceBy chosen (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor =
        requireSpace "numcurl" x
        let jacobian = jacobianBy chosen f x

        if jacobian.Shape <> [| 3; 3 |] then
            invalidArg "f" $"numcurl takes a function from [3] to [3], but its Jacobian is {jacobian}"

        let at i j = select 0 j (select 0 i jacobian)
        Tensor.stack 0 [ at 2 1 - at 1 2; at 0 2 - at 2 0; at 1 0 - at 0 1 ], Tensor.trace jacobian

    let internal divergenceBy chosen (f: Tensor -> Tensor) (x: Tensor) : Tensor =
        let jacobian = jacobianBy chosen f x

        if jacobian.Shape <> Array.append x.Shape x.Shape then
            invalidArg
                "f"
                $"numdivergence takes a function from {x} to a tensor of its shape, but its Jacobian is {jacobian}"

        Tensor.trace (Tensor.reshape [ int x.Count; int x.Count ] jacobian)

    /// Derivatives by finite differences, at the step that balances rounding against curvature; the forms that end in `With`
    /// take the step. They are constants, in float64 or float32.
    [<RequireQualifiedAccess>]
    module Differentiation =

        /// df/dx by five-point differences, for a single number x.
        let numdiff (f: Tensor -> Tensor) (x: Tensor) : Tensor = diffBy ValueNone f x

        /// As `numdiff`, at a step of one's own.
        let numdiffWith (step: float) (f: Tensor -> Tensor) (x: Tensor) : Tensor = diffBy (ValueSome step) f x

        /// d²f/dx² by second differences, of the shape of f(x), for a single number x.
        let numdiff2 (f: Tensor -> Tensor) (x: Tensor) : Tensor = diff2By ValueNone f x

        /// As `numdiff2`, at a step of one's own.
        let numdiff2With (step: float) (f: Tensor -> Tensor) (x: Tensor) : Tensor = diff2By (ValueSome step) f x

        /// ∇f by five-point differences, of the shape of x, for f from a tensor to a single number.
        let numgrad (f: Tensor -> Tensor) (x: Tensor) : Tensor = gradBy ValueNone f x

        /// As `numgrad`, at a step of one's own.
        let numgradWith (step: float) (f: Tensor -> Tensor) (x: Tensor) : Tensor = gradBy (ValueSome step) f x

        /// ∇f·v by five-point differences, for f from a tensor to a single number.
        let numgradv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor = jacobianvBy ValueNone f x v

        /// As `numgradv`, at a step of one's own.
        let numgradvWith (step: float) (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor =
            jacobianvBy (ValueSome step) f x v

        /// The Jacobian by five-point differences, of the shape of f(x) and then that of x.
        let numjacobian (f: Tensor -> Tensor) (x: Tensor) : Tensor = jacobianBy ValueNone f x

        /// As `numjacobian`, at a step of one's own.
        let numjacobianWith (step: float) (f: Tensor -> Tensor) (x: Tensor) : Tensor = jacobianBy (ValueSome step) f x

        /// (∂f/∂x)·v by five-point differences.
        let numjacobianv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor = jacobianvBy ValueNone f x v

        /// As `numjacobianv`, at a step of one's own.
        let numjacobianvWith (step: float) (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor =
            jacobianvBy (ValueSome step) f x v

        /// The Hessian by central differences of values, of the shape of x and then that of x again.
        let numhessian (f: Tensor -> Tensor) (x: Tensor) : Tensor = hessianBy ValueNone f x

        /// As `numhessian`, at a step of one's own.
        let numhessianWith (step: float) (f: Tensor -> Tensor) (x: Tensor) : Tensor = hessianBy (ValueSome step) f x

        /// The Hessian times v by central differences.
        let numhessianv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor = hessianvBy ValueNone f x v

        /// As `numhessianv`, at a step of one's own.
        let numhessianvWith (step: float) (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor =
            hessianvBy (ValueSome step) f x v

        /// The Laplacian by second differences.
        let numlaplacian (f: Tensor -> Tensor) (x: Tensor) : Tensor = laplacianBy ValueNone f x

        /// As `numlaplacian`, at a step of one's own.
        let numlaplacianWith (step: float) (f: Tensor -> Tensor) (x: Tensor) : Tensor = laplacianBy (ValueSome step) f x

        /// The divergence Σᵢ ∂fᵢ/∂xᵢ by five-point differences, for f from a tensor to one of the same shape.
        let numdivergence (f: Tensor -> Tensor) (x: Tensor) : Tensor = divergenceBy ValueNone f x

        /// As `numdivergence`, at a step of one's own.
        let numdivergenceWith (step: float) (f: Tensor -> Tensor) (x: Tensor) : Tensor =
            divergenceBy (ValueSome step) f x

        /// The curl ∇×f by five-point differences, for f from [3] to [3].
        let numcurl (f: Tensor -> Tensor) (x: Tensor) : Tensor = curldivergenceBy ValueNone f x |> fst

        /// As `numcurl`, at a step of one's own.
        let numcurlWith (step: float) (f: Tensor -> Tensor) (x: Tensor) : Tensor =
            curldivergenceBy (ValueSome step) f x |> fst

        /// The curl ∇×f and the divergence ∇·f by five-point differences, for f from [3] to [3].
        let numcurldivergence (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor = curldivergenceBy ValueNone f x

        /// As `numcurldivergence`, at a step of one's own.
        let numcurldivergenceWith (step: float) (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor =
            curldivergenceBy (ValueSome step) f x
