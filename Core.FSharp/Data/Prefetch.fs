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

/// Makes batches on a thread of its own, so many ahead of the one that is used, until it is disposed of.
[<Sealed>]
type internal Prefetch<'batch>(ahead: int, source: seq<unit -> 'batch>) =

    let free = new SemaphoreSlim(ahead)
    let ready = new BlockingCollection<Prepared<'batch>>()
    let mutable stopped = false
    let mutable failure: ExceptionDispatchInfo | null = null

    // A place that is free comes before the batch that takes it, so that never more than `ahead` wait.
    let prepare () =
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

    let thread = Thread(prepare, IsBackground = true, Name = "Batches.prefetch")
    do thread.Start()

    /// The batches in their order, each to be taken before the next one is asked for. What the source raises comes after
    /// the batches before it.
    member _.Batches: seq<unit -> 'batch> =
        seq {
            for prepared in ready.GetConsumingEnumerable() do
                free.Release() |> ignore

                try
                    prepared.Take
                finally
                    prepared.Drop()

            match failure with
            | null -> ()
            | failure -> failure.Throw()
        }

    interface IDisposable with
        member _.Dispose() =
            Volatile.Write(&stopped, true)
            free.Release() |> ignore
            thread.Join()

            for prepared in ready do
                prepared.Drop()

            ready.Dispose()
            free.Dispose()
