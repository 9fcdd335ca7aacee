namespace Functional

/// How windows lie over the cells that they pool. In lists of numbers by axis one number stands for all axes.
type Pool =
    {
        /// Cells of a window, by axis.
        Size: int list
        /// Cells from one window to the next, by axis; none given: as many as the window has.
        Stride: int list
        /// Cells around the input, by axis, at most half of a window: -∞ to the maximum, zeros to the mean.
        Padding: int list
        /// Whether the last window may hang over the end: ⌈(n + 2p - k)/s⌉ + 1 windows instead of ⌊…⌋ + 1, but none that starts
        /// behind the input.
        Ceil: bool
        /// Whether the mean counts the zeros of the padding.
        CountPadding: bool
    }

namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// How windows lie over the cells that they pool.
[<RequireQualifiedAccess>]
module Pool =

    /// Windows side by side, without padding; what is left over at the end is dropped.
    let ofSize (size: int list) = { Size = size; Stride = []; Padding = [ 0 ]; Ceil = false; CountPadding = true }

/// Pooling layers.
[<AutoOpen>]
module Pooling =

    let private cells = [| ""; "l"; "h; w"; "d; h; w" |]

    // A layer from the numbers by axis, looked at once.
    let private pool
        kind
        axes
        (how: Pool)
        (f: int64[] * int64[] * int64[] -> Tensor -> Tensor)
        : Layer<Tensor, Tensor> =
        let name = $"{kind}{axes}d"
        let size = Axes.numbers name "size" 1 axes how.Size

        let stride =
            if how.Stride.IsEmpty then
                size
            else
                Axes.numbers name "stride" 1 axes how.Stride

        let padding = Axes.numbers name "padding" 0 axes how.Padding

        for axis in 0 .. axes - 1 do
            if 2L * padding[axis] > size[axis] then
                invalidArg
                    "padding"
                    $"{name}: padding is at most half of the window's {size[axis]} cells, not {padding[axis]}"

        let run = f (size, stride, padding)

        let settings =
            [
                "size", Setting.Wholes size
                "stride", Setting.Wholes stride
                "padding", Setting.Wholes padding
                "ceil", Setting.Flag how.Ceil
                if kind = "meanpool" then
                    "countPadding", Setting.Flag how.CountPadding
            ]

        Layer.func name settings (fun x ->
            let shape = Native.shape x.Raw

            let fits =
                shape.Length = axes + 2
                && Array.forall2 (>=) (Array.map2 (fun n p -> n + 2L * p) shape[2..] padding) size

            if not fits then
                invalidArg
                    (nameof x)
                    $"{name}: expected an input of shape [n; channels; {cells[axes]}] into which windows of {Axes.show size} fit, but was given {Native.showShape shape}"

            run x)

    // Found once, the places are constants, and picking is linear in x: right to any order of differentiation.
    let private pick (x: Tensor) =
        let places = Tensor.Of(Windows.largest x.Raw)
        let shape = x.Shape

        Tensor.flatten 2 3 x
        |> Tensor.flatten 0 1
        |> Tensor.gather 1 places
        |> Tensor.reshape [ shape[0]; shape[1]; shape[2] / 2; shape[3] / 2 ]

    let private largest axes (how: Pool) =
        pool "maxpool" axes how (fun windows ->
            let native (x: Tensor) =
                let struct (values, places) = Ops.maxpool axes windows how.Ceil x.Raw
                places.Dispose()
                Tensor.Of values

            // 2 × 2 windows side by side have a faster form.
            let isQuarter = windows = ([| 2L; 2L |], [| 2L; 2L |], [| 0L; 0L |]) && not how.Ceil
            fun x -> if isQuarter && Windows.serves x.Raw then pick x else native x)

    let private mean axes (how: Pool) =
        pool "meanpool" axes how (fun windows x -> Tensor.Of(Ops.avgpool axes windows how.Ceil how.CountPadding x.Raw))

    /// The largest number of each window, as `how` says. x: [n; c; l].
    let maxpool1dWith (how: Pool) = largest 1 how

    /// The largest number of each window, side by side. x: [n; c; l] -> [n; c; ⌊l/size⌋].
    let maxpool1d (size: int) = maxpool1dWith (Pool.ofSize [ size ])

    /// The largest number of each window, as `how` says. x: [n; c; h; w].
    let maxpool2dWith (how: Pool) = largest 2 how

    /// The largest number of each window. x: [n; c; h; w] -> [n; c; ⌊h/size⌋; ⌊w/size⌋]. The first largest takes the gradient.
    let maxpool2d (size: int) = maxpool2dWith (Pool.ofSize [ size ])

    /// The largest number of each window, as `how` says. x: [n; c; d; h; w].
    let maxpool3dWith (how: Pool) = largest 3 how

    /// The largest number of each window, side by side. x: [n; c; d; h; w] -> [n; c; ⌊d/size⌋; ⌊h/size⌋; ⌊w/size⌋].
    let maxpool3d (size: int) = maxpool3dWith (Pool.ofSize [ size ])

    /// The mean of each window, as `how` says. x: [n; c; l].
    let meanpool1dWith (how: Pool) = mean 1 how

    /// The mean of each window, side by side. x: [n; c; l] -> [n; c; ⌊l/size⌋].
    let meanpool1d (size: int) = meanpool1dWith (Pool.ofSize [ size ])

    /// The mean of each window, as `how` says. x: [n; c; h; w].
    let meanpool2dWith (how: Pool) = mean 2 how

    /// The mean of each window. x: [n; c; h; w] -> [n; c; ⌊h/size⌋; ⌊w/size⌋].
    let meanpool2d (size: int) = meanpool2dWith (Pool.ofSize [ size ])

    /// The mean of each window, as `how` says. x: [n; c; d; h; w].
    let meanpool3dWith (how: Pool) = mean 3 how

    /// The mean of each window, side by side. x: [n; c; d; h; w] -> [n; c; ⌊d/size⌋; ⌊h/size⌋; ⌊w/size⌋].
    let meanpool3d (size: int) = meanpool3dWith (Pool.ofSize [ size ])
