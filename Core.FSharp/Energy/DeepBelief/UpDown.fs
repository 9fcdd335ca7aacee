namespace Functional.FSharp

open Functional

/// Fine-tuning of deep belief networks as generative models.
[<AutoOpen>]
module DbnLearning =

    let private value path (ps: Params) = (Tree.leaf path ps).Value
    let private param role value : Params = Leaf { Role = role; Value = value }

    // A machine below the top, with weights of its own for each way.
    let private untied (ps: Params) (recognition: Params) : Params =
        Node
            [
                "down",
                Node
                    [
                        "bias", param Role.Bias (value [ "visible" ] ps)
                        "weight", param Role.Weight (Tensor.transpose 0 1 (value [ "weight" ] ps) * 1.0)
                    ]
                "up",
                Node
                    [
                        "bias", param Role.Bias (value [ "hidden" ] recognition)
                        "weight", param Role.Weight (value [ "weight" ] recognition)
                    ]
            ]

    // Inputs through the weights of one way: [n; from] -> [n; to].
    let private through way (ps: Params) (x: Tensor) =
        Tensor.matmul x (value [ way; "weight" ] ps) + value [ way; "bias" ] ps

    // The delta rule for one way: what is predicted of `target` from `x`.
    let private delta way units (ps: Params) (x: Tensor) (target: Tensor) : Gradients =
        let error = (UnitsMath.mean units (through way ps x) - target) / float x.Shape[0]

        Node
            [
                "bias", Leaf(Tensor.sumOver 0 error)
                "weight", Leaf(Tensor.matmul (Tensor.transpose 0 1 x) error)
            ]

    /// Deep belief networks.
    [<RequireQualifiedAccess>]
    module Dbn =

        /// The contrastive up-down rule (Hinton, Osindero and Teh 2006, appendix B): units drawn on the way up teach the weights of the
        /// way down, `sweeps` Gibbs sweeps teach the top machine, and units drawn on the way down from there teach the weights of the
        /// way up. Parameters: "0", "1", … with "up" and "down" each, and "top". The loss is the mean squared error of the lowest
        /// units on the way down.
        let upDown (sweeps: int) (dbn: Dbn) : Rule<Tensor> =
            if dbn.Depth < 2 then
                invalidArg
                    (nameof dbn)
                    "upDown: a network of one machine has no ways up and down; use a rule of the machine"

            if sweeps < 1 then
                invalidArg (nameof sweeps) $"upDown: at least one sweep is made, not {sweeps}"

            let lower, top = List.take (dbn.Depth - 1) dbn.Stack, List.last dbn.Stack
            let struct (topRbm, topPs) = top

            let rbms = [| for struct (rbm, _) in lower -> rbm |]
            let depth = rbms.Length

            let first =
                Node
                    [
                        for i, (struct (_, down), struct (_, up)) in List.indexed (List.zip dbn.Stack dbn.Up) do
                            if i < depth then
                                string i, untied down up
                        "top", topPs
                    ]

            Rule.create (fun _ -> struct (first, Tree.empty)) (fun moment ps state v ->
                Energy.requireSamples "upDown" v
                RbmLearning.requireData rbms[0].Visible v
                let ps = RbmLearning.constants ps
                let at i = Tree.get [ string i ] ps
                let key way i = Key.child i (Key.child way moment.Key)
                let awake = Array.create (depth + 1) v

                for i in 0 .. depth - 1 do
                    awake[i + 1] <- UnitsMath.draw rbms[i].Hidden (key 0 i) (through "up" (at i) awake[i])

                let machine = Tree.get [ "top" ] ps
                let rule = Rbm.contrastiveDivergence sweeps 0.0 topRbm
                // The way down begins where the sweeps end that teach the top machine: the key is the same.
                let sleepTop = Kernel.run sweeps (key 1 0) (Rbm.gibbs topRbm machine) awake[depth]
                let topMade = Rule.estimate rule { moment with Key = key 1 0 } machine Tree.empty awake[depth]
                let asleep = Array.create (depth + 1) sleepTop

                for i in depth - 1 .. -1 .. 0 do
                    asleep[i] <- UnitsMath.draw rbms[i].Visible (key 2 i) (through "down" (at i) asleep[i + 1])

                let predicted = UnitsMath.mean rbms[0].Visible (through "down" (at 0) awake[1])

                {
                    Loss = Tensor.mean (Tensor.square (predicted - v))
                    Gradients =
                        Node
                            [
                                for i in 0 .. depth - 1 do
                                    string i,
                                    Node
                                        [
                                            "down", delta "down" rbms[i].Visible (at i) awake[i + 1] awake[i]
                                            "up", delta "up" rbms[i].Hidden (at i) asleep[i] asleep[i + 1]
                                        ]
                                "top", topMade.Gradients
                            ]
                    State = state
                })

        /// The network with the parameters that `upDown` has learnt, both ways: `Dbn.sample` goes by the top machine and the ways
        /// down, `Dbn.features`, `Dbn.toLayer` and the posterior of `Dbn.bound` by the ways up.
        let afterUpDown (ps: Params) (dbn: Dbn) : Dbn =
            let lower, struct (topRbm, _) = List.take (dbn.Depth - 1) dbn.Stack, List.last dbn.Stack

            let topPs = Tree.get [ "top" ] ps

            // The same biases both ways: each way uses one of them.
            let along weight i =
                let at path = value (string i :: path) ps
                Rbm.parameters (weight at) (at [ "down"; "bias" ]) (at [ "up"; "bias" ])

            let down = along (fun at -> Tensor.transpose 0 1 (at [ "down"; "weight" ]) * 1.0)
            let up = along (fun at -> at [ "up"; "weight" ])

            let machines = [ for i, struct (rbm, _) in List.indexed lower -> struct (rbm, down i) ]
            Dbn.parted (List.init lower.Length up @ [ topPs ]) (machines @ [ struct (topRbm, topPs) ])
