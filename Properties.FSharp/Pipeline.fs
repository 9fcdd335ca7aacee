namespace Functional

open System
open Functional.FSharp
open Functional.FSharp.Layers

/// A layer of a random pipeline. The shape of a sample is channels and then up to three axes of cells.
[<RequireQualifiedAccess; NoComparison>]
type internal Piece =
    | Dense of outputs: int
    | Conv of channels: int * kernel: int
    | Transposed of channels: int * kernel: int
    | MaxPool
    | MeanPool
    | Flatten
    /// A layer without parameters that keeps the shape, by its name.
    | Pointwise of name: string
    | Prelu
    | Maxout
    | Dropout of rate: float
    | BatchNorm
    | LayerNorm
    | RmsNorm
    | GroupNorm of groups: int
    | InstanceNorm
    | Residual of Piece list
    /// Two heads, whose outputs are added.
    | Fork of Piece list * Piece list
    /// Branches side by side, joined along the channels.
    | Concat of Piece list list

module internal Piece =

    /// Layers without parameters that keep the shape, and whether all their derivatives are continuous.
    let pointwise: (string * Layer<Tensor, Tensor> * bool) list =
        [
            "tanh", tanh, true
            "sigmoid", sigmoid, true
            "softmax", softmax, true
            "logsoftmax", logsoftmax, true
            "softplus", softplus, true
            "gelu", gelu, true
            "silu", silu, true
            "mish", mish, true
            "relu", relu, false
            "leakyRelu 0.1", leakyRelu 0.1, false
            "elu 1.0", elu 1.0, false
            "selu", selu, false
            "hardtanh", hardtanh, false
        ]

    let private product = List.fold (*) 1

    let private hasAxes shape = List.length shape >= 2 && List.length shape <= 4

    /// The shape of a sample after a piece, or none where the piece does not fit.
    let rec after (shape: int list) (piece: Piece) : int list option =
        let channels, cells = List.head shape, List.tail shape
        let keeping isFitting = if isFitting then Some shape else None

        match piece with
        | Piece.Dense outputs -> if cells.IsEmpty then Some [ outputs ] else None
        | Piece.Conv(more, kernel) when hasAxes shape && List.forall (fun n -> n >= kernel) cells ->
            Some(more :: List.map (fun n -> n - kernel + 1) cells)
        | Piece.Transposed(more, kernel) when hasAxes shape -> Some(more :: List.map (fun n -> n + kernel - 1) cells)
        | Piece.MaxPool
        | Piece.MeanPool when hasAxes shape && List.forall (fun n -> n >= 2) cells ->
            Some(channels :: List.map (fun n -> n / 2) cells)
        | Piece.Flatten when not cells.IsEmpty -> Some [ product shape ]
        | Piece.Maxout when channels % 2 = 0 -> Some(channels / 2 :: cells)
        | Piece.Pointwise _
        | Piece.Prelu
        | Piece.Dropout _
        | Piece.BatchNorm
        | Piece.RmsNorm -> Some shape
        | Piece.LayerNorm -> keeping (product shape >= 2)
        | Piece.GroupNorm groups -> keeping (channels % groups = 0 && channels / groups * product cells >= 2)
        | Piece.InstanceNorm -> keeping (product cells >= 2)
        | Piece.Residual inner -> keeping (afterAll shape inner = Some shape)
        | Piece.Fork(f, g) ->
            match afterAll shape f with
            | Some output when afterAll shape g = Some output -> Some output
            | _ -> None
        | Piece.Concat branches ->
            match branches |> List.map (afterAll shape) |> List.choose id with
            | first :: _ as all when
                all.Length = branches.Length && all |> List.forall (fun output -> output.Tail = first.Tail)
                ->
                Some(List.sumBy List.head all :: first.Tail)
            | _ -> None
        | _ -> None

    and afterAll shape pieces =
        (Some shape, pieces)
        ||> List.fold (fun shape piece -> Option.bind (fun shape -> after shape piece) shape)

    // What a layer does along one, two or three axes has three names.
    let private byAxes (shape: int list) one two three =
        match shape.Length with
        | 2 -> one
        | 3 -> two
        | _ -> three

    /// The layer of a piece for samples of a shape that it fits.
    let rec layer (shape: int list) (piece: Piece) : Layer<Tensor, Tensor> =
        let channels = shape.Head

        match piece with
        | Piece.Dense outputs -> dense channels outputs
        | Piece.Conv(more, kernel) -> byAxes shape conv1d conv2d conv3d channels more kernel
        | Piece.Transposed(more, kernel) ->
            byAxes shape convTranspose1d convTranspose2d convTranspose3d channels more kernel
        | Piece.MaxPool -> byAxes shape maxpool1d maxpool2d maxpool3d 2
        | Piece.MeanPool -> byAxes shape meanpool1d meanpool2d meanpool3d 2
        | Piece.Flatten -> flatten
        | Piece.Pointwise name ->
            pointwise |> List.pick (fun (other, layer, _) -> if other = name then Some layer else None)
        | Piece.Prelu -> prelu channels
        | Piece.Maxout -> maxout 2
        | Piece.Dropout rate -> dropout rate
        | Piece.BatchNorm -> batchNorm channels
        | Piece.LayerNorm -> layerNorm shape
        | Piece.RmsNorm -> rmsNorm shape
        | Piece.GroupNorm groups -> groupNorm groups channels
        | Piece.InstanceNorm -> instanceNorm channels
        | Piece.Residual inner -> Layer.residual (pipeline shape inner)
        | Piece.Fork(f, g) ->
            Layer.fork (pipeline shape f) (pipeline shape g) --> Layer.lift (fun (struct (a, b)) -> a + b)
        | Piece.Concat branches -> Layer.concat 1 [ for branch in branches -> pipeline shape branch ]

    and pipeline shape pieces =
        let step (shape, layers) piece = Option.get (after shape piece), layers --> layer shape piece
        List.fold step (shape, Layer.identity) pieces |> snd

    /// The piece as F# writes it.
    let rec write (shape: int list) (piece: Piece) =
        let channels, axes = shape.Head, shape.Length - 1
        let list = "[ " + String.Join("; ", shape) + " ]"

        match piece with
        | Piece.Dense outputs -> $"dense {channels} {outputs}"
        | Piece.Conv(more, kernel) -> $"conv{axes}d {channels} {more} {kernel}"
        | Piece.Transposed(more, kernel) -> $"convTranspose{axes}d {channels} {more} {kernel}"
        | Piece.MaxPool -> $"maxpool{axes}d 2"
        | Piece.MeanPool -> $"meanpool{axes}d 2"
        | Piece.Flatten -> "flatten"
        | Piece.Pointwise name -> name
        | Piece.Prelu -> $"prelu {channels}"
        | Piece.Maxout -> "maxout 2"
        | Piece.Dropout rate -> $"dropout {rate}"
        | Piece.BatchNorm -> $"batchNorm {channels}"
        | Piece.LayerNorm -> $"layerNorm {list}"
        | Piece.RmsNorm -> $"rmsNorm {list}"
        | Piece.GroupNorm groups -> $"groupNorm {groups} {channels}"
        | Piece.InstanceNorm -> $"instanceNorm {channels}"
        | Piece.Residual inner -> $"Layer.residual ({writeAll shape inner})"
        | Piece.Fork(f, g) ->
            $"Layer.fork ({writeAll shape f}) ({writeAll shape g}) --> Layer.lift (fun (struct (a, b)) -> a + b)"
        | Piece.Concat branches ->
            let inner = String.Join("; ", branches |> List.map (writeAll shape))
            $"Layer.concat 1 [ {inner} ]"

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
