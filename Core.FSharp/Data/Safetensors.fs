namespace Functional.FSharp

open System
open System.Buffers.Binary
open System.Collections.Generic
open System.IO
open System.Text.Json
open Functional

/// The safetensors format of Hugging Face: 8 bytes with the length of a JSON header, the header, the tensors' bytes.
[<RequireQualifiedAccess>]
module Safetensors =

    let private names =
        [
            Dtype.UInt8, "U8"
            Dtype.Int32, "I32"
            Dtype.Int64, "I64"
            Dtype.Float32, "F32"
            Dtype.Float64, "F64"
            Dtype.Bool, "BOOL"
            Dtype.BFloat16, "BF16"
        ]

    let private nameOf dtype = names |> List.find (fst >> (=) dtype) |> snd

    // The entry of the header that holds the notes.
    let private metadata = "__metadata__"

    // More axes than any tensor has: a shape that is longer is refused before it is read.
    let private mostAxes = 64

    let private refuse path problem : 'a = raise (InvalidDataException $"{path}: {problem}")

    let private header (tensors: (string * Tensor) list) (notes: (string * string) list) =
        use text = new MemoryStream()
        use json = new Utf8JsonWriter(text)
        json.WriteStartObject()

        if not notes.IsEmpty then
            json.WriteStartObject metadata

            for name, note in notes do
                json.WriteString(name, note)

            json.WriteEndObject()

        let mutable at = 0L

        for name, tensor in tensors do
            json.WriteStartObject name
            json.WriteString("dtype", nameOf tensor.Dtype)
            json.WriteStartArray "shape"
            tensor.Shape |> Array.iter json.WriteNumberValue
            json.WriteEndArray()
            json.WriteStartArray "data_offsets"
            json.WriteNumberValue at
            at <- at + Native.bytes tensor.Raw
            json.WriteNumberValue at
            json.WriteEndArray()
            json.WriteEndObject()

        json.WriteEndObject()
        json.Flush()
        // The header is padded with spaces to a multiple of 8 bytes, so that the tensors are aligned.
        let text = text.ToArray()
        Array.append text (Array.create ((8 - text.Length % 8) % 8) 32uy)

    /// Writes named tensors and notes. The file appears whole or not at all: it is written beside its place and moved there.
    let write (path: string) (notes: (string * string) list) (tensors: (string * Tensor) list) : unit =
        let refuseTwice parameter what (names: string list) =
            match names |> List.countBy id |> List.tryFind (fun (_, count) -> count > 1) with
            | Some(name, _) -> invalidArg parameter $"two {what} are called '{name}'"
            | None -> ()

        refuseTwice (nameof tensors) "tensors" (List.map fst tensors)
        refuseTwice (nameof notes) "notes" (List.map fst notes)

        if List.exists (fst >> (=) metadata) tensors then
            invalidArg (nameof tensors) $"a tensor cannot be called '{metadata}': the format keeps this name for notes"

        let text = header tensors notes
        let length = Array.zeroCreate 8
        BinaryPrimitives.WriteInt64LittleEndian(length.AsSpan(), int64 text.Length)

        AtomicFile.write path (fun file ->
            file.Write(length, 0, 8)
            file.Write(text, 0, text.Length)

            for _, tensor in tensors do
                let bytes = Tensor.bits tensor
                file.Write(bytes, 0, bytes.Length))

    // One entry of the header: dtype, shape, first byte and the one after the last.
    let private entry path (name: string) (description: JsonElement) =
        let field (kind: JsonValueKind) (key: string) =
            let mutable value = JsonElement()

            if
                description.ValueKind = JsonValueKind.Object
                && description.TryGetProperty(key, &value)
                && value.ValueKind = kind
            then
                value
            else
                refuse path $"the header's entry '{name}' has no {key} that is a JSON {kind}"

        let whole most key =
            let numbers = field JsonValueKind.Array key

            if numbers.GetArrayLength() > most then
                refuse path $"the header's entry '{name}' has {numbers.GetArrayLength()} numbers in {key}, above {most}"

            [
                for number in numbers.EnumerateArray() ->
                    match number.ValueKind = JsonValueKind.Number && fst (number.TryGetInt64()), number with
                    | true, number when number.GetInt64() >= 0L -> number.GetInt64()
                    | _ ->
                        refuse
                            path
                            $"the header's entry '{name}' has {number} in {key}, which is no whole number of at least 0"
            ]

        let dtype = (field JsonValueKind.String "dtype").GetString()

        match List.tryFind (fun (_, other) -> other = dtype) names, whole 2 "data_offsets" with
        | None, _ ->
            let known = String.Join(", ", List.map snd names)
            refuse path $"the tensor '{name}' has dtype {dtype}, which is not one of {known}"
        | Some(dtype, _), [ first; last ] when first <= last ->
            let shape = whole mostAxes "shape"

            match shape |> List.tryFind (fun axis -> axis > int64 Int32.MaxValue) with
            | Some axis -> refuse path $"the tensor '{name}' has an axis of {axis}, above {Int32.MaxValue}"
            | None -> dtype, shape, first, last
        | _, offsets -> refuse path $"the tensor '{name}' has the offsets {offsets}, not two in order"

    let private sizeOf dtype =
        match dtype with
        | Dtype.UInt8
        | Dtype.Bool -> 1L
        | Dtype.BFloat16 -> 2L
        | Dtype.Int32
        | Dtype.Float32 -> 4L
        | _ -> 8L

    // The entries and notes of a header. They take some ten times the memory of their text, and no more.
    let private parse path (text: byte[]) =
        let names = HashSet<string>()
        let mutable notes = Map.empty

        try
            use json = JsonDocument.Parse(ReadOnlyMemory text)

            if json.RootElement.ValueKind <> JsonValueKind.Object then
                refuse path "the header is no JSON object"

            // The format asks for '{' as the first byte; spaces may follow the object, but not lead it.
            if text[0] <> byte '{' then
                refuse path "the header does not begin with '{'"

            let entries =
                [
                    for property in json.RootElement.EnumerateObject() do
                        if not (names.Add property.Name) then
                            refuse path $"the name '{property.Name}' stands twice in the header"

                        if property.Name <> metadata then
                            property.Name, entry path property.Name property.Value
                        elif property.Value.ValueKind <> JsonValueKind.Object then
                            refuse path "the metadata are no JSON object"
                        else
                            for note in property.Value.EnumerateObject() do
                                if note.Value.ValueKind <> JsonValueKind.String then
                                    refuse path $"the note '{note.Name}' is no text"

                                notes <- Map.add note.Name (string (note.Value.GetString())) notes
                ]

            struct (entries, notes)
        with
        // InvalidOperationException stands for text that is no Unicode.
        | :? JsonException
        | :? InvalidOperationException as error -> refuse path $"the header is no JSON: {error.Message}"

    // The header of an open file: its length, entries and notes.
    let private readHeader path (file: FileStream) =
        let start = Array.zeroCreate 8

        if file.ReadAtLeast(start.AsSpan(), 8, false) < 8 then
            refuse path "the file is too short for a safetensors header"

        let length = BinaryPrimitives.ReadInt64LittleEndian(ReadOnlySpan start)

        if length < 2L || length > file.Length - 8L || length > 100_000_000L then
            refuse path $"the header is said to have {length} bytes, in a file with {file.Length}"

        let text = Array.zeroCreate (int length)
        file.ReadExactly(text, 0, text.Length)
        struct (length, parse path text)

    /// The notes of a file, read without its tensors. InvalidDataException names the file and what is wrong with its header.
    let notes (path: string) : Map<string, string> =
        use file = File.OpenRead path
        let struct (_, struct (_, notes)) = readHeader path file
        notes

    /// The named tensors and the notes of a file. InvalidDataException names the file and what is wrong with it; nothing is
    /// made of a file before its whole header is found right, and a header that is wrong takes no memory for tensors.
    let read (path: string) : struct ((string * Tensor) list * Map<string, string>) =
        Loader.ensure ()
        use file = File.OpenRead path
        let struct (length, struct (entries, notes)) = readHeader path file
        let data = file.Length - 8L - length
        let mutable at = 0L

        // The tensors' bytes follow each other without a gap, as the format asks.
        for name, (dtype, shape, first, last) in entries |> List.sortBy (fun (_, (_, _, first, last)) -> first, last) do
            let expected = shape |> List.fold (fun product axis -> product * float axis) (float (sizeOf dtype))

            if first <> at || last > data then
                refuse
                    path
                    $"the tensor '{name}' has bytes {first} to {last}; expected are bytes from {at} on, of {data} in all"

            if float (last - first) <> expected then
                refuse path $"the tensor '{name}' of shape {shape} takes {expected} bytes, but has {last - first}"

            at <- last

        if at <> data then
            refuse path $"the tensors take {at} bytes, but {data} follow the header"

        let tensors =
            [
                for name, (dtype, shape, first, last) in entries do
                    let raw = Ops.empty (Array.ofList shape) (LanguagePrimitives.EnumOfValue(sbyte dtype))
                    let tensor = Tensor.Of raw

                    if last > first then
                        file.Position <- 8L + length + first
                        file.ReadExactly(Native.span<byte> raw)
                        GC.KeepAlive raw

                    name, tensor
            ]

        struct (tensors, notes)

    /// Writes one tensor, of any dtype and with its bits; the file appears whole or not at all.
    let save (path: string) (tensor: Tensor) : unit = write path [] [ "tensor", tensor ]

    /// The tensor of a file that holds one, under whatever name.
    let load (path: string) : Tensor =
        Scope.tensor (fun () ->
            match read path with
            | struct ([ _, tensor ], _) -> tensor
            | struct (tensors, _) ->
                refuse path $"the file holds {tensors.Length} tensors, not one: read them with loadMap")

    /// Writes named tensors; the file appears whole or not at all.
    let saveMap (path: string) (tensors: Map<string, Tensor>) : unit = write path [] (Map.toList tensors)

    /// The tensors of a file by name.
    let loadMap (path: string) : Map<string, Tensor> =
        let struct (tensors, _) = read path
        Map.ofList tensors
