namespace Functional.FSharp

open System
open System.Runtime.CompilerServices
open Functional
open Functional.FSharp.Wrapping

/// Normal numbers, whole and truncated.
[<AutoOpen>]
module RandomNormal =

    /// Normal numbers, whole and truncated.
    [<RequireQualifiedAccess>]
    module Random =

        // Elements 2i and 2i + 1 are a pair.
        [<MethodImpl(MethodImplOptions.NoInlining)>]
        let private fill32 (key: Key, into: Span<float32>) =
            for i in 0 .. (into.Length + 1) / 2 - 1 do
                let struct (first, second) = Drawing.normals (2 * i) key
                into[2 * i] <- float32 first

                if 2 * i + 1 < into.Length then
                    into[2 * i + 1] <- float32 second

        [<MethodImpl(MethodImplOptions.NoInlining)>]
        let private fill64 (key: Key, into: Span<float>) =
            for i in 0 .. (into.Length + 1) / 2 - 1 do
                let struct (first, second) = Drawing.normals (2 * i) key
                into[2 * i] <- first

                if 2 * i + 1 < into.Length then
                    into[2 * i + 1] <- second

        /// Normal with mean 0 and variance 1, of a floating-point dtype; the float32 numbers are the rounded float64 numbers, those
        /// of 16 bits the rounded float32 numbers.
        let normalOf (dtype: Dtype) (shape: int seq) (key: Key) =
            let raw = Drawing.floats "normal" dtype shape

            if dtype = Dtype.Float64 then
                fill64 (key, Native.span<float> raw)
            else
                fill32 (key, Native.span<float32> raw)

            Drawing.finished dtype raw

        /// Normal with mean 0 and variance 1, float32.
        let normal (shape: int seq) (key: Key) = normalOf Dtype.Float32 shape key

        /// Normal with mean 0 and variance 1, with the shape, dtype and device of x.
        let normalLike (x: Tensor) (key: Key) = normalOf x.Dtype x.Shape key |> beside x

        // The nearest number of a dtype, and its neighbours.
        let private nearest dtype (x: float) =
            match dtype with
            | Dtype.Float64 -> x
            | Dtype.Float16 -> float (Half.op_Explicit x: Half)
            | Dtype.BFloat16 ->
                let bits = BitConverter.SingleToUInt32Bits(float32 x)
                let rounded = (bits + 0x7FFFu + (bits >>> 16 &&& 1u)) &&& 0xFFFF0000u
                float (BitConverter.UInt32BitsToSingle rounded)
            | _ -> float (float32 x)

        // The next number of a dtype above one that it has.
        let private above dtype (x: float) =
            match dtype with
            | Dtype.Float64 -> Math.BitIncrement x
            | Dtype.Float16 -> float (Half.BitIncrement(Half.op_Explicit x))
            | Dtype.BFloat16 when x = 0.0 -> float (BitConverter.UInt32BitsToSingle 0x00010000u)
            | Dtype.BFloat16 ->
                let bits = BitConverter.SingleToUInt32Bits(float32 x)
                float (BitConverter.UInt32BitsToSingle(if x > 0.0 then bits + 0x10000u else bits - 0x10000u))
            | _ -> float (MathF.BitIncrement(float32 x))

        // The least and the greatest number of a dtype from `lower` to `upper`.
        let private within dtype (lower: float) (upper: float) =
            let low, high = nearest dtype lower, nearest dtype upper

            struct ((if low < lower then above dtype low else low),
                    (if high > upper then -(above dtype -high) else high))

        /// The standard normal distribution between two bounds, which may be infinite and far out; of a floating-point dtype.
        /// By the inverse of the distribution function: x grows with the uniform number it is made of.
        let truncatedNormalOf (dtype: Dtype) (lower: float) (upper: float) (shape: int seq) (key: Key) =
            let struct (low, high) = within dtype lower upper

            if not (lower < upper && low <= high && low < infinity && high > -infinity) then
                invalidArg
                    (nameof lower)
                    $"truncatedNormal: numbers of {dtype} lie between a lower and a greater upper bound, not {invariant lower} and {invariant upper}"

            let quantile = NormalTail.between lower upper
            Drawing.fill "truncatedNormal" dtype shape (fun i -> Math.Clamp(quantile (Drawing.inside i key), low, high))

        /// The standard normal distribution between two bounds, which may be infinite and far out; float32.
        let truncatedNormal (lower: float) (upper: float) (shape: int seq) (key: Key) =
            truncatedNormalOf Dtype.Float32 lower upper shape key
