namespace Functional.FSharp

open System
open System.Collections.Generic
open System.Text
open System.Text.Json
open Functional

/// One tensor of a header: its first byte and the one after the last, counted from the end of the header.
[<NoEquality; NoComparison>]
type internal SafetensorsEntry = { Tensor: string; Type: string; Shape: int64[]; First: int64; Last: int64 }

/// The JSON header of a safetensors file, read token by token, so that it takes little memory beyond what it says.
module internal SafetensorsHeader =

    /// The entry of the header that holds the notes.
    let metadata = "__metadata__"

    // More axes than any tensor has: a shape that is longer is refused before it is read.
    let private mostAxes = 64

    // The token that was read, as it stands there, or the beginning of it.
    let private token (reader: byref<Utf8JsonReader>) =
        let text = reader.ValueSpan
        Encoding.UTF8.GetString(text.Slice(0, min text.Length 40))

    let private text (reader: byref<Utf8JsonReader>) = string (reader.GetString())

    // Names in messages are cut: a header may have any.
    let private numbers path name key (scratch: int64[]) most (reader: byref<Utf8JsonReader>) : int64[] =
        if reader.TokenType <> JsonTokenType.StartArray then
            Refusal.file path $"the header's entry '{name}' has no {key} that is a JSON array"

        let mutable count = 0

        while reader.Read() && reader.TokenType <> JsonTokenType.EndArray do
            let mutable number = 0L

            if reader.TokenType <> JsonTokenType.Number || not (reader.TryGetInt64 &number) || number < 0L then
                let found = token &reader

                Refusal.file
                    path
                    $"the header's entry '{name}' has {found} in {key}, which is no whole number of at least 0"

            if count = most then
                Refusal.file path $"the header's entry '{name}' has more than {most} numbers in {key}"

            scratch[count] <- number
            count <- count + 1

        scratch[.. count - 1]

    let private typeOf path name (reader: byref<Utf8JsonReader>) : string =
        if reader.TokenType <> JsonTokenType.String then
            Refusal.file path $"the header's entry '{name}' has no dtype that is a JSON string"

        let mutable found = ""

        // The names of the types that are read are not made again for each tensor.
        for kind in Elements.kinds do
            if reader.ValueTextEquals kind.Safetensors then
                found <- kind.Safetensors

        if found = "" then text &reader else found

    let private entry path (scratch: int64[]) fullName (reader: byref<Utf8JsonReader>) : SafetensorsEntry =
        let name = Refusal.shown fullName

        if reader.TokenType <> JsonTokenType.StartObject then
            Refusal.file path $"the header's entry '{name}' is no JSON object"

        let mutable kind, shape, offsets = ValueNone, ValueNone, ValueNone
        // What the format does not know is passed over, but stands there once as well.
        let mutable others: string list = []

        let refuseTwice key isThere =
            if isThere then
                Refusal.file path $"the header's entry '{name}' has '{key}' twice"

        while reader.Read() && reader.TokenType <> JsonTokenType.EndObject do
            if reader.ValueTextEquals "dtype" then
                refuseTwice "dtype" kind.IsSome
                reader.Read() |> ignore
                kind <- ValueSome(typeOf path name &reader)
            elif reader.ValueTextEquals "shape" then
                refuseTwice "shape" shape.IsSome
                reader.Read() |> ignore
                shape <- ValueSome(numbers path name "shape" scratch mostAxes &reader)
            elif reader.ValueTextEquals "data_offsets" then
                refuseTwice "data_offsets" offsets.IsSome
                reader.Read() |> ignore
                offsets <- ValueSome(numbers path name "data_offsets" scratch 2 &reader)
            else
                let key = text &reader
                refuseTwice (Refusal.shown key) (List.contains key others)
                others <- key :: others

                if others.Length > mostAxes then
                    Refusal.file path $"the header's entry '{name}' has more than {mostAxes} keys"

                reader.Read() |> ignore
                reader.Skip()

        match kind, shape, offsets with
        | ValueNone, _, _ -> Refusal.file path $"the header's entry '{name}' has no dtype"
        | _, ValueNone, _ -> Refusal.file path $"the header's entry '{name}' has no shape"
        | _, _, ValueNone -> Refusal.file path $"the header's entry '{name}' has no data_offsets"
        | ValueSome kind, ValueSome shape, ValueSome [| first; last |] when first <= last ->
            for axis in shape do
                if axis > int64 Int32.MaxValue then
                    Refusal.file path $"the tensor '{name}' has an axis of {axis}, above {Int32.MaxValue}"

            { Tensor = fullName; Type = kind; Shape = shape; First = first; Last = last }
        | _, _, ValueSome offsets ->
            let found = String.Join("; ", offsets)
            Refusal.file path $"the tensor '{name}' has the offsets [{found}], not two in order"

    let private readNotes path (notes: Dictionary<string, string>) (reader: byref<Utf8JsonReader>) =
        if reader.TokenType <> JsonTokenType.StartObject then
            Refusal.file path "the metadata are no JSON object"

        while reader.Read() && reader.TokenType <> JsonTokenType.EndObject do
            let name = text &reader
            reader.Read() |> ignore

            if reader.TokenType <> JsonTokenType.String then
                Refusal.file path $"the note '{Refusal.shown name}' is no text"

            if not (notes.TryAdd(name, text &reader)) then
                Refusal.file path $"the note '{Refusal.shown name}' stands twice in the header"

    let private readAll path (bytes: ReadOnlySpan<byte>) =
        let names, entries, notes = HashSet<string>(), ResizeArray(), Dictionary()
        let scratch = Array.zeroCreate mostAxes
        let mutable reader = Utf8JsonReader bytes
        reader.Read() |> ignore

        if reader.TokenType <> JsonTokenType.StartObject then
            Refusal.file path "the header is no JSON object"

        // The format asks for '{' as the first byte; spaces may follow the object, but not lead it.
        if bytes[0] <> byte '{' then
            Refusal.file path "the header does not begin with '{'"

        while reader.Read() && reader.TokenType <> JsonTokenType.EndObject do
            let name = text &reader

            if not (names.Add name) then
                Refusal.file path $"the name '{Refusal.shown name}' stands twice in the header"

            EntryName.problem name |> ValueOption.iter (Refusal.file path)

            reader.Read() |> ignore

            if name = metadata then
                readNotes path notes &reader
            else
                entries.Add(entry path scratch name &reader)

        // Nothing but spaces may follow: all else is refused as no JSON.
        reader.Read() |> ignore
        struct (entries, notes)

    /// The entries of a header, in its order, and its notes.
    let parse
        (path: string)
        (bytes: ReadOnlySpan<byte>)
        : struct (ResizeArray<SafetensorsEntry> * Dictionary<string, string>) =
        try
            readAll path bytes
        with
        // InvalidOperationException stands for text that is no Unicode.
        | :? JsonException
        | :? InvalidOperationException as error -> Refusal.file path $"the header is no JSON: {error.Message}"
