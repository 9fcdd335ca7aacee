namespace Functional.FSharp

open Functional

/// Rules that ask a rule more than once for each step.
[<AutoOpen>]
module RuleSearch =

    // In float64, in which no product of float32 numbers overflows.
    let private dot (a: Gradients) (b: Gradients) =
        let wide = Tensor.cast Dtype.Float64
        Tree.map2 (fun x y -> Tensor.toFloat (Tensor.sum (wide x * wide y))) a b |> Tree.values |> Array.sum

    let private plus (share: float) (a: Gradients) (b: Gradients) : Gradients = Tree.map2 (fun x y -> x + share * y) a b
    let private times (share: float) (a: Gradients) : Gradients = a |> Tree.map (fun x -> share * x)

    let private kept (estimate: Estimate) : Tensor seq =
        Array.concat [ [| estimate.Loss |]; Tree.values estimate.Gradients; Tree.values estimate.State ]

    // The two-loop recursion (Nocedal 1980): the inverse Hessian, as pairs of steps and changes of the gradient tell it, times g.
    let private direction (pairs: (Gradients * Gradients) list) (g: Gradients) : Gradients =
        let back, q =
            pairs
            |> List.mapFold
                (fun q (s, y) ->
                    let share = dot s q / dot s y
                    (s, y, share), plus -share q y)
                g

        let scaled =
            match pairs with
            | (s, y) :: _ -> times (dot s y / dot y y) q
            | [] -> q

        (scaled, List.rev back) ||> List.fold (fun r (s, y, share) -> plus (share - dot y r / dot s y) r s)

    /// Rules that ask a rule more than once for each step.
    [<RequireQualifiedAccess>]
    module Rule =

        /// The gradients at p + radius·g/|g|, where the loss is worst nearby: sharpness-aware minimisation (Foret et al. 2021,
        /// https://arxiv.org/abs/2010.01412). Loss and state are those at p.
        let sharpnessAware (radius: float) (rule: Rule<'batch>) : Rule<'batch> =
            if not (radius > 0.0 && radius < infinity) then
                invalidArg
                    (nameof radius)
                    $"sharpnessAware: the radius is a finite number above 0, not {invariant radius}"

            let estimate moment ps state batch =
                let here = Rule.estimate rule moment ps state batch
                let length = Length.toFloat (Tree.values here.Gradients)

                if length = 0.0 then
                    here
                else
                    let worst = Params.move (times radius (times (1.0 / length) here.Gradients)) ps

                    { here with
                        Gradients = (Rule.estimate rule moment worst state batch).Gradients
                    }

            { rule with Estimate = estimate }

        /// Gradients whose full step, `Transform.scale -1.0`, goes where so many iterations of L-BFGS on the batch end: the
        /// inverse Hessian told by the last `history` steps, each step along it halved until the loss falls enough (Armijo).
        /// For full batches; the rule's own loss must be the function whose gradients it gives.
        let lbfgs (iterations: int) (history: int) (rule: Rule<'batch>) : Rule<'batch> =
            if iterations < 1 then
                invalidArg (nameof iterations) $"lbfgs: there is at least one iteration, not {iterations}"

            if history < 1 then
                invalidArg (nameof history) $"lbfgs: the history is at least 1 step, not {history}"

            let estimate moment ps state batch =
                let evaluate ps = Scope.run kept (fun () -> Rule.estimate rule moment ps state batch)
                let first = evaluate ps

                // Halves the step until the loss falls by a ten-thousandth of what the slope promises.
                let rec search ps (here: Estimate) d slope share =
                    let there = Params.move (times -share d) ps
                    let found = evaluate there

                    if Tensor.toFloat found.Loss <= Tensor.toFloat here.Loss - 1e-4 * share * slope then
                        Some(there, found)
                    elif share < 1e-10 then
                        None
                    else
                        search ps here d slope (share / 2.0)

                let rec iterate left ps (here: Estimate) pairs =
                    let g = here.Gradients

                    if left = 0 || dot g g = 0.0 then
                        ps
                    else
                        let d = direction pairs g
                        // Where the memory points uphill it is forgotten.
                        let d, pairs = if dot d g > 0.0 then d, pairs else g, []
                        // Without memory the first step is no longer than 1.
                        let share = if pairs.IsEmpty then min 1.0 (1.0 / sqrt (dot g g)) else 1.0

                        match search ps here d (dot d g) share with
                        | None -> ps
                        | Some(there, found) ->
                            let s = Tree.map2 (fun (a: Param) (b: Param) -> a.Value - b.Value) there ps
                            let y = plus -1.0 found.Gradients g
                            let pairs = if dot s y > 1e-10 * dot y y then (s, y) :: pairs else pairs
                            iterate (left - 1) there found (List.truncate history pairs)

                let last = iterate iterations ps first []

                { first with
                    Gradients = Tree.map2 (fun (a: Param) (b: Param) -> a.Value - b.Value) ps last
                }

            { rule with Estimate = estimate }
