/// The end of a process while other threads compute. When it exits, the destructors of libtorch's static objects run, and a
/// thread that still uses them brings the process down by a signal: its own exit code is lost (docs/decisions/0030-exit.md).
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Exit

open System
open System.Runtime.InteropServices

[<DllImport("libc.so.6")>]
extern int private on_exit(nativeint handler, nativeint argument)

[<DllImport("libc.so.6")>]
extern int private __cxa_atexit(nativeint handler, nativeint argument, nativeint library)

/// Exit handlers that are registered up to now will not run: those of libtorch are among them. Handlers run from the last to
/// the first, and here the process ends, with its own exit code and its streams flushed. On systems other than Linux with
/// glibc nothing changes.
let skipHandlers () : unit =
    if OperatingSystem.IsLinux() then
        match NativeLibrary.TryLoad "libc.so.6" with
        | true, libc ->
            match NativeLibrary.TryGetExport(libc, "_exit"), NativeLibrary.TryGetExport(libc, "fflush") with
            | (true, leave), (true, flush) ->
                if on_exit (leave, 0n) = 0 then
                    __cxa_atexit (flush, 0n, 0n) |> ignore
            | _ -> ()
        | _ -> ()
