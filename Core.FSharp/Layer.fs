namespace Functional

open System

/// How a layer is run. Randomness exists only where there is a key, so dropout at evaluation cannot be written.
[<NoComparison>]
type Mode =
    /// In training, with a key for what is random.
    | Train of Key
    /// In evaluation.
    | Eval

    /// The result of the function for this mode.
    member mode.Match(train: Func<Key, 'r>, eval: Func<'r>) : 'r =
        match mode with
        | Train key -> (FSharp.Given.required (nameof train) train).Invoke key
        | Eval -> (FSharp.Given.required (nameof eval) eval).Invoke()

/// One stage of a pipeline.
[<NoEquality; NoComparison>]
type internal Stage =
    {
        Name: string option
        Kind: string
        Init: Key -> struct (Params * State)
        Run: Mode -> Params -> State -> objnull -> struct (objnull * State)
        /// The kinds of the layers inside, each with its path from here.
        Parts: (string * string) list
        /// How many layers lie in each other.
        Depth: int
    }

/// A pure function with parameters: a pipeline of stages, so that `-->` is associative and paths are flat (0/weight, 3/bias).
[<Sealed; NoEquality; NoComparison>]
type Layer<'i, 'o> internal (stages: Stage list) =
    member internal _.Stages = stages

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
    static member internal Lift(kind: string, f: 'i -> 'o) : Layer<'i, 'o> =
        Layer
            [
                {
                    Name = None
                    Kind = kind
                    Init = fun _ -> struct (FSharp.Tree.empty, FSharp.Tree.empty)
                    Run = fun _ _ state x -> struct (box (f (unbox x)), state)
                    Parts = []
                    Depth = 0
                }
            ]

    /// First f, then g.
    [<System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)>]
    static member (-->)(f: Layer<'i, 'o>, g: Layer<'o, 'r>) : Layer<'i, 'r> =
        Layer(
            Layer<'i, 'r>.Join((FSharp.Given.required (nameof f) f).Stages, (FSharp.Given.required (nameof g) g).Stages)
        )

    /// First f, then a function, as a layer without parameters.
    [<System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)>]
    static member (-->)(f: Layer<'i, 'o>, g: 'o -> 'r) : Layer<'i, 'r> =
        let g = FSharp.Given.required (nameof g) g
        Layer(Layer<'i, 'r>.Join((FSharp.Given.required (nameof f) f).Stages, Layer<'o, 'r>.Lift("lift", g).Stages))

namespace Functional.FSharp

open System
open Functional

/// Modes of running.
[<RequireQualifiedAccess>]
module Mode =

    /// The mode of the i-th part: in training with the i-th child of the key.
    let child i mode =
        match mode with
        | Train key -> Train(Key.child i key)
        | Eval -> Eval

/// Making, joining and running layers.
[<RequireQualifiedAccess>]
module Layer =

    // How deep the layers inside a layer made of these are nested.
    let private around (kind: string) (parts: Stage list) : int =
        parts |> Seq.map _.Depth |> Nesting.around kind "layers"

    let private names (stages: Stage list) = stages |> List.mapi (fun i stage -> defaultArg stage.Name (string i))

    // A layer that stands alone keeps its own paths; stages of a pipeline are branches.
    let private (|Alone|Pipeline|) (stages: Stage list) =
        match stages with
        | [ stage ] when stage.Name.IsNone -> Alone stage
        | stages -> Pipeline stages

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

    // The branch of a stage in parameters or state; branches stand in the order of the stages.
    let internal branch what name (tree: Tree<'a>) =
        match tree with
        | Node branches ->
            match List.tryFind (fun (other: string, _) -> other = name) branches with
            | Some(_, found) -> found
            | None ->
                let known = String.Join(", ", List.map fst branches)

                raise (
                    LayerException(
                        name,
                        $"the {what} given have no branch '{name}', but: {known}; are they another network's?",
                        null
                    )
                )
        | Leaf _ ->
            raise (LayerException(name, $"the {what} given are a leaf where a branch '{name}' is expected", null))

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
        | watcher -> watcher.Stage(stage.Kind, ps, x, (fun () -> stage.Run mode ps state x))

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

    // A path within the layer of this name.
    let private under name path = if path = "" then name else $"{name}/{path}"

    /// The kind of each layer that a layer is put together from, by path: the architecture, without its numbers. A layer that
    /// stands alone has the path "".
    let kinds (layer: Layer<'i, 'o>) : (string * string) list =
        let all place (stage: Stage) = [ for path, kind in ("", stage.Kind) :: stage.Parts -> place path, kind ]

        match layer.Stages with
        | Alone stage -> all id stage
        | Pipeline stages -> List.map2 (fun name stage -> all (under name) stage) (names stages) stages |> List.concat

    /// A layer of one stage from its kind, its first parameters and state, and what it does.
    let create
        (kind: string)
        (init: Key -> struct (Params * State))
        (run: Mode -> Params -> State -> 'i -> struct ('o * State))
        : Layer<'i, 'o> =
        Layer
            [
                {
                    Name = None
                    Kind = kind
                    Init = init
                    Run =
                        fun mode ps state x ->
                            let struct (y, state) = run mode ps state (unbox x)
                            struct (box y, state)
                    Parts = []
                    Depth = 0
                }
            ]

    /// A layer without parameters that is named in errors and summaries.
    let func (kind: string) (f: 'i -> 'o) : Layer<'i, 'o> = Layer<'i, 'o>.Lift(kind, f)

    /// A function as a layer without parameters.
    let lift (f: 'i -> 'o) : Layer<'i, 'o> = func "lift" f

    /// The pipeline without stages.
    let identity<'a> : Layer<'a, 'a> = Layer []

    /// First f, then g. Associative, with `identity` on either side changing nothing: parameters, paths and masks included.
    let compose (f: Layer<'a, 'b>) (g: Layer<'b, 'c>) : Layer<'a, 'c> = f --> g

    /// Layers of one type, one after the other.
    let stack (layers: Layer<'a, 'a> seq) : Layer<'a, 'a> = Seq.fold compose identity layers

    // The whole pipeline as one stage, which `change` may alter.
    let internal whole kind (layer: Layer<'i, 'o>) (change: Stage -> Stage) : Layer<'a, 'b> =
        let stages = layer.Stages

        let kind =
            match stages with
            | [ stage ] -> stage.Kind
            | _ -> kind

        Layer
            [
                change
                    {
                        Name = None
                        Kind = kind
                        Init = fun key -> init key layer
                        Run = fun mode ps state x -> runWith (fun _ _ -> ()) stages mode ps state x
                        Parts =
                            match stages with
                            | Alone stage -> stage.Parts
                            | _ -> kinds layer
                        Depth = around kind stages
                    }
            ]

    /// The layer under a name of its own, which takes the place of its number in paths.
    let named (name: string) (layer: Layer<'i, 'o>) : Layer<'i, 'o> =
        if name = "" || name.Contains '/' then
            invalidArg (nameof name) $"a layer's name is not empty and has no '/': '{name}'"

        whole "pipeline" layer (fun stage -> { stage with Name = Some name })

    /// The layer between two functions. It adds no stage, no path and no key: only types change.
    let dimap (before: 'a -> 'i) (after: 'o -> 'b) (layer: Layer<'i, 'o>) : Layer<'a, 'b> =
        let first (stage: Stage) =
            { stage with
                Run = fun mode ps state x -> stage.Run mode ps state (box (before (unbox x)))
                Depth = around "dimap" [ stage ]
            }

        let last (stage: Stage) =
            { stage with
                Run =
                    fun mode ps state x ->
                        let struct (y, state) = stage.Run mode ps state x
                        struct (box (after (unbox y)), state)
                Depth = around "dimap" [ stage ]
            }

        match layer.Stages with
        | [] -> Layer (lift (fun x -> after (unbox (box (before x))))).Stages
        | stages ->
            let final = stages.Length - 1

            stages
            |> List.mapi (fun i stage -> if i = 0 then first stage else stage)
            |> List.mapi (fun i stage -> if i = final then last stage else stage)
            |> Layer

    /// Only a part of the parameters is stored; the layer sees a view of it: tying, weight norm, spectral norm, DropConnect.
    /// `store` takes the first parameters to those kept, `view` takes these to what the layer expects.
    let derive (store: Params -> Params) (view: Mode -> Params -> Params) (layer: Layer<'i, 'o>) : Layer<'i, 'o> =
        whole "derive" layer (fun stage ->
            { stage with
                Init =
                    fun key ->
                        let struct (ps, state) = stage.Init key
                        struct (store ps, state)
                Run = fun mode ps state x -> stage.Run mode (view mode ps) state x
            })

    /// The same layer with its first parameters and state in a dtype of floating-point numbers, which its inputs have too. All
    /// that it computes is of this dtype.
    let cast (dtype: Dtype) (layer: Layer<'i, 'o>) : Layer<'i, 'o> =
        Floating.require "cast" dtype

        let init (stage: Stage) key =
            let struct (ps, state) = stage.Init key
            struct (Params.cast dtype ps, State.cast dtype state)

        Layer(layer.Stages |> List.map (fun stage -> { stage with Init = init stage }))

    // The layer with what is known of the layers inside it.
    let internal holding (inner: Stage list) parts (layer: Layer<'x, 'y>) : Layer<'x, 'y> =
        layer.Stages
        |> List.map (fun stage -> { stage with Parts = parts; Depth = around stage.Kind inner })
        |> Layer

    let private two
        kind
        (f: Layer<'a, 'b>)
        (g: Layer<'c, 'd>)
        (inputs: 'x -> struct ('a * 'c))
        : Layer<'x, struct ('b * 'd)> =
        let parts =
            [
                for name, inner in [ "0", kinds f; "1", kinds g ] do
                    for path, part in inner -> under name path, part
            ]

        create
            kind
            (fun key ->
                let struct (pf, sf) = init (Key.child 0 key) f
                let struct (pg, sg) = init (Key.child 1 key) g
                struct (Node [ "0", pf; "1", pg ], Node [ "0", sf; "1", sg ]))
            (fun mode ps state x ->
                let struct (x, y) = inputs x

                let run i (layer: Layer<_, _>) x =
                    let name = string i

                    within name (fun () ->
                        apply layer (Mode.child i mode) (branch "parameters" name ps) (branch "state" name state) x)

                let struct (a, sf) = run 0 f x
                let struct (b, sg) = run 1 g y
                struct (struct (a, b), Node [ "0", sf; "1", sg ]))
        |> holding (f.Stages @ g.Stages) parts

    /// Both layers on the same input: two heads.
    let fork (f: Layer<'a, 'b>) (g: Layer<'a, 'c>) : Layer<'a, struct ('b * 'c)> =
        two "fork" f g (fun x -> struct (x, x))

    /// Each layer on an input of its own, side by side.
    let both (f: Layer<'a, 'b>) (g: Layer<'c, 'd>) : Layer<struct ('a * 'c), struct ('b * 'd)> = two "both" f g id

    /// x + f(x) (He et al. 2016, https://arxiv.org/abs/1512.03385). f keeps the shape.
    let residual (f: Layer<Tensor, Tensor>) : Layer<Tensor, Tensor> =
        whole "residual" f (fun stage ->
            { stage with
                Kind = "residual"
                // A layer that stands alone has the same path as the sum around it.
                Parts =
                    match f.Stages with
                    | [ only ] when only.Name.IsNone -> ("", only.Kind) :: stage.Parts
                    | _ -> stage.Parts
                Run =
                    fun mode ps state x ->
                        let struct (y, state) = stage.Run mode ps state x
                        struct (box (unbox<Tensor> x + unbox<Tensor> y), state)
            })
