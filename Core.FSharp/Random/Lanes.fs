/// Float32 uniforms eight at a time: the same bits as one by one.
module internal Functional.FSharp.Lanes

open System
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
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

let private first (key: Key) =
    let step i = key.Bits + golden * uint64 i
    Vector256.Create(step 1, step 2, step 3, step 4)

/// Fills with the uniforms of a key, as far as whole lanes go: how many were filled.
[<MethodImpl(MethodImplOptions.NoInlining)>]
let fill (key: Key, into: Span<float32>) : int =
    let next = Vector256.Create(golden * 4UL)
    let mutable at = first key
    let lanes = into.Length / 8
    let target = &MemoryMarshal.GetReference into

    for lane in 0 .. lanes - 1 do
        Vector256.StoreUnsafe(uniforms (mix at), &target, unativeint (8 * lane))
        at <- Vector256.Add(at, next)

    8 * lanes

/// 1 where the uniform of a key lies below the chance, else 0, as far as whole lanes go: how many were filled, or -1 where a
/// chance is not between 0 and 1.
[<MethodImpl(MethodImplOptions.NoInlining)>]
let hits (key: Key, chances: ReadOnlySpan<float32>, into: Span<float32>) : int =
    let next = Vector256.Create(golden * 4UL)
    let one, zero = Vector256.Create 1f, Vector256<float32>.Zero
    let mutable at = first key
    let mutable good = Vector256.Equals(zero, zero)
    let lanes = into.Length / 8
    let source = &MemoryMarshal.GetReference chances
    let target = &MemoryMarshal.GetReference into

    for lane in 0 .. lanes - 1 do
        let p = Vector256.LoadUnsafe(&source, unativeint (8 * lane))
        let inside = Vector256.BitwiseAnd(Vector256.GreaterThanOrEqual(p, zero), Vector256.LessThanOrEqual(p, one))
        good <- Vector256.BitwiseAnd(good, inside)
        let below = Vector256.LessThan(uniforms (mix at), p)
        Vector256.StoreUnsafe(Vector256.BitwiseAnd(below, one), &target, unativeint (8 * lane))
        at <- Vector256.Add(at, next)

    if Vector256.EqualsAll(good.AsInt32(), Vector256<int>.AllBitsSet) then
        8 * lanes
    else
        -1
