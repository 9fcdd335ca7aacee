namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// Fully connected layers.
[<AutoOpen>]
module Dense =

    let private check inputs (x: Tensor) =
        let rank = Native.rank x.Raw

        if rank = 0 || Native.size x.Raw (rank - 1) <> int64 inputs then
            invalidArg
                (nameof x)
                $"dense: expected an input of shape [...; {inputs}], but was given {Native.showShape (Native.shape x.Raw)}"

        rank

    let private fans inputs outputs =
        if inputs < 1 || outputs < 1 then
            invalidArg
                (nameof inputs)
                $"dense: a layer has at least one input and one output, not {inputs} and {outputs}"

        { In = inputs; Out = outputs }

    let private settings (inputs: int) (outputs: int) bias =
        [ "inputs", Setting.Whole inputs; "outputs", Setting.Whole outputs; "bias", Setting.Flag bias ]

    /// y = x·W + b with first values of W from an initializer. x: [...; inputs], W: [inputs; outputs], b: [outputs], y: [...; outputs].
    let denseWith (draw: Initializer) (inputs: int) (outputs: int) : Layer<Tensor, Tensor> =
        let fans = fans inputs outputs

        layerOf "dense" (settings inputs outputs true) {
            let! w = weight "weight" (draw fans [ inputs; outputs ])
            and! b = bias "bias" (Initializer.standard fans [ outputs ])

            return
                fun x ->
                    if check inputs x = 2 then
                        Tensor.Of(Ops.affine b.Raw x.Raw w.Raw)
                    else
                        Tensor.matmul x w + b
        }

    /// y = x·W + b. x: [...; inputs], W: [inputs; outputs], b: [outputs], y: [...; outputs]. W and b start from U(-1/√inputs, 1/√inputs).
    let dense (inputs: int) (outputs: int) = denseWith Initializer.standard inputs outputs

    /// y = x·W: no b, as where a normalisation follows that shifts. x: [...; inputs], W: [inputs; outputs], y: [...; outputs].
    let denseWithoutBias (draw: Initializer) (inputs: int) (outputs: int) : Layer<Tensor, Tensor> =
        let fans = fans inputs outputs

        layerOf "dense" (settings inputs outputs false) {
            let! w = weight "weight" (draw fans [ inputs; outputs ])

            return
                fun x ->
                    check inputs x |> ignore
                    Tensor.matmul x w
        }
