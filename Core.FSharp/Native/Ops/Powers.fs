namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Functions whose derivatives libtorch makes of 0·∞, at zero or far from it.
[<AutoOpen>]
module internal PowerOps =

    type private T = torch.Tensor

    let private pow (a: T) (b: T) = binary "power" a b (fun a b -> a.pow b)

    let private requireExponents (a: T) (b: T) =
        if not (isFloating a) && not (isFloating b) && not (forAll (fun b -> b >= 0.0) b) then
            raise (
                ArgumentException
                    $"power cannot be applied to {describe a} and {describe b}: whole numbers take no negative exponents; cast one of both first, as with Tensor.cast Dtype.Float32"
            )

    // Asked before masks are made, whose refusals would name another function.
    let private requireFitting name (a: T) (b: T) =
        let fits (m: int64) (n: int64) = m = n || m = 1L || n = 1L

        if not (Seq.forall2 fits (Array.rev a.shape) (Array.rev b.shape)) then
            raise (
                ArgumentException
                    $"{name} cannot be applied to {describe a} and {describe b}: their axes, from the last on, must be equal or 1"
            )

    // f of a and b where the mask fails and g of them where it holds: each sees ones in the other's places, so that neither gives
    // the other NaN.
    let private choose (mask: T) (f: T -> T -> T) (g: T -> T -> T) (a: T) (b: T) : T =
        use ones = Ops.onesLike a
        use others = Ops.onesLike b
        use a0 = Ops.where mask ones a
        use b0 = Ops.where mask others b
        use a1 = Ops.where mask a ones
        use b1 = Ops.where mask b others
        use left = f a0 b0
        use right = g a1 b1
        Ops.where mask right left

    // An area function, whose derivative has x² in it, and far from zero ±ln 2|x|, which it is there to all digits.
    let private area name (odd: bool) (f: T -> T) (a: T) : T =
        let plain a = unary name a f

        let byLogarithm (size: T) (far: T) =
            use ones = Ops.onesLike a
            use near = Ops.where far ones a
            use beyond = Ops.where far size ones
            use logarithm = Ops.log beyond
            use logarithm = Ops.addScalar logarithm (Math.Log 2.0)
            use sign = Ops.sign a
            use logarithm = Ops.mul sign logarithm
            use nearby = plain near
            Ops.where far logarithm nearby

        if not (requiresGrad a) then
            plain a
        else
            use size = if odd then Ops.abs a else a.alias ()
            use far = Ops.gtScalar size 1e9
            if exists far then byLogarithm size far else plain a

    [<RequireQualifiedAccess>]
    module Ops =

        let asinh a = area "asinh" true _.asinh() a
        let acosh a = area "acosh" false _.acosh() a

        /// aᵇ. Where a = 0, derivatives by b are 0.
        let power (a: T) (b: T) : T =
            requireExponents a b

            let atZero a b =
                use constant = Ops.detach b
                pow a constant

            if not (requiresGrad b) then
                pow a b
            else
                requireFitting "power" a b
                use zero = Ops.eqScalar a 0.0
                if exists zero then choose zero pow atZero a b else pow a b

        /// x·ln y, and 0 where x = 0 unless y is NaN. Where x = 0 and y ≤ 0, derivatives are 0.
        let xlogy (x: T) (y: T) : T =
            let plain x y = binary "xlogy" x y (fun x y -> x.xlogy y)

            let constant x y =
                use x = Ops.detach x
                use y = Ops.detach y
                plain x y

            if not (requiresGrad x || requiresGrad y) then
                plain x y
            else
                requireFitting "xlogy" x y
                use beyond = Ops.leScalar y 0.0

                if exists beyond then
                    use isZero = Ops.eqScalar x 0.0
                    use mask = Ops.logicalAnd isZero beyond
                    choose mask plain constant x y
                else
                    plain x y
