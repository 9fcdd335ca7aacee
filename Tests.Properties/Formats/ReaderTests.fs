/// CIFAR-10, tables of numbers and folders of images: what is in the files, and what is said of those that are damaged.
module ReaderTests

open System
open System.Buffers.Binary
open System.IO
open System.IO.Compression
open System.Text
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

let private inFile name (bytes: byte[]) (use': string -> 'r) : 'r =
    inFolder (fun folder ->
        let path = Path.Combine(folder, name)
        File.WriteAllBytes(path, bytes)
        use' path)

// ---- CIFAR-10

/// Rows of CIFAR-10, whose pixels tell their row and place.
let cifarRows (labels: byte list) =
    [|
        for row, label in List.indexed labels do
            label

            for i in 0..3071 do
                byte (row * 31 + i)
    |]

let private cifarTests =
    testList
        "CIFAR-10"
        [
            test "a file: labels, and images by channel and row" {
                inFile "batch.bin" (cifarRows [ 3uy; 9uy ]) (fun path ->
                    let data = Cifar.read path
                    Expect.equal (List.ofArray data.Inputs.Shape) [ 2; 3; 32; 32 ] "shape"
                    Expect.sequenceEqual (Tensor.toLongs data.Targets) [ 3L; 9L ] "labels"
                    let grey row channel y x = float (byte (row * 31 + channel * 1024 + y * 32 + x)) / 255.0
                    let found = Tensor.toArray4D data.Inputs

                    for row, channel, y, x in [ 0, 0, 0, 0; 1, 2, 31, 31; 1, 1, 5, 7; 0, 2, 3, 0 ] do
                        Expect.floatClose
                            Accuracy.high
                            (float found[row, channel, y, x])
                            (float (float32 (grey row channel y x)))
                            "grey value")
            }

            test "a folder: five files to train on in their order, one to test on" {
                inFolder (fun folder ->
                    let write name labels = File.WriteAllBytes(Path.Combine(folder, name), cifarRows labels)

                    for part in 1..5 do
                        write $"data_batch_{part}.bin" [ byte part; byte (part + 1) ]

                    expectError<FileNotFoundException> [ "test_batch.bin" ] (fun () -> Cifar.cifar10 folder |> ignore)
                    write "test_batch.bin" [ 0uy ]
                    let struct (train, test) = Cifar.cifar10 folder
                    Expect.sequenceEqual (Tensor.toLongs train.Targets) [ 1; 2; 2; 3; 3; 4; 4; 5; 5; 6 ] "labels"
                    Expect.equal (Dataset.count test) 1 "test set")

                Expect.equal Cifar.classes.Length 10 "classes"
            }

            for what, bytes, words in
                [
                    "an empty file", [||], [ "0 bytes"; "offset 0" ]
                    "a byte too few", (cifarRows [ 1uy ])[..3071], [ "3072 bytes"; "3073"; "offset 3072" ]
                    "a byte too many", Array.append (cifarRows [ 1uy ]) [| 0uy |], [ "3074 bytes"; "offset 3074" ]
                    "a label that is none", cifarRows [ 1uy; 10uy ], [ "label 10"; "offset 3073" ]
                ] do
                test $"{what} is refused" {
                    inFile "x.bin" bytes (fun path ->
                        expectError<InvalidDataException> (path :: words) (fun () -> Cifar.read path |> ignore))
                }
        ]

// ---- CSV

let private inText (text: string) use' = inFile "x.csv" (Encoding.UTF8.GetBytes text) use'

// A cell as RFC 4180 writes it.
let private quoted (cell: string) = "\"" + cell.Replace("\"", "\"\"") + "\""

let private csvTests =
    testList
        "CSV"
        [
            testProperty "what is written is read: numbers to the bit, text to the letter"
            <| fun (rows: NonEmptyArray<struct (NormalFloat * string)>) ->
                let rows =
                    rows.Get
                    |> Array.map (fun (struct (NormalFloat x, text)) ->
                        // A file is text, so no half of a character is in it; a cell is told from a blank line by its quotes.
                        let text = (if isNull (box text) then "" else text).Replace("\r", "").Replace("\n", "/")
                        let text = String.filter (fun c -> not (Char.IsSurrogate c)) text
                        struct (float32 x, "x" + text))
                    |> Array.filter (fun (struct (x, _)) -> Single.IsFinite x)

                if rows.Length > 0 then
                    let text =
                        "number,text\n" + String.concat "\n" [ for struct (x, text) in rows -> $"{x:R},{quoted text}" ]

                    inText text (fun path ->
                        let table = Csv.read path
                        Expect.equal table.Count rows.Length "rows"
                        let numbers = Csv.numbers [ "number" ] table
                        Expect.equal (List.ofArray numbers.Shape) [ rows.Length; 1 ] "shape"
                        Expect.sequenceEqual (Tensor.toArray numbers) [ for struct (x, _) in rows -> x ] "numbers"
                        Expect.sequenceEqual (Csv.texts "text" table) [ for struct (_, text) in rows -> text ] "text")

            test
                "columns by name in any order, classes in the order of their names, quotes, blank lines, either line end" {
                let text = "length, width,kind\r\n1.5,-2,\"b, c\"\r\n\r\n1e-2,+4,a\r\n3,0.5,\"b, c\""

                inText text (fun path ->
                    let table = Csv.read path
                    Expect.sequenceEqual table.Columns [ "length"; "width"; "kind" ] "columns"
                    Expect.equal (table.Path, table.Count) (path, 3) "path and count"
                    let numbers = Csv.numbers [ "width"; "length" ] table
                    expectSame "numbers" (Tensor.ofArray [ 3; 2 ] [| -2f; 1.5f; 4f; 1e-2f; 0.5f; 3f |]) numbers
                    let struct (labels, names) = Csv.classes "kind" table
                    expectSame "labels" (Tensor.ofInts [ 1; 0; 1 ]) labels
                    Expect.sequenceEqual names [ "a"; "b, c" ] "names"

                    let struct (train, rest) = Dataset.create numbers labels |> Dataset.split 0.67
                    Expect.equal (Dataset.count train, Dataset.count rest) (2, 1) "a data set")
            }

            test "another separator, and names for a file that has none" {
                inText "1;2\n3;4\n" (fun path ->
                    let table = Csv.readWith ';' [ "a"; "b" ] path
                    expectSame "numbers" (Tensor.ofArray [ 2; 1 ] [| 2f; 4f |]) (Csv.numbers [ "b" ] table))

                inText "a\tb\n3\t4\n" (fun path ->
                    let table = Csv.readWith '\t' [] path
                    expectSame "numbers" (Tensor.ofArray [ 1; 2 ] [| 3f; 4f |]) (Csv.numbers [ "a"; "b" ] table))
            }

            for what, text, words in
                [
                    "an empty cell", "a,b\n1,2\n3,\n", [ "line 3"; "column 'b' is empty" ]
                    "a cell that is no number", "a,b\n1,2\n3,4\n5,six\n", [ "line 4"; "column 'b'"; "'six'" ]
                    "a decimal comma", "a,b\n1,\"2,5\"\n", [ "line 2"; "'2,5'" ]
                    "a number that is none", "a,b\n1,NaN\n", [ "line 2"; "'NaN'" ]
                    "a number beyond float32", "a,b\n1,1e99\n", [ "line 2"; "'1e99'" ]
                    "an empty cell after blank lines", "a,b\n\n\n1,\n", [ "line 4"; "is empty" ]
                    "a row too short", "a,b\n1,2\n3\n", [ "line 3"; "1 cells"; "2 columns" ]
                    "a row too long", "a,b\n1,2,3\n", [ "line 2"; "3 cells"; "2 columns" ]
                    "an empty file", "", [ "line 1"; "empty" ]
                    "a table without rows", "a,b\n", [ "no row" ]
                    "a name that stands twice", "b,b\n1,2\n", [ "line 1"; "'b'"; "2 times" ]
                    "a quote amid a cell", "a,b\n1,2\n3,4\"5\n", [ "line 3"; "quotes"; "4\"5" ]
                    "a quote without end", "a,b\n1,2\n3,\"4\n", [ "line 4"; "quotes"; "\"4" ]
                ] do
                test $"{what} is refused" {
                    inText text (fun path ->
                        expectError<InvalidDataException> (path :: words) (fun () ->
                            Csv.numbers [ "b" ] (Csv.read path) |> ignore))
                }

            test "text that is no UTF-8 is refused" {
                inFile "x.csv" [| byte 'a'; 10uy; 0xffuy; 10uy |] (fun path ->
                    expectError<InvalidDataException> [ path; "UTF-8" ] (fun () -> Csv.read path |> ignore))
            }

            test "a column that is not there names those that are" {
                inText "a,b\n1,2\n" (fun path ->
                    expectError<ArgumentException> [ "'c'"; "a, b" ] (fun () ->
                        Csv.numbers [ "c" ] (Csv.read path) |> ignore)

                    expectError<ArgumentException> [ "at least one" ] (fun () ->
                        Csv.numbers [] (Csv.read path) |> ignore)

                    expectError<ArgumentException> [ "34" ] (fun () -> Csv.readWith '"' [] path |> ignore))

                expectError<FileNotFoundException> [ "nowhere" ] (fun () -> Csv.read "nowhere" |> ignore)

                inText "a,b\n1, \n" (fun path ->
                    expectError<InvalidDataException> [ "line 2"; "'b' is empty" ] (fun () ->
                        Csv.classes "b" (Csv.read path) |> ignore))
            }
        ]

// ---- images

// The sum that ends each piece of a PNG file (CRC-32 of ISO 3309).
let private crc (bytes: byte[]) =
    let step sum (value: byte) =
        Seq.fold
            (fun sum _ -> if sum &&& 1u = 1u then 0xedb88320u ^^^ (sum >>> 1) else sum >>> 1)
            (sum ^^^ uint32 value)
            [ 1..8 ]

    ~~~(Array.fold step 0xffffffffu bytes)

let private bigEndian (value: uint32) =
    let bytes: byte[] = Array.zeroCreate 4
    BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(), value)
    bytes

/// A PNG file of colours by height and width, written without a decoder's help; pixel gives red, green and blue.
let png height width (pixel: int -> int -> int -> byte) : byte[] =
    let piece (kind: string) (data: byte[]) =
        let body = Array.append (Encoding.ASCII.GetBytes kind) data
        Array.concat [ bigEndian (uint32 data.Length); body; bigEndian (crc body) ]

    let rows =
        [|
            for y in 0 .. height - 1 do
                0uy

                for x in 0 .. width - 1 do
                    for channel in 0..2 do
                        pixel channel y x
        |]

    use into = new MemoryStream()
    (use zip = new ZLibStream(into, CompressionMode.Compress, true) in zip.Write(rows, 0, rows.Length))

    Array.concat
        [
            [| 0x89uy; 0x50uy; 0x4euy; 0x47uy; 0x0duy; 0x0auy; 0x1auy; 0x0auy |]
            piece
                "IHDR"
                (Array.concat [ bigEndian (uint32 width); bigEndian (uint32 height); [| 8uy; 2uy; 0uy; 0uy; 0uy |] ])
            piece "IDAT" (into.ToArray())
            piece "IEND" [||]
        ]

// A BMP file of 24 bits a pixel, rows from the bottom, each filled up to a multiple of four bytes.
let bmp height width (pixel: int -> int -> int -> byte) : byte[] =
    let fill = (4 - 3 * width % 4) % 4
    let size = height * (3 * width + fill)
    let word (value: int) = BitConverter.GetBytes value

    Array.concat
        [
            [| byte 'B'; byte 'M' |]
            yield! List.map word [ 54 + size; 0; 54; 40; width; height; 1 ||| (24 <<< 16); 0; size; 0; 0; 0; 0 ]
            [|
                for y in height - 1 .. -1 .. 0 do
                    for x in 0 .. width - 1 do
                        for channel in [ 2; 1; 0 ] do
                            pixel channel y x

                    for _ in 1..fill do
                        0uy
            |]
        ]

let private coloured shift channel y x = byte (shift + 80 * channel + 7 * y + 3 * x)

// A baseline JPEG of 8×8 grey pixels with one coefficient, the mean: all of them are 128 + 8·mean/8.
let jpeg (mean: int) : byte[] =
    let marker (code: byte) (data: byte list) =
        let length = data.Length + 2
        [ 0xffuy; code; byte (length >>> 8); byte length ] @ data

    // One code of one bit for a difference of four bits, and one for the end of the block.
    let table kind symbol = marker 0xc4uy ([ kind; 1uy ] @ List.replicate 15 0uy @ [ symbol ])
    // 0, the four bits of the difference, 0 for the end, ones to fill the byte.
    let bits = byte ((mean <<< 3) ||| 0b011)

    Array.ofList (
        [ 0xffuy; 0xd8uy ]
        @ marker 0xdbuy (0uy :: List.replicate 64 8uy)
        @ marker 0xc0uy [ 8uy; 0uy; 8uy; 0uy; 8uy; 1uy; 1uy; 0x11uy; 0uy ]
        @ table 0uy 4uy
        @ table 0x10uy 0uy
        @ marker 0xdauy [ 1uy; 1uy; 0uy; 0uy; 63uy; 0uy ]
        @ [ bits; 0xffuy; 0xd9uy ]
    )

let private imageTests =
    testList
        "images"
        [
            for name, write in [ "png", png; "bmp", bmp ] do
                testProperty $"a .{name} file is read, pixel by pixel"
                <| fun (PositiveInt height) (PositiveInt width) (shift: byte) ->
                    let height, width = 1 + height % 12, 1 + width % 12

                    inFile $"x.{name}" (write height width (coloured (int shift))) (fun path ->
                        let image = Images.read path

                        Expect.equal
                            (List.ofArray image.Shape, image.Dtype)
                            ([ 3; height; width ], Dtype.UInt8)
                            "shape"

                        Expect.sequenceEqual
                            (Tensor.toBytes image)
                            [
                                for channel in 0..2 do
                                    for y in 0 .. height - 1 do
                                        for x in 0 .. width - 1 -> coloured (int shift) channel y x
                            ]
                            "pixels")

            test "a .jpg file is read: a block of one grey value" {
                for mean in [ 8; 10; 15 ] do
                    inFile "x.jpg" (jpeg mean) (fun path ->
                        let image = Images.read path
                        Expect.equal (List.ofArray image.Shape) [ 3; 8; 8 ] "shape"
                        Expect.all (Tensor.toBytes image) ((=) (byte (128 + mean))) "grey")
            }

            test "a file cut short anywhere is refused, and so is an empty one and text" {
                for name, whole in [ "x.png", png 5 4 (coloured 0); "x.bmp", bmp 5 4 (coloured 0); "x.jpg", jpeg 9 ] do
                    // The last marker of a JPEG file holds nothing of the image.
                    let needed = if name = "x.jpg" then whole.Length - 2 else whole.Length

                    for length in 0 .. needed - 1 do
                        inFile name whole[.. length - 1] (fun path ->
                            expectError<InvalidDataException> [ path; "offset" ] (fun () -> Images.read path |> ignore))

                inFile
                    "x.png"
                    (Encoding.UTF8.GetBytes "this is a text, and no image at all, with some more")
                    (fun path -> expectError<InvalidDataException> [ path ] (fun () -> Images.read path |> ignore))
            }

            testProperty "a file with changed bytes is read or refused, never anything else"
            <| fun (at: uint16) (value: byte) (which: byte) ->
                let all = [ png 5 4 (coloured 0); bmp 5 4 (coloured 0); jpeg 9 ]
                let bytes = all[int which % 3]
                bytes[int at % bytes.Length] <- value

                inFile "x.png" bytes (fun path ->
                    try
                        Images.read path |> ignore
                    with :? InvalidDataException as error ->
                        Expect.stringContains error.Message path "it names the file")

            test "a header that promises more than the file can hold is refused before anything is made" {
                let wide = bmp 1 1 (coloured 0)

                for side in [ 1000; 100000; Int32.MaxValue ] do
                    Array.blit (BitConverter.GetBytes side) 0 wide 18 4
                    Array.blit (BitConverter.GetBytes side) 0 wide 22 4

                    inFile "x.bmp" wide (fun path ->
                        expectError<InvalidDataException> [ path; "58 bytes"; $"{side}×{side}" ] (fun () ->
                            Images.read path |> ignore))

                // As much as a PNG file can hold: one colour.
                inFile "x.png" (png 1500 1500 (fun _ _ _ -> 9uy)) (fun path ->
                    Expect.all (Tensor.toBytes (Images.read path)) ((=) 9uy) "one colour")
            }

            test "a folder of classes: labels, names, order, other files, and images prepared" {
                inFolder (fun folder ->
                    let write (name: string) (bytes: byte[]) =
                        let path = Path.Combine(folder, name)
                        Directory.CreateDirectory(string (Path.GetDirectoryName path)) |> ignore
                        File.WriteAllBytes(path, bytes)

                    write "dog/b.png" (png 4 6 (coloured 20))
                    write "cat/2.BMP" (bmp 4 6 (coloured 10))
                    write "cat/10.png" (png 4 6 (coloured 0))
                    write "cat/readme.txt" [| 1uy |]
                    write "Zebra/a.png" (png 4 6 (coloured 30))
                    let struct (data, names) = Images.folder folder
                    Expect.sequenceEqual names [ "Zebra"; "cat"; "dog" ] "ordinal order"
                    Expect.sequenceEqual (Tensor.toLongs data.Targets) [ 0; 1; 1; 2 ] "labels"
                    Expect.equal (List.ofArray data.Inputs.Shape) [ 4; 3; 4; 6 ] "shape"
                    let corner = Tensor.toArray4D data.Inputs

                    Expect.sequenceEqual
                        [ for i in 0..3 -> int (round (255f * corner[i, 0, 0, 0])) ]
                        [ 30; 0; 10; 20 ]
                        "files in their order"

                    let half (image: Tensor) = Tensor.slice 2 0 3 image * 2.0
                    let struct (prepared, _) = Images.folderWith half folder
                    expectSame "prepared" (Tensor.slice 3 0 3 data.Inputs * 2.0) prepared.Inputs
                    write "dog/c.png" (png 5 6 (coloured 20))

                    expectError<InvalidDataException> [ "c.png"; "[3; 5; 6]"; "[3; 4; 6]" ] (fun () ->
                        Images.folder folder |> ignore)

                    let struct (cropped, _) = Images.folderWith (Tensor.slice 1 0 4) folder
                    Expect.equal (Dataset.count cropped) 5 "cut to one size"
                    Directory.CreateDirectory(Path.Combine(folder, "empty")) |> ignore

                    expectError<InvalidDataException> [ "empty"; "no image" ] (fun () ->
                        Images.folder folder |> ignore))

                inFolder (fun folder ->
                    expectError<InvalidDataException> [ folder; "no folder" ] (fun () ->
                        Images.folder folder |> ignore))
            }
        ]

let tests = testList "readers" [ cifarTests; csvTests; imageTests ]
