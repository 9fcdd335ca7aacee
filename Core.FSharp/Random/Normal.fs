namespace Functional.FSharp

open System
open System.Runtime.CompilerServices
open Functional

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

        /// Normal with mean 0 and variance 1, float32 or float64; the float32 numbers are the rounded float64 numbers.
        let normalOf (dtype: Dtype) (shape: int seq) (key: Key) =
            let raw = Drawing.floats "normal" dtype shape

            if dtype = Dtype.Float64 then
                fill64 (key, Native.span<float> raw)
            else
                fill32 (key, Native.span<float32> raw)

            GC.KeepAlive raw
            Tensor.Of raw

        /// Normal with mean 0 and variance 1, float32.
        let normal (shape: int seq) (key: Key) = normalOf Dtype.Float32 shape key

        // The least and the greatest number of a dtype from `lower` to `upper`.
        let private within dtype (lower: float) (upper: float) =
            if dtype = Dtype.Float64 then
                struct (lower, upper)
            else
                let low, high = float32 lower, float32 upper

                struct (float (if float low < lower then MathF.BitIncrement low else low),
                        float (if float high > upper then MathF.BitDecrement high else high))

        /// The standard normal distribution between two bounds, which may be infinite and far out; float32 or float64.
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
