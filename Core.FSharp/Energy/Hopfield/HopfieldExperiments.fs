namespace Functional.FSharp

open System
open Functional

/// How much a network holds, and how well.
[<AutoOpen>]
module HopfieldExperiments =

    // Far more sweeps than recall takes.
    let private enough = 10_000

    let private count name (units: int) (load: float) =
        if units < 1 || not (load > 0.0 && Double.IsFinite load) then
            invalidArg
                (nameof load)
                $"{name}: a network has units and a positive load, not {units} and {invariant load}"

        max 1 (int (round (load * float units)))

    /// Hopfield networks.
    [<RequireQualifiedAccess>]
    module Hopfield =

        /// Patterns of -1 and 1, each as likely, float32: [patterns; units].
        let randomPatterns (patterns: int) (units: int) (key: Key) : Tensor =
            Scope.tensor (fun () -> 2.0 * Random.bernoulli 0.5 [ patterns; units ] key - 1.0)

        /// Patterns [p; n] of -1 and 1 with a part of the units of each, rounded to a whole number of them, flipped at random.
        let flipped (part: float) (key: Key) (patterns: Tensor) : Tensor =
            let patterns = Hopfield.requirePatterns "flipped" patterns

            if not (part >= 0.0 && part <= 1.0) then
                invalidArg (nameof part) $"flipped: a part of the units is between 0 and 1, not {invariant part}"

            let n = patterns.Shape[1]
            let taken = int (round (part * float n))
            let signs = Array.create (int patterns.Count) 1.0

            for row in 0 .. patterns.Shape[0] - 1 do
                for unit in Random.choice taken n (Key.child row key) do
                    signs[n * row + unit] <- -1.0

            Scope.tensor (fun () ->
                let signs = Tensor.ofDoubles patterns.Shape signs |> Tensor.cast patterns.Dtype
                patterns * Tensor.move patterns.Device signs)

        /// How alike states of -1 and 1 are, row by row: m = 1/n·Σ a_i·b_i, 1 for equal ones, 0 for unrelated ones: [k; n] and
        /// [k; n] -> [k].
        let overlap (a: Tensor) (b: Tensor) : Tensor =
            if a.Rank <> 2 || a.Shape <> b.Shape then
                invalidArg (nameof b) $"overlap: expected states [k; n] of one shape, but was given {a} and {b}"

            Scope.tensor (fun () -> Tensor.meanOver 1 (a * Tensor.cast a.Dtype b))

        /// The part of the units of stored patterns [p; n] that one synchronous step changes. For Hebb's rule and random patterns
        /// it is ½·erfc(1/√(2·load)) with load p/n.
        let oneStepError (network: HopfieldNetwork) (patterns: Tensor) : float =
            if patterns.Count = 0 then
                invalidArg
                    (nameof patterns)
                    $"oneStepError: expected at least one pattern [p; n], but was given {patterns}"

            Scope.value (fun () ->
                let after = (Hopfield.recallTogether 1 network patterns).States
                let changed = Tensor.ne after (Tensor.cast after.Dtype patterns)
                Tensor.toFloat (Tensor.mean (Tensor.cast Dtype.Float64 changed)))

        /// The overlap of each pattern [p; n] of -1 and 1 with what a bipolar network recalls from it after a part of its units
        /// was flipped: [p]. Over several parts it shows the basins of attraction.
        let retrieval (part: float) (key: Key) (network: HopfieldNetwork) (patterns: Tensor) : Tensor =
            Scope.tensor (fun () ->
                let given = flipped part (Key.child 0 key) patterns
                let recalled = Hopfield.recall enough (Key.child 1 key) network given
                overlap recalled.States patterns)

        /// The one-step error of Hebb's rule for round(load·units) random patterns.
        let errorAtLoad (units: int) (load: float) (key: Key) : float =
            let count = count "errorAtLoad" units load

            Scope.value (fun () ->
                let patterns = randomPatterns count units key
                oneStepError (Hopfield.hebb patterns) patterns)

        /// The mean overlap of round(load·units) random patterns, stored by Hebb's rule, with what is recalled from them after a
        /// part of their units was flipped.
        let overlapAtLoad (units: int) (load: float) (part: float) (key: Key) : float =
            let count = count "overlapAtLoad" units load

            Scope.value (fun () ->
                let patterns = randomPatterns count units (Key.child 0 key)
                let overlaps = retrieval part (Key.child 1 key) (Hopfield.hebb patterns) patterns
                Tensor.toFloat (Tensor.mean (Tensor.cast Dtype.Float64 overlaps)))

        /// The sign of the sum of an odd number of patterns [p; n] of -1 and 1, [n]: a spurious state of Hebb's rule, as stable
        /// as they are but higher in energy, where these are few.
        let mixture (patterns: Tensor) : Tensor =
            let patterns = Hopfield.requirePatterns "mixture" patterns

            if patterns.Shape[0] % 2 = 0 then
                invalidArg
                    (nameof patterns)
                    $"mixture: the sum of an odd number of patterns has a sign everywhere, but was given {patterns}"

            Scope.tensor (fun () -> Tensor.sign (Tensor.sumOver 0 patterns))

        /// The part of random states, so many of them, that settle neither in a stored pattern [p; n] of -1 and 1 nor in the
        /// negative of one.
        let spuriousShare (trials: int) (key: Key) (network: HopfieldNetwork) (patterns: Tensor) : float =
            if trials < 1 then
                invalidArg (nameof trials) $"spuriousShare: at least one state is tried, not {trials}"

            let patterns = Hopfield.requirePatterns "spuriousShare" patterns

            Scope.value (fun () ->
                let given = randomPatterns trials network.Count (Key.child 0 key)
                let settled = (Hopfield.recall enough (Key.child 1 key) network given).States
                let products = Tensor.matmul settled (Tensor.transpose 0 1 (Tensor.cast settled.Dtype patterns))
                let nearest = Tensor.toDoubles (Tensor.maxOver 1 (Tensor.abs products))
                let spurious = nearest |> Array.filter (fun product -> product < float network.Count)
                float spurious.Length / float trials)
