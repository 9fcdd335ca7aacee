namespace Functional

/// How a kernel slides over its input.
[<NoComparison>]
type Window =
    {
        /// Cells from one position of the kernel to the next.
        Stride: int
        /// Zeros on each side.
        Padding: int
        /// Cells from one number of the kernel to the next: 1 leaves none out.
        Dilation: int
        /// The channels fall into so many groups, each treated by itself.
        Groups: int
    }

namespace Functional.FSharp

open Functional
open Functional.FSharp.Wrapping

/// How a kernel slides over its input.
[<RequireQualifiedAccess>]
module Window =

    /// Stride 1, no padding, no dilation, one group.
    let standard = { Stride = 1; Padding = 0; Dilation = 1; Groups = 1 }

/// Convolutions and pools over one to three axes.
[<AutoOpen>]
module TensorWindows =

    let private numbers (how: Window) = int64 how.Stride, int64 how.Padding, int64 how.Dilation, int64 how.Groups

    let private correlate axes how (w: Tensor) (x: Tensor) = Tensor.Of(Ops.correlate axes (numbers how) w.Raw x.Raw)
    let private spread axes how (w: Tensor) (x: Tensor) = Tensor.Of(Ops.spread axes (numbers how) w.Raw x.Raw)

    let private sizes axes (size: int) (stride: int) (padding: int) =
        Array.create axes (int64 size), Array.create axes (int64 stride), Array.create axes (int64 padding)

    let private largest axes size stride padding x =
        liftPair (Ops.maxpool axes (sizes axes size stride padding) false) x

    let private mean axes size stride padding x = lift (Ops.avgpool axes (sizes axes size stride padding) false true) x

    // As many spatial axes as the input has, which both words below serve.
    let private axesOf name (x: Tensor) =
        if x.Rank < 3 || x.Rank > 5 then
            refuse name x "it takes [n; channels; …] with one to three axes after the channels"

        x.Rank - 2

    // Each value at its place in zeros of the shape that was pooled.
    let private unpool axes (shape: int[]) (places: Tensor) (x: Tensor) =
        let name = $"maxunpool{axes}d"

        if shape.Length <> axes || Array.exists (fun n -> n < 1) shape then
            invalidArg (nameof shape) $"{name}: the shape to fill has {axes} positive axes, not {showShape shape}"

        if x.Rank <> axes + 2 || places.Shape <> x.Shape || places.Dtype <> Dtype.Int64 then
            invalidArg
                (nameof places)
                $"{name} takes values [n; channels; …] of {axes + 2} axes and their int64 places, not {Native.describe x.Raw} and {Native.describe places.Raw}"

        let cells = Native.product name shape
        let lines, flat = Native.product name x.Shape[..1], Array.append x.Shape[..1] shape
        let inside = Tensor.toLongs places |> Array.forall (fun place -> place >= 0L && place < int64 cells)

        if not inside then
            invalidArg
                (nameof places)
                $"{name}: places are from 0 to {cells - 1}, but some of {Native.describe places.Raw} are not"

        let at = Tensor.reshape [ lines; int (x.Count / int64 (max 1 lines)) ] places
        let zeros = Tensor.zerosOf x.Dtype [ lines; cells ]
        zeros |> Tensor.scatter 1 at (Tensor.reshape at.Shape x) |> Tensor.reshape flat

    /// Convolutions and pools over one to three axes.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// yₒ[p] = Σᵢ Σₖ Wₒᵢ[k]·xᵢ[p + k]: the kernel slides as it is, which networks call convolution. x: [n; c; …] with one to
        /// three axes after the channels, W: [outputs; c/groups; …].
        let crossCorrelation (how: Window) (kernel: Tensor) (x: Tensor) =
            under "crossCorrelation" (fun () -> correlate (axesOf "crossCorrelation" x) how kernel x)

        /// yₒ[p] = Σᵢ Σₖ Wₒᵢ[k]·xᵢ[p + m - k], m the last place of the kernel: it slides flipped along each axis, as mathematics
        /// has it. x: [n; c; …] with one to three axes after the channels, W: [outputs; c/groups; …].
        let convolution (how: Window) (kernel: Tensor) (x: Tensor) =
            under "convolution" (fun () ->
                let axes = axesOf "convolution" x

                if kernel.Rank <> axes + 2 then
                    refuse "convolution" x $"the kernel has {axes + 2} axes too, but is {Native.describe kernel.Raw}"

                correlate axes how (Tensor.flip [ 2 .. axes + 1 ] kernel) x)

        /// The cross-correlation of [n; c; l] with kernels [outputs; c/groups; …]: the kernel is not flipped, as everywhere in the field.
        let conv1d (how: Window) (kernel: Tensor) (x: Tensor) = correlate 1 how kernel x

        /// The transpose of `conv1d`, from [n; c; l] with kernels [c; outputs/groups; …].
        let convTranspose1d (how: Window) (kernel: Tensor) (x: Tensor) = spread 1 how kernel x

        /// The largest number of each window of this size, every `stride` cells, and its place in its image, counted over all its
        /// axes: [n; c; l]. The padding counts as -∞.
        let maxpool1di (size: int) (stride: int) (padding: int) (x: Tensor) : Tensor * Tensor =
            largest 1 size stride padding x

        /// The largest number of each window of this size, every `stride` cells: [n; c; l].
        let maxpool1d (size: int) (stride: int) (padding: int) (x: Tensor) = largest 1 size stride padding x |> fst

        /// The mean of each window of this size, every `stride` cells, zeros of the padding counted: [n; c; l].
        let avgpool1d (size: int) (stride: int) (padding: int) (x: Tensor) = mean 1 size stride padding x

        /// Each value at the place that `maxpool1di` found it at, in zeros of this shape. Of several for one place the last stays.
        let maxunpool1d (shape: int seq) (places: Tensor) (x: Tensor) = unpool 1 (Seq.toArray shape) places x

        /// The cross-correlation of [n; c; h; w] with kernels [outputs; c/groups; …]: the kernel is not flipped, as everywhere in the field.
        let conv2d (how: Window) (kernel: Tensor) (x: Tensor) = correlate 2 how kernel x

        /// The transpose of `conv2d`, from [n; c; h; w] with kernels [c; outputs/groups; …].
        let convTranspose2d (how: Window) (kernel: Tensor) (x: Tensor) = spread 2 how kernel x

        /// The largest number of each window of this size, every `stride` cells, and its place in its image, counted over all its
        /// axes: [n; c; h; w]. The padding counts as -∞.
        let maxpool2di (size: int) (stride: int) (padding: int) (x: Tensor) : Tensor * Tensor =
            largest 2 size stride padding x

        /// The largest number of each window of this size, every `stride` cells: [n; c; h; w].
        let maxpool2d (size: int) (stride: int) (padding: int) (x: Tensor) = largest 2 size stride padding x |> fst

        /// The mean of each window of this size, every `stride` cells, zeros of the padding counted: [n; c; h; w].
        let avgpool2d (size: int) (stride: int) (padding: int) (x: Tensor) = mean 2 size stride padding x

        /// Each value at the place that `maxpool2di` found it at, in zeros of this shape. Of several for one place the last stays.
        let maxunpool2d (shape: int seq) (places: Tensor) (x: Tensor) = unpool 2 (Seq.toArray shape) places x

        /// The cross-correlation of [n; c; d; h; w] with kernels [outputs; c/groups; …]: the kernel is not flipped, as everywhere in the field.
        let conv3d (how: Window) (kernel: Tensor) (x: Tensor) = correlate 3 how kernel x

        /// The transpose of `conv3d`, from [n; c; d; h; w] with kernels [c; outputs/groups; …].
        let convTranspose3d (how: Window) (kernel: Tensor) (x: Tensor) = spread 3 how kernel x

        /// The largest number of each window of this size, every `stride` cells, and its place in its image, counted over all its
        /// axes: [n; c; d; h; w]. The padding counts as -∞.
        let maxpool3di (size: int) (stride: int) (padding: int) (x: Tensor) : Tensor * Tensor =
            largest 3 size stride padding x

        /// The largest number of each window of this size, every `stride` cells: [n; c; d; h; w].
        let maxpool3d (size: int) (stride: int) (padding: int) (x: Tensor) = largest 3 size stride padding x |> fst

        /// The mean of each window of this size, every `stride` cells, zeros of the padding counted: [n; c; d; h; w].
        let avgpool3d (size: int) (stride: int) (padding: int) (x: Tensor) = mean 3 size stride padding x

        /// Each value at the place that `maxpool3di` found it at, in zeros of this shape. Of several for one place the last stays.
        let maxunpool3d (shape: int seq) (places: Tensor) (x: Tensor) = unpool 3 (Seq.toArray shape) places x
