namespace Functional.FSharp

open System
open Functional

/// Runs of C# functions, which see modes and inputs alone: the state is passed on from run to run unseen.
type internal Threaded =

    // Reads the state of a cell and leaves there what comes after.
    static member private Inner(run: Run<'a, 'b>, ps: Params, state: State ref) : Func<Mode, 'a, 'b> =
        Func<_, _, _>(fun mode x ->
            let struct (y, after) = run mode ps state.Value x
            state.Value <- after
            y)

    /// What `around` takes.
    static member Around(change: Func<Func<Mode, 'a, 'b>, Mode, 'i, 'o>) : Run<'a, 'b> -> Run<'i, 'o> =
        fun run mode ps state x ->
            let state = ref state
            let y = change.Invoke(Threaded.Inner(run, ps, state), mode, x)
            struct (y, state.Value)

    /// What `beside` takes.
    static member Beside(join: Func<Func<int, Mode, 'a, 'b>, Mode, 'i, 'o>) : (int -> Run<'a, 'b>) -> Run<'i, 'o> =
        fun run mode ps state x ->
            let state = ref state
            let one i mode x = Threaded.Inner(run i, ps, state).Invoke(mode, x)
            let y = join.Invoke(Func<_, _, _, _> one, mode, x)
            struct (y, state.Value)

    /// What `beside2` takes.
    static member Beside2
        (join: Func<Func<Mode, 'a, 'b>, Func<Mode, 'c, 'd>, Mode, 'i, 'o>)
        : Run<'a, 'b> -> Run<'c, 'd> -> Run<'i, 'o> =
        fun f g mode ps state x ->
            let state = ref state
            let y = join.Invoke(Threaded.Inner(f, ps, state), Threaded.Inner(g, ps, state), mode, x)
            struct (y, state.Value)

/// One layer, run otherwise.
[<AutoOpen>]
module LayersAround =

    /// One layer, run otherwise.
    [<RequireQualifiedAccess>]
    module Layer =

        /// One layer with another run and other first values: `change` takes the run of the layer to the new one, `init` the
        /// layer's first parameters and state for a key to those kept. The layer stands at the path of the whole.
        let aroundWith
            (kind: string)
            (settings: (string * Setting) list)
            (init: (Key -> struct (Params * State)) -> Key -> struct (Params * State))
            (change: Run<'a, 'b> -> Run<'i, 'o>)
            (layer: Layer<'a, 'b>)
            : Layer<'i, 'o> =
            let spec: Spec = { kind = kind; settings = settings; parts = [ "", Layer.spec layer ] }
            Layer.stage spec layer.Stages (init (fun key -> Layer.init key layer)) (change (Layer.apply layer))

        /// One layer with another run, which `change` makes of the layer's own: `residual` is
        /// `around "residual" [] (fun run mode ps state x -> let struct (y, state) = run mode ps state x in struct (x + y, state))`.
        /// Parameters, state and their paths are the layer's own.
        let around
            (kind: string)
            (settings: (string * Setting) list)
            (change: Run<'a, 'b> -> Run<'i, 'o>)
            (layer: Layer<'a, 'b>)
            : Layer<'i, 'o> =
            aroundWith kind settings id change layer

        /// x + f(x) (He et al. 2016, https://arxiv.org/abs/1512.03385). f keeps the shape.
        let residual (f: Layer<Tensor, Tensor>) : Layer<Tensor, Tensor> =
            f
            |> around "residual" [] (fun run mode ps state x ->
                let struct (y, state) = run mode ps state x
                struct (x + y, state))

        /// Only a part of the parameters is stored; the layer sees a view of it: tying, weight norm, DropConnect. `store` takes the
        /// first parameters to those kept, `view` takes these to what the layer expects.
        let derive (store: Params -> Params) (view: Mode -> Params -> Params) (layer: Layer<'i, 'o>) : Layer<'i, 'o> =
            let stored init key =
                let struct (ps, state) = init key
                struct (store ps, state)

            layer |> aroundWith "derive" [] stored (fun run mode ps state x -> run mode (view mode ps) state x)

        // The inputs one after the other, each with randomness of its own; the state passes through all.
        let private each (run: Run<'i, 'o>) : Run<'i[], 'o[]> =
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
            layer
            |> around "shared" [] (fun run mode ps state (struct (a, b)) ->
                let struct (outputs, state) = each run mode ps state [| a; b |]
                struct (struct (outputs[0], outputs[1]), state))

        /// One layer, with one set of parameters, on each element of an array. Parameters, state and their paths are the layer's own.
        let map (layer: Layer<'i, 'o>) : Layer<'i[], 'o[]> = layer |> around "map" [] each

        /// A layer that always runs in one mode: `always Eval` freezes running statistics and stops dropout inside, and `always
        /// (Train key)` draws the same noise whenever it runs.
        let always (mode: Mode) (layer: Layer<'i, 'o>) : Layer<'i, 'o> =
            let text =
                match mode with
                | Train _ -> "train"
                | Eval -> "eval"

            layer |> around "always" [ "mode", Setting.Text text ] (fun run _ ps state x -> run mode ps state x)
