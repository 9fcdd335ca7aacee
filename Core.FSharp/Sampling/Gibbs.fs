namespace Functional.FSharp

open Functional

/// Gibbs sampling: units are drawn anew given all others (Geman and Geman 1984, https://doi.org/10.1109/TPAMI.1984.4767596).
[<RequireQualifiedAccess>]
module Gibbs =

    // A unit takes its other value with probability σ(-ΔE).
    let private chance (difference: Tensor) = Tensor.sigmoid -difference

    /// A unit drawn for each chain takes a new value given the others. States [n; units] of Bernoulli units or spins; the report
    /// is the part of the chains that moved.
    let site (units: Units) (energy: Energy) : Kernel<float> = Flips.random "Gibbs.site" units chance energy

    /// Each unit in turn takes a new value given the others. States [n; units] of Bernoulli units or spins; the report is the
    /// part of the units that changed.
    let sweep (units: Units) (energy: Energy) : Kernel<float> = Flips.sweep "Gibbs.sweep" units chance energy

    /// The chance of each unit to change, were it the one that is drawn anew: [n; units].
    let chances (units: Units) (energy: Energy) (states: Tensor) : Tensor =
        Flips.chances "Gibbs.chances" units chance energy states

    /// Blocks of units in turn: each function draws the states anew with one block given the others.
    let blocks (draws: (Key -> Tensor -> Tensor) seq) : Kernel<unit> =
        let draws = Array.ofSeq draws

        if draws.Length = 0 then
            invalidArg (nameof draws) "blocks: there is no block"

        Kernel.ofMove (fun key x ->
            let mutable x = x

            for i in 0 .. draws.Length - 1 do
                x <- draws[i] (Key.child i key) x

            struct (x, ()))

    /// Colour by colour: units of one colour do not act on each other, so all of them are drawn at once, each with its own input:
    /// `inputs` takes states [n; units] to u [n; units], P(x = 1 | rest) = σ(u) for Bernoulli units and σ(2u) for spins. Each
    /// unit has a colour from 0 up.
    let chromatic (units: Units) (colours: int seq) (inputs: Tensor -> Tensor) : Kernel<unit> =
        let colours = Array.ofSeq colours

        if colours.Length = 0 || Array.exists (fun c -> c < 0) colours then
            invalidArg (nameof colours) "chromatic: each unit has a colour, a number from 0 up"

        match units with
        | Units.Softmax states when
            states < 1
            || colours.Length % states <> 0
            || colours |> Array.chunkBySize states |> Array.exists (fun group -> (Array.distinct group).Length > 1)
            ->
            invalidArg (nameof colours) $"chromatic: the {states} units of a group have the same colour"
        | _ -> ()

        let masks =
            [|
                for colour in Seq.sort (Set.ofArray colours) ->
                    Tensor.keep (Tensor.ofBools [ colours.Length ] (colours |> Array.map ((=) colour)))
            |]

        blocks
            [
                for mask in masks ->
                    fun key (x: Tensor) ->
                        if x.Rank <> 2 || x.Shape[1] <> colours.Length then
                            invalidArg
                                "position"
                                $"chromatic: expected states [n; {colours.Length}], a unit for each colour, but was given {x}"

                        let u = inputs x

                        if u.Shape <> x.Shape then
                            invalidArg
                                (nameof inputs)
                                $"chromatic: there is an input for each unit of each of the states {x}, but these are {u}"

                        Tensor.where mask (UnitsMath.draw units key u) x
            ]
