namespace Functional.FSharp

open System
open Functional

/// How likely data are under a restricted Boltzmann machine.
[<AutoOpen>]
module RbmLikelihood =

    let private values name rbm units =
        match units with
        | Units.Bernoulli -> 0.0
        | Units.Spin -> -1.0
        | _ ->
            invalidArg
                (nameof rbm)
                $"{name}: one of the layers is of Bernoulli units or spins, whose states can be enumerated, but these are {rbm.Visible} and {rbm.Hidden}"

    // How many states at once: 2^14, or fewer so that a block of all layers' units stays near 2^21 numbers. Larger blocks take
    // three times as long for 784 units, in memory that is new each time.
    let internal blockOf (units: int64) =
        Seq.initInfinite (fun k -> 1 <<< max 0 (14 - k))
        |> Seq.find (fun size -> size = 1 || int64 size * units <= (1L <<< 21))

    // All states of n units come in blocks.
    let internal blocks units n = max 1 ((1 <<< n) / blockOf units)

    let internal states units (low: float) n i =
        let block = blockOf units
        let first, rows = i * block, min block (1 <<< n)
        let bit row unit = ((first + row) >>> (n - 1 - unit)) &&& 1

        Tensor.ofArray
            [ rows; n ]
            [|
                for row in 0 .. rows - 1 do
                    for unit in 0 .. n - 1 -> if bit row unit = 1 then 1f else float32 low
            |]

    let internal unitsOf (rbm: Rbm) = int64 (rbm.VisibleCount + rbm.HiddenCount)

    // Whether the layer that can be enumerated with fewer states is the hidden one, its lower value and its count.
    let internal smaller name (rbm: Rbm) =
        let countable units =
            match units with
            | Units.Bernoulli
            | Units.Spin -> true
            | _ -> false

        let hiddenFirst = countable rbm.Hidden && (rbm.HiddenCount <= rbm.VisibleCount || not (countable rbm.Visible))

        let units, count =
            if hiddenFirst then
                rbm.Hidden, rbm.HiddenCount
            else
                rbm.Visible, rbm.VisibleCount

        let low = values name rbm units

        if count < 1 then
            invalidArg (nameof rbm) $"{name}: a machine has units in both layers, not {count} in one"

        if count > 25 then
            let states = invariantAs "G6" (2.0 ** float count)

            invalidArg
                (nameof rbm)
                $"{name}: the smaller layer has {count} units and 2^{count} = {states} states; up to 25 units can be enumerated, beyond that use annealed importance sampling (Rbm.annealed)"

        hiddenFirst, low, count

    // The same with the free energy of its states.
    let private side name (rbm: Rbm) =
        let hiddenFirst, low, count = smaller name rbm
        low, count, (if hiddenFirst then Rbm.hiddenFreeEnergy rbm else Rbm.freeEnergy rbm)

    // ln Σ exp of numbers.
    let internal logSum (logs: float[]) =
        let largest = Array.max logs
        largest + log (Array.sumBy (fun l -> exp (l - largest)) logs)

    let internal wide (ps: Params) : Params =
        ps
        |> Tree.map (fun param ->
            { param with
                Value = Tensor.cast Dtype.Float64 (Tensor.stopGradient param.Value)
            })

    // A long sum over states is made of float64.
    let private logPartitionOf (rbm: Rbm) (ps: Params) =
        Scope.value (fun () ->
            let low, count, energy = side "logPartition" rbm
            let energy = energy (wide ps)

            Array.init (blocks (unitsOf rbm) count) (fun i ->
                Scope.value (fun () ->
                    Tensor.toFloat (
                        Energy.logPartition energy (Tensor.cast Dtype.Float64 (states (unitsOf rbm) low count i))
                    )))
            |> logSum)

    /// Restricted Boltzmann machines.
    [<RequireQualifiedAccess>]
    module Rbm =

        /// ln Z, exactly: the sum over the states of the smaller layer of Bernoulli units or spins, which has at most 25, in bounded
        /// memory.
        let logPartition (rbm: Rbm) (ps: Params) : float = logPartitionOf rbm ps

        /// ln p(v) of samples [n; visible] where ln Z is known: -F(v) - ln Z, [n].
        let logLikelihood (logZ: float) (rbm: Rbm) (ps: Params) (v: Tensor) : Tensor =
            UnitsMath.check "logLikelihood" rbm.Visible v
            -(Rbm.freeEnergy rbm ps v) - logZ

        /// The exact gradient of the mean of -ln p(v), which is the loss, by enumeration of the smaller layer, at most 25 units.
        let exact (deviation: float) (rbm: Rbm) : Rule<Tensor> =
            side "exact" rbm |> ignore

            Rule.create (fun key -> struct (Rbm.init deviation key rbm, Tree.empty)) (fun _ ps state v ->
                Energy.requireSamples "exact" v
                UnitsMath.check "exact" rbm.Visible v
                let slope f = Differentiation.fgradParams (fun ps -> struct (f ps, Tree.empty)) ps
                let struct (data, _, pull) = slope (fun ps -> Tensor.mean (Rbm.freeEnergy rbm ps v))

                // d ln Z is the mean of each block's derivative, weighted by the block's part of Z.
                let of' block =
                    let low, count, energy = side "exact" rbm
                    let dtype = (Tree.leaf [ "weight" ] ps).Value.Dtype

                    let struct (z, _, slope) =
                        slope (fun ps ->
                            Energy.logPartition (energy ps) (Tensor.cast dtype (states (unitsOf rbm) low count block)))

                    z, slope

                let joined i (z: Tensor, g: Gradients) =
                    let other, h = of' (i + 1)
                    let all = Tensor.logsumexp (Tensor.stack 0 [ z; other ])
                    let mine, others = Tensor.exp (z - all), Tensor.exp (other - all)
                    all, Tree.map2 (fun (g: Tensor) (h: Tensor) -> mine * g + others * h) g h

                let _, count, _ = side "exact" rbm

                let logZ, model =
                    Loop.fold
                        (fun (z, g) -> Array.append [| z |] (Tree.values g))
                        joined
                        (blocks (unitsOf rbm) count - 1)
                        (fun () -> of' 0)

                {
                    Loss = data + logZ
                    Gradients = Tree.map2 (fun (g: Tensor) (h: Tensor) -> g + h) pull model
                    State = state
                })

        /// ln Π p(vᵢ | rest) of samples [n; visible], the pseudo-likelihood, each unit's chance exactly: [n]. Bernoulli units or
        /// spins.
        let logPseudoLikelihood (rbm: Rbm) (ps: Params) (v: Tensor) : Tensor =
            UnitsMath.check "logPseudoLikelihood" rbm.Visible v
            let energy = Rbm.freeEnergy rbm ps

            let flipped unit =
                let mask = Tensor.eqNumber (float unit) (Tensor.arange rbm.VisibleCount)

                match rbm.Visible with
                | Units.Bernoulli -> Tensor.where mask (1.0 - v) v
                | Units.Spin -> Tensor.where mask -v v
                | other ->
                    invalidArg
                        (nameof rbm)
                        $"logPseudoLikelihood: the visible units are Bernoulli units or spins, not {other}"

            let here = energy v

            Loop.fold
                Array.singleton
                (fun unit total -> total + Tensor.logsigmoid (energy (flipped unit) - here))
                rbm.VisibleCount
                (fun () -> Tensor.zerosLike here)
