/// Damaged files for every reader: each is read or refused, with the file's name, a short message and little memory.
module FileHunt

open System
open System.Diagnostics
open System.Globalization
open System.IO
open System.Text.RegularExpressions
open Expecto
open Functional.FSharp
open Damage
open DamagedFormats
open Hunt
open Support

let private caseOf (seed: int) (case: int) =
    let random = randomOf seed case
    let format = formats.Value[case % formats.Value.Length]
    let bytes = pick random format.Seeds

    // Damage to what is unpacked, to what is packed, or both.
    let bytes =
        match random.Next 4 with
        | 0 -> scramble random bytes
        | 1 -> scramble random (format.Inside random bytes)
        | _ -> format.Inside random bytes

    struct (format, bytes)

// A message is no longer than this, beside the name of the file.
let private mostLetters = 500

/// Reads one damaged file; what is wrong with how it is read fails with seed and case.
let private tryOne (path: string) (seed: int) (case: int) : bool =
    let struct (format, bytes) = caseOf seed case
    let name = $"seed {seed}, case {case} ({format.Name})"
    File.WriteAllBytes(path, bytes)
    let clock = Stopwatch.StartNew()
    let before = GC.GetAllocatedBytesForCurrentThread()

    let isRead =
        try
            Scope.value (fun () -> format.Read path)
            true
        with
        | :? InvalidDataException as error ->
            if not (error.Message.StartsWith(path, StringComparison.Ordinal)) then
                failtest $"{name}: the message does not begin with the file: {error.Message}"

            if error.Message.Length > path.Length + mostLetters then
                failtest $"{name}: the message has {error.Message.Length} characters: {error.Message.Substring(0, 200)}"

            false
        | error -> failtest $"{name}: {error}\n{Convert.ToBase64String bytes}"

    let allocated = GC.GetAllocatedBytesForCurrentThread() - before

    // Buffers, JSON and messages take some; the rest goes with the file.
    if allocated > 2_000_000L + 200L * int64 bytes.Length then
        failtest
            $"{name}: {allocated} bytes of managed memory for a file of {bytes.Length}\n{Convert.ToBase64String bytes}"

    if clock.Elapsed.TotalSeconds > 20.0 then
        failtest $"{name}: {clock.Elapsed.TotalSeconds} s\n{Convert.ToBase64String bytes}"

    isRead

let private inMemory (use': string -> 'a) : 'a =
    let memory = "/dev/shm"

    let folder =
        if Directory.Exists memory then
            Directory.CreateDirectory(Path.Combine(memory, $"functional-{Guid.NewGuid():N}"))
        else
            Directory.CreateTempSubdirectory "functional-"

    try
        use' (Path.Combine(folder.FullName, "damaged"))
    finally
        folder.Delete true

/// Runs cases in this process: how many there were, and how many were read.
let cases (budget: Budget) : struct (int * int) =
    let clock = Stopwatch.StartNew()

    inMemory (fun path ->
        let mutable done', read = 0, 0

        while goesOn clock budget done' do
            if tryOne path budget.Seed done' then
                read <- read + 1

            done' <- done' + 1

            if done' % 1000 = 0 then
                budget.Progress done'

        struct (done', read))

// The most memory that this process has had, in bytes.
let private peak () =
    use self = Process.GetCurrentProcess()
    self.PeakWorkingSet64

/// What runs in the process of its own.
let child (seed: int) (cases': int) (seconds: float) =
    // Each sound file once, so that what is loaded and compiled counts for nothing.
    cases { Seed = seed; Cases = 500; Seconds = 60.0; Progress = ignore } |> ignore
    let before = peak ()

    let progress (count: int) =
        printfn $"{count}"
        Console.Out.Flush()

    let struct (count, read) = cases { Seed = seed; Cases = cases'; Seconds = seconds; Progress = progress }
    printfn $"cases {count} read {read} grown {(peak () - before) >>> 20}"

// Native memory and the collector's together: beside these small files, of which none promises more than it has.
let private mostGrown = 300

let private ending = Regex(@"^cases (\d+) read (\d+) grown (\d+)$", RegexOptions.CultureInvariant)

let private runHunt (budget: Budget) : int =
    let seconds = budget.Seconds.ToString CultureInfo.InvariantCulture
    let start = childStart [ "child"; "files"; string budget.Seed; string budget.Cases; seconds ]
    // The collector's heap may not grow above 256 MB.
    start.Environment["DOTNET_GCHeapHardLimit"] <- "10000000"
    start.RedirectStandardOutput <- true
    start.RedirectStandardError <- true
    use child = Process.Start start |> nonNull
    let errors = child.StandardError.ReadToEndAsync()
    let said = ResizeArray<string>()
    let mutable line = child.StandardOutput.ReadLine()

    while not (isNull line) do
        match Int32.TryParse line with
        | true, count -> budget.Progress count
        | _ -> said.Add((string line).Trim())

        line <- child.StandardOutput.ReadLine()

    child.WaitForExit()
    let output = String.Join("\n", said)
    Expect.equal child.ExitCode 0 $"the reading process ended well (seed {budget.Seed}): {output}{errors.Result}"
    let result = ending.Match(Seq.last said)
    Expect.isTrue result.Success $"it told what it did: {output}"
    let value (group: int) = int result.Groups[group].Value
    Expect.isLessThan (value 3) mostGrown "megabytes of memory"
    value 1

/// The hunt with its full count.
let hunt: Hunt = { Name = "files"; Full = 500_000; Share = 2.0; Run = runHunt }

let tests =
    testList
        "damaged files"
        [
            test "of every format are read or refused, with the file's name, a short message and little memory" {
                let struct (count, read) = cases { Seed = 1; Cases = 1200; Seconds = 30.0; Progress = ignore }
                Expect.equal count 1200 "cases"
                let share = float read / float count
                expectAbove 0.02 "some are read" share
                expectBelow 0.6 "most are refused" share
            }

            test "sound files of every format are read" {
                inMemory (fun path ->
                    for format in formats.Value do
                        for seed in format.Seeds do
                            File.WriteAllBytes(path, seed)

                            match format.Name with
                            // Several arrays of which one is of records.
                            | "npy"
                            | "npz"
                            | "idx.gz" -> ()
                            | _ -> format.Read path)
            }
        ]
