/// Files that appear whole or not at all.
module internal Functional.FSharp.AtomicFile

open System
open System.IO
open System.Text

// File systems take names of 255 bytes: what stands beside a file bears as much of its name as fits.
let private mostBytes = 255

let private beside (folder: string) (name: string) =
    let ending = $".{Guid.NewGuid():N}.tmp"
    let mutable kept = name

    while Encoding.UTF8.GetByteCount kept + ending.Length > mostBytes do
        kept <- kept.Substring(0, kept.Length - (if Char.IsLowSurrogate kept[kept.Length - 1] then 2 else 1))

    Path.Combine(folder, kept + ending)

/// What a path leads to in the end, through symbolic links, whether or not a file is there.
let private target (path: string) : string =
    let file = FileInfo path

    match (if isNull file.LinkTarget then null else file.ResolveLinkTarget true) with
    | null -> file.FullName
    | found -> found.FullName

/// What `fill` writes stands beside its place first and is moved there when it is on the disk: a crash at any moment
/// leaves the old file or the new one, never a piece. A file that is replaced keeps its mode, and a symbolic link to it stays.
let write (path: string) (fill: Stream -> unit) : unit =
    let path = target path
    let beside = beside (string (Path.GetDirectoryName path)) (string (Path.GetFileName path))
    let options = FileStreamOptions(Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None)

    // The mask of the process does not widen this mode, but may narrow it: it is set again when all is written.
    let mode =
        if OperatingSystem.IsWindows() || not (File.Exists path) then
            ValueNone
        else
            let mode = File.GetUnixFileMode path
            options.UnixCreateMode <- mode ||| UnixFileMode.UserRead ||| UnixFileMode.UserWrite
            ValueSome mode

    try
        do
            use file = new FileStream(beside, options)
            fill file

            match mode with
            | ValueSome mode when not (OperatingSystem.IsWindows()) -> File.SetUnixFileMode(file.SafeFileHandle, mode)
            | _ -> ()

            file.Flush true

        File.Move(beside, path, true)
    finally
        if File.Exists beside then
            File.Delete beside

// A process that writes holds its file, and moves it as soon as it has let go.
let private isAbandoned (path: string) =
    DateTime.UtcNow - File.GetLastWriteTimeUtc path > TimeSpan.FromMinutes 1.0
    && (try
            use _ = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None)
            true
        with
        // Another process holds it, or has moved it.
        | :? IOException
        | :? UnauthorizedAccessException -> false)

/// Deletes what killed processes have left beside the files of a folder with such names: what no process holds, and none has
/// written for a minute.
let clear (folder: string) (pattern: string) : unit =
    for path in Directory.GetFiles(folder, pattern + ".*.tmp") do
        if isAbandoned path then
            File.Delete path
