namespace Functional.FSharp

open Functional

/// Layers made of layers: side by side, repeated, shared, chosen, in a mode of their own.
[<AutoOpen>]
module LayerCombinators =

    /// Layers made of layers: side by side, repeated, shared, chosen, in a mode of their own.
    [<RequireQualifiedAccess>]
    module Layer =

        // ---- several layers side by side, each with a branch under its number

        let private several name (branches: Layer<'i, 'o> seq) =
            let branches = Array.ofSeq branches

            if branches.Length = 0 then
                invalidArg (nameof branches) $"{name}: there is at least one branch"

            branches

        let private inside (branches: Layer<'i, 'o>[]) =
            [
                for branch in branches do
                    yield! branch.Stages
            ]

        let private initEach (branches: Layer<'i, 'o>[]) (key: Key) : struct (Params * State) =
            let made = [ for i in 0 .. branches.Length - 1 -> string i, Layer.init (Key.child i key) branches[i] ]

            struct (Node [ for name, struct (ps, _) in made -> name, ps ],
                    Node [ for name, struct (_, state) in made -> name, state ])

        let private runOne (branches: Layer<'i, 'o>[]) i mode ps state x : struct ('o * State) =
            let name = string i

            Layer.within name (fun () ->
                Layer.apply
                    branches[i]
                    (Mode.child i mode)
                    (Layer.branch "parameters" name ps)
                    (Layer.branch "state" name state)
                    x)

        /// Several layers on one input, their outputs joined along an axis that they have: Inception's parallel paths (Szegedy et
        /// al. 2015, https://arxiv.org/abs/1409.4842), and dense blocks with `identity` among them (Huang et al. 2017).
        let concat (axis: int) (branches: Layer<'i, Tensor> seq) : Layer<'i, Tensor> =
            let branches = several "concat" branches

            Layer.create "concat" (initEach branches) (fun mode ps state x ->
                let made = [ for i in 0 .. branches.Length - 1 -> runOne branches i mode ps state x ]
                let outputs = [ for struct (y, _) in made -> y ]
                struct (Tensor.cat axis outputs, Node(made |> List.mapi (fun i (struct (_, after)) -> string i, after))))
            |> Layer.holding (inside branches) []

        /// One of several layers, chosen by a number that a function of the input gives; the others do not run, and their state
        /// stays.
        let switch (choose: 'i -> int) (branches: Layer<'i, 'o> seq) : Layer<'i, 'o> =
            let branches = several "switch" branches

            Layer.create "switch" (initEach branches) (fun mode ps state x ->
                let chosen = choose x

                if chosen < 0 || chosen >= branches.Length then
                    invalidArg
                        (nameof choose)
                        $"switch: {chosen} was chosen, but the branches are 0 … {branches.Length - 1}"

                let struct (y, after) = runOne branches chosen mode ps state x
                struct (y, Tree.set [ string chosen ] after state))
            |> Layer.holding (inside branches) []

        // ---- one layer, run otherwise

        type private Runs<'i, 'o> = Mode -> Params -> State -> 'i -> struct ('o * State)

        let private rerun kind (layer: Layer<'a, 'b>) (change: Runs<'a, 'b> -> Runs<'i, 'o>) : Layer<'i, 'o> =
            Layer.whole kind layer (fun stage ->
                let inner: Runs<'a, 'b> =
                    fun mode ps state x ->
                        let struct (y, state) = stage.Run mode ps state (box x)
                        struct (unbox y, state)

                let outer = change inner

                { stage with
                    Kind = kind
                    Run =
                        fun mode ps state x ->
                            let struct (y, state) = outer mode ps state (unbox x)
                            struct (box y, state)
                })

        // The inputs one after the other, each with randomness of its own; the state passes through all.
        let private each (run: Runs<'i, 'o>) : Runs<'i[], 'o[]> =
            fun mode ps state inputs ->
                let mutable state = state

                let outputs =
                    [|
                        for i in 0 .. inputs.Length - 1 do
                            let struct (y, after) = run (Mode.child i mode) ps state inputs[i]
                            state <- after
                            y
                    |]

                struct (outputs, state)

        /// One layer, with one set of parameters, on both of a pair: twins (Bromley et al. 1993). Parameters, state and their paths
        /// are the layer's own.
        let shared (layer: Layer<'i, 'o>) : Layer<struct ('i * 'i), struct ('o * 'o)> =
            rerun "shared" layer (fun run mode ps state (struct (a, b)) ->
                let struct (outputs, state) = each run mode ps state [| a; b |]
                struct (struct (outputs[0], outputs[1]), state))

        /// One layer, with one set of parameters, on each element of an array. Parameters, state and their paths are the layer's own.
        let map (layer: Layer<'i, 'o>) : Layer<'i[], 'o[]> = rerun "map" layer each

        /// A layer that always runs in one mode: `always Eval` freezes running statistics and stops dropout inside, and `always
        /// (Train key)` draws the same noise whenever it runs.
        let always (mode: Mode) (layer: Layer<'i, 'o>) : Layer<'i, 'o> =
            rerun "always" layer (fun run _ ps state x -> run mode ps state x)

        /// So many copies of a layer one after the other, each with parameters of its own under its number.
        let repeat (count: int) (layer: Layer<'a, 'a>) : Layer<'a, 'a> =
            if count < 0 then
                invalidArg (nameof count) $"repeat: the number of copies is at least 0, not {count}"

            Layer.stack [ for _ in 1..count -> Layer.whole "repeat" layer id ]
