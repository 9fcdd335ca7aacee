namespace Functional.FSharp

open System
open System.IO
open Functional

/// CIFAR-10 (Krizhevsky 2009): 32×32 colour images of ten classes, in its binary version.
[<RequireQualifiedAccess>]
module Cifar =

    // One byte for the label, then 1024 each for red, green and blue, row by row.
    let private pixels = 3 * 32 * 32
    let private row = 1 + pixels

    // The images and labels of some files, one after the other, read row by row into the memory of the tensors.
    let private load (paths: string list) : Dataset =
        Loader.ensure ()

        let counts =
            [
                for path in paths do
                    let length = FileInfo(path).Length

                    if length = 0L || length % int64 row <> 0L || length / int64 row > int64 Int32.MaxValue then
                        Refusal.at path length $"the file has {length} bytes, not a multiple of {row} from {row} up"

                    int (length / int64 row)
            ]

        Scope.run (fun (data: Dataset) -> [ data.Inputs; data.Targets ]) (fun () ->
            let count = List.sumBy int64 counts

            if count > int64 Int32.MaxValue then
                Refusal.file paths.Head $"the files have {count} images, above {Int32.MaxValue}"

            let images = Ops.empty [| count; 3L; 32L; 32L |] TorchSharp.torch.ScalarType.Float32
            let labels = Array.zeroCreate (int count)
            let buffer = Array.zeroCreate row
            let mutable at = 0

            for path, own in List.zip paths counts do
                use file = File.OpenRead path

                for n in 0 .. own - 1 do
                    let start = int64 n * int64 row
                    // The file may have become shorter.
                    if file.ReadAtLeast(buffer.AsSpan(), row, false) < row then
                        Refusal.at path start "the file ends early"

                    if buffer[0] > 9uy then
                        Refusal.at path start $"the label {buffer[0]} is none of 0 to 9"

                    labels[at] <- int64 buffer[0]
                    use image = Ops.select 0L (int64 at) images
                    Pixels.scale (ReadOnlySpan(buffer, 1, pixels)) (Native.span<float32> image)
                    GC.KeepAlive image
                    at <- at + 1

            Dataset.create (Tensor.Of images) (Tensor.ofLongs [ labels.Length ] labels))

    /// One file: images [n; 3; 32; 32] between 0 and 1, labels int64 [n]. InvalidDataException names the file and the offset of
    /// what is wrong with it.
    let read (path: string) : Dataset = load [ path ]

    /// The training set (data_batch_1.bin to data_batch_5.bin) and the test set (test_batch.bin) of a folder.
    let cifar10 (folder: string) : struct (Dataset * Dataset) =
        let file name = Path.Combine(folder, name)
        struct (load [ for part in 1..5 -> file $"data_batch_{part}.bin" ], load [ file "test_batch.bin" ])

    /// The ten classes, in the order of their labels.
    let classes: string list =
        [ "airplane"; "automobile"; "bird"; "cat"; "deer"; "dog"; "frog"; "horse"; "ship"; "truck" ]
