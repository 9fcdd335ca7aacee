namespace Functional

open System

/// What surrounds an image before a window slides over it.
[<RequireQualifiedAccess; NoComparison>]
type Padding =
    /// Nothing: ⌈(n - k + 1)/s⌉ positions.
    | Valid
    /// Zeros so that there are ⌈n/s⌉ positions, the odd cell at the end.
    | Same
    /// This many zeros on every side.
    | Zeros of cells: int

    /// The result of the function for this padding.
    member padding.Match(valid: Func<'r>, same: Func<'r>, zeros: Func<int, 'r>) : 'r =
        match padding with
        | Valid -> valid.Invoke()
        | Same -> same.Invoke()
        | Zeros cells -> zeros.Invoke cells

/// How a kernel slides: stride, padding, distance between its cells, groups of channels, first values of the kernel.
[<NoEquality; NoComparison>]
type Convolution =
    {
        /// Cells from one position of the kernel to the next.
        Stride: int
        /// What surrounds the image.
        Padding: Padding
        /// Cells from one number of the kernel to the next: 1 leaves none out.
        Dilation: int
        /// The channels fall into so many groups, each convolved by itself.
        Groups: int
        /// First values of the kernel.
        Draw: Initializer
    }

namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// How a kernel slides.
[<RequireQualifiedAccess>]
module Convolution =

    /// Stride 1, no padding, no dilation, one group, U(-1/√fan, 1/√fan).
    let standard =
        {
            Stride = 1
            Padding = Padding.Valid
            Dilation = 1
            Groups = 1
            Draw = Initializer.standard
        }

/// Convolutional layers. As everywhere in the field they correlate: the kernel is not flipped.
[<AutoOpen>]
module Convolve =

    // Cells before and after one axis of length n, so that ⌈n/stride⌉ windows fit.
    let private same kernel (how: Convolution) (n: int64) =
        let s, k = int64 how.Stride, int64 how.Dilation * int64 (kernel - 1) + 1L
        let total = max 0L (((n + s - 1L) / s - 1L) * s + k - n)
        total / 2L, total - total / 2L

    /// yₒ = bₒ + Σᵢ Wₒᵢ ⋆ xᵢ, as `how` says. x: [n; inputs; h; w], W: [outputs; inputs/groups; kernel; kernel], b: [outputs].
    let conv2dWith (how: Convolution) (inputs: int) (outputs: int) (kernel: int) : Layer<Tensor, Tensor> =
        for name, n in
            [
                nameof inputs, inputs
                nameof outputs, outputs
                nameof kernel, kernel
                "stride", how.Stride
                "dilation", how.Dilation
                "groups", how.Groups
            ] do
            if n < 1 then
                invalidArg name $"conv2d: {name} must be positive, not {n}"

        if inputs % how.Groups <> 0 || outputs % how.Groups <> 0 then
            invalidArg "groups" $"conv2d: {how.Groups} groups do not divide {inputs} and {outputs} channels"

        let fans =
            {
                In = inputs / how.Groups * kernel * kernel
                Out = outputs / how.Groups * kernel * kernel
            }

        let both n = [| int64 n; int64 n |]
        let stride, dilation, groups = both how.Stride, both how.Dilation, int64 how.Groups

        let check (x: Tensor) =
            let shape = Native.shape x.Raw

            if shape.Length <> 4 || shape[1] <> int64 inputs then
                invalidArg
                    (nameof x)
                    $"conv2d: expected images of shape [n; {inputs}; h; w], but was given {Native.showShape shape}"

            shape

        layerOf "conv2d" {
            let! w = weight "weight" (how.Draw fans [ outputs; inputs / how.Groups; kernel; kernel ])
            and! b = bias "bias" (Initializer.standard fans [ outputs ])

            return
                fun x ->
                    let shape = check x

                    let slide padding (x: Tensor) =
                        Tensor.Of(Ops.conv2d stride padding dilation groups b.Raw w.Raw x.Raw)

                    match how.Padding with
                    | Padding.Valid -> slide (both 0) x
                    | Padding.Zeros cells -> slide (both cells) x
                    | Padding.Same ->
                        let (top, bottom), (left, right) = same kernel how shape[2], same kernel how shape[3]

                        if top = bottom && left = right then
                            slide [| top; left |] x
                        else
                            slide (both 0) (Tensor.pad 0.0 [ int top, int bottom; int left, int right ] x)
        }

    /// yₒ = bₒ + Σᵢ Wₒᵢ ⋆ xᵢ with stride 1 and no padding. x: [n; inputs; h; w] -> [n; outputs; h - kernel + 1; w - kernel + 1].
    let conv2d (inputs: int) (outputs: int) (kernel: int) = conv2dWith Convolution.standard inputs outputs kernel
