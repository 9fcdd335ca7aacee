namespace Functional

/// An energy up to a constant, in units of kT: states [n; …] -> [n]. States have the probability exp(-E)/Z.
type Energy = Tensor -> Tensor

namespace Functional.FSharp

open System
open Functional

/// Functions of energies.
[<RequireQualifiedAccess>]
module Energy =

    let internal requireTemperature name (temperature: float) =
        if not (temperature > 0.0 && temperature < infinity) then
            invalidArg (nameof temperature) $"{name}: a temperature is positive and finite, not {invariant temperature}"

    /// Refuses a batch of no samples, over which no mean is defined.
    let internal requireSamples name (batch: Tensor) =
        if (Given.required (nameof batch) batch).Rank = 0 || batch.Shape[0] = 0 then
            invalidArg
                (nameof batch)
                $"{name}: expected at least one sample [n; …], for a mean over none is not defined, but was given {batch}"

    let private requireStates (x: Tensor) =
        if x.Rank = 0 then
            invalidArg (nameof x) $"an energy is of states [n; …], but was given {x}"

    /// The energies of states, [n; …] -> [n], checked to be so.
    let internal at (energy: Energy) (x: Tensor) : Tensor =
        requireStates x
        let e = energy x

        if e.Shape <> [| x.Shape[0] |] then
            invalidArg
                (nameof energy)
                $"an energy gives one number for each of the {x.Shape[0]} states of {x}, but gave {e}"

        e

    /// The energy at a temperature: E/T.
    let tempered (temperature: float) (energy: Energy) : Energy =
        requireTemperature "tempered" temperature
        fun x -> energy x / temperature

    /// The energies and the slopes dE/dx of states: [n] and [n; …].
    let slope (energy: Energy) (x: Tensor) : Tensor * Tensor =
        requireStates x
        let ones = Tensor.fullOf x.Dtype [ x.Shape[0] ] 1.0
        let e, slope = Differentiation.fjacobianTv (at energy) (Tensor.stopGradient x) ones
        Tensor.stopGradient e, Tensor.stopGradient slope

    /// All 2ⁿ states of n binary units: [2ⁿ; n], the first unit changing slowest. At most 20 units.
    let internal states name (low: float) (n: int) : Tensor =
        if n < 1 || n > 20 then
            let count = if n > 0 then invariantAs "G6" (2.0 ** float n) + " states" else "none"

            invalidArg
                (nameof n)
                $"{name}: {n} units have {count}; from 1 to 20 can be enumerated; beyond that draw samples by a kernel (Gibbs.sweep, Boltzmann.gibbs) and learn without Z (Boltzmann.sampled, Boltzmann.pseudoLikelihood); of restricted machines Rbm.annealed estimates ln Z"

        let rows = 1 <<< n
        let bit row unit = (row >>> (n - 1 - unit)) &&& 1

        Tensor.ofArray
            [ rows; n ]
            [|
                for row in 0 .. rows - 1 do
                    for unit in 0 .. n - 1 -> if bit row unit = 1 then 1f else float32 low
            |]

    /// All 2ⁿ states of n units with the values 0 and 1, the first unit changing slowest: [2ⁿ; n], n from 1 to 20.
    let enumerate (n: int) : Tensor = states "enumerate" 0.0 n

    /// All 2ⁿ states of n units with the values -1 and 1, the first unit changing slowest: [2ⁿ; n], n from 1 to 20.
    let enumerateSpins (n: int) : Tensor = states "enumerateSpins" -1.0 n

    /// ln Σ exp(-E) over the states given: [].
    let logPartition (energy: Energy) (states: Tensor) : Tensor = Tensor.logsumexp -(at energy states)

    /// The probability of each of the states given, which are all there are: [n].
    let probabilities (energy: Energy) (states: Tensor) : Tensor = Tensor.softmax 0 -(at energy states)
