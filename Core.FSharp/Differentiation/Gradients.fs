namespace Functional.FSharp

open Functional

/// Gradients of functions with a single number as their value.
[<AutoOpen>]
module DifferentiationGradients =

    /// Derivatives of functions. They are values: nothing accumulates, and they nest to any order that the functions
    /// called in f allow. What f does not depend on has derivative zero. The forms with f in front give f's value too;
    /// those with `Of` differentiate by any structure of tensors.
    [<RequireQualifiedAccess>]
    module Differentiation =

        /// f(x) and ∇f(x), for f from any structure to a single number.
        let fgradOf (structure: Structure<'x, 'd>) (f: 'x -> Tensor) (x: 'x) : Tensor * 'd =
            let struct (y, (), gs) =
                Engine.gradient
                    Engine.nothing
                    (fun leaves -> struct (f (structure.Refill leaves x), ()))
                    (structure.Leaves x)

            y, structure.Gather gs x

        /// ∇f(x), for f from any structure to a single number.
        let gradOf (structure: Structure<'x, 'd>) (f: 'x -> Tensor) (x: 'x) : 'd = fgradOf structure f x |> snd

        /// f(x) and ∇f(x), for f from a tensor to a single number. ∇f has the shape of x.
        let fgrad (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor = fgradOf Structure.tensor f x

        /// ∇f(x), for f from a tensor to a single number. `grad (grad f >> Tensor.sum)` gives the sums of the Hessian's rows.
        let grad (f: Tensor -> Tensor) (x: Tensor) : Tensor = fgrad f x |> snd

        /// f(x) and ∇f(x)·v, the derivative along v, for f from a tensor to a single number.
        let fgradv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor * Tensor =
            Engine.requireLike "v" x v
            let y, g = fgrad f x
            y, Tensor.sum (g * v)

        /// ∇f(x)·v, the derivative along v, for f from a tensor to a single number.
        let gradv (f: Tensor -> Tensor) (x: Tensor) (v: Tensor) : Tensor = fgradv f x v |> snd

        /// The value and the state that a function of parameters gives, and the derivatives of the value.
        let fgradParams (f: Params -> struct (Tensor * State)) (ps: Params) : struct (Tensor * State * Gradients) =
            let values = Structure.parameters.Leaves ps
            let struct (y, state, gs) = Engine.gradient Tree.map (fun values -> f (Params.refill values ps)) values
            struct (y, state, Tree.refill gs ps)

        /// The derivatives of a function of parameters with a single number as its value.
        let gradParams (f: Params -> Tensor) (ps: Params) : Gradients = gradOf Structure.parameters f ps
