namespace Functional.FSharp

open Functional

/// The modern continuous Hopfield network (Ramsauer et al. 2020, https://arxiv.org/abs/2008.02217): states of any real values
/// among stored patterns X [p; d], with inverse temperature β.
[<RequireQualifiedAccess>]
module ModernHopfield =

    let private require name (beta: float) (patterns: Tensor) (states: Tensor) =
        if not (beta > 0.0 && System.Double.IsFinite beta) then
            invalidArg (nameof beta) $"{name}: beta is positive and finite, not {invariant beta}"

        if patterns.Rank <> 2 || patterns.Count = 0L then
            invalidArg (nameof patterns) $"{name}: expected at least one pattern [p; d], but was given {patterns}"

        if states.Rank <> 2 || states.Shape[1] <> patterns.Shape[1] || states.Dtype <> patterns.Dtype then
            invalidArg
                (nameof states)
                $"{name}: expected states [k; {patterns.Shape[1]}] in the dtype of the patterns, {patterns}, but was given {states}"

    let private scores beta patterns states : Tensor = beta * Tensor.matmul states (Tensor.transpose 0 1 patterns)

    let private step beta patterns states =
        Scope.tensor (fun () -> Tensor.matmul (Tensor.softmax 1 (scores beta patterns states)) patterns)

    /// One update: ξ' = Xᵀ·softmax(β·X·ξ), [k; d] -> [k; d]. It is attention with the states as queries, the patterns as keys
    /// and values, and β = 1/√d; it never raises the energy. Differentiable.
    let update (beta: float) (patterns: Tensor) (states: Tensor) : Tensor =
        require "update" beta patterns states
        step beta patterns states

    /// E(ξ) = -lse(β, Xξ) + ½·ξᵀξ + ln(p)/β + ½·M² with lse(β, z) = ln(Σ exp(β·z))/β and M the length of the longest pattern;
    /// never negative: [k; d] -> [k]. Differentiable.
    let energy (beta: float) (patterns: Tensor) (states: Tensor) : Tensor =
        require "energy" beta patterns states

        Scope.tensor (fun () ->
            let longest = Tensor.max (Tensor.sumOver 1 (Tensor.square patterns))
            let free = Tensor.logsumexpOver 1 (scores beta patterns states) / beta

            0.5 * Tensor.sumOver 1 (Tensor.square states) - free
            + 0.5 * longest
            + log (float patterns.Shape[0]) / beta)

    /// Updates each state until it moves by no more than `tolerance` in any of its numbers, at the latest after `maxSteps`:
    /// states [k; d].
    let retrieve (maxSteps: int) (tolerance: float) (beta: float) (patterns: Tensor) (states: Tensor) : Recall =
        require "retrieve" beta patterns states

        if maxSteps < 0 then
            invalidArg (nameof maxSteps) $"retrieve: the number of steps is 0 or more, not {maxSteps}"

        if not (tolerance >= 0.0) then
            invalidArg (nameof tolerance) $"retrieve: a tolerance is 0 or more, not {invariant tolerance}"

        let rows = states.Shape[0]
        let steps, converged = Array.zeroCreate<int> rows, Array.zeroCreate<bool> rows

        // A state that has settled stays, whatever the others of the batch do.
        let advance (states: Tensor) =
            Scope.tensor (fun () ->
                let next = step beta patterns states
                let moved = Tensor.toDoubles (Tensor.maxOver 1 (Tensor.abs (next - states)))
                let settled = Tensor.reshape [ rows; 1 ] (Tensor.ofBools [ rows ] converged)

                for row in 0 .. rows - 1 do
                    if not converged[row] then
                        converged[row] <- moved[row] <= tolerance
                        steps[row] <- steps[row] + 1

                Tensor.where (Tensor.move states.Device settled) states next)

        let mutable states = Tensor.stopGradient states

        while Array.contains false converged && Array.max steps < maxSteps do
            states <- advance states

        {
            States = states
            Sweeps = steps
            Converged = converged
            Cycling = Array.create rows false
        }
