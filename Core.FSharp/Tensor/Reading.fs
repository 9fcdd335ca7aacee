namespace Functional.FSharp

open System
open TorchSharp
open Functional
open Functional.FSharp.Wrapping

/// The numbers of tensors, and comparisons of whole tensors.
[<AutoOpen>]
module TensorReading =

    /// The numbers of tensors, and comparisons of whole tensors.
    [<RequireQualifiedAccess>]
    module Tensor =

        let private values<'a when 'a: struct and 'a: (new: unit -> 'a) and 'a :> ValueType> dtype (x: Tensor) : 'a[] =
            use detached = Ops.detach x.Raw
            use here = Ops.cpu detached
            use typed = Ops.cast dtype here
            use flat = Ops.contiguous typed
            let result = Native.span<'a>(flat).ToArray()
            GC.KeepAlive flat
            result

        /// The elements as float32, the last axis running fastest.
        let toArray (x: Tensor) : float32[] = values torch.ScalarType.Float32 x

        /// The elements as float64, the last axis running fastest.
        let toDoubles (x: Tensor) : float[] = values torch.ScalarType.Float64 x

        /// The elements as int64, the last axis running fastest.
        let toLongs (x: Tensor) : int64[] = values torch.ScalarType.Int64 x

        /// The elements as bytes, the last axis running fastest.
        let toBytes (x: Tensor) : byte[] = values torch.ScalarType.Byte x

        /// The single element of a tensor.
        let toFloat (x: Tensor) : float =
            if Native.count x.Raw <> 1L then
                invalidArg
                    (nameof x)
                    $"toFloat reads one element, but the tensor has shape {Native.showShape (Native.shape x.Raw)}"

            (toDoubles x)[0]

        /// The same numbers in another dtype.
        let cast (dtype: Dtype) (x: Tensor) = lift (Ops.cast (native dtype)) x

        /// The same numbers on another device; an ArgumentException if this machine does not have it.
        let move (device: Device) (x: Tensor) =
            let place =
                try
                    torch.device (device.Kind, device.Index)
                with :? InvalidOperationException as error ->
                    let reason = error.Message.Split('\n')[0]

                    raise (
                        ArgumentException($"move: this machine has no device {device}: {reason}", nameof device, error)
                    )

            lift (Ops.move place) x

        /// Takes a tensor out of every scope: it lives as long as the program refers to it.
        let keep (x: Tensor) = Scope.keep x

        /// The same numbers, constant: nothing is differentiated through them.
        let stopGradient (x: Tensor) = lift Ops.detach x

        let internal bits (x: Tensor) : byte[] =
            use detached = Ops.detach x.Raw
            use here = Ops.cpu detached
            use flat = Ops.contiguous here
            let result = flat.bytes.ToArray()
            GC.KeepAlive flat
            result

        /// Whether both have the same shape, the same dtype and the same bits.
        let equal (a: Tensor) (b: Tensor) =
            a.Dtype = b.Dtype && Native.sameShape a.Raw b.Raw && (bits a).AsSpan().SequenceEqual(bits b)

        /// Whether both have the same shape and |a - b| ≤ absolute + relative·|b| everywhere.
        let allclose (relative: float) (absolute: float) (a: Tensor) (b: Tensor) =
            Native.sameShape a.Raw b.Raw
            && Array.forall2
                (fun x y -> x = y || abs (x - y) <= absolute + relative * abs y)
                (toDoubles a)
                (toDoubles b)
