/// How laws compare what they find.
module internal Functional.FSharp.Comparing

open System
open Functional

/// A tensor with its numbers, on one line.
let show (x: Tensor) = $"{x} {Tensor.format x}".ReplaceLineEndings(" ")

/// A counterexample.
let broken law given expected found = Verdict.Broken { Law = law; Given = given; Expected = expected; Found = found }

/// Kept where the condition is true; else a counterexample made of the parts.
let require condition law given expected found =
    if condition then
        Verdict.Kept
    else
        broken law (given ()) (expected ()) (found ())

/// Both tensors have the same bits.
let same law (given: string) (expected: Tensor) (found: Tensor) =
    require (Tensor.equal expected found) law (fun () -> given) (fun () -> show expected) (fun () -> show found)

/// Both trees have the same paths and bits.
let sameTree law (given: string) (expected: Tree<Tensor>) (found: Tree<Tensor>) =
    let paths tree = String.Join(", ", Tree.leaves tree |> List.map fst)

    if paths expected <> paths found then
        broken law given $"the paths [{paths expected}]" $"the paths [{paths found}]"
    else
        Seq.zip (Tree.leaves expected) (Tree.leaves found)
        |> Seq.map (fun ((path, a), (_, b)) -> same law $"{given}, at '{path}'" a b)
        |> Verdict.all

/// Both tensors have the same shape and numbers within the tolerance, relative to the larger of 1 and what is expected.
let close law tolerance (given: string) (expected: Tensor) (found: Tensor) =
    if expected.Shape <> found.Shape then
        broken law given (show expected) (show found)
    else
        let wrong (a: float, b: float) =
            // NaN stands for itself, and so do infinities.
            not (a.Equals b || abs (a - b) <= tolerance * max 1.0 (abs a))

        Array.zip (Tensor.toDoubles expected) (Tensor.toDoubles found)
        |> Array.tryFindIndex wrong
        |> Option.map (fun at ->
            let number (x: Tensor) =
                let value = (Tensor.toDoubles x)[at]
                value.ToString("R", Globalization.CultureInfo.InvariantCulture)

            broken
                law
                given
                $"{show expected}, whose number {at} is {number expected}"
                $"{show found}, whose number {at} is {number found}, off by more than {tolerance}")
        |> Option.defaultValue Verdict.Kept

/// The bits of tensors now, to compare with later.
let bitsOf (tensors: Tensor seq) = [ for tensor in tensors -> Tensor.bits tensor ]

/// Every tensor of parameters and state.
let tensorsOf (ps: Params) (state: State) = Array.append (Tree.values (Params.values ps)) (Tree.values state)

/// A tree of tensors in another dtype; whole numbers stay.
let castTree (dtype: Dtype) (tree: Tree<Tensor>) =
    tree |> Tree.map (fun x -> if Native.isFloating x.Raw then Tensor.cast dtype x else x)

/// First parameters and state of a layer, in the dtype of an input.
let initLike (x: Tensor) key (layer: Layer<Tensor, Tensor>) : struct (Params * State) =
    let struct (ps, state) = Layer.init key layer
    let values = castTree x.Dtype (Params.values ps) |> Tree.values
    struct (Params.refill values ps, castTree x.Dtype state)
