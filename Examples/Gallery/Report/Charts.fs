/// Plotly's charts, as data that the page's one script draws.
module Functional.Examples.Report.Charts

open Plotly.NET
open Plotly.NET.LayoutObjects

let private ink = Color.fromHex "#1c2430"
let private rule = Color.fromHex "#e4e7eb"
let private pale = Color.fromHex "#b9c9da"
let private strong = Color.fromHex "#265484"

let private axis title =
    LinearAxis.init (Title = Title.init title, GridColor = rule, LineColor = rule, ZeroLine = false, ShowLine = true)

// A chart as wide as its place, of this height in pixels.
let private place (height: int) (chart: GenericChart) : string =
    let json =
        chart
        |> Chart.withLayout (
            Layout.init (
                Font =
                    Font.init (Family = StyleParam.FontFamily.Custom "system-ui, sans-serif", Size = 13.0, Color = ink),
                PaperBGColor = Color.fromString "rgba(0,0,0,0)",
                PlotBGColor = Color.fromString "rgba(0,0,0,0)",
                Margin = Margin.init (Left = 64, Right = 16, Top = 16, Bottom = 48),
                AutoSize = true
            )
        )
        |> Chart.withLegend (Legend.init (Orientation = StyleParam.Orientation.Horizontal, X = 0.0, Y = 1.12))
        |> GenericChart.toFigureJson

    let json = json.Replace("</", "<\\/")
    $"<div class=\"chart\" style=\"height:{height}px\"><script type=\"application/json\">{json}</script></div>"

/// What was measured at each step, pale, and its exponentially weighted mean over about ten points, on a logarithmic scale.
let noisy (xTitle: string) (yTitle: string) (points: (float * float) list) : string =
    let smooth =
        points
        |> List.scan (fun (_, sum, weight) (x, y) -> x, 0.9 * sum + 0.1 * y, 0.9 * weight + 0.1) (0.0, 0.0, 0.0)
        |> List.tail
        |> List.map (fun (x, sum, weight) -> x, sum / weight)

    [
        Chart.Line(points, Name = "of single batches", LineColor = pale, LineWidth = 1.0, UseDefaults = false)
        Chart.Line(smooth, Name = "smoothed", LineColor = strong, LineWidth = 2.5, UseDefaults = false)
    ]
    |> Chart.combine
    |> Chart.withXAxis (axis xTitle)
    |> Chart.withYAxis (
        LinearAxis.style (AxisType = StyleParam.AxisType.Log, TickFormat = "~g", DTick = "D2") (axis yTitle)
    )
    |> place 320

/// Values at 1, 2, …, each written beside its point where there are few, in a format of d3's, such as ".2%".
let marked (xTitle: string) (format: string) (points: (float * float) list) : string =
    let ys = points |> List.map snd
    let low, high = List.min ys, List.max ys
    let margin = max 1e-3 (0.18 * (high - low))

    // Where the line comes from above, the text stands below.
    let side (before, value) =
        if value < before then
            StyleParam.TextPosition.BottomCenter
        else
            StyleParam.TextPosition.TopLeft

    Chart.Line(
        points,
        ShowMarkers = true,
        MultiTextPosition = List.map side (List.zip (ys[0] :: List.take (ys.Length - 1) ys) ys),
        LineColor = strong,
        LineWidth = 2.5,
        MarkerColor = strong,
        UseDefaults = false
    )
    |> GenericChart.mapTrace (
        Trace2DStyle.Scatter(
            Mode =
                (if ys.Length > 8 then
                     StyleParam.Mode.Lines_Markers
                 else
                     StyleParam.Mode.Lines_Markers_Text),
            TextTemplate = $"%%{{y:{format}}}",
            HoverInfo = StyleParam.HoverInfo.Skip
        )
    )
    |> Chart.withXAxis (
        LinearAxis.style
            (Range = StyleParam.Range.ofMinMax (1.0 - max 0.3 (0.15 * float points.Length), float points.Length + 0.3),
             DTick = max 1.0 (ceil (float points.Length / 12.0)))
            (axis xTitle)
    )
    // The title stands above the chart, for beside the axis it would meet the percentages.
    |> Chart.withYAxis (
        LinearAxis.style
            (Range = StyleParam.Range.ofMinMax (low - margin, high + margin), TickFormat = format)
            (axis "")
    )
    |> place 320

let private several =
    [
        strong
        Color.fromHex "#b23a2c"
        Color.fromHex "#8a94a0"
        Color.fromHex "#c98a1b"
        Color.fromHex "#4d8a5b"
    ]

/// Lines, each with a name, on a logarithmic scale where that is asked for; lines without points are left out, and a note says so
/// where none has any.
let lines
    (xTitle: string)
    (yTitle: string)
    (logarithmic: bool)
    (series: (string * (float * float) list) list)
    : string =
    let kind = if logarithmic then StyleParam.AxisType.Log else StyleParam.AxisType.Linear

    match series |> List.filter (fun (_, points) -> not points.IsEmpty) with
    | [] -> Html.note "Nothing was measured on the way."
    | series ->
        series
        |> List.mapi (fun i (name, points) ->
            let colour = several[i % several.Length]
            Chart.Line(points, Name = name, LineColor = colour, LineWidth = 2.0, UseDefaults = false))
        |> Chart.combine
        |> Chart.withXAxis (axis xTitle)
        |> Chart.withYAxis (LinearAxis.style (AxisType = kind, TickFormat = "~g") (axis yTitle))
        |> place 320

/// How often the class of the row was taken for that of the column; colours show the root of the row's share.
let confusion (counts: int[,]) : string =
    let size = Array2D.length1 counts
    let each f = [ for i in 0 .. size - 1 -> [ for j in 0 .. size - 1 -> f i j ] ]
    let names = [ for i in 0 .. size - 1 -> string i ]
    let category title = LinearAxis.style (AxisType = StyleParam.AxisType.Category, ShowGrid = false) (axis title)

    Chart.Heatmap(
        zData = each (fun i j -> sqrt (float counts[i, j] / float (max 1 (Array.sum counts[i, *])))),
        X = names,
        Y = names,
        ColorScale = StyleParam.Colorscale.Custom [ 0.0, Color.fromHex "#f7f9fb"; 1.0, strong ],
        ShowScale = false,
        XGap = 2,
        YGap = 2,
        UseDefaults = false
    )
    |> GenericChart.mapTrace (fun trace ->
        // Plotly.NET takes a flat list here, Plotly wants rows.
        trace.SetProperty("text", each (fun i j -> if counts[i, j] = 0 then "" else string counts[i, j]))
        trace)
    |> GenericChart.mapTrace (
        Trace2DStyle.Heatmap(
            TextTemplate = "%{text}",
            HoverTemplate = "%{y} recognised as %{x}: %{text}<extra></extra>"
        )
    )
    |> Chart.withXAxis (category "recognised as")
    |> Chart.withYAxis (LinearAxis.style (AutoRange = StyleParam.AutoRange.Reversed) (category "true digit"))
    |> place 460

/// Curves over one axis, each with its name; those whose name begins with "theory" are dashed.
let curves (xTitle: string) (yTitle: string) (named: (string * (float * float) list) list) : string =
    let colours = [ strong; Color.fromHex "#b23a2c"; Color.fromHex "#5f8f4e"; Color.fromHex "#8a6fb0"; pale ]

    named
    |> List.mapi (fun i (name, points) ->
        let theory = name.StartsWith "theory"

        Chart.Line(
            points,
            Name = name,
            ShowMarkers = (not theory && points.Length < 40),
            LineColor = colours[i % colours.Length],
            LineWidth = 2.0,
            LineDash = (if theory then StyleParam.DrawingStyle.Dash else StyleParam.DrawingStyle.Solid),
            UseDefaults = false
        ))
    |> Chart.combine
    |> Chart.withXAxis (axis xTitle)
    |> Chart.withYAxis (axis yTitle)
    |> place 320
