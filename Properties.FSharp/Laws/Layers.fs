namespace Functional.FSharp

open System
open System.IO
open Functional
open Functional.FSharp.Comparing

/// Laws of layers. Parameters are the first ones that the key gives.
[<AutoOpen>]
module LawLayers =

    let private run layer mode ps state x =
        let struct (y: Tensor, after: State) = Layer.apply layer mode ps state x
        y, after

    let private shapeOf (axes: int seq) = "[" + String.Join("; ", axes) + "]"

    // The key draws the parameters by one child and what is random in training by others.
    let private training i key = Train(Key.child (i + 1) key)

    // The numbers of parameters in one vector, and back.
    let private flat (ps: Params) = Tensor.cat 0 [ for param in Tree.values ps -> Tensor.reshape [ -1 ] param.Value ]

    let private unflat (ps: Params) (numbers: Tensor) : Params =
        let counts = Tree.values ps |> Array.map (fun param -> int param.Value.Count)
        let starts = Array.scan (+) 0 counts

        let part i (param: Param) = Tensor.slice 0 starts[i] starts[i + 1] numbers |> Tensor.reshape param.Value.Shape
        Params.refill (Tree.values ps |> Array.mapi part) ps

    /// Laws: functions of the thing under test that say whether it keeps them, with a counterexample where it does not.
    [<RequireQualifiedAccess>]
    module Law =

        /// The derivatives of a layer by its input and by its parameters, of orders 1 to `order`, are finite differences of the
        /// orders below, within the tolerance, in training and in evaluation. Computed in float64; x keeps away from kinks.
        let layerGradients (tolerance: float) (order: int) (key: Key) (layer: Layer<Tensor, Tensor>) (x: Tensor) =
            Scope.value (fun () ->
                let x = Tensor.cast Dtype.Float64 x
                let struct (ps, state) = initLike x (Key.child 0 key) layer
                let law = "a layer's derivatives agree with differences"

                seq {
                    for mode in [ Eval; training 0 key ] do
                        let output ps x = fst (run layer mode ps state x)
                        Law.gradientsOf law $"{mode}, by the input {show x}" tolerance order key (output ps) x

                        if Params.count ps > 0L then
                            let f numbers = output (unflat ps numbers) x

                            Law.gradientsOf
                                law
                                $"{mode}, by the parameters, x = {show x}"
                                tolerance
                                order
                                key
                                f
                                (flat ps)
                }
                |> Verdict.all)

        /// Equal inputs give equal bits, output and state afterwards, whatever ran in between; and no run changes parameters,
        /// state or input.
        let purity (key: Key) (layer: Layer<Tensor, Tensor>) (x: Tensor) : Verdict =
            Scope.value (fun () ->
                let struct (ps, state) = Layer.init (Key.child 0 key) layer
                let inputs = Array.append [| x |] (tensorsOf ps state)
                let before = bitsOf inputs
                let shown = show x

                seq {
                    for mode in [ Eval; training 0 key ] do
                        let y, after = run layer mode ps state x
                        // Another key in between, whose traces in anything hidden would show.
                        run layer (training 1 key) ps state x |> ignore
                        let again, afterAgain = run layer mode ps state x

                        require
                            (bitsOf inputs = before)
                            "a layer leaves its inputs as they are"
                            (fun () -> $"{mode}, x = {shown}")
                            (fun () -> "parameters, state and input unchanged")
                            (fun () -> $"other bits in them, x = {show x}")

                        same "equal inputs give equal outputs" $"{mode}, x = {shown}, run twice" y again
                        sameTree "equal inputs give equal states" $"{mode}, x = {shown}, run twice" after afterAgain
                }
                |> Verdict.all)

        /// Evaluation leaves the state alone and depends on no key that training was run with; training keeps paths, shapes and
        /// dtypes of the state, which holds no gradients.
        let evaluation (key: Key) (layer: Layer<Tensor, Tensor>) (x: Tensor) : Verdict =
            Scope.value (fun () ->
                let struct (ps, state) = Layer.init (Key.child 0 key) layer
                let y, after = run layer Eval ps state x

                seq {
                    sameTree "evaluation leaves the state alone" $"x = {show x}" state after

                    for i in 0..1 do
                        let _, trained = run layer (training i key) ps state x

                        let outline (tree: Tree<Tensor>) =
                            String.Join(", ", [ for path, leaf in Tree.leaves tree -> $"'{path}': {leaf}" ])

                        require
                            (outline trained = outline state)
                            "training keeps the outline of the state"
                            (fun () -> $"x = {show x}")
                            (fun () -> outline state)
                            (fun () -> outline trained)

                        // Inside a derivative, where a state that is part of it would show.
                        let mutable held = []

                        Differentiation.gradParams
                            (fun ps ->
                                let y, after = run layer (training i key) ps state x

                                held <-
                                    [
                                        for path, leaf in Tree.leaves after do
                                            if Native.requiresGrad leaf.Raw then
                                                path
                                    ]

                                Tensor.sum y)
                            ps
                        |> ignore

                        require
                            held.IsEmpty
                            "the state holds no gradients"
                            (fun () -> $"x = {show x}, in training")
                            (fun () -> "constants")
                            (fun () -> $"parts of a derivative at {held}")

                        let again, _ = run layer Eval ps state x
                        same "evaluation depends on no key" $"x = {show x}, after training with key {i}" y again
                }
                |> Verdict.all)

        /// Inputs [n; input…] give outputs [n; output…], for each n of `sizes` in evaluation, and from n = 2 on in training too.
        let shape
            (key: Key)
            (input: int list)
            (output: int list)
            (sizes: int list)
            (layer: Layer<Tensor, Tensor>)
            : Verdict =
            Scope.value (fun () ->
                let struct (ps, state) = Layer.init (Key.child 0 key) layer

                seq {
                    for n in sizes do
                        let x = Random.normal (n :: input) (Key.child n key)

                        for mode in [ Eval; training 0 key ] do
                            if n > 1 || mode.IsEval then
                                let y, _ = run layer mode ps state x

                                require
                                    (List.ofArray y.Shape = n :: output)
                                    "the shape of the output"
                                    (fun () -> $"{mode}, an input of shape {shapeOf (n :: input)}")
                                    (fun () -> shapeOf (n :: output))
                                    (fun () -> shapeOf y.Shape)
                }
                |> Verdict.all)

        /// In evaluation a batch gives what its samples give one by one, within the tolerance. x: [n; …], n at least 1.
        let independence (tolerance: float) (key: Key) (layer: Layer<Tensor, Tensor>) (x: Tensor) : Verdict =
            Scope.value (fun () ->
                let struct (ps, state) = initLike x (Key.child 0 key) layer
                let y, _ = run layer Eval ps state x
                let count = x.Shape[0]

                seq {
                    if y.Rank = 0 || y.Shape[0] <> count then
                        broken "one output for each sample" $"x = {show x}" $"{count} outputs" (show y)
                    else
                        for i in 0 .. count - 1 do
                            let alone, _ = run layer Eval ps state (Tensor.slice 0 i (i + 1) x)

                            close
                                "samples do not see each other in evaluation"
                                tolerance
                                $"sample {i} of x = {show x}, alone and among the others"
                                alone
                                (Tensor.slice 0 i (i + 1) y)
                }
                |> Verdict.all)

        /// Parameters and state come back from a checkpoint and from a file of safetensors bit for bit, into a layer that began
        /// from another key, and give the same output there, bit for bit.
        let roundTrip (key: Key) (layer: Layer<Tensor, Tensor>) (x: Tensor) : Verdict =
            Scope.value (fun () ->
                let struct (ps, state) = Layer.init (Key.child 0 key) layer
                let y, _ = run layer Eval ps state x
                let struct (others, otherState) = Layer.init (Key.child 1 key) layer
                let nothing: State = Tree.empty
                let snapshot ps state = Snapshot.create 0 key ps state nothing (Tensor.scalar nan)
                let folder = Directory.CreateTempSubdirectory "functional-law-"

                try
                    let path name = Path.Combine(folder.FullName, name)
                    Checkpoint.save (path "checkpoint") (snapshot ps state)
                    let back = Checkpoint.load (path "checkpoint") (snapshot others otherState)
                    let leaves = Tree.leaves (Node [ "params", Params.values ps; "state", state ])
                    Safetensors.saveMap (path "map") (Map.ofList leaves)
                    let map = Safetensors.loadMap (path "map")

                    seq {
                        sameTree
                            "a checkpoint keeps the parameters"
                            "a round trip"
                            (Params.values ps)
                            (Params.values back.Params)

                        sameTree "a checkpoint keeps the state" "a round trip" state back.State

                        for name, leaf in leaves do
                            same "safetensors keep every tensor" $"a round trip of '{name}'" leaf map[name]

                        let again, _ = run layer Eval back.Params back.State x
                        same "what is loaded gives the same output" $"x = {show x}" y again
                    }
                    |> Verdict.all
                finally
                    folder.Delete true)
