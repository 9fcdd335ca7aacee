/// CSV files that promise too much, and how RFC 4180 is read.
module TableLimitTests

open System
open System.IO
open System.Text
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

let private inText (text: string) (use': string -> 'r) : 'r =
    inFolder (fun folder ->
        let path = Path.Combine(folder, "x.csv")
        File.WriteAllText(path, text)
        use' path)

// Refused with a short message, and with memory for no more than the limits.
let private refused words (text: string) =
    inText text (fun path ->
        let before = GC.GetAllocatedBytesForCurrentThread()
        let error = raised<InvalidDataException>(fun () -> Csv.read path |> ignore)
        Expect.isLessThan (GC.GetAllocatedBytesForCurrentThread() - before) 40_000_000L "memory"
        Expect.isLessThan error.Message.Length 600 "its length"

        for word in path :: words do
            Expect.stringContains error.Message word "what is wrong")

let private cell (text: string) =
    if text = "" || text.IndexOfAny [| ','; '"'; '\n'; '\r' |] >= 0 then
        "\"" + text.Replace("\"", "\"\"") + "\""
    else
        text

let tests =
    testList
        "tables"
        [
            testProperty "cells of any letters, quoted where they must be, with any line ends"
            <| fun (rows: NonEmptyArray<NonEmptyArray<byte[]>>) (ends: byte) ->
                let letters = "ab ,\"\n\r;€😀"
                let wide = rows.Get[0].Get.Length

                let texts =
                    [|
                        for row in rows.Get ->
                            Array.init wide (fun i ->
                                String([| for place in row.Get[i % row.Get.Length] -> letters[int place % 9] |]))
                    |]

                let eol = [ "\n"; "\r\n"; "\r" ][int ends % 3]
                let text = String.Join(eol, [ for row in texts -> String.Join(",", Array.map cell row) ])
                let names = [ for i in 1..wide -> $"c{i}" ]

                inText (text + (if ends > 100uy then eol else "")) (fun path ->
                    let table = Csv.readWith ',' names path
                    Expect.equal table.Count texts.Length "rows"

                    for place, name in List.indexed names do
                        Expect.sequenceEqual (Csv.texts name table) (texts |> Array.map (fun row -> row[place])) name)

            test "20 million commas are refused at the limit of columns" {
                refused [ "line 1"; "131072 cells"; "limit" ] (String(',', 20_000_000))
            }

            test "a quote that does not end is refused at the limit of characters" {
                refused [ "line 2"; "1048576 characters"; "quote" ] ("a,b\n1,\"" + String('x', 20_000_000))
                refused [ "line 2"; "quotes"; "do not end" ] ("a,b\n1,\"" + String('x', 1000))
            }

            test "a name of a million characters, and a column that is missing, are shown in part" {
                refused [ "2 times" ] (String('x', 500_000) + "," + String('x', 500_000))

                inText (String.Join(",", [ for i in 1..5000 -> $"column{i}" ]) + "\n") (fun path ->
                    let error = raised<ArgumentException>(fun () -> Csv.texts "none" (Csv.read path) |> ignore)
                    Expect.stringContains error.Message "column10 and 4990 more" "some of them"
                    Expect.isLessThan error.Message.Length 600 "its length")
            }

            test "limits of the caller's" {
                inText "a,bb\n1,22\n" (fun path ->
                    Expect.equal (Csv.readWithin 2 2 ',' [] path).Count 1 "as many"
                    Expect.equal (CSharp.Csv.ReadWithin(path, 2, 2, ',', [])).Count 1 "C#"

                    expectError<InvalidDataException> [ path; "1 cells" ] (fun () ->
                        Csv.readWithin 1 2 ',' [] path |> ignore)

                    expectError<InvalidDataException> [ path; "1 characters" ] (fun () ->
                        Csv.readWithin 2 1 ',' [] path |> ignore)

                    expectError<ArgumentException> [ "columns" ] (fun () -> Csv.readWithin 0 1 ',' [] path |> ignore))
            }

            test "a million short cells take memory in proportion" {
                inText ("a,b\n" + String.replicate 500_000 "1,\n") (fun path ->
                    let before = GC.GetAllocatedBytesForCurrentThread()
                    Expect.equal (Csv.read path).Count 500_000 "rows"
                    Expect.isLessThan (GC.GetAllocatedBytesForCurrentThread() - before) 60_000_000L "memory")
            }
        ]
