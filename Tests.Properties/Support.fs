/// What the tests share: independent witnesses, comparisons and child processes.
module Support

open System
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

/// Both tensors have the same bits.
let expectSame what (a: Tensor) (b: Tensor) = Expect.isTrue (Tensor.equal a b) $"{what}: the same bits, {a} and {b}"

/// Both trees have the same paths and bits.
let expectSameTree what (a: Tree<Tensor>) (b: Tree<Tensor>) =
    Expect.equal (Tree.leaves b |> List.map fst) (Tree.leaves a |> List.map fst) $"{what}: the same paths"
    Tree.map2 (expectSame what) a b |> ignore

/// The message of the exception of this type that f must raise, which must hold all of these words.
let expectError<'e when 'e :> exn> (words: string list) (f: unit -> unit) =
    let message =
        try
            f ()
            None
        with :? 'e as error ->
            Some error.Message

    match message with
    | None -> failtest $"expected {typeof<'e>.Name}, but nothing was raised"
    | Some message ->
        for word in words do
            Expect.stringContains message word "the message says what was given and what was expected"

/// A float64 tensor with reproducible entries that keep away from ties and kinks.
let doubles (shape: int list) seed = Random.normal shape (Key.ofSeed seed) |> Tensor.cast Dtype.Float64

/// Central differences: the gradient of a function of one float64 tensor, by moving each entry.
let numericalGradient (f: Tensor -> float) (x: Tensor) : float[] =
    let values, step = Tensor.toDoubles x, 1e-5
    let moved i by = Tensor.ofDoubles (List.ofArray x.Shape) (Array.updateAt i (values[i] + by) values)
    [| for i in 0 .. values.Length - 1 -> (f (moved i step) - f (moved i -step)) / (2.0 * step) |]

/// Parameters and state in float64.
let widenParams (ps: Params) : Params =
    ps |> Tree.map (fun param -> { param with Value = Tensor.cast Dtype.Float64 param.Value })

let widen (tree: Tree<Tensor>) = Tree.map (Tensor.cast Dtype.Float64) tree

/// Runs a program to its end: exit code and what it printed.
let runProgram (program: string) (arguments: string list) : int * string =
    let start = ProcessStartInfo(program, RedirectStandardOutput = true, RedirectStandardError = true)
    arguments |> List.iter start.ArgumentList.Add
    use child = Process.Start start |> nonNull
    let errors = child.StandardError.ReadToEndAsync()
    let output = child.StandardOutput.ReadToEnd()
    child.WaitForExit()
    child.ExitCode, output + errors.Result

/// Runs this program again as a child with these arguments: exit code and what it printed.
let runChild (arguments: string list) : int * string =
    let program = string Environment.ProcessPath

    // Under `dotnet program.dll` the process is dotnet itself.
    if IO.Path.GetFileNameWithoutExtension program = "dotnet" then
        runProgram program (Reflection.Assembly.GetExecutingAssembly().Location :: arguments)
    else
        runProgram program arguments

/// A folder that is gone afterwards.
let inFolder (use': string -> 'r) : 'r =
    let folder = IO.Directory.CreateTempSubdirectory "functional-tests-"

    try
        use' folder.FullName
    finally
        folder.Delete true
