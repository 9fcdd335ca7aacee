/// What all derivatives are made of, over arrays of tensors. Outermost, results are constants and all else is freed.
module internal Functional.FSharp.Engine

open Functional
open Functional.FSharp.Wrapping

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

let requireNumber (y: Tensor) =
    if Native.count y.Raw <> 1L then
        invalidArg "f" $"grad: only one number has a gradient, but the function gave {y}"

let requireLike name (expected: Tensor) (given: Tensor) =
    Given.required name given |> ignore

    if not (Native.sameShape expected.Raw given.Raw) then
        invalidArg name $"{name} must have the shape of what it is paired with, {expected}, but is {given}"

/// ∂y/∂x of a number y. The last derivative of the outermost gives constants, others what can be differentiated again.
let private pull last retain (y: Tensor) (variables: Tensor[]) =
    let raws = variables |> Array.map _.Raw

    if not (Native.requiresGrad y.Raw) then
        variables |> Array.map Tensor.zerosLike
    elif last then
        Autograd.backward (Order.Deepest > 1) retain y.Raw raws
        |> Array.mapi (fun i gradient ->
            match gradient with
            | null -> Tensor.zerosLike variables[i]
            | gradient -> Tensor.Of gradient)
    else
        Autograd.differentiable y.Raw raws |> Array.map Tensor.Of

// Runs f inside so many derivatives; it is told whether these are the outermost. `each` maps the tensors of the result.
let private run levels (each: (Tensor -> Tensor) -> 'r -> 'r) (f: bool -> 'r) : 'r =
    Nesting.guard "grad" "derivatives"

    if Order.Surrounding > 0 then
        Order.Inside levels (fun () -> f false)
    else
        let held result =
            let found = ResizeArray<Tensor>()

            each
                (fun tensor ->
                    found.Add tensor
                    tensor)
                result
            |> ignore

            found :> seq<Tensor>

        Scope.run held (fun () -> Order.Inside levels (fun () -> each constant (f true)))

let private each2 f (struct (y, gs)) = struct (f y, Array.map f gs)

/// The value of f, what else it gave, and the derivatives of the value. `each` maps the tensors of what else it gave.
let gradient
    (each: (Tensor -> Tensor) -> 'a -> 'a)
    (f: Tensor[] -> struct (Tensor * 'a))
    (xs: Tensor[])
    : struct (Tensor * 'a * Tensor[]) =
    run 1 (fun map (struct (y, more, gs)) -> struct (map y, each map more, Array.map map gs)) (fun outermost ->
        let variables = Array.map watch xs
        let struct (y, more) = f variables
        requireNumber y
        struct (y, more, pull outermost false y variables))

/// The value of f and cᵀ∂f/∂x for each x.
let pullback (f: Tensor[] -> Tensor) (xs: Tensor[]) (c: Tensor) : struct (Tensor * Tensor[]) =
    run 1 each2 (fun outermost ->
        let variables = Array.map watch xs
        let y = f variables
        requireLike "v" y c
        struct (y, pull outermost false (Tensor.sum (y * c)) variables))

/// The value of f and Σ ∂f/∂x·v: the derivative, by the cotangent, of the derivative along it.
let pushforward (f: Tensor[] -> Tensor) (xs: Tensor[]) (vs: Tensor[]) : struct (Tensor * Tensor) =
    if xs.Length <> vs.Length then
        invalidArg "v" $"v must have {xs.Length} tensors, one for each of x, but has {vs.Length}"

    Array.iter2 (requireLike "v") xs vs

    run 2 (fun map (struct (y, t)) -> struct (map y, map t)) (fun outermost ->
        let variables = Array.map watch xs
        let y = f variables
        let along gs = Array.map2 (fun g v -> Tensor.sum (g * v)) gs vs |> Array.reduce (+)

        if not (Native.requiresGrad y.Raw) then
            struct (y, Tensor.zerosLike y)
        elif Native.count y.Raw = 1L then
            struct (y, Tensor.reshape y.Shape (along (pull outermost false y variables)))
        else
            let cotangent = Tensor.Of(Ops.leaf (Ops.zerosLike y.Raw))
            let gs = Autograd.pullback y.Raw cotangent.Raw (variables |> Array.map _.Raw)
            struct (y, (pull outermost false (along (Array.map Tensor.Of gs)) [| cotangent |])[0]))

/// The value of f, what else it gave, and ∂f/∂x for each x, of the shape of the value and then that of x.
let jacobian
    (each: (Tensor -> Tensor) -> 'a -> 'a)
    (f: Tensor[] -> struct (Tensor * 'a))
    (xs: Tensor[])
    : struct (Tensor * 'a * Tensor[]) =
    run 1 (fun map (struct (y, more, gs)) -> struct (map y, each map more, Array.map map gs)) (fun outermost ->
        let variables = Array.map watch xs
        let struct (y, more) = f variables
        let outputs = Tensor.reshape [ -1 ] y
        let count = Native.narrow "jacobian" y.Raw y.Count
        let rows = [| for i in 0 .. count - 1 -> pull outermost true (select 0 i outputs) variables |]

        let columns =
            variables
            |> Array.mapi (fun at x ->
                let shape = Array.append y.Shape x.Shape

                if rows.Length = 0 then
                    Tensor.zerosOf x.Dtype shape
                else
                    Tensor.stack 0 [ for row in rows -> row[at] ] |> Tensor.reshape shape)

        struct (y, more, columns))

/// The value of f, whose outputs are as many as the inputs in x, what else it gave, and Σᵢ ∂fᵢ/∂xᵢ over all of them.
let trace
    (each: (Tensor -> Tensor) -> 'a -> 'a)
    (f: Tensor -> struct (Tensor * 'a))
    (x: Tensor)
    : struct (Tensor * 'a * Tensor) =
    run 1 (fun map (struct (y, more, sum)) -> struct (map y, each map more, map sum)) (fun outermost ->
        let variable = watch x
        let struct (y, more) = f variable
        requireLike "f x" x y
        let outputs = Tensor.reshape [ -1 ] y

        let own i =
            let row = pull outermost true (select 0 i outputs) [| variable |]
            select 0 i (Tensor.reshape [ -1 ] row[0])

        let count = Native.narrow "the trace" y.Raw y.Count
        struct (y, more, Seq.fold (fun sum i -> sum + own i) (Tensor.zerosOf y.Dtype []) (seq { 0 .. count - 1 })))

/// For what comes without more.
let nothing (_: Tensor -> Tensor) () = ()
