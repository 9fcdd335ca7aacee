/// A report: one HTML file that opens offline, with Plotly's script inside once.
module Functional.Examples.Report.Page

open System.IO
open Functional.Examples
open Plotly.NET

// Plotly's script, as Plotly.NET carries it.
let private plotly () =
    let assembly = typeof<GenericChart>.Assembly

    match assembly.GetManifestResourceNames() |> Array.tryFind _.EndsWith(".min.js") with
    | None -> failwith "this version of Plotly.NET carries no script of Plotly's"
    | Some name ->
        use stream = nonNull (assembly.GetManifestResourceStream name)
        use reader = new StreamReader(stream)
        reader.ReadToEnd()

let private draw =
    """
for (const place of document.querySelectorAll(".chart")) {
  const chart = JSON.parse(place.firstElementChild.textContent);
  place.replaceChildren();
  Plotly.newPlot(place, chart.data, chart.layout, { responsive: true, displayModeBar: false });
}
"""

let private html (entry: Entry) (facts: (string * string) list) (outcome: Outcome) =
    let facts =
        facts
        |> List.map (fun (name, value) -> $"<div><dt>{Html.text name}</dt><dd>{Html.text value}</dd></div>")
        |> String.concat "\n"

    let sections =
        outcome.Sections.Value
        |> List.map (fun section -> $"<section>\n<h2>{Html.text section.Title}</h2>\n{section.Html}\n</section>")
        |> String.concat "\n"

    $"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{Html.text entry.Name}: {Html.text entry.Description}</title>
<style>{Style.sheet}</style>
</head>
<body>
<header>
<p class="series">{Html.text entry.Name}</p>
<h1>{Html.text entry.Description}</h1>
<p class="data">{Html.text outcome.Data}</p>
<dl class="facts">{facts}</dl>
</header>
<main>
{sections}
</main>
<script>{plotly ()}</script>
<script>{draw}</script>
</body>
</html>
"""

/// Writes the report of a run into a folder: the file's path. The facts stand at its top.
let write (folder: string) (entry: Entry) (facts: (string * string) list) (outcome: Outcome) : string =
    let path = Path.GetFullPath(Path.Combine(folder, entry.Name + ".html"))
    File.WriteAllText(path, html entry facts outcome)
    path
