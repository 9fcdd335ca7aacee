namespace Functional

// How much more a pattern counts the nearer it is.
[<RequireQualifiedAccess>]
type internal Separation =
    | Polynomial of degree: int
    | Exponential

/// A dense associative memory: patterns, and a function F that sets the nearest of them apart.
[<Sealed; NoComparison>]
type DenseMemory internal (separation: Separation, patterns: Tensor) =
    /// The patterns, of -1 and 1: [p; n].
    member _.Patterns = patterns

    member internal _.Separation = separation

    override _.ToString() =
        let name =
            match separation with
            | Separation.Polynomial degree -> $"of degree {degree}"
            | Separation.Exponential -> "with exponential separation"

        $"Dense memory {name}, {patterns.Shape[0]} patterns of {patterns.Shape[1]} units"

namespace Functional.FSharp

open System
open Functional

/// Dense associative memories (Krotov and Hopfield 2016, https://arxiv.org/abs/1606.01164): E(x) = -Σ_s F(ξ_s·x) of units -1
/// and 1. They hold far more patterns than units.
[<RequireQualifiedAccess>]
module DenseMemory =

    /// F(m) = m^degree from patterns [p; n] of -1 and 1. Of degree 2 it is Hebb's Hopfield network; of degree d it retrieves
    /// about n^(d-1)/(2·(2d-3)!!·ln n) random patterns without error.
    let polynomial (degree: int) (patterns: Tensor) : DenseMemory =
        if degree < 2 then
            invalidArg (nameof degree) $"DenseMemory: a degree is at least 2, not {degree}"

        DenseMemory(Separation.Polynomial degree, Hopfield.requirePatterns "DenseMemory" patterns)

    /// F(m) = eᵐ from patterns [p; n] of -1 and 1 (Demircigil et al. 2017, https://arxiv.org/abs/1702.01929); it retrieves
    /// exponentially many.
    let exponential (patterns: Tensor) : DenseMemory =
        DenseMemory(Separation.Exponential, Hopfield.requirePatterns "DenseMemory" patterns)

    let private requireStates name (memory: DenseMemory) (states: Tensor) =
        let n = memory.Patterns.Shape[1]

        if states.Rank <> 2 || states.Shape[1] <> n then
            invalidArg
                (nameof states)
                $"{name}: expected states [k; {n}] for patterns of {n} units, but was given {states}"

    let private products (memory: DenseMemory) (states: Tensor) =
        Tensor.matmul (Tensor.cast memory.Patterns.Dtype states) (Tensor.transpose 0 1 memory.Patterns)

    /// E(x) = -Σ_s F(ξ_s·x): [k; n] -> [k], differentiable. With exponential separation -ln Σ_s exp(ξ_s·x), which falls where
    /// -Σ_s exp(ξ_s·x) does and does not overflow.
    let energy (memory: DenseMemory) (states: Tensor) : Tensor =
        requireStates "energy" memory states

        Scope.tensor (fun () ->
            let m = products memory states

            match memory.Separation with
            | Separation.Polynomial degree -> -(Tensor.sumOver 1 (Tensor.pow (float degree) m))
            | Separation.Exponential -> -(Tensor.logsumexpOver 1 m))

    // A memory and a batch of states as the loops read them.
    [<NoEquality; NoComparison>]
    type private Batch =
        {
            Patterns: int
            Units: int
            // The patterns unit by unit: [n; p].
            Signs: int[]
            // F(rest + 1) - F(rest - 1) at rest + n - 1, up to a factor: what a unit gains by agreeing with a pattern whose
            // product with all other units is `rest`.
            Gains: float[]
            States: float[]
            // The product of each state with each pattern: [k; p].
            Products: int[]
        }

    // Up to a factor, so that nothing overflows.
    let private separate (memory: DenseMemory) (units: int) (product: int) =
        match memory.Separation with
        | Separation.Polynomial degree -> Math.Pow(float product / float units, float degree)
        | Separation.Exponential -> exp (float (product - units))

    let private load name (memory: DenseMemory) (states: Tensor) : Batch =
        requireStates name memory states
        let values = Hopfield.readUnits name (nameof states) -1.0 states
        let units = memory.Patterns.Shape[1]
        let f = separate memory units

        Scope.value (fun () ->
            {
                Patterns = memory.Patterns.Shape[0]
                Units = units
                Signs = Tensor.toInts (Tensor.transpose 0 1 memory.Patterns)
                Gains = [| for rest in 1 - units .. units - 1 -> f (rest + 1) - f (rest - 1) |]
                States = values
                Products = Tensor.toInts (products memory states)
            })

    // What lowers the energy most: the unit's two values compared, all others as they are. Within rounding it stays.
    let private wanted (batch: Batch) (row: int) (unit: int) : float =
        let now = batch.States[batch.Units * row + unit]
        let sign, middle = int now, batch.Units - 1
        let firstSign, firstProduct = batch.Patterns * unit, batch.Patterns * row
        let mutable drive, size = 0.0, 0.0

        for s in 0 .. batch.Patterns - 1 do
            let own = batch.Signs[firstSign + s]
            let gain = batch.Gains[batch.Products[firstProduct + s] - own * sign + middle]
            drive <- drive + float own * gain
            size <- size + abs gain

        if drive > 1e-12 * size then 1.0
        elif drive < -1e-12 * size then -1.0
        else now

    let private isStable (batch: Batch) (row: int) =
        let mutable unit = 0

        while unit < batch.Units && wanted batch row unit = batch.States[batch.Units * row + unit] do
            unit <- unit + 1

        unit = batch.Units

    let private sweep (batch: Batch) (order: int[]) (row: int) =
        for unit in order do
            let value = wanted batch row unit
            let at = batch.Units * row + unit

            if value <> batch.States[at] then
                let firstSign, firstProduct = batch.Patterns * unit, batch.Patterns * row

                for s in 0 .. batch.Patterns - 1 do
                    let difference = 2 * int value * batch.Signs[firstSign + s]
                    batch.Products[firstProduct + s] <- batch.Products[firstProduct + s] + difference

                batch.States[at] <- value

    /// Asynchronous recall: sweep after sweep each unit in turn, in an order drawn anew for each state and sweep, takes the
    /// value with the lower energy; where both have the same it stays. Ends where no unit would change, at the latest after
    /// `maxSweeps`. states: [k; n] of -1 and 1.
    let recall (maxSweeps: int) (key: Key) (memory: DenseMemory) (states: Tensor) : Recall =
        Relaxation.requireSweeps "recall" maxSweeps
        let batch = load "recall" memory states
        let stable = isStable batch
        let through row number = sweep batch (Relaxation.order batch.Units key row number) row

        Relaxation.run memory.Patterns batch.Units batch.States stable (Relaxation.untilStable maxSweeps stable through)
