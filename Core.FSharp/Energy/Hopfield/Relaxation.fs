/// How batches of states of two-valued units are relaxed, whatever drives the units.
module internal Functional.FSharp.Relaxation

open System.Threading.Tasks
open Functional

/// The order of the units in a sweep of a row.
let order (units: int) (key: Key) (row: int) (sweep: int) : int[] =
    Random.permutation units (Key.child sweep (Key.child row key))

let requireSweeps name (maxSweeps: int) =
    if maxSweeps < 0 then
        invalidArg (nameof maxSweeps) $"{name}: the number of sweeps is 0 or more, not {maxSweeps}"

/// Relaxes each row of `states` in place, by itself: `follow` gives the sweeps taken and whether the row alternates. The
/// results have the dtype and the place of `like`.
let run
    (like: Tensor)
    (units: int)
    (states: float[])
    (isStable: int -> bool)
    (follow: int -> struct (int * bool))
    : Recall =
    let rows = states.Length / units
    let taken = Array.zeroCreate rows
    Parallel.For(0, rows, (fun row -> taken[row] <- follow row)) |> ignore

    {
        States =
            Scope.tensor (fun () ->
                Tensor.ofDoubles [ rows; units ] states |> Tensor.cast like.Dtype |> Tensor.move like.Device)
        Sweeps = taken |> Array.map (fun struct (sweeps, _) -> sweeps)
        Converged = Array.init rows isStable
        Cycling = taken |> Array.map (fun struct (_, cycling) -> cycling)
    }

/// Sweep after sweep until the row is stable: `sweep row number`.
let untilStable (maxSweeps: int) (isStable: int -> bool) (sweep: int -> int -> unit) (row: int) : struct (int * bool) =
    let mutable sweeps = 0

    while sweeps < maxSweeps && not (isStable row) do
        sweep row sweeps
        sweeps <- sweeps + 1

    struct (sweeps, false)
