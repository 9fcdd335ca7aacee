namespace Functional.FSharp

open Functional

/// The posterior of deep Boltzmann machines in the mean field, and what follows from it.
[<AutoOpen>]
module DbmMeanField =

    // The machines whose means, from the bottom up, are a first guess: each layer's input from below is doubled in place of the one
    // from above that is not yet known, but for the topmost, which has none.
    let private upward (dbm: Dbm) (ps: Params) : Dbn =
        Dbn.create
            [
                for i in 0 .. dbm.Depth - 1 do
                    let weight = Dbm.weightOf dbm ps i
                    let weight = if i < dbm.Depth - 1 then 2.0 * weight else weight
                    let struct (below, belowCount), struct (above, aboveCount) = dbm.Layers[i], dbm.Layers[i + 1]

                    struct (Rbm.create below belowCount above aboveCount,
                            Rbm.parameters weight (Dbm.biasOf dbm ps i) (Dbm.biasOf dbm ps (i + 1)))
            ]

    let private guess (dbm: Dbm) (ps: Params) (v: Tensor) =
        Dbn.machines (upward dbm ps)
        |> List.scan (fun x (struct (rbm, ps)) -> Rbm.hiddenMeans rbm ps x) v
        |> Array.ofList

    // The entropy of independent units of these means, over the last axis.
    let private entropy units (m: Tensor) =
        let of' (p: Tensor) = -(Tensor.sumOver 1 (Tensor.xlogy p p))

        match units with
        | Units.Bernoulli -> of' m + of' (1.0 - m)
        | Units.Spin -> of' (0.5 + 0.5 * m) + of' (0.5 - 0.5 * m)
        | _ -> of' m

    // Means lie between the values of the units.
    let private checkMeans units (m: Tensor) =
        let low = if units = Units.Spin then -1.0 else 0.0

        if not (Tensor.toFloat (Tensor.min m) >= low && Tensor.toFloat (Tensor.max m) <= 1.0) then
            invalidArg
                "means"
                $"bound: the means of {units} units are between {invariant low} and 1, which some of {m} are not"

    /// Deep Boltzmann machines.
    [<RequireQualifiedAccess>]
    module Dbm =

        /// The posterior of the hidden units in the mean field: the means of independent ones whose distribution is nearest to
        /// p(h | v), KL(q ‖ p), found layer by layer from the bottom up, which never lowers `bound`. Each keeps the part `keep` of
        /// what it was; at most so many sweeps, until no mean moves by more than the tolerance. The first guess is a pass from the
        /// bottom up with the weights doubled below other hidden layers. Samples, or chances of 1, [n; visible] -> the samples and
        /// the means beside each other, [n; units], without derivatives.
        let meanField (keep: float) (tolerance: float) (sweeps: int) (dbm: Dbm) (ps: Params) (v: Tensor) : Tensor =
            if not (keep >= 0.0 && keep < 1.0) then
                invalidArg (nameof keep) $"meanField: the part kept is at least 0 and below 1, not {invariant keep}"

            if not (tolerance >= 0.0) || sweeps < 0 then
                invalidArg
                    (nameof tolerance)
                    $"meanField: tolerance and sweeps are not negative, as {invariant tolerance} and {sweeps} are not both"

            if v.Rank <> 2 || v.Shape[1] <> Dbm.countOf dbm 0 then
                invalidArg (nameof v) $"meanField: expected samples [n; {Dbm.countOf dbm 0}], but was given {v}"

            RbmLearning.requireData (Dbm.unitsOf dbm 0) v

            Scope.tensor (fun () ->
                let ps, v = RbmLearning.constants ps, Tensor.stopGradient v

                // What samples add to the first hidden layer stays as it is.
                let first = Dbm.fromBelow dbm ps 1 v

                let moved (x: Tensor[]) layer =
                    let below = if layer = 1 then first else Dbm.fromBelow dbm ps layer x[layer - 1]
                    let input = Dbm.withAbove dbm ps layer (Array.get x) below
                    let m = UnitsMath.mean (Dbm.unitsOf dbm layer) input
                    if keep = 0.0 then m else keep * x[layer] + (1.0 - keep) * m

                let sweep _ (x: Tensor[], settled) =
                    if settled then
                        x, true
                    else
                        let next = Array.copy x

                        for layer in 1 .. dbm.Depth do
                            next[layer] <- moved next layer

                        let far layer = Tensor.toFloat (Tensor.max (Tensor.abs (next[layer] - x[layer]))) > tolerance
                        next, tolerance > 0.0 && not (Seq.exists far (seq { 1 .. dbm.Depth }))

                let x, _ = Loop.fold fst sweep sweeps (fun () -> guess dbm ps v, false)
                Dbm.join dbm x)

        /// The variational bound on ln p(v) where ln Z is known, of samples and means of hidden units beside each other, [n; units],
        /// as `meanField` gives them: -E + H(q) - ln Z with the entropy H of independent hidden units of these means, [n]. Below
        /// ln p(v) by KL(q ‖ p(h | v)).
        let bound (logZ: float) (dbm: Dbm) (ps: Params) (means: Tensor) : Tensor =
            let layers = Dbm.split dbm means
            UnitsMath.check "bound" (Dbm.unitsOf dbm 0) layers.Head

            let entropies =
                [
                    for i in 1 .. dbm.Depth do
                        checkMeans (Dbm.unitsOf dbm i) layers[i]
                        entropy (Dbm.unitsOf dbm i) layers[i]
                ]

            List.reduce (+) entropies - Dbm.energy dbm ps means - logZ

        /// The means of the topmost hidden units in the mean field after so many sweeps: [n; visible] -> [n; hidden].
        let features (sweeps: int) (dbm: Dbm) (ps: Params) (v: Tensor) : Tensor =
            Scope.tensor (fun () -> 1.0 * List.last (Dbm.split dbm (meanField 0.0 0.0 sweeps dbm ps v)))

        /// The discriminative network: dense layers and sigmoids that start as the mean field's first guess, weights doubled below
        /// other hidden layers, and a dense layer with so many outputs on top: an ordinary layer, fine-tuned by back-propagation.
        /// [n; visible] -> [n; outputs].
        let toLayer (outputs: int) (dbm: Dbm) (ps: Params) : Layer<Tensor, Tensor> = Dbn.toLayer outputs (upward dbm ps)
