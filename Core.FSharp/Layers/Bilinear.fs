namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// Products of two inputs.
[<AutoOpen>]
module Bilinear =

    /// yₖ = x₁ᵀ·Wₖ·x₂ + bₖ with first values of W from an initializer. x₁: [...; first], x₂: [...; second] with leading axes that
    /// broadcast, W: [outputs; first; second], b: [outputs], y: [...; outputs]. Each output sums over first·second products.
    let bilinearWith
        (draw: Initializer)
        (first: int)
        (second: int)
        (outputs: int)
        : Layer<struct (Tensor * Tensor), Tensor> =
        for name, n in [ nameof first, first; nameof second, second; nameof outputs, outputs ] do
            if n < 1 then
                invalidArg name $"bilinear: {name} must be positive, not {n}"

        let fans = { In = Native.product "bilinear" [ first; second ]; Out = outputs }

        let check (name: string) length (x: Tensor) =
            if x.Rank = 0 || Native.size x.Raw (x.Rank - 1) <> int64 length then
                invalidArg
                    name
                    $"bilinear: expected the {name} input of shape [...; {length}], but was given {Native.showShape (Native.shape x.Raw)}"

        let settings =
            [ "first", Setting.Whole first; "second", Setting.Whole second; "outputs", Setting.Whole outputs ]

        layerOf "bilinear" settings {
            let! w = weight "weight" (draw fans [ outputs; first; second ])
            and! b = bias "bias" (Initializer.standard fans [ outputs ])

            return
                fun struct (x: Tensor, y: Tensor) ->
                    check (nameof first) first x
                    check (nameof second) second y
                    // xᵀ·Wₖ for all k in one product: [...; outputs; second].
                    let flat = Tensor.permute [ 1; 0; 2 ] w |> Tensor.reshape [ first; outputs * second ]
                    let left = Tensor.matmul x flat |> Tensor.unflatten -1 [ outputs; second ]
                    Tensor.sumOver -1 (left * Tensor.unsqueeze -2 y) + b
        }

    /// yₖ = x₁ᵀ·Wₖ·x₂ + bₖ. W and b start from U(-1/√n, 1/√n), n = first·second: PyTorch has n = first, which leaves y larger.
    let bilinear (first: int) (second: int) (outputs: int) = bilinearWith Initializer.standard first second outputs
