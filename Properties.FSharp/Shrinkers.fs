namespace Functional.FSharp

open System
open Functional

/// Smaller values to try where a property fails: each a step towards something that a person can read.
[<RequireQualifiedAccess>]
module Shrinkers =

    // A number nearer to 0, or one with fewer digits.
    let private number (x: float) =
        if x = 0.0 then
            Seq.empty
        elif not (Double.IsFinite x) then
            Seq.ofList [ 0.0; 1.0 ]
        else
            let nearer =
                [ 0.0; 1.0; -1.0; Math.Truncate x; Math.Truncate(x / 2.0) ]
                |> List.distinct
                |> List.filter (fun y -> abs y < abs x || (y = -x && y > 0.0))

            let round = Math.Round(x, 1)
            Seq.ofList (if round <> x && round <> 0.0 then nearer @ [ round ] else nearer)

    let private without i (items: 'a list) = List.removeAt i items

    /// Keys of smaller numbers, down to that of seed 0.
    let key (key: Key) : Key seq =
        seq {
            if key.Bits > 0UL then
                Key.OfBits 0UL

            if key.Bits > 1UL then
                Key.OfBits(key.Bits / 2UL)
                Key.OfBits(key.Bits - 1UL)
        }

    /// Shapes with an axis less, or with a shorter one; no axis becomes shorter than 1.
    let shape (axes: int list) : int list seq =
        seq {
            for i in 0 .. axes.Length - 1 do
                without i axes

            for i in 0 .. axes.Length - 1 do
                for shorter in List.distinct [ 1; axes[i] / 2; axes[i] - 1 ] do
                    if shorter >= 1 && shorter < axes[i] then
                        List.updateAt i shorter axes
        }

    /// Tensors of the same shape and dtype with simpler numbers.
    let numbers (x: Tensor) : Tensor seq =
        let make (values: float[]) = Tensor.ofDoubles x.Shape values |> Tensor.cast x.Dtype

        seq {
            let values = Tensor.toDoubles x

            if Array.exists ((<>) 0.0) values then
                if values.Length > 1 then
                    make (Array.zeroCreate values.Length)

                for i in 0 .. values.Length - 1 do
                    for simpler in number values[i] do
                        // Bytes have no sign.
                        let simpler = if x.Dtype = Dtype.UInt8 then max 0.0 simpler else simpler
                        let smaller = make (Array.updateAt i simpler values)

                        // A coarse dtype may give back what was there.
                        if not (Tensor.equal smaller x) then
                            smaller
        }

    /// Tensors with fewer samples, of fewer axes, shorter along one, or of the same shape with simpler numbers.
    let tensor (x: Tensor) : Tensor seq =
        seq {
            for axis in 0 .. x.Rank - 1 do
                let n = x.Shape[axis]

                if n > 2 then
                    Tensor.slice axis 0 (n / 2) x

                if n > 1 then
                    Tensor.slice axis 0 (n - 1) x
                    Tensor.slice axis 1 n x
                else
                    Tensor.reshape (List.removeAt axis (List.ofArray x.Shape)) x

            yield! numbers x
        }

    /// Trees with a branch less, one branch alone, or a simpler leaf.
    let rec tree (smaller: 'a -> 'a seq) (tree': Tree<'a>) : Tree<'a> seq =
        seq {
            match tree' with
            | Leaf x ->
                for y in smaller x do
                    Leaf y
            | Node branches ->
                for i in 0 .. branches.Length - 1 do
                    Node(without i branches)

                for _, branch in branches do
                    branch

                for i in 0 .. branches.Length - 1 do
                    let name, branch = branches[i]

                    for simpler in tree smaller branch do
                        Node(List.updateAt i (name, simpler) branches)
        }

    /// Data sets with fewer samples, or with simpler inputs.
    let dataset (data: Dataset) : Dataset seq =
        seq {
            let n = Dataset.count data

            if n > 2 then
                Dataset.slice 0 (n / 2) data

            if n > 1 then
                Dataset.slice 0 (n - 1) data
                Dataset.slice 1 n data

            for inputs in numbers data.Inputs do
                Dataset.create inputs data.Targets
        }

    /// Batches with fewer samples, or with simpler inputs.
    let batch (struct (inputs, labels): struct (Tensor * Tensor)) : struct (Tensor * Tensor) seq =
        dataset (Dataset.create inputs labels) |> Seq.map (fun data -> struct (data.Inputs, data.Targets))

    /// Data sets in smaller batches, for fewer epochs, in a simpler order, or smaller themselves.
    let batching (given: Batching) : Batching seq =
        let fewer n = List.distinct [ 1; n - 1 ] |> List.filter (fun m -> m >= 1 && m < n)

        seq {
            for epochs in fewer given.Epochs do
                Batching(given.Data, given.Size, epochs, given.Key)

            for size in fewer given.Size do
                Batching(given.Data, size, given.Epochs, given.Key)

            for data in dataset given.Data do
                Batching(data, given.Size, given.Epochs, given.Key)

            for key in key given.Key do
                Batching(given.Data, given.Size, given.Epochs, key)
        }

    // Some pieces in the place of one.
    let private instead i (inner: Piece list) (list: Piece list) =
        List.concat [ List.take i list; inner; List.skip (i + 1) list ]

    let rec private pieces (list: Piece list) : Piece list seq =
        seq {
            for i in 0 .. list.Length - 1 do
                without i list

            for i in 0 .. list.Length - 1 do
                match list[i] with
                | Piece.Residual inner ->
                    instead i inner list

                    for fewer in pieces inner do
                        List.updateAt i (Piece.Residual fewer) list
                | Piece.Fork(f, g) ->
                    instead i f list
                    instead i g list

                    for fewer in pieces f do
                        List.updateAt i (Piece.Fork(fewer, g)) list

                    for fewer in pieces g do
                        List.updateAt i (Piece.Fork(f, fewer)) list
                | Piece.Concat branches ->
                    for branch in branches do
                        instead i branch list

                    for j in 0 .. branches.Length - 1 do
                        if branches.Length > 1 then
                            List.updateAt i (Piece.Concat(without j branches)) list

                        for fewer in pieces branches[j] do
                            List.updateAt i (Piece.Concat(List.updateAt j fewer branches)) list
                | Piece.Dense outputs when outputs > 1 ->
                    List.updateAt i (Piece.Dense 1) list
                    List.updateAt i (Piece.Dense(outputs - 1)) list
                | Piece.Conv(channels, kernel) when channels > 1 || kernel > 1 ->
                    List.updateAt i (Piece.Conv(1, 1)) list
                    List.updateAt i (Piece.Conv(1, kernel)) list
                | Piece.Transposed(channels, kernel) when channels > 1 || kernel > 1 ->
                    List.updateAt i (Piece.Transposed(1, 1)) list
                    List.updateAt i (Piece.Transposed(1, kernel)) list
                | Piece.GroupNorm groups when groups > 1 -> List.updateAt i (Piece.GroupNorm 1) list
                | _ -> ()
        }

    /// Pipelines with a layer less, narrower ones, or for smaller samples, as far as the shapes still fit.
    let pipeline (pipeline: Pipeline) : Pipeline seq =
        seq {
            for fewer in pieces pipeline.Pieces do
                pipeline.Input, fewer

            // What has cells becomes a vector of its channels where no layer minds.
            if pipeline.Input.Length > 1 then
                [ pipeline.Input.Head ], pipeline.Pieces

            for smaller in shape pipeline.Input do
                if smaller.Length = pipeline.Input.Length then
                    smaller, pipeline.Pieces
        }
        |> Seq.filter (fun (input, pieces) -> (Piece.afterAll input pieces).IsSome)
        |> Seq.filter (fun (input, pieces) -> (input, pieces) <> (pipeline.Input, pipeline.Pieces))
        |> Seq.map Pipeline
