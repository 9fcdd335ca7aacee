namespace Functional.FSharp

open Functional

/// Langevin dynamics: down the slope of the energy, with noise.
[<RequireQualifiedAccess>]
module Langevin =

    let internal at (energy: Energy) (x: Tensor) : State =
        let e, slope = Energy.slope energy x
        Node [ "position", Leaf x; "energy", Leaf e; "slope", Leaf slope ]

    let internal slope (s: State) : Tensor = Tree.leaf [ "slope" ] s
    let internal energies (s: State) : Tensor = Tree.leaf [ "energy" ] s

    let private proposed (step: float) key (s: State) =
        let x = Kernel.position s
        x - step * slope s + sqrt (2.0 * step) * Random.normalOf x.Dtype x.Shape key

    /// x' = x - ε·dE/dx + √(2ε)·noise (Roberts and Tweedie 1996, https://doi.org/10.2307/3318418): without a test, so biased by
    /// O(ε). States [n; …].
    let unadjusted (step: float) (energy: Energy) : Kernel<unit> =
        Metropolis.requirePositive "unadjusted" (nameof step) step
        Kernel.create (at energy) (fun key s -> struct (at energy (proposed step key s), ()))

    /// The Langevin step with Metropolis' test (MALA), which makes it exact. States [n; …]; the report is the part of the chains
    /// that moved.
    let adjusted (step: float) (energy: Energy) : Kernel<float> =
        Metropolis.requirePositive "adjusted" (nameof step) step

        // ln q(y | x) up to a constant.
        let log (x: State) (y: Tensor) =
            Metropolis.total (Tensor.square (y - Kernel.position x + step * slope x)) * (-0.25 / step)

        Kernel.create (at energy) (fun key s ->
            let there = at energy (proposed step (Key.child 0 key) s)
            let back = log there (Kernel.position s) - log s (Kernel.position there)
            let accept = Metropolis.accepts (Key.child 1 key) (energies s - energies there + back)
            struct (Metropolis.choose accept there s, Metropolis.part accept))

    /// So many leapfrog steps from a state with momenta: the state and the momenta where they end.
    let internal leapfrog
        (step: float)
        (leaps: int)
        (energy: Energy)
        (start: State)
        (momenta: Tensor)
        : State * Tensor =
        let mutable there, p = start, momenta

        for _ in 1..leaps do
            let half = p - 0.5 * step * slope there
            there <- at energy (Kernel.position there + step * half)
            p <- half - 0.5 * step * slope there

        there, p

    /// Hamiltonian dynamics of unit mass by so many leapfrog steps of length `step`, with Metropolis' test (Duane et al. 1987,
    /// https://doi.org/10.1016/0370-2693(87)91197-X). States [n; …]; the report is the part of the chains that moved.
    let hamiltonian (step: float) (leaps: int) (energy: Energy) : Kernel<float> =
        Metropolis.requirePositive "hamiltonian" (nameof step) step

        if leaps < 1 then
            invalidArg (nameof leaps) $"hamiltonian: at least one leap is made, not {leaps}"

        let kinetic (p: Tensor) = 0.5 * Metropolis.total (Tensor.square p)

        Kernel.create (at energy) (fun key s ->
            let x = Kernel.position s
            let start = Random.normalOf x.Dtype x.Shape (Key.child 0 key)
            let there, p = leapfrog step leaps energy s start
            let gained = energies s + kinetic start - energies there - kinetic p
            let accept = Metropolis.accepts (Key.child 1 key) gained
            struct (Metropolis.choose accept there s, Metropolis.part accept))
