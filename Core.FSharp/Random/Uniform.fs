namespace Functional.FSharp

open System
open System.Runtime.CompilerServices
open Functional

/// Uniform numbers.
[<AutoOpen>]
module RandomUniform =

    /// Random tensors from keys, counter-based: element i depends on the key and on i alone, on any thread and in any order.
    [<RequireQualifiedAccess>]
    module Random =

        // A method of its own: inlined, the loop is compiled to slower code.
        [<MethodImpl(MethodImplOptions.NoInlining)>]
        let private fill32 (key: Key, into: Span<float32>) =
            let pairs = into.Length / 2

            // Whole lanes at once; what is left over one by one.
            for i in Lanes.fill (key, into) / 2 .. pairs - 1 do
                let bits = Key.bits i key
                into[2 * i] <- Drawing.first24 bits
                into[2 * i + 1] <- Drawing.second24 bits

            if into.Length % 2 = 1 then
                into[into.Length - 1] <- Drawing.first24 (Key.bits pairs key)

        /// Uniform on [0, 1): multiples of 2⁻²⁴ in float32, of 2⁻⁵³ in float64.
        let uniformOf (dtype: Dtype) (shape: int seq) (key: Key) =
            if dtype = Dtype.Float32 then
                let raw = Drawing.floats "uniform" dtype shape
                fill32 (key, Native.span<float32> raw)
                GC.KeepAlive raw
                Tensor.Of raw
            else
                Drawing.fill "uniform" dtype shape (fun i -> Drawing.unit i key)

        /// Uniform on [0, 1), float32.
        let uniform (shape: int seq) (key: Key) = uniformOf Dtype.Float32 shape key

        /// 0 where `uniform shape key` lies below the rate, else what is kept; float32.
        let internal mask (rate: float) (kept: float) (shape: int seq) (key: Key) =
            let raw = Drawing.floats "mask" Dtype.Float32 shape
            let into = Native.span<float32> raw
            let rate, kept = float32 rate, float32 kept

            for i in Lanes.keep (key, rate, kept, into) .. into.Length - 1 do
                let bits = Key.bits (i / 2) key
                let drawn = if i % 2 = 0 then Drawing.first24 bits else Drawing.second24 bits
                into[i] <- if drawn >= rate then kept else 0f

            GC.KeepAlive raw
            Tensor.Of raw
