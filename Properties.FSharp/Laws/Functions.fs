namespace Functional.FSharp

open Functional
open Functional.FSharp.Comparing

/// Laws of functions of tensors.
[<AutoOpen>]
module LawFunctions =

    /// Laws: functions of the thing under test that say whether it keeps them, with a counterexample where it does not.
    [<RequireQualifiedAccess>]
    module Law =

        let internal gradientsOf law given tolerance order key f x =
            GradCheck.compare order key f x
            |> Seq.map (fun comparison ->
                require
                    (comparison.Error <= tolerance)
                    law
                    (fun () -> $"{given}, order {comparison.Order}")
                    (fun () -> $"the finite difference {comparison.Difference}, within {tolerance}")
                    (fun () -> $"the derivative {comparison.Derivative}"))
            |> Verdict.all

        /// The derivatives of f at x, of orders 1 to `order` along random directions, are the finite differences of the orders
        /// below, within the tolerance (1e-6 suits smooth functions). x is float64 and keeps away from kinks.
        let gradients (tolerance: float) (order: int) (key: Key) (f: Tensor -> Tensor) (x: Tensor) : Verdict =
            Scope.value (fun () -> gradientsOf "derivatives agree with differences" (show x) tolerance order key f x)

        /// f(T x) = T' f(x), within the tolerance: shifting an image shifts its convolution. `before` is T, `after` is T'.
        let equivariance
            (tolerance: float)
            (before: Tensor -> Tensor)
            (after: Tensor -> Tensor)
            (f: Tensor -> Tensor)
            (x: Tensor)
            : Verdict =
            Scope.value (fun () -> close "f(T x) = T' f(x)" tolerance $"x = {show x}" (after (f x)) (f (before x)))

        /// f(T x) = f(x), within the tolerance: a sum does not see the order of its terms.
        let invariance (tolerance: float) (transform: Tensor -> Tensor) (f: Tensor -> Tensor) (x: Tensor) : Verdict =
            Scope.value (fun () -> close "f(T x) = f(x)" tolerance $"x = {show x}" (f x) (f (transform x)))
