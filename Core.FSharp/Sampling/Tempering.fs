namespace Functional.FSharp

open System
open Functional

/// Combinators over kernels that depend on a temperature.
[<RequireQualifiedAccess>]
module Tempering =

    let private count (s: State) = Tensor.toInt (Tree.leaf [ "step" ] s)

    /// Simulated annealing: step k is made by the kernel at temperature schedule k, whose cached energies are computed anew
    /// (Kirkpatrick et al. 1983, https://doi.org/10.1126/science.220.4598.671).
    let anneal (schedule: Schedule) (at: float -> Kernel<'info>) : Kernel<'info> =
        let state (position: Tensor) (step: int) : State =
            Node [ "position", Leaf position; "step", Leaf(Tensor.ofInts [ step ]) ]

        Kernel.create (fun position -> state position 0) (fun key s ->
            let step = count s
            let temperature = schedule step
            Energy.requireTemperature "anneal" temperature
            let kernel = at temperature
            let struct (after, info) = kernel.Step key (kernel.Init(Kernel.position s))
            struct (state (Kernel.position after) (step + 1), info))

    /// Parallel tempering: a copy of each chain at each of several temperatures, the first of which is the one wanted; after each
    /// step neighbouring copies, pairs (0, 1), (2, 3), … and (1, 2), (3, 4), … in turn, change places with probability
    /// min(1, exp((E - E')·(1/T - 1/T'))) (Geyer 1991). `energy` is that at temperature 1, `at` gives the kernel for E/T. The
    /// report is the part of the chains that changed places with the next, for each temperature but the last; NaN where it was
    /// not that pair's turn.
    let parallelTempering (temperatures: float seq) (energy: Energy) (at: float -> Kernel<'info>) : Kernel<float[]> =
        let temperatures = Array.ofSeq temperatures
        temperatures |> Array.iter (Energy.requireTemperature "parallelTempering")

        if temperatures.Length < 2 then
            invalidArg (nameof temperatures) "parallelTempering: there are at least two temperatures"

        let kernels = temperatures |> Array.map at

        let state (copies: Tensor[]) (step: int) : State =
            Node
                [
                    "position", Leaf copies[0]
                    "step", Leaf(Tensor.ofInts [ step ])
                    "copies", Node [ for i in 1 .. copies.Length - 1 -> string i, Leaf copies[i] ]
                ]

        let copies (s: State) = Array.append [| Kernel.position s |] (Tree.values (Tree.get [ "copies" ] s))

        Kernel.create (fun x -> state (Array.create temperatures.Length x) 0) (fun key s ->
            let moved =
                copies s
                |> Array.mapi (fun i x ->
                    let struct (after, _) = kernels[i].Step (Key.child i (Key.child 0 key)) (kernels[i].Init x)
                    Kernel.position after)

            let energies = moved |> Array.map (fun x -> Tensor.stopGradient (Energy.at energy x))
            let step = count s
            let rates = Array.create (temperatures.Length - 1) nan

            for i in step % 2 .. 2 .. temperatures.Length - 2 do
                let gap = 1.0 / temperatures[i] - 1.0 / temperatures[i + 1]
                let accept = Metropolis.accepts (Key.child i (Key.child 1 key)) (gap * (energies[i] - energies[i + 1]))
                let swap = Metropolis.beside moved[i] accept
                let low, high = moved[i], moved[i + 1]
                moved[i] <- Tensor.where swap high low
                moved[i + 1] <- Tensor.where swap low high
                rates[i] <- Metropolis.part accept

            struct (state moved (step + 1), rates))
