/// Loads libtorch before its first use, from any entry point and without the user calling anything. LibTorchSharp asks
/// for GLIBCXX_3.4.32, which Debian 12 and Ubuntu 22.04 lack, for the sake of one symbol that nothing uses; there, a
/// copy without that need is loaded from memory.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Loader

open System
open System.IO
open System.Reflection
open System.Runtime.InteropServices
open System.Threading
open Microsoft.Win32.SafeHandles
open TorchSharp

let mutable private ready = false

let private libtorchVersion = "2.10.0"
let private torchSharpVersion = "0.107.0"
let private version = "GLIBCXX_3.4.32"
let private symbol = "_ZSt21ios_base_library_initv"
let private bridge = "libLibTorchSharp.so"

// In the order of loading; each finds the others, and libgomp, beside itself.
let private libtorch = [ "libc10.so"; "libtorch_cpu.so"; "libtorch.so" ]

let private systems = [ "linux-x64"; "win-x64"; "osx-arm64" ]

let private system =
    let name =
        if OperatingSystem.IsLinux() then
            // libtorch is built for glibc; Alpine has musl.
            if RuntimeInformation.RuntimeIdentifier.Contains "musl" then
                "linux-musl"
            else
                "linux"
        elif OperatingSystem.IsWindows() then
            "win"
        elif OperatingSystem.IsMacOS() then
            "osx"
        else
            "other"

    $"{name}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}"

let private lines (texts: string list) = String.Join(Environment.NewLine, texts)

/// The package with libtorch for a system (linux-x64, win-x64, osx-arm64), if there is one.
let packageFor (system: string) : string option =
    if List.contains system systems then Some $"libtorch-cpu-{system}" else None

/// What to do on a system where these files are missing.
let advice (system: string) (missing: string list) : string =
    match packageFor system with
    | Some libtorch ->
        let name, version =
            if missing = [ bridge ] then
                "TorchSharp", torchSharpVersion
            else
                libtorch, libtorchVersion

        lines
            [
                $"The program that runs needs the package {name} {version}:"
                $"    dotnet add package {name} --version {version}"
                "or in F# Interactive:"
                $"    #r \"nuget: {name}, {version}\""
            ]
    | None -> $"""libtorch has no package for this system, {system}. Supported are {String.Join(", ", systems)}."""

let private fileName (path: string) = Path.GetFileName path |> string

let private fail (problem: string) (cause: exn | null) : 'a =
    match packageFor system with
    | Some _ -> raise (DllNotFoundException(problem, cause))
    | None -> raise (PlatformNotSupportedException(problem, cause))

/// The paths of libtorch's files and of LibTorchSharp, in the order of loading, or the names of those that are missing.
let locate (exists: string -> bool) (libtorch: string list) (folders: string list) : Result<string list, string list> =
    let absent folder = libtorch |> List.filter (fun file -> not (exists (Path.Combine(folder, file))))

    // Files of several folders might be of several versions: one folder must hold them all.
    let folder, missing =
        ("", libtorch) :: List.map (fun folder -> folder, absent folder) folders
        |> List.minBy (fun (_, missing) -> missing.Length)

    match missing, folders |> List.tryFind (fun folder -> exists (Path.Combine(folder, bridge))) with
    | [], Some other -> Ok(List.map (fun file -> Path.Combine(folder, file)) libtorch @ [ Path.Combine(other, bridge) ])
    | missing, Some _ -> Error missing
    | missing, None -> Error(missing @ [ bridge ])

/// Where natives may lie beside an assembly: flat, under runtimes, or (…/torchsharp/0.107.0/lib/net8.0, as F# Interactive
/// loads it) in the package folders around it.
let beside (subfolders: string -> string list) (folder: string) : string list =
    let native folder = Path.Combine(folder, "runtimes", "linux-x64", "native")
    let up (levels: int) = Path.GetFullPath(Path.Combine(folder, String.replicate levels "../"))

    let packaged =
        if DirectoryInfo(up 1).Name = "lib" then
            let versions = Path.Combine(up 4, "libtorch-cpu-linux-x64")
            let preferred = Path.Combine(versions, libtorchVersion)

            // A later patch of libtorch may stand in; with any other version calls end the process.
            let patches =
                subfolders versions
                |> List.filter (fun found -> (fileName found).StartsWith("2.10.", StringComparison.Ordinal))

            up 2 :: preferred :: List.except [ preferred ] patches |> List.map native
        else
            []

    folder :: native folder :: packaged

let private folders () =
    let host =
        match AppContext.GetData "NATIVE_DLL_SEARCH_DIRECTORIES" with
        | :? string as folders ->
            folders.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) |> List.ofArray
        | _ -> []

    // An assembly of a single-file program has no location, and a dynamic one throws when it is asked for it.
    let location (assembly: Assembly) =
        if assembly.IsDynamic || assembly.Location = "" then
            None
        else
            Path.GetDirectoryName assembly.Location |> Option.ofObj

    let subfolders folder =
        if Directory.Exists folder then
            List.ofArray (Directory.GetDirectories folder)
        else
            []

    let anchors =
        AppContext.BaseDirectory
        :: List.choose location [ typeof<torch>.Assembly; Assembly.GetExecutingAssembly() ]

    host @ List.collect (beside subfolders) anchors
    |> List.map (Path.GetFullPath >> Path.TrimEndingDirectorySeparator)
    |> List.distinct

/// The image of LibTorchSharp without its need of GLIBCXX_3.4.32.
let markWeak (image: byte[]) : byte[] = Elf.markWeak version symbol image

[<DllImport("libc", SetLastError = true)>]
extern int private memfd_create(string name, uint32 flags)

[<DllImport("libdl.so.2")>]
extern nativeint private dlopen(string file, int mode)

// RTLD_LAZY and RTLD_NOLOAD: asks without loading.
let private isLoaded file = dlopen (file, 1 ||| 4) <> 0n

let private fromMemory (image: byte[]) =
    let closeOnExec = 1u
    let descriptor = memfd_create (bridge, closeOnExec)

    if descriptor < 0 then
        raise (IOException $"memfd_create: {Marshal.GetLastPInvokeErrorMessage()}")

    use handle = new SafeFileHandle(nativeint descriptor, true)
    RandomAccess.Write(handle, ReadOnlySpan image, 0L)
    let library = NativeLibrary.Load $"/proc/self/fd/{descriptor}"
    // The system's loader knows a library by its path: the number stays taken, lest another file come under the same path.
    handle.SetHandleAsInvalid()
    library

let private fromFile (image: byte[]) =
    let path = Path.Combine(Path.GetTempPath(), $"libLibTorchSharp-{Guid.NewGuid():n}.so")

    let options =
        FileStreamOptions(
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = Nullable(UnixFileMode.UserRead ||| UnixFileMode.UserWrite)
        )

    let file = new FileStream(path, options)

    try
        using file _.Write(ReadOnlySpan image)
        NativeLibrary.Load path
    finally
        File.Delete path

let private (|Refused|_|) (error: exn) =
    match error with
    | :? IOException
    | :? UnauthorizedAccessException
    | :? InvalidDataException
    | :? DllNotFoundException
    | :? BadImageFormatException
    | :? EntryPointNotFoundException -> Some error.Message
    | _ -> None

let private fromImage image =
    try
        fromMemory image
    with Refused inMemory ->
        try
            fromFile image
        with Refused inFile as error ->
            fail
                $"the copy fit for this system loads neither from memory ({inMemory}) nor from a temporary file ({inFile})"
                error

let private loadLibtorch (path: string) =
    let companions = Directory.GetFiles(Path.GetDirectoryName path |> string, "libgomp*.so*")

    for file in Array.append [| path |] companions do
        try
            using (File.OpenRead file) Elf.check
        with :? InvalidDataException as error ->
            fail $"{fileName file}: {error.Message}" error

    NativeLibrary.Load path |> ignore

let private loadBridge (path: string) =
    let image = File.ReadAllBytes path
    let fit = markWeak image

    let library =
        if obj.ReferenceEquals(fit, image) then
            NativeLibrary.Load path
        else
            fromImage fit

    if not (fst (NativeLibrary.TryGetExport(library, "THSTorch_manual_seed"))) then
        fail "it does not export THSTorch_manual_seed" null

    // TorchSharp must find this very copy: a search of its own ends in copying half a gigabyte.
    match NativeLibrary.TryLoad("LibTorchSharp", typeof<torch>.Assembly, Nullable()) with
    | true, found when found = library -> ()
    | _ -> fail "it is loaded, but TorchSharp does not find it" null

let private load () =
    let folders = folders ()

    match locate File.Exists (List.filter (isLoaded >> not) libtorch) folders with
    | Ok paths ->
        for path in paths do
            try
                if fileName path = bridge then loadBridge path else loadLibtorch path
            with Refused problem as error ->
                fail $"{path} cannot be loaded: {problem}" error
    | Error missing ->
        let names = String.Join(", ", missing)
        let problem = $"libtorch's native files are missing: {names}."
        fail (lines (problem :: advice system missing :: "Looked in:" :: List.map (sprintf "    %s") folders)) null

// On Linux: is LibTorchSharp's need of the C++ library unmet, and LibTorchSharp not loaded by someone else?
let private needsHelp () =
    let met () =
        match NativeLibrary.TryLoad "libstdc++.so.6" with
        | true, library -> fst (NativeLibrary.TryGetExport(library, symbol))
        | _ -> false

    system = "linux-x64" && not (met ()) && not (isLoaded bridge)

let private start (hint: string) =
    let value =
        try
            torch.InitializeDeviceType DeviceType.CPU
            use probe = torch.tensor 3.0f
            probe.item<float32>()
        with
        | :? NotSupportedException
        | :? TypeInitializationException
        | :? ExternalException
        | Refused _ as error ->
            fail (lines [ "TorchSharp does not start."; hint; $"The cause: {error.GetBaseException().Message}" ]) error

    if value <> 3.0f then
        fail $"TorchSharp does not work: a tensor of 3 reads as {invariant value}." null

let private loading =
    lazy
        (Tuning.apply ()

         if needsHelp () then
             load ()
             start $"Its libraries are loaded, for {system}."
         else
             start (advice system [])

         Exit.Guard()
         Volatile.Write(&ready, true))

/// Makes sure that libtorch is loaded. The first call loads it; where that fails, every call throws the same exception.
let ensure () : unit =
    if not (Volatile.Read &ready) then
        loading.Force()
