namespace Functional.FSharp

open System
open System.Runtime.CompilerServices
open Functional
open Functional.FSharp.Wrapping

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

        // Rounded down, so that none becomes 1.
        let private coarsen (cells: float32, into: Span<float32>) =
            for i in 0 .. into.Length - 1 do
                into[i] <- MathF.Floor(into[i] * cells) / cells

        /// Uniform on [0, 1): multiples of 2⁻²⁴ in float32, of 2⁻⁵³ in float64, of 2⁻¹¹ in float16, of 2⁻⁸ in bfloat16, which
        /// are the float32 numbers rounded down.
        let uniformOf (dtype: Dtype) (shape: int seq) (key: Key) =
            if dtype = Dtype.Float64 then
                Drawing.fill "uniform" dtype shape (fun i -> Drawing.unit i key)
            else
                let raw = Drawing.floats "uniform" dtype shape
                fill32 (key, Native.span<float32> raw)

                match dtype with
                | Dtype.Float16 -> coarsen (2048f, Native.span<float32> raw)
                | Dtype.BFloat16 -> coarsen (256f, Native.span<float32> raw)
                | _ -> ()

                Drawing.finished dtype raw

        /// Uniform on [0, 1), float32.
        let uniform (shape: int seq) (key: Key) = uniformOf Dtype.Float32 shape key

        /// Uniform on [0, 1), with the shape, dtype and device of x.
        let uniformLike (x: Tensor) (key: Key) = uniformOf x.Dtype x.Shape key |> beside x

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
