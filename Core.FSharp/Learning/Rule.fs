namespace Functional

open System

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
[<NoComparison>]
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
            /// What each layer gave on the way to an estimate, the innermost first, where the rule has layers: asked for when
            /// numbers fail.
            Trace: Moment -> Params -> State -> 'batch -> (string * Tensor list) list
            /// What the layers that are trained are, where the rule has any.
            Spec: Spec option
        }

/// Training met NaN or infinity.
[<Sealed>]
type NonFiniteException(step: int, path: string, problem: string) =
    inherit ArithmeticException($"step {step}: {problem}")

    /// The number of the step, from 0.
    member _.Step = step

    /// The path of the layer or of the parameter; empty for the loss.
    member _.Path = path

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
        {
            Init = init
            Estimate = estimate
            Trace = fun _ _ _ _ -> []
            Spec = None
        }

    /// The first parameters and state of a rule.
    let init (key: Key) (rule: Rule<'batch>) : struct (Params * State) = rule.Init key

    /// What a rule makes of a batch.
    let estimate (rule: Rule<'batch>) (moment: Moment) (ps: Params) (state: State) (batch: 'batch) : Estimate =
        Nesting.guard "Rule" "rules"
        Given.input (nameof batch) batch |> ignore
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
            Trace =
                fun moment ps state (struct (input, _)) ->
                    let outputs = Outputs()
                    outputs.Over(fun () -> Layer.apply layer (Train moment.Key) ps state input |> ignore)
                    ("input", Outputs.Tensors input) :: [ for output in outputs.Seen -> output.Path, output.Tensors ]
            Spec = Some(Layer.spec layer)
        }

    /// The same rule with its first parameters and state in a dtype of floating-point numbers, which its batches have too: a run
    /// of it stays in this dtype.
    let cast (dtype: Dtype) (rule: Rule<'batch>) : Rule<'batch> =
        Floating.require "cast" dtype

        { rule with
            Init =
                fun key ->
                    let struct (ps, state) = rule.Init key
                    struct (Params.cast dtype ps, State.cast dtype state)
        }

    // Whether all numbers are finite: 0·x is 0 for finite x and NaN for all else.
    let internal isFinite (x: Tensor) =
        not (Native.isFloating x.Raw) || Scope.value (fun () -> Tensor.toFloat (Tensor.sum (x * 0.0)) = 0.0)

    /// The same rule, which raises a NonFiniteException where the loss, a gradient or the state is NaN or infinite: it names the
    /// first parameter that was so before, else the first layer that gave such numbers, the innermost first ("1/0/1"), else the
    /// first gradient. Costs a few small operations a step for each parameter.
    let requireFinite (rule: Rule<'batch>) : Rule<'batch> =
        let firstOf (leaves: (string * Tensor) list) =
            leaves |> List.tryFind (fun (_, x) -> not (isFinite x)) |> Option.map fst

        let layer (seen: (string * Tensor list) list) =
            firstOf
                [
                    for path, tensors in seen do
                        for x in tensors -> path, x
                ]

        { rule with
            Estimate =
                fun moment ps state batch ->
                    let estimate = estimate rule moment ps state batch
                    let refuse path problem = raise (NonFiniteException(moment.Step, path, problem))
                    let gradient = firstOf (Tree.leaves estimate.Gradients)
                    let kept = firstOf (Tree.leaves estimate.State)

                    if not (isFinite estimate.Loss) || gradient.IsSome || kept.IsSome then
                        let loss = Tensor.toFloat estimate.Loss

                        match firstOf (Tree.leaves (Params.values ps)), layer (rule.Trace moment ps state batch) with
                        | Some path, _ ->
                            refuse path $"the parameter '{path}' was not finite before; the loss is {invariant loss}"
                        | None, Some "input" ->
                            refuse "input" $"the batch's input is not finite; the loss is {invariant loss}"
                        | None, Some path ->
                            refuse
                                path
                                $"the layer '{path}' gave numbers that are not finite; the loss is {invariant loss}"
                        | None, None ->
                            match gradient, kept with
                            | Some path, _ ->
                                refuse path $"the gradient of '{path}' is not finite; the loss is {invariant loss}"
                            | None, Some path ->
                                refuse path $"the state '{path}' is not finite; the loss is {invariant loss}"
                            | None, None -> refuse "" $"the loss is {invariant loss}"

                    estimate
        }
