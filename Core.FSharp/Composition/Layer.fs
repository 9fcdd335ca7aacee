namespace Functional

open System
open Functional.FSharp

/// What a layer does: the output and the state afterwards from a mode, parameters, state and an input.
type Run<'i, 'o> = Mode -> Params -> State -> 'i -> struct ('o * State)

/// One stage of a pipeline.
[<NoEquality; NoComparison>]
type internal Stage =
    {
        Name: string option
        Spec: Spec
        /// How many layers lie in each other.
        Depth: int
        Init: Key -> struct (Params * State)
        Run: Run<objnull, objnull>
    }

/// A pure function with parameters: a pipeline of stages, so that `-->` is associative and paths are flat (0/weight, 3/bias).
[<Sealed; NoEquality; NoComparison>]
type Layer<'i, 'o> internal (stages: Stage list) =
    member internal _.Stages = stages

    /// What the layer is, as data.
    member internal _.Spec: Spec =
        match stages with
        | [ { Name = None } as alone ] -> alone.Spec
        | stages ->
            {
                kind = "pipeline"
                settings = []
                parts = stages |> List.mapi (fun i stage -> defaultArg stage.Name (string i), stage.Spec)
            }

    // Two stages of one name would share a path.
    static member internal Join(first: Stage list, second: Stage list) =
        let stages = first @ second

        match
            stages
            |> List.mapi (fun i stage -> defaultArg stage.Name (string i))
            |> List.countBy id
            |> List.tryFind (fun (_, count) -> count > 1)
        with
        | Some(name, _) ->
            invalidArg "name" $"two stages of the pipeline would be called '{name}'; give one another name"
        | None -> stages

    /// A function as a layer without parameters.
    static member internal Lift(spec: Spec, f: 'i -> 'o) : Layer<'i, 'o> =
        Layer
            [
                {
                    Name = None
                    Spec = spec
                    Depth = 0
                    Init = fun _ -> struct (Tree.empty, Tree.empty)
                    Run = fun _ _ state x -> struct (box (f (unbox x)), state)
                }
            ]

    /// First f, then g.
    [<System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)>]
    static member (-->)(f: Layer<'i, 'o>, g: Layer<'o, 'r>) : Layer<'i, 'r> =
        Layer(Layer<'i, 'r>.Join((Given.required (nameof f) f).Stages, (Given.required (nameof g) g).Stages))

    /// First f, then a function, as a layer without parameters.
    [<System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)>]
    static member (-->)(f: Layer<'i, 'o>, g: 'o -> 'r) : Layer<'i, 'r> =
        let g = Given.required (nameof g) g

        Layer(
            Layer<'i, 'r>
                .Join((Given.required (nameof f) f).Stages, Layer<'o, 'r>.Lift(Spec.Leaf("lift", []), g).Stages)
        )

    /// The layers that this one is made of with their settings, an indented line for each.
    override layer.ToString() = layer.Spec.ToString()

namespace Functional.FSharp

open System
open Functional

/// Making, joining and running layers.
[<RequireQualifiedAccess>]
module Layer =

    let private names (stages: Stage list) = stages |> List.mapi (fun i stage -> defaultArg stage.Name (string i))

    // A layer that stands alone keeps its own paths; stages of a pipeline are branches.
    let private (|Alone|Pipeline|) (stages: Stage list) =
        match stages with
        | [ stage ] when stage.Name.IsNone -> Alone stage
        | stages -> Pipeline stages

    // How deep the layers inside a layer made of these are nested.
    let internal depth (kind: string) (parts: Stage list) : int =
        parts |> Seq.map _.Depth |> Nesting.around kind "layers"

    /// What a layer is, as data: kinds, settings and parts.
    let spec (layer: Layer<'i, 'o>) : Spec = layer.Spec

    /// The first parameters and state of a layer.
    let init (key: Key) (layer: Layer<'i, 'o>) : struct (Params * State) =
        Nesting.guard "Layer.init" "layers"

        match layer.Stages with
        | Alone stage -> stage.Init(Key.child 0 key)
        | Pipeline stages ->
            let made = stages |> List.mapi (fun i stage -> stage.Init(Key.child i key))
            let names = names stages

            struct (Node(List.map2 (fun name struct (ps, _) -> name, ps) names made),
                    Node(List.map2 (fun name struct (_, state) -> name, state) names made))

    // The branch of a stage in parameters or state; branches stand in the order of the stages. Called within the stage, whose path
    // a refusal gets there.
    let internal branch what name (tree: Tree<'a>) =
        let refuse problem = raise (LayerException("", problem, null))

        match tree with
        | Node branches ->
            match List.tryFind (fun (other: string, _) -> other = name) branches with
            | Some(_, found) -> found
            | None ->
                let known = String.Join(", ", List.map fst branches)

                refuse
                    $"the {what} given have no branch '{name}', but the branches [{known}]; are they another network's?"
        | Leaf _ -> refuse $"the {what} given are a leaf where a branch '{name}' is expected"

    let inline internal within name ([<InlineIfLambda>] f: unit -> 'a) =
        let watcher: Watcher | null = Watcher.Current

        match watcher with
        | null -> ()
        | watcher -> watcher.Enter name

        let mutable result = Unchecked.defaultof<'a>
        let mutable refusal: LayerException | null = null

        try
            result <- f ()
        with
        | :? LayerException as inner -> refusal <- inner.Within name
        | :? ArgumentException as inner -> refusal <- LayerException(name, inner.Message, inner)

        // Raised behind the handler: one within the other would take the stack of all layers around.
        match refusal with
        | null -> ()
        | refusal -> raise refusal

        match watcher with
        | null -> ()
        | watcher -> watcher.Leave()

        result

    let inline private runStage (stage: Stage) mode ps state x =
        match (Watcher.Current: Watcher | null) with
        | null -> stage.Run mode ps state x
        | watcher -> watcher.Stage(stage.Spec.Kind, ps, x, (fun () -> stage.Run mode ps state x))

    let private runWith
        (seen: string -> objnull -> unit)
        (stages: Stage list)
        mode
        ps
        state
        (x: objnull)
        : struct (objnull * State) =
        Nesting.guard "Layer.apply" "layers"

        match stages with
        | Alone stage ->
            let struct (y, state) = runStage stage (Mode.child 0 mode) ps state x
            seen "" y
            struct (y, state)
        | Pipeline stages ->
            let rec go i (x: objnull) (stages: Stage list) states =
                match stages with
                | [] -> struct (x, Node(List.rev states))
                | stage :: rest ->
                    let name = defaultArg stage.Name (string i)

                    let struct (y, after) =
                        within name (fun () ->
                            runStage
                                stage
                                (Mode.child i mode)
                                (branch "parameters" name ps)
                                (branch "state" name state)
                                x)

                    seen name y
                    go (i + 1) y rest ((name, after) :: states)

            go 0 x stages []

    /// What a layer gives for an input, and its state afterwards.
    let apply (layer: Layer<'i, 'o>) (mode: Mode) (ps: Params) (state: State) (x: 'i) : struct ('o * State) =
        let struct (y, state) = runWith (fun _ _ -> ()) layer.Stages mode ps state (Given.input "x" x)
        struct (unbox y, state)

    /// As `apply`, with what each stage of the pipeline gave, by path.
    let trace
        (layer: Layer<'i, 'o>)
        (mode: Mode)
        (ps: Params)
        (state: State)
        (x: 'i)
        : struct ('o * State * (string * objnull) list) =
        let seen = ResizeArray()

        let struct (y, state) =
            runWith (fun name y -> seen.Add((name, y))) layer.Stages mode ps state (Given.input "x" x)

        struct (unbox y, state, List.ofSeq seen)

    // A layer of one stage, made of layers with these stages.
    let internal stage
        (spec: Spec)
        (inner: Stage list)
        (init: Key -> struct (Params * State))
        (run: Run<'i, 'o>)
        : Layer<'i, 'o> =
        let untyped mode ps state (x: objnull) =
            let struct (y, state) = run mode ps state (unbox x)
            struct (box y, state)

        let depth = if inner.IsEmpty then 0 else depth spec.Kind inner
        Layer [ { Name = None; Spec = spec; Depth = depth; Init = init; Run = untyped } ]

    /// A layer of one stage from its kind, its settings, its first parameters and state, and what it does.
    let create
        (kind: string)
        (settings: (string * Setting) list)
        (init: Key -> struct (Params * State))
        (run: Run<'i, 'o>)
        : Layer<'i, 'o> =
        stage (Spec.Leaf(kind, settings)) [] init run

    /// A layer without parameters, whose kind and settings errors, listings and summaries show.
    let func (kind: string) (settings: (string * Setting) list) (f: 'i -> 'o) : Layer<'i, 'o> =
        Layer<'i, 'o>.Lift(Spec.Leaf(kind, settings), f)

    /// A function as a layer without parameters.
    let lift (f: 'i -> 'o) : Layer<'i, 'o> = func "lift" [] f

    /// The pipeline without stages.
    let identity<'a> : Layer<'a, 'a> = Layer []

    /// First f, then g. Associative, with `identity` on either side changing nothing: parameters, paths and masks included.
    let compose (f: Layer<'a, 'b>) (g: Layer<'b, 'c>) : Layer<'a, 'c> = f --> g

    /// Layers of one type, one after the other.
    let stack (layers: Layer<'a, 'a> seq) : Layer<'a, 'a> = Seq.fold compose identity layers

    // The whole pipeline as one stage, with a name or without.
    let private grouped name (layer: Layer<'i, 'o>) : Layer<'i, 'o> =
        let stages = layer.Stages

        Layer
            [
                {
                    Name = name
                    Spec = layer.Spec
                    Depth = depth "named" stages
                    Init = fun key -> init key layer
                    Run = fun mode ps state x -> runWith (fun _ _ -> ()) stages mode ps state x
                }
            ]

    /// The layer under a name of its own, which takes the place of its number in paths.
    let named (name: string) (layer: Layer<'i, 'o>) : Layer<'i, 'o> =
        if name = "" || name.Contains '/' then
            invalidArg (nameof name) $"a layer's name is not empty and has no '/': '{name}'"

        grouped (Some name) layer

    /// So many copies of a layer one after the other, each with parameters of its own under its number.
    let repeat (count: int) (layer: Layer<'a, 'a>) : Layer<'a, 'a> =
        if count < 0 then
            invalidArg (nameof count) $"repeat: the number of copies is at least 0, not {count}"

        stack [ for _ in 1..count -> grouped None layer ]

    /// The layer between two functions. It adds no stage, no path and no key: only types change.
    let dimap (before: 'a -> 'i) (after: 'o -> 'b) (layer: Layer<'i, 'o>) : Layer<'a, 'b> =
        let first (stage: Stage) =
            { stage with
                Depth = depth "dimap" [ stage ]
                Run = fun mode ps state x -> stage.Run mode ps state (box (before (unbox x)))
            }

        let last (stage: Stage) =
            { stage with
                Depth = depth "dimap" [ stage ]
                Run =
                    fun mode ps state x ->
                        let struct (y, state) = stage.Run mode ps state x
                        struct (box (after (unbox y)), state)
            }

        match layer.Stages with
        | [] -> Layer (lift (fun x -> after (unbox (box (before x))))).Stages
        | stages ->
            let final = stages.Length - 1

            stages
            |> List.mapi (fun i stage -> if i = 0 then first stage else stage)
            |> List.mapi (fun i stage -> if i = final then last stage else stage)
            |> Layer

    /// The same layer with its first parameters and state in a dtype of floating-point numbers, which its inputs have too. All
    /// that it computes is of this dtype.
    let cast (dtype: Dtype) (layer: Layer<'i, 'o>) : Layer<'i, 'o> =
        Floating.require "cast" dtype

        let init (stage: Stage) key =
            let struct (ps, state) = stage.Init key
            struct (Params.cast dtype ps, State.cast dtype state)

        Layer(layer.Stages |> List.map (fun stage -> { stage with Init = init stage }))

    // The layer with its types forgotten.
    let internal erase (layer: Layer<'i, 'o>) : Layer<objnull, objnull> = Layer layer.Stages
