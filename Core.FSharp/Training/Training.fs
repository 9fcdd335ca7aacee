namespace Functional.FSharp

open System
open System.Collections.Generic
open Functional

/// The one training loop: rule × transform × batches, as a lazy sequence of snapshots.
[<RequireQualifiedAccess>]
module Training =

    /// The snapshot before the first step. Equal keys start equal runs.
    let start (rule: Rule<'batch>) (transform: Transform) (key: Key) : Snapshot =
        Scope.run Snapshot.tensors (fun () ->
            let struct (ps, state) = rule.Init(Key.child 0 key)

            Snapshot(0, Key.child 1 key, ps, state, Transform.init transform ps, Tensor.scalar nan, rule.Spec))

    /// Trains from a snapshot on, lazily: a snapshot at each multiple of `every` steps, and at the end of the batches.
    /// What the steps between compute does not depend on `every`. Walking the sequence twice trains twice.
    let run
        (every: int)
        (rule: Rule<'batch>)
        (transform: Transform)
        (batches: Batches<'batch>)
        (start: Snapshot)
        : seq<Snapshot> =
        if every < 1 then
            invalidArg (nameof every) $"a snapshot is given each so many steps, at least 1, not {every}"

        seq {
            use run = new Run<'batch>(rule, transform, start)
            use batches: IEnumerator<unit -> 'batch> = batches.From(start.Step).GetEnumerator()
            let mutable given = start.Step

            while batches.MoveNext() do
                run.Step batches.Current

                if run.Current.Step % every = 0 then
                    given <- run.Current.Step
                    run.Publish()

            if run.Current.Step > given then
                run.Publish()
        }

    /// Trains to the end of the batches: the last snapshot. `report` hears of each snapshot that `run` gives.
    let fitReporting
        (every: int)
        (report: Snapshot -> unit)
        (rule: Rule<'batch>)
        (transform: Transform)
        (batches: Batches<'batch>)
        (key: Key)
        : Snapshot =
        let mutable last = start rule transform key

        for snapshot in run every rule transform batches last do
            report snapshot
            last <- snapshot

        last

    /// Trains to the end of the batches: the last snapshot.
    let fit (rule: Rule<'batch>) (transform: Transform) (batches: Batches<'batch>) (key: Key) : Snapshot =
        fitReporting Int32.MaxValue ignore rule transform batches key
