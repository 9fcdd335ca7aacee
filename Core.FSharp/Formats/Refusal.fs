namespace Functional.FSharp

open System
open System.IO

/// What readers say of files that they cannot read: an InvalidDataException that begins with the file.
module internal Refusal =

    // A message is read by a person: what damaged files make longer is cut.
    let private most = 400

    let private cut (length: int) (text: string) =
        if text.Length <= length then text else text.Substring(0, length - 1) + "…"

    /// What a file says, as a message shows it: its beginning, without control characters.
    let shown (text: string) : string =
        let text = cut 60 text

        if String.exists Char.IsControl text then
            text |> String.map (fun letter -> if Char.IsControl letter then '\uFFFD' else letter)
        else
            text

    /// Refuses a file.
    let file (path: string) (problem: string) : 'a = raise (InvalidDataException $"{path}: {cut most problem}")

    /// Refuses a file for what stands at an offset, in bytes from its beginning.
    let at (path: string) (offset: int64) (problem: string) : 'a =
        file path $"{cut (most - 40) problem} (at offset {offset})"

    /// As `at`, where another error was the cause.
    let because (cause: exn) (path: string) (offset: int64) (problem: string) : 'a =
        raise (InvalidDataException($"{path}: {cut (most - 40) problem} (at offset {offset})", cause))

    /// What a decompressor raises for damaged data.
    let (|DamagedData|_|) (error: exn) : exn option =
        match error with
        | :? InvalidDataException -> Some error
        // Its type is not public; other exceptions of files are not the data's fault.
        | :? IOException when error.GetType().Name = "ZLibException" -> Some error
        | _ -> None
