namespace Functional.FSharp

open System
open Functional

/// Weights of the same network in PyTorch, by the names and in the layout of its `state_dict`.
[<RequireQualifiedAccess>]
module PyTorch =

    // How a tensor lies there: as here, with rows and columns in each other's place, or with its kernels turned round, since
    // PyTorch only correlates. Each undoes itself.
    type private Layout =
        | Same
        | Transposed
        | Flipped

    let private (|Kernels|FlippedKernels|Norm|Other|) (spec: Spec) =
        match spec.kind with
        | "conv1d"
        | "conv2d"
        | "conv3d"
        | "convTranspose1d"
        | "convTranspose2d"
        | "convTranspose3d" ->
            if List.contains ("flipped", Setting.Flag true) spec.settings then
                FlippedKernels
            else
                Kernels
        | "batchNorm"
        | "layerNorm"
        | "groupNorm"
        | "instanceNorm"
        | "rmsNorm" -> Norm
        | _ -> Other

    // What stands at a path: the name of the same tensor in a module of PyTorch, and how it lies there.
    let private twin (spec: Spec) name =
        match spec, name with
        | { kind = "dense" }, "weight" -> Some("weight", Transposed)
        | FlippedKernels, "weight" -> Some("weight", Flipped)
        | ({ kind = "dense" | "bilinear" } | Kernels | FlippedKernels), ("weight" | "bias") -> Some(name, Same)
        | { kind = "embedding" }, "weight" -> Some("weight", Same)
        | { kind = "prelu" }, "slope" -> Some("weight", Same)
        | Norm, "scale" -> Some("weight", Same)
        | Norm, "shift" -> Some("bias", Same)
        | { kind = "batchNorm" }, "mean" -> Some("running_mean", Same)
        | { kind = "batchNorm" }, "variance" -> Some("running_var", Same)
        | _ -> None

    let private known =
        "dense, bilinear, embedding, prelu, conv1d to conv3d, convTranspose1d to convTranspose3d and the norms of batches, layers, groups, instances and root mean squares"

    let private joined first second = if first = "" then second else $"{first}.{second}"

    // Where PyTorch has each leaf, in order, and how it lies there.
    let private places (names: string -> string) (layer: Layer<'i, 'o>) (paths: string list) =
        let specs = Spec.walk (Layer.spec layer)

        [
            for path in paths do
                let cut = path.LastIndexOf '/'
                let home, name = (if cut < 0 then "" else path.Substring(0, cut)), path.Substring(cut + 1)
                // The innermost owns the tensors.
                let own = specs |> List.filter (fst >> (=) home) |> List.map snd

                match List.tryPick (fun spec -> twin spec name) (List.rev own) with
                | Some(theirs, layout) -> path, joined (names home) theirs, layout
                | None ->
                    let found =
                        if own.IsEmpty then
                            "no layer"
                        else
                            String.Join(" of ", [ for spec in own -> spec.Kind ])

                    invalidArg (nameof layer) $"PyTorch: '{path}' belongs to {found}; known are the tensors of {known}"
        ]

    // Rows that lie one after the other, shared with no one.
    let private copy (x: Tensor) =
        Tensor.Of(if Native.isContiguous x.Raw then Ops.clone x.Raw else Ops.contiguous x.Raw)

    let private turn layout (x: Tensor) =
        match layout with
        | Same -> x
        | Transposed -> Tensor.transpose 0 1 x
        | Flipped -> Tensor.flip [ 2 .. x.Rank - 1 ] x

    /// The name of a layer in nn.Sequential and its like, from its path: "body/0" is "body.0".
    let sequential (path: string) : string = path.Replace('/', '.')

    /// Parameters and state of a layer from PyTorch's tensors by name, as Safetensors.loadMap reads them. `names` takes the
    /// path of a layer to the name of its module, such as `PyTorch.sequential`. Known are nn.Linear (`dense`: its weights are
    /// [outputs; inputs] there and [inputs; outputs] here), Bilinear, Embedding, PReLU (weight is `slope`), Conv1d to Conv3d and
    /// ConvTranspose1d to ConvTranspose3d (a flipped kernel is turned round), BatchNorm, LayerNorm, GroupNorm, InstanceNorm and
    /// RMSNorm (weight, bias, running_mean and running_var are scale, shift, mean and variance; num_batches_tracked is passed
    /// over). Numbers of 16 bits are widened to float32. ArgumentException names what is missing, not used, or of another shape.
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

                let take (path, theirs, layout) (like: Tensor) =
                    let found = turn layout tensors[theirs]

                    if found.Shape <> like.Shape then
                        invalidArg
                            (nameof tensors)
                            $"PyTorch: '{theirs}' is {tensors[theirs]}, which gives {found} for '{path}', but {like} is expected"

                    // Layers compute in float32 or float64.
                    if Drawing.isNarrow found.Dtype then
                        Tensor.cast like.Dtype found |> copy
                    else
                        copy found

                let fill places tree = Tree.refill (Array.map2 take (Array.ofList places) (Tree.values tree)) tree
                struct (Params.refill (fill inParams (Params.values ps) |> Tree.values) ps, fill inState state))

    /// PyTorch's tensors by name from the parameters and state of a layer, as `load_state_dict` takes them (with strict=False
    /// where it would count batches): the inverse of `import`.
    let export (names: string -> string) (layer: Layer<'i, 'o>) (ps: Params) (state: State) : Map<string, Tensor> =
        let leaves = Tree.leaves (Params.values ps) @ Tree.leaves state

        Map.ofList
            [
                for (_, theirs, layout), (_, x) in List.zip (places names layer (List.map fst leaves)) leaves ->
                    theirs, copy (turn layout x)
            ]
