namespace Functional.FSharp

open System
open System.Collections
open Functional
open Functional.FSharp.Wrapping

/// Numbers in nested sequences and arrays, laid out one after the other.
module internal Nested =

    /// The length of each axis, and the elements as an array of their own type; null where there are none.
    type private Block = { Axes: int list; Values: Array | null }

    let private refuse (place: int list) problem : 'a =
        let at = if place.IsEmpty then "" else " at " + showShape (List.rev place)
        raise (ArgumentException $"tensor{at}: {problem}")

    let private known: Type list =
        [ typeof<float>; typeof<float32>; typeof<int>; typeof<int64>; typeof<byte>; typeof<bool> ]

    let private refuseType place (t: Type) : 'a =
        let names = String.Join(", ", known |> List.map _.Name)
        refuse place $"elements are {names}, not {t.Name}"

    // The elements of an array of several axes, the last running fastest.
    let private flat (values: Array) : Array =
        let result = Array.CreateInstance(nonNull (values.GetType().GetElementType()), values.Length)
        Buffer.BlockCopy(values, 0, result, 0, Buffer.ByteLength values)
        result

    let private join (kind: Type) (parts: Array list) : Array =
        let result = Array.CreateInstance(kind, parts |> List.sumBy _.Length)

        parts
        |> List.fold
            (fun (at: int) (part: Array) ->
                Array.Copy(part, 0, result, at, part.Length)
                at + part.Length)
            0
        |> ignore

        result

    // Blocks of one shape and one type, under a new first axis.
    let private together place (blocks: Block list) : Block =
        match blocks with
        | [] -> { Axes = [ 0 ]; Values = null }
        | first :: _ ->
            blocks
            |> List.iteri (fun i block ->
                if block.Axes <> first.Axes then
                    refuse
                        (i :: place)
                        $"the shape is {showShape block.Axes}, but that of the first beside it is {showShape first.Axes}")

            let filled =
                [
                    for i, block in List.indexed blocks do
                        match block.Values with
                        | null -> ()
                        | values -> i, values
                ]

            match filled with
            | [] -> { Axes = blocks.Length :: first.Axes; Values = null }
            | (_, values) :: _ ->
                let kind = nonNull (values.GetType().GetElementType())

                for i, other in filled do
                    let found = nonNull (other.GetType().GetElementType())

                    if found <> kind then
                        refuse (i :: place) $"there are {found.Name}s, but {kind.Name}s before them"

                { Axes = blocks.Length :: first.Axes; Values = join kind (List.map snd filled) }

    let private vector (values: 'a seq) : Block =
        let values = Seq.toArray values
        { Axes = [ values.Length ]; Values = values }

    // What libtorch has.
    let private mostAxes = 64

    let rec private block (place: int list) (value: objnull) : Block =
        if place.Length > mostAxes then
            raise (
                ArgumentException $"tensor: sequences are nested more than {mostAxes} deep; a tensor has no more axes"
            )

        match value with
        | :? Array as values when
            not (values.GetType().GetElementType() |> nonNull |> _.IsClass)
            && not (List.contains (nonNull (values.GetType().GetElementType())) known)
            ->
            refuseType place (nonNull (values.GetType().GetElementType()))
        | :? (float seq) as values -> vector values
        | :? (float32 seq) as values -> vector values
        | :? (int seq) as values -> vector values
        | :? (int64 seq) as values -> vector values
        | :? (byte seq) as values -> vector values
        | :? (bool seq) as values -> vector values
        | :? Array as values when values.Rank > 1 && values.GetType().GetElementType() |> nonNull |> _.IsValueType ->
            {
                Axes = [ for axis in 0 .. values.Rank - 1 -> values.GetLength axis ]
                Values = flat values
            }
        | :? string -> refuseType place typeof<string>
        | :? Tensor -> refuse place "tensors are joined by Tensor.stack, not by Tensor.tensor"
        | :? IEnumerable as items ->
            together place [ for i, item in Seq.indexed (Seq.cast<objnull> items) -> block (i :: place) item ]
        | null -> refuse place "there is null"
        | single when List.contains (single.GetType()) known ->
            let values = Array.CreateInstance(single.GetType(), 1)
            values.SetValue(single, 0)
            { Axes = []; Values = values }
        | other -> refuseType place (other.GetType())

    /// Shape and elements; an empty one counts as float32.
    let read (value: objnull) : struct (int list * Array) =
        let block = block [] value

        match block.Values with
        | null -> struct (block.Axes, Array.empty<float32>)
        | values -> struct (block.Axes, values)

/// Tensors from nested sequences and arrays.
[<AutoOpen>]
module TensorNested =

    /// Tensors from nested sequences and arrays.
    [<RequireQualifiedAccess>]
    module Tensor =

        let private exact (values: objnull) =
            match Nested.read values with
            | shape, (:? (float[]) as values) -> Tensor.ofDoubles shape values
            | shape, (:? (float32[]) as values) -> Tensor.ofArray shape values
            | shape, (:? (int64[]) as values) -> Tensor.ofLongs shape values
            | shape, (:? (int[]) as values) -> Tensor.ofInt32s shape values
            | shape, (:? (byte[]) as values) -> Tensor.ofBytes shape values
            | shape, values -> Tensor.ofBools shape (values :?> bool[])

        let private converted (dtype: Dtype) (x: Tensor) =
            if x.Dtype = dtype then
                x
            else
                let result = lift (Ops.cast (native dtype)) x
                x.Free()
                result

        /// A tensor of the given dtype from a number, or from sequences and arrays of numbers nested as deep as it has axes.
        let tensorOf (dtype: Dtype) (values: 'a) = converted dtype (exact (box values))

        /// A tensor from a number, or from sequences and arrays of numbers nested as deep as it has axes: [[1.0; 2.0]; [3.0; 4.0]]
        /// is [2; 2]. Float and float32 give float32, int and int64 give int64, byte and bool their own dtype.
        let tensor (values: 'a) =
            let x = exact (box values)

            match x.Dtype with
            | Dtype.Float64 -> converted Dtype.Float32 x
            | Dtype.Int32 -> converted Dtype.Int64 x
            | _ -> x
