/// What the tests of the native layer run in processes of their own, for a mistake there may end the process.
module NativeChildren

open System
open System.Diagnostics
open System.Threading
open TorchSharp
open Functional
open Functional.FSharp
open Operations

let private bits (raw: Raw) = Tensor.bits (Tensor.Of raw)

/// Runs every operation in turn for so many seconds, beside a thread that allocates and collects, and compares the bits.
let stress (seconds: float) =
    // Each with how often it runs in a round, and its bits when nothing runs beside it.
    let expected =
        [
            for operation in ops do
                let f () = bits (operation.Run operation.Operands)
                operation.Name, 50, f, f ()
            for row in FunctionRows.rows do
                let f () = Tensor.bits (row.Run row.Operands)
                row.Name, 10, f, f ()
            for name, f in composed do
                let f () = Tensor.bits (f ())
                name, 1, f, f ()
        ]

    let mutable stop = false

    let collect () =
        let mutable kept: byte[][] = [||]
        let mutable round = 0

        while not (Volatile.Read &stop) do
            kept <- Array.init 200 (fun i -> Array.zeroCreate (16 + i * 40))
            round <- round + 1
            GC.Collect(round % 3)

            if round % 10 = 0 then
                GC.WaitForPendingFinalizers()

        GC.KeepAlive kept

    let thread = Thread(collect, IsBackground = true)
    thread.Start()
    let clock = Stopwatch.StartNew()
    let mutable rounds = 0

    while clock.Elapsed.TotalSeconds < seconds do
        for name, times, f, before in expected do
            for _ in 1..times do
                if f () <> before then
                    failwith $"{name} gave other bits in round {rounds}"

        rounds <- rounds + 1

    Volatile.Write(&stop, true)
    thread.Join()
    printfn $"{expected.Length} operations, {rounds} rounds, the same bits"

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
            for dtype in dtypes -> zeros shape dtype
    |]

let private some =
    [|
        for dtype in dtypes -> zeros [ 3; 4 ] dtype
        for shape in [ []; [ 0 ]; [ 3 ]; [ 4; 5 ]; [ 2; 3; 6; 6 ]; [ 2; 1; 3 ] ] -> zeros shape dtypes[0]
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
            $"maxpool2d {text}", Ops.maxpool2d window window
            $"maxpool2d by {text}", Ops.maxpool2d pair window
            $"avgpool2d {text}", Ops.avgpool2d window window
            $"avgpool2d by {text}", Ops.avgpool2d pair window
            $"conv2d by {text}", (fun a -> Ops.conv2d window pair pair 1L a a a)
            $"conv2d around {text}", (fun a -> Ops.conv2d pair window pair 1L a a a)
            $"conv2d apart {text}", (fun a -> Ops.conv2d pair pair window 0L a a a)
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

// Σ f(…) as a function of the first operand, as far as it can be differentiated.
let private underGrad (run: Tensor[] -> Tensor) (operands: Tensor[]) =
    let f x = Tensor.sum (Tensor.cast Dtype.Float64 (run (Array.updateAt 0 x operands)))
    Differentiation.grad f operands[0]

/// Gives every function operands that it cannot take, alone and under a derivative: each call ends in a tensor or in an
/// ArgumentException that names the function.
let hunt () =
    let mutable calls, refused = 0, 0
    let unnamed = ResizeArray<string>()

    let call (name: string) (text: string) (f: unit -> Tensor) =
        // Said before the call: should the process end, the last line names the culprit.
        Console.Out.WriteLine $"{name} {text}"
        calls <- calls + 1

        try
            Scope.value (fun () -> f () |> ignore)
        with :? ArgumentException as error ->
            refused <- refused + 1

            if name <> "" && not (error.Message.Contains(name, StringComparison.OrdinalIgnoreCase)) then
                unnamed.Add $"{name} {text}: {error.Message}"

    for operation in ops do
        for i, chosen in Seq.indexed (choices operation.Operands.Length (candidates operation.Operands.Length)) do
            call "" $"{operation.Name} {i}" (fun () -> Tensor.Of(operation.Run(Array.ofList chosen)))

    for name, f in wrong do
        for i, a in Array.indexed some do
            call "" $"{name} {i}" (fun () -> Tensor.Of(f (Ops.clone a)))

    for row in FunctionRows.rows do
        for i, chosen in Seq.indexed (choices row.Operands.Length (candidates row.Operands.Length)) do
            let operands = [| for raw in chosen -> Tensor raw |]
            call row.Word $"{row.Case} {i}" (fun () -> row.Run operands)

            let differentiable = operands.Length > 0 && Native.isFloating operands[0].Raw

            if differentiable && (row.Operands.Length = 1 || i % 5 = 0) then
                call row.Word $"under grad {row.Case} {i}" (fun () -> underGrad row.Run operands)

    for name, f in FunctionRows.wrong do
        for i, a in Array.indexed some do
            call (Row.word name) $"wrong {i}" (fun () -> f (Tensor a))

    for line in unnamed |> Seq.distinctBy (fun line -> line.Split(' ')[0]) do
        printfn $"not named: {line}"

    if unnamed.Count > 0 then
        failwith $"{unnamed.Count} refusals do not name their function"

    printfn $"{calls} calls, {refused} refused"

/// Makes a tensor, or says why there is none.
let tensor () =
    try
        printfn $"{Tensor.toFloat (Tensor.sum (Tensor.ones [ 4 ]))}"
    with :? DllNotFoundException as error ->
        printfn $"{error.Message}"
