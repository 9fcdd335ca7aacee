namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// Weight normalisation.
[<AutoOpen>]
module WeightNorm =

    // The squared norm of what stands at each place of one axis, which alone stays long.
    let private squares (axis: int) (w: Tensor) =
        let axis = if axis < 0 then axis + w.Rank else axis

        Tensor.sumKeepingAxes
            [
                for other in 0 .. w.Rank - 1 do
                    if other <> axis then
                        other
            ]
            (Tensor.square w)

    let private split (axis: int) (w: Tensor) : Params =
        if axis < -w.Rank || axis >= w.Rank then
            invalidArg (nameof axis) $"weightNorm: a weight {Native.showShape (Native.shape w.Raw)} has no axis {axis}"

        let squares = squares axis w
        // Zeros have no direction of their own.
        let direction = Tensor.where (Tensor.eqNumber 0.0 squares) (Tensor.onesLike w) w

        Node
            [
                "length", Leaf { Role = Role.Weight; Value = Tensor.sqrt squares }
                "direction", Leaf { Role = Role.Scale; Value = direction }
            ]

    let rec private store axis (ps: Params) : Params =
        Tree.guard ()

        match ps with
        | Leaf { Role = Role.Weight; Value = w } when w.Rank > 1 -> split axis w
        | Leaf _ -> ps
        | Node branches -> Node [ for name, branch in branches -> name, store axis branch ]

    let rec private view axis (ps: Params) : Params =
        Tree.guard ()

        match ps with
        | Node [ "length", Leaf({ Role = Role.Weight } as g); "direction", Leaf({ Role = Role.Scale } as v) ] ->
            let w = v.Value * (g.Value * Tensor.rsqrt (squares axis v.Value))
            Leaf { Role = Role.Weight; Value = w }
        | Leaf _ -> ps
        | Node branches -> Node [ for name, branch in branches -> name, view axis branch ]

    /// w = g·v/‖v‖ for each weight of at least two axes (Salimans and Kingma 2016, https://arxiv.org/abs/1602.07868), the norm
    /// for each place of the axis of outputs: 1 or -1 for `dense`, 0 for convolutions. The layer starts as it would without.
    /// Stored are weight/length, g = ‖w‖, which is decayed as a weight, and weight/direction, v, whose own norm changes nothing.
    let weightNorm (axis: int) (layer: Layer<'i, 'o>) : Layer<'i, 'o> =
        let stored ps =
            if not (Tree.values ps |> Array.exists (fun p -> p.Role = Role.Weight && p.Value.Rank > 1)) then
                invalidArg (nameof layer) "weightNorm: the layer has no weight of at least two axes"

            store axis ps

        let first init key =
            let struct (ps, state) = init key
            struct (stored ps, state)

        layer
        |> Layer.aroundWith "weightNorm" [ "axis", Setting.Whole axis ] first (fun run mode ps state x ->
            run mode (view axis ps) state x)
