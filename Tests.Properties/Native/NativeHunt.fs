/// The abort hunt: every function of the library with operands that it cannot take, in a process of its own.
module NativeHunt

open System
open System.Diagnostics
open TorchSharp
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Operations

let private zeros shape dtype = Ops.zeros (shape |> List.map int64 |> Array.ofList) dtype

let private dtypes =
    [
        torch.ScalarType.Float32
        torch.ScalarType.Float64
        torch.ScalarType.Int64
        torch.ScalarType.Bool
        torch.ScalarType.BFloat16
    ]

// Operands that most operations cannot take. A refusal costs libtorch milliseconds, so pairs and triples get fewer.
let private odd =
    [|
        for shape in [ []; [ 0 ]; [ 3 ]; [ 3; 4 ]; [ 0; 3 ]; [ 2; 3; 6; 6 ] ] do
            for dtype in dtypes do
                zeros shape dtype
        Ops.full [| 3L; 4L |] nan dtypes[0]
        Ops.full [| 3L; 3L |] infinity dtypes[1]
        Ops.transpose 0L 1L (zeros [ 3; 4 ] dtypes[0])
    |]

let private some =
    [|
        for dtype in dtypes do
            zeros [ 3; 4 ] dtype
        for shape in [ []; [ 0 ]; [ 3 ]; [ 4; 5 ]; [ 2; 3; 6; 6 ]; [ 2; 1; 3 ] ] do
            zeros shape dtypes[0]
        Ops.full [| 3L; 4L |] nan dtypes[0]
    |]

let private few =
    [|
        zeros [ 3; 4 ] dtypes[0]
        zeros [ 3 ] dtypes[0]
        zeros [ 3 ] dtypes[2]
        zeros [] dtypes[1]
        zeros [ 0; 3 ] dtypes[0]
        zeros [ 2; 3; 6; 6 ] dtypes[0]
    |]

let private pair = [| 2L; 2L |]

// Arguments of internal operations that are wrong for all or most operands.
let private wrong: (string * (Raw -> Raw)) list =
    [
        for window in [ [| 0L; 0L |]; [| -1L; 2L |]; [| 9L; 9L |] ] do
            let text = Native.showShape window
            $"conv2d by {text}", (fun a -> Ops.conv 2 window pair pair 1L a a a)
            $"conv2d around {text}", (fun a -> Ops.conv 2 pair window pair 1L a a a)
            $"conv2d apart {text}", (fun a -> Ops.conv 2 pair pair window 0L a a a)
        "grad",
        (fun a ->
            Autograd.backward true false a [| a |] |> ignore
            a)
        "differentiable grad", (fun a -> (Autograd.differentiable a [| a |])[0])
    ]

// Operands of a row at a function's own places, each choice of them once.
let private choices (count: int) (candidates: Raw[]) =
    Seq.fold
        (fun chosen _ ->
            [
                for rest in chosen do
                    for candidate in candidates -> candidate :: rest
            ])
        [ [] ]
        [ 1..count ]

let private candidates count =
    match count with
    | 0 -> [||]
    | 1 -> odd
    | 2 -> some
    | _ -> few

// Layers, losses and derivatives, which name what they refuse by paths and parameters.
let private wider: (string * (Tensor -> Tensor)) list =
    let key = Key.ofSeed 1

    let layers =
        [
            "dense", dense 4 3
            "conv2d", conv2d 3 2 3
            "conv2d same", conv2dWith { Convolution.standard with Padding = Padding.Same; Stride = [ 2 ] } 3 2 [ 3 ]
            "conv1d", conv1dWith { Convolution.standard with Padding = Padding.Reflect } 3 2 [ 3 ]
            "conv3d", conv3dWith { Convolution.standard with Padding = Padding.Circular; Bias = false } 3 2 [ 2 ]
            "depthwise2d", depthwise2d 3 3
            "convTranspose2d", convTranspose2dWith { Convolution.standard with Stride = [ 2 ] } [ 1 ] 3 2 [ 3 ]
            "maxpool1d", maxpool1dWith { Pool.ofSize [ 3 ] with Padding = [ 1 ]; Ceil = true }
            "meanpool3d", meanpool3d 2
            "globalMaxpool", globalMaxpool
            "globalMeanpool", globalMeanpool
            "adaptiveMaxpool", adaptiveMaxpool [ 2; 3; 2 ]
            "adaptiveMeanpool", adaptiveMeanpool [ 2; 3 ]
            "maxpool2d", maxpool2d 2
            "maxpool2d 3", maxpool2d 3
            "meanpool2d", meanpool2d 2
            "flatten", flatten
            "softmax", softmax
            "dropout", dropout 0.5
            "batchNorm", batchNorm 4
            "batchNorm of images", batchNorm 3
            "relu", relu
        ]

    let energy x = Tensor.sum (Tensor.tanh x * x)

    [
        for name, layer in layers do
            let struct (ps, state) = Layer.init key layer

            for mode in [ Train key; Eval ] do
                let run x =
                    let struct (y, _) = Layer.apply layer mode ps state x
                    y

                name, run
                $"grad of {name}", Differentiation.grad (run >> Tensor.sum)

        for target in [ Tensor.ofInts [ 0; 1; 2 ]; Tensor.ofInts [ 7 ]; Tensor.zeros [ 3; 4 ]; Tensor.zeros [ 0 ] ] do
            "crossEntropy", (fun x -> Loss.crossEntropy x target)
            "squaredError", (fun x -> Loss.squaredError x target)
            "jacobianv", (fun x -> Differentiation.jacobianv Tensor.exp x target)
            "jacobianTv", (fun x -> Differentiation.jacobianTv Tensor.exp x target)
            "hessianv", (fun x -> Differentiation.hessianv energy x target)

        for name, derivative in
            [
                "grad", Differentiation.grad
                "diff", Differentiation.diff
                "diffn", Differentiation.diffn 3
                "jacobian", Differentiation.jacobian
                "hessian", Differentiation.hessian
                "laplacian", Differentiation.laplacian
                "divergence", Differentiation.divergence
                "curl", Differentiation.curl
                "gradBatch", Differentiation.gradBatch
                "jacobianBatch", Differentiation.jacobianBatch
                "laplacianBatch", Differentiation.laplacianBatch
                "numgrad", Differentiation.numgrad
                "numhessian", Differentiation.numhessian
                "checkpoint", (fun f -> Differentiation.grad (Differentiation.checkpoint f))
                "custom", (fun f -> Differentiation.grad (Differentiation.custom f (fun _ _ c -> c)))
            ] do
            $"{name} of a number", derivative energy
            $"{name} of a field", derivative Tensor.sin
    ]

// Σ f(…) as a function of the first operand, as far as it can be differentiated.
let private underGrad (run: Tensor[] -> Tensor) (operands: Tensor[]) =
    let f x = Tensor.sum (Tensor.cast Dtype.Float64 (run (Array.updateAt 0 x operands)))
    Differentiation.grad f operands[0]

// What shows that a refusal goes on with what libtorch says beyond its sentence, or is one of several.
let private problems (error: ArgumentException) : string list =
    let native =
        [
            "Exception raised from"
            ".cpp"
            ".so)"
            "frame #"
            "c10::"
            "at::"
            "TorchScript"
            "Traceback"
            "\n\n"
        ]

    // The messages alone: the stack of a refusal names functions.
    let rec messages (error: exn) =
        match error.InnerException with
        | null -> error.Message
        | inner -> $"{error.Message}\n{messages inner}"

    let text = messages error

    // A layer's refusal holds the one that it began with.
    let held =
        match error with
        | :? LayerException -> error.InnerException |> Option.ofObj |> Option.bind (_.InnerException >> Option.ofObj)
        | _ -> Option.ofObj error.InnerException

    [
        for words in native do
            if text.Contains words then
                $"it says '{words}'"
        if held.IsSome then
            $"it holds another, {held.Value.Message}"
    ]

/// Gives every function operands that it cannot take, alone and under a derivative: each call ends in a tensor or in an
/// ArgumentException that names the function. Of all calls each `stride`-th is made, from the `first` on.
let child (stride: int) (first: int) =
    let mutable calls, refused, met = 0, 0, 0
    let unnamed = ResizeArray<string>()

    let rec call (name: string) (text: string) (f: unit -> Tensor) =
        met <- met + 1

        if met % stride = first % stride then
            make name text f

    and make name text f =
        // Said before the call: should the process end, the last line names the culprit.
        Console.Out.WriteLine $"{name} {text}"
        calls <- calls + 1

        try
            Scope.value (fun () -> f () |> ignore)
        with :? ArgumentException as error ->
            refused <- refused + 1

            // What only the derivative cannot do is the derivative's own refusal.
            let own = text.StartsWith "under grad" && error.Message.StartsWith "grad "
            let named = error.Message.Contains(name, StringComparison.OrdinalIgnoreCase)

            if name <> "" && not (named || own) then
                unnamed.Add $"{name} {text}: {error.Message}"

            for problem in problems error do
                unnamed.Add $"{name} {text}: {problem}: {error.Message}"

    for operation in ops do
        for i, chosen in Seq.indexed (choices operation.Operands.Length (candidates operation.Operands.Length)) do
            call "" $"{operation.Name} {i}" (fun () -> Tensor.Of(operation.Run(Array.ofList chosen)))

    for name, f in wrong do
        for i, a in Array.indexed some do
            call "" $"{name} {i}" (fun () -> Tensor.Of(f (Ops.clone a)))

    for row in FunctionRows.rows do
        let name = if row.Composed then "" else row.Word

        for i, chosen in Seq.indexed (choices row.Operands.Length (candidates row.Operands.Length)) do
            let operands = [| for raw in chosen -> Tensor raw |]
            call name $"{row.Name} {i}" (fun () -> row.Run operands)

            let differentiable = operands.Length > 0 && Native.isFloating operands[0].Raw

            if differentiable && (row.Operands.Length = 1 || i % 5 = 0) then
                call name $"under grad {row.Name} {i}" (fun () -> underGrad row.Run operands)

    for name, f in FunctionRows.wrong do
        for i, a in Array.indexed some do
            call (Row.word name) $"wrong {i}" (fun () -> f (Tensor a))

    for name, f in wider do
        for i, a in Array.indexed odd do
            call "" $"{name} {i}" (fun () -> f (Tensor a))

    for line in unnamed |> Seq.distinctBy (fun line -> line.Split(' ')[0]) do
        printfn $"not so: {line}"

    if unnamed.Count > 0 then
        failwith $"{unnamed.Count} refusals do not name their function, or say too much"

    printfn $"{calls} calls, {refused} refused"

/// Makes each `stride`-th call, from the `first` on, in a process of its own: how many there were.
let calls (stride: int) (first: int) (collecting: bool) : int =
    let beside = if collecting then [ "collecting" ] else []
    let start = Support.childStart ([ "child"; "hunt"; string stride; string first ] @ beside)
    // libtorch's warnings fill the standard error.
    let code, output, errors = Support.run start
    let multiline = Text.RegularExpressions.RegexOptions.Multiline
    let found = Text.RegularExpressions.Regex.Match(output, @"^(\d+) calls, \d+ refused", multiline)

    if code <> 0 || not found.Success then
        let ending (text: string) = text[max 0 (text.Length - 1000) ..]
        // The last line of a process that died names the call.
        Expecto.Tests.failtest
            $"stride {stride} from {first}, {beside}: exit code {code}: …{ending output}\n…{ending errors}"

    int found.Groups[1].Value

/// All calls in turn, in processes of 3,500 each; after four such one beside a thread that allocates and collects, which slows each
/// call down tenfold.
let hunt: Hunt.Hunt =
    let run (budget: Hunt.Budget) =
        let clock, strides = Stopwatch.StartNew(), 20
        let mutable cases, part = 0, 0

        while part < strides && Hunt.goesOn clock budget cases do
            let first = (budget.Seed + part) % strides
            cases <- cases + calls strides first false
            budget.Progress cases

            if part % 4 = 3 then
                cases <- cases + calls (10 * strides) (budget.Seed % 1000 + part) true
                budget.Progress cases

            part <- part + 1

        cases

    { Name = "operations"; Full = Int32.MaxValue; Share = 1.0; Run = run }
