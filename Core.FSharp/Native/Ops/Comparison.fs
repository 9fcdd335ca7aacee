namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Comparisons, logic and choices.
[<AutoOpen>]
module internal ComparisonOps =

    type private T = torch.Tensor

    [<RequireQualifiedAccess>]
    module Ops =

        let eq a b = binary "eq" a b (fun a b -> a.eq b)
        let ne a b = binary "ne" a b (fun a b -> a.ne b)
        let lt a b = binary "lt" a b (fun a b -> a.lt b)
        let le a b = binary "le" a b (fun a b -> a.le b)
        let gt a b = binary "gt" a b (fun a b -> a.gt b)
        let ge a b = binary "ge" a b (fun a b -> a.ge b)

        // Beside whole numbers a fraction would be compared in float32, where 2²⁴ + 1 equals 2²⁴; a whole number is not.
        let inline private compared name (a: T) (v: float) ([<InlineIfLambda>] f: T -> Scalar -> T) : T =
            if not (isFloating a) && Math.Truncate v = v && Math.Abs v < 9e18 then
                counted name a (int64 v) f
            else
                scaled name a v f

        let eqScalar a v = compared "eq" a v (fun a s -> a.eq s)
        let neScalar a v = compared "ne" a v (fun a s -> a.ne s)
        let ltScalar a v = compared "lt" a v (fun a s -> a.lt s)
        let leScalar a v = compared "le" a v (fun a s -> a.le s)
        let gtScalar a v = compared "gt" a v (fun a s -> a.gt s)
        let geScalar a v = compared "ge" a v (fun a s -> a.ge s)
        let isnan a = unary "isnan" a _.isnan()
        let isinf a = unary "isinf" a _.isinf()
        let isfinite a = unary "isfinite" a _.isfinite()
        let logicalAnd a b = binary "logicalAnd" a b (fun a b -> a.logical_and b)
        let logicalOr a b = binary "logicalOr" a b (fun a b -> a.logical_or b)
        let logicalXor a b = binary "logicalXor" a b (fun a b -> a.logical_xor b)
        let logicalNot a = unary "logicalNot" a _.logical_not()

        let where (mask: T) (a: T) (b: T) =
            many "where" [| mask; a; b |] (fun all ->
                // Without numbers, libtorch has no choice; the sum has its shape.
                if Tally.IsBare all[0] then
                    all[0].mul(all[1]).add(all[2], one.Value)
                else
                    torch.where (all[0], all[1], all[2]))
