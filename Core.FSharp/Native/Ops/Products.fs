namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Products.
[<AutoOpen>]
module internal ProductOps =

    type private T = torch.Tensor

    [<RequireQualifiedAccess>]
    module Ops =

        // TorchSharp's matmul ends the process where its operands do not fit, so they are looked at first.
        let private checkMatmul (a: T) (b: T) =
            let left, right = shape a, shape b

            let problem =
                if left.Length = 0 || right.Length = 0 then
                    "a single number is no matrix"
                elif dtype a <> dtype b || dtype a = torch.ScalarType.Bool then
                    "both must have the same dtype, and not bool"
                elif left[left.Length - 1] <> right[Math.Max(0, right.Length - 2)] then
                    "the last axis of the left operand must be as long as the one before last of the right"
                else
                    // Leading axes broadcast: aligned at the end, equal or 1.
                    let leading (shape: int64[]) = Array.rev shape[.. shape.Length - 3]
                    let fits = Seq.forall2 (fun i j -> i = j || i = 1L || j = 1L) (leading left) (leading right)
                    if fits then "" else "the leading axes do not broadcast"

            if problem <> "" then
                raise (ArgumentException $"matmul cannot be applied to {describe a} and {describe b}: {problem}")

        let matmul a b =
            checkMatmul a b
            binary "matmul" a b (fun a b -> a.matmul b)

        let affine (bias: T) (a: T) (b: T) = many "dense" [| a; b; bias |] (fun () -> bias.addmm (a, b))

        // keep·c + share·a·b
        let addProduct (keep: float) (c: T) (share: float) (a: T) (b: T) =
            many "addProduct" [| c; a; b |] (fun () -> c.addmm (a, b, float32 keep, float32 share))

        let outer a b =
            if rank a <> 1 || rank b <> 1 then
                raise (ArgumentException $"outer takes two vectors, but was given {describe a} and {describe b}")

            binary "outer" a b (fun a b -> a.outer b)

        let kron a b = binary "kron" a b (fun a b -> torch.kron (a, b))

        let einsum (equation: string) (operands: T[]) =
            many $"einsum '{equation}'" operands (fun () -> torch.einsum (equation, operands))
