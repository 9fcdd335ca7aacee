namespace Functional.FSharp

open Functional

/// Kernels that flip single units of states [n; units] of Bernoulli units or spins.
module internal Flips =

    let private opposite units (x: Tensor) =
        match units with
        | Units.Bernoulli -> 1.0 - x
        | Units.Spin -> -x
        | other -> invalidArg (nameof units) $"only Bernoulli units and spins can be flipped, not {other}"

    let private checkStates what name units (x: Tensor) =
        if x.Rank <> 2 then
            invalidArg what $"{name}: expected states [n; units], but was given {x}"

        opposite units x |> ignore
        UnitsMath.check name units x

    let private state position energies : State = Node [ "position", Leaf position; "energy", Leaf energies ]

    let private energies energy x = Tensor.stopGradient (Energy.at energy (Tensor.stopGradient x))

    // One flip tried in each chain, at the places where `mask` is true, [n; units].
    let private attempt units (chance: Tensor -> Tensor) (energy: Energy) key mask (s: State) =
        let x, e = Tree.leaf [ "position" ] s, Tree.leaf [ "energy" ] s
        let other = Tensor.where mask (opposite units x) x
        let moved = energies energy other
        let u = Random.uniformOf e.Dtype e.Shape key
        let accept = Tensor.lt u (chance (moved - e))
        let next = Tensor.where (Tensor.unsqueeze 1 accept) other x
        struct (state next (Tensor.where accept moved e), Tensor.cast Dtype.Float32 accept)

    let private place (units: int) (sites: Tensor) = Tensor.eq (Tensor.unsqueeze 1 sites) (Tensor.arange units)

    let private start name units energy position =
        checkStates (nameof position) name units position
        state position (energies energy position)

    /// A unit drawn for each chain is flipped with the chance that the difference of energies gives. The report is the part of
    /// the chains that moved.
    let random name units chance (energy: Energy) : Kernel<float> =
        Kernel.create (start name units energy) (fun key s ->
            let shape = (Kernel.position s).Shape
            let sites = Random.integers 0L (int64 shape[1]) [ shape[0] ] (Key.child 0 key)
            let struct (next, accepted) = attempt units chance energy (Key.child 1 key) (place shape[1] sites) s
            struct (next, Tensor.toFloat (Tensor.mean accepted)))

    /// Each unit in turn is flipped with the chance that the difference of energies gives. The report is the part of the trials
    /// that moved.
    let sweep name units chance (energy: Energy) : Kernel<float> =
        Kernel.create (start name units energy) (fun key s ->
            let shape = (Kernel.position s).Shape
            let mutable state, moved = s, 0.0

            for site in 0 .. shape[1] - 1 do
                let mask = Tensor.eqNumber (float site) (Tensor.arange shape[1]) |> Tensor.unsqueeze 0
                let struct (next, accepted) = attempt units chance energy (Key.child site key) mask state
                state <- next
                moved <- moved + Tensor.toFloat (Tensor.mean accepted)

            struct (state, moved / float shape[1]))

    /// The chance of each unit of each state to be flipped where it is tried: [n; units].
    let chances name units chance (energy: Energy) (x: Tensor) : Tensor =
        checkStates (nameof x) name units x
        let n, count = x.Shape[0], x.Shape[1]
        let here = energies energy x

        Tensor.stack
            1
            [
                for site in 0 .. count - 1 ->
                    let mask = Tensor.eqNumber (float site) (Tensor.arange count) |> Tensor.expand [ n; count ]
                    chance (energies energy (Tensor.where mask (opposite units x) x) - here)
            ]
