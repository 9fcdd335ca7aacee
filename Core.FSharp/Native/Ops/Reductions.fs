namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Reductions, and functions along one axis.
[<AutoOpen>]
module internal ReductionOps =

    type private T = torch.Tensor

    [<RequireQualifiedAccess>]
    module Ops =

        let sum a = unary "sum" a _.sum()
        let sumOver (axes: int64[]) keep a = unary "sum" a (fun a -> a.sum (axes, keep))

        let mean a =
            requireFloating "mean" a
            unary "mean" a _.mean()

        let meanOver (axes: int64[]) keep a =
            requireFloating "mean" a
            unary "mean" a (fun a -> a.mean (axes, keep))

        let varOver (axes: int64[]) (unbiased: bool) keep a =
            requireFloating "var" a
            unary "var" a (fun a -> a.var (axes, unbiased, keep))

        let prod a = unary "prod" a _.prod()
        let prodOver (axis: int64) keep a = unary "prod" a (fun a -> a.prod (axis, keep))
        let max a = unary "max" a _.max()
        let min a = unary "min" a _.min()
        let maxOver (axis: int64) keep a = unary "max" a (fun a -> a.amax ([| axis |], keep))
        let minOver (axis: int64) keep a = unary "min" a (fun a -> a.amin ([| axis |], keep))
        let maxWithIndex (axis: int64) keep a = unary "maxWithIndex" a (fun a -> a.max (axis, keep))
        let minWithIndex (axis: int64) keep a = unary "minWithIndex" a (fun a -> a.min (axis, keep))
        let argmax a = unary "argmax" a _.argmax()
        let argmin a = unary "argmin" a _.argmin()
        let argmaxOver (axis: int64) keep a = unary "argmax" a (fun a -> a.argmax (axis, keep))
        let argminOver (axis: int64) keep a = unary "argmin" a (fun a -> a.argmin (axis, keep))

        // Of uint8, libtorch's `any` and `all` are uint8; of truth values, truth values.
        let private truths name a = unary name a (fun a -> a.to_type torch.ScalarType.Bool)

        let any a =
            use truths = truths "any" a
            unary "any" truths _.any()

        let all a =
            use truths = truths "all" a
            unary "all" truths _.all()

        let anyOver (axis: int64) keep a =
            use truths = truths "any" a
            unary "any" truths (fun a -> a.any (axis, keep))

        let allOver (axis: int64) keep a =
            use truths = truths "all" a
            unary "all" truths (fun a -> a.all (axis, keep))

        let countNonzero a =
            use truths = truths "countNonzero" a
            unary "countNonzero" truths _.sum()

        let countNonzeroOver (axis: int64) keep a =
            use truths = truths "countNonzero" a
            unary "countNonzero" truths (fun a -> a.sum ([| axis |], keep))

        // Where the result is infinite, libtorch's derivative is NaN: of ∞ the infinite elements share it, as those of a maximum do, and
        // of -∞ it is 0.
        let logsumexp (axis: int64) keep a =
            let plain a = unary "logsumexp" a (fun a -> a.logsumexp (axis, keep))
            let y = plain a

            if not (requiresGrad a) || a.numel () = 0L || forAll (fun y -> not (Double.IsInfinity y)) y then
                y
            else
                use y = y
                use isInfinite = Ops.isinf y
                use row = if keep then isInfinite.alias () else isInfinite.unsqueeze axis
                use zeros = Ops.zerosLike a
                use finite = Ops.where row zeros a
                use constant = Ops.detach y
                use isUp = Ops.gtScalar constant 0.0
                use finite = plain finite
                use largest = maxOver axis keep a
                use infinite = Ops.where isUp largest constant
                Ops.where isInfinite infinite finite

        let softmax (axis: int64) a =
            requireFloating "softmax" a
            unary "softmax" a (fun a -> a.softmax axis)

        let logsoftmax (axis: int64) a =
            requireFloating "logsoftmax" a
            unary "logsoftmax" a (fun a -> a.log_softmax axis)

        let cumsum (axis: int64) a = unary "cumsum" a (fun a -> a.cumsum axis)
        let cumprod (axis: int64) a = unary "cumprod" a (fun a -> a.cumprod axis)
