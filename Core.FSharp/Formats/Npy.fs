namespace Functional.FSharp

open System
open System.Collections.Generic
open System.IO
open System.IO.Compression
open Functional
open Functional.FSharp.Wrapping

/// NumPy's formats: .npy holds one array, .npz several by name. Versions 1.0 to 3.0 are read, 1.0 is written. uint16 is read as
/// int32, uint32 and uint64 as int64, if they fit.
[<RequireQualifiedAccess>]
module Npy =

    let private writeTo (stream: Stream) (x: Tensor) =
        stream.Write(ReadOnlySpan(NpyHeader.write x))
        Elements.write stream x

    // `most` is how many bytes the stream can hold: a header that promises more costs no memory.
    let private readFrom path (stream: Stream) (most: int64) : Tensor =
        let header = NpyHeader.read path stream most

        let struct (kind, isBig) =
            match NpyHeader.stored header with
            | Ok stored -> stored
            | Error problem -> Refusal.at path 10L problem

        let expected = header.Shape |> List.fold (fun product n -> product * float n) (float kind.Size)

        if expected > float (most - header.Length) then
            Refusal.at
                path
                header.Length
                $"the shape {showShape header.Shape} takes {invariant expected} bytes, but no more than {most - header.Length} follow"

        let stored = if header.IsFortran then List.rev header.Shape else header.Shape
        let tensor = Elements.read path header.Length stream kind isBig "the elements" (wide stored)

        if stream.ReadByte() >= 0 then
            Refusal.at path (header.Length + int64 expected) "there are bytes after the last element"

        if header.IsFortran && header.Shape.Length > 1 then
            lift (Ops.permute [| for axis in header.Shape.Length - 1 .. -1 .. 0 -> int64 axis |]) tensor
        else
            tensor

    // ---- one array

    /// Writes a tensor as .npy; the file appears whole or not at all. NumPy has no bfloat16: cast to float32 first.
    let save (path: string) (tensor: Tensor) : unit =
        NpyHeader.write tensor |> ignore
        AtomicFile.write path (fun file -> writeTo file tensor)

    /// The tensor of a .npy file, in either byte order and either order of axes. InvalidDataException names the file and the
    /// offset of what is wrong with it; no header makes it take more memory than the file has bytes.
    let load (path: string) : Tensor =
        Loader.ensure ()
        use file = File.OpenRead path
        Scope.tensor (fun () -> readFrom path file file.Length)

    // ---- several by name

    // Entries carry no time of writing, so that equal tensors give equal files.
    let private moment = DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero)

    /// Writes named tensors as .npz, which `numpy.load` reads; the file appears whole or not at all.
    let saveMap (path: string) (tensors: Map<string, Tensor>) : unit =
        for KeyValue(name, tensor) in tensors do
            if name = "" then
                invalidArg (nameof tensors) "a tensor of an .npz file needs a name"

            EntryName.problem name |> ValueOption.iter (invalidArg (nameof tensors))
            NpyHeader.write tensor |> ignore

        AtomicFile.write path (fun file ->
            use zip = new ZipArchive(file, ZipArchiveMode.Create, true)

            for KeyValue(name, tensor) in tensors do
                let entry = zip.CreateEntry(name + ".npy", CompressionLevel.NoCompression)
                entry.LastWriteTime <- moment
                use stream = entry.Open()
                writeTo stream tensor)

    let private ending = ".npy"
    let private isArray (entry: ZipArchiveEntry) = entry.FullName.EndsWith(ending, StringComparison.Ordinal)

    // The arrays of an open archive by name. Others may keep other files beside them.
    let private arrays path (file: FileStream) (zip: ZipArchive) =
        let names = HashSet<string>()
        let mutable held = 0L

        let found =
            [
                for entry in zip.Entries do
                    held <- held + entry.CompressedLength

                    if isArray entry then
                        let name = entry.FullName.Substring(0, entry.FullName.Length - ending.Length)
                        EntryName.problem name |> ValueOption.iter (Refusal.at path 0L)

                        if not (names.Add name) then
                            Refusal.at path 0L $"the name '{Refusal.shown name}' stands twice in the file"

                        name, entry
            ]

        // Entries that share their bytes would make as much of a small file as they like.
        if held > file.Length then
            Refusal.at path 0L $"the entries are said to have {held} bytes, in a file with {file.Length}"

        found

    let private inArchive path (use': FileStream -> ZipArchive -> 'a) : 'a =
        use file = File.OpenRead path
        // An archive that cannot be read closes its file.
        let length = file.Length

        try
            use zip = new ZipArchive(file, ZipArchiveMode.Read)
            use' file zip
        with
        | Refusal.DamagedData error when not (error.Message.StartsWith(path, StringComparison.Ordinal)) ->
            Refusal.because error path length $"this is no sound .npz file: {error.Message}"
        // What else a damaged archive leads the reader to.
        | :? IOException as error when not (error :? FileNotFoundException) ->
            Refusal.because error path length $"this is no sound .npz file: {error.Message}"

    let private most (entry: ZipArchiveEntry) = Math.Min(entry.Length, Gzip.Most entry.CompressedLength)

    let private pathOf path (entry: ZipArchiveEntry) = $"{path}/{Refusal.shown entry.FullName}"

    let private readEntry path (entry: ZipArchiveEntry) : Tensor =
        let within = pathOf path entry
        use stream = new SummedStream(entry.Open())
        let tensor = readFrom within stream (most entry)

        if stream.Sum <> entry.Crc32 then
            Refusal.at
                within
                entry.Length
                $"the sum of the data (CRC-32) is {stream.Sum:x8}, not {entry.Crc32:x8}: they are damaged"

        tensor

    /// What an .npz file has, in its order, arrays of types that are not read and files that are none included.
    /// InvalidDataException where the file is no archive.
    let list (path: string) : FileEntry list =
        inArchive path (fun file zip ->
            arrays path file zip |> ignore

            [
                for entry in zip.Entries do
                    if isArray entry then
                        let name = entry.FullName.Substring(0, entry.FullName.Length - ending.Length)
                        let absent problem = { Name = name; Type = ""; Shape = [||]; Problem = problem }

                        try
                            use stream = entry.Open()
                            let header = NpyHeader.read (pathOf path entry) stream (most entry)

                            {
                                Name = name
                                Type = header.Type
                                Shape = Array.ofList header.Shape
                                Problem =
                                    match NpyHeader.stored header with
                                    | Ok _ -> null
                                    | Error problem -> problem
                            }
                        with
                        | :? InvalidDataException
                        | :? IOException as error -> absent error.Message
                    else
                        {
                            Name = entry.FullName
                            Type = ""
                            Shape = [||]
                            Problem = "this is no .npy file"
                        }
            ])

    let private readThose path (choose: (string * ZipArchiveEntry) list -> (string * ZipArchiveEntry) list) =
        Loader.ensure ()

        Scope.run (Map.toSeq >> Seq.map snd) (fun () ->
            inArchive path (fun file zip ->
                Map.ofList [ for name, entry in choose (arrays path file zip) -> name, readEntry path entry ]))

    /// The tensors of an .npz file by name, compressed or not; files in it that are no .npy are passed over. InvalidDataException
    /// names the file, the entry and what is wrong with it: `list` tells what there is, `loadSome` reads the others.
    let loadMap (path: string) : Map<string, Tensor> = readThose path id

    /// The tensors of an .npz file that have these names, whatever else is there. ArgumentException for a name that the file has
    /// not.
    let loadSome (names: string seq) (path: string) : Map<string, Tensor> =
        let names = HashSet<string> names

        readThose path (fun found ->
            EntryName.requireAll (nameof names) path (List.map fst found) names
            found |> List.filter (fun (name, _) -> names.Contains name))
