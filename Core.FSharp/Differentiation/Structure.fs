namespace Functional

/// How a value 'x is made of tensors, and how derivatives by it are put together as 'd.
[<NoEquality; NoComparison>]
type Structure<'x, 'd> =
    internal
        {
            /// How many structures lie in each other.
            Depth: int
            Leaves: 'x -> Tensor[]
            Refill: Tensor[] -> 'x -> 'x
            Gather: Tensor[] -> 'x -> 'd
            Scatter: 'd -> Tensor[]
        }

namespace Functional.FSharp

open Functional

/// What functions may be differentiated by: tensors, pairs and triples of them, arrays, trees, parameters, and pairs of such.
[<RequireQualifiedAccess>]
module Structure =

    // The tensors of a value, none of which may be null, nor the value; C# may have given either.
    let private whole (name: string) (leaves: 'x -> Tensor[]) (x: 'x) : Tensor[] =
        let found = leaves (Given.required name x)

        for tensor in found do
            Given.required name tensor |> ignore

        found

    let private same leaves refill : Structure<'x, 'x> =
        {
            Depth = 0
            Leaves = whole "x" leaves
            Refill = refill
            Gather = refill
            Scatter = Given.required "v" >> leaves
        }

    let private around (name: string) (parts: int seq) = Nesting.around name "structures" parts

    /// One tensor.
    let tensor: Structure<Tensor, Tensor> = same Array.singleton (fun leaves _ -> leaves[0])

    /// Two tensors.
    let pair: Structure<Tensor * Tensor, Tensor * Tensor> =
        same (fun (x, y) -> [| x; y |]) (fun leaves _ -> leaves[0], leaves[1])

    /// Three tensors.
    let triple: Structure<Tensor * Tensor * Tensor, Tensor * Tensor * Tensor> =
        same (fun (x, y, z) -> [| x; y; z |]) (fun leaves _ -> leaves[0], leaves[1], leaves[2])

    /// Tensors in an array.
    let array: Structure<Tensor[], Tensor[]> = same id (fun leaves _ -> leaves)

    /// Tensors with names.
    let tree: Structure<Tree<Tensor>, Tree<Tensor>> = same Tree.values Tree.refill

    /// Parameters; derivatives by them are a tree of tensors.
    let parameters: Structure<Params, Gradients> =
        {
            Depth = 0
            Leaves = whole "x" (Tree.values >> Array.map _.Value)
            Refill = Params.refill
            Gather = Tree.refill
            Scatter = Given.required "v" >> Tree.values
        }

    /// Two values of any structure, such as parameters and an input.
    let both (first: Structure<'x, 'd>) (second: Structure<'y, 'e>) : Structure<'x * 'y, 'd * 'e> =
        let depth = around "both" [ first.Depth; second.Depth ]
        let cut (leaves: Tensor[]) x = Array.splitAt (first.Leaves x).Length leaves

        {
            Depth = depth
            Leaves = whole "x" (fun (x, y) -> Array.append (first.Leaves x) (second.Leaves y))
            Refill =
                fun leaves (x, y) ->
                    let left, right = cut leaves x
                    first.Refill left x, second.Refill right y
            Gather =
                fun leaves (x, y) ->
                    let left, right = cut leaves x
                    first.Gather left x, second.Gather right y
            Scatter = Given.required "v" >> (fun (d, e) -> Array.append (first.Scatter d) (second.Scatter e))
        }

    /// A structure seen through functions there and back.
    let map
        (value: 'y -> 'x)
        (back: 'x -> 'y)
        (derivative: 'd -> 'e)
        (given: 'e -> 'd)
        (structure: Structure<'x, 'd>)
        : Structure<'y, 'e> =
        {
            Depth = around "map" [ structure.Depth ]
            Leaves = value >> structure.Leaves
            Refill = fun leaves y -> back (structure.Refill leaves (value y))
            Gather = fun leaves y -> derivative (structure.Gather leaves (value y))
            Scatter = given >> structure.Scatter
        }
