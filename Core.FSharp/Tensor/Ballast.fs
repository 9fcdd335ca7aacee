namespace Functional

open System
open System.Threading

/// The thread that runs finalizers, known once the first of these has been collected.
[<Sealed; AllowNullLiteral>]
type internal FinalizerThread() =
    static let mutable thread: Thread | null = null

    static member IsHere() = obj.ReferenceEquals(Volatile.Read &thread, Thread.CurrentThread)

    override _.Finalize() = Volatile.Write(&thread, Thread.CurrentThread)

/// Waits for finalizers, but not for long: one of the user's may wait for a lock that the waiting thread holds.
[<AbstractClass; Sealed>]
type internal Finalizers private () =

    // In milliseconds. What the collector has found is finalized within a few.
    static let patience = 500
    static let gate = obj ()
    static let mutable asked = 0L
    static let mutable answered = 0L
    static let mutable isStuck = false

    static let answer () =
        while true do
            let round =
                lock gate (fun () ->
                    while asked = answered do
                        Monitor.Wait gate |> ignore

                    asked)

            GC.WaitForPendingFinalizers()

            lock gate (fun () ->
                answered <- round
                isStuck <- false
                Monitor.PulseAll gate)

    static let waiting =
        lazy
            (FinalizerThread() // Nobody holds it: the next collection finds it.
             |> ignore

             Thread(answer, 256 <<< 10, IsBackground = true, Name = "Finalizers.wait").Start())

    /// Returns when the finalizers that are due have run, or after half a second; at once on their own thread, and as long as
    /// those that were waited for in vain have not ended.
    static member Wait() =
        if not (FinalizerThread.IsHere()) then
            waiting.Force()

            lock gate (fun () ->
                asked <- asked + 1L
                let mine = asked
                let until = Environment.TickCount64 + int64 patience
                Monitor.PulseAll gate

                while answered < mine && not isStuck do
                    let left = until - Environment.TickCount64

                    if left <= 0L then isStuck <- true else Monitor.Wait(gate, int left) |> ignore)

/// Native memory that hangs on a managed object. The garbage collector does not see it, so the library counts it, and has the
/// collector run whenever a sixteenth more is declared than was left the last time, and at least 12 MB more; else a loop
/// without scopes grows without bound.
[<Sealed>]
type internal Ballast(bytes: int64) =
    static let least = 12L <<< 20
    static let mutable declared = 0L
    static let mutable left = 0L
    static let mutable limit = least

    do
        if Interlocked.Add(&declared, bytes) > Volatile.Read &limit then
            Ballast.Collect()

    // The young first, for most tensors die young and the heap of the user's own objects may be large; all of them only where
    // less than half of what has come since all were collected is freed by that. What the young leave counts until then.
    static member private Collect() =
        let enough = (Volatile.Read &left + Volatile.Read &limit) / 2L
        GC.Collect 1
        Finalizers.Wait()

        if Volatile.Read &declared > enough then
            GC.Collect 2
            Finalizers.Wait()
            Volatile.Write(&left, Volatile.Read &declared)
            Volatile.Write(&limit, Volatile.Read &left + max least (Volatile.Read &left / 16L))

    /// The memory has been freed.
    member ballast.Drop() =
        GC.SuppressFinalize ballast
        Interlocked.Add(&declared, -bytes) |> ignore

    override _.Finalize() = Interlocked.Add(&declared, -bytes) |> ignore
