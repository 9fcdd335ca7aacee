/// Specs of networks in checkpoints: as JSON, and what two of them differ in.
module internal Functional.FSharp.Architecture

open System
open System.IO
open System.Text
open System.Text.Json
open Functional

// Each layer inside of another takes four levels of JSON.
let private levels = 4 * (Nesting.limit + 2)

let private writeSetting (json: Utf8JsonWriter) (setting: Setting) =
    json.WriteStartObject()

    match setting with
    | Setting.Whole value -> json.WriteNumber("whole", value)
    | Setting.Wholes values ->
        json.WriteStartArray "wholes"

        for value in values do
            json.WriteNumberValue value

        json.WriteEndArray()
    | Setting.Number value ->
        json.WriteString("number", value.ToString("R", Globalization.CultureInfo.InvariantCulture))
    | Setting.Flag value -> json.WriteBoolean("flag", value)
    | Setting.Text value -> json.WriteString("text", value)

    json.WriteEndObject()

let rec private writeSpec (json: Utf8JsonWriter) (spec: Spec) =
    json.WriteStartObject()
    json.WriteString("kind", spec.kind)
    json.WriteStartArray "settings"

    for name, setting in spec.settings do
        json.WriteStringValue name
        writeSetting json setting

    json.WriteEndArray()
    json.WriteStartArray "parts"

    for name, part in spec.parts do
        json.WriteStringValue name
        writeSpec json part

    json.WriteEndArray()
    json.WriteEndObject()

/// A spec as JSON.
let toText (spec: Spec) : string =
    use text = new MemoryStream()

    do
        use json = new Utf8JsonWriter(text, JsonWriterOptions(MaxDepth = levels))
        writeSpec json spec

    Encoding.UTF8.GetString(text.ToArray())

let private text (json: JsonElement) : string =
    match json.GetString() with
    | null -> raise (JsonException "a text is expected")
    | text -> text

let private setting (json: JsonElement) : Setting =
    let found = Seq.exactlyOne (json.EnumerateObject())

    match found.Name with
    | "whole" -> Setting.Whole(found.Value.GetInt64())
    | "wholes" -> Setting.Wholes [| for value in found.Value.EnumerateArray() -> value.GetInt64() |]
    | "number" -> Setting.Number(Double.Parse(text found.Value, Globalization.CultureInfo.InvariantCulture))
    | "flag" -> Setting.Flag(found.Value.GetBoolean())
    | "text" -> Setting.Text(text found.Value)
    | other -> raise (JsonException $"there is no setting of the kind '{other}'")

// Names and values in turn.
let private pairs (read: JsonElement -> 'a) (json: JsonElement) : (string * 'a) list =
    [ for pair in Seq.chunkBySize 2 (json.EnumerateArray()) -> text pair[0], read pair[1] ]

let rec private spec (json: JsonElement) : Spec =
    {
        kind = text (json.GetProperty "kind")
        settings = pairs setting (json.GetProperty "settings")
        parts = pairs spec (json.GetProperty "parts")
    }

/// The spec that a text of JSON tells, or none where it tells none.
let ofText (text: string) : bool * Spec option =
    try
        use json = JsonDocument.Parse(text, JsonDocumentOptions(MaxDepth = levels))
        true, Some(spec json.RootElement)
    with
    | :? JsonException
    | :? FormatException
    | :? InvalidOperationException
    | :? ArgumentException
    | :? IndexOutOfRangeException
    | :? Collections.Generic.KeyNotFoundException -> false, None

// The layers at each path, the outer first, without pipelines, which say nothing of their own.
let private byPath (spec: Spec) : (string * Spec list) list =
    Spec.walk spec
    |> List.filter (fun (_, spec) -> spec.kind <> "pipeline")
    |> List.groupBy fst
    |> List.map (fun (path, specs) -> path, List.map snd specs)

let private kinds (specs: Spec list) = String.Join(" of ", [ for spec in specs -> spec.kind ])

// Whether other stored numbers would be meant, or the same numbers go on to be used otherwise: with another rate or ε.
let private isOnScale (setting: Setting option) =
    match setting with
    | Some(Setting.Number _)
    | None -> true
    | _ -> false

// The settings that differ, each with its values in the file and here.
let private settings (found: Spec) (expected: Spec) =
    let there, here = Map.ofList found.settings, Map.ofList expected.settings

    [
        for name in Seq.distinct (Seq.append (Map.keys here) (Map.keys there)) do
            let a, b = Map.tryFind name there, Map.tryFind name here

            if a <> b then
                name, a, b
    ]

/// What differs between the network of a file and the one expected: what makes other numbers of those that are stored (kinds,
/// units, kernels, axes, …), and what does not (rates, slopes, ε, momentum).
let differences (found: Spec) (expected: Spec) : struct (string list * string list) =
    let there, here = Map.ofList (byPath found), Map.ofList (byPath expected)
    let shown (value: Setting option) = value |> Option.map string |> Option.defaultValue "none" |> Refusal.shown

    let changed =
        [
            for path, specs in byPath expected do
                match Map.tryFind path there with
                | Some others when kinds others = kinds specs ->
                    for other, spec in List.zip others specs do
                        for name, a, b in settings other spec do
                            path, spec.kind, name, a, b
                | _ -> ()
        ]

    let problems =
        [
            for path, specs in byPath expected do
                match Map.tryFind path there with
                | None -> $"the layer '{path}', {kinds specs}, is missing"
                | Some others when kinds others <> kinds specs ->
                    $"the layer '{path}' is {Refusal.shown (kinds others)} in the file, but {kinds specs} is expected"
                | Some _ -> ()
            for path, specs in byPath found do
                if not (Map.containsKey path here) then
                    $"the layer '{Refusal.shown path}', {Refusal.shown (kinds specs)}, is not expected"
            for path, kind, name, a, b in changed do
                if not (isOnScale a && isOnScale b) then
                    $"the layer '{path}', {kind}, has {name}={shown a} in the file, but {name}={shown b} is expected"
        ]

    let notices =
        [
            for path, kind, name, a, b in changed do
                if isOnScale a && isOnScale b then
                    $"the layer '{path}', {kind}, had {name}={shown a} when it was written, and has {name}={shown b} here"
        ]

    struct (problems, notices)
