namespace Functional

open System
open System.Threading

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
        GC.WaitForPendingFinalizers()

        if Volatile.Read &declared > enough then
            GC.Collect 2
            GC.WaitForPendingFinalizers()
            Volatile.Write(&left, Volatile.Read &declared)
            Volatile.Write(&limit, Volatile.Read &left + max least (Volatile.Read &left / 16L))

    /// The memory has been freed.
    member ballast.Drop() =
        GC.SuppressFinalize ballast
        Interlocked.Add(&declared, -bytes) |> ignore

    override _.Finalize() = Interlocked.Add(&declared, -bytes) |> ignore
