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

        let eq a b = Relations.ofTensors Relation.Equal a b
        let ne a b = Relations.ofTensors Relation.NotEqual a b
        let lt a b = Relations.ofTensors Relation.Less a b
        let le a b = Relations.ofTensors Relation.AtMost a b
        let gt a b = Relations.ofTensors Relation.Greater a b
        let ge a b = Relations.ofTensors Relation.AtLeast a b
        let eqScalar a v = Relations.ofNumber Relation.Equal a v
        let neScalar a v = Relations.ofNumber Relation.NotEqual a v
        let ltScalar a v = Relations.ofNumber Relation.Less a v
        let leScalar a v = Relations.ofNumber Relation.AtMost a v
        let gtScalar a v = Relations.ofNumber Relation.Greater a v
        let geScalar a v = Relations.ofNumber Relation.AtLeast a v
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
