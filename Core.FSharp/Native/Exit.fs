namespace Functional.FSharp

open System
open System.Runtime.InteropServices
open System.Threading

/// The end of a process while other threads compute. At exit the destructors of libtorch's static objects run, also of those that
/// it makes on the way, such as compiled kernels; a thread that still uses them would bring the process down by a signal, and
/// its exit code would be lost (docs/decisions/0030-exits.md).
[<AbstractClass; Sealed>]
type internal Exit private () =

    static let mutable user: Thread | null = null
    static let mutable several = false

    [<DllImport("libc.so.6")>]
    static extern int on_exit(nativeint handler, nativeint argument)

    [<DllImport("libc.so.6")>]
    static extern int __cxa_atexit(nativeint handler, nativeint argument, nativeint library)

    // Handlers run from the last to the first. Here the process ends, its streams flushed, with its own exit code.
    static member private SkipHandlers() =
        match NativeLibrary.TryLoad "libc.so.6" with
        | true, libc ->
            match NativeLibrary.TryGetExport(libc, "_exit"), NativeLibrary.TryGetExport(libc, "fflush") with
            | (true, leave), (true, flush) ->
                if on_exit (leave, 0n) = 0 then
                    __cxa_atexit (flush, 0n, 0n) |> ignore
            | _ -> ()
        | _ -> ()

    /// This thread uses libtorch.
    static member Use() =
        if not several then
            let thread = Thread.CurrentThread

            if not (obj.ReferenceEquals(user, thread)) then
                several <- not (isNull (Interlocked.CompareExchange(&user, thread, null)))

    /// From now on the process ends without the exit handlers that are registered by then, unless it is ended by the only
    /// thread that has ever used libtorch. On systems other than Linux with glibc nothing changes.
    static member Guard() =
        if OperatingSystem.IsLinux() then
            AppDomain.CurrentDomain.ProcessExit.Add(fun _ ->
                if several || not (isNull user || obj.ReferenceEquals(user, Thread.CurrentThread)) then
                    Exit.SkipHandlers())
