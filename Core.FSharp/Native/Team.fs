/// Work that is shared out among the threads of libtorch itself. After each operation these spin for a while in case another
/// follows; threads of .NET would wait until they are done with that (docs/decisions/0024-one-team.md).
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Team

open System
open System.IO
open System.Runtime.ExceptionServices
open System.Runtime.InteropServices
open System.Threading
open System.Threading.Tasks

/// What each thread does, given a handle of the work.
type private Job = delegate of nativeint -> unit

// void GOMP_parallel(void (*function)(void *), void *data, unsigned threads, unsigned flags)
type private Parallel = delegate of nativeint * nativeint * uint32 * uint32 -> unit

let private job =
    Job(fun handle ->
        match GCHandle.FromIntPtr(handle).Target with
        | :? (unit -> unit) as work -> work ()
        | _ -> ())

let private jobAddress = lazy Marshal.GetFunctionPointerForDelegate job

// The file of libgomp that libtorch has loaded, under whatever name. There may be a second one, the system's, with threads of
// its own.
let private libgomp () : string option =
    let loaded =
        File.ReadLines "/proc/self/maps"
        |> Seq.filter (fun line -> line.Contains '/')
        |> Seq.map (fun line -> line.Substring(line.IndexOf '/'))
        |> Seq.distinct
        |> List.ofSeq

    let named (name: string) = loaded |> List.filter (fun path -> path.Contains("/" + name, StringComparison.Ordinal))

    let folders = named "libtorch_cpu" |> List.map Path.GetDirectoryName

    named "libgomp"
    |> List.sortBy (fun path -> not (List.contains (Path.GetDirectoryName path) folders))
    |> List.tryHead

let private parallel' =
    lazy
        try
            if OperatingSystem.IsLinux() then
                libgomp ()
                |> Option.bind (fun path ->
                    match NativeLibrary.TryGetExport(NativeLibrary.Load path, "GOMP_parallel") with
                    | true, address -> Some(Marshal.GetDelegateForFunctionPointer<Parallel> address)
                    | _ -> None)
            else
                None
        with
        | :? IOException
        | :? UnauthorizedAccessException
        | :? DllNotFoundException -> None

/// Carries out pieces 0 to count - 1, each once, in any order and on any thread of the team. Neighbours are handed out far apart,
/// so that threads do not write to the same line of memory. What a piece throws comes out here.
let share (count: int) (piece: int -> unit) : unit =
    let threads = min count (Native.threads ())

    if threads <= 1 then
        for i in 0 .. count - 1 do
            piece i
    else
        let each = (count + threads - 1) / threads
        let next = [| -1 |]
        let failures: (ExceptionDispatchInfo | null)[] = [| null |]

        let work () =
            try
                let mutable turn = Interlocked.Increment(&next[0])

                while turn < each * threads do
                    let i = turn % threads * each + turn / threads

                    if i < count then
                        piece i

                    turn <- Interlocked.Increment(&next[0])
            with error ->
                // An exception may not cross native frames.
                failures[0] <- ExceptionDispatchInfo.Capture error

        match parallel'.Value with
        | Some run ->
            let handle = GCHandle.Alloc work

            try
                run.Invoke(jobAddress.Value, GCHandle.ToIntPtr handle, uint32 threads, 0u)
            finally
                handle.Free()
        | None -> Parallel.For(0, threads, (fun _ -> work ())) |> ignore

        match failures[0] with
        | null -> ()
        | failure -> failure.Throw()
