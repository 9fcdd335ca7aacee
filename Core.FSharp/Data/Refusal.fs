namespace Functional.FSharp

open System.IO

/// What readers say of files that they cannot read: an InvalidDataException that begins with the file.
module internal Refusal =

    /// Refuses a file.
    let file (path: string) (problem: string) : 'a = raise (InvalidDataException $"{path}: {problem}")

    /// Refuses a file for what stands at an offset, in bytes from its beginning.
    let at (path: string) (offset: int64) (problem: string) : 'a = file path $"{problem} (at offset {offset})"

    /// As `at`, where another error was the cause.
    let because (cause: exn) (path: string) (offset: int64) (problem: string) : 'a =
        raise (InvalidDataException($"{path}: {problem} (at offset {offset})", cause))
