namespace Functional.FSharp

open System.IO
open Functional
open Functional.FSharp.Wrapping

/// Images of handwritten digits: MNIST and EMNIST from their files, or digits drawn from strokes.
[<RequireQualifiedAccess>]
module Digits =

    // Grey values 0 … 255 become 0 … 1, with the axis of channels.
    let private prepare (images: Tensor) (labels: Tensor) =
        Scope.run (fun (data: Dataset) -> [ data.Inputs; data.Targets ]) (fun () ->
            Dataset.create (Tensor.unsqueeze 1 (Pixels.ofBytes images)) (Tensor.cast Dtype.Int64 labels))

    // Some copies of the files have a dot in their names where others have a line.
    let private find (folder: string) (start: string) (ending: string) =
        let places =
            [
                for name in [ $"{start}-{ending}"; $"{start}.{ending}" ] do
                    Path.Combine(folder, name)
                    Path.Combine(folder, name + ".gz")
            ]

        match List.tryFind File.Exists places with
        | Some path -> path
        | None ->
            let missing = places.Head

            raise (
                FileNotFoundException(
                    $"there is neither {missing} nor {missing}.gz, nor either with a dot before {ending}",
                    missing
                )
            )

    // Images [n; h; w] and their labels, from `least` to `most`.
    let private load folder (part: string) (least: byte) (most: byte) : struct (Tensor * Tensor) =
        let imagesFile, labelsFile =
            find folder $"{part}-images" "idx3-ubyte", find folder $"{part}-labels" "idx1-ubyte"

        let images, labels = Idx.read imagesFile, Idx.read labelsFile
        let areBytes = images.Dtype = Dtype.UInt8 && labels.Dtype = Dtype.UInt8

        if images.Rank <> 3 || labels.Rank <> 1 || images.Shape[0] <> labels.Shape[0] || not areBytes then
            Refusal.file
                $"{imagesFile} and {labelsFile}"
                $"expected images uint8 [n; h; w] and labels uint8 [n], but the files hold {images} and {labels}"

        if images.Shape[0] = 0 then
            Refusal.file imagesFile "there is no image in it"

        match Tensor.toBytes labels |> Array.tryFindIndex (fun label -> label < least || label > most) with
        | Some at ->
            // Of one axis, the header has 8 bytes.
            Refusal.at
                labelsFile
                (8L + int64 at)
                $"the label {(Tensor.toBytes labels)[at]} of the images in {imagesFile} is none of {least} to {most}"
        | None -> ()

        struct (images, labels)

    /// MNIST (LeCun, Cortes and Burges) from a folder with its four files, compressed or not: training set and test set,
    /// images [n; 1; 28; 28] between 0 and 1, labels int64 [n]. InvalidDataException names both files where they do not fit
    /// each other, or where a label is none of 0 to 9.
    let mnist (folder: string) : struct (Dataset * Dataset) =
        let part name =
            Scope.run (fun (data: Dataset) -> [ data.Inputs; data.Targets ]) (fun () ->
                let struct (images, labels) = load folder name 0uy 9uy
                prepare images labels)

        struct (part "train", part "t10k")

    // How many classes each part of EMNIST has, and the label of the first.
    let private emnistParts =
        [
            "byclass", 62, 0
            "bymerge", 47, 0
            "balanced", 47, 0
            "letters", 26, 1
            "digits", 10, 0
            "mnist", 10, 0
        ]

    /// A part of EMNIST (Cohen, Afshar, Tapson and van Schaik 2017) from a folder with its four files, compressed or not:
    /// "byclass", "bymerge", "balanced", "letters", "digits" or "mnist". Training set and test set, images [n; 1; 28; 28]
    /// between 0 and 1, upright (in the files rows stand as columns), labels int64 [n] from 0 on (those of letters are 1 to 26 in
    /// the file). InvalidDataException as for `mnist`.
    let emnist (part: string) (folder: string) : struct (Dataset * Dataset) =
        match List.tryFind (fun (name, _, _) -> name = part) emnistParts with
        | None ->
            let known = emnistParts |> List.map (fun (name, _, _) -> name) |> String.concat ", "
            invalidArg (nameof part) $"EMNIST has the parts {known}, not '{part}'"
        | Some(_, count, first) ->
            let half name =
                Scope.run (fun (data: Dataset) -> [ data.Inputs; data.Targets ]) (fun () ->
                    let struct (images, labels) =
                        load folder $"emnist-{part}-{name}" (byte first) (byte (first + count - 1))

                    let upright = lift (Ops.transpose 1L 2L >> Ops.contiguous) images
                    let data = prepare upright labels
                    Dataset.create data.Inputs (data.Targets - first))

            struct (half "train", half "test")

    /// Digits drawn from strokes with random affine distortion, for machines without MNIST: `count` images [count; 1; 28; 28]
    /// between 0 and 1, labels int64 [count]. Ten classes, equally frequent; the same key gives the same images.
    let drawn (count: int) (key: Key) : Dataset =
        if count < 1 then
            invalidArg (nameof count) $"at least one digit is drawn, not {count}"

        let struct (images, labels) = Strokes.digits key count
        prepare (Tensor.ofBytes [ count; 28; 28 ] images) (Tensor.ofBytes [ count ] labels)
