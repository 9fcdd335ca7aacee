namespace Functional.FSharp

open Functional

/// Rules that store patterns.
[<AutoOpen>]
module HopfieldStorage =

    // Weights [n; n] without their diagonal and the last bits of asymmetry.
    let private paired (w: Tensor) : Tensor =
        let n = w.Shape[0]
        let others = 1.0 - Tensor.move w.Device (Tensor.eyeOf w.Dtype n n)
        0.5 * (w + Tensor.transpose 0 1 w) * others

    // What Hebb's rule makes of patterns [p; n], with the diagonal.
    let private products (patterns: Tensor) : Tensor =
        Tensor.matmul (Tensor.transpose 0 1 patterns) patterns / float patterns.Shape[1]

    // A bipolar network without thresholds.
    let private network (weights: unit -> Tensor) : HopfieldNetwork =
        let weights = Scope.tensor (fun () -> paired (weights ()))

        let thresholds = Tensor.move weights.Device (Tensor.zerosOf weights.Dtype [ weights.Shape[0] ])
        Hopfield.create HopfieldUnits.Bipolar weights thresholds

    /// Hopfield networks.
    [<RequireQualifiedAccess>]
    module Hopfield =

        /// Hebb's rule: W = 1/n·Σ_s ξ_s·ξ_sᵀ without its diagonal, thresholds 0, from patterns [p; n] of -1 and 1 (2x - 1 for
        /// patterns of 0 and 1). Retrieves up to about 0.138·n random patterns (Amit, Gutfreund and Sompolinsky 1985,
        /// https://doi.org/10.1103/PhysRevLett.55.1530).
        let hebb (patterns: Tensor) : HopfieldNetwork =
            let patterns = Hopfield.requirePatterns "hebb" patterns

            network (fun () -> products patterns)

        /// Hebb's rule as a learning rule: parameters "weight" [units; units], which are 0 at first; the gradient is minus what
        /// `hebb` stores of the batch, -1/units·Σ_s ξ_s·ξ_sᵀ without its diagonal, and the loss the mean energy of the batch
        /// before the step. So `Optimizer.sgd` at rate 1 stores what `hebb` does, all at once or batch after batch, and the decay
        /// of weights forgets. Batches are patterns [p; units] of -1 and 1.
        let hebbian (units: int) : Rule<Tensor> =
            if units < 1 then
                invalidArg (nameof units) $"hebbian: a network has at least one unit, not {units}"

            Rule.create
                (fun _ ->
                    let start = { Role = Role.Weight; Value = Tensor.zeros [ units; units ] }
                    struct (Node [ "weight", Leaf start ], Tree.empty))
                (fun _ ps state patterns ->
                    let w = Tensor.stopGradient (Tree.leaf [ "weight" ] ps).Value
                    let x = Hopfield.requirePatterns "hebbian" patterns |> Tensor.cast w.Dtype

                    if x.Shape[1] <> units then
                        invalidArg
                            (nameof patterns)
                            $"hebbian: expected patterns [p; {units}] of {units} units, but was given {patterns}"

                    {
                        Loss = -0.5 * Tensor.mean (Tensor.sumOver 1 (x * Tensor.matmul x w))
                        Gradients = Node [ "weight", Leaf -(paired (products x)) ]
                        State = state
                    })

        /// The network whose weights are the parameters of a run of `hebbian`, thresholds 0.
        let learned (ps: Params) : HopfieldNetwork =
            let w = (Tree.leaf [ "weight" ] ps).Value

            if w.Rank <> 2 || w.Shape[0] <> w.Shape[1] then
                invalidArg (nameof ps) $"learned: expected weights [units; units], but was given {w}"

            network (fun () -> w)

        /// The projection rule: W = Ξ⁺Ξ, which projects onto the patterns [p; n] of -1 and 1, without its diagonal; thresholds
        /// 0. Fewer than n independent patterns are all stable, however alike they are (Personnaz, Guyon and Dreyfus 1985,
        /// https://doi.org/10.1051/jphyslet:01985004608035900).
        let pseudoInverse (patterns: Tensor) : HopfieldNetwork =
            let patterns = Hopfield.requirePatterns "pseudoInverse" patterns

            network (fun () ->
                let exact = Tensor.cast Dtype.Float64 patterns
                Tensor.matmul (Tensor.pinv exact) exact |> Tensor.cast patterns.Dtype)

        /// Storkey's rule, pattern after pattern: w_ij grows by (ξ_i·ξ_j - ξ_i·h_ji - h_ij·ξ_j)/n with h_ij = Σ w_ik·ξ_k over k
        /// other than i and j; no diagonal, thresholds 0. Patterns [p; n] of -1 and 1; it is local and takes patterns one by
        /// one, and holds more than Hebb's rule (Storkey 1997, https://doi.org/10.1007/BFb0020196).
        let storkey (patterns: Tensor) : HopfieldNetwork =
            let patterns = Hopfield.requirePatterns "storkey" patterns
            let n = patterns.Shape[1]

            network (fun () ->
                let others = 1.0 - Tensor.move patterns.Device (Tensor.eyeOf patterns.Dtype n n)

                // With w symmetric and ξ² = 1: ξ_i·h_ji = ξ_i·(Wξ)_j - w_ij off the diagonal.
                let store (w: Tensor) (s: int) =
                    Scope.tensor (fun () ->
                        let xi = Tensor.reshape [ n ] (Tensor.slice 0 s (s + 1) patterns)
                        let crosstalk = Tensor.outer xi (Tensor.matmul w xi)
                        let learned = Tensor.outer xi xi - crosstalk - Tensor.transpose 0 1 crosstalk + 2.0 * w
                        w + others * learned / float n)

                Seq.fold store (Tensor.zerosLike others) (seq { 0 .. patterns.Shape[0] - 1 }))
