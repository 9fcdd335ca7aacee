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
                    $"both must have the same dtype, and not bool; {castIt}"
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
            // Of two vectors libtorch has no product without numbers, and the process would end.
            let name = if rank a = 1 && rank b = 1 then "matmul of vectors" else "matmul"
            let product = binary name a b (fun a b -> a.matmul b)

            if not (isNull Tally.Current) then
                Tally.Multiplied(count product * size a (rank a - 1))

            product

        let affine (bias: T) (a: T) (b: T) =
            let result = many "dense" [| a; b; bias |] (fun all -> all[2].addmm(all[0], all[1]))

            if not (isNull Tally.Current) then
                Tally.Multiplied(count result * size a 1)

            result

        /// s·aᵀb + t·cᵀd of matrices: libtorch adds the second product where the first one stands.
        let sumOfProducts (s: float) (a: T) (b: T) (t: float) (c: T) (d: T) =
            // TorchSharp's factors are float32; numbers of other dtypes bring them along.
            let isExact = dtype a = torch.ScalarType.Float32
            let factor (x: float) = if isExact then float32 x else 1f

            let scaled (x: float) (m: T) = if isExact then m.alias () else withScalar x (fun scalar -> m.mul scalar)

            many "sumOfProducts" [| a; b; c; d |] (fun all ->
                use left = all[0].t()
                use right = all[2].t()
                use first = scaled s all[1]
                use second = scaled t all[3]
                let result = left.mm first
                result.addmm_ (right, second, factor s, factor t) |> ignore
                result)

        let outer a b =
            if rank a <> 1 || rank b <> 1 then
                raise (ArgumentException $"outer takes two vectors, but was given {describe a} and {describe b}")

            binary "outer" a b (fun a b -> a.outer b)

        let kron a b = binary "kron" a b (fun a b -> torch.kron (a, b))

        // Operands are contracted from left to right: each step runs over every index of its two sides.
        let private contractions (equation: string) (operands: T[]) =
            // The axes of an ellipsis get letters of their own, the last one the first.
            let spell (term: string) rank =
                let own = max 0 (rank - term.Replace("...", "").Length)
                term.Replace("...", String(Array.init own (fun i -> char (own - i))))

            let sides = equation.Replace(" ", "").Split "->"
            let terms = Array.map2 (fun term operand -> spell term (rank operand)) (sides[0].Split ',') operands
            let lengths = System.Collections.Generic.Dictionary<char, int64>()

            for term, operand in Array.zip terms operands do
                for axis, letter in Seq.indexed term do
                    let _, known = lengths.TryGetValue letter
                    lengths[letter] <- max known (size operand axis)

            let output =
                if sides.Length > 1 then
                    let letters = Set.ofSeq (sides[1].Replace("...", ""))

                    if sides[1].Contains "..." then
                        letters + Set.filter (fun c -> c < ' ') (set lengths.Keys)
                    else
                        letters
                else
                    let all = String.Concat terms
                    set lengths.Keys |> Set.filter (fun letter -> all.IndexOf letter = all.LastIndexOf letter)

            let product letters = letters |> Seq.fold (fun n letter -> n * lengths[letter]) 1L
            let letters = terms |> Array.map Set.ofSeq
            let mutable left, total = letters[0], 0L

            for i in 1 .. letters.Length - 1 do
                total <- total + product (left + letters[i])
                left <- Set.intersect (left + letters[i]) (Array.fold (+) output letters[i + 1 ..])

            total

        let einsum (equation: string) (operands: T[]) =
            let result = many $"einsum '{equation}'" operands (fun operands -> torch.einsum (equation, operands))

            if not (isNull Tally.Current) then
                Tally.Multiplied(contractions equation operands)

            result
