/// The runner of the tests and that of the hunts, on a few of each: what they print, and their exit codes.
module RunningTests

open System
open Expecto
open Functional.Examples
open Support

let private sample =
    testList
        "sample"
        [
            testList
                "numbers"
                [
                    test "right" { Expect.equal 2 2 "equal" }
                    test "wrong" { Expect.equal 1 2 "one is two" }
                    test "raises" { failwith "raised" }
                    test "skipped" { skiptest "not today" }
                ]
        ]

// Counts its cases until its budget is over; fails at a case that the seed says, where it is below so many.
let private counting name (failsBelow: int) : Hunt.Hunt =
    {
        Name = name
        Full = 50
        Share = 1.0
        Run =
            fun budget ->
                let clock = Diagnostics.Stopwatch.StartNew()
                let mutable cases = 0

                while cases < 1000 && Hunt.goesOn clock budget cases do
                    cases <- cases + 1
                    budget.Progress cases

                if budget.Seed < failsBelow then
                    failtest $"seed {budget.Seed}"

                cases
    }

let private hunts = [ counting "good" 0; counting "bad" 100 ]

let private refused: (string list * string) list =
    [
        [ "--minutes"; "0" ], "above 0, not 0"
        [ "--minutes"; "many" ], "'many'"
        [ "--only"; "ugly" ], "no hunt 'ugly'. The hunts are: good, bad;"
        [ "--fast" ], "'--fast'"
    ]

/// Runs the sample of tests, or of hunts, and ends with their exit code.
let child (arguments: string list) : unit =
    match arguments with
    | [ "refused" ] ->
        for arguments, _ in refused do
            printfn $"{Thorough.run hunts arguments}"
    | [ "twice" ] ->
        for _ in 1..2 do
            Thorough.run hunts [ "--only"; "good"; "--minutes"; "0.01" ] |> ignore
    | "--thorough" :: rest -> exit (Thorough.run hunts rest)
    | _ ->
        let options = [ CLIArguments.Sequenced; No_Spinner; Printer(TestProgress.printer ()) ]
        exit (runTestsWithCLIArgs options [| "--colours"; "0" |] sample)

let private lines (output: string) = output.Split('\n', StringSplitOptions.TrimEntries) |> List.ofArray

let private thorough arguments =
    let code, output = runChild ("child" :: "running" :: "--thorough" :: arguments)
    code, lines output

let private runner =
    testList
        "tests"
        [
            test "a failure is named at once and again at the end; counts and exit code are Expecto's" {
                let code, output = runChild [ "child"; "running" ]
                Expect.equal code 3 "1 for a failure, 2 for an exception"
                let at (start: string) = lines output |> List.filter _.StartsWith(start) |> List.length
                Expect.equal (at "FAILED sample.numbers.wrong") 2 "twice"
                Expect.equal (at "FAILED sample.numbers.raises") 2 "twice"
                Expect.equal (at "ignored sample.numbers.skipped: not today") 1 "why it is ignored"
                Expect.stringContains output "one is two" "why it failed"
                Expect.stringContains output "1 passed, 1 ignored, 1 failed, 1 errored" "counts"
            }

            test "hunts go on after one that failed, say how to repeat it, and count" {
                let code, output = thorough [ "--seed"; "7"; "--minutes"; "0.01" ]
                Expect.equal code 1 "one failed"
                let line start = output |> List.filter _.StartsWith(start: string)
                Expect.hasLength (line "2 hunts for 0.01 minutes with seed 7: good, bad") 1 "what runs"
                Expect.hasLength (line "passed good: 1,000 cases, ") 1 "to the end of its cases"
                let failed = List.exactlyOne (line "FAILED bad after")
                Expect.stringContains failed "--thorough --only bad --seed 7" "how to repeat it"
                Expect.contains output "hunts: 1 passed, 1 failed" "counts"
            }

            test "one hunt, in its full count, from the seed that is asked for" {
                let code, output = thorough [ "--only"; "bad"; "--seed"; "100"; "--full" ]
                Expect.equal code 0 "it passed"
                Expect.exists output _.StartsWith("passed bad: 50 cases") "its full count"
                Expect.contains output "hunts: 1 passed, 0 failed" "counts"
            }

            test "without a seed each run has one of its own" {
                let code, output = runChild [ "child"; "running"; "twice" ]
                let first = lines output |> List.filter _.Contains("with seed")
                Expect.equal (code, first.Length) (0, 2) "two runs"
                Expect.notEqual first[0] first[1] "from the clock"
            }

            test "hunts refuse arguments that they do not have" {
                let _, output = runChild [ "child"; "running"; "refused" ]

                Expect.equal
                    (lines output |> List.truncate refused.Length)
                    (List.replicate refused.Length "2")
                    "the exit codes"

                for _, words in refused do
                    Expect.stringContains output words "what was given"
            }
        ]

let private entry name hasTwin (run: bool -> float) : Entry =
    {
        Name = name
        Description = name
        HasTwin = hasTwin
        Run =
            fun request _ ->
                {
                    Data = "none"
                    Metrics = [ "same", 1.0; "value", run request.CSharp ]
                    Timings = []
                    Sections = lazy []
                }
    }

let private gallery =
    test "all systems: metrics that differ in a bit are named, so is a run that fails, and the others go on" {
        let request: Request =
            {
                Seed = 1
                Data = None
                Epochs = None
                Optimizer = None
                Quick = true
                CSharp = false
            }

        let entries =
            [
                entry "equal" true (fun _ -> nan)
                entry "differs" true (fun csharp -> if csharp then 0.1 + 0.2 else 0.3)
                entry "fails" true (fun csharp -> if csharp then failwith "no twin today" else 1.0)
                entry "alone" false (fun csharp -> if csharp then failwith "it has no twin" else 1.0)
            ]

        let told = ResizeArray()
        let silent: Reporter = { Tell = ignore; Advance = fun _ _ -> () }
        let found = All.run request entries silent (fun entry language _ -> told.Add(entry.Name, language))

        Expect.equal
            [ for both in found -> both.Entry.Name, both.Fault ]
            [
                "equal", None
                "differs", Some "the metrics differ: value"
                "fails", Some "C#: no twin today"
                "alone", None
            ]
            "what holds"

        Expect.equal
            (List.ofSeq told)
            [
                for name in [ "equal"; "differs"; "fails" ] do
                    name, "F#"
                    name, "C#"
                "alone", "F#"
            ]
            "each in both languages"
    }

let tests = testList "running" [ runner; gallery ]
