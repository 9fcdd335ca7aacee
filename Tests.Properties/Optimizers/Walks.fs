/// Walks of transforms, for the tests of optimizers.
module Walks

open Functional
open Functional.FSharp
open Support

let rate value = Schedule.constant value
let key = Key.ofSeed 1
let param value = { Role = Role.Weight; Value = value }
let number (value: float) = Tensor.ofDoubles [] [| value |]
let vector (values: float[]) = Tensor.ofDoubles [ values.Length ] values
let single (value: float) : Params = Node [ "w", Leaf(param (number value)) ]
let of' (ps: Params) = (Tree.leaf [ "w" ] ps).Value
let value ps = Tensor.toFloat (of' ps)

let estimate loss gradients = { Loss = loss; Gradients = gradients; State = Tree.empty }

// The parameters after each step.
let walk transform (gradient: int -> Params -> Gradients) steps (start: Params) =
    let step (ps, memory) i =
        let moment = { Step = i; Key = Key.child i key }

        let struct (result, memory) =
            Transform.update transform moment ps memory (estimate (number 0.0) (gradient i ps))

        let ps = Params.move result.Gradients ps
        ps, (ps, memory)

    List.mapFold step (start, Transform.init transform start) [ 0 .. steps - 1 ] |> fst

let own _ (ps: Params) : Gradients = Params.values ps

let given step (_: Params) : Gradients = Node [ "w", Leaf(number (Array.item step [| 0.5; -1.0; 2.0; 0.1; 0.0 |])) ]

let descend value transform = Transform.chain [ transform; Transform.scale -value ]

let at i (x: Tensor) = x[Slice.op_Implicit (i: int)]
let parabola (x: Tensor) = Tensor.sum (Tensor.square (x - vector [| 3.0; -1.0 |]))

let rosenbrock (x: Tensor) = Tensor.square (1.0 - at 0 x) + 100.0 * Tensor.square (at 1 x - Tensor.square (at 0 x))

let ill (x: Tensor) = 0.5 * Tensor.sum (vector [| 1.0; 100.0 |] * Tensor.square x)
let slope f _ (ps: Params) : Gradients = Node [ "w", Leaf(Differentiation.grad f (of' ps)) ]
let from (values: float[]) : Params = Node [ "w", Leaf(param (vector values)) ]

// Gradients of several shapes, drawn from a seed.
let several seed : Gradients = Node [ "a", Leaf(doubles [ 3; 4 ] seed); "b", Leaf(5.0 * doubles [ 2 ] (seed + 1)) ]

let paramsLike (gs: Gradients) : Params = gs |> Tree.map (fun g -> param (Tensor.cos g))

let length (gs: Gradients) = gs |> Tree.values |> Array.sumBy (Tensor.square >> Tensor.sum >> Tensor.toFloat) |> sqrt

let once transform (ps: Params) (gs: Gradients) =
    let struct (result, _) =
        Transform.update transform { Step = 0; Key = key } ps (Transform.init transform ps) (estimate (number 0.0) gs)

    result.Gradients
