namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Functions of two numbers whose derivatives libtorch makes of 0·∞ where the first is 0.
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

    [<RequireQualifiedAccess>]
    module Ops =

        /// aᵇ. Where a = 0, derivatives by b are 0.
        let power (a: T) (b: T) : T =
            requireExponents a b

            if requiresGrad b && not (forAll (fun a -> a <> 0.0) a) then
                let atZero a b =
                    use constant = Ops.detach b
                    pow a constant

                use zero = Ops.eqScalar a 0.0
                choose zero pow atZero a b
            else
                pow a b

        /// x·ln y, and 0 where x = 0 unless y is NaN. Where x = 0 and y ≤ 0, derivatives are 0.
        let xlogy (x: T) (y: T) : T =
            let plain x y = binary "xlogy" x y (fun x y -> x.xlogy y)

            if (requiresGrad x || requiresGrad y) && not (forAll (fun y -> not (y <= 0.0)) y) then
                let constant x y =
                    use x = Ops.detach x
                    use y = Ops.detach y
                    plain x y

                use isZero = Ops.eqScalar x 0.0
                use beyond = Ops.leScalar y 0.0
                use mask = Ops.logicalAnd isZero beyond
                choose mask plain constant x y
            else
                plain x y
