namespace Functional.FSharp

open Functional

/// Learning rules of Boltzmann machines. Batches are samples [n; visible]. The gradient of a weight is that of a pair of units:
/// -(⟨xᵢxⱼ⟩ over data - ⟨xᵢxⱼ⟩ over the model)/T, of a threshold (⟨xᵢ⟩ over data - ⟨xᵢ⟩ over the model)/T.
[<AutoOpen>]
module BoltzmannLearning =

    // ⟨xxᵀ⟩ and ⟨x⟩ of states with weights that sum to 1.
    let private moments (states: Tensor) (p: Tensor) =
        let weighted = states * Tensor.unsqueeze 1 p
        struct (Tensor.matmul (Tensor.transpose 0 1 weighted) states, Tensor.sumOver 0 weighted)

    let private equal (states: Tensor) = Tensor.fullOf states.Dtype [ states.Shape[0] ] (1.0 / float states.Shape[0])

    let private gradients
        (machine: Boltzmann)
        (struct (dataPairs: Tensor, data: Tensor))
        (struct (pairs: Tensor, means: Tensor))
        : Gradients =
        let w = (pairs - dataPairs) * (0.5 / machine.Temperature)

        Node
            [
                "threshold", Leaf((data - means) / machine.Temperature)
                // Symmetric to the last bit, so that the weights stay so.
                "weight", Leaf(Boltzmann.clear (w + Tensor.transpose 0 1 w))
            ]

    // Under p(h | v), by enumeration of the hidden units: of each sample their means, and how likely each of their states is over
    // all samples.
    let private clamped machine ps (v: Tensor) =
        Boltzmann.checkSamples machine v

        if machine.Hidden = 0 then
            moments v (equal v)
        else
            let h = Boltzmann.hiddenStates machine v

            let block (v: Tensor) : Tensor * Tensor =
                Scope.run (fun (means, sums) -> [ means; sums ]) (fun () ->
                    let p = Tensor.softmax 1 (Boltzmann.weighed machine ps h v)
                    Tensor.matmul p h, Tensor.sumOver 0 p)

            let means, sums = List.unzip [ for part in Boltzmann.blocks machine v -> block part ]
            let means, p = Tensor.cat 0 means, List.reduce (+) sums / float v.Shape[0]
            let struct (ofHidden, hidden) = moments h p
            let struct (ofVisible, visible) = moments v (equal v)
            let between = Tensor.matmul (Tensor.transpose 0 1 v) means / float v.Shape[0]
            let above = Tensor.cat 1 [ ofVisible; between ]
            let below = Tensor.cat 1 [ Tensor.transpose 0 1 between; ofHidden ]
            struct (Tensor.cat 0 [ above; below ], Tensor.cat 0 [ visible; hidden ])

    let private constants (ps: Params) : Params =
        ps |> Tree.map (fun param -> { param with Value = Tensor.stopGradient param.Value })

    let private rule init estimate : Rule<Tensor> =
        Rule.create init (fun moment ps state batch ->
            Energy.requireSamples "Boltzmann" batch
            estimate moment (constants ps) state batch)

    let private withHidden machine key (v: Tensor) =
        Boltzmann.checkSamples machine v

        if machine.Hidden = 0 then
            v
        else
            Tensor.cat 1 [ v; Tensor.cast v.Dtype (Random.bernoulli 0.5 [ v.Shape[0]; machine.Hidden ] key) ]

    /// Boltzmann machines.
    [<RequireQualifiedAccess>]
    module Boltzmann =

        /// The exact gradient of the mean of -ln p(v), which is the loss, by enumeration of all states: at most 20 units. First
        /// weights N(0, deviation²).
        let exact (deviation: float) (machine: Boltzmann) : Rule<Tensor> =
            rule (fun key -> struct (Boltzmann.init deviation key machine, Tree.empty)) (fun _ ps state v ->
                let model = moments (Boltzmann.states machine ps) (Boltzmann.distribution machine ps)

                {
                    Loss = -(Tensor.mean (Boltzmann.logLikelihood machine ps v))
                    Gradients = gradients machine (clamped machine ps v) model
                    State = state
                })

        /// Sampling: the model's part by so many persistent chains, moved by `sweeps` Gibbs sweeps a step (Tieleman 2008), the
        /// data's part by as many sweeps of the hidden units with the visible ones held. The loss is the difference of the mean
        /// energies of data and chains.
        let sampled (chains: int) (sweeps: int) (deviation: float) (machine: Boltzmann) : Rule<Tensor> =
            if chains < 1 || sweeps < 1 then
                invalidArg
                    (nameof chains)
                    $"sampled: there is at least one chain and one sweep, not {chains} and {sweeps}"

            rule
                (fun key ->
                    let start = Random.bernoulli 0.5 [ chains; machine.Units ] (Key.child 1 key)
                    struct (Boltzmann.init deviation (Key.child 0 key) machine, Node [ "chains", Leaf start ]))
                (fun moment ps state v ->
                    let key i = Key.child i moment.Key
                    let data = withHidden machine (key 0) v

                    let data =
                        if machine.Hidden = 0 then
                            data
                        else
                            Kernel.run sweeps (key 1) (Boltzmann.gibbsHidden machine ps) data

                    let model = Kernel.run sweeps (key 2) (Boltzmann.gibbs machine ps) (Tree.leaf [ "chains" ] state)
                    let energy = Boltzmann.energy machine ps

                    {
                        Loss = Tensor.mean (energy data) - Tensor.mean (energy model)
                        Gradients = gradients machine (moments data (equal data)) (moments model (equal model))
                        State = Node [ "chains", Leaf model ]
                    })

        /// The means mᵢ = σ(uᵢ(m)/T) of naive mean field, by so many steps halfway to the right side, from the means given, of
        /// which those of the first `held` units do not move: [n; units] -> [n; units].
        let meanField (held: int) (steps: int) (machine: Boltzmann) (ps: Params) (means: Tensor) : Tensor =
            if held < 0 || held > machine.Units || steps < 0 then
                invalidArg (nameof held) $"meanField: {held} of {machine.Units} units cannot be held for {steps} steps"

            if means.Rank <> 2 || means.Shape[1] <> machine.Units then
                invalidArg (nameof means) $"meanField: expected means [n; {machine.Units}], but was given {means}"

            let free = Tensor.geNumber (float held) (Tensor.arange machine.Units)

            let step _ (m: Tensor) = Tensor.where free (0.5 * (m + Boltzmann.conditional machine ps m)) m

            Loop.fold Array.singleton step steps (fun () -> means)

        /// Mean field in both phases: ⟨xᵢxⱼ⟩ is taken as mᵢ·mⱼ (Peterson and Anderson 1987). The model's part is started from the
        /// data's. It cannot see correlations that the means do not carry. The loss is the difference of the mean energies.
        let meanFieldLearning (steps: int) (deviation: float) (machine: Boltzmann) : Rule<Tensor> =
            if steps < 1 then
                invalidArg (nameof steps) $"meanFieldLearning: at least one step is taken, not {steps}"

            rule (fun key -> struct (Boltzmann.init deviation key machine, Tree.empty)) (fun _ ps state v ->
                Boltzmann.checkSamples machine v

                let start =
                    if machine.Hidden = 0 then
                        v
                    else
                        Tensor.cat 1 [ v; Tensor.fullOf v.Dtype [ v.Shape[0]; machine.Hidden ] 0.5 ]

                let data = meanField machine.Visible steps machine ps start
                let model = meanField 0 steps machine ps data
                let energy = Boltzmann.energy machine ps

                {
                    Loss = Tensor.mean (energy data) - Tensor.mean (energy model)
                    Gradients = gradients machine (moments data (equal data)) (moments model (equal model))
                    State = state
                })

        /// ln Π p(xᵢ | rest) of each state, the pseudo-likelihood (Besag 1975, https://doi.org/10.2307/2987782): [n; units] -> [n].
        let logPseudoLikelihood (machine: Boltzmann) (ps: Params) (x: Tensor) : Tensor =
            if x.Rank <> 2 || x.Shape[1] <> machine.Units then
                invalidArg (nameof x) $"logPseudoLikelihood: expected states [n; {machine.Units}], but was given {x}"

            UnitsMath.check "logPseudoLikelihood" Units.Bernoulli x
            let u = Boltzmann.inputs machine ps x / machine.Temperature
            Tensor.sumOver 1 (Tensor.logsigmoid ((2.0 * x - 1.0) * u))

        /// The gradient of the mean of minus the pseudo-likelihood's logarithm, which is the loss. For machines without hidden
        /// units.
        let pseudoLikelihood (deviation: float) (machine: Boltzmann) : Rule<Tensor> =
            if machine.Hidden > 0 then
                invalidArg
                    (nameof machine)
                    $"pseudoLikelihood: all units are seen, but the machine has {machine.Hidden} hidden ones"

            Rule.create (fun key -> struct (Boltzmann.init deviation key machine, Tree.empty)) (fun _ ps state v ->
                Energy.requireSamples "pseudoLikelihood" v
                let objective ps = struct (-(Tensor.mean (logPseudoLikelihood machine ps v)), Tree.empty)
                let struct (loss, _, slope) = Differentiation.fgradParams objective ps
                let w = Tree.leaf [ "weight" ] slope

                {
                    Loss = loss
                    // Both places of a pair move together.
                    Gradients = slope |> Tree.set [ "weight" ] (Leaf(Boltzmann.clear (w + Tensor.transpose 0 1 w)))
                    State = state
                })
