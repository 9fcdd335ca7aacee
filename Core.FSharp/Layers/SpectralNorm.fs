namespace Functional.FSharp.Layers

open Functional
open Functional.FSharp

/// Spectral normalisation.
[<AutoOpen>]
module SpectralNorm =

    // Convolutions have their outputs first: [outputs; the rest]; transposed ones second. Of a dense layer it is the matrix itself.
    let private matrix isTransposed (w: Tensor) =
        let w = if isTransposed then Tensor.transpose 0 1 w else w
        Tensor.flatten 1 -1 w

    // The paths of the transposed convolutions inside.
    let private transposed (layer: Layer<'i, 'o>) =
        Spec.walk (Layer.spec layer)
        |> List.filter (fun (_, spec) -> spec.Kind.StartsWith "convTranspose")
        |> List.map fst
        |> Set.ofList

    let private under path name = if path = "" then name else $"{path}/{name}"

    // The unit vector along x, or the old direction where x is 0.
    let private unit (old: Tensor) (x: Tensor) =
        let norm = Tensor.norm 2.0 x
        Tensor.where (Tensor.gtNumber 0.0 norm) (x / norm) old

    // One turn of the power iteration: v ← Wᵀu/‖Wᵀu‖, u ← Wv/‖Wv‖.
    let private turn (w: Tensor) struct (u: Tensor, v: Tensor) =
        let v = unit v (Tensor.matmul u w)
        struct (unit u (Tensor.matmul w v), v)

    let private vectors struct (u, v) : State = Node [ "left", Leaf u; "right", Leaf v ]

    // The weight of a layer stands one name below the layer's path.
    let private isIn (transposed: Set<string>) (path: string) =
        transposed.Contains(path.Substring(0, max 0 (path.LastIndexOf '/')))

    let rec private start transposed path (key: Key) (ps: Params) : State =
        Tree.guard ()

        match ps with
        | Leaf { Role = Role.Weight; Value = w } when w.Rank > 1 ->
            let w = matrix (isIn transposed path) w

            let draw i =
                let x = Random.normal [ w.Shape[i] ] (Key.child i key)
                unit x x

            Seq.fold (fun uv _ -> turn w uv) (struct (draw 0, draw 1)) (seq { 1..15 }) |> vectors
        | Leaf _ -> Tree.empty
        | Node branches ->
            Node(
                branches
                |> List.mapi (fun i (name, branch) -> name, start transposed (under path name) (Key.child i key) branch)
            )

    // The parameters with each weight divided by σ = uᵀWv, and the vectors after so many turns.
    let rec private divide transposed path turns (ps: Params) (spectrum: State) : struct (Params * State) =
        Tree.guard ()

        match ps, spectrum with
        | Leaf param, Node [ "left", Leaf u; "right", Leaf v ] ->
            let w = matrix (isIn transposed path) param.Value
            let seen = Tensor.stopGradient w
            let struct (u, v) = Seq.fold (fun uv _ -> turn seen uv) (struct (u, v)) (seq { 1..turns })
            let sigma = Tensor.dot u (Tensor.matmul w v)
            // Weights that are all 0 stay so.
            let sigma = Tensor.where (Tensor.eqNumber 0.0 sigma) (Tensor.onesLike sigma) sigma
            struct (Leaf { param with Value = param.Value / sigma }, vectors (struct (u, v)))
        | Leaf _, _ -> struct (ps, spectrum)
        | Node branches, _ ->
            let divided =
                [
                    for name, branch in branches ->
                        let struct (ps, spectrum) =
                            divide transposed (under path name) turns branch (Tree.get [ name ] spectrum)

                        (name, ps), (name, spectrum)
                ]

            let ps, spectra = List.unzip divided
            struct (Node ps, Node spectra)

    /// W/σ for each weight of at least two axes, σ its largest singular value as uᵀWv tells it (Miyato et al. 2018,
    /// https://arxiv.org/abs/1802.05957). u and v are in the state, first after 15 turns of the power iteration, then one more for
    /// each run in training; derivatives take them as constants. A convolution's W is the matrix [outputs; the rest],
    /// also a transposed one's.
    let spectralNorm (layer: Layer<'i, 'o>) : Layer<'i, 'o> =
        let transposed = transposed layer

        let first init key =
            let struct (ps, state) = init (Key.child 0 key)

            if not (Tree.values ps |> Array.exists (fun p -> p.Role = Role.Weight && p.Value.Rank > 1)) then
                invalidArg (nameof layer) "spectralNorm: the layer has no weight of at least two axes"

            struct (ps, Node [ "layer", state; "spectrum", start transposed "" (Key.child 1 key) ps ])

        layer
        |> Layer.aroundWith "spectralNorm" [] first (fun run mode ps state x ->
            let turns =
                match mode with
                | Train _ -> 1
                | Eval -> 0

            let struct (divided, spectrum) = divide transposed "" turns ps (Tree.get [ "spectrum" ] state)
            let struct (y, inner) = run mode divided (Tree.get [ "layer" ] state) x
            struct (y, Node [ "layer", inner; "spectrum", spectrum ]))
