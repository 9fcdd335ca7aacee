/// Adam in place on a parameter of few numbers. Up to some ten thousand of them, calling libtorch's fused kernel takes longer
/// than its work.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.SmallAdam

open System
open System.Numerics
open System.Runtime.InteropServices
open TorchSharp

/// Up to so many numbers, this form is the faster one.
let limit = 16384L

/// What a step needs: Adam's constants, its rate without the bias of m, 1/√(1 - β₂ᵗ), and what decay leaves of a parameter.
[<Struct>]
type Constants =
    {
        Beta1: float
        Beta2: float
        Epsilon: float
        Size: float
        Root: float
        Kept: float
    }

/// The constants of a step (from 0) without decay.
let constants (beta1: float) (beta2: float) (epsilon: float) (rate: float) (step: int) : Constants =
    {
        Beta1 = beta1
        Beta2 = beta2
        Epsilon = epsilon
        Size = rate / (1.0 - beta1 ** (float step + 1.0))
        Root = 1.0 / sqrt (1.0 - beta2 ** (float step + 1.0))
        Kept = 1.0
    }

// The numbers of a step, each filling a vector.
[<Struct>]
type private Filled<'a when 'a: struct and 'a: (new: unit -> 'a) and 'a :> ValueType> =
    {
        B1: Vector<'a>
        Rest1: Vector<'a>
        B2: Vector<'a>
        Rest2: Vector<'a>
        Kept: Vector<'a>
        Size: Vector<'a>
        Root: Vector<'a>
        Smallest: Vector<'a>
    }

let private fill (number: float -> 'a) (c: Constants) : Filled<'a> =
    let all (x: float) = Vector<'a>(number x)

    {
        B1 = all c.Beta1
        Rest1 = all (1.0 - c.Beta1)
        B2 = all c.Beta2
        Rest2 = all (1.0 - c.Beta2)
        Kept = all c.Kept
        Size = all c.Size
        Root = all c.Root
        Smallest = all c.Epsilon
    }

// m ← β₁m + (1-β₁)g, v ← β₂v + (1-β₂)g², p ← kept·p - rate·m̂/(√v̂ + ε)
let private vectors
    (c: Filled<'a>, ps: Span<Vector<'a>>, gs: Span<Vector<'a>>, ms: Span<Vector<'a>>, vs: Span<Vector<'a>>)
    =
    for i in 0 .. ps.Length - 1 do
        let gradient: Vector<'a> = gs[i]
        let first: Vector<'a> = c.B1 * ms[i] + c.Rest1 * gradient
        let second: Vector<'a> = c.B2 * vs[i] + c.Rest2 * (gradient * gradient)
        ms[i] <- first
        vs[i] <- second
        let direction: Vector<'a> = first / (c.Root * Vector.SquareRoot second + c.Smallest)
        ps[i] <- c.Kept * ps[i] - c.Size * direction

// What is left of a buffer after its whole vectors, in a vector of its own.
let private rest (whole: int, numbers: Span<'a>) : Vector<'a>[] =
    let padded = Array.zeroCreate<Vector<'a>> 1
    numbers.Slice(whole).CopyTo(MemoryMarshal.Cast<Vector<'a>, 'a>(Span padded))
    padded

let private restore (whole: int, padded: Vector<'a>[], numbers: Span<'a>) =
    MemoryMarshal.Cast<Vector<'a>, 'a>(Span padded).Slice(0, numbers.Length - whole).CopyTo(numbers.Slice whole)

let private cast (numbers: Span<'a>) : Span<Vector<'a>> = MemoryMarshal.Cast<'a, Vector<'a>> numbers

let private move (c: Filled<'a>, p: Span<'a>, g: Span<'a>, m: Span<'a>, v: Span<'a>) =
    vectors (c, cast p, cast g, cast m, cast v)
    let whole = p.Length / Vector<'a>.Count * Vector<'a>.Count

    if whole < p.Length then
        let lastP, lastM, lastV = rest (whole, p), rest (whole, m), rest (whole, v)
        vectors (c, Span lastP, Span(rest (whole, g)), Span lastM, Span lastV)
        restore (whole, lastP, p)
        restore (whole, lastM, m)
        restore (whole, lastV, v)

/// One step for a parameter, its gradient and its memory: contiguous tensors on the CPU, of one shape and floating dtype.
let update (constants: Constants) (p: torch.Tensor) (g: torch.Tensor) (m: torch.Tensor) (v: torch.Tensor) =
    if Native.dtype p = torch.ScalarType.Float32 then
        let c = fill float32 constants
        move (c, Native.span<float32> p, Native.span<float32> g, Native.span<float32> m, Native.span<float32> v)
    else
        let c = fill id constants
        move (c, Native.span<float> p, Native.span<float> g, Native.span<float> m, Native.span<float> v)

    GC.KeepAlive p
    GC.KeepAlive g
    GC.KeepAlive m
    GC.KeepAlive v
