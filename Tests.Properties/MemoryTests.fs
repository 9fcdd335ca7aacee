/// A user's own loops, written without knowing of scopes, keep resident memory flat. Each runs in a process of its own.
module MemoryTests

open System.Diagnostics
open Expecto
open Functional
open Functional.FSharp
open Support

module D = Differentiation

let private key = Key.ofSeed 9
let private square size = Random.normal [ size; size ] key
let private wide = Structure.both Structure.tensor Structure.tensor

// What a loop does at each step.
let private loops: (string * (int -> Tensor -> Tensor)) list =
    let energy (x: Tensor) = Tensor.sum (Tensor.tanh (x * x))
    let own = D.custom Tensor.tanh (fun _ y c -> c * (1.0 - y * y))

    [
        "add", (fun _ x -> x + x)
        "grad", (fun _ x -> D.grad energy x)
        "jacobianv", (fun _ x -> D.jacobianv Tensor.tanh x x)
        "hessianv", (fun _ x -> D.hessianv energy x x)
        "gradOf", (fun _ x -> D.gradOf wide (fun (a, b) -> energy (a * b)) (x, x) |> fst)
        "custom", (fun _ x -> D.grad (own >> energy) x)
        "custom, twice", (fun _ x -> D.hessianv (own >> energy) x x)
        "checkpoint", (fun _ x -> D.grad (D.checkpoint Tensor.tanh >> energy) x)
        "raised",
        (fun _ x ->
            try
                D.grad (D.custom Tensor.tanh (fun _ _ _ -> failwith "no") >> energy) x
            with error when error.Message = "no" ->
                x)
    ]

/// Prints the peak of resident memory in bytes after so many steps of a loop over tensors of this size.
let child name size steps =
    let step = loops |> List.find (fst >> (=) name) |> snd
    let x = square size
    let mutable last = x

    for i in 1..steps do
        last <- step i x

    Process.GetCurrentProcess().Refresh()
    printfn $"{Process.GetCurrentProcess().PeakWorkingSet64}"

let private peak name size steps =
    match runChild [ "child"; "loop"; name; string size; string steps ] with
    | 0, output -> float output
    | code, output -> failtest $"the child ended with {code}: {output}"

let tests =
    testList
        "memory"
        [
            for size, steps in [ 8, 1_000_000; 40, 1_000_000; 100, 300_000 ] do
                test $"{steps} additions of {size}×{size} stay below 800 MB" {
                    Expect.isLessThan (peak "add" size steps) 800e6 "peak of resident memory"
                }

            for name, _ in loops.Tail do
                test $"{name}: 9,000 steps of 100×100 take no more than 3,000 did" {
                    let few, many = peak name 100 3000, peak name 100 9000
                    Expect.isLessThan (many / few) 1.2 $"{many:F0} bytes after {few:F0}"
                }
        ]
