namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// Pooling layers: windows of size × size that do not overlap; what is left over at the end is dropped.
[<AutoOpen>]
module Pooling =

    let private pool kind size (f: Tensor -> Tensor) : Layer<Tensor, Tensor> =
        if size < 1 then
            invalidArg (nameof size) $"{kind}: the size of a window is positive, not {size}"

        Layer.func kind (fun x ->
            let shape = Native.shape x.Raw

            if shape.Length <> 4 || shape[2] < int64 size || shape[3] < int64 size then
                invalidArg
                    (nameof x)
                    $"{kind}: expected images of shape [n; channels; h; w] with h and w at least {size}, but was given {Native.showShape shape}"

            f x)

    // Found once, the places are constants, and picking is linear in x: right to any order of differentiation.
    let private pick (x: Tensor) =
        let places = Tensor.Of(Windows.largest x.Raw)
        let shape = x.Shape

        Tensor.reshape [ shape[0] * shape[1]; shape[2] * shape[3] ] x
        |> Tensor.gather 1 places
        |> Tensor.reshape [ shape[0]; shape[1]; shape[2] / 2; shape[3] / 2 ]

    /// The largest number of each window. x: [n; c; h; w] -> [n; c; ⌊h/size⌋; ⌊w/size⌋]. The first largest takes the gradient.
    let maxpool2d (size: int) =
        pool "maxpool2d" size (fun x ->
            if size = 2 && Windows.serves x.Raw then
                pick x
            else
                Tensor.maxpool2d size size 0 x)

    /// The mean of each window. x: [n; c; h; w] -> [n; c; ⌊h/size⌋; ⌊w/size⌋].
    let meanpool2d (size: int) = pool "meanpool2d" size (Tensor.avgpool2d size size 0)
