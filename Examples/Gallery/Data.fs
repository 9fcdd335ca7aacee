/// Where the data come from.
module Functional.Examples.Data

open System
open System.Collections.Concurrent
open System.IO
open Functional
open Functional.FSharp

/// Digits to train on, others to test on, and which they are.
type Digits = { Source: string; Train: Dataset; Test: Dataset }

// The repository's root, seen from the working folder or from the program.
let private root () =
    let rec up (folder: DirectoryInfo | null) =
        match folder with
        | null -> None
        | folder when File.Exists(Path.Combine(folder.FullName, "Functional.sln")) -> Some folder.FullName
        | folder -> up folder.Parent

    [ Directory.GetCurrentDirectory(); AppContext.BaseDirectory ] |> List.tryPick (DirectoryInfo >> up)

let private described source train test =
    {
        Source = $"{source} ({Dataset.count train:N0} digits to train on, {Dataset.count test:N0} to test on)"
        Train = train
        Test = test
    }

let private files =
    [
        for part in [ "train"; "t10k" ] do
            $"{part}-images-idx3-ubyte"
            $"{part}-labels-idx1-ubyte"
    ]

// What has been read or drawn, by its place: systems that run in one process share it.
let private known = ConcurrentDictionary<string, Digits>()

let private mnist (asked: string, folder: string) =
    if not (Directory.Exists folder) then
        raise (DirectoryNotFoundException $"{asked}: there is no folder '{folder}'")

    let inside = Path.Combine(folder, "mnist")
    let folder = Path.GetFullPath(if Directory.Exists inside then inside else folder)
    let exists name = File.Exists(Path.Combine(folder, name)) || File.Exists(Path.Combine(folder, name + ".gz"))

    match files |> List.filter (exists >> not) with
    | [] ->
        known.GetOrAdd(
            folder,
            fun folder ->
                let struct (train, test) = Digits.mnist folder
                described $"MNIST from {folder}" train test
        )
    | missing ->
        let names = String.Join(", ", missing)
        raise (FileNotFoundException $"{asked}: the folder '{folder}' lacks {names} (each may end in .gz)")

let private drawn () =
    let draw source =
        let key = Key.ofSeed 2026
        described source (Digits.drawn 60_000 (Key.child 0 key)) (Digits.drawn 10_000 (Key.child 1 key))

    known.GetOrAdd("Digits drawn from strokes", draw)

/// Digits from the folder asked for, else from FUNCTIONAL_DATA, else from ../shared/data beside the repository where that
/// exists, else drawn from strokes.
let digits (asked: string option) : Digits =
    let variable () =
        match Environment.GetEnvironmentVariable "FUNCTIONAL_DATA" with
        | null
        | "" -> None
        | folder -> Some("FUNCTIONAL_DATA", folder)

    let shared () =
        root ()
        |> Option.map (fun root -> "../shared/data", Path.Combine(root, "..", "shared", "data"))
        |> Option.filter (fun (_, folder) -> Directory.Exists(Path.Combine(folder, "mnist")))

    asked
    |> Option.map (fun folder -> "--data", folder)
    |> Option.orElseWith variable
    |> Option.orElseWith shared
    |> Option.map mnist
    |> Option.defaultWith drawn

/// The first digits of each set, for a quick run.
let few (digits: Digits) : Digits =
    let first count data = Dataset.slice 0 (min count (Dataset.count data)) data
    let train, test = first 6_400 digits.Train, first 2_000 digits.Test

    { digits with
        Source = $"{digits.Source}, of which the first {Dataset.count train:N0} and {Dataset.count test:N0}"
        Train = train
        Test = test
    }
