/// Distributions whose moments are known, and machines that can be enumerated by loops over plain numbers.
module Targets

open System
open Expecto
open Functional
open Functional.FSharp
open Support

/// a < b, which holds of no NaN.
let expectLess (a: 'a) (b: 'a) what = Expect.isTrue (a < b) $"{what}: expected less than {b}, was {a}"

/// a > b, which holds of no NaN.
let expectMore (a: 'a) (b: 'a) what = Expect.isTrue (a > b) $"{what}: expected more than {b}, was {a}"

/// All states of n units of two values, the first changing slowest.
let everyState (low: float) n : float[][] =
    [|
        for row in 0 .. (1 <<< n) - 1 ->
            [| for unit in 0 .. n - 1 -> if (row >>> (n - 1 - unit)) &&& 1 = 1 then 1.0 else low |]
    |]

/// The number of a state in `everyState`.
let numberOf (state: float[]) = state |> Array.fold (fun n x -> 2 * n + (if x = 1.0 then 1 else 0)) 0

/// The states of a tensor [n; units] by number.
let numbers (x: Tensor) = Tensor.toDoubles x |> Array.chunkBySize x.Shape[1] |> Array.map numberOf

/// exp(-E)/Z of the states.
let boltzmann (energy: float[] -> float) (states: float[][]) =
    let weights = states |> Array.map (energy >> (~-) >> exp)
    weights |> Array.map (fun w -> w / Array.sum weights)

/// Symmetric couplings without a diagonal and fields, of a seed.
let glass n scale seed =
    let draw key shape = Tensor.toDoubles (doubles shape (1000 * seed + key))
    let w = draw 0 [ n; n ]
    let couplings = Array2D.init n n (fun i j -> if i = j then 0.0 else scale * w[n * min i j + max i j])
    couplings, draw 1 [ n ] |> Array.map ((*) scale)

/// -½·xᵀJx - fᵀx by loops.
let glassEnergy (couplings: float[,], fields: float[]) (x: float[]) =
    let n = fields.Length

    -(Seq.sum (seq { for i in 0 .. n - 1 -> fields[i] * x[i] })
      + 0.5
        * Seq.sum (
            seq {
                for i in 0 .. n - 1 do
                    for j in 0 .. n - 1 -> couplings[i, j] * x[i] * x[j]
            }
        ))

/// The same of tensors.
let glassOf (couplings: float[,], fields: float[]) : Energy =
    let n = fields.Length

    let w =
        Tensor.ofDoubles
            [ n; n ]
            [|
                for i in 0 .. n - 1 do
                    for j in 0 .. n - 1 -> couplings[i, j]
            |]

    let f = Tensor.ofDoubles [ n ] fields

    fun x ->
        let x' = Tensor.cast Dtype.Float64 x
        -(0.5 * Tensor.sumOver 1 (Tensor.matmul x' w * x') + Tensor.matmul x' f)

/// A distribution: its energy, where chains start, and what is known of it: a function of positions, [n; …] -> [n], its mean.
type Target =
    {
        Name: string
        Energy: Energy
        Start: int -> Tensor
        Known: (string * (Tensor -> Tensor) * float) list
    }

let private column i (x: Tensor) = (Tensor.unstack 1 x)[i] |> Tensor.cast Dtype.Float64

/// Two correlated normal numbers: means 1 and -0.5, variances 1 and 2, covariance 0.9.
let normal =
    {
        Name = "normal"
        Energy =
            fun x ->
                let y = x - Tensor.ofSeq [ 1.0; -0.5 ]
                // The inverse of [[1, 0.9], [0.9, 2]].
                let precision = Tensor.ofArray [ 2; 2 ] [| 2f; -0.9f; -0.9f; 1f |] / 1.19
                0.5 * Tensor.sumOver 1 (Tensor.matmul y precision * y)
        Start = fun chains -> Tensor.zeros [ chains; 2 ]
        Known =
            [
                "x", column 0, 1.0
                "y", column 1, -0.5
                "x²", column 0 >> Tensor.square, 2.0
                "y²", column 1 >> Tensor.square, 2.25
                "xy", (fun x -> column 0 x * column 1 x), 0.9 - 0.5
            ]
    }

/// Gumbel's distribution, E = x + e⁻ˣ: mean γ, variance π²/6, and E[e⁻ˣ] = 1.
let skewed =
    let gamma = 0.57721566490153286

    {
        Name = "skewed"
        Energy = fun x -> Tensor.sumOver 1 (x + Tensor.exp -x)
        Start = fun chains -> Tensor.zeros [ chains; 1 ]
        Known =
            [
                "x", column 0, gamma
                "x²", column 0 >> Tensor.square, gamma * gamma + Math.PI * Math.PI / 6.0
                "e⁻ˣ", column 0 >> (fun x -> Tensor.exp -x), 1.0
            ]
    }

/// Four units with random couplings.
let discrete units =
    let low = if units = Units.Spin then -1.0 else 0.0
    let couplings = glass 4 0.7 3
    let states = everyState low 4
    let p = boltzmann (glassEnergy couplings) states
    let mean f = Array.map2 (fun p x -> p * f x) p states |> Array.sum

    {
        Name = $"{units}"
        Energy = glassOf couplings
        Start = fun chains -> Tensor.full [ chains; 4 ] low
        Known =
            [
                for i in 0..3 do
                    $"x{i}", column i, mean (fun x -> x[i])
                for i, j in [ 0, 1; 1, 2; 0, 3 ] do
                    $"x{i}x{j}", (fun x -> column i x * column j x), mean (fun x -> x[i] * x[j])
            ]
    }

/// The means of a kernel's chains are those of the target within five standard errors at the effective sample size, and the
/// errors are small beside the deviations.
let expectTarget (target: Target) burn count chains key (kernel: Kernel<'info>) =
    let draws, _ = Kernel.sample burn count key kernel (target.Start chains)
    let rows = Tensor.reshape [ count * chains; -1 ] draws

    for what, of', expected in target.Known do
        let numbers = Tensor.reshape [ count; chains ] (of' rows)
        let found = Tensor.toFloat (Tensor.mean numbers)
        let deviation = Tensor.toFloat (Tensor.std (Tensor.reshape [ -1 ] numbers))
        let size = Chains.effectiveSampleSize numbers
        expectMore size 400.0 $"{what}: the test has power"
        let error = deviation / sqrt size

        expectLess
            (abs (found - expected))
            (5.0 * error)
            $"{target.Name}, {what}: expected {expected}, was {found} ± {error}"

        expectLess (Chains.splitRhat numbers) 1.1 $"{what}: chains agree"
