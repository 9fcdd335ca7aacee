namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Wrapping

/// Several tensors as one, and one as several.
[<AutoOpen>]
module TensorJoining =

    /// Several tensors as one, and one as several.
    [<RequireQualifiedAccess>]
    module Tensor =

        let private operands name (parts: Tensor seq) =
            let parts = Seq.toArray parts

            if parts.Length = 0 then
                invalidArg (nameof parts) $"{name} needs at least one tensor"

            parts |> Array.map _.Raw

        /// Tensors joined along an axis that they have.
        let cat (axis: int) (parts: Tensor seq) = Tensor.Of(Ops.cat (int64 axis) (operands "cat" parts))

        /// Tensors of one shape joined along a new axis.
        let stack (axis: int) (parts: Tensor seq) = Tensor.Of(Ops.stack (int64 axis) (operands "stack" parts))

        /// The positions of one axis, each without that axis.
        let unstack (axis: int) (x: Tensor) : Tensor[] =
            let axis = axisOf "unstack" axis x
            [| for i in 0 .. x.Shape[axis] - 1 -> lift (Ops.select (int64 axis) (int64 i)) x |]

        /// Parts of these lengths along one axis, in order; together they are as long as it.
        let split (axis: int) (lengths: int seq) (x: Tensor) : Tensor[] =
            let axis = axisOf "split" axis x
            let lengths = wide lengths

            if Array.exists (fun n -> n < 0L) lengths || Array.sum lengths <> int64 x.Shape[axis] then
                refuse "split" x $"the lengths {Native.showShape lengths} do not make up axis {axis}"

            let starts = Array.scan (+) 0L lengths

            Array.map2
                (fun start n -> lift (Ops.slice (int64 axis) start (start + n) 1L) x)
                starts[.. lengths.Length - 1]
                lengths

        /// So many parts along one axis, as equal as can be: the first ones are longer by one where they must be.
        let chunk (axis: int) (count: int) (x: Tensor) : Tensor[] =
            let length = x.Shape[axisOf "chunk" axis x]

            if count < 1 || count > Math.Max(1, length) then
                refuse "chunk" x $"axis {axis} has no {count} parts"

            split axis [ for i in 0 .. count - 1 -> length / count + (if i < length % count then 1 else 0) ] x

        /// For each vector a tensor with one axis per vector, along which it alone changes: yₖ[i₀; i₁; …] = xₖ[iₖ].
        let meshgrid (vectors: Tensor seq) : Tensor[] =
            let vectors = Seq.toArray vectors

            for vector in vectors do
                if vector.Rank <> 1 then
                    refuse "meshgrid" vector "it takes vectors"

            let shape = [| for vector in vectors -> vector.Shape[0] |]

            [|
                for k, vector in Array.indexed vectors do
                    let along = Array.mapi (fun axis n -> if axis = k then n else 1) shape
                    vector |> Tensor.reshape along |> Tensor.expand shape
            |]
