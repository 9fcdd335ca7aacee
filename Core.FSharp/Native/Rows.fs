/// Samples picked out of a tensor, one after the other. libtorch's own gathering sets up an iterator for each.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Rows

#nowarn "9" // pointers into tensors on the CPU, which the garbage collector does not move

open System
open Microsoft.FSharp.NativeInterop
open TorchSharp

// So many bytes are worth a thread of their own.
let private piece = 1L <<< 16

/// Whether `gather` serves this tensor: numbers without a graph that lie in order on the CPU.
let serves (a: torch.Tensor) =
    isNull Tally.Current && Native.isOnCpu a && Native.isContiguous a && not (Native.requiresGrad a)

/// The rows of these places along the first axis: [n; …] -> [places; …]. A place that is not there is refused.
let gather (places: int[]) (a: torch.Tensor) : torch.Tensor =
    let shape = Native.shape a
    let rows = shape[0]

    for place in places do
        if int64 place < 0L || int64 place >= rows then
            raise (ArgumentException $"there is no sample {place} of {Native.describe a}")

    let out = Ops.empty (Array.append [| places.LongLength |] shape[1..]) (Native.dtype a)
    let size = Native.bytes a / rows

    if size > 0L && places.Length > 0 then
        let struct (source, _) = Native.range a
        let struct (target, _) = Native.range out
        let each = int (max 1L (piece / size))

        let at (start: nativeint) (row: int64) =
            NativePtr.toVoidPtr (NativePtr.ofNativeInt<byte>(start + nativeint (size * row)))

        Team.share ((places.Length + each - 1) / each) (fun part ->
            for i in each * part .. min places.Length (each * (part + 1)) - 1 do
                Buffer.MemoryCopy(at source (int64 places[i]), at target (int64 i), size, size))

        GC.KeepAlive a

    out
