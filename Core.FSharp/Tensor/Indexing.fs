namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Wrapping

/// Elements picked by place or by truth, and copies with some of them replaced.
[<AutoOpen>]
module TensorIndexing =

    /// Elements picked by place or by truth, and copies with some of them replaced.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// Positions start, start + 1, … before stop of one axis; they count from the end where negative.
        let slice (axis: int) (start: int) (stop: int) (x: Tensor) =
            let axis = axisOf "slice" axis x
            let part: Slice = { First = int64 start; Last = int64 stop; Step = 1L; Single = false }
            let part = Slice.Within "slice" (Native.shape x.Raw) axis part
            lift (Ops.slice (int64 axis) part.First part.Last 1L) x

        /// The positions of one axis that an int64 vector names, in its order.
        let indexSelect (axis: int) (index: Tensor) (x: Tensor) =
            Tensor.Of(Ops.indexSelect (int64 axis) x.Raw index.Raw)

        /// Elements picked along one axis: y[i; j] = x[i; index[i; j]] for axis 1.
        let gather (axis: int) (index: Tensor) (x: Tensor) = Tensor.Of(Ops.gather (int64 axis) x.Raw index.Raw)

        // Where several values go to one place the last one stays; libtorch gives a derivative to the others too. These
        // are made constant: their places are known by writing each one's own number to where it goes.
        let private lastAlone (axis: int) (index: Tensor) (values: Tensor) (x: Tensor) =
            if not (Native.requiresGrad values.Raw) then
                values
            else
                let along = Array.init values.Rank (fun i -> if i = axis then values.Shape[i] else 1)
                let own = Tensor.arange values.Shape[axis] |> Tensor.reshape along |> Tensor.expand values.Shape
                let free = Tensor.zerosOf Dtype.Int64 x.Shape
                let last = Tensor.Of(Ops.scatter (int64 axis) index.Raw own.Raw free.Raw)
                let stays = Tensor.eq (gather axis index last) own
                Tensor.where stays values (Tensor.stopGradient values)

        let private requireWritable name (axis: int) (index: Tensor) (values: Tensor) (x: Tensor) =
            if index.Dtype <> Dtype.Int64 then
                refuse name index "an index is int64; cast it first, as with Tensor.cast Dtype.Int64"

            if values.Dtype <> x.Dtype then
                refuse name x $"the values must have its dtype, but are {Native.describe values.Raw}; {Native.castIt}"

            if index.Rank <> x.Rank || index.Shape <> values.Shape then
                refuse
                    name
                    x
                    $"index {showShape index.Shape} and values {showShape values.Shape} must have one shape, with as many axes"

            for i in 0 .. x.Rank - 1 do
                if i <> axis && index.Shape[i] > x.Shape[i] then
                    refuse name x $"index {showShape index.Shape} is longer along axis {i}"

        /// A copy with values written along one axis: y[i; index[i; j]] = values[i; j] for axis 1; of several for one place
        /// the last stays.
        let scatter (axis: int) (index: Tensor) (values: Tensor) (x: Tensor) =
            let axis = axisOf "scatter" axis x
            requireWritable "scatter" axis index values x

            under "scatter" (fun () ->
                // What is out of range is refused here, before the helper above meets it.
                let y = Ops.scatter (int64 axis) index.Raw values.Raw x.Raw

                if Native.requiresGrad values.Raw then
                    y.Dispose()
                    Tensor.Of(Ops.scatter (int64 axis) index.Raw (lastAlone axis index values x).Raw x.Raw)
                else
                    Tensor.Of y)

        /// A copy with values added along one axis: y[i; index[i; j]] += values[i; j] for axis 1.
        let scatterAdd (axis: int) (index: Tensor) (values: Tensor) (x: Tensor) =
            let axis = axisOf "scatterAdd" axis x
            requireWritable "scatterAdd" axis index values x
            Tensor.Of(Ops.scatterAdd (int64 axis) index.Raw values.Raw x.Raw)

        // An index of one axis as one of every element: the vector stretched to the shape of the values.
        let private stretched name (axis: int) (index: Tensor) (values: Tensor) (x: Tensor) =
            if index.Rank <> 1 then
                refuse name index "an index of positions is a vector"

            if values.Shape <> (if x.Rank = 0 then [||] else Array.updateAt axis index.Shape[0] x.Shape) then
                refuse name x $"{index.Count} positions of axis {axis} take no values of shape {showShape values.Shape}"

            index
            |> Tensor.reshape [ for i in 0 .. x.Rank - 1 -> if i = axis then index.Shape[0] else 1 ]
            |> Tensor.expand values.Shape

        /// A copy with the positions of one axis that an int64 vector names replaced; of several for one the last stays.
        let indexCopy (axis: int) (index: Tensor) (values: Tensor) (x: Tensor) =
            let axis = axisOf "indexCopy" axis x
            under "indexCopy" (fun () -> scatter axis (stretched "indexCopy" axis index values x) values x)

        /// A copy with values added to the positions of one axis that an int64 vector names.
        let indexAdd (axis: int) (index: Tensor) (values: Tensor) (x: Tensor) =
            let axis = axisOf "indexAdd" axis x
            under "indexAdd" (fun () -> scatterAdd axis (stretched "indexAdd" axis index values x) values x)

        // The part lies along the axes from `axis` on; those before it are done.
        let rec private putFrom (axis: int) (slices: Slice list) (part: Tensor) (x: Tensor) : Tensor =
            match slices with
            | [] -> part
            | slice :: rest when slice.Single ->
                let inner = lift (Ops.select (int64 axis) slice.First) x
                let inner = putFrom axis rest part inner
                Tensor.Of(Ops.selectScatter (int64 axis) slice.First inner.Raw x.Raw)
            | slice :: rest ->
                let inner = lift (Ops.slice (int64 axis) slice.First slice.Last slice.Step) x
                let inner = putFrom (axis + 1) rest part inner
                Tensor.Of(Ops.sliceScatter (int64 axis) slice.First slice.Last slice.Step inner.Raw x.Raw)

        /// A copy in which a part is replaced: one position or range for each leading axis; the part broadcasts.
        let put (axes: Slice seq) (part: Tensor) (x: Tensor) =
            let axes = Seq.toArray axes

            if part.Dtype <> x.Dtype then
                refuse "put" x $"the part must have its dtype, but is {Native.describe part.Raw}; {Native.castIt}"

            if axes.Length > x.Rank then
                refuse "put" x $"{axes.Length} indices were given"

            let shape = Native.shape x.Raw
            let slices = [ for axis, slice in Array.indexed axes -> Slice.Within "put" shape axis slice ]

            under "put" (fun () ->
                Scope.tensor (fun () ->
                    let part = Tensor.expand x[axes].Shape part
                    putFrom 0 slices part x))

        /// A copy with one number where the mask holds; the mask broadcasts.
        let maskedFill (mask: Tensor) (value: float) (x: Tensor) =
            if mask.Dtype <> Dtype.Bool then
                refuse "maskedFill" mask "a mask is bool; cast it first, as with Tensor.cast Dtype.Bool"

            requireFits "maskedFill" x.Dtype value
            Tensor.Of(Ops.maskedFill mask.Raw value x.Raw)

        /// The elements where the mask holds, in order: [count]; shapes broadcast.
        let maskedSelect (mask: Tensor) (x: Tensor) =
            if mask.Dtype <> Dtype.Bool then
                refuse "maskedSelect" mask "a mask is bool; cast it first, as with Tensor.cast Dtype.Bool"

            Tensor.Of(Ops.maskedSelect mask.Raw x.Raw)

        /// The places of the elements that differ from 0, in order: int64 [count; axes].
        let nonzero (x: Tensor) = lift Ops.nonzero x
