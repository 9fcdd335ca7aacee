/// Files that appear whole or not at all.
module internal Functional.FSharp.AtomicFile

open System
open System.IO

/// What `fill` writes stands beside its place first and is moved there when it is on the disk: a crash at any moment
/// leaves the old file or the new one, never a piece.
let write (path: string) (fill: Stream -> unit) : unit =
    let beside = $"{path}.{Guid.NewGuid():N}.tmp"

    try
        do
            use file = new FileStream(beside, FileMode.CreateNew, FileAccess.ReadWrite)
            fill file
            file.Flush true

        File.Move(beside, path, true)
    finally
        if File.Exists beside then
            File.Delete beside
