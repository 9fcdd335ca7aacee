namespace Functional

/// A deep Boltzmann machine: layers of units, each of which acts on its neighbours and not on itself; the lowest is the visible
/// one.
[<Sealed; NoEquality; NoComparison>]
type Dbm internal (layers: struct (Units * int)[]) =
    member internal _.Layers = layers

    /// The number of hidden layers.
    member _.Depth = layers.Length - 1

    /// The number of all units.
    member _.Units = layers |> Array.sumBy (fun (struct (_, count)) -> count)

namespace Functional.FSharp

open Functional

/// Deep Boltzmann machines: p(v, h¹, …, hᴸ) = exp(-E)/Z with E = -Σ b·x - Σ xᵀWx' over layers x and pairs x, x' of neighbours,
/// and v²/2 more for each visible unit v of real values (Salakhutdinov and Hinton 2009,
/// http://proceedings.mlr.press/v5/salakhutdinov09a.html). Parameters: "bias/0" [visible], "bias/1", … [hidden] and "weight/0",
/// … [units below; units above]. States of all layers lie beside each other, the visible one first: [n; units].
[<RequireQualifiedAccess>]
module Dbm =

    /// A machine of layers of so many units of these values, the visible one first; hidden units are discrete. Softmax units are
    /// counted with all their values.
    let create (layers: struct (Units * int) seq) : Dbm =
        let layers = Array.ofSeq layers

        if layers.Length < 2 then
            invalidArg
                (nameof layers)
                $"a deep Boltzmann machine has a visible layer and at least one hidden one, not {layers.Length} layers"

        for struct (below, belowCount), struct (above, aboveCount) in Array.pairwise layers do
            Rbm.create below belowCount above aboveCount |> ignore

            match above with
            | Units.Gaussian
            | Units.Rectified ->
                invalidArg (nameof layers) $"the hidden units of a deep Boltzmann machine are discrete, not {above}"
            | _ -> ()

        let total = layers |> Array.sumBy (fun (struct (_, count)) -> int64 count)

        if total > int64 System.Int32.MaxValue then
            invalidArg (nameof layers) $"a machine has at most {System.Int32.MaxValue} units, not {total}"

        Dbm layers

    /// A machine of layers of so many Bernoulli units, the visible one first.
    let bernoulli (counts: int seq) : Dbm = create (counts |> Seq.map (fun count -> struct (Units.Bernoulli, count)))

    /// The units of each layer, the visible one first.
    let layers (dbm: Dbm) : struct (Units * int) list = List.ofArray dbm.Layers

    let internal countOf (dbm: Dbm) layer =
        let struct (_, count) = dbm.Layers[layer]
        count

    let internal unitsOf (dbm: Dbm) layer =
        let struct (units, _) = dbm.Layers[layer]
        units

    let private numbered (role: Role) (values: Tensor seq) : Params =
        Node [ for i, value in Seq.indexed values -> string i, Leaf { Role = role; Value = value } ]

    /// Parameters from the weights between neighbours, [below; above] each, and the biases of each layer, from the bottom up.
    let parameters (weights: Tensor seq) (biases: Tensor seq) : Params =
        Node [ "bias", numbered Role.Bias biases; "weight", numbered Role.Weight weights ]

    /// First parameters: weights N(0, deviation²), biases 0.
    let init (deviation: float) (key: Key) (dbm: Dbm) : Params =
        parameters
            [
                for i in 0 .. dbm.Depth - 1 ->
                    deviation * Random.normal [ countOf dbm i; countOf dbm (i + 1) ] (Key.child i key)
            ]
            [ for i in 0 .. dbm.Depth -> Tensor.zeros [ countOf dbm i ] ]

    let private value kind (ps: Params) layer (shape: int[]) =
        let x = (Tree.leaf [ kind; string layer ] ps).Value

        if x.Shape <> shape then
            let expected = Array.map string shape |> String.concat "; "
            invalidArg (nameof ps) $"expected parameters {kind}/{layer} [{expected}], but was given {x}"

        x

    let internal biasOf dbm ps layer = value "bias" ps layer [| countOf dbm layer |]
    let internal weightOf dbm ps layer = value "weight" ps layer [| countOf dbm layer; countOf dbm (layer + 1) |]
    let internal dtypeOf (ps: Params) = (Tree.leaf [ "weight"; "0" ] ps).Value.Dtype

    // States beside each other, [n; units], as those of these layers.
    let internal cut name (dbm: Dbm) (which: int list) (x: Tensor) : Tensor list =
        let ends = List.scan (fun sum layer -> sum + countOf dbm layer) 0 which

        if x.Rank <> 2 || x.Shape[1] <> List.last ends then
            let counts = which |> List.map (countOf dbm >> string) |> String.concat " + "

            invalidArg
                (nameof x)
                $"{name}: expected states [n; {counts}] of layers beside each other, but was given {x}"

        [ for first, last in List.pairwise ends -> Tensor.slice 1 first last x ]

    let private all (dbm: Dbm) = [ 0 .. dbm.Depth ]

    let private checkLayer (dbm: Dbm) layer =
        if layer < 0 || layer > dbm.Depth then
            invalidArg (nameof layer) $"the layers are numbered from 0 to {dbm.Depth}, and {layer} is none of them"

    /// The layers of states or means, the visible one first: [n; units] -> [n; units of the layer] each.
    let split (dbm: Dbm) (x: Tensor) : Tensor list = cut "split" dbm (all dbm) x

    /// States or means of all layers beside each other, the visible one first: [n; units of the layer] each -> [n; units].
    let join (dbm: Dbm) (layers: Tensor seq) : Tensor =
        let layers = List.ofSeq layers
        let fits layer (x: Tensor) = x.Rank = 2 && x.Shape[1] = countOf dbm layer

        if layers.Length <> dbm.Depth + 1 || not (List.forall2 fits (all dbm) layers) then
            let counts = all dbm |> List.map (fun layer -> $"[n; {countOf dbm layer}]") |> String.concat ", "
            let given = layers |> List.map string |> String.concat ", "
            invalidArg (nameof layers) $"join: expected states of the layers {counts}, but was given {given}"

        Tensor.cat 1 layers

    // b + xW of the units of a layer from those below.
    let internal fromBelow (dbm: Dbm) (ps: Params) layer (below: Tensor) : Tensor =
        Tensor.Of(Ops.affine (biasOf dbm ps layer).Raw below.Raw (weightOf dbm ps (layer - 1)).Raw)

    // The input of a hidden layer, of which `below` is what the layer below gives.
    let internal withAbove (dbm: Dbm) (ps: Params) layer (at: int -> Tensor) (below: Tensor) : Tensor =
        if layer = dbm.Depth then
            below
        else
            below + Tensor.matmul (at (layer + 1)) (Tensor.transpose 0 1 (weightOf dbm ps layer))

    // The input of a layer, where `at` has its neighbours.
    let internal inputOf (dbm: Dbm) (ps: Params) layer (at: int -> Tensor) : Tensor =
        if layer = 0 then
            let down = Tensor.transpose 0 1 (weightOf dbm ps 0)
            Tensor.Of(Ops.affine (biasOf dbm ps 0).Raw (at 1).Raw down.Raw)
        else
            fromBelow dbm ps layer (at (layer - 1)) |> withAbove dbm ps layer at

    /// The input of each unit of a layer given its neighbours, b + Σ xW: [n; units] -> [n; units of the layer].
    let inputs (dbm: Dbm) (ps: Params) (layer: int) (x: Tensor) : Tensor =
        checkLayer dbm layer
        inputOf dbm ps layer (Array.get (Array.ofList (cut "inputs" dbm (all dbm) x)))

    /// The means of the units of a layer given its neighbours: [n; units] -> [n; units of the layer].
    let means (dbm: Dbm) (ps: Params) (layer: int) (x: Tensor) : Tensor =
        let u = inputs dbm ps layer x
        UnitsMath.mean (unitsOf dbm layer) u

    /// The states with one layer drawn anew given its neighbours: [n; units] -> [n; units].
    let draw (dbm: Dbm) (ps: Params) (layer: int) (key: Key) (x: Tensor) : Tensor =
        let u = inputs dbm ps layer x
        let drawn = UnitsMath.draw (unitsOf dbm layer) key u
        split dbm x |> List.updateAt layer drawn |> Tensor.cat 1

    // -ln Σ exp(-E) over the layers that are not given, no two of them neighbours: [n].
    let internal freeOf (dbm: Dbm) (ps: Params) (given: Tensor option[]) : Tensor =
        let layer l =
            match given[l] with
            | Some x -> Tensor.matmul x (biasOf dbm ps l) + UnitsMath.measure (unitsOf dbm l) x
            | None -> UnitsMath.logPartition (unitsOf dbm l) (inputOf dbm ps l (fun near -> given[near].Value))

        let pair l =
            match given[l], given[l + 1] with
            | Some below, Some above -> Some(Tensor.sumOver 1 (Tensor.matmul below (weightOf dbm ps l) * above))
            | _ -> None

        -(Seq.append (Seq.map layer (all dbm)) (Seq.choose pair (seq { 0 .. dbm.Depth - 1 }))
          |> Seq.reduce (+))

    /// E of states of all layers: [n; units] -> [n].
    let energy (dbm: Dbm) (ps: Params) : Energy =
        fun x -> freeOf dbm ps [| for layer in cut "energy" dbm (all dbm) x -> Some layer |]

    /// The layers of one parity, 0 or 1.
    let internal parity (dbm: Dbm) (odd: int) = [ odd..2 .. dbm.Depth ]

    let internal parityFree name (dbm: Dbm) (ps: Params) odd : Energy =
        fun x ->
            let given = Array.create (dbm.Depth + 1) None
            let which = parity dbm odd
            List.iter2 (fun layer x -> given[layer] <- Some x) which (cut name dbm which x)
            freeOf dbm ps given

    /// The free energy of states of the even layers beside each other, the visible one first: -ln Σ over the odd layers of
    /// exp(-E), layers that are independent of each other given the even ones. [n; their units] -> [n].
    let evenFreeEnergy (dbm: Dbm) (ps: Params) : Energy = parityFree "evenFreeEnergy" dbm ps 0

    /// The free energy of states of the odd layers beside each other, the first hidden one first: -ln Σ over the even layers,
    /// the visible one among them, of exp(-E). [n; their units] -> [n].
    let oddFreeEnergy (dbm: Dbm) (ps: Params) : Energy = parityFree "oddFreeEnergy" dbm ps 1

    /// Gibbs sampling: the odd layers given the even ones, then the even ones given these. States [chains; units].
    let gibbs (dbm: Dbm) (ps: Params) : Kernel<unit> =
        let ps = RbmLearning.constants ps
        Gibbs.blocks [ for layer in parity dbm 1 @ parity dbm 0 -> draw dbm ps layer ]

    let internal anyStates (dbm: Dbm) dtype count key =
        [
            for i in all dbm ->
                UnitsMath.draw (unitsOf dbm i) (Key.child i key) (Tensor.zerosOf dtype [ count; countOf dbm i ])
        ]
        |> Tensor.cat 1

    /// Samples: so many Gibbs sweeps from states of all layers, [count; units], then the means of the visible units given those
    /// above: [count; visible].
    let sampleFrom (sweeps: int) (start: Tensor) (key: Key) (dbm: Dbm) (ps: Params) : Tensor =
        if sweeps < 1 then
            invalidArg (nameof sweeps) $"sampleFrom: at least one sweep is made, not {sweeps}"

        Scope.tensor (fun () -> means dbm ps 0 (Kernel.run sweeps key (gibbs dbm ps) start))

    /// Samples from random states: [count; visible].
    let sample (sweeps: int) (count: int) (key: Key) (dbm: Dbm) (ps: Params) : Tensor =
        if count < 1 then
            invalidArg (nameof count) $"sample: at least one sample is drawn, not {count}"

        Scope.tensor (fun () ->
            let start = anyStates dbm (dtypeOf ps) count (Key.child 0 key)
            sampleFrom sweeps start (Key.child 1 key) dbm ps)
