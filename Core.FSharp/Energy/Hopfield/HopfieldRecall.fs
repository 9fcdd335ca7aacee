namespace Functional

/// One change of one unit on the way of a recall.
[<Struct; NoComparison>]
type HopfieldFlip =
    {
        /// The unit that changed.
        Unit: int
        /// By how much its value changed.
        Change: float
        /// What drove it: the energy changed by -Field·Change.
        Field: float
    }

namespace Functional.FSharp

open System
open System.Numerics
open System.Runtime.InteropServices
open Functional

/// Recall: the units follow their fields until none changes.
[<AutoOpen>]
module HopfieldRecall =

    // A network and a batch of its states as the loops read them: rows one after the other, fields kept up to date.
    [<NoEquality; NoComparison>]
    type private Batch =
        {
            Units: int
            Low: float
            Weights: float[]
            // What is smaller is rounding: a field that is zero but for it leaves the unit as it is.
            Tolerances: float[]
            States: float[]
            Fields: float[]
        }

    let private load name (network: HopfieldNetwork) (states: Tensor) : Batch =
        Hopfield.requireStates name network states
        let values = Hopfield.readUnits name (nameof states) network.Units.Low states

        Scope.value (fun () ->
            let weights = Tensor.cast Dtype.Float64 network.Weights
            let thresholds = Tensor.cast Dtype.Float64 network.Thresholds
            let rounding = if network.Weights.Dtype = Dtype.Float64 then 1e-12 else 1e-6

            {
                Units = network.Count
                Low = network.Units.Low
                Weights = Tensor.toDoubles weights
                Tolerances =
                    Tensor.toDoubles (rounding * (Tensor.sumOver 1 (Tensor.abs weights) + Tensor.abs thresholds))
                States = values
                Fields = Tensor.toDoubles (Tensor.matmul (Tensor.cast Dtype.Float64 states) weights - thresholds)
            })

    // What a unit wants to be; `unit` is its place in the row, `at` in the batch.
    let inline private wanted (batch: Batch) (unit: int) (at: int) =
        let field = batch.Fields[at]

        if field > batch.Tolerances[unit] then 1.0
        elif field < -batch.Tolerances[unit] then batch.Low
        else batch.States[at]

    // fields + change·weights, in place; a method of its own, for spans.
    let private addTo (fields: Span<float>, change: float, weights: ReadOnlySpan<float>) =
        let wide = MemoryMarshal.Cast<float, Vector<float>> fields
        let wideWeights = MemoryMarshal.Cast<float, Vector<float>> weights
        let factor = Vector<float> change

        for i in 0 .. wide.Length - 1 do
            wide[i] <- wide[i] + factor * wideWeights[i]

        for i in wide.Length * Vector<float>.Count .. fields.Length - 1 do
            fields[i] <- fields[i] + change * weights[i]

    let private change (batch: Batch) (row: int) (unit: int) (value: float) =
        let n = batch.Units
        let at = n * row + unit
        let difference = value - batch.States[at]
        batch.States[at] <- value
        addTo (Span(batch.Fields, n * row, n), difference, ReadOnlySpan(batch.Weights, n * unit, n))

    let private settled (batch: Batch) (row: int) =
        let first = batch.Units * row
        let mutable unit = 0

        while unit < batch.Units && wanted batch unit (first + unit) = batch.States[first + unit] do
            unit <- unit + 1

        unit = batch.Units

    // One sweep through the units of a row; tells each change before it is made.
    let inline private sweep (batch: Batch) (row: int) (order: int[]) ([<InlineIfLambda>] tell: int -> float -> unit) =
        for unit in order do
            let at = batch.Units * row + unit
            let value = wanted batch unit at

            if value <> batch.States[at] then
                tell unit (value - batch.States[at])
                change batch row unit value

    let private relax (network: HopfieldNetwork) (batch: Batch) follow =
        Relaxation.run network.Weights batch.Units batch.States (settled batch) follow

    let private asynchronous name maxSweeps (order: int -> int -> int[]) network states =
        Relaxation.requireSweeps name maxSweeps
        let batch = load name network states
        let through row number = sweep batch row (order row number) (fun _ _ -> ())
        relax network batch (Relaxation.untilStable maxSweeps (settled batch) through)

    /// Hopfield networks.
    [<RequireQualifiedAccess>]
    module Hopfield =

        /// Asynchronous recall: sweep after sweep each unit in turn, in an order drawn anew for each state and sweep, becomes 1
        /// where its field is positive and its lower value where it is negative; where it is zero the unit stays. Ends where no
        /// unit would change (not where E = 0), which is always reached, for each change lowers the energy; at the latest after
        /// `maxSweeps`. states: [k; n]. A field is zero within 1e-6 (float64: 1e-12) of Σ|w| + |b|.
        let recall (maxSweeps: int) (key: Key) (network: HopfieldNetwork) (states: Tensor) : Recall =
            asynchronous "recall" maxSweeps (Relaxation.order network.Count key) network states

        /// Asynchronous recall whose sweeps go through the units 0, 1, 2, … states: [k; n].
        let recallInOrder (maxSweeps: int) (network: HopfieldNetwork) (states: Tensor) : Recall =
            let order = Array.init network.Count id
            asynchronous "recallInOrder" maxSweeps (fun _ _ -> order) network states

        /// Synchronous recall: in each step all units follow the fields of the step before. It need not settle: a state that
        /// comes back after two steps alternates without end, and is given up as cycling. states: [k; n].
        let recallTogether (maxSweeps: int) (network: HopfieldNetwork) (states: Tensor) : Recall =
            Relaxation.requireSweeps "recallTogether" maxSweeps
            let batch = load "recallTogether" network states
            let n = batch.Units

            relax network batch (fun row ->
                let mutable changed, steps, cycling = [||], 0, false

                while steps < maxSweeps && not cycling && not (settled batch row) do
                    let before = changed

                    changed <-
                        [|
                            for unit in 0 .. n - 1 do
                                if wanted batch unit (n * row + unit) <> batch.States[n * row + unit] then
                                    unit
                        |]

                    for unit in changed do
                        let other = if batch.States[n * row + unit] = 1.0 then batch.Low else 1.0
                        change batch row unit other

                    steps <- steps + 1
                    // The same units changed twice: the state is that of two steps before.
                    cycling <- changed.AsSpan().SequenceEqual(ReadOnlySpan before)

                struct (steps, cycling))

        /// Whether no unit of a state would change: [k; n] -> k truth values.
        let isStable (network: HopfieldNetwork) (states: Tensor) : bool[] =
            let batch = load "isStable" network states
            Array.init (states.Shape[0]) (settled batch)

        /// The changes on the way of `recall`, in order, for one state [n]: those of the first state of a batch.
        let flips (maxSweeps: int) (key: Key) (network: HopfieldNetwork) (state: Tensor) : HopfieldFlip[] =
            Relaxation.requireSweeps "flips" maxSweeps

            if state.Rank <> 1 then
                invalidArg (nameof state) $"flips: expected one state [{network.Count}], but was given {state}"

            let batch = load "flips" network (Tensor.unsqueeze 0 state)
            let seen = ResizeArray()

            let through row number =
                sweep batch row (Relaxation.order network.Count key row number) (fun unit change ->
                    seen.Add { Unit = unit; Change = change; Field = batch.Fields[unit] })

            Relaxation.untilStable maxSweeps (settled batch) through 0 |> ignore
            seen.ToArray()
