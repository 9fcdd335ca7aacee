namespace Functional

/// A derivative beside the finite difference of the derivative one order below.
type GradComparison =
    {
        /// The order of the derivative.
        Order: int
        /// The derivative, as differentiation gives it.
        Derivative: float
        /// The finite difference.
        Difference: float
    }

    /// How far they are apart, relative to the larger of 1 and the difference.
    member comparison.Error = abs (comparison.Derivative - comparison.Difference) / max 1.0 (abs comparison.Difference)

namespace Functional.FSharp

open Functional

/// Checks derivatives, to any order, against finite differences: for functions and for rules of one's own.
[<RequireQualifiedAccess>]
module GradCheck =

    let private direction (x: Tensor) key = Random.normalOf Dtype.Float64 x.Shape key

    // Each order costs several times as much as the one below.
    let private most = 16

    // Σ w·f(x), with fixed weights: one number of any result.
    let private contract (f: Tensor -> Tensor) key x =
        let y = f x
        Tensor.sum (direction y key * y)

    // The derivative of this order along directions of its own, a single number.
    let rec private along order f key x =
        if order = 0 then
            contract f (Key.child 0 key) x
        else
            Differentiation.gradv (along (order - 1) f key) x (direction x (Key.child order key))

    /// The derivatives of orders 1 to `highest` at x along random directions, each beside the finite difference of the one
    /// below. x is float64: differences of smaller numbers are too coarse to judge by.
    let compare (highest: int) (key: Key) (f: Tensor -> Tensor) (x: Tensor) : GradComparison list =
        if x.Dtype <> Dtype.Float64 then
            invalidArg (nameof x) $"GradCheck needs float64, but was given {x}: cast it"

        if highest < 1 || highest > most then
            invalidArg (nameof highest) $"GradCheck needs an order from 1 to {most}, but was given {highest}"

        let number f x = Scope.value (fun () -> Tensor.toFloat (f x))

        [
            for order in 1..highest do
                let v = direction x (Key.child order key)

                {
                    Order = order
                    Derivative = number (along order f key) x
                    Difference = number (fun x -> Differentiation.numgradv (along (order - 1) f key) x v) x
                }
        ]

    /// Whether all derivatives of orders 1 to `highest` are within the tolerance of their differences; 1e-6 suits smooth functions.
    let passes (tolerance: float) (highest: int) (key: Key) (f: Tensor -> Tensor) (x: Tensor) : bool =
        compare highest key f x |> List.forall (fun comparison -> comparison.Error <= tolerance)
