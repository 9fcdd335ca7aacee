/// Memory in use: the bytes that the heap of C and the managed heap hold. Unlike resident memory it does not count what was freed,
/// so that a few steps of a loop show a leak of some bytes a step.
module MemoryUse

open System
open System.Diagnostics
open System.Runtime.InteropServices
open System.Threading

// The numbers of glibc's mallinfo2, all of one size: the fifth is what is mapped, the eighth what is in use besides.
[<Struct; StructLayout(LayoutKind.Sequential)>]
type private HeapInfo =
    val Arena: unativeint
    val Free: unativeint
    val FastFree: unativeint
    val Maps: unativeint
    val Mapped: unativeint
    val Unused: unativeint
    val FastBytes: unativeint
    val InUse: unativeint
    val FreeBytes: unativeint
    val Keep: unativeint

[<DllImport("libc.so.6")>]
extern HeapInfo private mallinfo2()

/// The bytes of the C heap in use; where glibc does not say, the private bytes of the process.
let native () : int64 =
    if OperatingSystem.IsLinux() then
        let info = mallinfo2 ()
        int64 info.Mapped + int64 info.InUse
    else
        use self = Process.GetCurrentProcess()
        self.PrivateMemorySize64

/// The bytes in use of both heaps once all that can be collected is.
let settled () : int64 =
    for _ in 1..3 do
        GC.Collect()
        GC.WaitForPendingFinalizers()

    native () + GC.GetTotalMemory true

/// What a piece of work did to memory.
type Use =
    {
        /// The bytes that are held afterwards and were not before.
        Held: int64
        /// The most bytes of the C heap in use during the work, above those before it.
        Peak: int64
    }

/// Runs a piece of work and looks at the C heap every millisecond.
let watched (work: unit -> unit) : Use =
    let held = settled ()
    let before = native ()
    let most, stop = ref before, ref false

    let look () =
        while not (Volatile.Read &stop.contents) do
            most.Value <- max most.Value (native ())
            Thread.Sleep 1

    let thread = Thread(look, IsBackground = true)
    thread.Start()

    try
        work ()
    finally
        Volatile.Write(&stop.contents, true)
        thread.Join()

    { Held = settled () - held; Peak = most.Value - before }
