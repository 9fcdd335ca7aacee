namespace Functional.FSharp

open Functional

/// Learning of deep Boltzmann machines.
[<AutoOpen>]
module DbmLearning =

    let private positive name what (value: int) =
        if value < 1 then
            invalidArg what $"{name}: {what} is at least 1, not {value}"

    // So many copies of the units of either layer, which share their parameters: those of the machine of all copies, and the mean
    // over copies of its gradients.
    let private copied below above (ps: Params) : Params =
        let repeated axis count (param: Param) : Params =
            Leaf { param with Value = Tensor.cat axis (List.replicate count param.Value) }

        let leaf name = Tree.leaf [ name ] ps
        let across = Tensor.cat 0 (List.replicate below (leaf "weight").Value)

        Node
            [
                "hidden", repeated 0 above (leaf "hidden")
                "visible", repeated 0 below (leaf "visible")
                "weight", repeated 1 above { leaf "weight" with Value = across }
            ]

    let private folded below above (g: Gradients) : Gradients =
        let over axis count (x: Tensor) =
            let size = x.Shape[axis] / count

            [ for i in 0 .. count - 1 -> Tensor.slice axis (i * size) ((i + 1) * size) x ]
            |> List.reduce (+)
            |> fun sum -> sum / float count

        let leaf name = Tree.leaf [ name ] g

        Node
            [
                "hidden", Leaf(over 0 above (leaf "hidden"))
                "visible", Leaf(over 0 below (leaf "visible"))
                "weight", Leaf(leaf "weight" |> over 0 below |> over 1 above)
            ]

    // A rule of the machine of all copies as one of a machine without.
    let private sharing below above (rule: Rbm -> Rule<Tensor>) (rbm: Rbm) : Rule<Tensor> =
        let all = Rbm.create rbm.Visible (below * rbm.VisibleCount) rbm.Hidden (above * rbm.HiddenCount) |> rule

        Rule.create
            (fun key ->
                let struct (ps, _) = Rule.init key (rule rbm)
                let struct (_, state) = Rule.init key all
                struct (ps, state))
            (fun moment ps state v ->
                let made = Rule.estimate all moment (copied below above ps) state (Tensor.repeat 1 below v)
                { made with Gradients = folded below above made.Gradients })

    /// Deep Boltzmann machines.
    [<RequireQualifiedAccess>]
    module Dbm =

        /// The gradient of the mean of minus the variational bound on ln p(v): data go with the means of `sweeps` sweeps of the mean
        /// field, the model with persistent chains, k Gibbs sweeps a step (Salakhutdinov and Hinton 2009,
        /// http://proceedings.mlr.press/v5/salakhutdinov09a.html), whose odd layers count by their means. The chains are in the
        /// rule's state, "chains" [chains; units]. The loss is the mean energy of data and means minus that of chains. Training
        /// starts from the parameters given, such as `init` or `greedy` make. Batches are samples [n; visible], Bernoulli units
        /// also as chances.
        let persistent (chains: int) (k: int) (sweeps: int) (first: Params) (dbm: Dbm) : Rule<Tensor> =
            positive "persistent" (nameof chains) chains
            positive "persistent" (nameof k) k
            positive "persistent" (nameof sweeps) sweeps

            for i in 0 .. dbm.Depth do
                Dbm.biasOf dbm first i |> ignore

                if i < dbm.Depth then
                    Dbm.weightOf dbm first i |> ignore

            Rule.create
                (fun key -> struct (first, Node [ "chains", Leaf(Dbm.anyStates dbm (Dbm.dtypeOf first) chains key) ]))
                (fun moment ps state v ->
                    Energy.requireSamples "persistent" v
                    let ps = RbmLearning.constants ps
                    let data = Dbm.meanField 0.0 0.0 sweeps dbm ps v
                    let moved = Kernel.run k moment.Key (Dbm.gibbs dbm ps) (Tree.leaf [ "chains" ] state)

                    // Odd layers by their means given the even ones.
                    let model =
                        Dbm.split dbm moved
                        |> List.mapi (fun i x -> if i % 2 = 1 then Dbm.means dbm ps i moved else x)
                        |> Dbm.join dbm

                    // Data and chains on top of each other, and the same as parts of a mean, with the sign of descent.
                    let units = Dbm.split dbm (Tensor.cat 0 [ data; model ]) |> Array.ofList
                    let parts = Tensor.cat 0 [ data / -(float v.Shape[0]); model / float chains ]
                    let parts = Dbm.split dbm parts |> Array.ofList
                    let product i = Tensor.matmul (Tensor.transpose 0 1 units[i]) parts[i + 1]

                    {
                        Loss = Tensor.mean (Dbm.energy dbm ps data) - Tensor.mean (Dbm.energy dbm ps model)
                        Gradients =
                            Node
                                [
                                    "bias",
                                    Node [ for i in 0 .. dbm.Depth -> string i, Leaf(Tensor.sumOver 0 parts[i]) ]
                                    "weight", Node [ for i in 0 .. dbm.Depth - 1 -> string i, Leaf(product i) ]
                                ]
                        State = Node [ "chains", Leaf moved ]
                    })

        /// First parameters, machine by machine from the bottom up, each on the means of the hidden units below
        /// (`Greedy.layerwise`). The lowest machine sees its visible units twice and the topmost has its hidden units twice, which
        /// share their parameters, for what the other neighbour will add to the layer between; the weights of machines between
        /// them are halved, and a layer's bias is the mean of its two machines' (Salakhutdinov and Hinton 2009, section 3.1; the
        /// paper leaves the biases open). `rule` makes a rule of a machine, whose gradients are means over the copies; `train`
        /// takes a key, a rule and its data [n; visible] to the machine's parameters.
        let greedy
            (rule: Rbm -> Rule<Tensor>)
            (train: Key -> Rule<Tensor> -> Tensor -> Params)
            (dbm: Dbm)
            (key: Key)
            (data: Tensor)
            : Params =
            let top = dbm.Depth - 1
            let copies i = (if i = 0 && top > 0 then 2 else 1), (if i = top && top > 0 then 2 else 1)

            let level i key data =
                let struct (visible, visibleCount), struct (hidden, hiddenCount) = dbm.Layers[i], dbm.Layers[i + 1]
                let rbm = Rbm.create visible visibleCount hidden hiddenCount
                let below, above = copies i
                let ps = train key (sharing below above rule rbm) data
                let value name = (Tree.leaf [ name ] ps).Value
                let upward = Rbm.parameters (float below * value "weight") (value "visible") (value "hidden")
                struct (ps, Rbm.hiddenMeans rbm upward)

            let machines = Greedy.layerwise (Seq.init dbm.Depth level) key data |> Array.ofList
            let value i name = (Tree.leaf [ name ] machines[i]).Value
            let between i = i > 0 && i < top

            Dbm.parameters
                [ for i in 0..top -> if between i then 0.5 * value i "weight" else value i "weight" ]
                [
                    for i in 0 .. dbm.Depth do
                        if i = 0 then value 0 "visible"
                        elif i = dbm.Depth then value top "hidden"
                        else 0.5 * (value (i - 1) "hidden" + value i "visible")
                ]
