namespace Functional.FSharp

open Functional

/// Metropolis' rule: a move to where the energy is higher by ΔE is made with probability exp(-ΔE) (Metropolis et al. 1953,
/// https://doi.org/10.1063/1.1699114; with a correction, Hastings 1970).
[<RequireQualifiedAccess>]
module Metropolis =

    let private chance (difference: Tensor) = Tensor.exp (Tensor.clampMax 0.0 -difference)

    /// A unit drawn for each chain is flipped, or not. States [n; units] of Bernoulli units or spins; the report is the part of
    /// the chains that moved.
    let flip (units: Units) (energy: Energy) : Kernel<float> = Flips.random "Metropolis.flip" units chance energy

    /// The chance of each unit to change, were its flip the one that is tried: [n; units].
    let chances (units: Units) (energy: Energy) (states: Tensor) : Tensor =
        Flips.chances "Metropolis.chances" units chance energy states

    // One factor for each chain, beside its numbers.
    let internal beside (x: Tensor) (chains: Tensor) =
        Tensor.reshape (Array.append [| x.Shape[0] |] (Array.create (x.Rank - 1) 1)) chains

    /// The sum of each chain's numbers: [n; …] -> [n].
    let internal total (x: Tensor) = Tensor.sumOver 1 (Tensor.reshape [ x.Shape[0]; -1 ] x)

    /// Of two trees of leaves [n; …] the first where the chain accepts, [n], else the second.
    let internal choose (accept: Tensor) (proposed: State) (here: State) : State =
        Tree.map2 (fun (there: Tensor) here -> Tensor.where (beside there accept) there here) proposed here

    /// Whether each chain makes a move with this log-ratio of densities: [n].
    let internal accepts key (ratio: Tensor) =
        Tensor.lt (Tensor.log (Random.uniformOf ratio.Dtype ratio.Shape key)) ratio

    let internal part (accept: Tensor) = Tensor.toFloat (Tensor.mean (Tensor.cast Dtype.Float32 accept))

    let internal requirePositive name what (value: float) =
        if not (value > 0.0 && value < infinity) then
            invalidArg what $"{name}: the {what} is positive and finite, not {invariant value}"

    /// Normal steps of standard deviation `scale` in each coordinate. States [n; …]; the report is the part of the chains that
    /// moved.
    let walk (scale: float) (energy: Energy) : Kernel<float> =
        requirePositive "walk" (nameof scale) scale

        let at (x: Tensor) : State =
            Node [ "position", Leaf x; "energy", Leaf(Tensor.stopGradient (Energy.at energy x)) ]

        Kernel.create at (fun key s ->
            let x = Kernel.position s
            let there = at (x + scale * Random.normalOf x.Dtype x.Shape (Key.child 0 key))
            let accept = accepts (Key.child 1 key) (Tree.leaf [ "energy" ] s - Tree.leaf [ "energy" ] there)
            struct (choose accept there s, part accept))
