namespace Functional.FSharp

open System
open Functional

/// Any layer with one output as an energy, and rules that fit exp(-E)/Z to data without Z. Layers run in evaluation; the rules'
/// state has the layer's own at "layer".
[<RequireQualifiedAccess>]
module EnergyNetwork =

    let private one name (y: Tensor) (x: Tensor) =
        Energy.requireSamples name x

        if y.Count <> int64 x.Shape[0] then
            invalidArg
                "layer"
                $"{name}: an energy has one output for each of the {x.Shape[0]} states of {x}, but the layer gave {y}"

        Tensor.reshape [ x.Shape[0] ] y

    /// The energy of a layer with these parameters and the layer's own state: [n; …] -> [n].
    let ofLayer (layer: Layer<Tensor, Tensor>) (ps: Params) (state: State) : Energy =
        fun x ->
            let struct (y, _) = Layer.apply layer Eval ps state x
            one "EnergyNetwork" y x

    let private layerState (state: State) = Tree.get [ "layer" ] state

    /// The energy that a run of one of these rules has reached.
    let energy (layer: Layer<Tensor, Tensor>) (snapshot: Snapshot) : Energy =
        ofLayer layer snapshot.Params (layerState snapshot.State)

    // A rule whose loss is a function of the energy and of constants that `prepare` makes of a batch.
    let private rule
        (layer: Layer<Tensor, Tensor>)
        (extra: Key -> (string * State) list)
        (prepare: Moment -> Params -> State -> Tensor -> struct ('c * (string * State) list))
        (loss: Energy -> Tensor -> 'c -> Tensor)
        : Rule<Tensor> =
        let init key =
            let struct (ps, state) = Layer.init (Key.child 0 key) layer
            struct (ps, Node(("layer", state) :: extra (Key.child 1 key)))

        let estimate moment ps state (x: Tensor) =
            Energy.requireSamples "EnergyNetwork" x
            let struct (constants, after) = prepare moment ps state x
            let objective ps = struct (loss (ofLayer layer ps (layerState state)) x constants, Tree.empty)
            let struct (value, _, slope) = Differentiation.fgradParams objective ps

            {
                Loss = value
                Gradients = slope
                State = Node(("layer", layerState state) :: after)
            }

        { Rule.create init estimate with Spec = Some(Layer.spec layer) }

    let private frozen layer (ps: Params) state = ofLayer layer (RbmLearning.constants ps) (layerState state)

    // What the caller's function made, of the shape that is needed.
    let private shaped what (shape: int[]) (made: Tensor) =
        if made.Shape <> shape then
            let expected = String.Join("; ", shape)
            invalidArg what $"{what}: expected [{expected}], but was given {made}"

        made

    // So many new states, each like those of a batch, in its dtype.
    let private drawn (draw: int -> Key -> Tensor) (x: Tensor) count key =
        shaped (nameof draw) (Array.append [| count |] x.Shape[1..]) (draw count key) |> Tensor.cast x.Dtype

    // Energies that differ between data and samples, and are not large.
    let private contrast penalty (energy: Energy) (data: Tensor) (samples: Tensor) =
        let e, f = energy data, energy samples

        Tensor.mean e - Tensor.mean f
        + penalty * (Tensor.mean (Tensor.square e) + Tensor.mean (Tensor.square f))

    let private requireSteps name (steps: int) penalty =
        if steps < 1 || not (penalty >= 0.0) then
            invalidArg
                (nameof steps)
                $"{name}: at least one step is taken and the penalty is not negative, not {steps} and {invariant penalty}"

    /// Contrastive divergence: mean E(data) - mean E(samples) + penalty·(mean E²) of both, the samples being what so many steps of
    /// the kernel for the energy make of the batch itself.
    let contrastiveDivergence
        (kernel: Energy -> Kernel<'info>)
        (steps: int)
        (penalty: float)
        (layer: Layer<Tensor, Tensor>)
        : Rule<Tensor> =
        requireSteps "contrastiveDivergence" steps penalty

        rule
            layer
            (fun _ -> [])
            (fun moment ps state x -> struct (Kernel.run steps moment.Key (kernel (frozen layer ps state)) x, []))
            (contrast penalty)

    /// Contrastive divergence with a replay buffer of so many samples (Du and Mordatch 2019, https://arxiv.org/abs/1903.08689): as
    /// many of them as the batch has go on for `steps` steps; before that each is replaced with probability `fresh` by a new state
    /// from `draw`, which makes so many states.
    let persistent
        (kernel: Energy -> Kernel<'info>)
        (steps: int)
        (buffer: int)
        (fresh: float)
        (draw: int -> Key -> Tensor)
        (penalty: float)
        (layer: Layer<Tensor, Tensor>)
        : Rule<Tensor> =
        requireSteps "persistent" steps penalty

        if buffer < 1 || not (fresh >= 0.0 && fresh <= 1.0) then
            invalidArg
                (nameof buffer)
                $"persistent: the buffer has at least one state and fresh ones a probability, not {buffer} and {invariant fresh}"

        let prepare (moment: Moment) ps state (x: Tensor) =
            let kept: Tensor = Tree.leaf [ "buffer" ] state
            let n = x.Shape[0]

            if n > buffer then
                invalidArg (nameof buffer) $"persistent: a batch of {n} is larger than the buffer of {buffer}"

            let key i = Key.child i moment.Key
            let places = Tensor.ofInts (Random.choice n buffer (key 0))
            let renewed = Random.bernoulli fresh [ n ] (key 1) |> Tensor.cast Dtype.Bool
            let old = Tensor.indexSelect 0 places kept
            let start = Tensor.where (Metropolis.beside old renewed) (drawn draw x n (key 2)) old
            let samples = Kernel.run steps (key 3) (kernel (frozen layer ps state)) start
            struct (samples, [ "buffer", Leaf(Tensor.indexCopy 0 places samples kept) ])

        rule layer (fun key -> [ "buffer", Leaf(draw buffer key) ]) prepare (contrast penalty)

    let private slopeOf (energy: Energy) (x: Tensor) = Differentiation.grad (fun x -> Tensor.sum (energy x)) x

    let private perSample (x: Tensor) = Metropolis.total x

    /// Score matching (Hyvärinen 2005): the mean of ½|∇E|² - ΔE, the Laplacian by as many second derivatives as a state has numbers.
    /// Minimal where ∇E is the data's own. States [n; …].
    let scoreMatching (layer: Layer<Tensor, Tensor>) : Rule<Tensor> =
        rule layer (fun _ -> []) (fun _ _ _ _ -> struct ((), [])) (fun energy x () ->
            let numbers = int (x.Count / int64 x.Shape[0])

            let along i =
                let v =
                    Tensor.onehot numbers (Tensor.ofInts [ i ])
                    |> Tensor.cast x.Dtype
                    |> Tensor.reshape (Array.append [| 1 |] x.Shape[1..])
                    |> Tensor.expand x.Shape

                perSample (v * Differentiation.jacobianTv (slopeOf energy) x v)

            let slope = slopeOf energy x
            let laplacian = Seq.reduce (+) (Seq.init numbers along)
            Tensor.mean (0.5 * perSample (Tensor.square slope) - laplacian))

    /// Sliced score matching (Song et al. 2019, https://arxiv.org/abs/1905.07088): ½|∇E|² - vᵀ(∇∇E)v for a random direction v of ±1
    /// of each sample; right on average, at the cost of one second derivative.
    let slicedScoreMatching (layer: Layer<Tensor, Tensor>) : Rule<Tensor> =
        rule
            layer
            (fun _ -> [])
            (fun moment _ _ x -> struct (2.0 * Random.bernoulliEach (Tensor.fullLike 0.5 x) moment.Key - 1.0, []))
            (fun energy x v ->
                let bent = perSample (v * Differentiation.jacobianTv (slopeOf energy) x v)
                Tensor.mean (0.5 * perSample (Tensor.square (slopeOf energy x)) - bent))

    /// Denoising score matching (Vincent 2011, https://doi.org/10.1162/NECO_a_00142): the mean of ½|σ·∇E(x + σε) - ε|² for normal
    /// noise ε: learns the data's density smoothed by σ.
    let denoisingScoreMatching (sigma: float) (layer: Layer<Tensor, Tensor>) : Rule<Tensor> =
        Metropolis.requirePositive "denoisingScoreMatching" (nameof sigma) sigma

        rule
            layer
            (fun _ -> [])
            (fun moment _ _ x -> struct (Random.normalOf x.Dtype x.Shape moment.Key, []))
            (fun energy x noise ->
                let slope = slopeOf energy (x + sigma * noise)
                Tensor.mean (0.5 * perSample (Tensor.square (sigma * slope - noise))))

    /// Denoising score matching at several scales by one energy (Li, Chen and Sommer 2019, https://arxiv.org/abs/1910.07762): the
    /// mean of ½|∇E(x + σε)/σ - ε|² for normal noise ε, with σ drawn for each state from those given. Where a state shows how noisy
    /// it is, x - ∇E(x) becomes the mean of the clean states that it may come from, and exp(-E/σ²) the data's density smoothed by σ.
    let multiscaleScoreMatching (sigmas: float seq) (layer: Layer<Tensor, Tensor>) : Rule<Tensor> =
        let sigmas = Array.ofSeq sigmas

        if sigmas.Length = 0 || sigmas |> Array.exists (fun sigma -> not (sigma > 0.0 && sigma < infinity)) then
            let given =
                if sigmas.Length = 0 then
                    "none"
                else
                    sigmas |> Array.map string |> String.concat ", "

            invalidArg
                (nameof sigmas)
                $"multiscaleScoreMatching: there is at least one scale of noise, and each is positive and finite, not {given}"

        rule
            layer
            (fun _ -> [])
            (fun moment _ _ x ->
                let places = Random.integers 0L (int64 sigmas.Length) [ x.Shape[0] ] (Key.child 0 moment.Key)
                let scales = Tensor.cast x.Dtype (Tensor.ofDoubles [ sigmas.Length ] sigmas)
                let sigma = Metropolis.beside x (Tensor.indexSelect 0 places scales)
                struct (struct (sigma, Random.normalOf x.Dtype x.Shape moment.Key), []))
            (fun energy x (struct (sigma, noise)) ->
                let slope = slopeOf energy (x + sigma * noise)
                Tensor.mean (0.5 * perSample (Tensor.square (slope / sigma - noise))))

    /// Noise-contrastive estimation (Gutmann and Hyvärinen 2010): the layer, whose own bias stands for ln Z, learns to tell data from
    /// as many states that `draw` makes with the log-density `logDensity`, [n; …] -> [n]. The loss is the mean cross-entropy of both.
    let noiseContrastive
        (draw: int -> Key -> Tensor)
        (logDensity: Tensor -> Tensor)
        (layer: Layer<Tensor, Tensor>)
        : Rule<Tensor> =
        rule
            layer
            (fun _ -> [])
            (fun moment _ _ x ->
                let noise = drawn draw x (x.Shape[0]) moment.Key
                let log (x: Tensor) = shaped (nameof logDensity) [| x.Shape[0] |] (logDensity x)
                struct (struct (noise, log x, log noise), []))
            (fun energy x (struct (noise, ofData, ofNoise)) ->
                let data, other = -(energy x) - ofData, -(energy noise) - ofNoise
                Tensor.mean (Tensor.softplus -data) + Tensor.mean (Tensor.softplus other))
