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

/// Until it is disposed of, a thread allocates and collects.
let collecting () : IDisposable =
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

    { new IDisposable with
        member _.Dispose() =
            Volatile.Write(&stop, true)
            thread.Join()
    }

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

    use _ = collecting ()
    let clock = Stopwatch.StartNew()
    let mutable rounds = 0

    while clock.Elapsed.TotalSeconds < seconds do
        for name, times, f, before in expected do
            for _ in 1..times do
                if f () <> before then
                    failwith $"{name} gave other bits in round {rounds}"

        rounds <- rounds + 1

    printfn $"{expected.Length} operations, {rounds} rounds, the same bits"

/// Makes a tensor, or says why there is none.
let tensor () =
    try
        printfn $"{Tensor.toFloat (Tensor.sum (Tensor.ones [ 4 ]))}"
    with :? DllNotFoundException as error ->
        printfn $"{error.Message}"
