namespace Functional

/// An estimate of ln Z by annealed importance sampling.
[<NoComparison>]
type LogZ =
    {
        /// The estimate: the logarithm of the mean weight.
        Value: float
        /// The logarithm of the mean weight minus three standard errors; -∞ where that is not positive.
        Low: float
        /// The logarithm of the mean weight plus three standard errors.
        High: float
        /// The logarithm of each chain's weight.
        LogWeights: float[]
        /// How many equal weights tell as much: (Σw)²/Σw².
        EffectiveChains: float
    }

namespace Functional.FSharp

open System
open Functional

/// How likely data are under a restricted Boltzmann machine.
[<AutoOpen>]
module RbmLikelihood =

    let private values name units =
        match units with
        | Units.Bernoulli -> 0.0
        | Units.Spin -> -1.0
        | other -> invalidArg "units" $"{name}: {other} units cannot be enumerated one by one"

    // Rows first … last - 1 of all states of n units.
    let private block (low: float) n first last =
        let bit row unit = (row >>> (n - 1 - unit)) &&& 1L
        let one b = if b = 1L then 1f else float32 low

        Tensor.ofArray
            [ int (last - first); n ]
            [|
                for row in first .. last - 1L do
                    for unit in 0 .. n - 1 -> one (bit row unit)
            |]

    // The layer that can be enumerated with fewer states, with the free energy of its states.
    let private side name (rbm: Rbm) =
        let countable units =
            match units with
            | Units.Bernoulli
            | Units.Spin -> true
            | _ -> false

        let hiddenFirst = countable rbm.Hidden && (rbm.HiddenCount <= rbm.VisibleCount || not (countable rbm.Visible))

        let units, count, energy =
            if hiddenFirst then
                rbm.Hidden, rbm.HiddenCount, Rbm.hiddenFreeEnergy rbm
            else
                rbm.Visible, rbm.VisibleCount, Rbm.freeEnergy rbm

        let low = values name units

        if count > 25 then
            invalidArg
                (nameof rbm)
                $"{name}: the smaller layer has {count} units and 2^{count} = {2.0 ** float count:G6} states; up to 25 units can be enumerated, beyond that use annealed importance sampling (Rbm.annealed)"

        low, count, energy

    // How many states at once: 2^14, or fewer so that a block of both layers' units stays near 2^21 numbers. Larger blocks take
    // three times as long for 784 units, in memory that is new each time.
    let private blockSize (rbm: Rbm) =
        let units = int64 (rbm.VisibleCount + rbm.HiddenCount)

        Seq.initInfinite (fun k -> 1L <<< (14 - k))
        |> Seq.find (fun size -> size = 1L || size * units <= (1L <<< 21))

    // ln Σ exp(-F) over each block of states.
    let private blocks name rbm (f: Energy -> Tensor -> 'r) (ps: Params) : 'r seq =
        let low, count, energy = side name rbm
        let all = 1L <<< count
        let size = min all (blockSize rbm)
        seq { for first in 0L .. size .. all - 1L -> f (energy ps) (block low count first (first + size)) }

    let private logSum (logs: float[]) =
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
            let ps = wide ps

            blocks
                "logPartition"
                rbm
                (fun energy states ->
                    Scope.value (fun () ->
                        Tensor.toFloat (Energy.logPartition energy (Tensor.cast Dtype.Float64 states))))
                ps
            |> Seq.toArray
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
                UnitsMath.check "exact" rbm.Visible v
                let slope f = Differentiation.fgradParams (fun ps -> struct (f ps, Tree.empty)) ps
                let struct (data, _, pull) = slope (fun ps -> Tensor.mean (Rbm.freeEnergy rbm ps v))

                // d ln Z is the mean of each block's derivative, weighted by the block's part of Z.
                let parts =
                    blocks "exact" rbm (fun _ states -> states) ps
                    |> Seq.map (fun states ->
                        let _, _, energy = side "exact" rbm
                        let struct (z, _, slope) = slope (fun ps -> Energy.logPartition (energy ps) states)
                        z, slope)
                    |> Seq.toList

                let logZ = Tensor.logsumexp (Tensor.stack 0 (List.map fst parts))
                let share (z: Tensor, slope) = Tree.map (fun (g: Tensor) -> Tensor.exp (z - logZ) * g) slope
                let model = parts |> List.map share |> List.reduce (Tree.map2 (+))

                {
                    Loss = data + logZ
                    Gradients = Tree.map2 (fun (g: Tensor) (h: Tensor) -> g + h) pull model
                    State = state
                })

        /// Biases of visible units under which each alone has its mean over the data, smoothed by one sample of even chances:
        /// the base model of annealed importance sampling. Bernoulli units or spins.
        let baseRates (rbm: Rbm) (v: Tensor) : Tensor =
            UnitsMath.check "baseRates" rbm.Visible v
            let n = float v.Shape[0]
            let mean = Tensor.meanOver 0 v

            match rbm.Visible with
            | Units.Bernoulli ->
                let p = (n * mean + 0.5) / (n + 1.0)
                Tensor.log p - Tensor.log (1.0 - p)
            | Units.Spin -> Tensor.atanh (n * mean / (n + 1.0))
            | other -> invalidArg (nameof rbm) $"baseRates: the visible units are Bernoulli units or spins, not {other}"

        // ln of the unnormalised p(v) at β: the base's part of the visible biases gives way to the machine, β from 0 to 1.
        let private logAt (rbm: Rbm) (start: Tensor) (ps: Params) (v: Tensor) (inputs: Tensor) beta =
            let a = (Tree.leaf [ "visible" ] ps).Value

            Tensor.matmul v ((1.0 - beta) * start + beta * a)
            + UnitsMath.logPartition rbm.Hidden (beta * inputs)

        let private discrete name (rbm: Rbm) =
            for units in [ rbm.Visible; rbm.Hidden ] do
                match units with
                | Units.Gaussian
                | Units.Rectified ->
                    invalidArg (nameof rbm) $"{name}: the units of both layers are discrete, but some are {units}"
                | _ -> ()

        let private sweep (rbm: Rbm) (start: Tensor) (ps: Params) key (inputs: Tensor) (beta: float) =
            let a = (Tree.leaf [ "visible" ] ps).Value
            let h = UnitsMath.draw rbm.Hidden (Key.child 0 key) (beta * inputs)
            let toVisible = Rbm.visibleInputs rbm ps h - a
            UnitsMath.draw rbm.Visible (Key.child 1 key) ((1.0 - beta) * start + beta * (toVisible + a))

        let private estimate logZ0 (logs: float[]) =
            let logs = logs |> Array.map ((+) logZ0)
            let value = logSum logs - log (float logs.Length)
            // Weights relative to their mean.
            let relative = logs |> Array.map (fun l -> exp (l - value))
            let variance = relative |> Array.averageBy (fun w -> (w - 1.0) ** 2.0)
            let error = 3.0 * sqrt (variance / float logs.Length)

            {
                Value = value
                Low = value + log (max 0.0 (1.0 - error))
                High = value + log (1.0 + error)
                LogWeights = logs
                EffectiveChains = Array.sum relative ** 2.0 / Array.sumBy (fun w -> w * w) relative
            }

        let private baseLogZ (rbm: Rbm) (start: Tensor) =
            let hidden = UnitsMath.logPartition rbm.Hidden (Tensor.zerosOf start.Dtype [ 1; rbm.HiddenCount ])
            let visible = UnitsMath.logPartition rbm.Visible (Tensor.unsqueeze 0 start)
            Tensor.toFloat (Tensor.sum (hidden + visible))

        let private ladder name (betas: int) =
            if betas < 2 then
                invalidArg
                    (nameof betas)
                    $"{name}: at least 2 temperatures lead from one model to the other, not {betas}"

            fun k -> float k / float (betas - 1)

        /// ln Z by annealed importance sampling: so many chains go from the base model of independent visible units with the biases
        /// `start`, [visible] (`baseRates`), to the machine over so many inverse temperatures evenly from 0 to 1 (Neal 2001,
        /// https://arxiv.org/abs/physics/9803008; Salakhutdinov and Murray 2008, https://doi.org/10.1145/1390156.1390266). The mean
        /// weight is unbiased for Z, so its logarithm is too small on average: the likelihood too large. Discrete units.
        let annealed (betas: int) (chains: int) (start: Tensor) (key: Key) (rbm: Rbm) (ps: Params) : LogZ =
            discrete "annealed" rbm
            let at = ladder "annealed" betas

            if chains < 1 then
                invalidArg (nameof chains) $"annealed: there is at least one chain, not {chains}"

            Scope.value (fun () ->
                let ps = RbmLearning.constants ps

                let first =
                    UnitsMath.draw rbm.Visible (Key.child 0 key) (Tensor.expand [ chains; rbm.VisibleCount ] start)

                let step k (v: Tensor, logs: Tensor) =
                    let inputs = Rbm.hiddenInputs rbm ps v
                    let gained = logAt rbm start ps v inputs (at (k + 1)) - logAt rbm start ps v inputs (at k)

                    sweep rbm start ps (Key.child (k + 1) key) inputs (at (k + 1)),
                    logs + Tensor.cast Dtype.Float64 gained

                let _, logs =
                    Loop.fold (fun (v, logs) -> [| v; logs |]) step (betas - 1) (fun () ->
                        first, Tensor.zerosOf Dtype.Float64 [ chains ])

                estimate (baseLogZ rbm start) (Tensor.toDoubles logs))

        /// The same from the machine back to the base model, started from states of the machine's own distribution, such as long
        /// Gibbs chains give, [chains; visible]: too large on average where these are such states, so that it and `annealed`
        /// enclose ln Z. States that are not the machine's own make it meaningless.
        let annealedBack (betas: int) (states: Tensor) (start: Tensor) (key: Key) (rbm: Rbm) (ps: Params) : LogZ =
            discrete "annealedBack" rbm
            let at = ladder "annealedBack" betas

            Scope.value (fun () ->
                let ps = RbmLearning.constants ps

                let step k (v: Tensor, logs: Tensor) =
                    let high, low = at (betas - 1 - k), at (betas - 2 - k)
                    let v = sweep rbm start ps (Key.child k key) (Rbm.hiddenInputs rbm ps v) high
                    let inputs = Rbm.hiddenInputs rbm ps v
                    let gained = logAt rbm start ps v inputs low - logAt rbm start ps v inputs high
                    v, logs + Tensor.cast Dtype.Float64 gained

                let _, logs =
                    Loop.fold (fun (v, logs) -> [| v; logs |]) step (betas - 1) (fun () ->
                        states, Tensor.zerosOf Dtype.Float64 [ states.Shape[0] ])

                // The weights estimate Z₀/Z.
                let back = estimate 0.0 (Tensor.toDoubles logs)
                let logZ0 = baseLogZ rbm start

                {
                    Value = logZ0 - back.Value
                    Low = logZ0 - back.High
                    High = logZ0 - back.Low
                    LogWeights = back.LogWeights |> Array.map (fun w -> logZ0 - w)
                    EffectiveChains = back.EffectiveChains
                })

        /// ln Π p(vᵢ | rest) of samples [n; visible], the pseudo-likelihood, each unit's chance exactly: [n]. Bernoulli units or
        /// spins.
        let logPseudoLikelihood (rbm: Rbm) (ps: Params) (v: Tensor) : Tensor =
            UnitsMath.check "logPseudoLikelihood" rbm.Visible v
            let energy = Rbm.freeEnergy rbm (RbmLearning.constants ps)

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
