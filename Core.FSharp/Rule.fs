namespace Functional

/// Where training stands: the number of the step, from 0, and the step's own key.
[<Struct; NoComparison>]
type Moment =
    {
        /// The number of the step, from 0.
        Step: int
        /// The step's own key.
        Key: Key
    }

/// What a rule makes of a batch: the loss, its gradients and the state afterwards.
[<NoEquality; NoComparison>]
type Estimate =
    {
        /// The loss of the batch: [].
        Loss: Tensor
        /// Its derivatives, or what the rule puts in their place, with the structure of the parameters.
        Gradients: Gradients
        /// The state afterwards, with the structure of the state before.
        State: State
    }

/// Where gradients come from: back-propagation of a loss, Hebb, delta, contrastive divergence, exact likelihood, …
[<NoEquality; NoComparison>]
type Rule<'batch> =
    internal
        {
            Init: Key -> struct (Params * State)
            Estimate: Moment -> Params -> State -> 'batch -> Estimate
        }

namespace Functional.FSharp

open Functional

/// Learning rules.
[<RequireQualifiedAccess>]
module Rule =

    /// A rule from its first parameters and state, and its estimate.
    let create
        (init: Key -> struct (Params * State))
        (estimate: Moment -> Params -> State -> 'batch -> Estimate)
        : Rule<'batch> =
        { Init = init; Estimate = estimate }

    /// The first parameters and state of a rule.
    let init (key: Key) (rule: Rule<'batch>) : struct (Params * State) = rule.Init key

    /// What a rule makes of a batch.
    let estimate (rule: Rule<'batch>) (moment: Moment) (ps: Params) (state: State) (batch: 'batch) : Estimate =
        rule.Estimate moment ps state batch

    /// Back-propagation: the gradients of loss(layer(input), target).
    let ofLoss (loss: 'o -> 't -> Tensor) (layer: Layer<'i, 'o>) : Rule<struct ('i * 't)> =
        {
            Init = fun key -> Layer.init key layer
            Estimate =
                fun moment ps state (struct (input, target)) ->
                    let objective ps =
                        let struct (output, state) = Layer.apply layer (Train moment.Key) ps state input
                        struct (loss output target, state)

                    let struct (value, state, gradients) = Differentiation.fgradParams objective ps

                    { Loss = value; Gradients = gradients; State = state }
        }
