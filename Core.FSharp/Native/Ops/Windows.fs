namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Convolutions and pools.
[<AutoOpen>]
module internal WindowOps =

    type private T = torch.Tensor

    // How many cells a window sees of an axis, padding included, less what it covers; negative where it does not fit.
    let private room (n: int64) (kernel: int64) (how: struct (int64 * int64 * int64)) =
        let struct (_, padding, dilation) = how
        n + 2L * padding - (dilation * (kernel - 1L) + 1L)

    let private requirePositive name (values: (string * int64) list) =
        for what, value in values do
            let least = if what = "padding" then 0L else 1L

            if value < least then
                raise (ArgumentException $"{name}: {what} must be at least {least}, not {value}")

    // All that the native function would have to find wrong, in our own words: some of it would end the process.
    let private requireWindow name axes (stride, padding, dilation, groups) transposed (w: T) (x: T) =
        requireFloating name x
        requirePositive name [ "stride", stride; "padding", padding; "dilation", dilation; "groups", groups ]

        let wrong reason =
            raise (ArgumentException $"{name} cannot be applied to {describe x} with the kernel {describe w}: {reason}")

        if rank x <> axes + 2 || rank w <> axes + 2 then
            wrong $"both need {axes + 2} axes, [n; channels; …] and [outputs; inputs; …]"

        if dtype x <> dtype w then
            wrong "both must have the same dtype"

        let into, out = if transposed then size w 0, size w 1 * groups else size w 1 * groups, size w 0

        if into <> size x 1 || out % groups <> 0L || into % groups <> 0L || out = 0L || into = 0L then
            wrong $"the channels do not fit, in {groups} groups"

        for axis in 2 .. axes + 1 do
            let n, k = size x axis, size w axis

            if k < 1L || n < 1L || (not transposed && room n k (struct (stride, padding, dilation)) < 0L) then
                wrong $"the kernel does not fit into axis {axis}"

            if transposed && (n - 1L) * stride - 2L * padding + dilation * (k - 1L) + 1L < 1L then
                wrong $"nothing is left of axis {axis}"

    let private requirePool name axes (kernel, stride, padding) (x: T) =
        requireFloating name x
        requirePositive name [ "size", kernel; "stride", stride; "padding", padding ]

        if 2L * padding > kernel then
            raise (
                ArgumentException $"{name}: padding must be at most half of the window's size {kernel}, not {padding}"
            )

        if rank x <> axes + 2 then
            raise (ArgumentException $"{name} takes [n; channels; …] with {axes + 2} axes, but was given {describe x}")

        for axis in 1 .. axes + 1 do
            if size x axis < 1L || (axis > 1 && room (size x axis) kernel (struct (stride, padding, 1L)) < 0L) then
                raise (
                    ArgumentException
                        $"{name} cannot be applied to {describe x}: a window of {kernel} does not fit into axis {axis}"
                )

    [<RequireQualifiedAccess>]
    module Ops =

        let conv2d
            (stride: int64[])
            (padding: int64[])
            (dilation: int64[])
            (groups: int64)
            (bias: T)
            (weight: T)
            (a: T)
            =
            many "conv2d" [| a; weight; bias |] (fun () ->
                torch.nn.functional.conv2d (a, weight, bias, stride, padding, dilation, groups))

        /// Cross-correlation over one to three axes.
        let correlate axes (stride, padding, dilation, groups) (w: T) (x: T) =
            let name = $"conv{axes}d"
            requireWindow name axes (stride, padding, dilation, groups) false w x
            let all (n: int64) = Array.create axes n
            let one (n: int64) = Nullable n

            binary name x w (fun x w ->
                match axes with
                | 1 -> torch.nn.functional.conv1d (x, w, null, one stride, one padding, one dilation, groups)
                | 2 -> torch.nn.functional.conv2d (x, w, null, all stride, all padding, all dilation, groups)
                | _ -> torch.nn.functional.conv3d (x, w, null, all stride, all padding, all dilation, groups))

        /// The transpose of the cross-correlation.
        let spread axes (stride, padding, dilation, groups) (w: T) (x: T) =
            let name = $"convTranspose{axes}d"
            requireWindow name axes (stride, padding, dilation, groups) true w x
            let all (n: int64) = Array.create axes n
            let one (n: int64) = Nullable n

            binary name x w (fun x w ->
                match axes with
                | 1 ->
                    torch.nn.functional.conv_transpose1d (
                        x,
                        w,
                        null,
                        one stride,
                        one padding,
                        one 0L,
                        one dilation,
                        groups
                    )
                | 2 ->
                    torch.nn.functional.conv_transpose2d (
                        x,
                        w,
                        null,
                        all stride,
                        all padding,
                        all 0L,
                        all dilation,
                        groups
                    )
                | _ ->
                    torch.nn.functional.conv_transpose3d (
                        x,
                        w,
                        null,
                        all stride,
                        all padding,
                        all 0L,
                        all dilation,
                        groups
                    ))

        /// The largest number of each window, and its place.
        let maxpool axes (kernel, stride, padding) (x: T) =
            let name = $"maxpool{axes}d"
            requirePool name axes (kernel, stride, padding) x
            let all (n: int64) = Array.create axes n
            let one (n: int64) = Nullable n

            several name x (fun x ->
                match axes with
                | 1 -> torch.nn.functional.max_pool1d_with_indices (x, kernel, one stride, one padding, one 1L, false)
                | 2 ->
                    torch.nn.functional.max_pool2d_with_indices (x, all kernel, all stride, all padding, all 1L, false)
                | _ ->
                    torch.nn.functional.max_pool3d_with_indices (x, all kernel, all stride, all padding, all 1L, false))

        /// The mean of each window, zeros of the padding counted.
        let avgpool axes (kernel, stride, padding) (x: T) =
            let name = $"avgpool{axes}d"
            requirePool name axes (kernel, stride, padding) x
            let all (n: int64) = Array.create axes n

            unary name x (fun x ->
                match axes with
                | 1 -> torch.nn.functional.avg_pool1d (x, kernel, Nullable stride, Nullable padding, false, true)
                | 2 -> torch.nn.functional.avg_pool2d (x, all kernel, all stride, all padding, false, true, Nullable())
                | _ -> torch.nn.functional.avg_pool3d (x, all kernel, all stride, all padding, false, true, Nullable()))
