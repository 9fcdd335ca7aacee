/// Each kernel on each distribution that it is for, and the laws of what joins kernels.
module KernelTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support
open Targets

let private key = Key.ofSeed 71
let private quiet (kernel: Kernel<'info>) : Kernel<unit> = Kernel.map ignore kernel

// u = Jx + f of four units, of which 0, 1, 2, 3 all act on each other: each has a colour of its own.
let private chromatic units (_: Energy) =
    let couplings, fields = glass 4 0.7 3

    let w =
        Tensor.ofArray
            [ 4; 4 ]
            [|
                for i in 0..3 do
                    for j in 0..3 -> float32 couplings[i, j]
            |]

    let f = Tensor.ofSeq fields
    Gibbs.chromatic units [ 0; 1; 2; 3 ] (fun x -> Tensor.matmul x w + f)

let private blocks units (energy: Energy) =
    // Unit i takes its other value with the chance that all energies give.
    let block i key (x: Tensor) =
        let mask = Tensor.eqNumber (float i) (Tensor.arange 4) |> Tensor.expand x.Shape
        let u = Random.uniform x.Shape key
        let flip = Tensor.logicalAnd mask (Tensor.lt u (Gibbs.chances units energy x |> Tensor.cast Dtype.Float32))
        Tensor.where flip (if units = Units.Spin then -x else 1.0 - x) x

    Gibbs.blocks [ for i in 0..3 -> block i ]

let private discreteKernels units : (string * (Energy -> Kernel<unit>)) list =
    [
        "Gibbs.site", Gibbs.site units >> quiet
        "Gibbs.sweep", Gibbs.sweep units >> quiet
        "Gibbs.blocks", blocks units
        "Gibbs.chromatic", chromatic units
        "Metropolis.flip", Metropolis.flip units >> quiet
        "mix", (fun e -> quiet (Kernel.mix [ 0.3, Gibbs.sweep units e; 0.7, Metropolis.flip units e ]))
        "inTurn", (fun e -> quiet (Kernel.inTurn [ Gibbs.site units e; Metropolis.flip units e ]))
        "thin", Gibbs.site units >> Kernel.thin 3 >> quiet
        "repeat", Metropolis.flip units >> Kernel.repeat 2 >> quiet
        "parallelTempering",
        (fun e ->
            quiet (Tempering.parallelTempering [ 1.0; 2.0; 5.0 ] e (fun t -> Gibbs.site units (Energy.tempered t e))))
        "anneal at a constant temperature",
        (fun e -> quiet (Tempering.anneal (Schedule.constant 1.0) (fun t -> Gibbs.sweep units (Energy.tempered t e))))
    ]

let private realKernels: (string * (Energy -> Kernel<unit>)) list =
    [
        "Metropolis.walk", Metropolis.walk 1.0 >> quiet
        "Langevin.adjusted", Langevin.adjusted 0.3 >> quiet
        "Langevin.hamiltonian", Langevin.hamiltonian 0.3 4 >> quiet
        "mix", (fun e -> quiet (Kernel.mix [ 0.5, Metropolis.walk 1.0 e; 0.5, Langevin.hamiltonian 0.3 3 e ]))
        "inTurn", (fun e -> quiet (Kernel.inTurn [ Metropolis.walk 2.0 e; Langevin.adjusted 0.2 e ]))
        "thin", Metropolis.walk 1.0 >> Kernel.thin 3 >> quiet
        "repeat", Langevin.adjusted 0.3 >> Kernel.repeat 2 >> quiet
        "parallelTempering",
        (fun e ->
            quiet (Tempering.parallelTempering [ 1.0; 3.0 ] e (fun t -> Metropolis.walk 1.0 (Energy.tempered t e))))
    ]

let private counting =
    Kernel.create (fun position -> Node [ "position", Leaf position; "steps", Leaf(Tensor.scalar 0.0) ]) (fun key s ->
        let steps = Tree.leaf [ "steps" ] s + 1.0
        let position = Kernel.position s + Random.normal [ 2 ] key
        struct (Node [ "position", Leaf position; "steps", Leaf steps ], Tensor.toInt steps))

let tests =
    testList
        "kernels"
        [
            for target in [ normal; skewed ] do
                for name, make in realKernels do
                    test $"{name}, {target.Name}" {
                        expectTarget target 100 600 64 (Key.child 1 key) (make target.Energy)
                    }

            for units in [ Units.Bernoulli; Units.Spin ] do
                for name, make in discreteKernels units do
                    test $"{name}, {units}" {
                        let target = discrete units
                        expectTarget target 50 1000 64 (Key.child 2 key) (make target.Energy)
                    }

            test "the harness sees a wrong kernel" {
                let wrong = Langevin.unadjusted 0.3 normal.Energy
                let error = raised<AssertException>(fun () -> expectTarget normal 100 600 64 key wrong)
                Expect.stringContains error.Message "normal" "the target that was missed"
            }

            test "steps, sample and run go through the same positions" {
                let start = Tensor.zeros [ 2 ]
                let draws, infos = Kernel.sample 3 4 key counting start
                Expect.equal infos [| 1..7 |] "all reports"
                Expect.equal draws.Shape [| 4; 2 |] "positions after the burn"
                let last = Array.last (Tensor.unstack 0 draws)
                expectSame "the last position" (Kernel.run 7 key counting start) last

                let mutable state = Kernel.init start counting

                for i in 0..6 do
                    let struct (next, _) = Kernel.step (Key.child i key) state counting
                    state <- next

                expectSame "by hand" (Kernel.position state) last
                expectSame "no steps" start (Kernel.run 0 key counting start)
            }

            test "repeat and thin make the same steps, with all reports or the last" {
                let state = Kernel.init (Tensor.zeros [ 2 ]) counting
                let struct (many, infos) = Kernel.step key state (Kernel.repeat 5 counting)
                let struct (last, info) = Kernel.step key state (Kernel.thin 5 counting)
                Expect.equal infos [| 1..5 |] "reports"
                Expect.equal info 5 "the last report"
                expectSameTree "states" many last
                expectSame "run" (Kernel.run 5 key counting (Tensor.zeros [ 2 ])) (Kernel.position many)
            }

            test "map changes reports alone" {
                let state = Kernel.init (Tensor.zeros [ 2 ]) counting
                let struct (a, info) = Kernel.step key state counting
                let struct (b, text) = Kernel.step key state (Kernel.map string counting)
                expectSameTree "states" a b
                Expect.equal text (string info) "report"
            }

            test "mix draws kernels with their probabilities" {
                let says what = Kernel.ofMove (fun _ x -> struct (x, what))
                let kernel = Kernel.mix [ 0.2, says 0; 0.0, says 1; 0.8, says 2 ]
                let _, infos = Kernel.sample 0 4000 key kernel (Tensor.zeros [ 1 ])
                Expect.isFalse (Array.contains 1 infos) "never that of probability 0"
                let kinds = infos |> Array.map (fun i -> if i = 0 then 0 else 1)
                expectMore (Chances.pearson [ 0.2; 0.8 ] kinds) 1e-3 "the others"
            }

            test "what a kernel gives has no part in any derivative" {
                let rows =
                    [
                        for name, make in discreteKernels Units.Spin do
                            name, make, discrete Units.Spin
                        for name, make in realKernels do
                            name, make, skewed
                    ]

                for name, make, target in rows do
                    let through (scale: Tensor) =
                        let kernel = make (fun x -> target.Energy x * scale)
                        let struct (next, ()) = Kernel.step key (Kernel.init (target.Start 3) kernel) kernel
                        let held = Tree.values next |> Array.filter (fun t -> t.Dtype <> Dtype.Int64)
                        scale + (held |> Array.map (Tensor.cast Dtype.Float64 >> Tensor.sum) |> Array.reduce (+))

                    let slope = Differentiation.grad through (Tensor.ofDoubles [] [| 1.0 |])
                    Expect.equal (Tensor.toFloat slope) 1.0 name
            }

            test "blocks run in their order" {
                let step by _ (x: Tensor) = 2.0 * x + by
                let x = Kernel.run 1 key (Gibbs.blocks [ step 1.0; step 5.0 ]) (Tensor.zeros [ 1 ])
                Expect.equal (Tensor.toFloat x) 7.0 "2·1 + 5"
            }
        ]
