/// Σ softplus(u) where σ(u) is known already. libtorch takes an exponential and a logarithm of every number.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Softplus

open System
open System.Numerics
open System.Runtime.InteropServices
open TorchSharp

/// Whether `sum` serves this tensor: numbers without a graph that lie in order on the CPU.
let serves (a: torch.Tensor) =
    Native.dtype a = torch.ScalarType.Float32
    && Native.isOnCpu a
    && Native.isContiguous a
    && not (Native.requiresGrad a)
    && isNull Tally.Current

// A product of so many numbers from ½ to 1 is far from float32's smallest number.
let private together = 64

// ln of the product of the lanes.
let private log (product: Vector<float32>) =
    let mutable sum = 0.0

    for lane in 0 .. Vector<float32>.Count - 1 do
        sum <- sum + Math.Log(float product[lane])

    sum

// softplus(u) = max(u, 0) - ln max(σ, 1 - σ): the logarithm of a product stands for many.
let private vectors (u: ReadOnlySpan<Vector<float32>>, sigmoid: ReadOnlySpan<Vector<float32>>) =
    let mutable total = 0.0
    let mutable at = 0

    while at < u.Length do
        let next = min u.Length (at + together)
        let mutable positive = Vector<float32>.Zero
        let mutable product = Vector<float32>.One

        for i in at .. next - 1 do
            positive <- positive + Vector.Max(u[i], Vector<float32>.Zero)
            product <- product * Vector.Max(sigmoid[i], Vector<float32>.One - sigmoid[i])

        total <- total + float (Vector.Sum positive) - log product
        at <- next

    total

// So many numbers are summed in one piece, a multiple of all vectors: what the sum rounds to depends on them alone.
let private piece = 16384

let private part (u: torch.Tensor) (sigmoid: torch.Tensor) (start: int) : float =
    let inputs: ReadOnlySpan<float32> = Span.op_Implicit (Native.span<float32> u)
    let means: ReadOnlySpan<float32> = Span.op_Implicit (Native.span<float32> sigmoid)
    let length = min piece (inputs.Length - start)
    let inputs = inputs.Slice(start, length)
    let means = means.Slice(start, length)

    let mutable total =
        vectors (
            MemoryMarshal.Cast<float32, Vector<float32>> inputs,
            MemoryMarshal.Cast<float32, Vector<float32>> means
        )

    for i in length / Vector<float32>.Count * Vector<float32>.Count .. length - 1 do
        let p = float means[i]
        total <- total + float (max inputs[i] 0f) - Math.Log(max p (1.0 - p))

    total

/// The sum over all numbers u, given σ(u). NaN stays NaN.
let sum (u: torch.Tensor) (sigmoid: torch.Tensor) : float =
    let parts = Array.zeroCreate (int ((Native.count u + int64 piece - 1L) / int64 piece))
    Team.share parts.Length (fun i -> parts[i] <- part u sigmoid (piece * i))
    GC.KeepAlive u
    GC.KeepAlive sigmoid
    Array.sum parts
