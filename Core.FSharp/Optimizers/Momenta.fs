namespace Functional

open System

/// How a moment of the gradients is kept from step to step: x₁, x₂, … are the gradients, or their squares.
[<RequireQualifiedAccess>]
type Accumulation =
    /// 1 at every step: no moment at all.
    | One
    /// xₜ alone.
    | Latest
    /// Σ xₜ
    | Sum
    /// aₜ = β·aₜ₋₁ + (1-β)·xₜ from a₀ = 0
    | Average of beta: float
    /// The average divided by 1 - βᵗ, which takes out the pull of a₀ = 0.
    | Corrected of beta: float

    /// The result of the function for this way.
    member accumulation.Match
        (one: Func<'r>, latest: Func<'r>, sum: Func<'r>, average: Func<float, 'r>, corrected: Func<float, 'r>)
        : 'r =
        match accumulation with
        | One -> (FSharp.Given.required (nameof one) one).Invoke()
        | Latest -> (FSharp.Given.required (nameof latest) latest).Invoke()
        | Sum -> (FSharp.Given.required (nameof sum) sum).Invoke()
        | Average beta -> (FSharp.Given.required (nameof average) average).Invoke beta
        | Corrected beta -> (FSharp.Given.required (nameof corrected) corrected).Invoke beta

namespace Functional.FSharp

open Functional

/// Transforms that keep moments of the gradients.
[<AutoOpen>]
module TransformMomenta =

    let private within name (beta: float) = Transform.within 0.0 1.0 name beta
    let private notNegative name (epsilon: float) = Transform.within 0.0 infinity name epsilon
    let private at name (memory: State) = Tree.get [ name ] memory

    // A transform with named memories of the parameters' shapes.
    let private keeping names update =
        Transform.create
            (fun ps -> Node [ for name in names -> name, Memories.zeros ps ])
            (fun moment ps memory estimate ->
                let struct (gradients, memories) = update moment ps memory estimate.Gradients
                struct ({ estimate with Gradients = gradients }, Node(List.zip names memories)))

    let private accumulate accumulation (old: Tensor) (now: Tensor) =
        match accumulation with
        | Accumulation.One -> old
        | Accumulation.Latest -> now
        | Accumulation.Sum -> old + now
        | Accumulation.Average beta
        | Accumulation.Corrected beta -> beta * old + (1.0 - beta) * now

    let private read accumulation step (kept: Tensor) =
        match accumulation with
        | Accumulation.One -> Tensor.onesLike kept
        | Accumulation.Corrected beta -> Memories.unbias beta step * kept
        | _ -> kept

    /// Transforms that keep moments of the gradients.
    [<RequireQualifiedAccess>]
    module Transform =

        /// The notes' form, by which five optimizers are one: m of the gradients, V of their squares, g ← m/(√V + ε), or m where V
        /// is One. SGD is (Latest, One), SGDM (Average β, One), Adagrad (Latest, Sum), RMSProp (Latest, Average β), Adam
        /// (Corrected β₁, Corrected β₂). The notes multiply by √V, which is a slip of the pen: they mean to divide.
        let moments (first: Accumulation) (second: Accumulation) (epsilon: float) : Transform =
            notNegative (nameof epsilon) epsilon

            for accumulation in [ first; second ] do
                match accumulation with
                | Accumulation.Average beta
                | Accumulation.Corrected beta -> within "beta" beta
                | _ -> ()

            keeping [ "first"; "second" ] (fun moment _ memory gs ->
                let m = Tree.map2 (accumulate first) (at "first" memory) gs
                let v = Tree.map2 (accumulate second) (at "second" memory) (Tree.map Tensor.square gs)

                let direction m v =
                    match second with
                    | Accumulation.One -> read first moment.Step m
                    | _ -> read first moment.Step m / (Tensor.sqrt (read second moment.Step v) + epsilon)

                struct (Tree.map2 direction m v, [ m; v ]))

        /// v ← μ·v + g, g ← g + μ·v: Nesterov's momentum (Sutskever et al. 2013), in PyTorch's form.
        let nesterov (mu: float) : Transform =
            within (nameof mu) mu

            keeping [ "velocity" ] (fun _ _ memory gs ->
                let velocity = Tree.map2 (fun (v: Tensor) g -> mu * v + g) (at "velocity" memory) gs
                struct (Tree.map2 (fun g (v: Tensor) -> g + mu * v) gs velocity, [ velocity ]))

        /// m ← μ·m + (1-μ)·g, g ← m: the notes' momentum. At a rate of r/(1-μ) it is `momentum` at the rate r.
        let averageMomentum (mu: float) : Transform =
            within (nameof mu) mu

            keeping [ "velocity" ] (fun _ _ memory gs ->
                let velocity = Memories.average mu (at "velocity" memory) gs
                struct (velocity, [ velocity ]))

        /// s ← s + g², g ← g/(√s + ε) (Duchi, Hazan and Singer 2011).
        let adagrad (epsilon: float) : Transform =
            notNegative (nameof epsilon) epsilon

            keeping [ "sum" ] (fun _ _ memory gs ->
                let sum = Tree.map2 (fun (s: Tensor) g -> s + Tensor.square g) (at "sum" memory) gs
                struct (Tree.map2 (fun g s -> g / (Tensor.sqrt s + epsilon)) gs sum, [ sum ]))

        // RMSProp by the place of ε: PyTorch's √v + ε, TensorFlow's √(v + ε).
        let private rmsPropWith root decay epsilon : Transform =
            within (nameof decay) decay
            notNegative (nameof epsilon) epsilon

            keeping [ "square" ] (fun _ _ memory gs ->
                let v = Memories.average decay (at "square" memory) (Tree.map Tensor.square gs)
                struct (Tree.map2 (fun (g: Tensor) (v: Tensor) -> g / root v epsilon) gs v, [ v ]))

        /// v ← ρ·v + (1-ρ)·g², g ← g/(√v + ε) (Tieleman and Hinton 2012), the root before ε as in PyTorch.
        let rmsProp (decay: float) (epsilon: float) : Transform =
            rmsPropWith (fun v epsilon -> Tensor.sqrt v + epsilon) decay epsilon

        /// v ← ρ·v + (1-ρ)·g², g ← g/√(v + ε), ε under the root as in TensorFlow.
        let rmsPropInside (decay: float) (epsilon: float) : Transform =
            rmsPropWith (fun v epsilon -> Tensor.sqrt (v + epsilon)) decay epsilon

        /// Adam with the largest v so far in the place of v: u ← max(u, v), g ← m̂/(√û + ε) with û = u/(1-β₂ᵗ), in PyTorch's form
        /// (Reddi, Kale and Kumar 2018, https://arxiv.org/abs/1904.09237).
        let amsgrad (beta1: float) (beta2: float) (epsilon: float) : Transform =
            within (nameof beta1) beta1
            within (nameof beta2) beta2
            notNegative (nameof epsilon) epsilon

            keeping [ "m"; "v"; "largest" ] (fun moment _ memory gs ->
                let m = Memories.average beta1 (at "m" memory) gs
                let v = Memories.average beta2 (at "v" memory) (Tree.map Tensor.square gs)
                let largest = Tree.map2 Tensor.maximum (at "largest" memory) v

                let direction (m: Tensor) (v: Tensor) =
                    Memories.unbias beta1 moment.Step * m
                    / (Tensor.sqrt (Memories.unbias beta2 moment.Step * v) + epsilon)

                struct (Tree.map2 direction m largest, [ m; v; largest ]))

        /// Adam with Nesterov's momentum (Dozat 2016), which grows as μₜ = β₁(1 - ½·0.96^(0.004·t)), in PyTorch's form:
        /// g ← (μₜ₊₁·m/(1 - μ₁⋯μₜ₊₁) + (1-μₜ)·g/(1 - μ₁⋯μₜ))/(√v̂ + ε).
        let nadam (beta1: float) (beta2: float) (epsilon: float) : Transform =
            within (nameof beta1) beta1
            within (nameof beta2) beta2
            notNegative (nameof epsilon) epsilon
            let mu (step: float) = beta1 * (1.0 - 0.5 * 0.96 ** (0.004 * (step + 1.0)))

            let start (ps: Params) =
                Node [ "m", Memories.zeros ps; "v", Memories.zeros ps; "product", Leaf(Tensor.ofDoubles [] [| 1.0 |]) ]

            Transform.create start (fun moment _ memory estimate ->
                let step = float moment.Step
                let now, next = mu step, mu (step + 1.0)
                let m = Memories.average beta1 (at "m" memory) estimate.Gradients
                let v = Memories.average beta2 (at "v" memory) (Tree.map Tensor.square estimate.Gradients)
                let product = now * Tree.leaf [ "product" ] memory
                let kept = Tensor.toFloat product

                let direction (m: Tensor) (v: Tensor) (g: Tensor) =
                    (next / (1.0 - kept * next) * m + (1.0 - now) / (1.0 - kept) * g)
                    / (Tensor.sqrt (Memories.unbias beta2 moment.Step * v) + epsilon)

                struct ({ estimate with Gradients = Tree.map3 direction m v estimate.Gradients },
                        Node [ "m", m; "v", v; "product", Leaf product ]))

        /// Adam that holds v back until its variance can be told (Liu et al. 2020, https://arxiv.org/abs/1908.03265): with
        /// ρ∞ = 2/(1-β₂) - 1 and ρ = ρ∞ - 2t·β₂ᵗ/(1-β₂ᵗ), g ← r·m̂·√(1-β₂ᵗ)/(√v + ε), r² = (ρ-4)(ρ-2)ρ∞/((ρ∞-4)(ρ∞-2)ρ), where
        /// ρ > 5, and g ← m̂ before.
        let radam (beta1: float) (beta2: float) (epsilon: float) : Transform =
            within (nameof beta1) beta1
            within (nameof beta2) beta2
            notNegative (nameof epsilon) epsilon
            let longest = 2.0 / (1.0 - beta2) - 1.0

            keeping [ "m"; "v" ] (fun moment _ memory gs ->
                let m = Memories.average beta1 (at "m" memory) gs
                let v = Memories.average beta2 (at "v" memory) (Tree.map Tensor.square gs)
                let time = float moment.Step + 1.0
                let power = beta2 ** time
                let length = longest - 2.0 * time * power / (1.0 - power)

                let direction (m: Tensor) (v: Tensor) =
                    let unbiased = Memories.unbias beta1 moment.Step * m

                    if length > 5.0 then
                        let certainty =
                            (length - 4.0) * (length - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * length)

                        sqrt (certainty * (1.0 - power)) * unbiased / (Tensor.sqrt v + epsilon)
                    else
                        unbiased

                struct (Tree.map2 direction m v, [ m; v ]))

        /// g ← sign(β₁m + (1-β₁)g), m ← β₂m + (1-β₂)g (Chen et al. 2023, https://arxiv.org/abs/2302.06675).
        let lion (beta1: float) (beta2: float) : Transform =
            within (nameof beta1) beta1
            within (nameof beta2) beta2

            keeping [ "m" ] (fun _ _ memory gs ->
                let old = at "m" memory
                struct (Tree.map Tensor.sign (Memories.average beta1 old gs), [ Memories.average beta2 old gs ]))

        /// g ← g·|p|/|g| for each tensor, or g where one of the two is zero: LAMB's trust ratio (You et al. 2020,
        /// https://arxiv.org/abs/1904.00962).
        let trustRatio: Transform =
            Transform.ofGradients (fun _ ps gs ->
                Tree.map2
                    (fun (param: Param) (g: Tensor) ->
                        let p, u = Length.ofAll [| param.Value |], Length.ofAll [| g |]
                        let whole = Tensor.toFloat p > 0.0 && Tensor.toFloat u > 0.0
                        if whole then p / u * g else g)
                    ps
                    gs)

        /// Adam's second moment in the memory of a row and a column for each matrix, over the last two axes: v ← r·cᵀ/Σr with
        /// averages of β = 1 - t^-0.8, g ← g/√v, shortened to a root mean square of `clip` (Shazeer and Stern 2018,
        /// https://arxiv.org/abs/1804.04235; without relative step sizes).
        let adafactor (clip: float) : Transform =
            if not (clip > 0.0 && clip < infinity) then
                invalidArg (nameof clip) $"clip is a finite number above 0, not {invariant clip}"

            let isMatrix (x: Tensor) = x.Rank >= 2
            let rows (x: Tensor) = if isMatrix x then Tensor.meanOver -1 x else x
            let columns (x: Tensor) = if isMatrix x then Tensor.meanOver -2 x else x

            let start (ps: Params) =
                Node [ "row", Tree.map rows (Memories.zeros ps); "column", Tree.map columns (Memories.zeros ps) ]

            Transform.create start (fun moment _ memory estimate ->
                let beta = 1.0 - (float moment.Step + 1.0) ** -0.8
                let squares = estimate.Gradients |> Tree.map (fun g -> Tensor.square g + 1e-30)
                let r = Memories.average beta (at "row" memory) (Tree.map rows squares)
                let c = Memories.average beta (at "column" memory) (Tree.map columns squares)

                let direction (g: Tensor) (r: Tensor) (c: Tensor) =
                    let v =
                        if isMatrix g then
                            let share = r / Tensor.unsqueeze -1 (Tensor.meanOver -1 r)
                            Tensor.unsqueeze -1 share * Tensor.unsqueeze -2 c
                        else
                            r

                    let u = g / Tensor.sqrt v
                    let size = Tensor.sqrt (Tensor.mean (Tensor.square u))
                    u / Tensor.clampMin 1.0 (size / clip)

                struct ({ estimate with Gradients = Tree.map3 direction estimate.Gradients r c },
                        Node [ "row", r; "column", c ]))
