namespace Functional.FSharp

open Functional

/// Transforms around transforms.
[<AutoOpen>]
module TransformWrappers =

    let private copies (ps: Params) = ps |> Tree.map (fun param -> param.Value * 1.0)
    let private still (estimate: Estimate) = { estimate with Gradients = Tree.map Tensor.zerosLike estimate.Gradients }

    let private positive name (steps: int) =
        if steps < 1 then
            invalidArg name $"{name} is a number of steps of at least 1, not {steps}"

    /// Transforms around transforms.
    [<RequireQualifiedAccess>]
    module Transform =

        /// The inner transform sees the mean of so many gradients, and moves once in so many steps: large batches in small ones.
        let accumulate (steps: int) (inner: Transform) : Transform =
            positive (nameof steps) steps

            let start (ps: Params) = Node [ "inner", Transform.init inner ps; "sum", Memories.zeros ps ]

            Transform.around start (fun moment ps before memory estimate ->
                let sum = Tree.map2 (fun (s: Tensor) g -> s + g) (Tree.get [ "sum" ] memory) estimate.Gradients

                if moment.Step % steps = steps - 1 then
                    let mean = sum |> Tree.map (fun s -> s / float steps)
                    let own = { moment with Step = moment.Step / steps }

                    let struct (result, after) =
                        inner.Update own ps before (Tree.get [ "inner" ] memory) { estimate with Gradients = mean }

                    struct (result, Node [ "inner", after; "sum", Tree.map Tensor.zerosLike sum ])
                else
                    struct (still estimate, Node [ "inner", Tree.get [ "inner" ] memory; "sum", sum ]))

        // Keeps an average of the parameters after the inner transform's update, by its weight at each step.
        let private averaging weight (inner: Transform) : Transform =
            Transform.around
                (fun ps -> Node [ "inner", Transform.init inner ps; "average", copies ps ])
                (fun moment ps before memory estimate ->
                    let struct (result, after) = inner.Update moment ps before (Tree.get [ "inner" ] memory) estimate

                    let share: float = weight moment.Step

                    let average =
                        Tree.map3
                            (fun (old: Tensor) (param: Param) update -> old + share * (param.Value + update - old))
                            (Tree.get [ "average" ] memory)
                            ps
                            result.Gradients

                    struct (result, Node [ "inner", after; "average", average ]))

        /// Keeps the moving average a ← β·a + (1-β)·p of the parameters beside them; `averaged` reads it.
        let average (beta: float) (inner: Transform) : Transform =
            Transform.within 0.0 1.0 (nameof beta) beta
            averaging (fun _ -> 1.0 - beta) inner

        /// Keeps the mean of the parameters from step `from` on beside them (stochastic weight averaging, Izmailov et al. 2018,
        /// https://arxiv.org/abs/1803.05407); `averaged` reads it.
        let averageFrom (from: int) (inner: Transform) : Transform =
            if from < 0 then
                invalidArg (nameof from) $"from is a step, at least 0, not {from}"

            averaging (fun step -> if step < from then 1.0 else 1.0 / (float (step - from) + 1.0)) inner

        /// The parameters with the average that `average` or `averageFrom`, outermost, keeps in its memory.
        let averaged (memory: State) (ps: Params) : Params =
            match Tree.tryGet [ "average" ] memory with
            | Some average -> Tree.map2 (fun (param: Param) value -> { param with Value = value }) ps average
            | None ->
                invalidArg
                    (nameof memory)
                    "there is no average in this memory: `average` or `averageFrom` must be outermost"

        /// Every so many steps the parameters go back to slow ones, which have moved by the part α of the way there
        /// (Zhang et al. 2019, https://arxiv.org/abs/1907.08610).
        let lookahead (steps: int) (alpha: float) (inner: Transform) : Transform =
            positive (nameof steps) steps

            if not (alpha > 0.0 && alpha <= 1.0) then
                invalidArg (nameof alpha) $"alpha is above 0 and at most 1, not {invariant alpha}"

            Transform.around
                (fun ps -> Node [ "inner", Transform.init inner ps; "slow", copies ps ])
                (fun moment ps before memory estimate ->
                    let struct (result, after) = inner.Update moment ps before (Tree.get [ "inner" ] memory) estimate

                    let slow = Tree.get [ "slow" ] memory

                    if moment.Step % steps = steps - 1 then
                        let moved =
                            Tree.map3
                                (fun (slow: Tensor) (param: Param) update ->
                                    slow + alpha * (param.Value + update - slow))
                                slow
                                ps
                                result.Gradients

                        let back = Tree.map2 (fun (slow: Tensor) (param: Param) -> slow - param.Value) moved ps
                        struct ({ result with Gradients = back }, Node [ "inner", after; "slow", moved ])
                    else
                        struct (result, Node [ "inner", after; "slow", slow ]))

        /// Where the loss, a gradient or the rule's new state is NaN or infinite all stands still: the parameters, the inner
        /// transform's memory, and the state, which stays as it was before the step.
        let skipNonFinite (inner: Transform) : Transform =
            Transform.around (Transform.init inner) (fun moment ps before memory estimate ->
                let finite tree = Tree.values tree |> Array.forall Rule.isFinite

                if Rule.isFinite estimate.Loss && finite estimate.Gradients && finite estimate.State then
                    inner.Update moment ps before memory estimate
                else
                    struct ({ still estimate with State = before }, memory))

        /// The inner transform's update times a factor that starts at 1 and is multiplied by `factor` whenever the loss has not
        /// fallen below best - least·|best| for `patience` steps: the plateau schedule.
        let plateau (factor: float) (patience: int) (least: float) (inner: Transform) : Transform =
            positive (nameof patience) patience

            if not (factor > 0.0 && factor < 1.0) then
                invalidArg (nameof factor) $"plateau: the factor is above 0 and below 1, not {invariant factor}"

            Transform.within 0.0 1.0 (nameof least) least

            let number (value: float) = Leaf(Tensor.ofDoubles [] [| value |])

            let start ps =
                Node
                    [
                        "inner", Transform.init inner ps
                        "best", number infinity
                        "waited", number 0.0
                        "factor", number 1.0
                    ]

            Transform.around start (fun moment ps before memory estimate ->
                let read name = Tensor.toFloat (Tree.leaf [ name ] memory)
                let struct (result, after) = inner.Update moment ps before (Tree.get [ "inner" ] memory) estimate
                let loss = Tensor.toFloat estimate.Loss
                let best = read "best"
                let better = loss < infinity && (best = infinity || loss < best - least * abs best)
                let waited = if better then 0.0 else read "waited" + 1.0
                let due = waited >= float patience
                let share = if due then read "factor" * factor else read "factor"

                let memory =
                    Node
                        [
                            "inner", after
                            "best", number (if better then loss else best)
                            "waited", number (if due then 0.0 else waited)
                            "factor", number share
                        ]

                struct ({ result with Gradients = result.Gradients |> Tree.map (fun g -> share * g) }, memory))
