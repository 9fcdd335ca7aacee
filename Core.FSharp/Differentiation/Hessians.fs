namespace Functional.FSharp

open Functional

/// Second derivatives of functions with a single number as their value.
[<AutoOpen>]
module DifferentiationHessians =

    // ∇f for each leaf, with f(x) and ∇f(x) itself beside what is made of it.
    let private gradients (structure: Structure<'x, 'd>) (f: 'x -> Tensor) x leaves =
        let struct (y, (), gs) =
            Engine.gradient Engine.nothing (fun leaves -> struct (f (structure.Refill leaves x), ())) leaves

        struct (y, gs)

    /// Second derivatives of functions with a single number as their value.
    [<RequireQualifiedAccess>]
    module Differentiation =

        /// f(x), ∇f(x)·v and the Hessian times v, for f from any structure to a single number: reverse over reverse.
        let fgradhessianvOf (structure: Structure<'x, 'd>) (f: 'x -> Tensor) (x: 'x) (v: 'd) : Tensor * Tensor * 'd =
            let leaves, vs = structure.Leaves x, structure.Scatter v

            if leaves.Length <> vs.Length then
                invalidArg (nameof v) $"v must have {leaves.Length} tensors, one for each of x, but has {vs.Length}"

            Array.iter2 (Engine.requireLike "v") leaves vs

            let along leaves =
                let struct (y, gs) = gradients structure f x leaves
                let sum = Array.map2 (fun g v -> Tensor.sum (g * v)) gs vs |> Array.reduce (+)
                struct (sum, [| y |])

            let struct (slope, first, second) = Engine.gradient Array.map along leaves
            first[0], slope, structure.Gather second x

        /// The Hessian times v, for f from any structure to a single number: reverse over reverse.
        let hessianvOf (structure: Structure<'x, 'd>) (f: 'x -> Tensor) (x: 'x) (v: 'd) : 'd =
            let _, _, product = fgradhessianvOf structure f x v
            product

        /// f(x), ∇f(x)·v and the Hessian times v, which has the shape of x.
        let fgradhessianv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor * Tensor * Tensor =
            fgradhessianvOf Structure.tensor f x v

        /// ∇f(x)·v, the derivative along v, and the Hessian times v, as DiffSharp's.
        let gradhessianv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor * Tensor =
            let _, slope, product = fgradhessianv f x v
            slope, product

        /// f(x) and the Hessian times v.
        let fhessianv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor * Tensor =
            let y, _, product = fgradhessianv f x v
            y, product

        /// The Hessian times v, which has the shape of x: reverse over reverse, one product at the cost of a few calls of f.
        let hessianv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor = fhessianv f x v |> snd

        /// f(x), ∇f(x) and the Hessian ∂²f/∂x∂x, of the shape of x and then that of x again. One pass for each element of x.
        let fgradhessian (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor * Tensor =
            let gradient leaves =
                let struct (y, gs) = gradients Structure.tensor f x leaves
                struct (gs[0], [| y |])

            let struct (g, more, hessian) = Engine.jacobian Array.map gradient [| x |]
            more[0], g, hessian[0]

        /// ∇f(x) and the Hessian.
        let gradhessian (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor =
            let _, g, hessian = fgradhessian f x
            g, hessian

        /// f(x) and the Hessian.
        let fhessian (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor =
            let y, _, hessian = fgradhessian f x
            y, hessian

        /// The Hessian ∂²f/∂x∂x, of the shape of x and then that of x again. One pass for each element of x.
        let hessian (f: Tensor -> Tensor) (x: Tensor) : Tensor = fhessian f x |> snd

        /// f(x) and its Laplacian Σᵢ ∂²f/∂xᵢ². One pass for each element of x, without the memory of the Hessian.
        let flaplacian (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor =
            let gradient x =
                let struct (y, gs) = gradients Structure.tensor f x [| x |]
                struct (gs[0], [| y |])

            let struct (_, more, sum) = Engine.trace Array.map gradient x
            more[0], sum

        /// The Laplacian Σᵢ ∂²f/∂xᵢ², a single number.
        let laplacian (f: Tensor -> Tensor) (x: Tensor) : Tensor = flaplacian f x |> snd
