namespace Functional.FSharp

open Functional

/// Several layers side by side.
[<AutoOpen>]
module LayersBeside =

    /// Several layers side by side.
    [<RequireQualifiedAccess>]
    module Layer =

        /// Several layers, each with a branch of parameters and state under its name. `join` says what they are together: the run
        /// that it is given for a place goes from the whole parameters and state to the whole state, and leaves the other branches
        /// of it alone. `fork`, `both`, `concat` and `switch` are a line or two of it.
        let beside
            (kind: string)
            (settings: (string * Setting) list)
            (join: (int -> Run<'a, 'b>) -> Run<'i, 'o>)
            (branches: (string * Layer<'a, 'b>) seq)
            : Layer<'i, 'o> =
            let names, layers = branches |> Array.ofSeq |> Array.unzip

            if layers.Length = 0 then
                invalidArg (nameof branches) $"{kind}: there is at least one branch"

            match Array.countBy id names |> Array.tryFind (fun (name, count) -> count > 1 || name = "") with
            | Some(name, _) ->
                invalidArg (nameof branches) $"{kind}: each branch has a name of its own, not '{name}' among others"
            | None -> ()

            let init key =
                let made = layers |> Array.mapi (fun i layer -> Layer.init (Key.child i key) layer)

                struct (Node [ for i in 0 .. names.Length - 1 -> let struct (ps, _) = made[i] in names[i], ps ],
                        Node [ for i in 0 .. names.Length - 1 -> let struct (_, state) = made[i] in names[i], state ])

            let run i : Run<'a, 'b> =
                fun mode ps state x ->
                    let name = names[i]

                    let struct (y, after) =
                        Layer.within name (fun () ->
                            Layer.apply
                                layers[i]
                                (Mode.child i mode)
                                (Layer.branch "parameters" name ps)
                                (Layer.branch "state" name state)
                                x)

                    struct (y, Tree.set [ name ] after state)

            let spec: Spec =
                {
                    kind = kind
                    settings = settings
                    parts = [ for i in 0 .. names.Length - 1 -> names[i], Layer.spec layers[i] ]
                }

            Layer.stage
                spec
                [
                    for layer in layers do
                        yield! layer.Stages
                ]
                init
                (join run)

        let private typed (run: Run<objnull, objnull>) (mode: Mode) (ps: Params) (state: State) (x: 'i) =
            let struct (y, state) = run mode ps state (box x)
            struct (unbox<'o> y, state)

        /// As `beside`, for two layers of any types, whose branches are called 0 and 1.
        let beside2
            (kind: string)
            (settings: (string * Setting) list)
            (join: Run<'a, 'b> -> Run<'c, 'd> -> Run<'i, 'o>)
            (f: Layer<'a, 'b>)
            (g: Layer<'c, 'd>)
            : Layer<'i, 'o> =
            beside
                kind
                settings
                (fun run -> join (typed (run 0)) (typed (run 1)))
                [ "0", Layer.erase f; "1", Layer.erase g ]

        /// Both layers on the same input: two heads.
        let fork (f: Layer<'a, 'b>) (g: Layer<'a, 'c>) : Layer<'a, struct ('b * 'c)> =
            let join (f: Run<'a, 'b>) (g: Run<'a, 'c>) mode ps state x =
                let struct (a, state) = f mode ps state x
                let struct (b, state) = g mode ps state x
                struct (struct (a, b), state)

            beside2 "fork" [] join f g

        /// Each layer on an input of its own, side by side.
        let both (f: Layer<'a, 'b>) (g: Layer<'c, 'd>) : Layer<struct ('a * 'c), struct ('b * 'd)> =
            let join (f: Run<'a, 'b>) (g: Run<'c, 'd>) mode ps state (struct (x, y)) =
                let struct (a, state) = f mode ps state x
                let struct (b, state) = g mode ps state y
                struct (struct (a, b), state)

            beside2 "both" [] join f g

        let private numbered (branches: Layer<'i, 'o> seq) =
            branches |> Seq.mapi (fun i layer -> string i, layer) |> Array.ofSeq

        /// Several layers on one input, their outputs joined along an axis that they have: Inception's parallel paths (Szegedy et
        /// al. 2015, https://arxiv.org/abs/1409.4842), and dense blocks with `identity` among them (Huang et al. 2017).
        let concat (axis: int) (branches: Layer<'i, Tensor> seq) : Layer<'i, Tensor> =
            let branches = numbered branches

            let join (run: int -> Run<'i, Tensor>) mode ps state x =
                let one state i =
                    let struct (y, state) = run i mode ps state x
                    y, state

                let outputs, state = List.mapFold one state [ 0 .. branches.Length - 1 ]
                struct (Tensor.cat axis outputs, state)

            beside "concat" [ "axis", Setting.Whole axis ] join branches

        /// One of several layers, chosen by a number that a function of the input gives; the others do not run, and their state
        /// stays.
        let switch (choose: 'i -> int) (branches: Layer<'i, 'o> seq) : Layer<'i, 'o> =
            let branches = numbered branches

            let join (run: int -> Run<'i, 'o>) mode ps state x =
                let chosen = choose x

                if chosen < 0 || chosen >= branches.Length then
                    invalidArg
                        (nameof choose)
                        $"switch: {chosen} was chosen, but the branches are 0 … {branches.Length - 1}"

                run chosen mode ps state x

            beside "switch" [] join branches
