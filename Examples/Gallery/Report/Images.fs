/// Numbers as images inside the page.
module Functional.Examples.Report.Images

open System
open System.IO

/// Numbers row by row, and what is written under them.
type Picture = { Caption: string; Width: int; Values: float32[] }

// An uncompressed bitmap (BMP) of 24 bits a pixel: header, then rows from the bottom up, each padded to 4 bytes.
let private bitmap width (colours: struct (byte * byte * byte)[]) =
    let height = colours.Length / width
    let padding = (4 - 3 * width % 4) % 4
    let size = (3 * width + padding) * height
    use file = new MemoryStream()
    use writer = new BinaryWriter(file)
    writer.Write "BM"B

    for number in [ 54 + size; 0; 54; 40; width; height ] do
        writer.Write number

    writer.Write 1s
    writer.Write 24s

    for number in [ 0; size; 2835; 2835; 0; 0 ] do
        writer.Write number

    for row in height - 1 .. -1 .. 0 do
        for column in 0 .. width - 1 do
            let struct (red, green, blue) = colours[width * row + column]
            writer.Write [| blue; green; red |]

        writer.Write(Array.zeroCreate<byte> padding)

    writer.Flush()
    Convert.ToBase64String(file.ToArray())

// The colour that is this part of the way from white, 0 to 1.
let private towards struct (red, green, blue) (part: float32) =
    let mix (colour: int) = byte (255.5f + (float32 colour - 255.0f) * min 1.0f (max 0.0f part))
    struct (mix red, mix green, mix blue)

let private figure (colour: float32 -> struct (byte * byte * byte)) (picture: Picture) =
    let data = bitmap picture.Width (Array.map colour picture.Values)
    let caption = Html.text picture.Caption
    $"<figure><img alt=\"{caption}\" src=\"data:image/bmp;base64,{data}\"><figcaption>{caption}</figcaption></figure>"

// At most ten in a row, and full rows where their number allows.
let private grid (figures: string list) =
    let inRow = [ 10..-1..6 ] |> List.tryFind (fun n -> figures.Length % n = 0) |> Option.defaultValue 10
    let figures = String.concat "\n" figures
    $"<div class=\"pictures\" style=\"--row:{inRow}\">{figures}</div>"

/// Pictures of values between 0 and 1: ink on white paper.
let ink (pictures: Picture list) : string = pictures |> List.map (figure (towards (28, 36, 48))) |> grid

/// Pictures of signed values: red above zero, blue below, white at zero, each picture on a scale of its own.
let signed (pictures: Picture list) : string =
    let colour (picture: Picture) =
        let largest = picture.Values |> Array.fold (fun largest value -> max largest (abs value)) 1e-12f

        fun value ->
            if value > 0.0f then
                towards (178, 58, 44) (value / largest)
            else
                towards (38, 84, 132) (-value / largest)

    pictures |> List.map (fun picture -> figure (colour picture) picture) |> grid
