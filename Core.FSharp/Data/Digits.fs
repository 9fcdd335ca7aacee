namespace Functional.FSharp

open System.IO
open Functional

/// Images of handwritten digits: MNIST from its files, or digits drawn from strokes.
[<RequireQualifiedAccess>]
module Digits =

    // Grey values 0 … 255 become 0 … 1, with the axis of channels.
    let private prepare (images: Tensor) (labels: Tensor) =
        Scope.run (fun (data: Dataset) -> [ data.Inputs; data.Targets ]) (fun () ->
            let pixels = Tensor.cast Dtype.Float32 images / 255.0
            Dataset.create (Tensor.unsqueeze 1 pixels) (Tensor.cast Dtype.Int64 labels))

    let private find (folder: string) name =
        let plain = Path.Combine(folder, name)

        if File.Exists plain then
            plain
        elif File.Exists(plain + ".gz") then
            plain + ".gz"
        else
            raise (FileNotFoundException($"there is neither {plain} nor {plain}.gz", plain))

    let private load folder part =
        let imagesFile, labelsFile = find folder $"{part}-images-idx3-ubyte", find folder $"{part}-labels-idx1-ubyte"

        let images, labels = Idx.read imagesFile, Idx.read labelsFile

        if images.Rank <> 3 || labels.Rank <> 1 || images.Shape[0] <> labels.Shape[0] then
            Refusal.file
                $"{imagesFile} and {labelsFile}"
                $"expected images [n; h; w] and labels [n], but the files hold {images} and {labels}"

        match Tensor.toBytes labels |> Array.tryFindIndex (fun label -> label > 9uy) with
        | Some at ->
            // Of one axis, the header has 8 bytes.
            Refusal.at
                labelsFile
                (8L + int64 at)
                $"the label {(Tensor.toBytes labels)[at]} of the images in {imagesFile} is none of 0 to 9"
        | None -> ()

        prepare images labels

    /// MNIST (LeCun, Cortes and Burges) from a folder with its four files, compressed or not: training set and test set,
    /// images [n; 1; 28; 28] between 0 and 1, labels int64 [n]. InvalidDataException names both files where they do not fit
    /// each other, or where a label is none of 0 to 9.
    let mnist (folder: string) : struct (Dataset * Dataset) = struct (load folder "train", load folder "t10k")

    /// Digits drawn from strokes with random affine distortion, for machines without MNIST: `count` images [count; 1; 28; 28]
    /// between 0 and 1, labels int64 [count]. Ten classes, equally frequent; the same key gives the same images.
    let drawn (count: int) (key: Key) : Dataset =
        if count < 1 then
            invalidArg (nameof count) $"at least one digit is drawn, not {count}"

        let struct (images, labels) = Strokes.digits key count
        prepare (Tensor.ofBytes [ count; 28; 28 ] images) (Tensor.ofBytes [ count ] labels)
