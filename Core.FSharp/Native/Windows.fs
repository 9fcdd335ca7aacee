/// Where the largest number of each 2 × 2 window is. libtorch's max pooling takes four times as long to find it.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Windows

open System
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open System.Runtime.Intrinsics.X86
open TorchSharp

/// Whether `largest` serves this tensor of images on this machine.
let serves (images: torch.Tensor) =
    Sse41.IsSupported
    && Native.dtype images = torch.ScalarType.Float32
    && (Native.device images).``type`` = DeviceType.CPU
    && Native.isContiguous images
    && Native.count images <= int64 Int32.MaxValue

// The place in its image of the larger of what was found and a candidate; NaN counts as larger, the first of equals stays.
let inline private better (found: byref<Vector128<float32>>) (at: byref<Vector128<int>>) candidate place =
    let larger = Sse.Or(Sse.CompareGreaterThan(candidate, found), Sse.CompareUnordered(candidate, candidate))
    found <- Sse41.BlendVariable(found, candidate, larger)
    at <- Sse41.BlendVariable(at, Vector128.Create(place: int), larger.AsInt32())

let private scan (images: ReadOnlySpan<float32>, count: int, height: int, width: int, places: Span<int64>) =
    let rows, columns = height / 2, width / 2
    let source = &MemoryMarshal.GetReference images
    let steps = Vector128.Create(0, 2, 4, 6)

    for image in 0 .. count - 1 do
        for row in 0 .. rows - 1 do
            let corner = 2 * row * width
            let above = image * height * width + corner
            let below = above + width
            let target = (image * rows + row) * columns
            let mutable column = 0

            while column + 4 <= columns do
                let a0 = Vector128.LoadUnsafe(&source, unativeint (above + 2 * column))
                let a1 = Vector128.LoadUnsafe(&source, unativeint (above + 2 * column + 4))
                let b0 = Vector128.LoadUnsafe(&source, unativeint (below + 2 * column))
                let b1 = Vector128.LoadUnsafe(&source, unativeint (below + 2 * column + 4))
                let mutable found = Sse.Shuffle(a0, a1, 0b10001000uy)
                let mutable at = Vector128<int>.Zero
                better &found &at (Sse.Shuffle(a0, a1, 0b11011101uy)) 1
                better &found &at (Sse.Shuffle(b0, b1, 0b10001000uy)) width
                better &found &at (Sse.Shuffle(b0, b1, 0b11011101uy)) (width + 1)
                let at = at + steps + Vector128.Create(corner + 2 * column)

                for lane in 0..3 do
                    places[target + column + lane] <- int64 (at.GetElement lane)

                column <- column + 4

            while column < columns do
                let mutable place = 0

                for corner in 1..3 do
                    let offset = corner / 2 * width + corner % 2
                    let candidate, found = images[above + 2 * column + offset], images[above + 2 * column + place]

                    if candidate > found || Single.IsNaN candidate then
                        place <- offset

                places[target + column] <- int64 (corner + 2 * column + place)
                column <- column + 1

// So many numbers are worth a thread of their own.
let private piece = 32768

/// The place of the largest number of each 2 × 2 window in its image, counted row by row: [n; c; h; w] -> int64 [n·c; ⌊h/2⌋·⌊w/2⌋].
let largest (images: torch.Tensor) : torch.Tensor =
    let shape = Native.shape images
    let count, height, width = int (shape[0] * shape[1]), int shape[2], int shape[3]
    let windows = (height / 2) * (width / 2)
    let places = Ops.empty [| int64 count; int64 windows |] torch.ScalarType.Int64
    use constant = Ops.detach images
    let each = max 1 (piece / max 1 (height * width))

    Team.share ((count + each - 1) / each) (fun i ->
        let first = each * i
        let some = min each (count - first)

        scan (
            Span.op_Implicit ((Native.span<float32> constant).Slice(first * height * width, some * height * width)),
            some,
            height,
            width,
            (Native.span<int64> places).Slice(first * windows, some * windows)
        ))

    GC.KeepAlive constant
    GC.KeepAlive places
    places
