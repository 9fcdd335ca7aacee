/// What libtorch needs of the process that it is loaded into: two settings of Linux that a user may have made already.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Tuning

open System
open System.Runtime.InteropServices

// libtorch's threads and glibc's heap, on the system that both settings were measured on. Alpine has musl.
let private isGlibc =
    OperatingSystem.IsLinux()
    && RuntimeInformation.ProcessArchitecture = Architecture.X64
    && not (RuntimeInformation.RuntimeIdentifier.Contains "musl")

[<DllImport("libc")>]
extern int private setenv(string name, string value, int overwrite)

// libtorch's threads wait for each other by spinning, by default for milliseconds. Where another program wants the same
// core, all of a time slice is spun away, and training falls to a tenth of its speed. A short spin costs nothing
// elsewhere (docs/decisions/0007-short-spins.md). libgomp reads this once, when it is loaded.
let private spinShortly () =
    let unset (name: string) = isNull (Environment.GetEnvironmentVariable name)

    if isGlibc && unset "OMP_WAIT_POLICY" && unset "GOMP_SPINCOUNT" then
        setenv ("GOMP_SPINCOUNT", "3000", 0) |> ignore

[<DllImport("libc")>]
extern int private mallopt(int parameter, int value)

// glibc gives memory back to the system where the end of its heap is free, and every step of training asks for it again,
// page by page (docs/decisions/0011-memory-stays.md).
let private keepMemory () =
    let trimThreshold, mmapThreshold = -1, -3
    let asked = Environment.GetEnvironmentVariables().Keys |> Seq.cast<string>

    let set (name: string) = name.StartsWith("MALLOC_", StringComparison.Ordinal) || name = "GLIBC_TUNABLES"

    if isGlibc && not (Seq.exists set asked) then
        mallopt (mmapThreshold, 32 <<< 20) |> ignore
        mallopt (trimThreshold, 128 <<< 20) |> ignore

/// Makes both settings, before libtorch is loaded.
let apply () : unit =
    spinShortly ()
    keepMemory ()
