/// Derivatives by pairs, triples, arrays, trees and parameters are those by one long vector.
module StructureTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

module D = Differentiation

let private a, b = doubles [ 2 ] 1, doubles [ 2 ] 2
let private joined = Tensor.cat 0 [ a; b ]
let private f (x: Tensor) (y: Tensor) = Tensor.sum (Tensor.sin x * Tensor.exp y) + Tensor.sum (Tensor.square (x - y))
let private cut (x: Tensor) = Tensor.slice 0 0 2 x, Tensor.slice 0 2 4 x
let private long x = cut x ||> f
let private field (x: Tensor) (y: Tensor) = Tensor.cat 0 [ Tensor.tanh (x * y); x ]

let private exact what (expected: Tensor) (found: Tensor) =
    Expect.equal found.Shape expected.Shape $"{what}: the shape"
    expectClose 1e-12 what (Tensor.toDoubles expected) (Tensor.toDoubles found)

let private laws
    name
    (structure: Structure<'x, 'd>)
    (make: Tensor * Tensor -> 'x)
    (read: 'x -> Tensor * Tensor)
    (derivative: 'd -> Tensor * Tensor)
    (given: Tensor * Tensor -> 'd)
    =
    let join (x, y) = Tensor.cat 0 [ x; y ]
    let value x = read x ||> f
    let vector x = read x ||> field
    let x, v = make (a, b), doubles [ 4 ] 3

    test name {
        let y, g = D.fgradOf structure value x
        exact "value" (f a b) y
        exact "gradient" (D.grad long joined) (join (derivative g))
        exact "gradient alone" (D.grad long joined) (join (derivative (D.gradOf structure value x)))
        exact "hessianv" (D.hessianv long joined v) (join (derivative (D.hessianvOf structure value x (given (cut v)))))
        let y, slope, h = D.fgradhessianvOf structure value x (given (cut v))
        exact "value" (f a b) y
        exact "the derivative along v" (D.gradv long joined v) slope
        exact "product" (D.hessianv long joined v) (join (derivative h))

        exact
            "jacobianv"
            (D.jacobianv (cut >> fun p -> p ||> field) joined v)
            (D.jacobianvOf structure vector x (given (cut v)))

        exact
            "jacobianTv"
            (D.jacobianTv (cut >> fun p -> p ||> field) joined v)
            (join (derivative (D.jacobianTvOf structure vector x v)))

        let left, right = derivative (D.jacobianOf structure vector x)
        exact "jacobian" (D.jacobian (cut >> fun p -> p ||> field) joined) (Tensor.cat 1 [ left; right ])
    }

let private named (x, y) = Node [ "a", Leaf x; "b", Leaf y ]
let private branches tree = Tree.leaf [ "a" ] tree, Tree.leaf [ "b" ] tree
let private param value = { Role = Role.Weight; Value = value }

let tests =
    testList
        "structures"
        [
            laws "a pair" Structure.pair id id id id
            laws
                "an array"
                Structure.array
                (fun (x, y) -> [| x; y |])
                (fun xs -> xs[0], xs[1])
                (fun gs -> gs[0], gs[1])
                (fun (x, y) -> [| x; y |])
            laws "a tree" Structure.tree named branches branches named

            laws
                "parameters"
                Structure.parameters
                (fun (x, y) -> named (param x, param y))
                (fun ps -> branches (Params.values ps))
                branches
                named

            laws "both of two" (Structure.both Structure.tensor Structure.tensor) id id id id

            laws
                "parameters and an input"
                (Structure.both Structure.parameters Structure.tensor)
                (fun (x, y) -> Node [ "a", Leaf(param x) ], y)
                (fun (ps, y) -> (Tree.leaf [ "a" ] ps).Value, y)
                (fun (g, y) -> Tree.leaf [ "a" ] g, y)
                (fun (x, y) -> Node [ "a", Leaf x ], y)

            laws
                "a list, by a map"
                (Structure.map Array.ofList List.ofArray List.ofArray Array.ofList Structure.array)
                (fun (x, y) -> [ x; y ])
                (fun xs -> xs[0], xs[1])
                (fun gs -> gs[0], gs[1])
                (fun (x, y) -> [ x; y ])

            test "a triple" {
                let g, h, i = D.gradOf Structure.triple (fun (x, y, z) -> f x y + Tensor.sum (x * z)) (a, b, a)
                let x, y = cut (D.grad long joined)
                exact "x" (x + a) g
                exact "y" y h
                exact "z" a i
            }

            test "vectors of another structure are refused" {
                expectError<ArgumentException> [ "v must have 2 tensors"; "has 1" ] (fun () ->
                    D.jacobianvOf Structure.array (fun xs -> xs[0] * xs[1]) [| a; b |] [| a |] |> ignore)

                expectError<ArgumentException> [ "v must have 2 tensors"; "has 3" ] (fun () ->
                    D.hessianvOf Structure.array (fun xs -> f xs[0] xs[1]) [| a; b |] [| a; a; a |] |> ignore)
            }
        ]
