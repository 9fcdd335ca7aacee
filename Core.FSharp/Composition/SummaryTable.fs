namespace Functional.FSharp

open System
open System.Globalization
open System.Net
open Functional

/// Summaries as tables.
[<RequireQualifiedAccess>]
module Summary =

    let private titles =
        [ "path"; "kind"; "output"; "parameters"; "multiply-adds"; "memory"; "field"; "stride"; "offset" ]

    // The columns of words, which stand to the left.
    let private words = 3

    let private number (n: int64) = n.ToString("N0", CultureInfo.InvariantCulture)

    let private size (bytes: int64) =
        let units = [ "B"; "KiB"; "MiB"; "GiB"; "TiB" ]
        let power = if bytes < 1024L then 0 else min 4 (int (Math.Log2(float bytes) / 10.0))
        let value = float bytes / float (1L <<< (10 * power))
        let format = if power = 0 then "F0" else "F1"
        value.ToString(format, CultureInfo.InvariantCulture) + " " + units[power]

    let private shapes (given: int[] seq) =
        String.Join(", ", given |> Seq.map (fun shape -> "[" + String.Join("; ", shape) + "]"))

    // A square field is one number.
    let private axes (numbers: int64 seq) =
        match Seq.distinct numbers |> List.ofSeq with
        | [ one ] -> string one
        | _ -> String.Join(" × ", numbers)

    let private cells (row: SummaryRow) =
        [
            String(' ', 2 * row.Depth) + row.Path
            row.Kind
            shapes row.Shapes
            number row.Parameters
            number row.MultiplyAdds
            size row.Bytes
            axes (row.Field |> Seq.map _.Size)
            axes (row.Field |> Seq.map _.Stride)
            axes (row.Field |> Seq.map _.Offset)
        ]

    // The input first, the sums last.
    let private rows (summary: Summary) =
        [
            [ ""; "input"; shapes summary.Inputs; ""; ""; ""; ""; ""; "" ]
            yield! Seq.map cells summary.Rows
            [
                ""
                "all"
                ""
                number summary.Parameters
                number summary.MultiplyAdds
                size summary.ActivationBytes
                ""
                ""
                ""
            ]
        ]

    /// The stages as a table of text with aligned columns: path, kind, shape of the output, parameters, multiply-adds, bytes of the
    /// output, and size, stride and offset of the receptive field, one number where all axes agree.
    let toText (summary: Summary) : string =
        let table = titles :: rows summary
        let widths = titles |> List.mapi (fun column _ -> table |> List.map (fun row -> row[column].Length) |> List.max)

        let line (row: string list) =
            let cell column (text: string) =
                if column < words then
                    text.PadRight widths[column]
                else
                    text.PadLeft widths[column]

            String.Join("  ", List.mapi cell row).TrimEnd()

        String.Join("\n", List.map line table)

    /// The stages as a table of HTML, with the columns of `toText`.
    let toHtml (summary: Summary) : string =
        let row tag cells =
            let cells = cells |> List.map (fun (cell: string) -> $"<{tag}>{WebUtility.HtmlEncode cell}</{tag}>")
            "<tr>" + String.Join("", cells) + "</tr>"

        // Indents are spaces that HTML keeps.
        let indented (cells: string list) =
            let path = cells.Head.TrimStart()
            (String('\u00A0', 2 * (cells.Head.Length - path.Length)) + path) :: cells.Tail

        let body = rows summary |> List.map (indented >> row "td")
        let head, body = row "th" titles, String.Join("\n", body)
        $"<table><thead>{head}</thead>\n<tbody>{body}</tbody></table>"
