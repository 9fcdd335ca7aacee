/// Means of columns. libtorch's reduction over rows sets up more than it adds.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Columns

open System
open System.Numerics
open System.Runtime.InteropServices
open TorchSharp

// Longer sums lose what libtorch's, which adds by pairs, keeps.
let private most = 1024L

/// Whether `mean` serves this tensor: a matrix of few rows of float32 without a graph that lies in order on the CPU.
let serves (a: torch.Tensor) =
    isNull Tally.Current
    && Native.rank a = 2
    && Native.size a 0 <= most
    && Native.dtype a = torch.ScalarType.Float32
    && Native.isOnCpu a
    && Native.isContiguous a
    && not (Native.requiresGrad a)

let private add (sums: Span<Vector<float32>>, row: ReadOnlySpan<Vector<float32>>) =
    for i in 0 .. row.Length - 1 do
        sums[i] <- sums[i] + row[i]

let private scale (sums: Span<Vector<float32>>, factor: float32) =
    for i in 0 .. sums.Length - 1 do
        sums[i] <- sums[i] * factor

/// The mean of each column, added from the first row to the last: [n; columns] -> [columns].
let mean (a: torch.Tensor) : torch.Tensor =
    let rows, columns = int (Native.size a 0), int (Native.size a 1)
    let out = Ops.zeros [| int64 columns |] torch.ScalarType.Float32
    let source: ReadOnlySpan<float32> = Span.op_Implicit (Native.span<float32> a)
    let sums = Native.span<float32> out
    let whole = columns / Vector<float32>.Count * Vector<float32>.Count
    let lanes = MemoryMarshal.Cast<float32, Vector<float32>>(sums.Slice(0, whole))

    for r in 0 .. rows - 1 do
        let row = source.Slice(r * columns, columns)
        add (lanes, MemoryMarshal.Cast<float32, Vector<float32>>(row.Slice(0, whole)))

        for c in whole .. columns - 1 do
            sums[c] <- sums[c] + row[c]

    let factor = 1f / float32 rows
    scale (lanes, factor)

    for c in whole .. columns - 1 do
        sums[c] <- sums[c] * factor

    GC.KeepAlive a
    GC.KeepAlive out
    out
