namespace Functional.FSharp

open Functional

/// Learning rules of restricted Boltzmann machines. Batches are samples [n; visible]; the gradients are those of the mean of
/// -ln p(v), with the model's part replaced by what is sampled. The loss of a sampled rule is the mean free energy of the data
/// minus that of the samples. Bernoulli units of data may be probabilities, from 0 to 1, such as grey levels.
[<AutoOpen>]
module RbmLearning =

    let internal constants (ps: Params) : Params =
        ps |> Tree.map (fun param -> { param with Value = Tensor.stopGradient param.Value })

    let private leaf name (ps: Params) = (Tree.leaf [ name ] ps).Value

    let private mean (x: Tensor) =
        if Columns.serves x.Raw then
            Tensor.Of(Columns.mean x.Raw)
        else
            Tensor.meanOver 0 x

    // Means over data minus means over samples, with the sign of descent, and the difference of free energies. Of data and of
    // samples: units, inputs of hidden units and means of these.
    let private estimate rbm ps state (v: Tensor, u, p: Tensor) (w: Tensor, uw, q: Tensor) : Estimate =
        let visible = mean w - mean v
        let data, samples = -1.0 / float v.Shape[0], 1.0 / float w.Shape[0]
        let rest v u p = UnitsMath.meanMeasure rbm.Visible v + UnitsMath.meanLogPartition rbm.Hidden u p

        {
            Loss = Tensor.matmul visible (leaf "visible" ps) + (rest w uw q - rest v u p)
            Gradients =
                Node
                    [
                        "hidden", Leaf(mean q - mean p)
                        "visible", Leaf visible
                        "weight", Leaf(Tensor.Of(Ops.sumOfProducts data v.Raw p.Raw samples w.Raw q.Raw))
                    ]
            State = state
        }

    let private look rbm ps v =
        let u = Rbm.hiddenInputs rbm ps v
        v, u, UnitsMath.mean rbm.Hidden u

    // One sweep from visible units and what is known of the hidden ones.
    let private sweep rbm ps key (_, u, p) =
        let h = UnitsMath.drawWith rbm.Hidden (Key.child 0 key) u p
        look rbm ps (Rbm.drawVisible rbm ps (Key.child 1 key) h)

    let private sweeps rbm ps count key start =
        Loop.fold (fun (v, u, p) -> [| v; u; p |]) (fun i at -> sweep rbm ps (Key.child i key) at) count (fun () ->
            start)

    let private positive name what (value: int) =
        if value < 1 then
            invalidArg what $"{name}: {what} is at least 1, not {value}"

    // Bernoulli units may be given as probabilities: grey levels, or what a machine below makes of data.
    let internal requireData units (v: Tensor) =
        match units with
        | Units.Bernoulli ->
            // Two passes over grey levels where all is well; NaN fails both.
            let inside () = Tensor.toFloat (Tensor.min v) >= 0.0 && Tensor.toFloat (Tensor.max v) <= 1.0

            if not (BitProducts.areBits v.Raw || inside ()) then
                let inside = Tensor.logicalAnd (Tensor.geNumber 0.0 v) (Tensor.leNumber 1.0 v)
                let at = Array.findIndex not (Tensor.toBools inside)
                let value = (Tensor.toDoubles v)[at]

                invalidArg
                    (nameof v)
                    $"Rbm: the units are 0 or 1, or probabilities of 1, but the number at place {at} of {v} is {invariant value}"
        | _ -> UnitsMath.check "Rbm" units v

    let private rule deviation (rbm: Rbm) (state: Key -> State) estimate : Rule<Tensor> =
        Rule.create
            (fun key -> struct (Rbm.init deviation (Key.child 0 key) rbm, state (Key.child 1 key)))
            (fun moment ps state v ->
                Energy.requireSamples "Rbm" v
                requireData rbm.Visible v
                estimate moment (constants ps) state v)

    let private anyState (rbm: Rbm) count key =
        UnitsMath.draw rbm.Visible key (Tensor.zeros [ count; rbm.VisibleCount ])

    /// Restricted Boltzmann machines.
    [<RequireQualifiedAccess>]
    module Rbm =

        /// Contrastive divergence: samples are what k Gibbs sweeps make of the batch itself (CD-k, Hinton 2002,
        /// https://doi.org/10.1162/089976602760128018). Biased, the less the larger k. First weights N(0, deviation²).
        let contrastiveDivergence (k: int) (deviation: float) (rbm: Rbm) : Rule<Tensor> =
            positive "contrastiveDivergence" (nameof k) k

            rule deviation rbm (fun _ -> Tree.empty) (fun moment ps state v ->
                let data = look rbm ps v
                estimate rbm ps state data (sweeps rbm ps k moment.Key data))

        /// Persistent contrastive divergence: so many chains go on from step to step, k Gibbs sweeps each (PCD, Tieleman 2008,
        /// https://doi.org/10.1145/1390156.1390290). The chains are in the rule's state, "chains" [chains; visible].
        let persistent (chains: int) (k: int) (deviation: float) (rbm: Rbm) : Rule<Tensor> =
            positive "persistent" (nameof chains) chains
            positive "persistent" (nameof k) k

            rule deviation rbm (fun key -> Node [ "chains", Leaf(anyState rbm chains key) ]) (fun moment ps state v ->
                let start = look rbm ps (Tree.leaf [ "chains" ] state)
                let samples = sweeps rbm ps k moment.Key start
                let chains, _, _ = samples
                estimate rbm ps (Node [ "chains", Leaf chains ]) (look rbm ps v) samples)

        /// Persistent contrastive divergence with fast weights for the chains alone, which decay by 19/20 a step and learn at
        /// `fastRate`, so that chains move on quickly (FPCD, Tieleman and Hinton 2009, https://doi.org/10.1145/1553374.1553506).
        let fastPersistent (chains: int) (k: int) (fastRate: float) (deviation: float) (rbm: Rbm) : Rule<Tensor> =
            positive "fastPersistent" (nameof chains) chains
            positive "fastPersistent" (nameof k) k

            if not (fastRate >= 0.0 && fastRate < infinity) then
                invalidArg
                    (nameof fastRate)
                    $"fastPersistent: the rate is not negative and finite, as {invariant fastRate} is not"

            let state key =
                let zeros = Rbm.init 0.0 key rbm |> Params.values
                Node [ "chains", Leaf(anyState rbm chains key); "fast", zeros ]

            rule deviation rbm state (fun moment ps state v ->
                let fast = Tree.get [ "fast" ] state
                let moved = Params.move fast ps
                let (w, _, _) = sweeps rbm moved k moment.Key (look rbm moved (Tree.leaf [ "chains" ] state))
                let made = estimate rbm ps state (look rbm ps v) (look rbm ps w)
                let next = Tree.map2 (fun (f: Tensor) (g: Tensor) -> 0.95 * f - fastRate * g) fast made.Gradients

                { made with State = Node [ "chains", Leaf w; "fast", next ] })

        /// Persistent chains at several temperatures, the first of which is 1, that change places (Desjardins et al. 2010;
        /// parallel tempering). For discrete units. The chains at temperature 1 are the samples.
        let temperedPersistent
            (temperatures: float seq)
            (chains: int)
            (k: int)
            (deviation: float)
            (rbm: Rbm)
            : Rule<Tensor> =
            let temperatures = Array.ofSeq temperatures
            positive "temperedPersistent" (nameof chains) chains
            positive "temperedPersistent" (nameof k) k

            if temperatures.Length < 2 || temperatures[0] <> 1.0 then
                invalidArg
                    (nameof temperatures)
                    "temperedPersistent: there are at least two temperatures, the first of which is 1"

            let kernel ps =
                // Chains change places as pairs (v, h), whose energy is what temperature divides; h is drawn for the exchange.
                RbmTempering.kernel rbm ps temperatures

            rule
                deviation
                rbm
                (fun key -> Kernel.init (anyState rbm chains key) (kernel (Rbm.init 0.0 key rbm)))
                (fun moment ps state v ->
                    let move i s =
                        let struct (next, _) = Kernel.step (Key.child i moment.Key) s (kernel ps)
                        next

                    let next = Loop.fold Tree.values move k (fun () -> state)
                    estimate rbm ps next (look rbm ps v) (look rbm ps (Kernel.position next)))

        /// The gradient in centred form: units are taken from their means, μ of the visible and λ of the hidden ones, moving
        /// averages over the batches that keep the part `keep` (Montavon and Müller 2012; Melchior et al. 2016, enhanced
        /// gradient). A linear change of the rule's own gradient, so any rule of a machine can be centred.
        let centred (keep: float) (rbm: Rbm) (inner: Rule<Tensor>) : Rule<Tensor> =
            if not (keep >= 0.0 && keep < 1.0) then
                invalidArg (nameof keep) $"centred: the part kept is at least 0 and below 1, not {invariant keep}"

            let init key =
                let struct (ps, state) = Rule.init key inner
                let zeros name = Leaf(Tensor.zerosLike (leaf name ps))
                struct (ps, Node [ "inner", state; "hidden", zeros "hidden"; "visible", zeros "visible" ])

            Rule.create init (fun moment ps state v ->
                Energy.requireSamples "centred" v
                let first = moment.Step = 0
                let constant = constants ps

                let follow name (now: Tensor) =
                    let now = Tensor.meanOver 0 now
                    if first then now else keep * Tree.leaf [ name ] state + (1.0 - keep) * now

                let mu, lambda = follow "visible" v, follow "hidden" (Rbm.hiddenMeans rbm constant v)
                let made = Rule.estimate inner moment ps (Tree.get [ "inner" ] state) v
                let at name : Tensor = Tree.leaf [ name ] made.Gradients
                let w = at "weight" - Tensor.outer (at "visible") lambda - Tensor.outer mu (at "hidden")

                { made with
                    Gradients =
                        Node
                            [
                                "hidden", Leaf(at "hidden" - Tensor.matmul mu w)
                                "visible", Leaf(at "visible" - Tensor.matmul w lambda)
                                "weight", Leaf w
                            ]
                    State = Node [ "inner", made.State; "hidden", Leaf lambda; "visible", Leaf mu ]
                })

        /// A rule with the gradient of a penalty more, cost times the mean over the batch of the cross-entropy of each hidden unit to
        /// the target: cost·(q - target) for its input, q its mean given the sample, and so for its bias and its incoming weights
        /// alike. Hidden units come to be active as often as the target says (Hinton 2010, A practical guide, section 11, whose q is
        /// a running average).
        let sparse (target: float) (cost: float) (rbm: Rbm) (inner: Rule<Tensor>) : Rule<Tensor> =
            if not (target > 0.0 && target < 1.0 && cost >= 0.0) then
                invalidArg
                    (nameof target)
                    $"sparse: the target is between 0 and 1 and the cost not negative, not {invariant target} and {invariant cost}"

            { inner with
                Estimate =
                    fun moment ps state v ->
                        Energy.requireSamples "sparse" v
                        let made = Rule.estimate inner moment ps state v
                        let pull = (Rbm.hiddenMeans rbm (constants ps) v - target) * (cost / float v.Shape[0])
                        let add name (more: Tensor) = Tree.set [ name ] (Leaf(Tree.leaf [ name ] made.Gradients + more))

                        { made with
                            Gradients =
                                made.Gradients
                                |> add "hidden" (Tensor.sumOver 0 pull)
                                |> add "weight" (Tensor.matmul (Tensor.transpose 0 1 v) pull)
                        }
            }
