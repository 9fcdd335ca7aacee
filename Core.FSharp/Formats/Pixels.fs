/// Grey values of bytes between 0 and 1.
module internal Functional.FSharp.Pixels

open System
open Functional

// What libtorch makes of each byte divided by 255, in float32.
let private levels =
    lazy
        (Scope.value (fun () ->
            Tensor.toArray (Tensor.cast Dtype.Float32 (Tensor.ofBytes [ 256 ] [| 0uy .. 255uy |]) / 255.0)))

/// Bytes divided by 255.
let scale (bytes: ReadOnlySpan<byte>) (target: Span<float32>) : unit =
    let levels = levels.Value

    for i in 0 .. bytes.Length - 1 do
        target[i] <- levels[int bytes[i]]

/// A contiguous tensor of bytes divided by 255: float32 of the same shape, made without a third tensor between.
let ofBytes (x: Tensor) : Tensor =
    let raw = Ops.empty (Native.shape x.Raw) TorchSharp.torch.ScalarType.Float32
    let scaled = Tensor.Of raw
    let most = 1 <<< 28

    for struct (_, source), struct (_, target) in Seq.zip (Elements.parts most x.Raw) (Elements.parts most raw) do
        scale (Span.op_Implicit (Native.span<byte> source)) (Native.span<float32> target)
        GC.KeepAlive source
        GC.KeepAlive target

    scaled
