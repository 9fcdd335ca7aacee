namespace Functional.FSharp

open System
open System.IO
open StbImageSharp
open Functional

/// A file whose end is an error: a decoder that takes missing bytes for zeros would go on for ever.
[<Sealed>]
type internal WholeFile(bytes: byte[]) =
    inherit MemoryStream(bytes, false)

    let early () = raise (EndOfStreamException "the file ends early")

    override _.ReadByte() =
        match base.ReadByte() with
        | -1 -> early ()
        | value -> value

    override _.Read(buffer: byte[], offset: int, count: int) =
        match base.Read(buffer, offset, count) with
        | 0 when count > 0 -> early ()
        | found -> found

    override _.Read(buffer: Span<byte>) =
        match base.Read buffer with
        | 0 when buffer.Length > 0 -> early ()
        | found -> found

/// Images from files: PNG, JPEG, BMP, GIF (its first image) and TGA, decoded by StbImageSharp.
[<RequireQualifiedAccess>]
module Images =

    let private endings = [ ".png"; ".jpg"; ".jpeg"; ".bmp"; ".gif"; ".tga" ]

    // Deflate, the most that any of the formats can do, makes 1032 bytes of one; a byte of PNG holds up to 8 pixels. The decoder
    // takes memory for all that a header promises, and does not give it back where the data disappoint.
    let private most = 8L * 1032L

    /// The image of a file, red, green and blue: uint8 [3; h; w]; transparency is left out. InvalidDataException names the file
    /// and the offset that the decoder had come to.
    let read (path: string) : Tensor =
        use file = new WholeFile(File.ReadAllBytes path)

        let image =
            try
                let header = ImageInfo.FromStream file

                if not header.HasValue then
                    Refusal.at path 0L "the file is no PNG, JPEG, BMP, GIF or TGA"

                let width, height = int64 header.Value.Width, int64 header.Value.Height

                if width < 1L || height < 1L || width * height > most * file.Length then
                    Refusal.at path 0L $"{file.Length} bytes cannot hold an image of {width}×{height} pixels"

                file.Position <- 0L
                ImageResult.FromStream(file, ColorComponents.RedGreenBlue)
            with
            | :? InvalidDataException -> reraise ()
            // The decoder has no exception of its own: what damaged data lead it to is of any kind.
            | error -> Refusal.because error path file.Position $"the image is damaged: {error.Message}"

        Scope.tensor (fun () ->
            Tensor.ofBytes [ image.Height; image.Width; 3 ] image.Data |> Tensor.permute [ 2; 0; 1 ])

    let private sorted (paths: string[]) =
        Array.Sort(paths, StringComparer.Ordinal)
        paths

    /// The images of a folder with a folder for each class, each image as `prepare` makes it of float32 [3; h; w] between 0 and 1:
    /// inputs [n; …], labels int64 [n], and the class that each label stands for. Classes and files come in the ordinal order of
    /// their names; other files are passed over. InvalidDataException names the file whose shape differs from the first one's.
    let folderWith (prepare: Tensor -> Tensor) (path: string) : struct (Dataset * string[]) =
        let classes = Directory.GetDirectories path |> sorted

        if classes.Length = 0 then
            Refusal.file path "there is no folder in it, and each class has one"

        let files =
            [|
                for label, folder in Array.indexed classes do
                    let own =
                        Directory.GetFiles folder
                        |> Array.filter (fun file ->
                            List.contains ((string (Path.GetExtension file)).ToLowerInvariant()) endings)

                    if own.Length = 0 then
                        Refusal.file folder "the class has no image"

                    for file in sorted own -> struct (file, int64 label)
            |]

        let inputs =
            Scope.tensor (fun () ->
                let images =
                    [
                        for struct (file, _) in files ->
                            Scope.tensor (fun () -> prepare (Tensor.cast Dtype.Float32 (read file) / 255.0))
                    ]

                let first = List.head images

                for struct (file, _), image in Seq.zip files images do
                    if image.Shape <> first.Shape || image.Dtype <> first.Dtype then
                        let struct (other, _) = files[0]
                        Refusal.file file $"the image is a {image}, but that of {other} a {first}"

                Tensor.stack 0 images)

        let labels = files |> Array.map (fun struct (_, label) -> label)

        struct (Dataset.create inputs (Tensor.ofLongs [ labels.Length ] labels),
                classes |> Array.map (Path.GetFileName >> string))

    /// As `folderWith`, the images as they are, all of one size: inputs float32 [n; 3; h; w] between 0 and 1.
    let folder (path: string) : struct (Dataset * string[]) = folderWith id path
