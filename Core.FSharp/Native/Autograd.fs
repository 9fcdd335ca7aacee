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

        leaves |> Array.map _.grad
    finally
        // A leaf may serve again, and would add the next gradient to this one.
        for leaf in leaves do
            leaf.grad <- null
            GC.KeepAlive leaf

// Gradients that can be differentiated again may not go through `.grad`: that would tie variable and graph into a cycle.
let private fragment =
    Script.compile
        """
def filled(gs: List[Optional[Tensor]], xs: List[Tensor]) -> List[Tensor]:
    found: List[Tensor] = []
    for i in range(len(xs)):
        g = gs[i]
        found.append(torch.zeros_like(xs[i]) if g is None else g)
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
