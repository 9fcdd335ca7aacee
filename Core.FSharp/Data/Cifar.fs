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

    // The images and labels of some files, one after the other.
    let private load (paths: string list) : Dataset =
        let files =
            [
                for path in paths do
                    let length = FileInfo(path).Length

                    if length = 0L || length % int64 row <> 0L then
                        Refusal.at path length $"the file has {length} bytes, not a multiple of {row} from {row} up"

                    path, File.ReadAllBytes path
            ]

        let count = files |> List.sumBy (fun (_, bytes) -> bytes.Length / row)
        let images, labels = Array.zeroCreate (count * pixels), Array.zeroCreate count
        let mutable at = 0

        for path, bytes in files do
            for start in 0..row .. bytes.Length - 1 do
                if bytes[start] > 9uy then
                    Refusal.at path (int64 start) $"the label {bytes[start]} is none of 0 to 9"

                labels[at] <- int64 bytes[start]
                Array.Copy(bytes, start + 1, images, at * pixels, pixels)
                at <- at + 1

        let scaled =
            Scope.tensor (fun () ->
                Tensor.ofBytes [ count; 3; 32; 32 ] images |> Tensor.cast Dtype.Float32 |> (fun x -> x / 255.0))

        Dataset.create scaled (Tensor.ofLongs [ count ] labels)

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
