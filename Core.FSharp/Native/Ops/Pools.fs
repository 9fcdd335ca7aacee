namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Pools over one to three axes.
[<AutoOpen>]
module internal PoolOps =

    type private T = torch.Tensor

    let private names kind = [| ""; $"{kind}1d"; $"{kind}2d"; $"{kind}3d" |]
    let private largest, mean = names "maxpool", names "avgpool"
    let private adaptiveLargest, adaptiveMean = names "adaptiveMaxpool", names "adaptiveMeanpool"

    let private requireImages name axes (x: T) =
        requireFloating name x

        if rank x <> axes + 2 then
            raise (ArgumentException $"{name} takes [n; channels; …] with {axes + 2} axes, but was given {describe x}")

        for axis in 1 .. axes + 1 do
            if size x axis < 1L then
                raise (ArgumentException $"{name} cannot be applied to {describe x}: axis {axis} is empty")

    let private requirePool name axes (kernel: int64[], stride: int64[], padding: int64[]) (x: T) =
        requireImages name axes x

        for axis in 0 .. axes - 1 do
            requirePositive name [ "size", kernel[axis]; "stride", stride[axis]; "padding", padding[axis] ]

            if 2L * padding[axis] > kernel[axis] then
                raise (
                    ArgumentException
                        $"{name}: padding must be at most half of the window's size {kernel[axis]}, not {padding[axis]}"
                )

            if size x (axis + 2) + 2L * padding[axis] < kernel[axis] then
                raise (
                    ArgumentException
                        $"{name} cannot be applied to {describe x}: a window of {kernel[axis]} does not fit into axis {axis + 2}"
                )

    let private seen axes (kernel: int64[], stride: int64[], padding: int64[]) (x: T) (y: T) =
        if not (isNull Tally.Current) then
            Tally.Slid(x, y, kernel, stride, padding, Array.create axes 1L)

    let private requireLengths name axes (lengths: int64[]) (x: T) =
        requireImages name axes x

        for length in lengths do
            if length < 1L then
                raise (ArgumentException $"{name}: each axis gets at least 1 cell, not {length}")

    // Where each window has as many cells as the next, the pool is one of windows side by side.
    let private seenEvenly axes (lengths: int64[]) (x: T) (y: T) =
        if not (isNull Tally.Current) then
            let cells = (shape x)[2..]

            if Array.forall2 (fun n m -> n % m = 0L) cells lengths then
                let windows = Array.map2 (/) cells lengths
                seen axes (windows, windows, Array.zeroCreate axes) x y

    [<RequireQualifiedAccess>]
    module Ops =

        /// The largest number of each window, and its place. `ceil` lets the last window hang over the end.
        let maxpool axes (kernel: int64[], stride: int64[], padding: int64[]) (ceil: bool) (x: T) =
            requirePool largest[axes] axes (kernel, stride, padding) x
            let ones = Array.create axes 1L
            let one (numbers: int64[]) = Nullable numbers[0]

            let struct (values, places) =
                several largest[axes] x (fun x ->
                    match axes with
                    | 1 ->
                        torch.nn.functional.max_pool1d_with_indices (
                            x,
                            kernel[0],
                            one stride,
                            one padding,
                            one ones,
                            ceil
                        )
                    | 2 -> torch.nn.functional.max_pool2d_with_indices (x, kernel, stride, padding, ones, ceil)
                    | _ -> torch.nn.functional.max_pool3d_with_indices (x, kernel, stride, padding, ones, ceil))

            seen axes (kernel, stride, padding) x values
            struct (values, places)

        /// The mean of each window, zeros of the padding counted or not. `ceil` lets the last window hang over the end.
        let avgpool axes (kernel: int64[], stride: int64[], padding: int64[]) (ceil: bool) (counted: bool) (x: T) =
            requirePool mean[axes] axes (kernel, stride, padding) x
            let one (numbers: int64[]) = Nullable numbers[0]

            let y =
                unary mean[axes] x (fun x ->
                    match axes with
                    | 1 -> torch.nn.functional.avg_pool1d (x, kernel[0], one stride, one padding, ceil, counted)
                    | 2 -> torch.nn.functional.avg_pool2d (x, kernel, stride, padding, ceil, counted, Nullable())
                    | _ -> torch.nn.functional.avg_pool3d (x, kernel, stride, padding, ceil, counted, Nullable()))

            seen axes (kernel, stride, padding) x y
            y

        // TorchSharp's own pool over three axes takes one axis only: the last two are pooled, then the first beside what is left.
        let private adaptiveMaxpool3d (lengths: int64[]) (x: T) : T =
            let flat name (lengths: int64[]) (shape: int64[]) (x: T) =
                use images = Ops.reshape shape x

                let struct (values, places) =
                    several name images (fun images ->
                        torch.nn.functional.adaptive_max_pool2d_with_indices (images, lengths))

                places.Dispose()
                values

            let own = shape x
            let images = [| own[0]; own[1] * own[2]; own[3]; own[4] |]
            use inner = flat adaptiveLargest[3] lengths[1..] images x
            let cells = lengths[1] * lengths[2]
            use outer = flat adaptiveLargest[3] [| lengths[0]; cells |] [| own[0]; own[1]; own[2]; cells |] inner
            Ops.reshape (Array.append own[..1] lengths) outer

        /// The largest number of each of so many windows: window i of m is from ⌊i·n/m⌋ to ⌈(i+1)·n/m⌉.
        let adaptiveMaxpool axes (lengths: int64[]) (x: T) : T =
            requireLengths adaptiveLargest[axes] axes lengths x

            let y =
                match axes with
                | 1 -> unary adaptiveLargest[1] x (fun x -> torch.nn.functional.adaptive_max_pool1d (x, lengths[0]))
                | 2 -> unary adaptiveLargest[2] x (fun x -> torch.nn.functional.adaptive_max_pool2d (x, lengths))
                | _ -> adaptiveMaxpool3d lengths x

            seenEvenly axes lengths x y
            y

        /// The mean of each of so many windows: window i of m is from ⌊i·n/m⌋ to ⌈(i+1)·n/m⌉.
        let adaptiveAvgpool axes (lengths: int64[]) (x: T) =
            requireLengths adaptiveMean[axes] axes lengths x

            let y =
                unary adaptiveMean[axes] x (fun x ->
                    match axes with
                    | 1 -> torch.nn.functional.adaptive_avg_pool1d (x, lengths[0])
                    | 2 -> torch.nn.functional.adaptive_avg_pool2d (x, lengths)
                    | _ -> torch.nn.functional.adaptive_avg_pool3d (x, lengths))

            seenEvenly axes lengths x y
            y
