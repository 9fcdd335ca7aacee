namespace Functional.FSharp

open System
open Functional

/// Weights of the same network in PyTorch, by the names and in the layout of its `state_dict`.
[<RequireQualifiedAccess>]
module PyTorch =

    // What stands at a path: the name of the same tensor in a module of PyTorch, and whether rows and columns change places.
    let private twin kind name =
        match kind, name with
        | "dense", "weight" -> Some("weight", true)
        | ("dense" | "conv2d"), ("weight" | "bias") -> Some(name, false)
        | "batchNorm", "scale" -> Some("weight", false)
        | "batchNorm", "shift" -> Some("bias", false)
        | "batchNorm", "mean" -> Some("running_mean", false)
        | "batchNorm", "variance" -> Some("running_var", false)
        | _ -> None

    let private joined first second = if first = "" then second else $"{first}.{second}"

    // Where PyTorch has each leaf, in order, and whether it lies there transposed.
    let private places (names: string -> string) (layer: Layer<'i, 'o>) (paths: string list) =
        let kinds = Layer.kinds layer

        [
            for path in paths do
                let cut = path.LastIndexOf '/'
                let home, name = (if cut < 0 then "" else path.Substring(0, cut)), path.Substring(cut + 1)
                let own = kinds |> List.filter (fst >> (=) home) |> List.map snd

                match List.tryPick (fun kind -> twin kind name) own with
                | Some(theirs, transposed) -> path, joined (names home) theirs, transposed
                | None ->
                    let found = if own.IsEmpty then "no layer" else String.Join(" of ", own)

                    invalidArg
                        (nameof layer)
                        $"PyTorch: '{path}' belongs to {found}; known are the tensors of dense, conv2d and batchNorm"
        ]

    // Rows that lie one after the other, shared with no one.
    let private copy (x: Tensor) =
        Tensor.Of(if Native.isContiguous x.Raw then Ops.clone x.Raw else Ops.contiguous x.Raw)

    let private turn transposed (x: Tensor) = if transposed then Tensor.transpose 0 1 x else x

    /// The name of a layer in nn.Sequential and its like, from its path: "body/0" is "body.0".
    let sequential (path: string) : string = path.Replace('/', '.')

    /// Parameters and state of a layer from PyTorch's tensors by name, as Safetensors.loadMap reads them. `names` takes the
    /// path of a layer to the name of its module, such as `PyTorch.sequential`. Dense weights are [outputs; inputs] there and
    /// [inputs; outputs] here; batch norm's weight, bias, running_mean and running_var are scale, shift, mean and variance,
    /// and num_batches_tracked is passed over. ArgumentException names what is missing, not used, or of another shape.
    let import
        (names: string -> string)
        (layer: Layer<'i, 'o>)
        (tensors: Map<string, Tensor>)
        : struct (Params * State) =
        Scope.run
            (fun (struct (ps, state)) -> Seq.append (Tree.values (Params.values ps)) (Tree.values state))
            (fun () ->
                let struct (ps, state) = Layer.init (Key.ofSeed 0) layer
                let pathsOf tree = Tree.leaves tree |> List.map fst
                let inParams, inState = places names layer (pathsOf ps), places names layer (pathsOf state)
                let wanted = [ for _, theirs, _ in inParams @ inState -> theirs ]
                let missing = wanted |> List.filter (fun name -> not (Map.containsKey name tensors))

                let surplus =
                    [
                        for name in Map.keys tensors do
                            if not (List.contains name wanted || name.EndsWith "num_batches_tracked") then
                                name
                    ]

                if not (missing.IsEmpty && surplus.IsEmpty) then
                    let show (names: string list) = String.Join(", ", names)

                    invalidArg
                        (nameof tensors)
                        $"PyTorch: expected the tensors [{show wanted}], but [{show missing}] are missing and [{show surplus}] are not used"

                let take (path, theirs, transposed) (like: Tensor) =
                    let found = turn transposed tensors[theirs]

                    if found.Shape <> like.Shape then
                        invalidArg
                            (nameof tensors)
                            $"PyTorch: '{theirs}' is {tensors[theirs]}, which gives {found} for '{path}', but {like} is expected"

                    copy found

                let fill places tree = Tree.refill (Array.map2 take (Array.ofList places) (Tree.values tree)) tree
                struct (Params.refill (fill inParams (Params.values ps) |> Tree.values) ps, fill inState state))

    /// PyTorch's tensors by name from the parameters and state of a layer, as `load_state_dict` takes them (with strict=False
    /// where it would count batches): the inverse of `import`.
    let export (names: string -> string) (layer: Layer<'i, 'o>) (ps: Params) (state: State) : Map<string, Tensor> =
        let leaves = Tree.leaves (Params.values ps) @ Tree.leaves state

        Map.ofList
            [
                for (_, theirs, transposed), (_, x) in List.zip (places names layer (List.map fst leaves)) leaves ->
                    theirs, copy (turn transposed x)
            ]
