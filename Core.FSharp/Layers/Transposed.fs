namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// Transposed convolutions: what they give is as large as what a convolution of the same numbers takes.
[<AutoOpen>]
module Transposed =

    let private transposed axes (how: Convolution) more inputs outputs kernel : Layer<Tensor, Tensor> =
        let kernel = Kernel.create $"convTranspose{axes}d" axes true how inputs outputs kernel
        let groups = int64 how.Groups
        let more = Axes.numbers kernel.Name "outputPadding" 0 axes more
        Axes.requirePadding kernel.Name axes how.Padding

        for axis in 0 .. axes - 1 do
            let most = max kernel.Stride[axis] kernel.Dilation[axis] - 1L

            if more[axis] > most then
                invalidArg
                    "outputPadding"
                    $"{kernel.Name}: outputPadding is below the stride or the dilation, at most {most} here, not {more[axis]}"

        // Cells that are cut off before and after each axis, and cells that are then added at the end.
        let before, after, more =
            match how.Padding with
            | Padding.Valid -> Array.create axes 0L, Array.create axes 0L, more
            | Padding.Zeros cells -> Array.create axes (int64 cells), Array.create axes (int64 cells), more
            | Padding.Around widths ->
                [| for struct (before, _) in widths -> int64 before |],
                [| for struct (_, after) in widths -> int64 after |],
                more
            | Padding.Same when Array.forall ((=) 0L) more ->
                let total = Array.map2 (-) kernel.Extent kernel.Stride

                total |> Array.map (fun t -> max 0L t / 2L),
                total |> Array.map (fun t -> max 0L t - max 0L t / 2L),
                total |> Array.map (fun t -> max 0L -t)
            | Padding.Same -> invalidArg "outputPadding" $"{kernel.Name}: Same gives n·stride cells, no more"
            | _ ->
                invalidArg
                    "padding"
                    $"{kernel.Name}: a transposed convolution is of Valid, Same, Zeros or Around padding"

        // The native function cuts off both sides alike.
        let padding = Array.map2 min before after

        let added = [ "outputPadding", Setting.Wholes more ]

        Kernel.layer kernel how added inputs outputs (fun bias w x ->
            let lengths = (Kernel.shapeOf kernel inputs x)[2..]

            for axis in 0 .. axes - 1 do
                let length =
                    (lengths[axis] - 1L) * kernel.Stride[axis] - before[axis] - after[axis]
                    + kernel.Extent[axis]
                    + more[axis]

                if lengths[axis] < 1L || length < 1L then
                    invalidArg (nameof x) $"{kernel.Name}: nothing is left of {Axes.show lengths} cells"

            let bias =
                match (bias: Tensor | null) with
                | null -> null
                | bias -> bias.Raw

            let mutable y =
                Tensor.Of(Ops.convTranspose axes kernel.Stride padding more kernel.Dilation groups bias w.Raw x.Raw)

            for axis in 0 .. axes - 1 do
                let first, last = int (before[axis] - padding[axis]), int (after[axis] - padding[axis])

                if first > 0 || last > 0 then
                    y <- Tensor.slice (axis + 2) first (y.Shape[axis + 2] - last) y

            y)

    /// The transpose of `conv1d`, with a bias of its own: each number of x is laid down as a multiple of the kernel, every
    /// `stride` cells, and what overlaps adds up. `outputPadding` cells more at the end tell apart the inputs that a stride makes
    /// one. x: [n; inputs; l] -> [n; outputs; (l - 1)·stride - padding + extent + outputPadding], the padding that of
    /// both sides; Same gives l·stride. W: [inputs; outputs/groups; kernel]. The padding is Valid, Same, Zeros or Around, and is
    /// cut off (Dumoulin and Visin 2016, https://arxiv.org/abs/1603.07285).
    let convTranspose1dWith
        (how: Convolution)
        (outputPadding: int list)
        (inputs: int)
        (outputs: int)
        (kernel: int list)
        =
        transposed 1 how outputPadding inputs outputs kernel

    /// The transpose of `conv1d` with stride 1 and no padding. x: [n; inputs; l] -> [n; outputs; l + kernel - 1].
    let convTranspose1d (inputs: int) (outputs: int) (kernel: int) =
        convTranspose1dWith Convolution.standard [ 0 ] inputs outputs [ kernel ]

    /// As `convTranspose1dWith`, along two axes. x: [n; inputs; h; w], W: [inputs; outputs/groups; height; width].
    let convTranspose2dWith
        (how: Convolution)
        (outputPadding: int list)
        (inputs: int)
        (outputs: int)
        (kernel: int list)
        =
        transposed 2 how outputPadding inputs outputs kernel

    /// The transpose of `conv2d` with stride 1 and no padding. x: [n; inputs; h; w] -> [n; outputs; h + kernel - 1; w + kernel - 1].
    let convTranspose2d (inputs: int) (outputs: int) (kernel: int) =
        convTranspose2dWith Convolution.standard [ 0 ] inputs outputs [ kernel ]

    /// As `convTranspose1dWith`, along three axes. x: [n; inputs; d; h; w], W: [inputs; outputs/groups; depth; height; width].
    let convTranspose3dWith
        (how: Convolution)
        (outputPadding: int list)
        (inputs: int)
        (outputs: int)
        (kernel: int list)
        =
        transposed 3 how outputPadding inputs outputs kernel

    /// The transpose of `conv3d` with stride 1 and no padding: each axis gains kernel - 1 cells. x: [n; inputs; d; h; w].
    let convTranspose3d (inputs: int) (outputs: int) (kernel: int) =
        convTranspose3dWith Convolution.standard [ 0 ] inputs outputs [ kernel ]
