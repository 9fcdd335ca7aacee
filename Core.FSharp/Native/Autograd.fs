/// The door to TorchSharp's automatic differentiation. `torch.autograd.grad` ends the process on any fault; these two
/// ways to the same gradients give managed exceptions for the same faults.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Autograd

open System
open System.Runtime.InteropServices
open TorchSharp
open Functional.FSharp.Native

type private T = torch.Tensor

/// A new name of a tensor that is differentiated already, so that this derivative is not mistaken for that one.
let alias (a: T) : T =
    let alias = a.view_as a
    GC.KeepAlive a
    alias

// libtorch gives some zeros, such as the second derivative of |x|, as tensors without memory, which nobody could read.
// Gradients that can be differentiated again may not go through `.grad`: that would tie variable and graph into a cycle.
let private fragment =
    Script.compile
        """
def filled(gs: List[Optional[Tensor]], xs: List[Tensor]) -> List[Tensor]:
    found: List[Tensor] = []
    for i in range(len(xs)):
        g = gs[i]
        if g is None or torch._is_zerotensor(g):
            found.append(torch.zeros_like(xs[i]))
        else:
            found.append(g)
    return found

def solid(gs: List[Tensor], xs: List[Tensor]) -> List[Tensor]:
    found: List[Tensor] = []
    for i in range(len(xs)):
        found.append(torch.zeros_like(xs[i]) if torch._is_zerotensor(gs[i]) else gs[i])
    return found

def gradient(y: Tensor, xs: List[Tensor]) -> List[Tensor]:
    return filled(torch.autograd.grad([y], xs, None, True, True, True), xs)

def pullback(y: Tensor, c: Tensor, xs: List[Tensor]) -> List[Tensor]:
    cs: List[Optional[Tensor]] = [c]
    return filled(torch.autograd.grad([y], xs, cs, True, True, True), xs)
"""

let private several (found: obj) : T[] =
    match found with
    | :? (T[]) as gradients -> gradients
    | other -> invalidOp $"the fragment gave {other}"

/// The gradients of a scalar y for each leaf, as constants; null where y does not depend on it. If derivatives are nested in
/// y, it may depend on their leaves too, and what leads to those alone is left out. Retained, the graph serves again.
let backward (nested: bool) (retain: bool) (y: T) (leaves: T[]) : (T | null)[] =
    try
        CustomFunction.Within(fun () ->
            try
                if nested || retain then
                    torch.autograd.backward ([| y |], null, Nullable retain, false, leaves)
                else
                    y.backward ()

                GC.KeepAlive y
            with :? ExternalException as error ->
                refuse "grad" (describe y) error)

        let found = leaves |> Array.map _.grad

        if nested then
            let given =
                [|
                    for i in 0 .. leaves.Length - 1 do
                        if not (isNull found[i]) then
                            i
                |]

            let pick (from: (T | null)[]) : T[] = given |> Array.map (fun i -> nonNull from[i])

            if given.Length > 0 then
                Script.invoke fragment "solid" [| pick found; given |> Array.map (fun i -> leaves[i]) |]
                |> several
                |> Array.iteri (fun k g -> found[given[k]] <- g)

        found
    finally
        // A leaf may serve again, and would add the next gradient to this one.
        for leaf in leaves do
            leaf.grad <- null
            GC.KeepAlive leaf

/// The gradients of a scalar y for each variable, as functions of what y depends on; zero where it does not.
let differentiable (y: T) (variables: T[]) : T[] =
    CustomFunction.Within(fun () -> Script.invoke fragment "gradient" [| y; variables |] |> several)

/// cᵀ∂y/∂x for each variable x, as functions of the cotangent c and of what y depends on.
let pullback (y: T) (c: T) (variables: T[]) : T[] =
    CustomFunction.Within(fun () -> Script.invoke fragment "pullback" [| y; c; variables |] |> several)

/// Whether operations are recorded to be differentiated.
let isRecording () = torch.is_grad_enabled ()

/// Runs f with recording on, also inside a pass that gives constants.
let recording (f: unit -> 'r) : 'r =
    use _ = torch.enable_grad ()
    f ()
