namespace Functional.FSharp

open Functional

/// Transforms that limit, penalise or disturb gradients.
[<AutoOpen>]
module TransformLimits =

    let private positive name (value: float) =
        if not (value > 0.0 && value < infinity) then
            invalidArg name $"{name} is a finite number above 0, not {invariant value}"

    // A limit beside gradients.
    let private like (g: Tensor) (limit: float) = Tensor.move g.Device (Tensor.fullOf g.Dtype [] limit)

    /// Transforms that limit, penalise or disturb gradients.
    [<RequireQualifiedAccess>]
    module Transform =

        /// Each element of g between -limit and limit.
        let clipByValue (limit: float) : Transform =
            positive (nameof limit) limit

            Transform.ofGradients (fun _ _ gs -> gs |> Tree.map (Tensor.clamp -limit limit))

        /// Each tensor of g no longer than the limit.
        let clipByNorm (limit: float) : Transform =
            positive (nameof limit) limit

            Transform.ofGradients (fun _ _ gs -> gs |> Tree.map (fun g -> Length.shorten (like g limit) [| g |] g))

        /// All of g together no longer than the limit: all tensors are shortened alike (Pascanu, Mikolov and Bengio 2013).
        let clipByGlobalNorm (limit: float) : Transform =
            positive (nameof limit) limit

            Transform.ofGradients (fun _ _ gs ->
                match Tree.values gs with
                | [||] -> gs
                | all -> gs |> Tree.map (Length.shorten (like all[0] limit) all))

        /// Each tensor of g no longer than limit·max(|p|, 10⁻³) (adaptive clipping, Brock et al. 2021, https://arxiv.org/abs/2102.06171,
        /// by tensors instead of units).
        let clipAdaptive (limit: float) : Transform =
            positive (nameof limit) limit

            Transform.ofGradients (fun _ ps gs ->
                Tree.map2
                    (fun (param: Param) g ->
                        let longest = limit * Tensor.clampMin 1e-3 (Length.ofAll [| param.Value |])
                        Length.shorten longest [| g |] g)
                    ps
                    gs)

        /// g ← g + rate·sign(p) for weights only: the penalty rate·|p|₁.
        let l1 (rate: float) : Transform =
            Transform.within 0.0 infinity (nameof rate) rate

            Transform.ofGradients (fun _ ps gs ->
                Tree.map2
                    (fun (param: Param) g ->
                        if param.Role = Role.Weight then g + rate * Tensor.sign param.Value else g)
                    ps
                    gs)

        /// Last in a chain: weights shrink towards 0 by the threshold after the update, and stay at 0 once there (soft
        /// thresholding, the proximal step of threshold·|p|₁). The threshold is the learning rate times the penalty's.
        let proximalL1 (threshold: Schedule) : Transform =
            let threshold = Transform.notNegative (nameof threshold) threshold

            Transform.ofGradients (fun moment ps gs ->
                Tree.map2
                    (fun (param: Param) update ->
                        if param.Role = Role.Weight then
                            let target = param.Value + update
                            let left = Tensor.relu (Tensor.abs target - threshold moment.Step)
                            Tensor.sign target * left - param.Value
                        else
                            update)
                    ps
                    gs)

        /// g ← g + σ(step)·n with n normal, from the step's key (Neelakantan et al. 2015, https://arxiv.org/abs/1511.06807).
        let addNoise (deviation: Schedule) : Transform =
            let deviation = Transform.notNegative (nameof deviation) deviation

            Transform.ofGradients (fun moment _ gs ->
                let leaves = Tree.values gs

                let noisy =
                    leaves
                    |> Array.mapi (fun i g ->
                        let drawn = if g.Dtype = Dtype.Float64 then Dtype.Float64 else Dtype.Float32
                        let noise = Random.normalOf drawn g.Shape (Key.child i moment.Key) |> Tensor.cast g.Dtype
                        g + deviation moment.Step * noise)

                Tree.refill noisy gs)

        /// The parameters that `frozen` wants, by path, stand still; the inner transform sees the others alone.
        let freeze (frozen: string -> Param -> bool) (inner: Transform) : Transform =
            Transform.only (fun path param -> not (frozen path param)) inner
