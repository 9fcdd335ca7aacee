namespace Functional.FSharp

open System
open Functional

/// The run between two snapshots. It owns what the last step made until a snapshot is published; a published tensor is
/// never written again.
[<Sealed>]
type internal Run<'batch>(rule: Rule<'batch>, transform: Transform, start: Snapshot) =

    let mutable current = start
    // Tensors of the current snapshot that no one else has seen carry this mark as their owner.
    let mutable mine = Frame null
    let mutable inPlace: (int -> TorchSharp.torch.Tensor[] -> unit) option = None
    // The bytes that a burst writes to: parameters and memory.
    let mutable written: struct (nativeint * nativeint)[] = [||]
    let mutable published = true
    let mutable canFuse = transform.Pieces.IsSome

    // A snapshot of the same run.
    let next step ps state memory loss = Snapshot(step, start.Key, ps, state, memory, loss, start.Spec)

    let constant (x: Tensor) = if Native.requiresGrad x.Raw then Tensor.Of(Ops.detach x.Raw) else x

    // Takes the tensors of the next snapshot out of the step's frame, and frees those of the last that it replaces.
    let advance (frame: Frame) (next: Snapshot) =
        let last, mark = current, Frame null

        for tensor in Snapshot.tensors next do
            if obj.ReferenceEquals(tensor.Owner, frame) || obj.ReferenceEquals(tensor.Owner, mine) then
                tensor.Owner <- mark

        for tensor in Snapshot.tensors last do
            if obj.ReferenceEquals(tensor.Owner, mine) then
                tensor.Free()

        mine <- mark
        current <- next
        published <- false

    let clone (x: Tensor) = Tensor.Of(if Native.isContiguous x.Raw then Ops.clone x.Raw else Ops.contiguous x.Raw)

    let values (f: Tensor -> Tensor) (ps: Params) : Params =
        ps |> Tree.map (fun param -> { param with Value = f param.Value })

    // A burst writes to clones of its own; no published buffer and no two leaves share one.
    let own () =
        let frame = Frame.Open()

        try
            let ps, memory = values clone current.Params, Tree.map clone current.Memory

            match Fused.tryCompile transform ps memory with
            | None -> canFuse <- false
            | update ->
                written <-
                    [|
                        for x in Array.append (Tree.values (Params.values ps)) (Tree.values memory) ->
                            Native.range x.Raw
                    |]

                let leaves = Frame null

                ps
                |> Tree.iter (fun param -> param.Value.Variable <- Tensor(Ops.leaf param.Value.Raw, Owner = leaves))

                advance frame (next current.Step ps current.State memory current.Loss)
                inPlace <- update
        finally
            frame.Close()

    // Puts the tensors of a snapshot beside each other in memory. Where a step left them, what it has freed lies between
    // them, in pieces that later steps cannot use as long as the snapshot is kept.
    let gather () =
        let frame = Frame.Open()

        try
            let move (x: Tensor) = if obj.ReferenceEquals(x.Owner, mine) then clone x else x

            let ps, state, memory =
                values move current.Params, Tree.map move current.State, Tree.map move current.Memory

            advance frame (next current.Step ps state memory (move current.Loss))
        finally
            frame.Close()

    // Whether a tensor may share what the burst writes to. A view that is not contiguous has no range of its own.
    let shares (raw: TorchSharp.torch.Tensor) =
        Native.isOnCpu raw
        && (not (Native.isContiguous raw)
            || let struct (first, last) = Native.range raw in
               written |> Array.exists (fun struct (start, stop) -> first < stop && start < last))

    // What a rule hands out may be a parameter itself, or a part of one, and must stay what it is.
    let apart (x: Tensor) = if shares x.Raw then clone x else x

    // Buffers are written without looking at shapes, so the gradients of a rule are looked at first.
    let gradient (param: Param) (g: Tensor) =
        let like = param.Value.Raw

        if not (Native.sameShape g.Raw like) || Native.dtype g.Raw <> Native.dtype like then
            invalidOp $"the rule gave a gradient {g} for a parameter {param.Value}"

        (apart g).Raw

    member _.Current = current

    member _.Step(make: unit -> 'batch) =
        if current.Step = Int32.MaxValue then
            invalidOp $"a run has at most {Int32.MaxValue} steps"

        if canFuse && published then
            own ()

        let frame = Frame.Open()

        try
            let batch = make ()

            let moment = { Step = current.Step; Key = Key.child current.Step current.Key }

            let estimate =
                let given = rule.Estimate moment current.Params current.State batch

                { given with Loss = constant given.Loss; State = Tree.map constant given.State }

            match inPlace with
            | Some update ->
                let gradients = Tree.map2 gradient current.Params estimate.Gradients |> Tree.values
                // The pieces that have a form in place all leave the state as the rule gives it.
                let state, loss = Tree.map apart estimate.State, apart estimate.Loss
                update current.Step gradients
                advance frame (next (current.Step + 1) current.Params state current.Memory loss)
            | None ->
                let struct (result, memory) =
                    transform.Update moment current.Params current.State current.Memory estimate

                let ps, state = Params.move result.Gradients current.Params, Tree.map constant result.State
                advance frame (next (current.Step + 1) ps state memory estimate.Loss)
        finally
            frame.Close()

    /// The current snapshot, given away for good.
    member _.Publish() =
        if inPlace.IsNone then
            gather ()

        for tensor in Snapshot.tensors current do
            tensor.DropVariable()

            if obj.ReferenceEquals(tensor.Owner, mine) then
                tensor.HandOut()

        inPlace <- None
        published <- true
        current

    interface IDisposable with
        member _.Dispose() =
            for tensor in Snapshot.tensors current do
                if obj.ReferenceEquals(tensor.Owner, mine) then
                    tensor.Free()
