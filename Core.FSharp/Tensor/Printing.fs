namespace Functional.FSharp

open System
open System.Globalization
open System.Text
open Functional
open Functional.FSharp.Wrapping

/// How the numbers of a tensor are written.
type TensorFormat =
    {
        /// Digits behind the point, at most.
        Digits: int
        /// Tensors with more elements are shown in part.
        Threshold: int
        /// Positions shown at either end of an axis that is shown in part.
        Edge: int
        /// Characters in a line, where a row has more than one element.
        Width: int
    }

/// How the numbers of a tensor are written.
[<RequireQualifiedAccess>]
module TensorFormat =

    /// Four digits, up to 1,000 elements, three positions at either end, lines of 80 characters.
    let standard = { Digits = 4; Threshold = 1000; Edge = 3; Width = 80 }

/// What is shown of a tensor: the text of each element, and where positions of an axis are left out.
type internal Excerpt =
    {
        Title: string
        Shape: int[]
        // Positions of an axis before those that are left out; -1 where none are.
        Gaps: int[]
        Texts: string[]
    }

[<RequireQualifiedAccess>]
module internal Excerpt =

    let private invariant = CultureInfo.InvariantCulture

    let private special (x: float) =
        if Double.IsNaN x then "nan"
        elif x > 0.0 then "inf"
        else "-inf"

    // The shortest of the digits that shows every number as well as all of the digits would.
    let private trimmed digits (write: int -> float -> string) (finite: float[]) =
        let parse (text: string) = Double.Parse(text, invariant)
        let full = finite |> Array.map (write digits >> parse)

        seq { Math.Min(1, digits) .. digits }
        |> Seq.find (fun n -> Array.forall2 (fun x y -> parse (write n x) = y) finite full)

    // All numbers in one style: with a fixed number of digits behind the point, or in scientific notation.
    let private floats digits (values: float[]) =
        let finite = values |> Array.filter Double.IsFinite
        let sizes = finite |> Array.filter (fun x -> x <> 0.0) |> Array.map abs

        let largest, smallest =
            (if sizes.Length = 0 then 1.0 else Array.max sizes), (if sizes.Length = 0 then 1.0 else Array.min sizes)

        let fixedPoint (n: int) (x: float) = x.ToString("F" + string n, invariant)

        let scientific (n: int) (x: float) =
            x.ToString((if n = 0 then "0e+00" else "0." + String('0', n) + "e+00"), invariant)

        // Numbers of very different size would lose their digits, or fill the line with zeros.
        let write =
            if largest >= 1e8 || smallest < 1e-4 || largest / smallest >= 1e5 && smallest < 10.0 ** float -digits then
                scientific
            else
                fixedPoint

        let n = trimmed digits write finite
        values |> Array.map (fun x -> if Double.IsFinite x then write n x else special x)

    let private texts (format: TensorFormat) (x: Tensor) : string[] =
        match x.Dtype with
        | Dtype.Bool -> Tensor.toBools x |> Array.map (fun b -> if b then "true" else "false")
        | Dtype.UInt8
        | Dtype.Int8
        | Dtype.Int16
        | Dtype.Int32
        | Dtype.Int64 -> Tensor.toLongs x |> Array.map _.ToString(invariant)
        | _ -> Tensor.toDoubles x |> floats format.Digits

    // How many positions of each axis are shown: `Edge` at either end where there are more positions than the threshold has, and of
    // the first of many axes one, so that a number of axes alone does not fill the screen.
    let private lengthsOf (format: TensorFormat) (positions: float) (shape: int[]) : int[] =
        if positions <= float format.Threshold then
            shape
        else
            let shown = shape |> Array.map (fun n -> min n (2 * format.Edge))
            let mutable left = max 10_000.0 (4.0 * float format.Edge * float format.Edge)

            for axis in shape.Length - 1 .. -1 .. 0 do
                if float shown[axis] > left then
                    shown[axis] <- 1

                left <- left / float (max 1 shown[axis])

            shown

    /// The elements that are to be shown; only these are read.
    let ofTensor (name: string) (format: TensorFormat) (x: Tensor) : Excerpt =
        if
            format.Digits < 0
            || format.Digits > 30
            || format.Threshold < 0
            || format.Edge < 1
            || format.Width < 1
        then
            raise (
                ArgumentException
                    $"{name} needs 0 to 30 digits, a threshold of at least 0, edge and width of at least 1, but was given {format}"
            )

        Scope.value (fun () ->
            let shape = x.Shape
            // Rows without elements are lines as well.
            let positions = shape |> Array.fold (fun n length -> n * float (max 1 length)) 1.0
            let lengths = lengthsOf format positions shape
            let gaps = Array.map2 (fun n shown -> if shown < n then (shown + 1) / 2 else -1) shape lengths

            let mutable shown = Tensor.stopGradient x

            for axis in 0 .. shape.Length - 1 do
                if gaps[axis] > 0 then
                    let n, after = shape[axis], lengths[axis] - gaps[axis]
                    let first = Tensor.slice axis 0 gaps[axis] shown

                    shown <-
                        if after = 0 then
                            first
                        else
                            Tensor.cat axis [ first; Tensor.slice axis (n - after) n shown ]

            {
                Title = string x
                Shape = shown.Shape
                Gaps = gaps
                Texts = texts format shown
            })

    /// The pieces of one axis, each from a position on, with `gap` where positions are left out.
    let pieces (excerpt: Excerpt) axis (gap: 'a) (piece: int -> 'a) : 'a list =
        [
            for i in 0 .. excerpt.Shape[axis] - 1 do
                if i = excerpt.Gaps[axis] then
                    gap

                piece i

            if excerpt.Gaps[axis] = excerpt.Shape[axis] then
                gap
        ]

/// Tensors as text.
[<AutoOpen>]
module TensorPrinting =

    /// Tensors as text.
    [<RequireQualifiedAccess>]
    module Tensor =

        // The elements of a row side by side; a new line where the next one would go beyond the width.
        let private row (width: int) (indent: int) (items: string list) =
            let text = StringBuilder "["
            let mutable column = indent + 1

            for i, item in List.indexed items do
                if i > 0 then
                    text.Append ',' |> ignore

                    if column + 2 + item.Length + 1 > width then
                        text.Append('\n').Append(' ', indent + 1) |> ignore
                        column <- indent + 1
                    else
                        text.Append ' ' |> ignore
                        column <- column + 2

                text.Append item |> ignore
                column <- column + item.Length

            text.Append(']').ToString()

        /// Dtype and shape in a first line, and the elements in brackets below it: columns aligned, long axes shown in part.
        let formatWith (format: TensorFormat) (x: Tensor) : string =
            if x.IsFreed then
                string x
            else
                let excerpt = Excerpt.ofTensor "format" format x
                let rank = excerpt.Shape.Length
                let width = excerpt.Texts |> Array.fold (fun width text -> Math.Max(width, text.Length)) 0

                let rec block axis (offset: int) =
                    if axis = rank then
                        excerpt.Texts[offset].PadLeft width
                    else
                        let inner = Array.fold (*) 1 excerpt.Shape[axis + 1 ..]
                        let items = Excerpt.pieces excerpt axis "…" (fun i -> block (axis + 1) (offset + i * inner))

                        if axis = rank - 1 then
                            row format.Width axis items
                        else
                            // Blocks of more axes stand further apart.
                            let lines = "," + String('\n', rank - 1 - axis) + String(' ', axis + 1)
                            "[" + String.Join(lines, items) + "]"

                $"{excerpt.Title}\n{block 0 0}"

        /// Dtype and shape in a first line, and the elements in brackets below it: for `fsi.AddPrinter Tensor.format`.
        let format (x: Tensor) : string = formatWith TensorFormat.standard x

        /// The elements as tables of HTML, one for each matrix of the last two axes, with dtype and shape as the caption.
        let toHtmlWith (format: TensorFormat) (x: Tensor) : string =
            if x.IsFreed then
                $"<p>{string x}</p>"
            else
                let excerpt = Excerpt.ofTensor "toHtml" format x
                let rank = excerpt.Shape.Length

                let cells items =
                    let cell item = $"<td style=\"text-align:right\">{item}</td>"
                    "<tr>" + String.Join("", items |> List.map cell) + "</tr>"

                let line offset =
                    if rank = 0 then
                        [ excerpt.Texts[0] ]
                    else
                        Excerpt.pieces excerpt (rank - 1) "…" (fun i -> excerpt.Texts[offset + i])

                let table caption offset =
                    let rows =
                        if rank < 2 then
                            [ cells (line offset) ]
                        else
                            let width = excerpt.Shape[rank - 1]

                            let gap =
                                cells (if width = 0 then [] else Excerpt.pieces excerpt (rank - 1) "…" (fun _ -> "…"))

                            Excerpt.pieces excerpt (rank - 2) gap (fun i -> cells (line (offset + i * width)))

                    $"""<table><caption>{caption}</caption><tbody>{String.Join("", rows)}</tbody></table>"""

                // The matrices below a place, whose captions name it.
                let rec tables (place: string list) axis offset =
                    if rank - axis <= 2 then
                        let at = if place.IsEmpty then "" else $""" at [{String.Join("; ", List.rev place)}]"""
                        [ table (excerpt.Title + at) offset ]
                    else
                        let inner = Array.fold (*) 1 excerpt.Shape[axis + 1 ..]

                        // What a position is called in the whole tensor, also behind those that are left out.
                        let name i =
                            if excerpt.Gaps[axis] >= 0 && i >= excerpt.Gaps[axis] then
                                string (x.Shape[axis] - excerpt.Shape[axis] + i)
                            else
                                string i

                        Excerpt.pieces excerpt axis [ "<p>…</p>" ] (fun i ->
                            tables (name i :: place) (axis + 1) (offset + i * inner))
                        |> List.concat

                match tables [] 0 0 with
                | [ single ] -> single
                | several ->
                    "<div>"
                    + (if several.IsEmpty then $"<p>{excerpt.Title}</p>" else String.Join("", several))
                    + "</div>"

        /// The elements as tables of HTML, for notebooks.
        let toHtml (x: Tensor) : string = toHtmlWith TensorFormat.standard x

/// What a debugger shows of a tensor.
[<Sealed>]
type internal TensorView(x: Tensor) =

    /// Shape, dtype and elements.
    member _.Text = Tensor.format x

    /// The first axis, position by position; of a long one the first positions.
    [<System.Diagnostics.DebuggerBrowsable(System.Diagnostics.DebuggerBrowsableState.RootHidden)>]
    member _.Items: Tensor[] =
        if x.IsFreed || x.Rank = 0 then
            [||]
        else
            [| for i in 0 .. Math.Min(100, x.Shape[0]) - 1 -> x[Slice.at i] |]
