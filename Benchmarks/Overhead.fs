/// What our tensors and derivatives cost beside TorchSharp's own on numbers so few that the arithmetic does not count.
module Overhead

open TorchSharp
open Functional
open Functional.FSharp
open Workload

let private x = lazy Random.normal [ 8; 8 ] (Key.ofSeed 3)

/// Additions of 8×8 tensors, a hundred in a scope.
let add () =
    let ours = x.Value
    let theirs = ours.Raw

    {
        Name = "add"
        Steps = 200_000
        Ours =
            fun steps ->
                let mutable last = nan

                for _ in 1 .. steps / 100 do
                    last <-
                        Scope.value (fun () ->
                            let mutable sum = ours

                            for _ in 1..100 do
                                sum <- sum + ours

                            Tensor.toFloat (Tensor.sum sum))

                last
        OneByOne = None
        Theirs =
            fun steps ->
                let mutable last = nan

                for _ in 1 .. steps / 100 do
                    use _ = torch.NewDisposeScope()
                    let mutable sum = theirs

                    for _ in 1..100 do
                        sum <- sum + theirs

                    last <- sum.sum().ToDouble()

                last
    }

/// The gradient of a function of ten operations.
let grad () =
    let ours = x.Value
    let theirs = ours.Raw.clone().requires_grad_()

    let function' (x: Tensor) =
        let y = Tensor.tanh (x * x + x)
        let z = Tensor.sigmoid (y - x) * Tensor.exp (y * 0.5)
        Tensor.sum (z / (y * y + 1.0))

    {
        Name = "grad"
        Steps = 10_000
        Ours =
            fun steps ->
                let mutable last = nan

                for step in 1..steps do
                    Scope.value (fun () ->
                        let gradient = Differentiation.grad function' ours

                        if step % 100 = 0 then
                            last <- Tensor.toFloat (Tensor.sum gradient))

                last
        OneByOne = None
        Theirs =
            fun steps ->
                let mutable last = nan

                for step in 1..steps do
                    use _ = torch.NewDisposeScope()
                    let y = torch.tanh (theirs * theirs + theirs)
                    let z = torch.sigmoid (y - theirs) * torch.exp (y * 0.5f.ToScalar())
                    let value = (z / (y * y + 1.0f.ToScalar())).sum()
                    value.backward ()

                    match theirs.grad with
                    | null -> ()
                    | gradient ->
                        if step % 100 = 0 then
                            last <- gradient.sum().ToDouble()

                    theirs.grad <- null

                last
    }
