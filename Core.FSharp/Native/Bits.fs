/// Zeros and ones of float32 packed into words of 32 bits.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Bits

#nowarn "9" // pointers into tensors on the CPU, which the garbage collector does not move

open System.Runtime.CompilerServices
open System.Runtime.Intrinsics
open Microsoft.FSharp.NativeInterop

/// Bits of a word.
let perWord = 32

/// The words that hold so many bits.
let wordsOf (bits: int) = (bits + perWord - 1) / perWord

[<MethodImpl(MethodImplOptions.AggressiveInlining)>]
let private isBit (x: Vector256<float32>) (isOne: Vector256<float32>) =
    Vector256.BitwiseOr(isOne, Vector256.Equals(x, Vector256<float32>.Zero))

let private all (mask: Vector256<float32>) = Vector256.EqualsAll(mask.AsInt32(), Vector256<int>.AllBitsSet)

/// Word g of each row at words[g·rows + row]: bit i is column 32·g + i. False where a number is neither 0 nor 1.
[<MethodImpl(MethodImplOptions.AggressiveOptimization)>]
let packRows (x: nativeptr<float32>, rows: int, columns: int, words: nativeptr<uint32>) : bool =
    let whole = columns / perWord
    let mutable good = true
    let mutable r = 0

    while good && r < rows do
        let row = NativePtr.add x (r * columns)
        let mutable seen = Vector256<float32>.AllBitsSet

        for g in 0 .. whole - 1 do
            let mutable word = 0u

            for q in 0..3 do
                let eight = Vector256.Load(NativePtr.add row (perWord * g + 8 * q))
                let isOne = Vector256.Equals(eight, Vector256.Create 1f)
                seen <- Vector256.BitwiseAnd(seen, isBit eight isOne)
                word <- word ||| (Vector256.ExtractMostSignificantBits isOne <<< (8 * q))

            NativePtr.set words (g * rows + r) word

        if perWord * whole < columns then
            let mutable word = 0u

            for i in 0 .. columns - perWord * whole - 1 do
                let number = NativePtr.get row (perWord * whole + i)
                good <- good && (number = 0f || number = 1f)
                word <- word ||| (if number = 1f then 1u <<< i else 0u)

            NativePtr.set words (whole * rows + r) word

        good <- good && all seen
        r <- r + 1

    good

/// Whether all numbers are 0 or 1.
[<MethodImpl(MethodImplOptions.AggressiveOptimization)>]
let are (x: nativeptr<float32>, count: int) : bool =
    let mutable seen = Vector256<float32>.AllBitsSet
    let mutable i = 0

    while i + 8 <= count do
        let eight = Vector256.Load(NativePtr.add x i)
        seen <- Vector256.BitwiseAnd(seen, isBit eight (Vector256.Equals(eight, Vector256.Create 1f)))
        i <- i + 8

    let mutable good = all seen

    while i < count do
        let number = NativePtr.get x i
        good <- good && (number = 0f || number = 1f)
        i <- i + 1

    good
