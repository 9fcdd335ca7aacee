namespace Functional

/// How a kernel slides: stride, padding, distance between its cells, groups of channels, first values of the kernel.
/// In lists of numbers by axis one number stands for all axes.
[<NoEquality; NoComparison>]
type Convolution =
    {
        /// Cells from one position of the kernel to the next, by axis.
        Stride: int list
        /// What surrounds the cells.
        Padding: Padding
        /// Cells from one number of the kernel to the next, by axis: 1 leaves none out.
        Dilation: int list
        /// The channels fall into so many groups, each convolved by itself.
        Groups: int
        /// Whether the kernel slides flipped, as mathematics has it; networks call the cross-correlation convolution.
        Flipped: bool
        /// Whether a number of its own is added to each output channel.
        Bias: bool
        /// First values of the kernel.
        Draw: Initializer
    }

namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// How a kernel slides.
[<RequireQualifiedAccess>]
module Convolution =

    /// Stride 1, no padding, no dilation, one group, not flipped, with a bias, U(-1/√fan, 1/√fan).
    let standard =
        {
            Stride = [ 1 ]
            Padding = Padding.Valid
            Dilation = [ 1 ]
            Groups = 1
            Flipped = false
            Bias = true
            Draw = Initializer.standard
        }

/// A convolution whose numbers have been looked at, which the layers with and without transposition share.
[<NoEquality; NoComparison>]
type internal Kernel =
    {
        Name: string
        Shape: int list
        Fans: Fans
        Cells: int64[]
        Stride: int64[]
        Dilation: int64[]
        Extent: int64[]
    }

module internal Kernel =

    /// The kernel of a layer; `transposed` ones have the inputs first.
    let create name axes transposed (how: Convolution) (inputs: int) (outputs: int) (kernel: int list) : Kernel =
        for what, n in [ nameof inputs, inputs; nameof outputs, outputs; "groups", how.Groups ] do
            if n < 1 then
                invalidArg what $"{name}: {what} must be positive, not {n}"

        if inputs % how.Groups <> 0 || outputs % how.Groups <> 0 then
            invalidArg "groups" $"{name}: {how.Groups} groups do not divide {inputs} and {outputs} channels"

        let cells = Axes.numbers name (nameof kernel) 1 axes kernel
        let dilation = Axes.numbers name "dilation" 1 axes how.Dilation
        let count = Native.product name (Array.map int cells)

        let channels =
            if transposed then
                [ inputs; outputs / how.Groups ]
            else
                [ outputs; inputs / how.Groups ]

        {
            Name = name
            Shape = channels @ [ for k in cells -> int k ]
            Fans =
                {
                    In = Native.product name [ inputs / how.Groups; count ]
                    Out = Native.product name [ outputs / how.Groups; count ]
                }
            Cells = cells
            Stride = Axes.numbers name "stride" 1 axes how.Stride
            Dilation = dilation
            Extent = Array.map2 (fun k d -> d * (k - 1L) + 1L) cells dilation
        }

    /// A layer with the kernel and, where there is one, the bias.
    let layer
        (kernel: Kernel)
        (how: Convolution)
        (more: (string * Setting) list)
        (inputs: int)
        (outputs: int)
        (run: Tensor | null -> Tensor -> Tensor -> Tensor)
        =
        let param role value = Leaf { Role = role; Value = value }
        let axes = [ 2 .. kernel.Cells.Length + 1 ]

        // The kernel draws from the same key with a bias and without.
        let init key =
            struct (Node
                        [
                            "weight", param Role.Weight (how.Draw kernel.Fans kernel.Shape (Key.child 0 key))
                            if how.Bias then
                                "bias", param Role.Bias (Initializer.standard kernel.Fans [ outputs ] (Key.child 1 key))
                        ],
                    Tree.empty)

        let settings =
            [
                "inputs", Setting.Whole inputs
                "outputs", Setting.Whole outputs
                "kernel", Setting.Wholes kernel.Cells
                "stride", Setting.Wholes kernel.Stride
                "padding", Axes.setting how.Padding
                "dilation", Setting.Wholes kernel.Dilation
                "groups", Setting.Whole how.Groups
                "flipped", Setting.Flag how.Flipped
                "bias", Setting.Flag how.Bias
            ]

        Layer.create kernel.Name (settings @ more) init (fun _ ps state x ->
            let w = (Tree.leaf [ "weight" ] ps).Value
            let w = if how.Flipped then Tensor.flip axes w else w

            let b: Tensor | null = if how.Bias then (Tree.leaf [ "bias" ] ps).Value else null
            struct (run b w x, state))

    /// The shape of the input, refused where it is no batch of so many channels.
    let shapeOf (kernel: Kernel) (inputs: int) (x: Tensor) =
        let shape = Native.shape x.Raw
        let axes = kernel.Cells.Length

        if shape.Length <> axes + 2 || shape[1] <> int64 inputs then
            let cells = [| ""; "l"; "h; w"; "d; h; w" |][axes]

            invalidArg
                (nameof x)
                $"{kernel.Name}: expected an input of shape [n; {inputs}; {cells}], but was given {Native.showShape shape}"

        shape

/// Convolutional layers. As everywhere in the field they correlate: the kernel is not flipped, unless `Flipped` is set.
[<AutoOpen>]
module Convolve =

    // The native function pads both sides alike, and with zeros.
    let private isEven (struct (before, after): struct (int64 * int64)) = before = after

    let private convolve
        axes
        (how: Convolution)
        (inputs: int)
        (outputs: int)
        (kernel: int list)
        : Layer<Tensor, Tensor> =
        let kernel = Kernel.create $"conv{axes}d" axes false how inputs outputs kernel
        Axes.requirePadding kernel.Name axes how.Padding
        let groups = int64 how.Groups

        let slide (padding: int64[]) (bias: Tensor | null) (w: Tensor) (x: Tensor) =
            let bias =
                match bias with
                | null -> null
                | bias -> bias.Raw

            Tensor.Of(Ops.conv axes kernel.Stride padding kernel.Dilation groups bias w.Raw x.Raw)

        let widen (around: struct (int64 * int64)[]) x =
            let widths = [ for struct (before, after) in around -> int before, int after ]

            match how.Padding with
            | Padding.Circular
            | Padding.CircularAround _ -> Tensor.padCircular widths x
            | Padding.Reflect
            | Padding.ReflectAround _ -> Tensor.padReflect widths x
            | Padding.Replicate
            | Padding.ReplicateAround _ -> Tensor.padReplicate widths x
            | _ -> Tensor.pad 0.0 widths x

        let isOfZeros =
            match how.Padding with
            | Padding.Circular
            | Padding.Reflect
            | Padding.Replicate
            | Padding.CircularAround _
            | Padding.ReflectAround _
            | Padding.ReplicateAround _ -> false
            | _ -> true

        Kernel.layer kernel how [] inputs outputs (fun bias w x ->
            let lengths = (Kernel.shapeOf kernel inputs x)[2..]
            let around = Axes.around how.Padding kernel.Extent kernel.Stride lengths

            for axis in 0 .. axes - 1 do
                let struct (before, after) = around[axis]

                if lengths[axis] < 1L || lengths[axis] + before + after < kernel.Extent[axis] then
                    invalidArg
                        (nameof x)
                        $"{kernel.Name}: a kernel that covers {Axes.show kernel.Extent} cells does not fit into {Axes.show lengths} cells with this padding"

            if isOfZeros && Array.forall isEven around then
                slide (around |> Array.map (fun (struct (before, _)) -> before)) bias w x
            else
                slide (Array.zeroCreate axes) bias w (widen around x))

    /// yₒ = bₒ + Σᵢ Wₒᵢ ⋆ xᵢ along one axis, as `how` says. x: [n; inputs; l], W: [outputs; inputs/groups; kernel], b: [outputs].
    let conv1dWith (how: Convolution) (inputs: int) (outputs: int) (kernel: int list) =
        convolve 1 how inputs outputs kernel

    /// yₒ = bₒ + Σᵢ Wₒᵢ ⋆ xᵢ with stride 1 and no padding. x: [n; inputs; l] -> [n; outputs; l - kernel + 1].
    let conv1d (inputs: int) (outputs: int) (kernel: int) = conv1dWith Convolution.standard inputs outputs [ kernel ]

    /// yₒ = bₒ + Σᵢ Wₒᵢ ⋆ xᵢ along two axes, as `how` says; a kernel of one number is a square. x: [n; inputs; h; w],
    /// W: [outputs; inputs/groups; height; width], b: [outputs].
    let conv2dWith (how: Convolution) (inputs: int) (outputs: int) (kernel: int list) =
        convolve 2 how inputs outputs kernel

    /// yₒ = bₒ + Σᵢ Wₒᵢ ⋆ xᵢ with stride 1 and no padding. x: [n; inputs; h; w] -> [n; outputs; h - kernel + 1; w - kernel + 1].
    let conv2d (inputs: int) (outputs: int) (kernel: int) = conv2dWith Convolution.standard inputs outputs [ kernel ]

    /// yₒ = bₒ + Σᵢ Wₒᵢ ⋆ xᵢ along three axes, as `how` says; a kernel of one number is a cube. x: [n; inputs; d; h; w],
    /// W: [outputs; inputs/groups; depth; height; width], b: [outputs].
    let conv3dWith (how: Convolution) (inputs: int) (outputs: int) (kernel: int list) =
        convolve 3 how inputs outputs kernel

    /// yₒ = bₒ + Σᵢ Wₒᵢ ⋆ xᵢ with stride 1 and no padding, along three axes: each loses kernel - 1 cells. x: [n; inputs; d; h; w].
    let conv3d (inputs: int) (outputs: int) (kernel: int) = conv3dWith Convolution.standard inputs outputs [ kernel ]

    /// Each channel convolved by itself with so many kernels of its own: `conv2dWith` in as many groups as channels. The groups
    /// of `how` are not looked at. x: [n; channels; h; w], W: [channels·multiplier; 1; height; width].
    let depthwise2dWith
        (how: Convolution)
        (channels: int)
        (multiplier: int)
        (kernel: int list)
        : Layer<Tensor, Tensor> =
        for what, n in [ nameof channels, channels; nameof multiplier, multiplier ] do
            if n < 1 then
                invalidArg what $"depthwise2d: {what} must be positive, not {n}"

        conv2dWith { how with Groups = channels } channels (channels * multiplier) kernel

    /// Each channel convolved by itself with one kernel, stride 1 and no padding. x: [n; channels; h; w].
    let depthwise2d (channels: int) (kernel: int) = depthwise2dWith Convolution.standard channels 1 [ kernel ]

    /// Each channel by itself as `how` says, then a mixture of the channels at each place: two stages, the second a 1 × 1
    /// convolution (Chollet 2017, https://arxiv.org/abs/1610.02357). x: [n; inputs; h; w].
    let separable2dWith (how: Convolution) (inputs: int) (outputs: int) (kernel: int list) : Layer<Tensor, Tensor> =
        depthwise2dWith how inputs 1 kernel
        --> conv2dWith { Convolution.standard with Bias = how.Bias; Draw = how.Draw } inputs outputs [ 1 ]

    /// Each channel by itself with stride 1 and no padding, then a mixture of the channels at each place. x: [n; inputs; h; w].
    let separable2d (inputs: int) (outputs: int) (kernel: int) =
        separable2dWith Convolution.standard inputs outputs [ kernel ]
