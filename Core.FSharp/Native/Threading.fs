namespace Functional.FSharp

open System
open System.Threading
open TorchSharp

/// The number of threads that libtorch shares an operation among. libtorch keeps it for each thread that calls it, so a number
/// that was set on one is set on every other one before its next operation.
[<AbstractClass; Sealed>]
type internal Threading private () =

    // 0 as long as none was set. A plain field: it is looked at in every operation.
    [<DefaultValue>]
    static val mutable private wanted: int

    [<ThreadStatic; DefaultValue>]
    static val mutable private applied: int

    static member private ApplyWanted() =
        let count = Threading.wanted

        if Threading.applied <> count then
            torch.set_num_threads count
            Threading.applied <- count

    /// Sees to it that this thread uses the number that was set.
    static member Apply() : unit =
        if Threading.wanted <> 0 then
            Threading.ApplyWanted()

    static member Set(count: int) : unit =
        Threading.wanted <- count
        Interlocked.MemoryBarrier()
        Threading.ApplyWanted()
