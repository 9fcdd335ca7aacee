/// The gallery's program, run as a user runs it: what it prints where, and how it refuses.
module GalleryTests

open System
open System.Diagnostics
open System.IO
open System.Text.Json
open Expecto
open Functional.FSharp
open Functional.Examples
open Support

// Runs the program in a folder, with FUNCTIONAL_DATA as given: exit code, standard output and standard error.
let private gallery (folder: string) (variable: string) (arguments: string list) =
    let program = Path.Combine(AppContext.BaseDirectory, "Functional.Examples.dll")
    let start = ProcessStartInfo("dotnet", program :: arguments, WorkingDirectory = folder)
    start.Environment["FUNCTIONAL_DATA"] <- variable
    run start

let private lines (text: string) =
    text.Split('\n', StringSplitOptions.RemoveEmptyEntries ||| StringSplitOptions.TrimEntries)
    |> List.ofArray

// A repository of its own, so that what lies beside the real one plays no part.
let private inRepository (use': string -> 'r) : 'r =
    inFolder (fun folder ->
        let repository = Directory.CreateDirectory(Path.Combine(folder, "repository")).FullName
        File.WriteAllText(Path.Combine(repository, "Functional.sln"), "")
        use' repository)

// MNIST's four files with a few drawn digits, in a folder of this name.
let private writeDigits (folder: string) =
    let digits = Digits.drawn 400 (Key.ofSeed 8)
    let mnist = Directory.CreateDirectory(Path.Combine(folder, "mnist")).FullName
    writeMnist mnist (Dataset.slice 0 300 digits) (Dataset.slice 300 400 digits)

// Arguments, the folder in FUNCTIONAL_DATA, and the words that the one line on standard error must have.
let private refusals: (string list * string * string list) list =
    [
        [ "run"; "perceptor" ], "", [ "there is no system 'perceptor'"; "softmax, mlp, lenet" ]
        [ "perceptor" ], "", [ "'perceptor'" ]
        [ "run"; "softmax"; "--fancy" ], "", [ "'--fancy'"; "--help" ]
        [ "--fancy" ], "", [ "'--fancy'" ]
        [ "list"; "--quick" ], "", [ "'--quick'" ]
        [ "run"; "softmax"; "--epochs"; "0" ], "", [ "--epochs"; "at least 1, not 0" ]
        [ "--epochs"; "-3" ], "", [ "--epochs"; "not -3" ]
        [ "run"; "softmax"; "--epochs"; "many" ], "", [ "'--epochs'"; "'many'" ]
        [ "run"; "softmax"; "--seed" ], "", [ "'--seed'" ]
        [ "run"; "boltzmann"; "--epochs"; "3" ], "", [ "--epochs"; "no epochs" ]
        for entry in Gallery.entries do
            if not entry.HasTwin then
                [ "run"; entry.Name; "--csharp" ], "", [ $"'{entry.Name}'"; "no twin" ]
        [ "run"; "softmax"; "--quick"; "--json"; "--data"; "nowhere" ], "", [ "--data: "; "no folder 'nowhere'" ]
        [ "run"; "softmax"; "--quick"; "--json" ], "nowhere", [ "FUNCTIONAL_DATA: "; "no folder 'nowhere'" ]
        [ "run"; "softmax"; "--quick"; "--json"; "--data"; "." ], "", [ "--data: "; "lacks train-images-idx3-ubyte" ]
    ]

// What a run with --json printed: the one object on standard output.
let private json (code: int, output: string, errors: string) =
    Expect.equal code 0 errors
    JsonDocument.Parse(output).RootElement

let private names (element: JsonElement) = [ for property in element.EnumerateObject() -> property.Name ]

let tests =
    testList
        "gallery"
        [
            test "list prints a line for each system" {
                let code, output, errors = gallery (Path.GetTempPath()) "" [ "list" ]
                Expect.equal (code, errors) (0, "") "nothing but the list"
                Expect.isGreaterThan Gallery.entries.Length 2 "systems"

                for entry, line in List.zip Gallery.entries (lines output) do
                    Expect.isTrue (line.StartsWith(entry.Name + " ") && line.Contains entry.Description) line
                    Expect.equal (line.EndsWith "(F# only)") (not entry.HasTwin) line
            }

            for arguments, variable, words in refusals do
                let typed =
                    String.Join(" ", arguments) + (if variable = "" then "" else $" with FUNCTIONAL_DATA={variable}")

                test $"'{typed}' is refused in one line" {
                    inRepository (fun folder ->
                        let code, output, errors = gallery folder variable arguments
                        Expect.notEqual code 0 "the exit code"
                        Expect.equal output "" "nothing on standard output"
                        let line = Expect.wantSome (List.tryExactlyOne (lines errors)) $"one line, not: {errors}"

                        for word in words do
                            Expect.stringContains line word "what was given")
                }

            test "--json prints one object, with the same metrics run after run, and from the twin in C#" {
                inRepository (fun folder ->
                    writeDigits (Path.Combine(folder, "..", "shared", "data"))
                    let quick more = gallery folder "" ([ "run"; "softmax"; "--quick"; "--json" ] @ more)
                    let first = json (quick [])

                    Expect.equal
                        (List.sort (names first))
                        [ "data"; "metrics"; "name"; "seconds"; "seed"; "timings" ]
                        "its members"

                    Expect.equal (first.GetProperty("name").GetString()) "softmax" "name"
                    Expect.equal (first.GetProperty("seed").GetInt32()) 1 "seed"

                    Expect.stringContains
                        (string (first.GetProperty("data").GetString()))
                        "300 digits to train on, 100 to test on"
                        "data"

                    expectAbove 0.0 "seconds" (first.GetProperty("seconds").GetDouble())
                    Expect.equal (names (first.GetProperty "timings")) [ "train_seconds" ] "timings"
                    let metrics = first.GetProperty "metrics"
                    Expect.equal (names metrics) [ "test_accuracy"; "parameters" ] "metrics"
                    Expect.equal (metrics.GetProperty("parameters").GetInt32()) 7850 "784·10 weights and 10 biases"
                    let accuracy = metrics.GetProperty("test_accuracy").GetDouble()
                    Expect.isTrue (accuracy > 0.2 && accuracy <= 1.0) $"better than chance: {accuracy}"
                    let again, twin = json (quick []), json (quick [ "--csharp" ])
                    Expect.equal (again.GetProperty("metrics").GetRawText()) (metrics.GetRawText()) "again"
                    Expect.equal (twin.GetProperty("metrics").GetRawText()) (metrics.GetRawText()) "from the twin"
                    let other = json (quick [ "--seed"; "7"; "--epochs"; "1" ])
                    Expect.equal (other.GetProperty("seed").GetInt32()) 7 "another seed")
            }

            test "data: --data before FUNCTIONAL_DATA, before ../shared/data" {
                inRepository (fun folder ->
                    for name in [ "asked"; "variable"; Path.Combine("..", "shared", "data") ] do
                        writeDigits (Path.Combine(folder, name))

                    let used variable more =
                        let run =
                            json (gallery folder variable ([ "run"; "softmax"; "--json"; "--epochs"; "1" ] @ more))

                        string (run.GetProperty("data").GetString())

                    Expect.stringContains
                        (used "variable" [ "--data"; "asked" ])
                        (Path.Combine("repository", "asked", "mnist"))
                        "asked for"

                    Expect.stringContains
                        (used "variable" [])
                        (Path.Combine("repository", "variable", "mnist"))
                        "the variable"

                    Expect.stringContains
                        (used "" [])
                        (Path.Combine("shared", "data", "mnist"))
                        "beside the repository")
            }

            test "without any data, digits are drawn; --out writes a report" {
                inRepository (fun folder ->
                    let code, output, errors =
                        gallery folder "" [ "run"; "softmax"; "--quick"; "--epochs"; "1"; "--out"; "shown" ]

                    Expect.equal code 0 errors
                    Expect.stringStarts output "Digits drawn from strokes" "the first line says which data"
                    Expect.stringContains output "7,850" "the table"

                    let page =
                        Expect.wantSome
                            (List.tryExactlyOne (
                                List.ofArray (Directory.GetFiles(Path.Combine(folder, "shown"), "*.html"))
                            ))
                            "one page"

                    Expect.stringContains (File.ReadAllText page) "7,850" "the number of parameters")
            }
        ]
