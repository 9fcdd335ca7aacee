/// Loops whose memory does not grow.
module internal Functional.FSharp.Loop

open System.Collections.Generic
open Functional

/// The values after each of `count` steps in turn, each handed to `visit`; what a step leaves is freed when the next replaces it,
/// unless it was there before the loop. The last value's tensors go to the scope around, or to the garbage collector.
let walk
    (held: 's -> Tensor[])
    (step: int -> 's -> 's)
    (visit: int -> 's -> unit)
    (count: int)
    (start: unit -> 's)
    : 's =
    let mark = Frame null
    let isMine (tensor: Tensor) = obj.ReferenceEquals(tensor.Owner, mark)

    let within (f: unit -> 's) =
        let frame = Frame.Open()

        try
            let next = f ()

            for tensor in held next do
                if obj.ReferenceEquals(tensor.Owner, frame) then
                    tensor.Owner <- mark

            next
        finally
            frame.Close()

    let mutable current = within start
    let mutable tensors = held current
    let mutable isWhole = false

    try
        for i in 0 .. count - 1 do
            let last, before = current, tensors
            current <- within (fun () -> step i last)
            tensors <- held current
            let kept = HashSet<Tensor>(tensors, HashIdentity.Reference)

            for tensor in before do
                if isMine tensor && not (kept.Contains tensor) then
                    tensor.Free()

            visit i current

        for tensor in tensors do
            if isMine tensor then
                tensor.HandOut()

        isWhole <- true
        current
    finally
        // A handler that raises again would take the stack of all loops around, as would a walk through the state.
        if not isWhole then
            for tensor in tensors do
                if isMine tensor then
                    tensor.Free()

/// The value after so many steps.
let fold (held: 's -> Tensor[]) (step: int -> 's -> 's) (count: int) (start: unit -> 's) : 's =
    walk held step (fun _ _ -> ()) count start
