/// Sums that tell damaged bytes from sound ones: CRC-32 (ISO 3309), which gzip, zip and PNG carry, and CRC-32C (Castagnoli),
/// which processors compute.
module internal Functional.FSharp.Checksum

open System
open System.IO
open System.Numerics
open System.Runtime.InteropServices

// Row k of eight has the sum of each byte with k bytes of zero behind it, so that eight bytes are summed at a time.
let private table =
    let step (sum: uint32) = if sum &&& 1u = 1u then 0xedb88320u ^^^ (sum >>> 1) else sum >>> 1
    let rows = Array.zeroCreate<uint32>(8 * 256)

    for byte in 0..255 do
        rows[byte] <- Seq.fold (fun sum _ -> step sum) (uint32 byte) (seq { 1..8 })

    for at in 256 .. rows.Length - 1 do
        rows[at] <- (rows[at - 256] >>> 8) ^^^ rows[int (rows[at - 256] &&& 0xffu)]

    rows

/// The CRC-32 of what has the sum `before` and of these bytes behind it; that of no bytes is 0.
let crc32 (before: uint32) (bytes: ReadOnlySpan<byte>) : uint32 =
    let table = table
    let mutable sum = ~~~before
    let words = MemoryMarshal.Cast<byte, uint64> bytes

    for i in 0 .. words.Length - 1 do
        let word = words[i] ^^^ uint64 sum

        sum <-
            table[7 * 256 + int (word &&& 0xffUL)]
            ^^^ table[6 * 256 + int (word >>> 8 &&& 0xffUL)]
            ^^^ table[5 * 256 + int (word >>> 16 &&& 0xffUL)]
            ^^^ table[4 * 256 + int (word >>> 24 &&& 0xffUL)]
            ^^^ table[3 * 256 + int (word >>> 32 &&& 0xffUL)]
            ^^^ table[2 * 256 + int (word >>> 40 &&& 0xffUL)]
            ^^^ table[256 + int (word >>> 48 &&& 0xffUL)]
            ^^^ table[int (word >>> 56)]

    for i in 8 * words.Length .. bytes.Length - 1 do
        sum <- (sum >>> 8) ^^^ table[int ((sum ^^^ uint32 bytes[i]) &&& 0xffu)]

    ~~~sum

/// The CRC-32C of what has the sum `before` and of these bytes behind it; that of no bytes is 0.
let crc32c (before: uint32) (bytes: ReadOnlySpan<byte>) : uint32 =
    let mutable sum = ~~~before
    let words = MemoryMarshal.Cast<byte, uint64> bytes

    for i in 0 .. words.Length - 1 do
        sum <- BitOperations.Crc32C(sum, words[i])

    for i in 8 * words.Length .. bytes.Length - 1 do
        sum <- BitOperations.Crc32C(sum, bytes[i])

    ~~~sum

/// The CRC-32C of what has the sum `before` and of all that a stream still holds.
let crc32cOf (before: uint32) (stream: Stream) : uint32 =
    let piece = Array.zeroCreate<byte> 131072
    let mutable sum = before
    let mutable found = stream.Read(piece, 0, piece.Length)

    while found > 0 do
        sum <- crc32c sum (ReadOnlySpan(piece, 0, found))
        found <- stream.Read(piece, 0, piece.Length)

    sum
