namespace Functional.FSharp

open Functional

/// Derivatives of what is defined by an equation, whatever way it was solved: by the implicit function theorem.
[<RequireQualifiedAccess>]
module Implicit =

    // The x with g(p, x) = 0, g as many numbers as x: for a cotangent c, -(∂g/∂p)ᵀ·w with (∂g/∂x)ᵀ·w = c.
    let private root (structure: Structure<'x, 'd>) (g: 'x -> Tensor -> Tensor) solve (parameters: 'x) =
        let derivative p (x: Tensor) (c: Tensor) =
            let count = Native.narrow "the implicit derivative" x.Raw x.Count
            let jacobian = Tensor.reshape [ count; count ] (Differentiation.jacobian (g p) x)
            let w = Tensor.solve (Tensor.transpose 0 1 jacobian) (Tensor.reshape [ -1 ] c)
            Differentiation.jacobianTvOf structure (fun p -> g p x) p (Tensor.reshape x.Shape -w)

        Differentiation.customOf structure solve derivative parameters

    /// The x with x = f(p, x) that `solve` finds for parameters p of any structure, differentiable by p: for a cotangent c,
    /// (∂f/∂p)ᵀ·w with w = c + (∂f/∂x)ᵀ·w. One pass for each element of x and a linear system of that size; for up to a few
    /// thousand elements. The derivative does not look into `solve`.
    let fixedPointOf
        (structure: Structure<'x, 'd>)
        (f: 'x -> Tensor -> Tensor)
        (solve: 'x -> Tensor)
        (parameters: 'x)
        : Tensor =
        root structure (fun p x -> x - f p x) solve parameters

    /// The x with x = f(p, x) that `solve` finds for a tensor p, differentiable by p.
    let fixedPoint (f: Tensor -> Tensor -> Tensor) (solve: Tensor -> Tensor) (parameters: Tensor) : Tensor =
        fixedPointOf Structure.tensor f solve parameters

    /// The x at which f(p, x), a single number, is least, as `solve` finds it for parameters p of any structure,
    /// differentiable by p: for a cotangent c, -(∂²f/∂p∂x)ᵀ·w with (∂²f/∂x∂x)·w = c. The Hessian there must not be singular.
    let argminOf
        (structure: Structure<'x, 'd>)
        (f: 'x -> Tensor -> Tensor)
        (solve: 'x -> Tensor)
        (parameters: 'x)
        : Tensor =
        root structure (fun p -> Differentiation.grad (f p)) solve parameters

    /// The x at which f(p, x), a single number, is least, as `solve` finds it for a tensor p, differentiable by p.
    let argmin (f: Tensor -> Tensor -> Tensor) (solve: Tensor -> Tensor) (parameters: Tensor) : Tensor =
        argminOf Structure.tensor f solve parameters

    /// x ← f(x) from a start until no element moves by more than the tolerance; an InvalidOperationException after so many
    /// steps without that.
    let iterate (tolerance: float) (limit: int) (f: Tensor -> Tensor) (start: Tensor) : Tensor =
        if not (tolerance > 0.0) || limit < 1 then
            invalidArg
                (nameof tolerance)
                $"iterate: tolerance and limit are above 0, not {invariant tolerance} and {limit}"

        let rec go steps x =
            let next, apart =
                let next = Scope.tensor (fun () -> f x)

                next,
                Scope.value (fun () -> Tensor.toFloat (Tensor.sum (Tensor.relu (Tensor.abs (next - x) - tolerance))))

            if apart = 0.0 then
                next
            elif steps = limit || System.Double.IsNaN apart then
                invalidOp $"iterate: after {steps} steps {next} still moves by more than {invariant tolerance}"
            else
                go (steps + 1) next

        go 1 start
