namespace Functional.FSharp

open System
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open Functional
open Functional.FSharp.Wrapping

/// The numbers of tensors, and comparisons of whole tensors.
[<AutoOpen>]
module TensorReading =

    /// The numbers of tensors, and comparisons of whole tensors.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// The elements into the memory of a caller, the last axis running fastest; their type and dtype must agree.
        let internal copyTo<'a when 'a: struct and 'a: (new: unit -> 'a) and 'a :> ValueType>
            (dtype: Dtype)
            (target: Span<'a>)
            (x: Tensor)
            : unit =
            if int64 target.Length < x.Count then
                refuse "copyTo" x $"its {x.Count} elements do not fit into {target.Length} places"

            use detached = Ops.detach x.Raw
            use here = Ops.cpu detached
            use typed = Ops.cast (native dtype) here
            use flat = Ops.contiguous typed
            (Native.span<'a> flat).CopyTo target
            GC.KeepAlive flat

        let private values<'a when 'a: struct and 'a: (new: unit -> 'a) and 'a :> ValueType> dtype (x: Tensor) : 'a[] =
            let result = Array.zeroCreate<'a>(Native.narrow "reading" x.Raw x.Count)
            copyTo dtype (result.AsSpan()) x
            result

        /// The elements as float32, the last axis running fastest.
        let toArray (x: Tensor) : float32[] = values Dtype.Float32 x

        /// The elements as float64, the last axis running fastest.
        let toDoubles (x: Tensor) : float[] = values Dtype.Float64 x

        // Whole numbers from low to high, without what follows the point.
        let private wholes name (low: int64) (high: int64) (x: Tensor) : int64[] =
            let beyond (value: obj) =
                let value = Convert.ToString(value, Globalization.CultureInfo.InvariantCulture)
                refuse name x $"{value} is no number from {low} to {high}"

            if Native.isFloating x.Raw then
                values Dtype.Float64 x
                |> Array.map (fun value ->
                    let whole = truncate value
                    // 2⁶³ as a float is one more than the largest int64.
                    if whole >= float low && whole <= float high && whole < 9223372036854775808.0 then
                        int64 whole
                    else
                        beyond value)
            else
                let found = values Dtype.Int64 x

                for value in found do
                    if value < low || value > high then
                        beyond value

                found

        /// The elements as int64, without what follows the point, the last axis running fastest; an ArgumentException where one
        /// does not fit.
        let toLongs (x: Tensor) : int64[] = wholes "toLongs" Int64.MinValue Int64.MaxValue x

        /// The elements as int, without what follows the point, the last axis running fastest; an ArgumentException where one does
        /// not fit.
        let toInts (x: Tensor) : int[] =
            wholes "toInts" (int64 Int32.MinValue) (int64 Int32.MaxValue) x |> Array.map int

        /// The elements as bytes, without what follows the point, the last axis running fastest; an ArgumentException where one is
        /// not from 0 to 255.
        let toBytes (x: Tensor) : byte[] =
            if x.Dtype = Dtype.UInt8 then
                values Dtype.UInt8 x
            else
                wholes "toBytes" 0L 255L x |> Array.map byte

        /// The elements as float16, the last axis running fastest; those beyond its range infinite.
        let toHalves (x: Tensor) : Half[] = values Dtype.Float16 x

        /// Whether each element differs from 0, the last axis running fastest.
        let toBools (x: Tensor) : bool[] = values Dtype.Bool x

        let private requireRank name rank (x: Tensor) =
            if x.Rank <> rank then
                refuse name x $"it reads tensors with {rank} axes"

        // An array of several axes lies in memory as a tensor does.
        let private filled<'a, 'r when 'a: struct and 'a: (new: unit -> 'a) and 'a :> ValueType and 'r :> Array>
            (dtype: Dtype)
            (x: Tensor)
            (target: 'r)
            : 'r =
            let first = &Unsafe.As<byte, 'a>(&MemoryMarshal.GetArrayDataReference(target :> Array))
            copyTo<'a> dtype (MemoryMarshal.CreateSpan(&first, target.Length)) x
            target

        /// The elements of a matrix as float32: `float32[,]`.
        let toArray2D (x: Tensor) : float32[,] =
            requireRank "toArray2D" 2 x
            let shape = x.Shape
            Array2D.zeroCreate shape[0] shape[1] |> filled<float32, _> Dtype.Float32 x

        /// The elements of a tensor with three axes as float32: `float32[,,]`.
        let toArray3D (x: Tensor) : float32[,,] =
            requireRank "toArray3D" 3 x
            let shape = x.Shape
            Array3D.zeroCreate shape[0] shape[1] shape[2] |> filled<float32, _> Dtype.Float32 x

        /// The elements of a tensor with four axes as float32: `float32[,,,]`.
        let toArray4D (x: Tensor) : float32[,,,] =
            requireRank "toArray4D" 4 x
            let shape = x.Shape
            Array4D.zeroCreate shape[0] shape[1] shape[2] shape[3] |> filled<float32, _> Dtype.Float32 x

        /// The elements of a matrix as float64: `float[,]`.
        let toDoubles2D (x: Tensor) : float[,] =
            requireRank "toDoubles2D" 2 x
            let shape = x.Shape
            Array2D.zeroCreate shape[0] shape[1] |> filled<float, _> Dtype.Float64 x

        /// The elements of a tensor with three axes as float64: `float[,,]`.
        let toDoubles3D (x: Tensor) : float[,,] =
            requireRank "toDoubles3D" 3 x
            let shape = x.Shape
            Array3D.zeroCreate shape[0] shape[1] shape[2] |> filled<float, _> Dtype.Float64 x

        /// The elements of a tensor with four axes as float64: `float[,,,]`.
        let toDoubles4D (x: Tensor) : float[,,,] =
            requireRank "toDoubles4D" 4 x
            let shape = x.Shape
            Array4D.zeroCreate shape[0] shape[1] shape[2] shape[3] |> filled<float, _> Dtype.Float64 x

        /// The rows of a matrix, each an array of float32.
        let toJagged (x: Tensor) : float32[][] =
            requireRank "toJagged" 2 x
            let values, width = toArray x, x.Shape[1]
            [| for row in 0 .. x.Shape[0] - 1 -> values[row * width .. (row + 1) * width - 1] |]

        /// The single element of a tensor.
        let toFloat (x: Tensor) : float = Ops.number "toFloat" x.Raw

        /// The single element of a tensor, without what follows the point; an ArgumentException where it does not fit.
        let toInt (x: Tensor) : int = Ops.whole32 "toInt" x.Raw

        /// Whether the single element of a tensor differs from 0.
        let toBool (x: Tensor) : bool = Ops.number "toBool" x.Raw <> 0.0

        // What libtorch would wrap around, or make any number of.
        let private requireHeld (dtype: Dtype) (x: Tensor) =
            match Native.bounds (native dtype), Native.bounds (Native.dtype x.Raw) with
            | ValueSome(struct (low, high)), own when dtype <> Dtype.Bool ->
                let holdsAll =
                    match own with
                    | ValueSome(struct (least, most)) -> least >= low && most <= high
                    | ValueNone -> false

                let isHeld (value: float) =
                    let whole = truncate value
                    whole >= float low && whole <= float high && whole < 9223372036854775808.0

                let areHeld () =
                    x.Count = 0L
                    || Tally.IsBare x.Raw
                    || (use constant = Ops.detach x.Raw
                        use least = Ops.min constant
                        use most = Ops.max constant
                        Native.forAll isHeld least && Native.forAll isHeld most)

                if not holdsAll && not (areHeld ()) then
                    refuse
                        "cast"
                        x
                        $"not all of its numbers are from {low} to {high}, which {dtype.ToString().ToLowerInvariant()} holds; clamp them first"
            | _ -> ()

        /// The same numbers in another dtype; as whole numbers without what follows the point, and an ArgumentException where one
        /// does not fit.
        let cast (dtype: Dtype) (x: Tensor) =
            requireHeld dtype x
            lift (Ops.cast (native dtype)) x

        /// The same numbers on another device; an ArgumentException if this machine does not have it.
        let move (device: Device) (x: Tensor) = lift (Ops.move (Native.place device.Kind device.Index)) x

        /// Takes a tensor out of every scope: it lives as long as the program refers to it.
        let keep (x: Tensor) = Scope.keep x

        /// The same numbers, constant: nothing is differentiated through them.
        let stopGradient (x: Tensor) = lift Ops.detach x

        let internal bits (x: Tensor) : byte[] = Ops.bytes x.Raw

        /// Whether both have the same shape, the same dtype and the same bits.
        let equal (a: Tensor) (b: Tensor) = Ops.sameBits a.Raw b.Raw

        // x - y without rounding for whole x and y: a float64 of 2⁵² or more is whole.
        let private apart (x: int64) (y: float) : float =
            if abs y >= 4503599627370496.0 && abs y < 1e30 then
                float (Int128.op_Implicit x - Int128.op_Explicit y: Int128)
            else
                float x - y

        let private distances (a: Tensor) (b: Tensor) : float[] =
            let exact (x: int64) (y: int64) = float (Int128.op_Implicit x - Int128.op_Implicit y: Int128)

            match Native.isFloating a.Raw, Native.isFloating b.Raw with
            | false, false -> Array.map2 exact (toLongs a) (toLongs b)
            | false, true -> Array.map2 apart (toLongs a) (toDoubles b)
            | true, false -> Array.map2 apart (toLongs b) (toDoubles a)
            | true, true -> Array.map2 (fun x y -> if x = y then 0.0 else x - y) (toDoubles a) (toDoubles b)
            |> Array.map abs

        /// Whether both have the same shape and |a - b| ≤ absolute + relative·|b| everywhere; NaN is close to nothing.
        let allclose (relative: float) (absolute: float) (a: Tensor) (b: Tensor) =
            Native.sameShape a.Raw b.Raw
            && Array.forall2
                (fun distance y -> distance = 0.0 || distance <= absolute + relative * abs y)
                (distances a b)
                (toDoubles b)
