/// Chains that depend on temperatures.
module TemperingTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support
open Targets

let private key = Key.ofSeed 74

let private spins (states: float[][]) =
    Tensor.ofArray [ states.Length; states[0].Length ] (Array.concat states |> Array.map float32)

let tests =
    testList
        "tempering"
        [
            test "annealing finds the ground state of a spin glass, and goes lower than sudden cold" {
                let couplings = glass 16 1.0 8
                let energy = glassOf couplings
                let ground = everyState -1.0 16 |> Array.map (glassEnergy couplings) |> Array.min
                let start = 2.0 * Random.bernoulli 0.5 [ 100; 16 ] key - 1.0
                let at t = Gibbs.sweep Units.Spin (Energy.tempered t energy)

                let last schedule = energy (Kernel.run 150 key (Tempering.anneal schedule at) start) |> Tensor.toDoubles

                let mean (energies: float[]) =
                    let mean = Array.average energies
                    mean, sqrt ((energies |> Array.averageBy (fun e -> (e - mean) ** 2.0)) / 100.0)

                let slowly = last (fun step -> 5.0 * 0.97 ** float step)
                expectLess (abs (Array.min slowly - ground)) 1e-9 "the lowest of the chains"
                let (slow, error), (sudden, other) = mean slowly, mean (last (fun _ -> 0.05))

                expectLess
                    slow
                    (sudden - 5.0 * sqrt (error * error + other * other))
                    $"{slow} ± {error}, {sudden} ± {other}"
            }

            test "step k begins with energies at the temperature of step k" {
                let energy (x: Tensor) = Tensor.sumOver 1 (Tensor.square x)
                // How far the cached energy is from E/T of the position, whatever the chain's own temperature was before.
                let at t =
                    let state x e : State = Node [ "position", Leaf x; "energy", Leaf e ]

                    Kernel.create (fun x -> state x (energy x / t)) (fun key s ->
                        let x = Kernel.position s

                        let stale =
                            Tensor.abs (Tree.leaf [ "energy" ] s - energy x / t) |> Tensor.max |> Tensor.toFloat

                        let next = x + Random.normal x.Shape key
                        struct (state next (energy next / t), stale))

                let schedule step = 3.0 / float (step + 1)
                let start = Tensor.ones [ 3; 2 ]
                let _, stale = Kernel.sample 0 6 key (Tempering.anneal schedule at) start
                Expect.equal stale (Array.zeroCreate 6) "none is stale"

                // Without annealing the energies of the step before would be those of its temperature.
                let mutable state = Kernel.init start (at (schedule 0))

                for step in 0..5 do
                    let struct (next, stale) = Kernel.step (Key.child step key) state (at (schedule step))
                    state <- next

                    if step > 0 then
                        expectMore stale 1e-3 $"step {step} by hand"
            }

            test "step k is made at the temperature of step k" {
                let asked = ResizeArray<float>()

                let at t =
                    asked.Add t
                    Metropolis.flip Units.Spin (fun x -> Tensor.sumOver 1 x / t)

                let schedule step = 3.0 / float (step + 1)
                let kernel = Tempering.anneal schedule at
                Kernel.run 6 key kernel (Tensor.ones [ 3; 2 ]) |> ignore
                Expect.sequenceEqual asked [ for step in 0..5 -> schedule step ] "temperatures"
            }

            test "parallel tempering crosses where plain Gibbs stays" {
                // Eight spins that all pull together: up and down are equally likely and far apart.
                let energy (x: Tensor) = -0.8 * Tensor.square (Tensor.sumOver 1 x) / 2.0
                let start = Tensor.ones [ 200; 8 ]
                let at t = Gibbs.sweep Units.Spin (Energy.tempered t energy)

                let down x =
                    Tensor.toFloat (Tensor.mean (Tensor.cast Dtype.Float32 (Tensor.ltNumber 0.0 (Tensor.sumOver 1 x))))

                let plain = down (Kernel.run 200 key (at 1.0) start)
                let temperatures = [ for i in 0..7 -> 1.8 ** float i ]
                let mixed = down (Kernel.run 200 key (Tempering.parallelTempering temperatures energy at) start)
                expectLess plain 0.05 "plain chains stay"
                // The standard error of a half of 200 chains.
                expectLess (abs (mixed - 0.5)) (5.0 * 0.5 / sqrt 200.0) $"{mixed} of the tempered chains are down"
            }

            test "neighbours take turns, and copies of one energy always change places" {
                let still (x: Tensor) = Tensor.zerosOf Dtype.Float32 [ x.Shape[0] ]

                let kernel =
                    Tempering.parallelTempering [ 1.0; 2.0; 3.0; 4.0 ] still (fun _ ->
                        Kernel.ofMove (fun _ x -> struct (x, ())))

                let _, rates = Kernel.sample 0 4 key kernel (Tensor.zeros [ 5; 1 ])

                let shown = rates |> Array.map (Array.map (fun r -> if Double.IsNaN r then -1.0 else r))

                Expect.equal
                    shown
                    [| [| 1.0; -1.0; 1.0 |]; [| -1.0; 1.0; -1.0 |]; [| 1.0; -1.0; 1.0 |]; [| -1.0; 1.0; -1.0 |] |]
                    "rates"
            }

            test "places change with the chance min(1, exp((E - E')·(1/T - 1/T')))" {
                // The copy at temperature 1 is moved to energy 0, the other to energy -1.2: better alone is taken always, else by chance.
                let energy (x: Tensor) = Tensor.sumOver 1 x

                let rate cold hot =
                    let at t = Kernel.ofMove (fun _ x -> struct (Tensor.fullLike (if t = 1.0 then cold else hot) x, ()))
                    let kernel = Tempering.parallelTempering [ 1.0; 2.0 ] energy at
                    let struct (_, rates) = Kernel.step key (Kernel.init (Tensor.zeros [ 40000; 1 ]) kernel) kernel
                    rates[0]

                Expect.equal (rate 0.0 -1.2) 1.0 "the lower energy goes to the lower temperature"
                let expected = exp (-1.2 * 0.5)
                let error = sqrt (expected * (1.0 - expected) / 40000.0)
                expectLess (abs (rate -1.2 0.0 - expected)) (5.0 * error) "by chance"
            }
        ]
