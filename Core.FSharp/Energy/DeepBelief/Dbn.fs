namespace Functional

/// A deep belief network: restricted Boltzmann machines from the bottom up, the hidden units of each being the visible ones of
/// the next. The topmost is an undirected model, the others are used downwards. The weights of the way up, which recognise, are
/// those of the way down unless the up-down rule has parted them.
[<Sealed; NoEquality; NoComparison>]
type Dbn internal (machines: struct (Rbm * Params) list, recognition: Params list) =
    member internal _.Stack = machines

    // The machines with the parameters of the way up.
    member internal _.Up: struct (Rbm * Params) list =
        List.map2 (fun (struct (rbm, _)) ps -> struct (rbm, ps)) machines recognition

    /// The number of machines.
    member _.Depth = machines.Length

namespace Functional.FSharp

open Functional
open Functional.FSharp.Layers

/// Deep belief networks (Hinton, Osindero and Teh 2006, https://doi.org/10.1162/neco.2006.18.7.1527).
[<RequireQualifiedAccess>]
module Dbn =

    // A network whose ways up have parameters of their own: weights [visible; hidden] and the biases of the hidden units.
    let internal parted (recognition: Params list) (machines: struct (Rbm * Params) list) : Dbn =
        if machines.IsEmpty then
            invalidArg (nameof machines) "a deep belief network has at least one machine"

        for struct (below, _), struct (above, _) in List.pairwise machines do
            if below.HiddenCount <> above.VisibleCount || below.Hidden <> above.Visible then
                invalidArg
                    (nameof machines)
                    $"the {below.HiddenCount} {below.Hidden} hidden units of a machine are not the {above.VisibleCount} {above.Visible} visible ones of the next"

        Dbn(machines, recognition)

    /// A network of machines with their parameters, from the bottom up.
    let create (machines: struct (Rbm * Params) seq) : Dbn =
        let machines = List.ofSeq machines
        parted [ for struct (_, ps) in machines -> ps ] machines

    /// The machines with their parameters, from the bottom up. Where ways up and down differ, these are those of the way down.
    let machines (dbn: Dbn) : struct (Rbm * Params) list = dbn.Stack

    /// Trains machine after machine, each on the means of the hidden units below (`Greedy.layerwise`). `train` takes a key, a
    /// machine and its data [n; visible] to the machine's parameters.
    let greedy (train: Key -> Rbm -> Tensor -> Params) (machines: Rbm seq) (key: Key) (data: Tensor) : Dbn =
        let level rbm key data =
            let ps = train key rbm data
            struct (struct (rbm, ps), Rbm.hiddenMeans rbm ps)

        create (Greedy.layerwise (Seq.map level machines) key data)

    /// The machines with the parameters of the way up, which recognise, from the bottom up: those of `machines` unless the up-down
    /// rule has parted them. The biases of their visible units are of no use.
    let recognition (dbn: Dbn) : struct (Rbm * Params) list = dbn.Up

    /// The means of the topmost hidden units, level by level from samples on the way up: [n; visible] -> [n; hidden].
    let features (dbn: Dbn) (v: Tensor) : Tensor =
        dbn.Up |> List.fold (fun x (struct (rbm, ps)) -> Rbm.hiddenMeans rbm ps x) v

    let private split (dbn: Dbn) =
        let reversed = List.rev dbn.Stack
        struct (reversed.Head, reversed.Tail)

    // From visible units of the top machine down to the means of the lowest visible ones; between them units are drawn.
    let private down (dbn: Dbn) key (x: Tensor) =
        let struct (_, below) = split dbn

        below
        |> List.indexed
        |> List.fold
            (fun x (i, struct (rbm, ps)) ->
                let means = Rbm.visibleMeans rbm ps x

                if i = below.Length - 1 then
                    means
                else
                    Rbm.drawVisible rbm ps (Key.child i key) x)
            x

    /// Samples: so many Gibbs sweeps of the top machine from states of its visible units, [count; units], then down to the means
    /// of the lowest visible units: [count; visible].
    let sampleFrom (sweeps: int) (start: Tensor) (key: Key) (dbn: Dbn) : Tensor =
        let struct (struct (rbm, ps), below) = split dbn

        if sweeps < 1 then
            invalidArg (nameof sweeps) $"sampleFrom: at least one sweep is made, not {sweeps}"

        Scope.tensor (fun () ->
            let x = Kernel.run (sweeps - 1) (Key.child 0 key) (Rbm.gibbs rbm ps) start
            let h = Rbm.drawHidden rbm ps (Key.child 1 key) x

            if below.IsEmpty then
                Rbm.visibleMeans rbm ps h
            else
                down dbn (Key.child 3 key) (Rbm.drawVisible rbm ps (Key.child 2 key) h))

    /// Samples from random states of the top machine: [count; visible].
    let sample (sweeps: int) (count: int) (key: Key) (dbn: Dbn) : Tensor =
        let struct (struct (rbm, ps), _) = split dbn

        if count < 1 then
            invalidArg (nameof count) $"sample: at least one sample is drawn, not {count}"

        Scope.tensor (fun () ->
            let dtype = (Tree.leaf [ "weight" ] ps).Value.Dtype
            let start = UnitsMath.draw rbm.Visible (Key.child 0 key) (Tensor.zerosOf dtype [ count; rbm.VisibleCount ])
            sampleFrom sweeps start (Key.child 1 key) dbn)

    let private stage (struct (rbm: Rbm, ps: Params)) : Layer<Tensor, Tensor> =
        match rbm.Hidden with
        | Units.Bernoulli -> ()
        | other -> invalidArg "dbn" $"toLayer: hidden units become sigmoids, which {other} units are not"

        let value name = (Tree.leaf [ name ] ps).Value

        let filled (first: Params) =
            first
            |> Tree.set [ "weight" ] (Leaf { Role = Role.Weight; Value = value "weight" })
            |> Tree.set [ "bias" ] (Leaf { Role = Role.Bias; Value = value "hidden" })

        Layer.derive filled (fun _ ps -> ps) (dense rbm.VisibleCount rbm.HiddenCount) --> sigmoid

    /// The discriminative network: a dense layer and a sigmoid for each machine that start from its way up, and a dense layer with
    /// so many outputs on top: an ordinary layer, fine-tuned by back-propagation. [n; visible] -> [n; outputs].
    let toLayer (outputs: int) (dbn: Dbn) : Layer<Tensor, Tensor> =
        let struct (struct (top, _), _) = split dbn
        Layer.stack (List.map stage dbn.Up) --> dense top.HiddenCount outputs

    /// The network with one more machine on top that changes nothing yet: the topmost turned over, its weights transposed.
    let tied (dbn: Dbn) : Dbn =
        let struct (struct (rbm, ps), _) = split dbn
        let value name = (Tree.leaf [ name ] ps).Value

        let turned =
            {
                Visible = rbm.Hidden
                VisibleCount = rbm.HiddenCount
                Hidden = rbm.Visible
                HiddenCount = rbm.VisibleCount
            }

        let flipped = Rbm.parameters (Tensor.transpose 0 1 (value "weight") * 1.0) (value "hidden") (value "visible")

        parted
            [ for struct (_, ps) in dbn.Up @ [ struct (turned, flipped) ] -> ps ]
            (dbn.Stack @ [ struct (turned, flipped) ])

    // ln p(x | inputs) of each state under independent units: [n; units] and [m; units] -> [n; m].
    let private conditional units (x: Tensor) (inputs: Tensor) =
        Tensor.matmul x (Tensor.transpose 0 1 inputs)
        - Tensor.unsqueeze 0 (UnitsMath.logPartition units inputs)

    /// The variational bound on ln p(v) of samples [n; visible], with the means that `features` uses as the approximate posterior:
    /// Σ q(h|v)·(ln p(v|h) + ln p(h) - ln q(h|v)), level by level: [n]. By enumeration, at most 20 Bernoulli units in each hidden
    /// layer but the topmost, in float64.
    let bound (dbn: Dbn) (v: Tensor) : Tensor =
        let struct (lowest, _) = dbn.Stack.Head
        UnitsMath.check "bound" lowest.Visible v

        let rec go (stack: struct (Rbm * Params * Params) list) (x: Tensor) =
            match stack with
            | [] -> invalidArg (nameof dbn) "bound: there is no machine"
            | [ struct (rbm, ps, _) ] -> -(Rbm.freeEnergy rbm ps x) - Rbm.logPartition rbm ps
            | struct (rbm, ps, up) :: above ->
                if rbm.Hidden <> Units.Bernoulli || rbm.Visible <> Units.Bernoulli then
                    invalidArg (nameof dbn) $"bound: the units are Bernoulli units, not {rbm.Visible} and {rbm.Hidden}"

                let h = Tensor.cast Dtype.Float64 (Energy.enumerate rbm.HiddenCount)
                let given = conditional rbm.Visible x (Rbm.visibleInputs rbm ps h)
                let posterior = Tensor.transpose 0 1 (conditional rbm.Hidden h (Rbm.hiddenInputs rbm up x))
                Tensor.sumOver 1 (Tensor.exp posterior * (given + Tensor.unsqueeze 0 (go above h) - posterior))

        let wide = RbmLikelihood.wide

        let stack =
            List.map2 (fun (struct (rbm, ps)) (struct (_, up)) -> struct (rbm, wide ps, wide up)) dbn.Stack dbn.Up

        go stack (Tensor.cast Dtype.Float64 v)
