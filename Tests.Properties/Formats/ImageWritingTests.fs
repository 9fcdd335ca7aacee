/// Images as PNG files: an independent decoder finds the pixels again.
module ImageWritingTests

open System
open System.IO
open Expecto
open FsCheck
open StbImageSharp
open Functional
open Functional.FSharp
open Support

let private decode (path: string) =
    let image = ImageResult.FromMemory(File.ReadAllBytes path, ColorComponents.Default)
    image.Width, image.Height, image.SourceComp, image.Data

let tests =
    testList
        "images written"
        [
            testProperty "every pixel comes back, of one to four channels"
            <| fun (PositiveInt height) (PositiveInt width) (PositiveInt kind) (seed: int) ->
                let height, width, channels = 1 + height % 20, 1 + width % 20, 1 + kind % 4
                // Half of the images are smooth, so that each filter is chosen.
                let noise = Random.integers 0L 256L [ channels; height; width ] (Key.ofSeed seed)

                let smooth =
                    Tensor.cumsum 2 (Tensor.floorDivide noise (Tensor.full [] 100.0 |> Tensor.cast Dtype.Int64))

                let x = (if seed % 2 = 0 then noise else smooth % 256) |> Tensor.cast Dtype.UInt8

                inFolder (fun folder ->
                    let path = Path.Combine(folder, "x.png")
                    Images.write path x
                    let foundWidth, foundHeight, components, pixels = decode path

                    Expect.equal
                        (foundWidth, foundHeight, int components)
                        (width, height, channels)
                        "size and channels"

                    Expect.equal pixels (Tensor.toBytes (Tensor.permute [ 1; 2; 0 ] x)) "pixels"

                    if channels = 3 then
                        expectSame "read again" x (Images.read path))

            test "floating-point numbers are rounded to 255 steps, a matrix is grey, and an old file is replaced" {
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "x.PNG")
                    let x = Tensor.tensor [ [ 0.0; 0.5; 1.0 ]; [ 0.001; 0.9981; 0.002 ] ]
                    Images.write path (Tensor.zeros [ 1; 1 ])
                    CSharp.Images.Write(path, x)
                    let _, _, components, pixels = decode path

                    Expect.equal
                        (components, List.ofArray pixels)
                        (ColorComponents.Grey, [ 0uy; 128uy; 255uy; 0uy; 255uy; 1uy ])
                        "pixels"

                    Expect.equal (Directory.GetFiles folder).Length 1 "nothing beside it")
            }

            test "what is no image is refused, and no file is left" {
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "x.png")

                    for x, word in
                        [
                            Tensor.zeros [ 5; 2; 2 ], "[5; 2; 2]"
                            Tensor.zeros [ 3 ], "[3]"
                            Tensor.zeros [ 0; 4 ], "[0; 4]"
                            Tensor.full [ 2; 2 ] 1.5, "1.5"
                            Tensor.full [ 2; 2 ] nan, "NaN"
                            Tensor.ofInts [ 1 ] |> Tensor.reshape [ 1; 1 ], "int64"
                        ] do
                        expectError<ArgumentException> [ "Images.write"; word ] (fun () -> Images.write path x)

                    expectError<ArgumentException> [ ".png"; "x.jpg" ] (fun () ->
                        Images.write "x.jpg" (Tensor.zeros [ 2; 2 ]))

                    Expect.isEmpty (Directory.GetFileSystemEntries folder) "nothing is left")
            }

            test "a grid stands row by row, with zeros where images are lacking" {
                let x = Tensor.arangeOf Dtype.Float32 0.0 12.0 1.0 |> Tensor.reshape [ 3; 1; 2; 2 ]
                let grid = Images.grid 2 x
                Expect.equal grid.Shape [| 1; 4; 4 |] "the shape"

                Expect.equal (Tensor.toInts grid) [| 0; 1; 4; 5; 2; 3; 6; 7; 8; 9; 0; 0; 10; 11; 0; 0 |] "the images"

                expectSame "in C#" grid (CSharp.Images.Grid(2, x))
                expectSame "one column" (Tensor.reshape [ 1; 6; 2 ] x) (Images.grid 1 x)
                expectError<ArgumentException> [ "[2; 2]" ] (fun () -> Images.grid 2 (Tensor.zeros [ 2; 2 ]) |> ignore)
                expectError<ArgumentException> [ "rows of 0" ] (fun () -> Images.grid 0 x |> ignore)
            }
        ]
