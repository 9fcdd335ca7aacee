/// Damaged files of safetensors: read or refused with the file's name, never anything else, and with no more memory than
/// the file is worth.
module SafetensorsFuzzTests

open System
open System.IO
open System.Text
open System.Text.RegularExpressions
open Expecto
open FsCheck
open FsCheck.FSharp
open Functional
open Functional.FSharp
open Support

/// One thing that goes wrong with a file.
type Damage =
    /// The file ends early, at so many thousandths of its length.
    | Cut of thousandths: int
    /// Bytes that belong to nothing.
    | Grown of bytes: int
    /// One bit is another, at a place in thousandths of the whole file.
    | Flipped of thousandths: int * bit: int
    /// The header says it has another length.
    | Length of int64
    /// The n-th number of the header is something else.
    | Number of n: int * text: string
    /// The n-th text of the header is something else.
    | Word of n: int * text: string
    /// The n-th entry of the header stands there again.
    | Again of n: int
    /// The n-th part of an entry, or a note, stands there again.
    | Twice of n: int
    /// The n-th character of the header's text is gone, in thousandths of it.
    | Gone of thousandths: int
    /// Something is put into the header, at thousandths of it.
    | Put of thousandths: int * text: string

let private numbers =
    [
        "0"
        "-1"
        "1"
        "3"
        "4"
        "2147483647"
        "2147483648"
        "4294967296"
        "9007199254740993"
        "9223372036854775807"
        "9223372036854775808"
        "18446744073709551616"
        "-9223372036854775808"
        "1e9"
        "1e400"
        "0.5"
        "null"
        "true"
        "\"8\""
        "[]"
        "[0,0]"
        "{}"
    ]

let private words =
    [
        "\"F32\""
        "\"F64\""
        "\"U8\""
        "\"BOOL\""
        "\"F16\""
        "\"I8\""
        "\"U64\""
        "\"\""
        "\"a\""
        "\"b\""
        "\"dtype\""
        "\"shape\""
        "\"data_offsets\""
        "\"__metadata__\""
        "\"\\ud800\""
        "0"
        "null"
        "[]"
        "{}"
    ]

let private damage: Gen<Damage> =
    let thousandths = Gen.choose (0, 999)

    Gen.oneof
        [
            Gen.map Cut thousandths
            Gen.map Grown (Gen.choose (1, 20))
            Gen.map2 (fun at bit -> Flipped(at, bit)) thousandths (Gen.choose (0, 7))
            Gen.elements [ -1L; 0L; 1L; 2L; 8L; 99_000_000L; 100_000_001L; Int64.MaxValue; Int64.MinValue ]
            |> Gen.map Length
            Gen.map2 (fun n text -> Number(n, text)) thousandths (Gen.elements numbers)
            Gen.map2 (fun n text -> Word(n, text)) thousandths (Gen.elements words)
            Gen.map Again thousandths
            Gen.map Twice thousandths
            Gen.map Gone thousandths
            Gen.map2
                (fun at text -> Put(at, text))
                thousandths
                (Gen.elements [ "{"; "}"; "["; "]"; ","; ":"; "\""; "\\"; "\000"; "-"; "é"; "/**/"; String('[', 100) ])
        ]

type private Damaged =
    static member Damage() = Arb.fromGen damage

let private whole =
    lazy
        inFolder (fun folder ->
            let path = Path.Combine(folder, "whole")

            Safetensors.write
                path
                [ "who", "me"; "what", "ü" ]
                [
                    "a", Tensor.ones [ 3; 2 ]
                    "b", Tensor.ofInts [ 1; 2; 3 ]
                    "c", Tensor.scalar 0.5
                    "d", Tensor.zeros [ 0; 4 ]
                ]

            File.ReadAllBytes path)

// The file with its header's text changed, and the length of it said rightly.
let private edited (change: string -> string) (bytes: byte[]) =
    if bytes.Length < 8 then
        bytes
    else
        let length = BitConverter.ToInt64(bytes, 0)
        let length = int (max 0L (min length (int64 bytes.Length - 8L)))
        let text = Encoding.UTF8.GetBytes(change (Encoding.UTF8.GetString(bytes, 8, length)))
        Array.concat [ BitConverter.GetBytes(int64 text.Length); text; bytes[8 + length ..] ]

let private place thousandths (length: int) = thousandths * length / 1000

// The n-th match of a pattern, counted in thousandths of all, is replaced.
let private replaced (pattern: string) thousandths (by: string -> string) (text: string) =
    match Regex.Matches(text, pattern) with
    | found when found.Count = 0 -> text
    | found ->
        let hit = found[place thousandths found.Count]
        text.Remove(hit.Index, hit.Length).Insert(hit.Index, by hit.Value)

let private suffer (bytes: byte[]) damage =
    match damage with
    | Cut at -> bytes[.. place at bytes.Length - 1]
    | Grown more -> Array.append bytes (Array.create more 65uy)
    | Flipped(at, bit) when bytes.Length > 0 ->
        let at = place at bytes.Length
        Array.updateAt at (bytes[at] ^^^ (1uy <<< bit)) bytes
    | Length length when bytes.Length >= 8 -> Array.append (BitConverter.GetBytes length) bytes[8..]
    | Number(n, text) -> edited (replaced @"\d+" n (fun _ -> text)) bytes
    | Word(n, text) -> edited (replaced "\"[^\"]*\"" n (fun _ -> text)) bytes
    | Again n -> edited (replaced "\"[a-d]\":\\{[^}]*\\}" n (fun entry -> entry + "," + entry)) bytes
    | Twice n ->
        let part = "\"(dtype|shape|data_offsets|who|what)\":(\"[^\"]*\"|\\[[^\\]]*\\])"
        edited (replaced part n (fun part -> part + "," + part)) bytes
    | Gone at -> edited (fun text -> if text = "" then text else text.Remove(place at text.Length, 1)) bytes
    | Put(at, more) -> edited (fun text -> text.Insert(place at text.Length, more)) bytes
    | _ -> bytes

/// What reading a file came to, and how many bytes of managed memory it took.
let private outcome (path: string) =
    let before = GC.GetAllocatedBytesForCurrentThread()

    let result =
        try
            let struct (tensors, _) = Safetensors.read path
            Ok tensors
        with :? InvalidDataException as error ->
            Error error.Message

    result, GC.GetAllocatedBytesForCurrentThread() - before

let private many =
    { FsCheckConfig.defaultConfig with
        arbitrary = [ typeof<Damaged> ]
        maxTest = 600
    }

let tests =
    testList
        "damaged safetensors"
        [
            testPropertyWithConfig many "are read or refused, with the file's name and with little memory"
            <| fun (NonEmptyArray(damages: Damage[])) ->
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "damaged")
                    let bytes = damages |> Array.truncate 3 |> Array.fold suffer whole.Value
                    File.WriteAllBytes(path, bytes)
                    let result, allocated = outcome path
                    // What opening a file and saying what is wrong take, whatever its size, comes on top.
                    Expect.isTrue
                        (allocated < 60_000L + 8L * int64 bytes.Length)
                        $"managed memory: {allocated} for {bytes.Length} bytes"

                    match result with
                    | Ok tensors ->
                        let native = tensors |> List.sumBy (fun (_, x) -> (Tensor.bits x).Length)
                        // A number of one byte may be read as one of four.
                        Expect.isLessThan native (4 * bytes.Length) "no more bytes than the file has, widened"
                        let again = Path.Combine(folder, "again")
                        Safetensors.write again [] tensors
                        let struct (back, _) = Safetensors.read again
                        List.iter2 (fun (name, a) (_, b) -> expectSame name a b) tensors back
                    | Error message -> Expect.stringStarts message $"{path}: " "the file, and then the problem")

            testPropertyWithConfig { many with maxTest = 50 } "a key that stands twice is refused, wherever it stands"
            <| fun (NonNegativeInt at) ->
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "twice")
                    let bytes = suffer whole.Value (Twice(at % 1000))
                    Expect.isGreaterThan bytes.Length whole.Value.Length "something stands there again"
                    File.WriteAllBytes(path, bytes)

                    match fst (outcome path) with
                    | Ok _ -> failtest "it was read"
                    | Error message -> Expect.stringContains message "twice" "why")

            test "most of this damage is refused, and some of it is not" {
                let refused =
                    inFolder (fun folder ->
                        let path = Path.Combine(folder, "damaged")

                        [
                            for damage in Gen.sampleWithSeed (Rnd(1UL, 1UL)) 10 400 damage ->
                                File.WriteAllBytes(path, suffer whole.Value damage)
                                (fst (outcome path)).IsError
                        ])

                let share = float (List.length (List.filter id refused)) / 400.0
                expectAbove 0.6 "refused" share
                expectBelow 1.0 "read: a bit of a number is another number" share
            }

            // Notes of some ten bytes each become a map, which is made note by note: its steps, not itself, are the memory.
            for what, entry, most in
                [
                    "notes", (fun i -> $"\"{i}\":\"\""), 125L
                    "tensors", (fun i -> $"\"{i}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"), 8L
                ] do
                test $"a header of a hundred thousand {what} takes memory in proportion" {
                    inFolder (fun folder ->
                        let path = Path.Combine(folder, "many")
                        let entries = String.Join(",", Seq.init 100_000 entry)

                        let text =
                            Encoding.UTF8.GetBytes(
                                if what = "notes" then
                                    $"{{\"__metadata__\":{{{entries}}}}}"
                                else
                                    $"{{{entries},\"x\":1}}"
                            )

                        File.WriteAllBytes(path, Array.append (BitConverter.GetBytes(int64 text.Length)) text)
                        let result, allocated = outcome path
                        Expect.equal result.IsOk (what = "notes") "notes are read, the last tensor is none"
                        Expect.isTrue (allocated < most * int64 text.Length) $"{allocated} for {text.Length} bytes")
                }
        ]
