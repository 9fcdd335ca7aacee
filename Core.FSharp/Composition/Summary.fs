namespace Functional

open System.Collections.Generic

/// What each cell of a stage's output sees of one axis of the input.
[<Struct; NoComparison>]
type ReceptiveField =
    {
        /// Cells of the input that a cell sees.
        Size: int64
        /// Cells of the input from one cell's first to the next cell's.
        Stride: int64
        /// The first cell of the input that the first cell sees: below 0 in the padding.
        Offset: int64
    }

/// A stage of a layer: what it gives and what that costs.
[<NoEquality; NoComparison>]
type SummaryRow =
    {
        /// The path of the stage, that of its parameters; empty for a layer that stands alone.
        Path: string
        /// How many stages it is inside of.
        Depth: int
        /// What the stage is: conv2d, relu, residual, …
        Kind: string
        /// The shape of each tensor that it gives.
        Shapes: IReadOnlyList<int[]>
        /// Numbers that training may change, those of its parts among them.
        Parameters: int64
        /// Multiplications followed by an addition in its products and convolutions, and those of its parts; biases, activations and
        /// normalisations are not counted, as in the field's tables.
        MultiplyAdds: int64
        /// Bytes of what it gives.
        Bytes: int64
        /// What its output sees of the input, by axis behind the channels; empty where that is not defined, as behind `flatten`, or
        /// not known.
        Field: IReadOnlyList<ReceptiveField>
    }

/// The architecture of a layer as a value: made without memory for parameters and activations.
[<NoEquality; NoComparison>]
type Summary =
    {
        /// The shape of each tensor of the input.
        Inputs: IReadOnlyList<int[]>
        /// The stages in the order in which they run, each before its parts. One that runs several times stands once.
        Rows: IReadOnlyList<SummaryRow>
        /// Numbers that training may change.
        Parameters: int64
        /// Bytes of the parameters.
        ParameterBytes: int64
        /// Multiplications followed by an addition in products and convolutions, for the whole input.
        MultiplyAdds: int64
        /// Bytes of all that stages give, each tensor counted once: what back-propagation has to keep, within a small factor.
        ActivationBytes: int64
    }

namespace Functional.FSharp

open System
open System.Collections.Generic
open Functional

/// Sees the stages of a run and keeps a row for each.
[<Sealed>]
type private Recorder(tally: Tally) =
    inherit Watcher()

    let rows = ResizeArray<SummaryRow>()
    let places = Dictionary<struct (string * int * string), int>()
    let counted = HashSet<Tensor>(HashIdentity.Reference)
    let path, inside = Stack<string>(), Stack<struct (string * string)>()

    // Where a stage gives as many cells as it takes and carries nothing from cell to cell, its output sees what its input saw.
    let carry (input: objnull) (output: Tensor) mixed =
        if tally.Mixed = mixed && (tally.TrySight output.Raw).IsNone then
            let shape = output.Shape

            match Outputs.Tensors input with
            | [ x ] when x.Rank = shape.Length && x.Rank > 2 && x.Shape[2..] = shape[2..] ->
                tally.TrySight x.Raw |> Option.iter (fun sight -> tally.See(output.Raw, sight))
            | _ -> ()

    let field (outputs: Tensor list) : ReceptiveField[] =
        match outputs with
        | [ one ] ->
            tally.TrySight one.Raw
            |> Option.defaultValue [||]
            |> Array.map (fun sight -> { Size = sight.Cells; Stride = sight.Stride; Offset = sight.Start })
        | _ -> [||]

    static member Shapes(value: objnull) : int[][] = [| for tensor in Outputs.Tensors value -> tensor.Shape |]
    member _.Rows = rows.ToArray()
    member _.ActivationBytes = counted |> Seq.sumBy (fun tensor -> Native.bytes tensor.Raw)
    override _.Enter name = path.Push name
    override _.Leave() = path.Pop() |> ignore

    override _.Stage(kind, ps, input, run) =
        let at = String.Join("/", Seq.rev path)

        // A name of its own makes a stage of a stage: it stands once.
        if inside.Count > 0 && inside.Peek() = struct (at, kind) then
            run ()
        else
            let key = struct (at, inside.Count, kind)

            let place =
                match places.TryGetValue key with
                | true, place -> place
                | _ ->
                    places.Add(key, rows.Count)

                    rows.Add
                        {
                            Path = at
                            Depth = inside.Count
                            Kind = kind
                            Shapes = [||]
                            Parameters = Tree.values ps |> Array.sumBy (fun param -> Native.count param.Value.Raw)
                            MultiplyAdds = 0L
                            Bytes = 0L
                            Field = [||]
                        }

                    rows.Count - 1

            let before, mixed = tally.MultiplyAdds, tally.Mixed
            inside.Push(struct (at, kind))
            let struct (output, state) = run ()
            inside.Pop() |> ignore
            let given = Outputs.Tensors output

            match given with
            | [ one ] -> carry input one mixed
            | _ -> ()

            for tensor in given do
                counted.Add tensor |> ignore

            let row = rows[place]

            rows[place] <-
                { row with
                    Shapes = [| for tensor in given -> tensor.Shape |]
                    MultiplyAdds = row.MultiplyAdds + tally.MultiplyAdds - before
                    Bytes = row.Bytes + (given |> List.sumBy (fun tensor -> Native.bytes tensor.Raw))
                    Field = field given
                }

            struct (output, state)

/// Architectures as values.
[<AutoOpen>]
module LayerSummary =

    /// Architectures as values.
    [<RequireQualifiedAccess>]
    module Layer =

        /// Shapes, parameters, multiply-adds, memory and receptive fields of all stages, for an input that `example` makes: as
        /// `fun () -> struct (Tensor.zeros [ 1; 8 ], Tensor.zeros [ 1; 3 ])`. Nothing is computed and no memory is taken, however
        /// large the network: while it runs, tensors have no numbers, and whoever asks for them finds zeros. The layer runs as in
        /// evaluation. An input that does not fit is refused here as it would be in a run, by a LayerException with the path.
        let summaryOf (example: unit -> 'i) (layer: Layer<'i, 'o>) : Summary =
            Loader.ensure ()

            let summary (tally: Tally) =
                let input = example ()

                for tensor in Outputs.Tensors(box input) do
                    tally.SeeItself tensor.Raw

                let struct (ps, state) = Layer.init (Key.ofSeed 0) layer
                let recorder = Recorder tally
                recorder.Over(fun () -> Layer.apply layer Eval ps state input |> ignore)
                let values = Tree.values ps |> Array.map _.Value.Raw

                {
                    Inputs = Recorder.Shapes(box input)
                    Rows = recorder.Rows
                    Parameters = Array.sumBy Native.count values
                    ParameterBytes = Array.sumBy Native.bytes values
                    MultiplyAdds = tally.MultiplyAdds
                    ActivationBytes = recorder.ActivationBytes
                }

            Scope.value (fun () -> Tally.Run summary)

        /// Shapes, parameters, multiply-adds, memory and receptive fields of all stages, for a float32 input of this shape, the batch
        /// included: `Layer.summary [ 1; 1; 28; 28 ] network`. Nothing is computed and no memory is taken, however large the network.
        /// A wrong shape is refused by a LayerException with the path of the stage.
        let summary (shape: int seq) (layer: Layer<Tensor, 'o>) : Summary =
            let shape = List.ofSeq shape

            if shape |> List.exists (fun n -> n < 0) then
                invalidArg (nameof shape) $"summary: a shape has lengths from 0 up, not {Wrapping.showShape shape}"

            summaryOf (fun () -> Tensor.zeros shape) layer
