/// The HTML that reports are put together from.
module Functional.Examples.Report.Html

open System.Net

/// Text as HTML.
let text (value: string) : string = string (WebUtility.HtmlEncode value)

/// A share in percent, with so many decimals.
let percent (decimals: int) (share: float) : string = (100.0 * share).ToString $"F{decimals}" + "%"

/// A paragraph that says how to read what follows.
let note (value: string) : string = $"<p class=\"note\">{text value}</p>"

/// A table with a row of titles; columns of numbers stand to the right, the first column to the left.
let table (titles: string list) (rows: string list list) : string =
    let row tag cells =
        let cells = cells |> List.map (fun cell -> $"<{tag}>{text cell}</{tag}>") |> String.concat ""
        $"<tr>{cells}</tr>"

    let head, body = row "th" titles, rows |> List.map (row "td") |> String.concat "\n"
    $"<div class=\"table\"><table><thead>{head}</thead>\n<tbody>{body}</tbody></table></div>"

/// Parts side by side where the page is wide enough.
let columns (parts: string list) : string =
    let parts = parts |> List.map (fun part -> $"<div>{part}</div>") |> String.concat "\n"
    $"<div class=\"columns\">{parts}</div>"

/// A smaller title and what stands under it.
let titled (title: string) (html: string) : string = $"<h3>{text title}</h3>\n{html}"
