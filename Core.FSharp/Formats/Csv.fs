namespace Functional

open System.Collections.Generic

/// The cells of a CSV file by row and by the name of their column, as text.
[<Sealed; NoEquality; NoComparison>]
type Table internal (path: string, columns: string[], cells: ResizeArray<string>, lines: ResizeArray<int>) =
    /// The file that the table was read from.
    member _.Path = path

    /// The names of the columns, in their order.
    member _.Columns: IReadOnlyList<string> = columns

    /// The number of rows, without the one of names.
    member _.Count = lines.Count

    /// The cell of a row in a column.
    member internal _.Cell(row: int, column: int) = cells[row * columns.Length + column]

    /// The line of the file on which a row ends.
    member internal _.Line(row: int) = lines[row]

namespace Functional.FSharp

open System
open System.Collections.Generic
open System.Globalization
open System.IO
open System.Text
open Functional

/// Comma-separated values (RFC 4180): cells may be quoted, blank lines count for nothing, and numbers are written with a point.
[<RequireQualifiedAccess>]
module Csv =

    // More is read only where the caller says how much there may be: a quote that does not end takes in the whole file.
    let private usualColumns, private usualLetters = 1 <<< 17, 1 <<< 20

    let private refuse path (line: int) problem : 'a = Refusal.file path $"line {line}: {problem}"

    let private collect (path: string) separator mostColumns mostLetters (names: string[]) : Table =
        use text = new StreamReader(path, UTF8Encoding(false, true))
        let reader = CsvReader(path, text, separator, mostColumns, mostLetters)
        let mutable columns = names

        try
            if names.Length = 0 then
                if not (reader.Read()) then
                    refuse path 1 "the file is empty, and should start with the names of its columns"

                columns <- Array.ofSeq reader.Cells |> Array.map _.Trim()

            let seen = HashSet<string>()

            for name in columns do
                if not (seen.Add name) then
                    let times = columns |> Array.filter ((=) name) |> Array.length
                    refuse path (max 1 reader.Line) $"the column '{Refusal.shown name}' stands there {times} times"

            let cells, lines = ResizeArray<string>(), ResizeArray<int>()

            while reader.Read() do
                if reader.Cells.Count <> columns.Length then
                    refuse
                        path
                        reader.Line
                        $"the row has {reader.Cells.Count} cells, but there are {columns.Length} columns"

                if int64 cells.Count + int64 columns.Length > int64 Array.MaxLength then
                    refuse path reader.Line $"the table has more than {Array.MaxLength} cells"

                cells.AddRange reader.Cells
                lines.Add reader.Line

            Table(path, columns, cells, lines)
        with :? DecoderFallbackException as error ->
            raise (InvalidDataException($"{path}: after line {reader.Line}: the text is no UTF-8", error))

    /// As `readWith`, of no more than so many columns, and so many characters in a cell.
    let readWithin (columns: int) (characters: int) (separator: char) (names: string seq) (path: string) : Table =
        if separator = '"' || separator = '\n' || separator = '\r' then
            invalidArg (nameof separator) $"cells cannot be set apart by the character {int separator}"

        if columns < 1 || characters < 1 then
            invalidArg
                (nameof columns)
                $"at least one column and one character are read, not {columns} and {characters}"

        collect path separator columns characters (Seq.toArray names)

    /// The table of a file whose cells are set apart by a character, such as ';' or a tab. `names` are the names of its
    /// columns; where there are none, they stand in the first line. At most 131,072 columns and 1,048,576 characters in a cell:
    /// `readWithin` reads more. InvalidDataException names the file and the line.
    let readWith (separator: char) (names: string seq) (path: string) : Table =
        readWithin usualColumns usualLetters separator names path

    /// The table of a file with commas whose first line names the columns. InvalidDataException names the file and the line.
    let read (path: string) : Table = readWith ',' [] path

    let private place parameter (column: string) (table: Table) =
        match Seq.tryFindIndex ((=) column) table.Columns with
        | Some place -> place
        | None ->
            let known = table.Columns |> Seq.truncate 10 |> Seq.map Refusal.shown |> String.concat ", "
            let more = if table.Columns.Count > 10 then $" and {table.Columns.Count - 10} more" else ""
            invalidArg parameter $"{table.Path} has no column '{Refusal.shown column}'; it has {known}{more}"

    /// The cells of a column as text.
    let texts (column: string) (table: Table) : string[] =
        let place = place (nameof column) column table
        Array.init table.Count (fun row -> table.Cell(row, place))

    let private requireRows (table: Table) =
        if table.Count = 0 then
            raise (InvalidDataException $"{table.Path}: the table has no row")

    /// Columns of numbers as float32 [rows; columns]. InvalidDataException names the file, the line and the column of a cell that
    /// is empty or no finite number.
    let numbers (columns: string seq) (table: Table) : Tensor =
        let columns = Seq.toArray columns

        if columns.Length = 0 then
            invalidArg (nameof columns) "at least one column is read"

        requireRows table
        let places = columns |> Array.map (fun column -> place (nameof columns) column table)

        Tensor.ofArray
            [ table.Count; columns.Length ]
            [|
                for row in 0 .. table.Count - 1 do
                    for column in places do
                        let cell = table.Cell(row, column)

                        match Single.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture) with
                        | true, value when Single.IsFinite value -> value
                        | _ ->
                            let problem =
                                if String.IsNullOrWhiteSpace cell then
                                    "is empty"
                                else
                                    $"is '{Refusal.shown cell}'"

                            refuse
                                table.Path
                                (table.Line row)
                                $"column '{table.Columns[column]}' {problem}, where a number is expected"
            |]

    /// A column of classes: labels int64 [rows], and the class that each label stands for, in ordinal order. InvalidDataException
    /// names the file, the line and the column of an empty cell.
    let classes (column: string) (table: Table) : struct (Tensor * string[]) =
        requireRows table
        let cells = texts column table |> Array.map _.Trim()

        match Array.tryFindIndex String.IsNullOrEmpty cells with
        | Some row -> refuse table.Path (table.Line row) $"column '{column}' is empty, where a class is expected"
        | None -> ()

        let names = Array.distinct cells
        Array.Sort(names, StringComparer.Ordinal)
        let labels = cells |> Array.map (fun cell -> int64 (Array.BinarySearch(names, cell, StringComparer.Ordinal)))
        struct (Tensor.ofLongs [ cells.Length ] labels, names)
