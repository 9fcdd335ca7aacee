namespace Functional.FSharp

open System
open System.Runtime.InteropServices
open System.Threading

/// The end of a process while other threads compute. At exit the destructors of libtorch's static objects run, also of those that
/// it makes on the way, such as compiled kernels; a thread that still uses them would bring the process down by a signal, and
/// its exit code would be lost (docs/decisions/0030-exits.md).
[<AbstractClass; Sealed>]
type internal Exit private () =

    // Plain fields: they are looked at in every operation.
    [<DefaultValue>]
    static val mutable private user: Thread | null

    [<DefaultValue>]
    static val mutable private several: bool

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

    /// This thread uses libtorch. Of two that begin at once, the next call of either tells them apart.
    static member Use() =
        if not Exit.several then
            let thread = Thread.CurrentThread

            if isNull Exit.user then
                Exit.user <- thread
            elif not (obj.ReferenceEquals(Exit.user, thread)) then
                Exit.several <- true

    /// From now on the process ends without the exit handlers that are registered by then, unless it is ended by the only
    /// thread that has ever used libtorch. On systems other than Linux with glibc nothing changes.
    static member Guard() =
        if OperatingSystem.IsLinux() then
            AppDomain.CurrentDomain.ProcessExit.Add(fun _ ->
                if Exit.several || not (isNull Exit.user || obj.ReferenceEquals(Exit.user, Thread.CurrentThread)) then
                    Exit.SkipHandlers())
