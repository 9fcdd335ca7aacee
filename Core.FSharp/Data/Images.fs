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

/// Images from files: PNG; and JPEG, BMP, GIF (its first image) and TGA, decoded by StbImageSharp. PNG is written.
[<RequireQualifiedAccess>]
module Images =

    let private endings = [ ".png"; ".jpg"; ".jpeg"; ".bmp"; ".gif"; ".tga" ]

    // Images of more pixels are read only where the caller says how many there may be: their tensor takes 402 MB.
    let private usual = 1 <<< 27

    // How many pixels a byte can hold, by the format that the first bytes tell: four blocks of JPEG are a bit of each colour, a
    // code of GIF stands for up to 3,838 pixels and has twelve bits then, a run of TGA of two bytes for 128, and a byte of BMP
    // is eight of two colours.
    let private pixelsOfByte (bytes: byte[]) =
        match Array.truncate 2 bytes with
        | [| 0xffuy; 0xd8uy |] -> ValueSome 512L
        | [| 'G'B; 'I'B |] -> ValueSome 2560L
        | [| 'B'B; 'M'B |] -> ValueSome 8L
        | [| '8'B; 'B'B |] -> ValueNone
        | _ -> ValueSome 128L

    // Red, green and blue of each pixel in turn become three planes.
    let private planes (image: ImageResult) =
        let height, width = int64 image.Height, int64 image.Width
        let raw = Ops.empty [| 3L; height; width |] TorchSharp.torch.ScalarType.Byte
        let data = image.Data

        for channel in 0..2 do
            use plane = Ops.select 0L (int64 channel) raw
            let pixels = Native.span<byte> plane

            for i in 0 .. pixels.Length - 1 do
                pixels[i] <- data[3 * i + channel]

            GC.KeepAlive plane

        Tensor.Of raw

    // The decoder takes memory for all that a header promises, and does not give it back where the data disappoint.
    let private decode path check (bytes: byte[]) =
        use file = new WholeFile(bytes)

        try
            let header = ImageInfo.FromStream file

            match pixelsOfByte bytes with
            | ValueSome pixels when header.HasValue ->
                let width, height = int64 header.Value.Width, int64 header.Value.Height

                if width < 1L || height < 1L || width * height > pixels * file.Length then
                    Refusal.at path 0L $"{file.Length} bytes cannot hold an image of {width}×{height} pixels"

                check width height
                file.Position <- 0L
                planes (ImageResult.FromStream(file, ColorComponents.RedGreenBlue))
            | _ -> Refusal.at path 0L "the file is no PNG, JPEG, BMP, GIF or TGA"
        with
        | :? InvalidDataException -> reraise ()
        // The decoder has no exception of its own: what damaged data lead it to is of any kind.
        | error -> Refusal.because error path file.Position $"the image is damaged: {error.Message}"

    /// As `read`, of an image of no more than so many pixels. A PNG file takes the memory of the tensor, other formats up to five
    /// times as much while they are decoded.
    let readWithin (pixels: int) (path: string) : Tensor =
        if pixels < 1 then
            invalidArg (nameof pixels) $"an image has at least one pixel, not {pixels} at most"

        Loader.ensure ()
        use file = File.OpenRead path

        let check (width: int64) (height: int64) =
            if width * height > int64 pixels then
                Refusal.at
                    path
                    0L
                    $"the image has {width}×{height} pixels, above the limit of {pixels}; readWithin takes another limit"

        Scope.tensor (fun () ->
            if Png.isPng file then
                try
                    Png.read path check file
                with Refusal.DamagedData error when not (error.Message.StartsWith(path, StringComparison.Ordinal)) ->
                    Refusal.because error path file.Position $"the data of the image are damaged: {error.Message}"
            else
                if file.Length > int64 Array.MaxLength then
                    Refusal.at
                        path
                        0L
                        $"the file has {file.Length} bytes; of formats other than PNG {Array.MaxLength} are read"

                let bytes = Array.zeroCreate<byte>(int file.Length)
                file.ReadExactly(bytes, 0, bytes.Length)
                decode path check bytes)

    /// The image of a file, red, green and blue: uint8 [3; h; w]; transparency is left out, and of 16 bits the upper 8 stay. At
    /// most 2²⁷ pixels: `readWithin` reads more. InvalidDataException names the file and the offset that the decoder had come to.
    let read (path: string) : Tensor = readWithin usual path

    // The bytes of an image's elements: whole numbers as they are, others from 0 to 1 in 255 steps.
    let private bytesOf (x: Tensor) : byte[] =
        if x.Dtype = Dtype.UInt8 then
            Tensor.toBytes x
        elif Native.isFloating x.Raw then
            let values = Tensor.toDoubles x

            match Array.tryFind (fun value -> not (value >= 0.0 && value <= 1.0)) values with
            | Some value ->
                invalidArg
                    (nameof x)
                    $"Images.write: the elements of an image are between 0 and 1, not {invariant value}; Tensor.clamp and Tensor.normalize make them so"
            | None -> values |> Array.map (fun value -> byte (Math.Round(255.0 * value)))
        else
            invalidArg (nameof x) $"Images.write: the elements of an image are uint8 or floating-point numbers, not {x}"

    /// Writes an image as a PNG file: [h; w] and [1; h; w] are grey, [3; h; w] red, green and blue; a further channel, [2; h; w] and
    /// [4; h; w], is the opacity. uint8 from 0 to 255, or floating point from 0 to 1, which is rounded to 8 bits. The file appears
    /// whole or not at all.
    let write (path: string) (x: Tensor) : unit =
        let shape = if x.Rank = 2 then Array.append [| 1 |] x.Shape else x.Shape

        if shape.Length <> 3 || not (PngWriting.kinds.ContainsKey shape[0]) || shape[1] < 1 || shape[2] < 1 then
            invalidArg
                (nameof x)
                $"Images.write: an image has the shape [h; w] or [channels; h; w] with 1 to 4 channels, not {Native.showShape (Native.shape x.Raw)}"

        if not ((string (Path.GetExtension path)).Equals(".png", StringComparison.OrdinalIgnoreCase)) then
            invalidArg
                (nameof path)
                $"Images.write: images are written as PNG, to a file that ends in .png, not '{path}'"

        let pixels = Scope.value (fun () -> Tensor.reshape shape x |> Tensor.permute [ 1; 2; 0 ] |> bytesOf)
        AtomicFile.write path (fun stream -> PngWriting.write stream shape[2] shape[1] shape[0] pixels)

    /// Images of one shape as one, side by side in rows of so many; what remains of the last row is 0:
    /// [n; c; h; w] -> [c; rows·h; columns·w].
    let grid (columns: int) (x: Tensor) : Tensor =
        if x.Rank <> 4 || columns < 1 then
            invalidArg
                (nameof x)
                $"Images.grid: images [n; c; h; w] stand in rows of at least 1, not {Native.describe x.Raw} in rows of {columns}"

        let shape = x.Shape
        let rows = (shape[0] + columns - 1) / columns

        Scope.tensor (fun () ->
            x
            |> Tensor.pad 0.0 [ 0, rows * columns - shape[0]; 0, 0; 0, 0; 0, 0 ]
            |> Tensor.reshape [ rows; columns; shape[1]; shape[2]; shape[3] ]
            |> Tensor.permute [ 2; 0; 3; 1; 4 ]
            |> Tensor.reshape [ shape[1]; rows * shape[2]; columns * shape[3] ])

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

        let prepared (struct (path, _)) = Scope.tensor (fun () -> prepare (Pixels.ofBytes (read path)))

        // Each image is copied to its place as it comes, so that none is in memory twice.
        let inputs =
            Scope.tensor (fun () ->
                let first = prepared files[0]
                let shape = Array.append [| int64 files.Length |] (Native.shape first.Raw)
                let all = Ops.empty shape (Native.dtype first.Raw)
                let images = Tensor.Of all

                for place, struct (path, label) in Array.indexed files do
                    Scope.value (fun () ->
                        let image = if place = 0 then first else prepared (struct (path, label))

                        if image.Shape <> first.Shape || image.Dtype <> first.Dtype then
                            let struct (other, _) = files[0]
                            Refusal.file path $"the image is a {image}, but that of {other} a {first}"

                        Elements.copyInto (int64 place) all image)

                images)

        let labels = files |> Array.map (fun struct (_, label) -> label)

        struct (Dataset.create inputs (Tensor.ofLongs [ labels.Length ] labels),
                classes |> Array.map (Path.GetFileName >> string))

    /// As `folderWith`, the images as they are, all of one size: inputs float32 [n; 3; h; w] between 0 and 1.
    let folder (path: string) : struct (Dataset * string[]) = folderWith id path
