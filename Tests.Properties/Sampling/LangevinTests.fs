/// Kernels that follow slopes: their bias, their exactness and the order of their integrator.
module LangevinTests

open Expecto
open Functional
open Functional.FSharp
open Support
open Targets

let private key = Key.ofSeed 73
let private normal (x: Tensor) = 0.5 * Tensor.sumOver 1 (Tensor.square x)
let private quartic (x: Tensor) = 0.25 * Tensor.sumOver 1 (Tensor.square (Tensor.square x))

// The mean of f over chains, and its standard error.
let private mean steps chains (f: Tensor -> Tensor) (kernel: Kernel<'info>) axes =
    let draws, _ = Kernel.sample 100 steps key kernel (Tensor.zeros [ chains; axes ])
    let numbers = Tensor.reshape [ steps; chains ] (f (Tensor.reshape [ -1; axes ] draws))
    let found = Tensor.toFloat (Tensor.mean numbers)
    found, Tensor.toFloat (Tensor.std numbers) / sqrt (Chains.effectiveSampleSize numbers)

let tests =
    testList
        "Langevin"
        [
            for step in [ 0.05; 0.2; 0.8 ] do
                test $"unadjusted, ε = {step}: the variance on a normal number is 2/(2 - ε)" {
                    let kernel = Langevin.unadjusted step normal
                    let found, error = mean 1500 200 (Tensor.square >> Tensor.sumOver 1) kernel 1
                    let expected = 2.0 / (2.0 - step)
                    expectLess (abs (found - expected)) (5.0 * error) $"{found} ± {error}, expected {expected}"

                    if step > 0.1 then
                        expectMore (abs (found - 1.0)) (5.0 * error) "biased by O(ε)"
                }

            test "adjusted: the mean energy of x⁴/4 is 1/4 a coordinate, which unadjusted misses" {
                // ⟨x·dE/dx⟩ = 1 for each coordinate.
                let found, error = mean 1500 100 quartic (Langevin.adjusted 0.3 quartic) 3
                expectLess (abs (found - 0.75)) (5.0 * error) $"{found} ± {error}"
                expectLess error 0.01 "the test has power"
                let biased, error = mean 1500 100 quartic (Langevin.unadjusted 0.1 quartic) 3
                expectMore (abs (biased - 0.75)) (5.0 * error) $"{biased} ± {error}"
            }

            test "hamiltonian: the mean energy of x⁴/4" {
                let found, error = mean 800 100 quartic (Langevin.hamiltonian 0.3 5 quartic) 3
                expectLess (abs (found - 0.75)) (5.0 * error) $"{found} ± {error}"
            }

            test "the energy error of leapfrog grows as ε²" {
                let x, p = doubles [ 200; 2 ] 1, doubles [ 200; 2 ] 2
                let total (s: State) (p: Tensor) = Langevin.energies s + normal p
                let start = Langevin.at quartic x

                let worst step leaps =
                    let there, q = Langevin.leapfrog step leaps quartic start p
                    Tensor.toFloat (Tensor.mean (Tensor.abs (total there q - total start p)))

                let steps = [ 0.04; 0.02; 0.01; 0.005 ]
                let errors = [ for step in steps -> worst step (int (round (1.0 / step))) ]
                let slope = log (List.head errors / List.last errors) / log (List.head steps / List.last steps)
                expectLess (abs (slope - 2.0)) 0.05 $"order {slope}, from {errors}"
            }

            test "leapfrog runs back to where it came from" {
                let x, p = doubles [ 50; 3 ] 1, doubles [ 50; 3 ] 2
                let there, q = Langevin.leapfrog 0.1 20 quartic (Langevin.at quartic x) p

                expectMore (Tensor.toFloat (Tensor.max (Tensor.abs (Kernel.position there - x)))) 0.5 "it went"

                let back, r = Langevin.leapfrog 0.1 20 quartic there -q
                expectClose 1e-10 "positions" (Tensor.toDoubles x) (Tensor.toDoubles (Kernel.position back))
                expectClose 1e-10 "momenta" (Tensor.toDoubles p) (Tensor.toDoubles -r)
            }

            test "leapfrog keeps volume: its Jacobian has determinant 1" {
                let flow (z: Tensor) =
                    let z = Tensor.reshape [ 1; 4 ] z

                    let there, p =
                        Langevin.leapfrog
                            0.2
                            5
                            quartic
                            (Langevin.at quartic (Tensor.slice 1 0 2 z))
                            (Tensor.slice 1 2 4 z)

                    Tensor.toDoubles (Tensor.cat 1 [ Kernel.position there; p ])

                let z, h = [| 0.4; -0.7; 1.1; 0.3 |], 1e-5
                let at i by = flow (Tensor.ofDoubles [ 4 ] (Array.updateAt i (z[i] + by) z))

                let jacobian =
                    MathNet.Numerics.LinearAlgebra.Matrix<float>.Build.DenseOfColumnArrays
                        [| for i in 0..3 -> Array.map2 (fun a b -> (a - b) / (2.0 * h)) (at i h) (at i -h) |]

                expectLess (abs (jacobian.Determinant() - 1.0)) 1e-7 "determinant"
            }

            test "an energy that becomes NaN or infinite is never moved to" {
                // Nothing below 0: walls of infinite energy.
                let walled (x: Tensor) =
                    Tensor.sumOver 1 (Tensor.where (Tensor.ltNumber 0.0 x) (Tensor.fullLike infinity x) x)

                for name, kernel in
                    [
                        "walk", Metropolis.walk 1.0 walled
                        "adjusted", Langevin.adjusted 0.5 walled
                        "hamiltonian", Langevin.hamiltonian 0.5 3 walled
                    ] do
                    let draws, _ = Kernel.sample 0 200 key kernel (Tensor.ones [ 20; 1 ])
                    Expect.isTrue (Tensor.toFloat (Tensor.min draws) >= 0.0) name

                // The positive numbers with density e⁻ˣ: mean 1.
                let draws, _ = Kernel.sample 200 2000 key (Metropolis.walk 1.5 walled) (Tensor.ones [ 50; 1 ])
                let numbers = Tensor.reshape [ 2000; 50 ] draws
                let error = 1.0 / sqrt (Chains.effectiveSampleSize numbers)
                expectLess (abs (Tensor.toFloat (Tensor.mean draws) - 1.0)) (5.0 * error) "exponential numbers"
            }

            test "states of any shape" {
                let energy (x: Tensor) = 0.5 * Tensor.sumOverAxes [ 1; 2; 3 ] (Tensor.square x)

                for kernel in
                    [ Langevin.adjusted 0.1 energy; Langevin.hamiltonian 0.1 2 energy; Metropolis.walk 0.1 energy ] do
                    let x = Kernel.run 3 key kernel (Tensor.zeros [ 5; 2; 3; 2 ])
                    Expect.equal x.Shape [| 5; 2; 3; 2 |] "shape"
            }
        ]
