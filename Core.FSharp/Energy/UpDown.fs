namespace Functional.FSharp

open Functional

/// Fine-tuning of deep belief networks as generative models.
[<AutoOpen>]
module DbnLearning =

    let private value path (ps: Params) = (Tree.leaf path ps).Value
    let private param role value : Params = Leaf { Role = role; Value = value }

    // A machine below the top, with weights of its own for the way up.
    let private untied (ps: Params) : Params =
        let w = value [ "weight" ] ps

        Node
            [
                "down",
                Node
                    [
                        "bias", param Role.Bias (value [ "visible" ] ps)
                        "weight", param Role.Weight (Tensor.transpose 0 1 w * 1.0)
                    ]
                "up", Node [ "bias", param Role.Bias (value [ "hidden" ] ps); "weight", param Role.Weight w ]
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
                        for i, struct (_, ps) in List.indexed lower do
                            string i, untied ps
                        "top", topPs
                    ]

            Rule.create (fun _ -> struct (first, Tree.empty)) (fun moment ps state v ->
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

        /// The network with the parameters that `upDown` has learnt, for `Dbn.sample`: the ways down, and the top machine. The ways up
        /// are left out.
        let afterUpDown (ps: Params) (dbn: Dbn) : Dbn =
            let lower, struct (topRbm, _) = List.take (dbn.Depth - 1) dbn.Stack, List.last dbn.Stack

            Dbn.create
                [
                    for i, struct (rbm, _) in List.indexed lower do
                        let at path = value (string i :: path) ps

                        struct (rbm,
                                Rbm.parameters
                                    (Tensor.transpose 0 1 (at [ "down"; "weight" ]) * 1.0)
                                    (at [ "down"; "bias" ])
                                    (at [ "up"; "bias" ]))
                    struct (topRbm, Tree.get [ "top" ] ps)
                ]
