namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// Pools to a size that does not depend on the input's: one number for each channel, or so many windows.
[<AutoOpen>]
module WholePooling =

    let private whole name (f: Tensor -> Tensor) : Layer<Tensor, Tensor> =
        Layer.func name [] (fun x ->
            let shape = Native.shape x.Raw

            if shape.Length < 3 || Array.exists ((=) 0L) shape[2..] then
                invalidArg
                    (nameof x)
                    $"{name}: expected an input of shape [n; channels; …] with cells behind the channels, but was given {Native.showShape shape}"

            // One axis for all cells.
            f (
                Tensor.reshape
                    [ int shape[0]; int shape[1]; shape[2..] |> Array.fold (fun n axis -> n * int axis) 1 ]
                    x
            ))

    /// The largest number of each channel. x: [n; c; …] -> [n; c].
    let globalMaxpool: Layer<Tensor, Tensor> = whole "globalMaxpool" (Tensor.maxOver -1)

    /// The mean of each channel (Lin, Chen and Yan 2014, https://arxiv.org/abs/1312.4400). x: [n; c; …] -> [n; c].
    let globalMeanpool: Layer<Tensor, Tensor> = whole "globalMeanpool" (Tensor.meanOver -1)

    let private adaptive name (lengths: int list) (f: int64[] -> Tensor -> Tensor) : Layer<Tensor, Tensor> =
        if lengths.IsEmpty || lengths.Length > 3 || List.exists (fun n -> n < 1) lengths then
            invalidArg
                (nameof lengths)
                $"{name}: the lengths are positive, one for each of one to three axes, not {Wrapping.showShape lengths}"

        let wide = Wrapping.wide lengths

        Layer.func name [ "lengths", Setting.Wholes wide ] (fun x ->
            let shape = Native.shape x.Raw

            if shape.Length <> lengths.Length + 2 || Array.exists ((=) 0L) shape[1..] then
                invalidArg
                    (nameof x)
                    $"{name}: expected an input of shape [n; channels; …] with {lengths.Length} axes behind the channels, but was given {Native.showShape shape}"

            f wide x)

    /// The largest number of each of so many windows, by axis: window i of m is from ⌊i·l/m⌋ to ⌈(i + 1)·l/m⌉.
    /// x: [n; c; …] -> [n; c; lengths], with one to three axes behind the channels.
    let adaptiveMaxpool (lengths: int list) =
        adaptive "adaptiveMaxpool" lengths (fun wide x -> Tensor.Of(Ops.adaptiveMaxpool wide.Length wide x.Raw))

    /// The mean of each of so many windows, by axis: window i of m is from ⌊i·l/m⌋ to ⌈(i + 1)·l/m⌉.
    /// x: [n; c; …] -> [n; c; lengths], with one to three axes behind the channels.
    let adaptiveMeanpool (lengths: int list) =
        adaptive "adaptiveMeanpool" lengths (fun wide x -> Tensor.Of(Ops.adaptiveAvgpool wide.Length wide x.Raw))
