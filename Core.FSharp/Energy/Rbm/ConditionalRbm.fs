namespace Functional

/// A restricted Boltzmann machine whose biases depend on a context.
[<NoComparison>]
type ConditionalRbm =
    {
        /// The two layers.
        Machine: Rbm
        /// The number of numbers of a context.
        Context: int
    }

namespace Functional.FSharp

open Functional

/// Conditional restricted Boltzmann machines: p(v, h | c) with the biases a + cA and b + cB (Taylor, Hinton and Roweis 2007;
/// Mnih, Larochelle and Hinton 2011, https://arxiv.org/abs/1202.3748). Parameters: those of the machine, "context/visible"
/// [context; visible] and "context/hidden" [context; hidden].
[<RequireQualifiedAccess>]
module ConditionalRbm =

    /// A machine under contexts of so many numbers.
    let create (context: int) (machine: Rbm) : ConditionalRbm =
        if context < 1 then
            invalidArg (nameof context) $"a context has at least one number, not {context}"

        { Machine = machine; Context = context }

    /// First parameters: all weights N(0, deviation²), biases 0.
    let init (deviation: float) (key: Key) (conditional: ConditionalRbm) : Params =
        let machine = conditional.Machine

        let weights i count =
            Leaf
                {
                    Role = Role.Weight
                    Value = deviation * Random.normal [ conditional.Context; count ] (Key.child i key)
                }

        Rbm.init deviation (Key.child 0 key) machine
        |> Tree.set
            [ "context" ]
            (Node [ "hidden", weights 1 machine.HiddenCount; "visible", weights 2 machine.VisibleCount ])

    // c·A or c·B: what contexts [n; context] add to the biases of n samples.
    let private shift (conditional: ConditionalRbm) layer count (ps: Params) (context: Tensor) (x: Tensor) =
        let w = (Tree.leaf [ "context"; layer ] ps).Value

        if w.Shape <> [| conditional.Context; count |] then
            invalidArg
                (nameof ps)
                $"expected weights context/{layer} [{conditional.Context}; {count}], but was given {w}"

        if x.Rank <> 2 || context.Shape <> [| x.Shape[0]; conditional.Context |] then
            invalidArg
                (nameof context)
                $"expected a context of {conditional.Context} numbers for each sample of {x}, but was given {context}"

        Tensor.matmul context w

    let private hiddenInputs conditional ps context (v: Tensor) =
        Rbm.hiddenInputs conditional.Machine ps v
        + shift conditional "hidden" conditional.Machine.HiddenCount ps context v

    let private visibleInputs conditional ps context (h: Tensor) =
        Rbm.visibleInputs conditional.Machine ps h
        + shift conditional "visible" conditional.Machine.VisibleCount ps context h

    /// The means of the hidden units given contexts and visible units: [n; context] and [n; visible] -> [n; hidden].
    let hiddenMeans (conditional: ConditionalRbm) (ps: Params) (context: Tensor) (v: Tensor) : Tensor =
        UnitsMath.mean conditional.Machine.Hidden (hiddenInputs conditional ps context v)

    /// The means of the visible units given contexts and hidden units: [n; context] and [n; hidden] -> [n; visible].
    let visibleMeans (conditional: ConditionalRbm) (ps: Params) (context: Tensor) (h: Tensor) : Tensor =
        UnitsMath.mean conditional.Machine.Visible (visibleInputs conditional ps context h)

    /// The free energy F(v | c) under contexts [n; context], p(v | c) = exp(-F(v | c))/Z(c): [n; visible] -> [n].
    let freeEnergy (conditional: ConditionalRbm) (ps: Params) (context: Tensor) : Energy =
        fun v ->
            let shifts = shift conditional "visible" conditional.Machine.VisibleCount ps context v

            Rbm.freeOf conditional.Machine ps v (hiddenInputs conditional ps context v)
            - Tensor.sumOver 1 (shifts * v)

    /// Gibbs sampling under contexts [chains; context]: all hidden units, then all visible ones. States [chains; visible].
    let gibbs (conditional: ConditionalRbm) (ps: Params) (context: Tensor) : Kernel<unit> =
        let ps, context = RbmLearning.constants ps, Tensor.stopGradient context
        let machine = conditional.Machine

        Kernel.ofMove (fun key v ->
            let h = UnitsMath.draw machine.Hidden (Key.child 0 key) (hiddenInputs conditional ps context v)
            struct (UnitsMath.draw machine.Visible (Key.child 1 key) (visibleInputs conditional ps context h), ()))

    // ln Z(c) of contexts [n; context], by the states of the smaller layer, the other one summed in closed form: [n].
    let private logPartition (conditional: ConditionalRbm) (ps: Params) (context: Tensor) : Tensor =
        let machine = conditional.Machine
        let hiddenFirst, low, count = RbmLikelihood.smaller "logLikelihood" machine
        let units = RbmLikelihood.unitsOf machine

        let own, other, otherUnits, otherCount, inputs =
            if hiddenFirst then
                "hidden", "visible", machine.Visible, machine.VisibleCount, Rbm.visibleInputs machine ps
            else
                "visible", "hidden", machine.Hidden, machine.HiddenCount, Rbm.hiddenInputs machine ps

        let bias = (Tree.leaf [ own ] ps).Value

        // -F of each state under each context.
        let weighed (states: Tensor) (context: Tensor) =
            let ofOwn = bias + shift conditional own count ps context context
            let ofOther = shift conditional other otherCount ps context context
            let beside = Tensor.unsqueeze 0 (inputs states) + Tensor.unsqueeze 1 ofOther
            Tensor.matmul ofOwn (Tensor.transpose 0 1 states) + UnitsMath.logPartition otherUnits beside

        // So many contexts at once that each beside each state of a block makes no more than 2^21 numbers, or is alone.
        let rows = max 1 ((1 <<< 21) / (min (1 <<< count) (RbmLikelihood.blockOf units) * otherCount))

        let ofBlock i =
            let states = Tensor.cast bias.Dtype (RbmLikelihood.states units low count i)

            Tensor.cat
                0
                [
                    for first in 0..rows .. context.Shape[0] - 1 ->
                        let some = Tensor.slice 0 first (min context.Shape[0] (first + rows)) context
                        Scope.tensor (fun () -> Tensor.logsumexpOver 1 (weighed states some))
                ]

        let parts = [ for i in 0 .. RbmLikelihood.blocks units count - 1 -> Scope.tensor (fun () -> ofBlock i) ]
        Tensor.logsumexpOver 0 (Tensor.stack 0 parts)

    /// ln p(v | c) of samples [n; visible] under contexts [n; context] by enumeration of the smaller layer of Bernoulli units or
    /// spins, at most 25, in bounded memory: [n].
    let logLikelihood (conditional: ConditionalRbm) (ps: Params) (context: Tensor) (v: Tensor) : Tensor =
        UnitsMath.check "logLikelihood" conditional.Machine.Visible v
        -(freeEnergy conditional ps context v) - logPartition conditional ps context

    /// Contrastive divergence of samples [n; visible] with contexts [n; context]: the gradient of the mean of F(v | c) less that of
    /// what k Gibbs sweeps under the same contexts make of the samples, which are held constant (Hinton 2002,
    /// https://doi.org/10.1162/089976602760128018). Bernoulli units of data may be probabilities, from 0 to 1. The loss is this difference. First weights N(0, deviation²).
    let contrastiveDivergence
        (k: int)
        (deviation: float)
        (conditional: ConditionalRbm)
        : Rule<struct (Tensor * Tensor)> =
        if k < 1 then
            invalidArg (nameof k) $"contrastiveDivergence: k is at least 1, not {k}"

        Rule.create
            (fun key -> struct (init deviation key conditional, Tree.empty))
            (fun moment ps state (struct (v, context)) ->
                Energy.requireSamples "contrastiveDivergence" v
                RbmLearning.requireData conditional.Machine.Visible v
                let samples = Kernel.run k moment.Key (gibbs conditional ps context) v

                let difference ps =
                    let energy = freeEnergy conditional ps context
                    struct (Tensor.mean (energy v) - Tensor.mean (energy samples), state)

                let struct (loss, state, gradients) = Differentiation.fgradParams difference ps

                { Loss = loss; Gradients = gradients; State = state })
