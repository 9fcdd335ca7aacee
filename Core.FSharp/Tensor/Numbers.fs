namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Wrapping

/// Tensors from arrays and sequences of numbers.
[<AutoOpen>]
module TensorNumbers =

    /// Tensors from arrays and sequences of numbers.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// A tensor of this shape from its elements, whose type and dtype must agree.
        let internal ofSpan<'a when 'a: struct and 'a: (new: unit -> 'a) and 'a :> ValueType>
            (name: string)
            (dtype: Dtype)
            (shape: int seq)
            (values: ReadOnlySpan<'a>)
            =
            Loader.ensure ()
            let shape = wide shape
            let product = shape |> Array.fold (fun product length -> product * float length) 1.0

            if Array.exists (fun n -> n < 0L) shape || product <> float values.Length then
                invalidArg
                    (nameof shape)
                    $"{name}: {values.Length} values do not fill the shape {Native.showShape shape}"

            let raw = Ops.empty shape (native dtype)
            values.CopyTo(Native.span<'a> raw)
            GC.KeepAlive raw
            Tensor.Of raw

        let private ofValues name dtype shape (values: 'a[]) =
            ofSpan name dtype shape (Span.op_Implicit (values.AsSpan()))

        /// A float32 tensor of this shape from its elements, the last axis running fastest.
        let ofArray (shape: int seq) (values: float32[]) = ofValues "ofArray" Dtype.Float32 shape values

        /// A float64 tensor of this shape from its elements, the last axis running fastest.
        let ofDoubles (shape: int seq) (values: float[]) = ofValues "ofDoubles" Dtype.Float64 shape values

        /// An int64 tensor of this shape from its elements, the last axis running fastest.
        let ofLongs (shape: int seq) (values: int64[]) = ofValues "ofLongs" Dtype.Int64 shape values

        /// An int32 tensor of this shape from its elements, the last axis running fastest.
        let ofInt32s (shape: int seq) (values: int[]) = ofValues "ofInt32s" Dtype.Int32 shape values

        /// A uint8 tensor of this shape from its elements, the last axis running fastest.
        let ofBytes (shape: int seq) (values: byte[]) = ofValues "ofBytes" Dtype.UInt8 shape values

        /// An int16 tensor of this shape from its elements, the last axis running fastest.
        let ofInt16s (shape: int seq) (values: int16[]) = ofValues "ofInt16s" Dtype.Int16 shape values

        /// An int8 tensor of this shape from its elements, the last axis running fastest.
        let ofSBytes (shape: int seq) (values: sbyte[]) = ofValues "ofSBytes" Dtype.Int8 shape values

        /// A float16 tensor of this shape from its elements, the last axis running fastest.
        let ofHalves (shape: int seq) (values: Half[]) = ofValues "ofHalves" Dtype.Float16 shape values

        /// A tensor of truth values of this shape from its elements, the last axis running fastest.
        let ofBools (shape: int seq) (values: bool[]) = ofValues "ofBools" Dtype.Bool shape values

        /// An int64 vector: class labels or indices.
        let ofInts (values: int seq) =
            let values = values |> Seq.map int64 |> Seq.toArray
            ofLongs [ values.Length ] values

        /// A float32 vector.
        let ofSeq (values: float seq) =
            let values = values |> Seq.map float32 |> Seq.toArray
            ofArray [ values.Length ] values
