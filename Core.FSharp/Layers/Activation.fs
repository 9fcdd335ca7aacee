namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// Activation functions and other layers without parameters.
[<AutoOpen>]
module Activation =

    /// max(x, 0)
    let relu: Layer<Tensor, Tensor> = Layer.func "relu" Tensor.relu

    /// tanh x
    let tanh: Layer<Tensor, Tensor> = Layer.func "tanh" Tensor.tanh

    /// 1/(1 + e⁻ˣ)
    let sigmoid: Layer<Tensor, Tensor> = Layer.func "sigmoid" Tensor.sigmoid

    /// exp(xᵢ) / Σⱼ exp(xⱼ) along the last axis.
    let softmax: Layer<Tensor, Tensor> = Layer.func "softmax" (Tensor.softmax -1)

    /// [n; …] -> [n; product of the rest].
    let flatten: Layer<Tensor, Tensor> =
        Layer.func "flatten" (fun x ->
            let shape = Native.shape x.Raw

            if shape.Length < 2 then
                invalidArg
                    (nameof x)
                    $"flatten: expected an input of shape [n; ...], but was given {Native.showShape shape}"

            Tensor.reshape [ int shape[0]; Array.fold (fun n axis -> n * int axis) 1 shape[1..] ] x)
