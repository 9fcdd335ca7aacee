/// Float32 uniforms eight at a time: the same bits as one by one.
module internal Functional.FSharp.Lanes

#nowarn "9" // pointers into tensors

open System
open System.Threading
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open Microsoft.FSharp.NativeInterop
open Functional

// The sequence numbers of four neighbouring 64-bit numbers of a key, and what is added from four to the next four.
let private golden = 0x9e3779b97f4a7c15UL

[<MethodImpl(MethodImplOptions.AggressiveInlining)>]
let private shift (z: Vector256<uint64>) (by: int) = Vector256.Xor(z, Vector256.ShiftRightLogical(z, by))

// SplitMix64's output function, as in Key.mix.
[<MethodImpl(MethodImplOptions.AggressiveInlining)>]
let private mix (z: Vector256<uint64>) =
    let z = Vector256.Multiply(shift z 30, 0xbf58476d1ce4e5b9UL)
    shift (Vector256.Multiply(shift z 27, 0x94d049bb133111ebUL)) 31

// Of each 64-bit number first the upper 24 bits, then the upper 24 of its lower half, in [0, 1).
[<MethodImpl(MethodImplOptions.AggressiveInlining)>]
let private uniforms (z: Vector256<uint64>) =
    let halves = Vector256.BitwiseOr(Vector256.ShiftRightLogical(z, 32), Vector256.ShiftLeft(z, 32))
    let whole = Vector256.ShiftRightLogical(halves.AsUInt32(), 8)
    Vector256.Multiply(Vector256.ConvertToSingle(whole.AsInt32()), Drawing.unit24)

// The first four 64-bit numbers from a place on, of which each makes two floats.
let private first (key: Key) (at: int) =
    let step i = key.Bits + golden * uint64 (at / 2 + i)
    Vector256.Create(step 1, step 2, step 3, step 4)

// So many numbers are worth a thread of their own; a multiple of a lane.
let private piece = 16384

// Whole lanes are shared out. Each number depends on its place alone, so it does not matter who makes it.
let private share (length: int) (part: int -> int -> unit) =
    if length < 2 * piece then
        part 0 length
    else
        Team.share ((length + piece - 1) / piece) (fun i -> part (piece * i) (min piece (length - piece * i)))

[<MethodImpl(MethodImplOptions.NoInlining)>]
let private fillPart (key: Key, start: int, length: int, into: nativeptr<float32>) =
    let next = Vector256.Create(golden * 4UL)
    let mutable at = first key start

    for lane in 0 .. length / 8 - 1 do
        Vector256.Store(uniforms (mix at), NativePtr.add into (start + 8 * lane))
        at <- Vector256.Add(at, next)

[<MethodImpl(MethodImplOptions.NoInlining)>]
let private keepPart (key: Key, start: int, length: int, rate: float32, kept: float32, into: nativeptr<float32>) =
    let next = Vector256.Create(golden * 4UL)
    let rate, kept = Vector256.Create rate, Vector256.Create kept
    let mutable at = first key start

    for lane in 0 .. length / 8 - 1 do
        let above = Vector256.GreaterThanOrEqual(uniforms (mix at), rate)
        Vector256.Store(Vector256.BitwiseAnd(above, kept), NativePtr.add into (start + 8 * lane))
        at <- Vector256.Add(at, next)

[<MethodImpl(MethodImplOptions.NoInlining)>]
let private hitPart (key: Key, start: int, length: int, chances: nativeptr<float32>, into: nativeptr<float32>) : bool =
    let next = Vector256.Create(golden * 4UL)
    let one, zero = Vector256.Create 1f, Vector256<float32>.Zero
    let mutable at = first key start
    let mutable good = Vector256.Equals(zero, zero)

    for lane in 0 .. length / 8 - 1 do
        let p = Vector256.Load(NativePtr.add chances (start + 8 * lane))
        let inside = Vector256.BitwiseAnd(Vector256.GreaterThanOrEqual(p, zero), Vector256.LessThanOrEqual(p, one))
        good <- Vector256.BitwiseAnd(good, inside)
        let below = Vector256.LessThan(uniforms (mix at), p)
        Vector256.Store(Vector256.BitwiseAnd(below, one), NativePtr.add into (start + 8 * lane))
        at <- Vector256.Add(at, next)

    Vector256.EqualsAll(good.AsInt32(), Vector256<int>.AllBitsSet)

// Of a tensor, which the garbage collector does not move.
let private address (numbers: ReadOnlySpan<float32>) : nativeint =
    NativePtr.toNativeInt (NativePtr.ofVoidPtr<float32>(Unsafe.AsPointer(&MemoryMarshal.GetReference numbers)))

/// Fills numbers of a tensor with the uniforms of a key, as far as whole lanes go: how many were filled.
let fill (key: Key, into: Span<float32>) : int =
    let length, into = into.Length / 8 * 8, address (Span.op_Implicit into)
    share length (fun start count -> fillPart (key, start, count, NativePtr.ofNativeInt into))
    length

/// 0 where the uniform of a key lies below the rate, else what is kept, as far as whole lanes go: how many were filled.
let keep (key: Key, rate: float32, kept: float32, into: Span<float32>) : int =
    let length, into = into.Length / 8 * 8, address (Span.op_Implicit into)
    share length (fun start count -> keepPart (key, start, count, rate, kept, NativePtr.ofNativeInt into))
    length

/// 1 where the uniform of a key lies below the chance, else 0, both of tensors, as far as whole lanes go: how many were filled,
/// or -1 where a chance is not between 0 and 1.
let hits (key: Key, chances: ReadOnlySpan<float32>, into: Span<float32>) : int =
    let length, chances, into = into.Length / 8 * 8, address chances, address (Span.op_Implicit into)
    let bad = [| 0 |]

    share length (fun start count ->
        if not (hitPart (key, start, count, NativePtr.ofNativeInt chances, NativePtr.ofNativeInt into)) then
            Volatile.Write(&bad[0], 1))

    if Volatile.Read(&bad[0]) = 0 then length else -1
