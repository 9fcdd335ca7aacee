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

// Arguments that are wrong for all or most operands.
let private wrong: (string * (Raw -> Raw)) list =
    [
        for axis in [ -9L; 7L; Int64.MaxValue ] do
            $"sumOver {axis}", Ops.sumOver [| axis |] false
            $"meanOver {axis}", Ops.meanOver [| axis |] true
            $"varOver {axis}", Ops.varOver [| axis |] true true
            $"maxOver {axis}", Ops.maxOver axis true
            $"argmax {axis}", Ops.argmax axis
            $"softmax {axis}", Ops.softmax axis
            $"logsoftmax {axis}", Ops.logsoftmax axis
            $"transpose {axis}", Ops.transpose 0L axis
            $"permute {axis}", Ops.permute [| 0L; axis |]
            $"squeeze {axis}", Ops.squeeze axis
            $"unsqueeze {axis}", Ops.unsqueeze axis
            $"flip {axis}", Ops.flip [| axis |]
            $"slice {axis}", Ops.slice axis 0L 1L 1L
            $"select {axis}", Ops.select axis 0L
            $"select at {axis}", Ops.select 0L axis
            $"gather {axis}", (fun a -> Ops.gather axis a a)
            $"indexSelect {axis}", (fun a -> Ops.indexSelect axis a a)
            $"cat {axis}", (fun a -> Ops.cat axis [| a; a |])
            $"stack {axis}", (fun a -> Ops.stack axis [| a; a |])
        for shape in [ [| -1L; -1L |]; [| -5L |]; [| 7L; -1L |]; [| Int64.MaxValue; 2L |]; [||] ] do
            let text = Ops.showShape shape
            $"reshape {text}", Ops.reshape shape
            $"expand {text}", Ops.expand shape
            $"pad {text}", Ops.pad shape
            $"permute {text}", Ops.permute shape
            $"zeros {text}", (fun _ -> Ops.zeros shape torch.ScalarType.Float32)
            $"full {text}", (fun _ -> Ops.full shape nan torch.ScalarType.Int64)
        for step in [ 0L; -1L; Int64.MinValue ] do
            $"slice by {step}", Ops.slice 0L 0L 1L step
            $"arange by {step}", (fun _ -> Ops.arange 0.0 1.0 (float step) torch.ScalarType.Float32)
        for value in [ nan; infinity; -1e308 ] do
            $"add {value}", (fun a -> Ops.addScalar a value)
            $"pow {value}", (fun a -> Ops.powScalar a value)
            $"lt {value}", (fun a -> Ops.ltScalar a value)
        for window in [ [| 0L; 0L |]; [| -1L; 2L |]; [| 9L; 9L |] ] do
            let text = Ops.showShape window
            $"maxpool2d {text}", Ops.maxpool2d window window
            $"maxpool2d by {text}", Ops.maxpool2d pair window
            $"avgpool2d {text}", Ops.avgpool2d window window
            $"avgpool2d by {text}", Ops.avgpool2d pair window
            $"conv2d by {text}", (fun a -> Ops.conv2d window pair pair 1L a a a)
            $"conv2d around {text}", (fun a -> Ops.conv2d pair window pair 1L a a a)
            $"conv2d apart {text}", (fun a -> Ops.conv2d pair pair window 0L a a a)
        "grad",
        (fun a ->
            Autograd.backward true a [| a |] |> ignore
            a)
        "differentiable grad", (fun a -> (Autograd.differentiable a [| a |])[0])
        "move", (fun a -> (Tensor.move (Device.Cuda 99) (Tensor.Of a)).Raw)
    ]

/// Gives every operation operands that it cannot take: each call ends in a tensor or an ArgumentException.
let hunt () =
    let mutable calls, refused = 0, 0

    let call name (f: unit -> Raw) =
        // Said before the call: should the process end, the last line names the culprit.
        Console.Out.WriteLine $"{name}"
        calls <- calls + 1

        try
            (f ()).Dispose()
        with :? ArgumentException ->
            refused <- refused + 1

    for operation in ops do
        match operation.Operands.Length with
        | 0 -> ()
        | 1 ->
            for i, a in Array.indexed odd do
                call $"{operation.Name} {i}" (fun () -> operation.Run [| a |])
        | 2 ->
            for i, a in Array.indexed some do
                for j, b in Array.indexed some do
                    call $"{operation.Name} {i} {j}" (fun () -> operation.Run [| a; b |])
        | _ ->
            for i, a in Array.indexed few do
                for j, b in Array.indexed few do
                    for k, c in Array.indexed few do
                        call $"{operation.Name} {i} {j} {k}" (fun () -> operation.Run [| a; b; c |])

    for name, f in wrong do
        for i, a in Array.indexed some do
            call $"{name} {i}" (fun () -> f (Ops.clone a))

    printfn $"{calls} calls, {refused} refused"

/// Makes a tensor, or says why there is none.
let tensor () =
    try
        printfn $"{Tensor.toFloat (Tensor.sum (Tensor.ones [ 4 ]))}"
    with :? DllNotFoundException as error ->
        printfn $"{error.Message}"
