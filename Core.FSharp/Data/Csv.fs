namespace Functional

open System.Collections.Generic

/// The cells of a CSV file by row and by the name of their column, as text.
[<Sealed; NoEquality; NoComparison>]
type Table internal (path: string, columns: string[], rows: string[][], lines: int[]) =
    /// The file that the table was read from.
    member _.Path = path

    /// The names of the columns, in their order.
    member _.Columns: IReadOnlyList<string> = columns

    /// The number of rows, without the one of names.
    member _.Count = rows.Length

    member internal _.Rows = rows

    /// The line of the file on which each row ends.
    member internal _.Lines = lines

namespace Functional.FSharp

open System
open System.Globalization
open System.IO
open System.Text
open CsvHelper
open CsvHelper.Configuration
open Functional

/// Comma-separated values (RFC 4180), read through CsvHelper: cells may be quoted, blank lines count for nothing, and numbers
/// are written with a point.
[<RequireQualifiedAccess>]
module Csv =

    let private refuse path (line: int) problem : 'a = raise (InvalidDataException $"{path}, line {line}: {problem}")

    // Each record that is not blank, with the line on which it ends.
    let private records (path: string) (separator: char) =
        let asked = CsvConfiguration(CultureInfo.InvariantCulture, Delimiter = string separator)
        use text = new StreamReader(path, UTF8Encoding(false, true))
        use parser = new CsvParser(text, asked)

        try
            [|
                while parser.Read() do
                    match parser.Record with
                    | null -> ()
                    | cells -> struct (parser.RawRow, cells)
            |]
        with
        | :? BadDataException as error ->
            let problem = $"the quotes of the cell {error.Field.TrimEnd()} are not set as RFC 4180 asks"
            raise (InvalidDataException($"{path}, line {parser.RawRow}: {problem}", error))
        | :? DecoderFallbackException as error ->
            raise (InvalidDataException($"{path}, after line {parser.RawRow}: the text is no UTF-8", error))

    let private requireNames (path: string) line (names: string[]) =
        match names |> Array.countBy id |> Array.tryFind (fun (_, times) -> times > 1) with
        | Some(name, times) -> refuse path line $"the column '{name}' stands there {times} times"
        | None -> ()

    /// The table of a file whose cells are set apart by a character, such as ';' or a tab. `names` are the names of its
    /// columns; where there are none, they stand in the first line. InvalidDataException names the file and the line.
    let readWith (separator: char) (names: string seq) (path: string) : Table =
        if separator = '"' || separator = '\n' || separator = '\r' then
            invalidArg (nameof separator) $"cells cannot be set apart by the character {int separator}"

        let given = Seq.toArray names
        let all = records path separator

        let columns, rows =
            match given, Array.tryHead all with
            | [||], None -> refuse path 1 "the file is empty, and should start with the names of its columns"
            | [||], Some(struct (_, names)) -> names |> Array.map _.Trim(), Array.tail all
            | _ -> given, all

        requireNames path 1 columns

        for struct (line, cells) in rows do
            if cells.Length <> columns.Length then
                refuse path line $"the row has {cells.Length} cells, but there are {columns.Length} columns"

        Table(
            path,
            columns,
            rows |> Array.map (fun struct (_, cells) -> cells),
            rows |> Array.map (fun struct (line, _) -> line)
        )

    /// The table of a file with commas whose first line names the columns. InvalidDataException names the file and the line.
    let read (path: string) : Table = readWith ',' [] path

    let private place parameter (column: string) (table: Table) =
        match Seq.tryFindIndex ((=) column) table.Columns with
        | Some place -> place
        | None ->
            let known = String.Join(", ", table.Columns)
            invalidArg parameter $"{table.Path} has no column '{column}'; it has {known}"

    /// The cells of a column as text.
    let texts (column: string) (table: Table) : string[] =
        let place = place (nameof column) column table
        table.Rows |> Array.map (Array.get >> (|>) place)

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
                        let cell = table.Rows[row][column]

                        match Single.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture) with
                        | true, value when Single.IsFinite value -> value
                        | _ ->
                            let problem = if String.IsNullOrWhiteSpace cell then "is empty" else $"is '{cell}'"

                            refuse
                                table.Path
                                table.Lines[row]
                                $"column '{table.Columns[column]}' {problem}, where a number is expected"
            |]

    /// A column of classes: labels int64 [rows], and the class that each label stands for, in ordinal order. InvalidDataException
    /// names the file, the line and the column of an empty cell.
    let classes (column: string) (table: Table) : struct (Tensor * string[]) =
        requireRows table
        let cells = texts column table |> Array.map _.Trim()

        match Array.tryFindIndex String.IsNullOrEmpty cells with
        | Some row -> refuse table.Path table.Lines[row] $"column '{column}' is empty, where a class is expected"
        | None -> ()

        let names = Array.distinct cells
        Array.Sort(names, StringComparer.Ordinal)
        let labels = cells |> Array.map (fun cell -> int64 (Array.BinarySearch(names, cell, StringComparer.Ordinal)))
        struct (Tensor.ofLongs [ cells.Length ] labels, names)
