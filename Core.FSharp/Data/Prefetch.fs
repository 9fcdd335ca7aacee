namespace Functional.FSharp

open System
open System.Collections.Concurrent
open System.Collections.Generic
open System.Runtime.ExceptionServices
open System.Threading
open Functional

/// A batch that another thread has made, and the scope that owns what it made; or what was raised instead.
[<Sealed>]
type internal Prepared<'batch>(make: unit -> 'batch) =

    let frame = Frame.Open()

    let made =
        try
            try
                Ok(make ())
            with error ->
                Error(ExceptionDispatchInfo.Capture error)
        finally
            frame.Leave()

    let mutable isThere = true

    // True for the first caller alone.
    let take () = Interlocked.Exchange(&isThere, false)

    /// Frees what the batch is made of, unless it was taken.
    member _.Drop() =
        if take () then
            frame.Drop()

    /// The batch, and what was made for it, for the scope that runs on the calling thread. Whoever asks again, or too late,
    /// has it made again.
    member _.Take() : 'batch =
        if take () then
            match made with
            | Ok batch ->
                frame.Adopt()
                batch
            | Error error ->
                frame.Drop()
                error.Throw()
                Unchecked.defaultof<'batch>
        else
            make ()

/// What the thread that makes batches and the walk that uses them share: so many batches ahead, in their order.
[<Sealed>]
type internal Supply<'batch>(ahead: int, source: seq<unit -> 'batch>) =

    let free = new SemaphoreSlim(ahead)
    let ready = new BlockingCollection<Prepared<'batch>>()
    let mutable stopped = false
    let mutable failure: ExceptionDispatchInfo | null = null

    let drop () =
        let mutable prepared = Unchecked.defaultof<Prepared<'batch>>

        while ready.TryTake &prepared do
            prepared.Drop()

    /// Makes batches until there are no more or it is stopped. A place that is free comes before the batch that takes it, so
    /// that never more than `ahead` wait.
    member _.Fill() =
        try
            try
                use source: IEnumerator<unit -> 'batch> = source.GetEnumerator()

                let mutable more = true

                while more do
                    free.Wait()
                    more <- not (Volatile.Read &stopped) && source.MoveNext()

                    if more then
                        ready.Add(Prepared source.Current)
            with error ->
                failure <- ExceptionDispatchInfo.Capture error
        finally
            ready.CompleteAdding()

            if Volatile.Read &stopped then
                drop ()

    /// The batches as they become ready; each gives its place free.
    member _.Taken: seq<Prepared<'batch>> =
        seq {
            for prepared in ready.GetConsumingEnumerable() do
                free.Release() |> ignore
                prepared
        }

    /// What the source has raised, at its end.
    member _.Failure = failure

    /// No further batch is made.
    member _.Stop() =
        Volatile.Write(&stopped, true)
        free.Release() |> ignore

    /// Frees what was made and not used, when the thread has ended.
    member _.Close() =
        drop ()
        ready.Dispose()
        free.Dispose()

/// Makes batches on a thread of its own, so many ahead of the one that is used, until it is disposed of or forgotten: the
/// thread knows only the supply, so that the collector finds a walk that nobody holds.
[<Sealed>]
type internal Prefetch<'batch>(ahead: int, source: seq<unit -> 'batch>) =

    // What the thread and its batches hold, of which the collector sees nothing.
    let ballast = Ballast(4L <<< 20)
    let supply = Supply<'batch>(ahead, source)
    let thread = Prefetch<'batch>.Start supply

    // Apart from what a walk holds, so that the thread's function does not hold the walk.
    static member private Start(supply: Supply<'batch>) : Thread =
        let thread = Thread(supply.Fill, IsBackground = true, Name = "Batches.prefetch")
        thread.Start()
        thread

    /// The batches in their order, each to be taken before the next one is asked for. What the source raises comes after
    /// the batches before it.
    member prefetch.Batches: seq<unit -> 'batch> =
        seq {
            for prepared in supply.Taken do
                try
                    prepared.Take
                finally
                    prepared.Drop()

            match supply.Failure with
            | null -> ()
            | failure -> failure.Throw()

            // Until here, the walk holds it.
            GC.KeepAlive prefetch
        }

    override _.Finalize() = supply.Stop()

    interface IDisposable with
        member prefetch.Dispose() =
            GC.SuppressFinalize prefetch
            supply.Stop()
            thread.Join()
            supply.Close()
            ballast.Drop()
