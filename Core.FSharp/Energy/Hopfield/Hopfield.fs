namespace Functional

/// The two values that a unit of a Hopfield network takes.
[<RequireQualifiedAccess>]
type HopfieldUnits =
    /// -1 and 1.
    | Bipolar
    /// 0 and 1.
    | Binary

    /// The smaller of the two values; the larger is 1.
    member units.Low =
        match units with
        | Bipolar -> -1.0
        | Binary -> 0.0

    override units.ToString() =
        match units with
        | Bipolar -> "bipolar (-1 or 1)"
        | Binary -> "binary (0 or 1)"

/// A Hopfield network: units that all see each other, with symmetric weights, none of a unit to itself.
[<Sealed; NoComparison>]
type HopfieldNetwork internal (units: HopfieldUnits, weights: Tensor, thresholds: Tensor) =
    /// The values that the units take.
    member _.Units = units

    /// The weights between each two units, symmetric, with zeros on the diagonal: [n; n].
    member _.Weights = weights

    /// What the input of each unit has to exceed: [n].
    member _.Thresholds = thresholds

    /// The number of units.
    member _.Count = thresholds.Shape[0]

    override network.ToString() = $"Hopfield network of {network.Count} units, {units}"

/// What the recall of a batch of states came to.
[<NoComparison>]
type Recall =
    {
        /// Where each state ended: [k; n].
        States: Tensor
        /// The number of sweeps, or of synchronous steps, that each state took; 0 where it was stable.
        Sweeps: int[]
        /// Whether no unit of the state would change.
        Converged: bool[]
        /// Whether the state alternates with another one without end; only synchronous recall can.
        Cycling: bool[]
    }

namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Wrapping

/// Hopfield networks (Hopfield 1982, https://doi.org/10.1073/pnas.79.8.2554): memories of binary patterns.
[<RequireQualifiedAccess>]
module Hopfield =

    let private isFloating (x: Tensor) = x.Dtype = Dtype.Float32 || x.Dtype = Dtype.Float64

    // The numbers of rows of units, each either `low` or 1; `advice` for those that are not.
    let private readWith (advice: string) (name: string) (parameter: string) (low: float) (x: Tensor) : float[] =
        let values = Tensor.toDoubles x

        match values |> Array.tryFindIndex (fun value -> value <> 1.0 && value <> low) with
        | Some place ->
            let n = x.Shape[x.Rank - 1]

            invalidArg
                parameter
                $"{name}: a unit is {invariant low} or 1, but unit {place % n} of row {place / n} of {x} is {invariant values[place]}{advice}"
        | None -> values

    let internal readUnits name parameter low x = readWith "" name parameter low x

    let internal requireStates (name: string) (network: HopfieldNetwork) (states: Tensor) =
        if states.Rank <> 2 || states.Shape[1] <> network.Count then
            invalidArg
                (nameof states)
                $"{name}: expected states [k; {network.Count}] of a network with {network.Count} units, but was given {states}"

    // Patterns [p; n] of -1 and 1 in a floating dtype.
    let internal requirePatterns (name: string) (patterns: Tensor) : Tensor =
        if patterns.Rank <> 2 || patterns.Count = 0L then
            invalidArg
                (nameof patterns)
                $"{name}: expected at least one pattern [p; n] of at least one unit, but was given {patterns}"

        readWith "; for patterns x of 0 and 1 use 2x - 1, then toBinary" name (nameof patterns) -1.0 patterns
        |> ignore

        if isFloating patterns then patterns else Tensor.cast Dtype.Float32 patterns

    /// A network of weights [n; n] and thresholds [n], both float32 or both float64. The weights are finite, exactly symmetric
    /// ((w + wᵀ)/2 is) and 0 on the diagonal: otherwise the energy could rise and recall need not end.
    let create (units: HopfieldUnits) (weights: Tensor) (thresholds: Tensor) : HopfieldNetwork =
        let n = if weights.Rank = 2 then weights.Shape[0] else 0

        if n < 1 || weights.Shape[1] <> n || not (isFloating weights) then
            invalidArg
                (nameof weights)
                $"Hopfield: expected floating weights [n; n] with n at least 1, but was given {weights}"

        if thresholds.Rank <> 1 || thresholds.Shape[0] <> n || thresholds.Dtype <> weights.Dtype then
            invalidArg
                (nameof thresholds)
                $"Hopfield: expected thresholds [{n}] in the dtype of the weights, {weights}, but was given {thresholds}"

        let w = Tensor.toDoubles weights

        for i in 0 .. n - 1 do
            if w[n * i + i] <> 0.0 then
                invalidArg
                    (nameof weights)
                    $"Hopfield: no unit has a weight to itself, but weights[{i}; {i}] is {invariant w[n * i + i]}"

            for j in 0 .. i - 1 do
                let a, b = w[n * i + j], w[n * j + i]

                if a <> b || not (Double.IsFinite a) then
                    invalidArg
                        (nameof weights)
                        $"Hopfield: weights are finite and symmetric, but weights[{i}; {j}] is {invariant a} and weights[{j}; {i}] is {invariant b}"

        match Tensor.toDoubles thresholds |> Array.tryFindIndex (Double.IsFinite >> not) with
        | Some i -> invalidArg (nameof thresholds) $"Hopfield: thresholds are finite, but that of unit {i} is not"
        | None -> HopfieldNetwork(units, weights, thresholds)

    /// E(x) = -½·xᵀWx + bᵀx for thresholds b: [k; n] -> [k], differentiable; the units may have any values.
    let energy (network: HopfieldNetwork) (states: Tensor) : Tensor =
        requireStates "energy" network states
        let x = Tensor.cast network.Weights.Dtype states

        Scope.tensor (fun () ->
            Tensor.matmul x network.Thresholds - 0.5 * Tensor.sumOver 1 (x * Tensor.matmul x network.Weights))

    /// What drives each unit, u = Wx - b, which is -∂E/∂x: [k; n] -> [k; n]. Changing unit k alone by Δ changes E by -u_k·Δ.
    let fields (network: HopfieldNetwork) (states: Tensor) : Tensor =
        requireStates "fields" network states
        let x = Tensor.cast network.Weights.Dtype states
        Scope.tensor (fun () -> Tensor.matmul x network.Weights - network.Thresholds)

    /// The same network of units 0 and 1, x ↦ (x + 1)/2: the weights stay, thresholds b become (b + W·1)/2. Fields halve, so
    /// recall takes the same way; energies become a quarter, up to a constant. Binary networks stay as they are.
    let toBinary (network: HopfieldNetwork) : HopfieldNetwork =
        match network.Units with
        | HopfieldUnits.Binary -> network
        | HopfieldUnits.Bipolar ->
            let thresholds = Scope.tensor (fun () -> 0.5 * (network.Thresholds + Tensor.sumOver 1 network.Weights))

            HopfieldNetwork(HopfieldUnits.Binary, network.Weights, thresholds)

    /// The same network of units -1 and 1, x ↦ 2x - 1: the weights stay, thresholds b become 2b - W·1. Bipolar networks stay
    /// as they are.
    let toBipolar (network: HopfieldNetwork) : HopfieldNetwork =
        match network.Units with
        | HopfieldUnits.Bipolar -> network
        | HopfieldUnits.Binary ->
            let thresholds = Scope.tensor (fun () -> 2.0 * network.Thresholds - Tensor.sumOver 1 network.Weights)

            HopfieldNetwork(HopfieldUnits.Bipolar, network.Weights, thresholds)
