namespace Functional

/// A restricted Boltzmann machine: two layers of units that act on each other and not among themselves.
[<NoComparison>]
type Rbm =
    {
        /// The values of visible units.
        Visible: Units
        /// The number of visible units.
        VisibleCount: int
        /// The values of hidden units.
        Hidden: Units
        /// The number of hidden units.
        HiddenCount: int
    }

namespace Functional.FSharp

open Functional

/// Restricted Boltzmann machines: p(v, h) = exp(-E(v, h))/Z with E(v, h) = -a·v - b·h - vᵀWh, and x²/2 more for each unit x of real
/// values (Smolensky 1986; Hinton 2002, https://doi.org/10.1162/089976602760128018). Parameters: "weight" [visible; hidden],
/// "visible" [visible], "hidden" [hidden].
[<RequireQualifiedAccess>]
module Rbm =

    let private groups units count =
        match Given.required (nameof units) units with
        | Units.Softmax states when states < 2 || count % states <> 0 ->
            invalidArg
                (nameof count)
                $"softmax units come in groups of at least 2 values, which {count} units in groups of {states} are not"
        | _ -> ()

    /// A machine of so many visible and hidden units of these values; softmax units are counted with all their values.
    let create (visible: Units) (visibleCount: int) (hidden: Units) (hiddenCount: int) : Rbm =
        if visibleCount < 1 || hiddenCount < 1 then
            invalidArg (nameof visibleCount) $"a machine has units in both layers, not {visibleCount} and {hiddenCount}"

        if int64 visibleCount + int64 hiddenCount > int64 System.Int32.MaxValue then
            invalidArg
                (nameof hiddenCount)
                $"a machine has at most {System.Int32.MaxValue} units, not {visibleCount} and {hiddenCount}"

        groups visible visibleCount
        groups hidden hiddenCount

        {
            Visible = visible
            VisibleCount = visibleCount
            Hidden = hidden
            HiddenCount = hiddenCount
        }

    /// A machine of Bernoulli units in both layers.
    let bernoulli (visible: int) (hidden: int) : Rbm = create Units.Bernoulli visible Units.Bernoulli hidden

    /// Parameters from weights [visible; hidden] and the biases of both layers.
    let parameters (weight: Tensor) (visible: Tensor) (hidden: Tensor) : Params =
        Node
            [
                "hidden", Leaf { Role = Role.Bias; Value = hidden }
                "visible", Leaf { Role = Role.Bias; Value = visible }
                "weight", Leaf { Role = Role.Weight; Value = weight }
            ]

    /// First parameters: weights N(0, deviation²), biases 0.
    let init (deviation: float) (key: Key) (rbm: Rbm) : Params =
        parameters
            (deviation * Random.normal [ rbm.VisibleCount; rbm.HiddenCount ] key)
            (Tensor.zeros [ rbm.VisibleCount ])
            (Tensor.zeros [ rbm.HiddenCount ])

    let private value name (ps: Params) = (Tree.leaf [ name ] ps).Value

    let private matrix (rbm: Rbm) (ps: Params) =
        let w = value "weight" ps

        let a, b = value "visible" ps, value "hidden" ps

        if
            w.Rank <> 2
            || w.Shape <> [| rbm.VisibleCount; rbm.HiddenCount |]
            || a.Shape <> [| rbm.VisibleCount |]
            || b.Shape <> [| rbm.HiddenCount |]
        then
            invalidArg
                (nameof ps)
                $"expected weights [{rbm.VisibleCount}; {rbm.HiddenCount}] and biases [{rbm.VisibleCount}] and [{rbm.HiddenCount}], but was given {w}, {a} and {b}"

        w

    let private require what count (x: Tensor) =
        if x.Rank <> 2 || x.Shape[1] <> count then
            invalidArg what $"expected {what} units [n; {count}], but was given {x}"

    // bias + x·W, or bias + x·Wᵀ where W is turned; units of 0 and 1 have a product of their own.
    let private affine (bias: Tensor) (x: Tensor) (w: Tensor) (turned: bool) =
        match BitProducts.tryAffine bias.Raw x.Raw w.Raw turned with
        | ValueSome raw -> Tensor.Of raw
        | ValueNone ->
            let w = if turned then Tensor.transpose 0 1 w else w
            Tensor.Of(Ops.affine bias.Raw x.Raw w.Raw)

    /// The input of each hidden unit, b + vW: [n; visible] -> [n; hidden].
    let hiddenInputs (rbm: Rbm) (ps: Params) (v: Tensor) : Tensor =
        require "visible" rbm.VisibleCount v
        affine (value "hidden" ps) v (matrix rbm ps) false

    /// The input of each visible unit, a + hWᵀ: [n; hidden] -> [n; visible].
    let visibleInputs (rbm: Rbm) (ps: Params) (h: Tensor) : Tensor =
        require "hidden" rbm.HiddenCount h
        affine (value "visible" ps) h (matrix rbm ps) true

    /// The means of the hidden units given visible ones: [n; visible] -> [n; hidden].
    let hiddenMeans (rbm: Rbm) (ps: Params) (v: Tensor) : Tensor = UnitsMath.mean rbm.Hidden (hiddenInputs rbm ps v)

    /// The means of the visible units given hidden ones: [n; hidden] -> [n; visible].
    let visibleMeans (rbm: Rbm) (ps: Params) (h: Tensor) : Tensor = UnitsMath.mean rbm.Visible (visibleInputs rbm ps h)

    /// Hidden units drawn given visible ones: [n; visible] -> [n; hidden].
    let drawHidden (rbm: Rbm) (ps: Params) (key: Key) (v: Tensor) : Tensor =
        UnitsMath.draw rbm.Hidden key (hiddenInputs rbm ps v)

    /// Visible units drawn given hidden ones: [n; hidden] -> [n; visible].
    let drawVisible (rbm: Rbm) (ps: Params) (key: Key) (h: Tensor) : Tensor =
        UnitsMath.draw rbm.Visible key (visibleInputs rbm ps h)

    /// E(v, h) of pairs of states: [n; visible] and [n; hidden] -> [n].
    let energy (rbm: Rbm) (ps: Params) (v: Tensor) (h: Tensor) : Tensor =
        require "hidden" rbm.HiddenCount h
        let acts = Tensor.sumOver 1 (hiddenInputs rbm ps v * h) + Tensor.matmul v (value "visible" ps)
        -(acts + UnitsMath.measure rbm.Visible v + UnitsMath.measure rbm.Hidden h)

    let internal freeOf (rbm: Rbm) (ps: Params) (v: Tensor) (inputs: Tensor) =
        -(Tensor.matmul v (value "visible" ps)
          + UnitsMath.measure rbm.Visible v
          + UnitsMath.logPartition rbm.Hidden inputs)

    /// The free energy F(v) = -ln Σ over h of exp(-E(v, h)): p(v) = exp(-F(v))/Z. [n; visible] -> [n].
    let freeEnergy (rbm: Rbm) (ps: Params) : Energy = fun v -> freeOf rbm ps v (hiddenInputs rbm ps v)

    /// The free energy of hidden states, -ln Σ over v of exp(-E(v, h)): [n; hidden] -> [n].
    let hiddenFreeEnergy (rbm: Rbm) (ps: Params) : Energy =
        fun h ->
            let inputs = visibleInputs rbm ps h

            -(Tensor.matmul h (value "hidden" ps)
              + UnitsMath.measure rbm.Hidden h
              + UnitsMath.logPartition rbm.Visible inputs)

    /// Visible units given means of hidden units given these visible units: [n; visible] -> [n; visible].
    let reconstruct (rbm: Rbm) (ps: Params) (v: Tensor) : Tensor = visibleMeans rbm ps (hiddenMeans rbm ps v)

    /// What each hidden unit sees: [hidden; visible].
    let filters (ps: Params) : Tensor = Tensor.transpose 0 1 (value "weight" ps)

    let private constants (ps: Params) : Params =
        ps |> Tree.map (fun param -> { param with Value = Tensor.stopGradient param.Value })

    /// Gibbs sampling: all hidden units given the visible ones, then all visible ones given these. States [chains; visible].
    let gibbs (rbm: Rbm) (ps: Params) : Kernel<unit> =
        let ps = constants ps

        Kernel.ofMove (fun key v ->
            let h = drawHidden rbm ps (Key.child 0 key) v
            struct (drawVisible rbm ps (Key.child 1 key) h, ()))

    let private scaled factor (ps: Params) : Params =
        ps |> Tree.map (fun param -> { param with Value = factor * param.Value })

    /// The parameters of the machine at a temperature, p(v, h)^(1/T) up to a factor: all divided by T. For discrete units.
    let tempered (temperature: float) (rbm: Rbm) (ps: Params) : Params =
        Energy.requireTemperature "tempered" temperature

        match rbm.Visible, rbm.Hidden with
        | (Units.Gaussian | Units.Rectified), _
        | _, (Units.Gaussian | Units.Rectified) ->
            invalidArg
                (nameof rbm)
                "tempered: units of real values have a measure of their own, which parameters cannot temper"
        | _ -> scaled (1.0 / temperature) ps

    /// The logits ln p(y, x) + constant of the classes: an ordinary layer, the discriminative machine whose visible units are the
    /// inputs x and one softmax unit y (Larochelle and Bengio 2008, https://doi.org/10.1145/1390156.1390224). [n; inputs] ->
    /// [n; classes], logits d_c + Σ_j softplus(b_j + U_cj + xW_j).
    let discriminative (inputs: int) (hidden: int) (classes: int) : Layer<Tensor, Tensor> =
        if inputs < 1 || hidden < 1 || classes < 1 then
            invalidArg
                (nameof inputs)
                $"discriminative: there are inputs, hidden units and classes, not {inputs}, {hidden} and {classes}"

        let settings =
            [ "inputs", Setting.Whole inputs; "hidden", Setting.Whole hidden; "classes", Setting.Whole classes ]

        layerOf "discriminative" settings {
            let! w = weight "weight" (Initializer.standard { In = inputs; Out = hidden } [ inputs; hidden ])
            and! u = weight "class" (Initializer.standard { In = classes; Out = hidden } [ classes; hidden ])
            and! b = bias "hidden" (fun _ -> Tensor.zeros [ hidden ])
            and! d = bias "bias" (fun _ -> Tensor.zeros [ classes ])

            return
                fun x ->
                    require "input" inputs x
                    let shared = Tensor.unsqueeze 1 (Tensor.matmul x w + b)
                    Tensor.sumOver 2 (Tensor.softplus (shared + u)) + d
        }
