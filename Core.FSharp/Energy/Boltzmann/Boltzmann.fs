namespace Functional

/// A Boltzmann machine of units 0 and 1, the visible ones first, at a temperature.
[<NoComparison>]
type Boltzmann =
    {
        /// The number of units that data give.
        Visible: int
        /// The number of units that data do not give.
        Hidden: int
        /// The temperature T, positive.
        Temperature: float
    }

    /// The number of all units.
    member machine.Units = machine.Visible + machine.Hidden

namespace Functional.FSharp

open Functional

/// Boltzmann machines: p(x) = exp(-E(x)/T)/Z with E(x) = -½·xᵀWx + bᵀx, W symmetric with a zero diagonal and thresholds b
/// (Ackley, Hinton and Sejnowski 1985, https://doi.org/10.1207/s15516709cog0901_7). Parameters: "weight" [units; units] and
/// "threshold" [units]. The course notes write exp(x/kT) for the chance of a unit; it is the input u that stands there, and the
/// temperature stands in the distribution too.
[<RequireQualifiedAccess>]
module Boltzmann =

    /// A machine with so many visible and hidden units at a temperature.
    let create (visible: int) (hidden: int) (temperature: float) : Boltzmann =
        if visible < 1 || hidden < 0 then
            invalidArg
                (nameof visible)
                $"a Boltzmann machine has at least one visible unit, not {visible} and {hidden} hidden ones"

        Energy.requireTemperature "Boltzmann" temperature

        { Visible = visible; Hidden = hidden; Temperature = temperature }

    let private diagonal (n: int) = Tensor.cast Dtype.Bool (Tensor.eye n)

    let internal clear (w: Tensor) = Tensor.maskedFill (diagonal w.Shape[0]) 0.0 w

    let internal weights (machine: Boltzmann) (ps: Params) =
        let w, b = (Tree.leaf [ "weight" ] ps).Value, (Tree.leaf [ "threshold" ] ps).Value
        let n = machine.Units

        if w.Shape <> [| n; n |] || b.Shape <> [| n |] then
            invalidArg (nameof ps) $"expected weights [{n}; {n}] and thresholds [{n}], but was given {w} and {b}"

        struct (w, b)

    let private checkSymmetric (w: Tensor) (b: Tensor) =
        if w.Rank <> 2 || w.Shape[0] <> w.Shape[1] || b.Shape <> [| w.Shape[0] |] then
            invalidArg
                "weight"
                $"a Boltzmann machine has weights [units; units] and thresholds [units], but was given {w} and {b}"

        Scope.value (fun () ->
            let apart = Tensor.toFloat (Tensor.max (Tensor.abs (w - Tensor.transpose 0 1 w)))
            let own = Tensor.toFloat (Tensor.max (Tensor.abs (Tensor.diagonal 0 0 1 w)))

            if not (apart <= 1e-6 && own = 0.0) then
                invalidArg
                    "weight"
                    $"the weights of a Boltzmann machine are symmetric with a zero diagonal; these differ from their transpose by up to {invariant apart} and have up to {invariant own} on the diagonal")

    /// Parameters from weights [units; units], symmetric with a zero diagonal, and thresholds [units].
    let parameters (weight: Tensor) (threshold: Tensor) : Params =
        checkSymmetric weight threshold

        Node
            [
                "threshold", Leaf { Role = Role.Bias; Value = threshold }
                "weight", Leaf { Role = Role.Weight; Value = weight }
            ]

    /// First parameters: weights N(0, deviation²), thresholds 0.
    let init (deviation: float) (key: Key) (machine: Boltzmann) : Params =
        let n = machine.Units
        let upper = Tensor.triu 1 (deviation * Random.normal [ n; n ] key)
        parameters (upper + Tensor.transpose 0 1 upper) (Tensor.zeros [ n ])

    /// E(x)/T for states x [n; units]: [n].
    let energy (machine: Boltzmann) (ps: Params) : Energy =
        let struct (w, b) = weights machine ps

        fun x ->
            let pairs = Tensor.sumOver 1 (Tensor.matmul x w * x)
            (Tensor.matmul x b - 0.5 * pairs) / machine.Temperature

    /// The input u = Wx - b of each unit: [n; units] -> [n; units].
    let inputs (machine: Boltzmann) (ps: Params) (x: Tensor) : Tensor =
        let struct (w, b) = weights machine ps
        Tensor.matmul x w - b

    /// The chance of each unit to be 1 given all others, σ(u/T): [n; units] -> [n; units].
    let conditional (machine: Boltzmann) (ps: Params) (x: Tensor) : Tensor =
        Tensor.sigmoid (inputs machine ps x / machine.Temperature)

    // Sweeps over the units from `first` on.
    let internal sweepFrom first (machine: Boltzmann) (ps: Params) : Kernel<unit> =
        let struct (w, b) = weights machine ps
        let w, b = Tensor.stopGradient w, Tensor.stopGradient b
        let n = machine.Units

        Kernel.ofMove (fun key x ->
            if x.Rank <> 2 || x.Shape[1] <> n then
                invalidArg "position" $"expected states [chains; {n}], but was given {x}"

            let columns = Tensor.unstack 1 x
            let ws, bs = Tensor.unstack 1 w, Tensor.unstack 0 b

            for unit in first .. n - 1 do
                let u = Tensor.matmul (Tensor.stack 1 columns) ws[unit] - bs[unit]
                columns[unit] <- UnitsMath.draw Units.Bernoulli (Key.child unit key) (u / machine.Temperature)

            struct (Tensor.stack 1 columns, ()))

    /// Gibbs sampling, each unit in turn. States [chains; units].
    let gibbs (machine: Boltzmann) (ps: Params) : Kernel<unit> = sweepFrom 0 machine ps

    /// Gibbs sampling of the hidden units alone, the visible ones held. States [chains; units].
    let gibbsHidden (machine: Boltzmann) (ps: Params) : Kernel<unit> = sweepFrom machine.Visible machine ps

    // All states, in the dtype of the parameters.
    let internal states (machine: Boltzmann) (ps: Params) : Tensor =
        let struct (w, _) = weights machine ps
        Tensor.cast w.Dtype (Energy.enumerate machine.Units)

    /// ln Z by enumeration, for at most 20 units: [].
    let logPartition (machine: Boltzmann) (ps: Params) : Tensor =
        Energy.logPartition (energy machine ps) (states machine ps)

    /// The probability of each state of `Energy.enumerate`, for at most 20 units: [2^units].
    let distribution (machine: Boltzmann) (ps: Params) : Tensor =
        Energy.probabilities (energy machine ps) (states machine ps)

    let internal checkSamples (machine: Boltzmann) (v: Tensor) : unit =
        if v.Rank <> 2 || v.Shape[1] <> machine.Visible then
            invalidArg (nameof v) $"expected samples [n; {machine.Visible}], but was given {v}"

        UnitsMath.check "Boltzmann" Units.Bernoulli v

    /// All states of the hidden units, [2^hidden; hidden], where there are some.
    let internal hiddenStates (machine: Boltzmann) (v: Tensor) : Tensor =
        Tensor.cast v.Dtype (Energy.enumerate machine.Hidden)

    /// Samples in blocks, so that each beside each state of the hidden units makes no more than 2^21 numbers, or is alone.
    let internal blocks (machine: Boltzmann) (v: Tensor) : Tensor list =
        let size = max 1 ((1 <<< 21) >>> min 20 machine.Hidden)
        [ for first in 0..size .. v.Shape[0] - 1 -> Tensor.slice 0 first (min v.Shape[0] (first + size)) v ]

    /// -E/T of each sample beside each state [2^hidden; hidden] of the hidden units: [n; 2^hidden]. Those of both apart, and
    /// vᵀWh between them.
    let internal weighed (machine: Boltzmann) (ps: Params) (h: Tensor) (v: Tensor) : Tensor =
        let struct (w, b) = weights machine ps
        let seen = machine.Visible
        let part first last = Tensor.slice 0 first last >> Tensor.slice 1 seen machine.Units
        let own (x: Tensor) w b = 0.5 * Tensor.sumOver 1 (Tensor.matmul x w * x) - Tensor.matmul x b
        let ofVisible = own v (Tensor.slice 0 0 seen (Tensor.slice 1 0 seen w)) (Tensor.slice 0 0 seen b)
        let ofHidden = own h (part seen machine.Units w) (Tensor.slice 0 seen machine.Units b)
        let between = Tensor.matmul (Tensor.matmul v (part 0 seen w)) (Tensor.transpose 0 1 h)
        (between + Tensor.unsqueeze 1 ofVisible + Tensor.unsqueeze 0 ofHidden) / machine.Temperature

    /// ln p(v) of samples [n; visible] by enumeration, for at most 20 units: [n].
    let logLikelihood (machine: Boltzmann) (ps: Params) (v: Tensor) : Tensor =
        checkSamples machine v

        let unnormalised =
            if machine.Hidden = 0 then
                -(energy machine ps v)
            else
                let h = hiddenStates machine v

                Tensor.cat
                    0
                    [
                        for block in blocks machine v ->
                            Scope.tensor (fun () -> Tensor.logsumexpOver 1 (weighed machine ps h block))
                    ]

        unnormalised - logPartition machine ps
