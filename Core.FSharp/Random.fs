namespace Functional.FSharp

open System
open TorchSharp
open Functional

/// Random tensors from keys, counter-based: element i depends on the key and on i alone, on any thread and in any order.
[<RequireQualifiedAccess>]
module Random =

    // 24 bits make a float32 in [0, 1); each 64-bit number gives two of them.
    let private unit24 = 1.0f / float32 (1 <<< 24)
    let private unit53 = 1.0 / float (1L <<< 53)

    let private fillUniform (key: Key, into: Span<float32>) =
        let pairs = into.Length / 2

        for i in 0 .. pairs - 1 do
            let bits = Key.bits i key
            into[2 * i] <- float32 (uint32 (bits >>> 40)) * unit24
            into[2 * i + 1] <- float32 (uint32 bits >>> 8) * unit24

        if into.Length % 2 = 1 then
            into[into.Length - 1] <- float32 (uint32 (Key.bits pairs key >>> 40)) * unit24

    // Box and Muller (1958): a pair of independent normals from two uniforms; 1 - u keeps the logarithm finite.
    let private fillNormal (key: Key, into: Span<float32>) =
        let pairs = (into.Length + 1) / 2

        for i in 0 .. pairs - 1 do
            let u = float (Key.bits (2 * i) key >>> 11) * unit53
            let v = float (Key.bits (2 * i + 1) key >>> 11) * unit53
            let radius = sqrt (-2.0 * log (1.0 - u))
            let struct (sin, cos) = Math.SinCos(2.0 * Math.PI * v)
            into[2 * i] <- float32 (radius * cos)

            if 2 * i + 1 < into.Length then
                into[2 * i + 1] <- float32 (radius * sin)

    let private empty (shape: int seq) =
        Loader.ensure ()
        Ops.empty (shape |> Seq.map int64 |> Seq.toArray) torch.ScalarType.Float32

    /// Uniform on [0, 1), float32.
    let uniform (shape: int seq) (key: Key) =
        let raw = empty shape
        fillUniform (key, Native.span<float32> raw)
        GC.KeepAlive raw
        Tensor.Of raw

    /// Normal with mean 0 and variance 1, float32.
    let normal (shape: int seq) (key: Key) =
        let raw = empty shape
        fillNormal (key, Native.span<float32> raw)
        GC.KeepAlive raw
        Tensor.Of raw

    /// 1 with this probability, else 0; float32.
    let bernoulli (probability: float) (shape: int seq) (key: Key) =
        if not (probability >= 0.0 && probability <= 1.0) then
            invalidArg (nameof probability) $"a probability is between 0 and 1, not {probability}"

        uniform shape key |> fun u -> Tensor.Of(Ops.ltScalar u.Raw probability) |> Tensor.cast Dtype.Float32

    /// A whole number in [0, bound), the i-th of a key; each equally likely to 1 part in 2⁶⁴/bound.
    let internal below (bound: int) (i: int) (key: Key) =
        (let mutable low = 0UL in int (Math.BigMul(Key.bits i key, uint64 bound, &low)))

    /// 0, 1, …, count - 1 in random order, each order equally likely (Fisher and Yates).
    let permutation (count: int) (key: Key) : int[] =
        let order = Array.init count id

        for i in count - 1 .. -1 .. 1 do
            let j = below (i + 1) i key
            let moved = order[i]
            order[i] <- order[j]
            order[j] <- moved

        order
