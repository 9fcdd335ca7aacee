namespace Functional.FSharp

open Functional
open Functional.FSharp.Wrapping

/// Derivatives of functions from tensors to tensors.
[<AutoOpen>]
module DifferentiationJacobians =

    let private flat (structure: Structure<'x, 'd>) (f: 'x -> Tensor) x leaves = f (structure.Refill leaves x)

    /// Derivatives of functions from tensors to tensors.
    [<RequireQualifiedAccess>]
    module Differentiation =

        // ---- products with the Jacobian

        /// f(x) and (∂f/∂x)·v: forward mode, one product at the cost of a few calls of f. Counts as two derivatives.
        let fjacobianvOf (structure: Structure<'x, 'd>) (f: 'x -> Tensor) (x: 'x) (v: 'd) : Tensor * Tensor =
            let struct (y, t) = Engine.pushforward (flat structure f x) (structure.Leaves x) (structure.Scatter v)
            y, t

        /// (∂f/∂x)·v: forward mode. Counts as two derivatives.
        let jacobianvOf (structure: Structure<'x, 'd>) (f: 'x -> Tensor) (x: 'x) (v: 'd) : Tensor =
            fjacobianvOf structure f x v |> snd

        /// f(x) and (∂f/∂x)ᵀ·v: reverse mode. v has the shape of f(x), the product that of x.
        let fjacobianTvOf (structure: Structure<'x, 'd>) (f: 'x -> Tensor) (x: 'x) (v: Tensor) : Tensor * 'd =
            let struct (y, gs) = Engine.pullback (flat structure f x) (structure.Leaves x) v
            y, structure.Gather gs x

        /// (∂f/∂x)ᵀ·v: reverse mode. v has the shape of f(x), the product that of x.
        let jacobianTvOf (structure: Structure<'x, 'd>) (f: 'x -> Tensor) (x: 'x) (v: Tensor) : 'd =
            fjacobianTvOf structure f x v |> snd

        /// f(x) and (∂f/∂x)·v, of the shape of f(x): forward mode. v has the shape of x. Counts as two derivatives.
        let fjacobianv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor * Tensor =
            fjacobianvOf Structure.tensor f x v

        /// (∂f/∂x)·v, of the shape of f(x): forward mode. v has the shape of x. Counts as two derivatives.
        let jacobianv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor = fjacobianv f x v |> snd

        /// f(x) and (∂f/∂x)ᵀ·v, of the shape of x: reverse mode. v has the shape of f(x).
        let fjacobianTv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor * Tensor =
            fjacobianTvOf Structure.tensor f x v

        /// (∂f/∂x)ᵀ·v, of the shape of x: reverse mode. v has the shape of f(x).
        let jacobianTv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor = fjacobianTv f x v |> snd

        // ---- whole Jacobians

        /// f(x) and ∂f/∂x, which has for each tensor of x the shape of f(x) and then that of the tensor. With one loss a
        /// sample as f's value this gives the gradient of each sample. One reverse pass for each output.
        let fjacobianOf (structure: Structure<'x, 'd>) (f: 'x -> Tensor) (x: 'x) : Tensor * 'd =
            let struct (y, (), gs) =
                Engine.jacobian
                    Engine.nothing
                    (fun leaves -> struct (flat structure f x leaves, ()))
                    (structure.Leaves x)

            y, structure.Gather gs x

        /// ∂f/∂x, which has for each tensor of x the shape of f(x) and then that of the tensor.
        let jacobianOf (structure: Structure<'x, 'd>) (f: 'x -> Tensor) (x: 'x) : 'd = fjacobianOf structure f x |> snd

        /// f(x) and the Jacobian ∂f/∂x, of the shape of f(x) and then that of x. One reverse pass for each output.
        let fjacobian (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor = fjacobianOf Structure.tensor f x

        /// The Jacobian ∂f/∂x, of the shape of f(x) and then that of x. One reverse pass for each output.
        let jacobian (f: Tensor -> Tensor) (x: Tensor) : Tensor = fjacobian f x |> snd

        // ---- functions of a single number

        /// f(x) and df/dx, of the shape of f(x), for a single number x. Counts as two derivatives.
        let fdiff (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor =
            if x.Count <> 1L then
                invalidArg (nameof x) $"diff is the derivative by a single number, but x is {x}: use jacobian or grad"

            fjacobianv f x (Tensor.onesLike x)

        /// df/dx, of the shape of f(x), for a single number x. Counts as two derivatives.
        let diff (f: Tensor -> Tensor) (x: Tensor) : Tensor = fdiff f x |> snd

        /// dⁿf/dxⁿ, of the shape of f(x), for a single number x and n ≥ 0.
        let rec diffn (n: int) (f: Tensor -> Tensor) (x: Tensor) : Tensor =
            if n < 0 then
                invalidArg (nameof n) $"diffn needs an order of at least 0, but was given {n}"

            Nesting.guard "diffn" "derivatives"
            if n = 0 then f x else diff (diffn (n - 1) f) x

        /// f(x) and dⁿf/dxⁿ, for a single number x and n ≥ 0.
        let fdiffn (n: int) (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor = f x, diffn n f x

        // ---- fields

        let private trace f x =
            let struct (y, (), sum) = Engine.trace Engine.nothing (fun x -> struct (f x, ())) x
            y, sum

        /// f(x) and its divergence Σᵢ ∂fᵢ/∂xᵢ, for f from a tensor to one of the same shape.
        let fdivergence (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor = trace f x

        /// The divergence Σᵢ ∂fᵢ/∂xᵢ, a single number, for f from a tensor to one of the same shape.
        let divergence (f: Tensor -> Tensor) (x: Tensor) : Tensor = trace f x |> snd

        let private requireSpace name (x: Tensor) =
            if x.Shape <> [| 3 |] then
                invalidArg (nameof x) $"{name} is defined in three dimensions, [3], but was given {x}"

        let private rotation (jacobian: Tensor) =
            let at i j = select 0 j (select 0 i jacobian)
            Tensor.stack 0 [ at 2 1 - at 1 2; at 0 2 - at 2 0; at 1 0 - at 0 1 ]

        /// f(x), its curl ∇×f and its divergence ∇·f, for f from [3] to [3].
        let fcurldivergence (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor * Tensor =
            requireSpace "curl" x
            let y, jacobian = fjacobian f x
            requireSpace "the curl of f" y

            y, rotation jacobian, Tensor.sum (jacobian * Tensor.move x.Device (Tensor.eyeOf x.Dtype 3 3))

        /// The curl ∇×f and the divergence ∇·f, for f from [3] to [3].
        let curldivergence (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor =
            let _, curl, divergence = fcurldivergence f x
            curl, divergence

        /// f(x) and its curl ∇×f, for f from [3] to [3].
        let fcurl (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor =
            let y, curl, _ = fcurldivergence f x
            y, curl

        /// The curl ∇×f, for f from [3] to [3].
        let curl (f: Tensor -> Tensor) (x: Tensor) : Tensor = fcurl f x |> snd
