namespace Functional

open System.Collections.Generic

/// A moment of training, as a value: keep it, compare it, save it, resume from it bit for bit. Equal are those with the same step,
/// key, architecture and numbers.
[<Sealed; NoComparison>]
type Snapshot
    internal
    (step: int, key: Key, ps: Params, state: State, memory: State, loss: Tensor, spec: Spec option, notices: string list)
    =

    internal new(step, key, ps, state, memory, loss, spec) = Snapshot(step, key, ps, state, memory, loss, spec, [])

    /// Steps done.
    member _.Step = step

    /// The key of the whole run; a step draws from its own child.
    member _.Key = key

    /// The loss of the last step's batch before its update; NaN before the first step.
    member _.Loss = loss

    /// What is worth knowing of how it was read: that its checkpoint was written with another number of threads, on which the
    /// last bits of what follows may depend. Empty for a snapshot that was made here.
    member _.Notices: IReadOnlyList<string> = notices

    member internal _.ParamsTree = ps
    member internal _.StateTree = state
    member internal _.MemoryTree = memory
    member internal _.Spec = spec

    override snapshot.Equals other =
        match other with
        | :? Snapshot as other ->
            obj.ReferenceEquals(snapshot, other)
            || step = other.Step
               && key = other.Key
               && spec = other.Spec
               && loss = other.Loss
               && ps = other.ParamsTree
               && state = other.StateTree
               && memory = other.MemoryTree
        | _ -> false

    override _.GetHashCode() = System.HashCode.Combine(step, key, loss)

namespace Functional.FSharp

open Functional

/// The trees of a snapshot, as F# reads them; C# reads them as dictionaries.
[<AutoOpen>]
module SnapshotTrees =

    type Snapshot with

        /// The parameters.
        member snapshot.Params = snapshot.ParamsTree

        /// The rule's state: running statistics, chains.
        member snapshot.State = snapshot.StateTree

        /// The transform's memory.
        member snapshot.Memory = snapshot.MemoryTree

/// Functions of snapshots.
[<RequireQualifiedAccess>]
module Snapshot =

    /// A snapshot from its parts: steps done, the run's key, parameters, state, memory, and the loss of the last step.
    let create (step: int) (key: Key) (ps: Params) (state: State) (memory: State) (loss: Tensor) =
        if step < 0 then
            invalidArg (nameof step) $"the number of steps done is not negative: {step}"

        Snapshot(step, key, ps, state, memory, loss, None)

    /// The snapshot with other parameters, such as those of another run.
    let withParams (ps: Params) (snapshot: Snapshot) =
        Snapshot(snapshot.Step, snapshot.Key, ps, snapshot.State, snapshot.Memory, snapshot.Loss, snapshot.Spec)

    /// The snapshot with all its floating-point numbers in a dtype of such, from which the run goes on in it, its batches given.
    let cast (dtype: Dtype) (snapshot: Snapshot) =
        Snapshot(
            snapshot.Step,
            snapshot.Key,
            Params.cast dtype snapshot.Params,
            State.cast dtype snapshot.State,
            State.cast dtype snapshot.Memory,
            Tensor.cast dtype snapshot.Loss,
            snapshot.Spec
        )

    /// Every tensor that a snapshot holds.
    let tensors (snapshot: Snapshot) : Tensor seq =
        [|
            for param in Tree.values snapshot.Params do
                yield param.Value

            yield! Tree.values snapshot.State
            yield! Tree.values snapshot.Memory
            yield snapshot.Loss
        |]
