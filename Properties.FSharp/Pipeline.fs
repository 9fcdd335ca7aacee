namespace Functional

open System
open Functional.FSharp
open Functional.FSharp.Layers

/// A layer of a random pipeline.
[<RequireQualifiedAccess; NoComparison>]
type internal Piece =
    | Dense of outputs: int
    | Conv of channels: int * kernel: int
    | MaxPool
    | MeanPool
    | Flatten
    | Relu
    | Tanh
    | Sigmoid
    | Softmax
    | Dropout of rate: float
    | BatchNorm
    | Residual of Piece list

module internal Piece =

    /// The shape of a sample after a piece, or none where the piece does not fit.
    let rec after (shape: int list) (piece: Piece) : int list option =
        match piece, shape with
        | Piece.Dense outputs, [ _ ] -> Some [ outputs ]
        | Piece.Conv(channels, kernel), [ _; height; width ] when height >= kernel && width >= kernel ->
            Some [ channels; height - kernel + 1; width - kernel + 1 ]
        | (Piece.MaxPool | Piece.MeanPool), [ channels; height; width ] when height >= 2 && width >= 2 ->
            Some [ channels; height / 2; width / 2 ]
        | Piece.Flatten, [ channels; height; width ] -> Some [ channels * height * width ]
        | (Piece.Relu | Piece.Tanh | Piece.Sigmoid | Piece.Softmax | Piece.Dropout _ | Piece.BatchNorm), _ -> Some shape
        | Piece.Residual inner, _ -> if afterAll shape inner = Some shape then Some shape else None
        | _ -> None

    and afterAll shape pieces =
        (Some shape, pieces)
        ||> List.fold (fun shape piece -> Option.bind (fun shape -> after shape piece) shape)

    /// The layer of a piece for samples of a shape that it fits.
    let rec layer (shape: int list) (piece: Piece) : Layer<Tensor, Tensor> =
        match piece with
        | Piece.Dense outputs -> dense shape[0] outputs
        | Piece.Conv(channels, kernel) -> conv2d shape[0] channels kernel
        | Piece.MaxPool -> maxpool2d 2
        | Piece.MeanPool -> meanpool2d 2
        | Piece.Flatten -> flatten
        | Piece.Relu -> relu
        | Piece.Tanh -> tanh
        | Piece.Sigmoid -> sigmoid
        | Piece.Softmax -> softmax
        | Piece.Dropout rate -> dropout rate
        | Piece.BatchNorm -> batchNorm shape[0]
        | Piece.Residual inner -> Layer.residual (pipeline shape inner)

    and pipeline shape pieces =
        let step (shape, layers) piece = Option.get (after shape piece), layers --> layer shape piece
        List.fold step (shape, Layer.identity) pieces |> snd

    /// The piece as F# writes it.
    let rec write (shape: int list) (piece: Piece) =
        match piece with
        | Piece.Dense outputs -> $"dense {shape[0]} {outputs}"
        | Piece.Conv(channels, kernel) -> $"conv2d {shape[0]} {channels} {kernel}"
        | Piece.MaxPool -> "maxpool2d 2"
        | Piece.MeanPool -> "meanpool2d 2"
        | Piece.Flatten -> "flatten"
        | Piece.Relu -> "relu"
        | Piece.Tanh -> "tanh"
        | Piece.Sigmoid -> "sigmoid"
        | Piece.Softmax -> "softmax"
        | Piece.Dropout rate -> $"dropout {rate}"
        | Piece.BatchNorm -> $"batchNorm {shape[0]}"
        | Piece.Residual inner -> $"Layer.residual ({writeAll shape inner})"

    and writeAll shape pieces =
        let step (shape, words) piece = Option.get (after shape piece), write shape piece :: words

        match List.fold step (shape, []) pieces |> snd with
        | [] -> "Layer.identity"
        | words -> String.Join(" --> ", List.rev words)

/// A random pipeline of the library's layers whose shapes fit, and the shapes of a sample before and after it.
[<Sealed>]
type Pipeline internal (input: int list, pieces: Piece list) =

    let output =
        match Piece.afterAll input pieces with
        | Some output -> output
        | None -> invalidArg (nameof pieces) $"the pieces {pieces} do not fit samples of shape {input}"

    let layer = lazy Piece.pipeline input pieces

    member internal _.Input = input
    member internal _.Pieces = pieces

    /// The layer: [n; input…] -> [n; output…].
    member _.Layer: Layer<Tensor, Tensor> = layer.Value

    /// The shape of a sample that goes in, without the axis of the batch.
    member _.InputShape: int[] = Array.ofList input

    /// The shape of a sample that comes out, without the axis of the batch.
    member _.OutputShape: int[] = Array.ofList output

    /// Standard normal inputs for so many samples: float32 [n; input…].
    member _.Inputs(count: int, key: Key) : Tensor = Random.normal (count :: input) key

    /// The shape of a sample and the layers as F# writes them.
    override _.ToString() =
        let shape = String.Join("; ", input)
        $"[{shape}]: {Piece.writeAll input pieces}"
