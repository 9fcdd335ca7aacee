namespace Functional.FSharp

open System
open TorchSharp
open Functional
open Functional.FSharp.Wrapping

/// Tensors from numbers, and their numbers again.
[<AutoOpen>]
module TensorMaking =

    /// Tensors from numbers, and their numbers again.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// A tensor of the given dtype filled with zeros.
        let zerosOf (dtype: Dtype) (shape: int seq) =
            Loader.ensure ()
            Tensor.Of(Ops.zeros (wide shape) (native dtype))

        /// Zeros, float32.
        let zeros (shape: int seq) = zerosOf Dtype.Float32 shape

        /// A tensor of one number, float32.
        let full (shape: int seq) (value: float) =
            Loader.ensure ()
            Tensor.Of(Ops.full (wide shape) value torch.ScalarType.Float32)

        /// Ones, float32.
        let ones (shape: int seq) =
            Loader.ensure ()
            Tensor.Of(Ops.ones (wide shape) torch.ScalarType.Float32)

        /// One number without axes, float32.
        let scalar (value: float) = full [] value

        /// Zeros with the shape and dtype of x.
        let zerosLike (x: Tensor) = lift Ops.zerosLike x

        /// Ones with the shape and dtype of x.
        let onesLike (x: Tensor) = lift Ops.onesLike x

        /// 0, 1, …, count - 1 as int64: [count].
        let arange (count: int) =
            Loader.ensure ()
            Tensor.Of(Ops.arange 0.0 (float count) 1.0 torch.ScalarType.Int64)

        let private ofValues<'a when 'a: struct and 'a: (new: unit -> 'a) and 'a :> ValueType>
            name
            dtype
            (shape: int seq)
            (values: 'a[])
            =
            Loader.ensure ()
            let shape = wide shape

            if Array.exists (fun n -> n < 0L) shape || Array.fold (*) 1L shape <> int64 values.Length then
                invalidArg
                    (nameof shape)
                    $"{name}: {values.Length} values do not fill the shape {Native.showShape shape}"

            let raw = Ops.empty shape dtype
            values.AsSpan().CopyTo(Native.span<'a> raw)
            GC.KeepAlive raw
            Tensor.Of raw

        /// A float32 tensor of this shape from its elements, the last axis running fastest.
        let ofArray (shape: int seq) (values: float32[]) = ofValues "ofArray" torch.ScalarType.Float32 shape values

        /// A float64 tensor of this shape from its elements, the last axis running fastest.
        let ofDoubles (shape: int seq) (values: float[]) = ofValues "ofDoubles" torch.ScalarType.Float64 shape values

        /// An int64 tensor of this shape from its elements, the last axis running fastest.
        let ofLongs (shape: int seq) (values: int64[]) = ofValues "ofLongs" torch.ScalarType.Int64 shape values

        /// An int64 vector: class labels or indices.
        let ofInts (values: int seq) =
            let values = values |> Seq.map int64 |> Seq.toArray
            ofLongs [ values.Length ] values

        /// A uint8 tensor of this shape from its elements, the last axis running fastest.
        let ofBytes (shape: int seq) (values: byte[]) = ofValues "ofBytes" torch.ScalarType.Byte shape values

        /// A float32 vector.
        let ofSeq (values: float seq) =
            let values = values |> Seq.map float32 |> Seq.toArray
            ofArray [ values.Length ] values
