namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Convolutions over one to three axes.
[<AutoOpen>]
module internal WindowOps =

    type private T = torch.Tensor

    // Functions by the number of their axes.
    let private names = [| ""; "conv1d"; "conv2d"; "conv3d" |]
    let private transposedNames = [| ""; "convTranspose1d"; "convTranspose2d"; "convTranspose3d" |]

    /// Each of these numbers at least 1, those of a padding at least 0.
    let requirePositive name (values: (string * int64) list) =
        for what, value in values do
            let least = if what = "padding" then 0L else 1L

            if value < least then
                raise (ArgumentException $"{name}: {what} must be at least {least}, not {value}")

    // All that the native function would have to find wrong, in our own words: some of it would end the process.
    let private requireWindow name axes (stride, padding, dilation, groups) isTransposed (w: T) (x: T) =
        requireFloating name x
        requirePositive name [ "stride", stride; "padding", padding; "dilation", dilation; "groups", groups ]

        let wrong reason =
            raise (ArgumentException $"{name} cannot be applied to {describe x} with the kernel {describe w}: {reason}")

        if rank x <> axes + 2 || rank w <> axes + 2 then
            wrong $"both need {axes + 2} axes, [n; channels; …] and [outputs; inputs; …]"

        if dtype x <> dtype w then
            wrong $"both must have the same dtype; {castIt}"

        let into, out =
            if isTransposed then
                size w 0, size w 1 * groups
            else
                size w 1 * groups, size w 0

        if into <> size x 1 || out % groups <> 0L || into % groups <> 0L || out = 0L || into = 0L then
            wrong $"the channels do not fit, in {groups} groups"

        for axis in 2 .. axes + 1 do
            let n, k = size x axis, size w axis
            let extent = dilation * (k - 1L) + 1L

            if k < 1L || n < 1L || (not isTransposed && n + 2L * padding < extent) then
                wrong $"the kernel does not fit into axis {axis}"

            if isTransposed && (n - 1L) * stride - 2L * padding + extent < 1L then
                wrong $"nothing is left of axis {axis}"

    // libtorch has no convolutions on `meta`: the shape of the result is worked out here, and what would be computed counted.
    let private shaped (x: T) (channels: int64) (length: int -> int64) =
        Ops.blank (Array.append [| size x 0; channels |] (Array.init (rank x - 2) length)) (dtype x)

    let private kernelOf (w: T) = (shape w)[2..]

    [<RequireQualifiedAccess>]
    module Ops =

        /// Cross-correlation over one to three axes, with a bias or none, of what the caller has found to fit.
        let conv
            axes
            (stride: int64[])
            (padding: int64[])
            (dilation: int64[])
            groups
            (bias: T | null)
            (w: T)
            (x: T)
            : T =
            if Tally.IsBare x || Tally.IsBare w then
                let kernel = kernelOf w
                let cells = Array.fold (*) 1L kernel

                let length axis =
                    (size x (axis + 2) + 2L * padding[axis] - dilation[axis] * (kernel[axis] - 1L) - 1L) / stride[axis]
                    + 1L

                let y = shaped x (size w 0) length
                Tally.Multiplied(count y * size w 1 * cells)
                Tally.Slid(x, y, kernel, stride, padding, dilation)
                y
            else
                let operands =
                    match bias with
                    | null -> [| x; w |]
                    | bias -> [| x; w; bias |]

                let one (numbers: int64[]) = Nullable numbers[0]

                many names[axes] operands (fun all ->
                    let x, w = all[0], all[1]
                    let b: T | null = if all.Length > 2 then all[2] else null

                    match axes with
                    | 1 -> torch.nn.functional.conv1d (x, w, b, one stride, one padding, one dilation, groups)
                    | 2 -> torch.nn.functional.conv2d (x, w, b, stride, padding, dilation, groups)
                    | _ -> torch.nn.functional.conv3d (x, w, b, stride, padding, dilation, groups))

        /// The transpose of the cross-correlation, with so many more cells at the ends, a bias or none, of what the caller has
        /// found to fit.
        let convTranspose
            axes
            (stride: int64[])
            (padding: int64[])
            (more: int64[])
            (dilation: int64[])
            groups
            (bias: T | null)
            (w: T)
            (x: T)
            : T =
            if Tally.IsBare x || Tally.IsBare w then
                let kernel = kernelOf w

                let length axis =
                    (size x (axis + 2) - 1L) * stride[axis] - 2L * padding[axis]
                    + dilation[axis] * (kernel[axis] - 1L)
                    + more[axis]
                    + 1L

                Tally.Multiplied(count x * size w 1 * Array.fold (*) 1L kernel)
                shaped x (size w 1 * groups) length
            else
                let operands =
                    match bias with
                    | null -> [| x; w |]
                    | bias -> [| x; w; bias |]

                let one (numbers: int64[]) = Nullable numbers[0]

                many transposedNames[axes] operands (fun all ->
                    let x, w = all[0], all[1]
                    let b: T | null = if all.Length > 2 then all[2] else null

                    match axes with
                    | 1 ->
                        torch.nn.functional.conv_transpose1d (
                            x,
                            w,
                            b,
                            one stride,
                            one padding,
                            one more,
                            one dilation,
                            groups
                        )
                    | 2 -> torch.nn.functional.conv_transpose2d (x, w, b, stride, padding, more, dilation, groups)
                    | _ -> torch.nn.functional.conv_transpose3d (x, w, b, stride, padding, more, dilation, groups))

        /// Cross-correlation over one to three axes, alike along all of them.
        let correlate axes (stride, padding, dilation, groups) (w: T) (x: T) =
            requireWindow names[axes] axes (stride, padding, dilation, groups) false w x
            let all (n: int64) = Array.create axes n
            conv axes (all stride) (all padding) (all dilation) groups null w x

        /// The transpose of the cross-correlation, alike along all axes.
        let spread axes (stride, padding, dilation, groups) (w: T) (x: T) =
            requireWindow transposedNames[axes] axes (stride, padding, dilation, groups) true w x
            let all (n: int64) = Array.create axes n
            convTranspose axes (all stride) (all padding) (all 0L) (all dilation) groups null w x
