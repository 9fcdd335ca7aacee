namespace Functional.FSharp

open System
open Functional

/// How many derivatives surround the code that runs on this thread.
[<AbstractClass; Sealed>]
type internal Order private () =
    [<ThreadStatic; DefaultValue>]
    static val mutable private surrounding: int

    [<ThreadStatic; DefaultValue>]
    static val mutable private deepest: int

    static member Surrounding
        with get () = Order.surrounding
        and set value = Order.surrounding <- value

    /// The highest order that the outermost derivative has seen so far.
    static member Deepest
        with get () = Order.deepest
        and set value = Order.deepest <- value

/// Derivatives of functions. They are values: nothing accumulates, and they nest to any order that the functions
/// called in f allow. What f does not depend on has derivative zero.
[<RequireQualifiedAccess>]
module Differentiation =

    /// How many derivatives surround the running code: layers choose a fused form by it where at most one does.
    let order () = Order.Surrounding

    // Outermost, a leaf of its own; inside another derivative, a new name of what may be that one's variable.
    let private watch (x: Tensor) =
        match x.Variable with
        | null ->
            if Native.requiresGrad x.Raw then
                Tensor.Of(Autograd.alias x.Raw)
            else
                Tensor.Of(Ops.leaf x.Raw)
        | variable when Order.Surrounding = 1 -> variable
        | _ -> Tensor.Of(Ops.leaf x.Raw)

    let private constant (x: Tensor) = if Native.requiresGrad x.Raw then Tensor.Of(Ops.detach x.Raw) else x

    let private gradients (y: Tensor) (variables: Tensor[]) =
        if Native.count y.Raw <> 1L then
            invalidArg "f" $"only one number has a gradient, but the function gave {y}"

        let raws = variables |> Array.map _.Raw

        if not (Native.requiresGrad y.Raw) then
            variables |> Array.map Tensor.zerosLike
        elif Order.Surrounding > 1 then
            Autograd.differentiable y.Raw raws |> Array.map Tensor.Of
        else
            Autograd.backward (Order.Deepest > 1) y.Raw raws
            |> Array.mapi (fun i gradient ->
                match gradient with
                | null -> Tensor.zerosLike variables[i]
                | gradient -> Tensor.Of gradient)

    let private differentiate (f: Tensor[] -> struct (Tensor * State)) (xs: Tensor[]) =
        Order.Surrounding <- Order.Surrounding + 1
        Order.Deepest <- if Order.Surrounding = 1 then 1 else max Order.Deepest Order.Surrounding

        try
            let variables = xs |> Array.map watch
            let struct (y, state) = f variables
            let gs = gradients y variables

            if Order.Surrounding > 1 then
                struct (y, state, gs)
            else
                struct (constant y, Tree.map constant state, gs)
        finally
            Order.Surrounding <- Order.Surrounding - 1

    /// The value, the state that came with it, and ∂value/∂x for each x. Outermost, what f made on the way is freed.
    let private run f (xs: Tensor[]) : struct (Tensor * State * Tensor[]) =
        if Order.Surrounding > 0 then
            differentiate f xs
        else
            let held (struct (y, state, gs)) : Tensor seq = Array.concat [| [| y |]; Tree.values state; gs |]
            Scope.run held (fun () -> differentiate f xs)

    /// f(x) and ∇f(x), for f from a tensor to a single number. ∇f has the shape of x.
    let fgrad (f: Tensor -> Tensor) (x: Tensor) : Tensor * Tensor =
        let struct (y, _, gs) = run (fun xs -> struct (f xs[0], Tree.empty)) [| x |]
        y, gs[0]

    /// ∇f(x), for f from a tensor to a single number. `grad (grad f >> Tensor.sum)` gives the sums of the Hessian's rows.
    let grad (f: Tensor -> Tensor) (x: Tensor) : Tensor = fgrad f x |> snd

    /// The value and the state that a function of parameters gives, and the derivatives of the value.
    let fgradParams (f: Params -> struct (Tensor * State)) (ps: Params) : struct (Tensor * State * Gradients) =
        let values = Tree.values ps |> Array.map _.Value
        let struct (y, state, gs) = run (fun values -> f (Params.refill values ps)) values
        struct (y, state, Tree.refill gs ps)

    /// The derivatives of a function of parameters with a single number as its value.
    let gradParams (f: Params -> Tensor) (ps: Params) : Gradients =
        let struct (_, _, gs) = fgradParams (fun ps -> struct (f ps, Tree.empty)) ps
        gs
