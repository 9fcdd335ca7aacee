namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Wrapping

/// Functions of each element; they keep the shape, and make float32 of whole numbers where the result is none.
[<AutoOpen>]
module TensorElementwise =

    /// Functions of each element; they keep the shape, and make float32 of whole numbers where the result is none.
    [<RequireQualifiedAccess>]
    module Tensor =

        /// eˣ
        let exp (x: Tensor) = lift Ops.exp x
        /// 2ˣ
        let exp2 (x: Tensor) = lift Ops.exp2 x
        /// eˣ - 1, exact for small x.
        let expm1 (x: Tensor) = lift Ops.expm1 x
        /// ln x
        let log (x: Tensor) = lift Ops.log x
        /// log₂ x
        let log2 (x: Tensor) = lift Ops.log2 x
        /// log₁₀ x
        let log10 (x: Tensor) = lift Ops.log10 x
        /// ln(1 + x), exact for small x.
        let log1p (x: Tensor) = lift Ops.log1p x
        /// √x; its derivative at 0 is infinite.
        let sqrt (x: Tensor) = lift Ops.sqrt x
        /// 1/√x
        let rsqrt (x: Tensor) = lift Ops.rsqrt x
        /// 1/x
        let reciprocal (x: Tensor) = lift Ops.reciprocal x
        /// |x|; its derivative at 0 is taken as 0.
        let abs (x: Tensor) = lift Ops.abs x
        /// -1, 0 or 1; of NaN 0. Its derivative is 0.
        let sign (x: Tensor) = lift Ops.sign x
        /// x²
        let square (x: Tensor) = lift Ops.square x
        /// xᵖ for a number p.
        let pow (p: float) (x: Tensor) = Tensor.Of(Ops.powScalar x.Raw p)
        /// numberˣ
        let powOf (number: float) (x: Tensor) = under "pow" (fun () -> Tensor.Pow(number, x))
        /// aᵇ of each pair of elements; shapes broadcast. Derivatives by b are taken as 0 where a = 0, and are NaN where a < 0. Whole
        /// numbers take no negative exponents.
        let power (a: Tensor) (b: Tensor) = lift2 Ops.power a b
        /// a - b·⌊a/b⌋ of each pair of elements, which has the sign of b, as NumPy's and PyTorch's; shapes broadcast.
        let remainder (a: Tensor) (b: Tensor) = lift2 Ops.remainder a b
        /// ⌊a/b⌋ of each pair of elements; shapes broadcast. Its derivative is 0.
        let floorDivide (a: Tensor) (b: Tensor) = lift2 Ops.floorDivide a b
        /// ⌊x⌋, the largest whole number not above x. Its derivative is 0.
        let floor (x: Tensor) = lift Ops.floor x
        /// ⌈x⌉, the smallest whole number not below x. Its derivative is 0.
        let ceil (x: Tensor) = lift Ops.ceil x
        /// The nearest whole number, of two equally near ones the even one: 2.5 gives 2. Its derivative is 0.
        let round (x: Tensor) = lift Ops.round x
        /// The whole part of x, towards 0. Its derivative is 0.
        let trunc (x: Tensor) = lift Ops.trunc x
        /// x without its whole part, with the sign of x.
        let frac (x: Tensor) = lift Ops.frac x

        /// min(max(x, low), high); the derivative is 1 from low to high, both included, and 0 outside. Whole numbers stay whole where
        /// the bounds are whole or infinite.
        let clamp (low: float) (high: float) (x: Tensor) =
            if not (low <= high) then
                invalidArg (nameof low) $"clamp: low is {invariant low}, which is not at most high, {invariant high}"

            Tensor.Of(Ops.clamp x.Raw low high)

        /// max(x, low)
        let clampMin (low: float) (x: Tensor) = Tensor.Of(Ops.clampMin x.Raw low)
        /// min(x, high)
        let clampMax (high: float) (x: Tensor) = Tensor.Of(Ops.clampMax x.Raw high)
        /// x with 0 for NaN, and the largest and smallest finite numbers of its dtype for the infinities.
        let nanToNum (x: Tensor) = lift Ops.nanToNum x
        /// The larger of each pair of elements; shapes broadcast. Equal ones share the derivative.
        let maximum (a: Tensor) (b: Tensor) = lift2 Ops.maximum a b
        /// The smaller of each pair of elements; shapes broadcast. Equal ones share the derivative.
        let minimum (a: Tensor) (b: Tensor) = lift2 Ops.minimum a b

        /// a + weight·(b - a): a at weight 0, b at weight 1, exactly; shapes broadcast.
        let lerp (weight: float) (a: Tensor) (b: Tensor) =
            under "lerp" (fun () ->
                // The nearer end is the one to start from.
                if Math.Abs weight < 0.5 then
                    a + weight * (b - a)
                else
                    b - (1.0 - weight) * (b - a))
