namespace Functional

/// An estimate of ln Z by annealed importance sampling.
[<NoComparison>]
type LogZ =
    {
        /// The estimate: the logarithm of the mean weight.
        Value: float
        /// The logarithm of the mean weight minus three standard errors √(s²/n), s² of n - 1; -∞ where that is not positive.
        Low: float
        /// The logarithm of the mean weight plus three of them.
        High: float
        /// The logarithm of each chain's weight.
        LogWeights: float[]
        /// How many equal weights tell as much: (Σw)²/Σw².
        EffectiveChains: float
    }

namespace Functional.FSharp

open Functional

/// ln Z of restricted Boltzmann machines by annealing.
[<AutoOpen>]
module RbmAnnealing =

    /// Restricted Boltzmann machines.
    [<RequireQualifiedAccess>]
    module Rbm =

        /// Biases of visible units under which each alone has its mean over the data, smoothed by one sample of even chances:
        /// the base model of annealed importance sampling. Bernoulli units or spins.
        let baseRates (rbm: Rbm) (v: Tensor) : Tensor =
            Energy.requireSamples "baseRates" v
            UnitsMath.check "baseRates" rbm.Visible v
            let n = float v.Shape[0]
            let mean = Tensor.meanOver 0 v

            match rbm.Visible with
            | Units.Bernoulli ->
                let p = (n * mean + 0.5) / (n + 1.0)
                Tensor.log p - Tensor.log (1.0 - p)
            | Units.Spin -> Tensor.atanh (n * mean / (n + 1.0))
            | other -> invalidArg (nameof rbm) $"baseRates: the visible units are Bernoulli units or spins, not {other}"

        // By how much ln of the unnormalised p(v) grows from β to β', where at β it is v·(start + β·(a - start)) and the hidden
        // units' part at β times their inputs: the base gives way to the machine, β from 0 to 1.
        let private gain
            (rbm: Rbm)
            (start: Tensor)
            (ps: Params)
            (v: Tensor)
            (inputs: Tensor)
            (from: float)
            (until: float)
            =
            let a = (Tree.leaf [ "visible" ] ps).Value
            let hidden beta = UnitsMath.logPartition rbm.Hidden (beta * inputs)
            (until - from) * Tensor.matmul v (a - start) + (hidden until - hidden from)

        let private discrete name (rbm: Rbm) (start: Tensor) =
            if start.Shape <> [| rbm.VisibleCount |] then
                invalidArg
                    (nameof start)
                    $"{name}: the base model has a bias for each of the {rbm.VisibleCount} visible units, but was given {start}"

            for units in [ rbm.Visible; rbm.Hidden ] do
                match units with
                | Units.Gaussian
                | Units.Rectified ->
                    invalidArg (nameof rbm) $"{name}: the units of both layers are discrete, but some are {units}"
                | _ -> ()

        let private sweep (rbm: Rbm) (start: Tensor) (ps: Params) key (inputs: Tensor) (beta: float) =
            let a = (Tree.leaf [ "visible" ] ps).Value
            let h = UnitsMath.draw rbm.Hidden (Key.child 0 key) (beta * inputs)
            let acts = Rbm.visibleInputs rbm ps h - a
            UnitsMath.draw rbm.Visible (Key.child 1 key) (start + beta * (a - start) + beta * acts)

        let internal estimate logZ0 (logs: float[]) =
            let logs = logs |> Array.map ((+) logZ0)
            let value = RbmLikelihood.logSum logs - log (float logs.Length)
            // Weights relative to their mean.
            let relative = logs |> Array.map (fun l -> exp (l - value))
            let variance = Array.sumBy (fun w -> (w - 1.0) ** 2.0) relative / float (logs.Length - 1)
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

        // One weight has no standard error.
        let private several name (chains: int) =
            if chains < 2 then
                invalidArg (nameof chains) $"{name}: at least two chains tell a standard error, not {chains}"

        let internal ladder name (betas: int) =
            if betas < 2 then
                invalidArg
                    (nameof betas)
                    $"{name}: at least 2 temperatures lead from one model to the other, not {betas}"

            fun k -> float k / float (betas - 1)

        /// ln Z by annealed importance sampling: so many chains, at least two, go from the base model of independent visible units with the biases
        /// `start`, [visible] (`baseRates`), to the machine over so many inverse temperatures evenly from 0 to 1 (Neal 2001,
        /// https://arxiv.org/abs/physics/9803008; Salakhutdinov and Murray 2008, https://doi.org/10.1145/1390156.1390266). The mean
        /// weight is unbiased for Z, so its logarithm is too small on average: the likelihood too large. Discrete units.
        let annealed (betas: int) (chains: int) (start: Tensor) (key: Key) (rbm: Rbm) (ps: Params) : LogZ =
            discrete "annealed" rbm start
            let at = ladder "annealed" betas
            several "annealed" chains

            Scope.value (fun () ->
                let ps = RbmLearning.constants ps

                let first =
                    UnitsMath.draw rbm.Visible (Key.child 0 key) (Tensor.expand [ chains; rbm.VisibleCount ] start)

                let step k (v: Tensor, logs: Tensor) =
                    let inputs = Rbm.hiddenInputs rbm ps v
                    let gained = gain rbm start ps v inputs (at k) (at (k + 1))

                    sweep rbm start ps (Key.child (k + 1) key) inputs (at (k + 1)),
                    logs + Tensor.cast Dtype.Float64 gained

                let _, logs =
                    Loop.fold (fun (v, logs) -> [| v; logs |]) step (betas - 1) (fun () ->
                        first, Tensor.zerosOf Dtype.Float64 [ chains ])

                estimate (baseLogZ rbm start) (Tensor.toDoubles logs))

        /// The same from the machine back to the base model, started from states of the machine's own distribution, such as long
        /// Gibbs chains give, [chains; visible], at least two: too large on average where these are such states, so that it and `annealed`
        /// enclose ln Z. States that are not the machine's own make it meaningless.
        let annealedBack (betas: int) (states: Tensor) (start: Tensor) (key: Key) (rbm: Rbm) (ps: Params) : LogZ =
            discrete "annealedBack" rbm start
            UnitsMath.check "annealedBack" rbm.Visible states
            let at = ladder "annealedBack" betas
            several "annealedBack" states.Shape[0]

            Scope.value (fun () ->
                let ps = RbmLearning.constants ps

                let step k (v: Tensor, logs: Tensor) =
                    let high, low = at (betas - 1 - k), at (betas - 2 - k)
                    let v = sweep rbm start ps (Key.child k key) (Rbm.hiddenInputs rbm ps v) high
                    let inputs = Rbm.hiddenInputs rbm ps v
                    let gained = gain rbm start ps v inputs high low
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
