// A network in F# Interactive, after `dotnet build -c Release`: dotnet fsi Examples/Interactive.fsx
// With the packages instead: #r "nuget: Functional.Core" and #r "nuget: libtorch-cpu-linux-x64, 2.10.0".
#r "bin/Release/net10.0/Functional.Core.dll"
#r "bin/Release/net10.0/TorchSharp.dll"

open Functional
open Functional.FSharp
open Functional.FSharp.Layers

// F# Interactive shows the numbers of a tensor; in a notebook, Tensor.toHtml does.
fsi.AddPrinter Tensor.format
let table = Tensor.tensor [ [ 1.0; 2.5 ]; [ 3.0; 4.0 ] ]
printfn $"{Tensor.format table[1.., 0]}"

// Derivatives are functions of functions: d²/dx² of x³ at 2.
let cube (x: Tensor) = x * x * x
let second = Differentiation.grad (Differentiation.grad cube) (Tensor.scalar 2.0)
printfn $"the second derivative of x³ at 2 is {Tensor.toFloat second}"

// Training is a lazy sequence of snapshots.
let digits = Digits.drawn 7_000 (Key.ofSeed 1)
let train, test = Dataset.slice 0 6_000 digits, Dataset.slice 6_000 7_000 digits
let network = flatten --> dense 784 64 --> relu --> dropout 0.1 --> dense 64 10
let rule = Rule.ofLoss Loss.crossEntropy network
let adam = Optimizer.adam (Schedule.cosine 2e-3 1e-4 600)
let batches = Dataset.batches 64 6 (Key.ofSeed 2) train

let accuracy (snapshot: Snapshot) =
    Evaluation.accuracy (Evaluation.predict 500 network snapshot test.Inputs) test.Targets

let best =
    Training.start rule adam (Key.ofSeed 3)
    |> Training.run 100 rule adam batches
    |> Seq.map (fun snapshot -> accuracy snapshot, snapshot)
    |> Seq.map (fun (accuracy, snapshot) ->
        printfn $"step {snapshot.Step, 4}: accuracy {accuracy:F3}"
        accuracy, snapshot)
    |> Seq.maxBy fst
    |> snd

Checkpoint.save (System.IO.Path.Combine(System.IO.Path.GetTempPath(), "digits.safetensors")) best
printfn $"the best is of step {best.Step}"
