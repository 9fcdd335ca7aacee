/// What the tests share: independent witnesses, comparisons and child processes.
module Support

open System
open System.Collections.Generic
open System.Diagnostics
open Expecto
open Functional
open Functional.FSharp

/// All numbers of b within `tolerance` of those of a, relative to the larger of 1 and |a|.
let expectClose tolerance (what: string) (a: float[]) (b: float[]) =
    Expect.equal b.Length a.Length $"{what}: the same number of numbers"

    Array.iteri2
        (fun i x y ->
            let error = abs (x - y) / max 1.0 (abs x)
            Expect.isTrue (error <= tolerance) $"{what}: at {i} expected {x}, was {y}")
        a
        b

/// The number is below the limit, which NaN is not.
let expectBelow (limit: float) (what: string) (x: float) =
    Expect.isTrue (x < limit) $"{what}: expected less than {limit}, was {x}"

/// The number is above the limit, which NaN is not.
let expectAbove (limit: float) (what: string) (x: float) =
    Expect.isTrue (x > limit) $"{what}: expected more than {limit}, was {x}"

/// The number lies within a margin of the expected one, as NaN does not.
let expectWithin (margin: float) (what: string) (expected: float) (x: float) =
    Expect.isTrue (abs (x - expected) <= margin) $"{what}: expected {expected} ± {margin}, was {x}"

/// The largest absolute value, NaN if one of them is NaN.
let largest (values: float[]) = values |> Array.fold (fun most x -> Math.Max(most, abs x)) 0.0

/// Both tensors have the same bits.
let expectSame what (a: Tensor) (b: Tensor) = Expect.isTrue (Tensor.equal a b) $"{what}: the same bits, {a} and {b}"

/// Both trees have the same paths and bits.
let expectSameTree what (a: Tree<Tensor>) (b: Tree<Tensor>) =
    Expect.equal (Tree.leaves b |> List.map fst) (Tree.leaves a |> List.map fst) $"{what}: the same paths"
    Tree.map2 (expectSame what) a b |> ignore

/// A dictionary by path has the paths of a tree, in its order, and the same bits.
let expectSameLeaves what (tree: Tree<Tensor>) (found: IReadOnlyDictionary<string, Tensor>) =
    Expect.equal (List.ofSeq found.Keys) (Tree.leaves tree |> List.map fst) $"{what}: the same paths"

    for path, leaf in Tree.leaves tree do
        expectSame $"{what}, {path}" leaf found[path]

/// Both snapshots have the same steps and key, and the same bits at all paths.
let expectSameSnapshot what (a: Snapshot) (b: Snapshot) =
    // Branches without leaves are not looked at: what C# makes by path lacks them.
    let same part a b = expectSameLeaves $"{what}, {part}" a (readOnlyDict (Tree.leaves b))
    Expect.equal (b.Step, b.Key) (a.Step, a.Key) $"{what}: the same step and key"
    same "parameters" (Params.values a.Params) (Params.values b.Params)
    same "state" a.State b.State
    same "memory" a.Memory b.Memory
    expectSame $"{what}, loss" a.Loss b.Loss

/// The exception of this type that f must raise.
let raised<'e when 'e :> exn> (f: unit -> unit) : 'e =
    let error =
        try
            f ()
            None
        with :? 'e as error ->
            Some error

    match error with
    | Some error -> error
    | None -> failtest $"expected {typeof<'e>.Name}, but nothing was raised"

/// The exception of this type that f must raise holds all of these words in its message.
let expectError<'e when 'e :> exn> (words: string list) (f: unit -> unit) =
    let error = raised<'e> f

    for word in words do
        Expect.stringContains error.Message word "the message says what was given and what was expected"

/// A float64 tensor with reproducible entries that keep away from ties and kinks.
let doubles (shape: int list) seed = Random.normal shape (Key.ofSeed seed) |> Tensor.cast Dtype.Float64

/// sin(0.7·i + phase) in float64: the numbers of golden values, which other programs make as well.
let sines (shape: int list) (phase: float) =
    Tensor.ofDoubles shape (Array.init (List.fold (*) 1 shape) (fun i -> sin (0.7 * float i + phase)))

/// Central differences: the gradient of a function of one float64 tensor, by moving each entry.
let numericalGradient (f: Tensor -> float) (x: Tensor) : float[] =
    let values, step = Tensor.toDoubles x, 1e-5
    let moved i by = Tensor.ofDoubles (List.ofArray x.Shape) (Array.updateAt i (values[i] + by) values)
    [| for i in 0 .. values.Length - 1 -> (f (moved i step) - f (moved i -step)) / (2.0 * step) |]

/// Parameters and state in float64.
let widenParams (ps: Params) : Params =
    ps |> Tree.map (fun param -> { param with Value = Tensor.cast Dtype.Float64 param.Value })

let widen (tree: Tree<Tensor>) = Tree.map (Tensor.cast Dtype.Float64) tree

/// All numbers of parameters in one vector.
let flattened (ps: Params) = Tensor.cat 0 [ for param in Tree.values ps -> Tensor.reshape [ -1 ] param.Value ]

/// The parameters with the numbers of a vector.
let unflatten (ps: Params) (flat: Tensor) : Params =
    let counts = Tree.values ps |> Array.map (fun param -> int param.Value.Count)
    let starts = Array.scan (+) 0 counts

    let part i (param: Param) = Tensor.slice 0 starts[i] starts[i + 1] flat |> Tensor.reshape param.Value.Shape

    Params.refill (Tree.values ps |> Array.mapi part) ps

/// Runs a program as a child: exit code, standard output and standard error.
let run (start: ProcessStartInfo) : int * string * string =
    start.RedirectStandardOutput <- true
    start.RedirectStandardError <- true
    use child = Process.Start start |> nonNull
    let errors = child.StandardError.ReadToEndAsync()
    let output = child.StandardOutput.ReadToEnd()
    child.WaitForExit()
    child.ExitCode, output, errors.Result

/// How a program is run with these arguments.
let startOf (program: string) (arguments: string list) : ProcessStartInfo =
    let start = ProcessStartInfo program
    arguments |> List.iter start.ArgumentList.Add
    start

/// How this program is run again as a child with these arguments.
let childStart (arguments: string list) : ProcessStartInfo =
    let program = string Environment.ProcessPath

    // Under `dotnet program.dll` the process is dotnet itself.
    if IO.Path.GetFileNameWithoutExtension program = "dotnet" then
        startOf program (Reflection.Assembly.GetExecutingAssembly().Location :: arguments)
    else
        startOf program arguments

/// Runs a program with these arguments: exit code and all that it printed.
let runProgram (program: string) (arguments: string list) : int * string =
    let code, output, errors = run (startOf program arguments)
    code, output + errors

/// Runs this program again as a child with these arguments: exit code and all that it printed.
let runChild (arguments: string list) : int * string =
    let code, output, errors = run (childStart arguments)
    code, output + errors

/// What a layer gives, and its state afterwards.
let runLayer layer mode ps state x =
    let struct (y, after) = Layer.apply layer mode ps state x
    y, after

/// A folder that is gone afterwards.
let inFolder (use': string -> 'r) : 'r =
    let folder = IO.Directory.CreateTempSubdirectory "functional-tests-"

    try
        use' folder.FullName
    finally
        folder.Delete true

/// Writes data sets of digits as the four files of MNIST.
let writeMnist folder (train: Dataset) (test: Dataset) =
    let write name (shape: int list) (bytes: byte[]) =
        let axes = [| for axis: int in shape -> BitConverter.GetBytes(Net.IPAddress.HostToNetworkOrder axis) |]
        let header = Array.append [| 0uy; 0uy; 8uy; byte shape.Length |] (Array.concat axes)
        IO.File.WriteAllBytes(IO.Path.Combine(folder, name), Array.append header bytes)

    for part, data in [ "train", train; "t10k", test ] do
        let count = Dataset.count data
        let pixels = Tensor.toArray data.Inputs |> Array.map (fun grey -> byte (round (255f * grey)))
        write $"{part}-images-idx3-ubyte" [ count; 28; 28 ] pixels
        write $"{part}-labels-idx1-ubyte" [ count ] (Tensor.toBytes data.Targets)
