/// What goes wrong with the bytes of a file: bits, numbers, lengths, parts that are gone, stand twice or elsewhere.
module Damage

open System
open System.Globalization
open System.Text
open System.Text.RegularExpressions

/// One of some, drawn evenly.
let pick (random: Random) (choices: 'a[]) = choices[random.Next choices.Length]

let private numbers =
    [|
        0L
        1L
        2L
        3L
        7L
        8L
        127L
        128L
        255L
        256L
        32767L
        65535L
        65536L
        1_000_000L
        16_777_216L
        2_147_483_647L
        2_147_483_648L
        4_294_967_295L
        9_007_199_254_740_993L
        Int64.MaxValue
        -1L
        -2L
        Int64.MinValue
    |]

let private words =
    [|
        "{"
        "}"
        "["
        "]"
        "("
        ")"
        ","
        ":"
        "\""
        "'"
        "\\"
        "\000"
        "\n"
        "\r"
        "é"
        "[[[["
        "\"\\ud800\""
        "null"
        "true"
        "NaN"
        "1e400"
        "0.5"
        "18446744073709551616"
        "-0"
        "F16"
        "BOOL"
        "U64"
        "__metadata__"
        "shape"
        "data_offsets"
        "<f8"
        ">i2"
        "|O"
        "IHDR"
        "IDAT"
        "IEND"
        "PLTE"
        "PK\001\002"
        "PK\005\006"
    |]

let private insert at (part: byte[]) (bytes: byte[]) = Array.concat [ bytes[.. at - 1]; part; bytes[at..] ]

/// Bytes of a place are replaced, up to the end at most.
let put at (part: byte[]) (bytes: byte[]) =
    let changed = Array.copy bytes
    Array.blit part 0 changed at (min part.Length (bytes.Length - at))
    changed

let private number (random: Random) =
    let value = if random.Next 3 = 0 then random.NextInt64() else pick random numbers
    let bytes = BitConverter.GetBytes(value: int64)[.. pick random [| 0; 1; 3; 7 |]]
    if random.Next 2 = 0 then bytes else Array.rev bytes

let private digits = Regex(@"\d+", RegexOptions.CultureInvariant)

let private damage (random: Random) (bytes: byte[]) : byte[] =
    if bytes.Length = 0 then
        [| byte (random.Next 256) |]
    else
        // Headers stand at the beginning, directories at the end.
        let at =
            match random.Next 4 with
            | 0 -> random.Next(min 64 bytes.Length)
            | 1 -> bytes.Length - 1 - random.Next(min 64 bytes.Length)
            | _ -> random.Next bytes.Length

        let length = 1 + random.Next(min 40 bytes.Length)
        let part = bytes[at .. min bytes.Length (at + length) - 1]

        match random.Next 11 with
        | 0
        | 1 -> put at [| bytes[at] ^^^ (1uy <<< random.Next 8) |] bytes
        | 2 -> put at (number random) bytes
        | 3 -> bytes[.. at - 1]
        | 4 -> Array.append bytes (Array.create length (byte (random.Next 3)))
        | 5 -> Array.concat [ bytes[.. at - 1]; bytes[at + part.Length ..] ]
        | 6 -> insert (random.Next bytes.Length) part bytes
        | 7 -> put (random.Next bytes.Length) part bytes
        | 8 -> insert at (Encoding.UTF8.GetBytes(pick random words)) bytes
        | 9 -> put at (Encoding.UTF8.GetBytes(pick random words)) bytes
        | _ ->
            // A number in a text grows.
            let text = Encoding.Latin1.GetString bytes
            let found = digits.Matches text

            if found.Count = 0 then
                put at [| 255uy |] bytes
            else
                let hit = found[random.Next found.Count]
                let grown = (pick random numbers).ToString CultureInfo.InvariantCulture
                Encoding.Latin1.GetBytes(text.Remove(hit.Index, hit.Length).Insert(hit.Index, grown))

/// Bytes with one damage or more.
let rec scramble (random: Random) (bytes: byte[]) =
    let damaged = damage random bytes
    if random.Next 3 = 0 then scramble random damaged else damaged
