namespace Functional

/// A piece of a transform that can also be carried out in place.
[<NoEquality; NoComparison>]
type internal Piece =
    | Adam of beta1: float * beta2: float * epsilon: float
    | Momentum of mu: float
    | Decay of rate: float
    | ScaleBy of Schedule

/// Turns estimates into updates, which are added to the parameters. All memory is in the state tree; the moment is an argument.
[<NoEquality; NoComparison>]
type Transform =
    internal
        {
            Init: Params -> State
            // Of the two states the first is the rule's before the step, to which a transform may go back, the second the memory.
            Update: Moment -> Params -> State -> State -> Estimate -> struct (Estimate * State)
            // Each piece with the place of its memory, where every one of them has a form in place.
            Pieces: (string list * Piece) list option
        }

namespace Functional.FSharp

open System
open Functional

/// What several transforms do with their memories.
module internal Memories =

    /// Zeros of the parameters' shapes.
    let zeros (ps: Params) : State = ps |> Tree.map (fun param -> Tensor.zerosLike param.Value)

    /// β·old + (1-β)·now
    let average (beta: float) (old: State) (now: State) : State =
        Tree.map2 (fun (old: Tensor) (now: Tensor) -> beta * old + (1.0 - beta) * now) old now

    /// 1/(1-βᵗ) with t = step + 1, which takes out the pull of an average's first zero.
    let unbias (beta: float) (step: int) = 1.0 / (1.0 - beta ** (float step + 1.0))

/// Transforms of gradients. An update is added to the parameters, so descent scales by a negative number.
[<RequireQualifiedAccess>]
module Transform =

    let private guard () = Nesting.guard "Transform" "transforms"

    /// A transform from its first memory and its update.
    let create
        (init: Params -> State)
        (update: Moment -> Params -> State -> Estimate -> struct (Estimate * State))
        : Transform =
        {
            Init = init
            Update = fun moment ps _ memory estimate -> update moment ps memory estimate
            Pieces = None
        }

    // A transform that is also told the rule's state before the step.
    let internal around (init: Params -> State) update : Transform =
        {
            Init =
                fun ps ->
                    guard ()
                    init ps
            Update =
                fun moment ps before memory estimate ->
                    guard ()
                    update moment ps before memory estimate
            Pieces = None
        }

    /// The first memory of a transform.
    let init (transform: Transform) (ps: Params) : State = transform.Init ps

    /// The update of an estimate, and the memory afterwards. The rule's state before the step is known to training alone: here
    /// what stands still keeps the estimate's.
    let update
        (transform: Transform)
        (moment: Moment)
        (ps: Params)
        (memory: State)
        (estimate: Estimate)
        : struct (Estimate * State) =
        transform.Update moment ps estimate.State memory estimate

    let private piece piece init update = { create init update with Pieces = Some [ [], piece ] }

    // A piece without memory.
    let private simple kind (f: Moment -> Params -> Gradients -> Gradients) =
        piece kind (fun _ -> Tree.empty) (fun moment ps memory estimate ->
            struct ({ estimate with Gradients = f moment ps estimate.Gradients }, memory))

    let internal within low high name (value: float) =
        if not (value >= low && value < high) then
            invalidArg name $"{name} is at least {invariant low} and below {invariant high}, not {invariant value}"

    // A schedule of numbers that are finite and at least 0: refused before training if it begins otherwise, else at its step.
    let internal notNegative name (schedule: Schedule) : Schedule =
        let valueAt step =
            let value = schedule step

            if not (value >= 0.0 && value < infinity) then
                invalidArg name $"{name} is a finite number of at least 0, but at step {step} it is {invariant value}"

            value

        valueAt 0 |> ignore
        valueAt

    /// A transform without memory: the gradients from the moment, the parameters and the gradients.
    let ofGradients (f: Moment -> Params -> Gradients -> Gradients) : Transform =
        create (fun _ -> Tree.empty) (fun moment ps memory estimate ->
            struct ({ estimate with Gradients = f moment ps estimate.Gradients }, memory))

    /// g ← factor(step)·g
    let scaleBy (factor: Schedule) : Transform =
        simple (ScaleBy factor) (fun moment _ gs -> gs |> Tree.map (fun g -> factor moment.Step * g))

    /// g ← factor·g
    let scale (factor: float) : Transform =
        if not (Double.IsFinite factor) then
            invalidArg (nameof factor) $"scale: the factor is a finite number, not {invariant factor}"

        scaleBy (Schedule.constant factor)

    /// v ← μ·v + g, g ← v: the heavy ball (Polyak 1964), in PyTorch's form.
    let momentum (mu: float) : Transform =
        within 0.0 1.0 (nameof mu) mu

        piece (Momentum mu) (fun ps -> Node [ "velocity", Memories.zeros ps ]) (fun _ _ memory estimate ->
            let velocity =
                Tree.map2 (fun (v: Tensor) g -> mu * v + g) (Tree.get [ "velocity" ] memory) estimate.Gradients

            struct ({ estimate with Gradients = velocity }, Node [ "velocity", velocity ]))

    /// m ← β₁m + (1-β₁)g, v ← β₂v + (1-β₂)g², g ← m̂/(√v̂ + ε) with m̂ = m/(1-β₁ᵗ), v̂ = v/(1-β₂ᵗ), t = step + 1
    /// (Kingma and Ba 2015, algorithm 1, https://arxiv.org/abs/1412.6980).
    let adam (beta1: float) (beta2: float) (epsilon: float) : Transform =
        within 0.0 1.0 (nameof beta1) beta1
        within 0.0 1.0 (nameof beta2) beta2
        within 0.0 infinity (nameof epsilon) epsilon

        piece
            (Adam(beta1, beta2, epsilon))
            (fun ps -> Node [ "m", Memories.zeros ps; "v", Memories.zeros ps ])
            (fun moment _ memory estimate ->
                let m = Memories.average beta1 (Tree.get [ "m" ] memory) estimate.Gradients
                let v = Memories.average beta2 (Tree.get [ "v" ] memory) (Tree.map Tensor.square estimate.Gradients)
                let unbias beta = Memories.unbias beta moment.Step
                let direction (m: Tensor) (v: Tensor) = unbias beta1 * m / (Tensor.sqrt (unbias beta2 * v) + epsilon)
                struct ({ estimate with Gradients = Tree.map2 direction m v }, Node [ "m", m; "v", v ]))

    /// g ← g + rate·p for weights only. After Adam this is decoupled decay (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101),
    /// before it an L2 penalty of rate/2·|p|².
    let decayWeights (rate: float) : Transform =
        within 0.0 infinity (nameof rate) rate

        simple (Decay rate) (fun _ ps gs ->
            Tree.map2 (fun (param: Param) g -> if param.Role = Role.Weight then g + rate * param.Value else g) ps gs)

    /// One after the other, first to last. `chain []` changes nothing.
    let chain (transforms: Transform seq) : Transform =
        let transforms = transforms |> Seq.mapi (fun i transform -> string i, transform) |> Seq.toList

        let pieces =
            let add found (name, transform: Transform) =
                match found, transform.Pieces with
                | Some found, Some pieces -> Some(found @ [ for path, piece in pieces -> name :: path, piece ])
                | _ -> None

            List.fold add (Some []) transforms

        {
            Init =
                fun ps ->
                    guard ()
                    Node [ for name, transform in transforms -> name, transform.Init ps ]
            Update =
                fun moment ps before memory estimate ->
                    guard ()

                    let apply estimate (name, transform: Transform) =
                        let struct (estimate, after) =
                            transform.Update moment ps before (Tree.get [ name ] memory) estimate

                        (name, after), estimate

                    let memory, estimate = List.mapFold apply estimate transforms
                    struct (estimate, Node memory)
            Pieces = pieces
        }

    /// The inner transform sees only the parameters that `keep` wants, by path; the others stand still.
    let only (keep: string -> Param -> bool) (inner: Transform) : Transform =
        let kept ps = Tree.leaves ps |> List.filter (fun (path, param) -> keep path param) |> Tree.ofLeaves

        around (fun ps -> inner.Init(kept ps)) (fun moment ps before memory estimate ->
            let seen = kept ps
            let all = Tree.leaves estimate.Gradients
            let wanted = Tree.leaves seen |> List.map fst |> Set.ofList
            let inside = all |> List.filter (fun (path, _) -> wanted.Contains path) |> Tree.ofLeaves
            let struct (result, memory) = inner.Update moment seen before memory { estimate with Gradients = inside }
            let moved = Map.ofList (Tree.leaves result.Gradients)

            let updates =
                [|
                    for path, g in all ->
                        moved |> Map.tryFind path |> Option.defaultWith (fun () -> Tensor.zerosLike g)
                |]

            struct ({ result with Gradients = Tree.refill updates estimate.Gradients }, memory))

    /// The inner transform runs where the clock gives it a step number of its own; else all stands still, its memory too.
    let clocked (clock: int -> int option) (inner: Transform) : Transform =
        around inner.Init (fun moment ps before memory estimate ->
            match clock moment.Step with
            | Some own -> inner.Update { moment with Step = own } ps before memory estimate
            | None -> struct ({ estimate with Gradients = Tree.map Tensor.zerosLike estimate.Gradients }, memory))

    /// Each branch of the parameters has a transform of its own, by name: the two players of a GAN.
    let branch (parts: (string * Transform) seq) : Transform =
        let parts = List.ofSeq parts

        let check (ps: Params) =
            let named = parts |> List.map fst |> List.sort

            let found =
                match ps with
                | Node branches -> branches |> List.map fst |> List.sort
                | Leaf _ -> []

            if named <> found then
                let show (names: string list) = String.Join(", ", names)

                invalidArg
                    (nameof parts)
                    $"branch: transforms are given for [{show named}], but the parameters have the branches [{show found}]"

        let init ps =
            check ps
            Node [ for name, transform in parts -> name, transform.Init(Tree.get [ name ] ps) ]

        around init (fun moment ps before memory estimate ->
            // The state goes from one to the next: where one of them goes back to the state before, it stays there.
            let run state (name, transform: Transform) =
                let gradients = Tree.get [ name ] estimate.Gradients

                let struct (result, after) =
                    transform.Update
                        moment
                        (Tree.get [ name ] ps)
                        before
                        (Tree.get [ name ] memory)
                        { estimate with Gradients = gradients; State = state }

                ((name, result.Gradients), (name, after)), result.State

            let found, state = List.mapFold run estimate.State parts
            let updates, memory = List.unzip found

            let ordered =
                match estimate.Gradients with
                | Node gs -> [ for name, _ in gs -> name, (List.find (fst >> (=) name) updates |> snd) ]
                | Leaf _ -> updates

            struct ({ estimate with Gradients = Node ordered; State = state }, Node memory))
