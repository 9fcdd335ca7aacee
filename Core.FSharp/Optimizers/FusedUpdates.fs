/// Transforms carried out in place on buffers that a training burst owns. They equal the pure ones up to rounding.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Fused

open System
open TorchSharp
open Functional

let private fragment =
    Script.compile
        """
def adam(ps: List[Tensor], gs: List[Tensor], ms: List[Tensor], vs: List[Tensor], step: Tensor, rate: float, beta1: float, beta2: float, decay: float, epsilon: float) -> Tensor:
    none: List[Tensor] = []
    steps = [step for p in ps]
    torch._fused_adam_(ps, gs, ms, vs, none, steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
    return step

def adam_w(ps: List[Tensor], gs: List[Tensor], ms: List[Tensor], vs: List[Tensor], step: Tensor, rate: float, beta1: float, beta2: float, decay: float, epsilon: float) -> Tensor:
    none: List[Tensor] = []
    steps = [step for p in ps]
    torch._fused_adamw_(ps, gs, ms, vs, none, steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
    return step

def direction(gs: List[Tensor], ms: List[Tensor], vs: List[Tensor], beta1: float, beta2: float, unbias1: float, root2: float, epsilon: float) -> List[Tensor]:
    torch._foreach_mul_(ms, beta1)
    torch._foreach_add_(ms, gs, alpha=1.0 - beta1)
    torch._foreach_mul_(vs, beta2)
    torch._foreach_addcmul_(vs, gs, gs, 1.0 - beta2)
    ds = torch._foreach_sqrt(vs)
    torch._foreach_mul_(ds, root2)
    torch._foreach_add_(ds, epsilon)
    us = torch._foreach_mul(ms, unbias1)
    torch._foreach_div_(us, ds)
    return us

def momentum(gs: List[Tensor], vs: List[Tensor], mu: float) -> List[Tensor]:
    torch._foreach_mul_(vs, mu)
    torch._foreach_add_(vs, gs)
    return vs

def sgd(ps: List[Tensor], gs: List[Tensor], vs: List[Tensor], mu: float, rate: float) -> Tensor:
    torch._fused_sgd_(ps, gs, vs, weight_decay=0.0, momentum=mu, lr=rate, dampening=0.0, nesterov=False, maximize=False, is_first_step=False, grad_scale=None, found_inf=None)
    return ps[0]

def add(gs: List[Tensor], ps: List[Tensor], rate: float) -> List[Tensor]:
    return torch._foreach_add(gs, ps, alpha=rate)

def scale(gs: List[Tensor], factor: float) -> List[Tensor]:
    return torch._foreach_mul(gs, factor)

def move(ps: List[Tensor], us: List[Tensor], rate: float) -> Tensor:
    torch._foreach_add_(ps, us, alpha=rate)
    return ps[0]
"""

let private tensors name (arguments: obj[]) =
    match Script.invoke fragment name arguments with
    | :? (torch.Tensor[]) as result -> result |> Array.map (fun raw -> (Tensor.Of raw).Raw)
    | other -> invalidOp $"the fragment '{name}' gave {other}"

let private carryOut name (arguments: obj[]) =
    match Script.invoke fragment name arguments with
    | :? torch.Tensor as result -> result.Dispose()
    | other -> invalidOp $"the fragment '{name}' gave {other}"

/// The update in place, as a function of the step and the gradients, for parameters and memory that the caller owns;
/// nothing if the transform has no form in place or the parameters are not all of one floating dtype on the CPU.
let tryCompile (transform: Transform) (ps: Params) (memory: State) : (int -> torch.Tensor[] -> unit) option =
    let ps = Tree.values ps
    let raws = ps |> Array.map _.Value.Raw
    let memoryAt path name = Tree.get (path @ [ name ]) memory |> Tree.values |> Array.map _.Raw

    let uniform =
        raws.Length > 0
        && raws
           |> Array.forall (fun raw ->
               Native.dtype raw = Native.dtype raws[0]
               && (Native.dtype raw = torch.ScalarType.Float32 || Native.dtype raw = torch.ScalarType.Float64)
               && (Native.device raw).``type`` = DeviceType.CPU)

    let adam name path (beta1, beta2, epsilon) decay (factor: Schedule) =
        let ms, vs = memoryAt path "m", memoryAt path "v"
        let decayOf i = if ps[i].Role = Role.Weight then decay else 0.0

        let small, large =
            [| 0 .. raws.Length - 1 |] |> Array.partition (fun i -> Native.count raws[i] <= SmallAdam.limit)

        let count = Ops.zeros [||] torch.ScalarType.Float32

        let groups =
            [
                for decay, group in Array.groupBy decayOf large ->
                    let pick (from: torch.Tensor[]) = group |> Array.map (fun i -> from[i])
                    decay, pick raws, pick ms, pick vs, pick
            ]

        fun step (gs: torch.Tensor[]) ->
            let rate = -(factor step)

            let constants = SmallAdam.constants beta1 beta2 epsilon rate step

            for i in small do
                let constants = { constants with Kept = 1.0 - rate * decayOf i }
                SmallAdam.update constants raws[i] gs[i] ms[i] vs[i]

            if large.Length > 0 then
                Ops.fill count (float step + 1.0)

            for decay, ps, ms, vs, pick in groups do
                carryOut name [| ps; pick gs; ms; vs; count; rate; beta1; beta2; decay; epsilon |]

    let momentum path mu (factor: Schedule) =
        let vs = memoryAt path "velocity"
        fun step (gs: torch.Tensor[]) -> carryOut "sgd" [| raws; gs; vs; mu; -(factor step) |]

    let piece (path, piece) : int -> torch.Tensor[] -> torch.Tensor[] =
        match piece with
        | ScaleBy factor -> fun step gs -> tensors "scale" [| gs; factor step |]
        | Decay rate ->
            let weights =
                [|
                    for i in 0 .. ps.Length - 1 do
                        if ps[i].Role = Role.Weight then
                            i
                |]

            let pick (from: torch.Tensor[]) = weights |> Array.map (fun i -> from[i])

            fun _ gs ->
                let gs = Array.copy gs

                if weights.Length > 0 then
                    tensors "add" [| pick gs; pick raws; rate |] |> Array.iteri (fun k g -> gs[weights[k]] <- g)

                gs
        | Momentum mu ->
            let vs = memoryAt path "velocity"
            fun _ gs -> tensors "momentum" [| gs; vs; mu |]
        | Adam(beta1, beta2, epsilon) ->
            let ms, vs = memoryAt path "m", memoryAt path "v"

            fun step gs ->
                let unbias beta = 1.0 / (1.0 - beta ** (float step + 1.0))
                tensors "direction" [| gs; ms; vs; beta1; beta2; unbias beta1; sqrt (unbias beta2); epsilon |]

    let rec inTurn pieces : int -> torch.Tensor[] -> unit =
        match pieces with
        | [] -> fun _ gs -> carryOut "move" [| raws; gs; 1.0 |]
        | [ _, ScaleBy factor ] -> fun step gs -> carryOut "move" [| raws; gs; factor step |]
        | first :: rest ->
            Nesting.guard "Transform" "transforms"
            let first, rest = piece first, inTurn rest

            fun step gs ->
                Nesting.guard "Transform" "transforms"
                rest step (first step gs)

    match transform.Pieces with
    | Some pieces when uniform ->
        match pieces with
        | [ path, Adam(b1, b2, eps); _, ScaleBy factor ] -> adam "adam" path (b1, b2, eps) 0.0 factor
        | [ path, Adam(b1, b2, eps); _, Decay rate; _, ScaleBy factor ] -> adam "adam_w" path (b1, b2, eps) rate factor
        | [ path, Momentum mu; _, ScaleBy factor ] -> momentum path mu factor
        | pieces -> inTurn pieces
        |> Some
    | _ -> None
