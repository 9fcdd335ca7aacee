/// The sums by which damage is found, against values of others.
module ChecksumTests

open System
open System.IO
open System.Text
open Expecto
open FsCheck
open Functional.FSharp
open Support

// A bit at a time, as the definition says.
let private slow (polynomial: uint32) (bytes: byte[]) =
    let step sum = if sum &&& 1u = 1u then polynomial ^^^ (sum >>> 1) else sum >>> 1

    ~~~(Array.fold
            (fun sum (value: byte) -> Seq.fold (fun sum _ -> step sum) (sum ^^^ uint32 value) [ 1..8 ])
            ~~~0u
            bytes)

let private sums: (string * (uint32 -> byte[] -> uint32) * uint32 * uint32) list =
    [
        "CRC-32", (fun before bytes -> Checksum.crc32 before (ReadOnlySpan bytes)), 0xedb88320u, 0xcbf43926u
        "CRC-32C", (fun before bytes -> Checksum.crc32c before (ReadOnlySpan bytes)), 0x82f63b78u, 0xe3069283u
    ]

let tests =
    testList
        "checksums"
        [
            for name, ofBytes, polynomial, known in sums do
                test $"{name} of the digits 1 to 9 is its check value, and of no bytes 0" {
                    Expect.equal (ofBytes 0u (Encoding.ASCII.GetBytes "123456789")) known "check value"
                    Expect.equal (ofBytes 0u [||]) 0u "no bytes"
                }

                testProperty $"{name} is that of its definition, in one piece or two"
                <| fun (bytes: byte[]) (cut: byte) ->
                    let at = if bytes.Length = 0 then 0 else int cut % bytes.Length
                    Expect.equal (ofBytes 0u bytes) (slow polynomial bytes) "one piece"

                    Expect.equal
                        (ofBytes (ofBytes 0u bytes[.. at - 1]) bytes[at..])
                        (slow polynomial bytes)
                        "two pieces"

            test "CRC-32C of a stream is that of its bytes" {
                let bytes = Array.init 300_001 (fun i -> byte (i * i))
                use stream = new MemoryStream(bytes)

                Expect.equal
                    (Checksum.crc32cOf 0u stream)
                    (Checksum.crc32c 0u (ReadOnlySpan bytes))
                    "over several reads"
            }
        ]
