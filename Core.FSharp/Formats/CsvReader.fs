namespace Functional.FSharp

open System
open System.Collections.Generic
open System.IO
open System.Text

/// The rows of a CSV file (RFC 4180) one after the other, in one pass over its text; lines end with \n, \r or both.
[<Sealed>]
type internal CsvReader(path: string, text: TextReader, separator: char, mostColumns: int, mostLetters: int) =
    let buffer = Array.zeroCreate<char> 16384
    let mutable first, last = 0, 0
    let mutable lines = 0
    let cell = StringBuilder()
    let mutable cells, previous = ResizeArray<string>(), ResizeArray<string>()
    let stops = [| separator; '"'; '\n'; '\r' |]

    // Tables have the same short texts over and over.
    let short = Array.init 128 (fun code -> string (char code))

    let refuse problem : 'a = Refusal.file path $"line {lines + 1}: {problem}"

    // The next character stays; -1 at the end.
    let peek () =
        if first = last then
            first <- 0
            last <- text.Read(buffer, 0, buffer.Length)

        if last = 0 then -1 else int buffer[first]

    let append (letters: ReadOnlySpan<char>) =
        if cell.Length + letters.Length > mostLetters then
            refuse
                $"a cell has more than {mostLetters} characters, which is the limit; it begins with {Refusal.shown (cell.ToString(0, min 60 cell.Length))} (does a quote not end?)"

        cell.Append letters |> ignore

    let appendUpTo (stops: char[]) =
        let here = ReadOnlySpan(buffer, first, last - first)

        let count =
            match here.IndexOfAny(ReadOnlySpan stops) with
            | -1 -> here.Length
            | at -> at

        append (here.Slice(0, count))
        first <- first + count

    let refuseQuotes () : 'a =
        // Some of what follows, to find the place.
        let more = buffer.AsSpan(first, min 20 (last - first)).ToString()

        let more =
            match more.IndexOfAny [| separator; '\n'; '\r' |] with
            | -1 -> more
            | at -> more.Substring(0, at)

        let start = cell.ToString(0, min 40 cell.Length)
        refuse $"the quotes of the cell {Refusal.shown (start + more)} are not set as RFC 4180 asks"

    // The end of a line is one character or two.
    let endLine () =
        let letter = char (peek ())
        first <- first + 1

        if letter = '\r' && peek () = int '\n' then
            first <- first + 1

        lines <- lines + 1

    let isLineEnd code = code = int '\n' || code = int '\r'

    // Behind the first quote, up to the one that ends the cell. Two of them stand for one.
    let quoted () =
        let mutable more = true

        while more do
            match peek () with
            | -1 ->
                let start = cell.ToString(0, min 40 cell.Length)
                refuse $"the quotes of the cell \"{Refusal.shown start} are not set as RFC 4180 asks: they do not end"
            | code when code = int '"' ->
                first <- first + 1

                if peek () = int '"' then
                    append (ReadOnlySpan [| '"' |])
                    first <- first + 1
                else
                    more <- false
            | code when isLineEnd code ->
                append (ReadOnlySpan [| char code |])

                if code = int '\r' then
                    first <- first + 1

                    if peek () = int '\n' then
                        append (ReadOnlySpan [| '\n' |])
                        first <- first + 1
                else
                    first <- first + 1

                lines <- lines + 1
            | _ -> appendUpTo [| '"'; '\n'; '\r' |]

        if not (peek () < 0 || isLineEnd (peek ()) || peek () = int separator) then
            refuseQuotes ()

    let plain () =
        let mutable more = true

        while more do
            match peek () with
            | code when code < 0 || code = int separator || isLineEnd code -> more <- false
            | code when code = int '"' -> refuseQuotes ()
            | _ -> appendUpTo stops

    let take () =
        if cells.Count = mostColumns then
            refuse $"the row has more than {mostColumns} cells, which is the limit"

        let text =
            if cell.Length = 0 then
                ""
            elif cell.Length = 1 && cell[0] < '\128' then
                short[int cell[0]]
            elif cells.Count < previous.Count && cell.Equals(previous[cells.Count].AsSpan()) then
                previous[cells.Count]
            else
                cell.ToString()

        cells.Add text
        cell.Clear() |> ignore

    /// The cells of the row that was read last, until the next is read.
    member _.Cells: IReadOnlyList<string> = cells

    /// The line on which that row ends.
    member _.Line = lines

    /// Reads the next row that is not blank; false where there is none.
    member _.Read() : bool =
        while isLineEnd (peek ()) do
            endLine ()

        if peek () < 0 then
            false
        else
            let before = previous
            previous <- cells
            cells <- before
            cells.Clear()
            let mutable more = true

            while more do
                if peek () = int '"' then
                    first <- first + 1
                    quoted ()
                else
                    plain ()

                take ()

                if peek () = int separator then first <- first + 1 else more <- false

            if peek () < 0 then lines <- lines + 1 else endLine ()

            true
