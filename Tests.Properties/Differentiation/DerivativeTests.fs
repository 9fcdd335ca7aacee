/// Jacobians, Hessians, fields and their products with vectors.
module DerivativeTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

module D = Differentiation

// From [2; 3] to [2; 2]: all inputs and outputs are mixed.
let private mixing (x: Tensor) =
    Tensor.tanh (Tensor.matmul x (Tensor.transpose 0 1 (Tensor.sin x))) + Tensor.sum (Tensor.square x)

// From [2; 3] to a single number.
let private bowl (x: Tensor) = Tensor.sum (Tensor.exp (Tensor.sin (mixing x)))

let private x23 = doubles [ 2; 3 ] 4
let private v23 = doubles [ 2; 3 ] 5

let private close what (expected: Tensor) (found: Tensor) =
    Expect.equal found.Shape expected.Shape $"{what}: the shape"
    expectClose 1e-6 what (Tensor.toDoubles expected) (Tensor.toDoubles found)

let private exact what (expected: Tensor) (found: Tensor) =
    Expect.equal found.Shape expected.Shape $"{what}: the shape"
    expectClose 1e-12 what (Tensor.toDoubles expected) (Tensor.toDoubles found)

let private matrix rows columns x = Tensor.reshape [ rows; columns ] x
let private vector (values: float list) = Tensor.ofDoubles [ values.Length ] (Array.ofList values)
let private number (value: float) = Tensor.ofDoubles [] [| value |]
let private at i (x: Tensor) = x[Slice.op_Implicit (i: int)]

let private products =
    testList
        "Jacobians"
        [
            test "the Jacobian against finite differences, of the value's shape and then the input's" {
                close "∂f/∂x" (D.numjacobian mixing x23) (D.jacobian mixing x23)
            }

            testProperty "jacobianv is J·v and jacobianTv is Jᵀ·u, so u·Jv = v·Jᵀu"
            <| fun (seed: uint16) ->
                let x, v, u =
                    doubles [ 2; 3 ] (int seed), doubles [ 2; 3 ] (int seed + 1), doubles [ 2; 2 ] (int seed + 2)

                let jacobian = matrix 4 6 (D.jacobian mixing x)

                exact
                    "Jv"
                    (Tensor.reshape [ 2; 2 ] (Tensor.matmul jacobian (Tensor.reshape [ 6 ] v)))
                    (D.jacobianv mixing x v)

                exact
                    "Jᵀu"
                    (Tensor.reshape [ 2; 3 ] (Tensor.matmul (Tensor.reshape [ 4 ] u) jacobian))
                    (D.jacobianTv mixing x u)

            test "the forms with f in front give the value too" {
                let y = mixing x23
                let value, jacobian = D.fjacobian mixing x23
                exact "value" y value
                exact "Jacobian" (D.jacobian mixing x23) jacobian
                let value, product = D.fjacobianv mixing x23 v23
                exact "value" y value
                exact "product" (D.jacobianv mixing x23 v23) product
                let value, product = D.fjacobianTv mixing x23 y
                exact "value" y value
                exact "product" (D.jacobianTv mixing x23 y) product
                let value, product = D.fgradv bowl x23 v23
                exact "value" (bowl x23) value
                exact "product" (Tensor.sum (v23 * D.grad bowl x23)) product
                exact "gradv" product (D.gradv bowl x23 v23)
            }

            test "a linear map is its own derivative, and a constant has none" {
                let a = doubles [ 3; 2 ] 1
                exact "linear" (Tensor.matmul v23 a) (D.jacobianv (fun x -> Tensor.matmul x a) x23 v23)
                exact "constant" (Tensor.zerosLike a) (D.jacobianv (fun _ -> a) x23 v23)
                exact "constant, reverse" (Tensor.zerosLike x23) (D.jacobianTv (fun _ -> a) x23 a)
                Expect.equal (D.jacobian (fun _ -> a) x23).Shape [| 3; 2; 2; 3 |] "constant, whole"
                Expect.equal (D.jacobian (Tensor.slice 0 0 0) x23).Shape [| 0; 3; 2; 3 |] "no outputs"
            }

            test "diff by a single number, of results of any shape" {
                let f (t: Tensor) = Tensor.stack 0 [ Tensor.sin t; Tensor.exp (2.0 * t) ]
                let t = number 0.7
                let value, slope = D.fdiff f t
                exact "value" (f t) value
                exact "slope" (vector [ cos 0.7; 2.0 * exp 1.4 ]) slope
                exact "third" (vector [ -cos 0.7; 8.0 * exp 1.4 ]) (D.diffn 3 f t)
                exact "none" (f t) (D.diffn 0 f t)
                let value, second = D.fdiffn 2 f t
                exact "value" (f t) value
                exact "second" (vector [ -sin 0.7; 4.0 * exp 1.4 ]) second
                close "numdiff" slope (D.numdiff f t)
            }

            test "orders 1 to 6 of tanh by diffn against the closed forms" {
                let t = tanh 0.3
                let s = 1.0 - t * t

                let closed =
                    [
                        s
                        -2.0 * t * s
                        s * (6.0 * t ** 2.0 - 2.0)
                        s * (16.0 * t - 24.0 * t ** 3.0)
                        s * (120.0 * t ** 4.0 - 120.0 * t ** 2.0 + 16.0)
                        s * (-720.0 * t ** 5.0 + 960.0 * t ** 3.0 - 272.0 * t)
                    ]

                for i, expected in List.indexed closed do
                    let found = Tensor.toFloat (D.diffn (i + 1) Tensor.tanh (number 0.3))
                    expectBelow 1e-9 $"order {i + 1}" (abs (found - expected) / abs expected)
                    // The same of a vector of two, where forward mode goes through a cotangent of its own.
                    let both (x: Tensor) = Tensor.stack 0 [ Tensor.tanh x; x ]
                    let found = Tensor.toDoubles (D.diffn (i + 1) both (number 0.3))
                    expectBelow 1e-9 $"order {i + 1}, forward" (abs (found[0] - expected) / abs expected)
            }

            test "wrong shapes, names and inputs are refused" {
                expectError<ArgumentException> [ "v must have the shape"; "[2; 3]"; "[3]" ] (fun () ->
                    D.jacobianv mixing x23 (doubles [ 3 ] 1) |> ignore)

                expectError<ArgumentException> [ "v must have the shape"; "[2; 2]"; "[2; 3]" ] (fun () ->
                    D.jacobianTv mixing x23 v23 |> ignore)

                expectError<ArgumentException> [ "v must have the shape" ] (fun () ->
                    D.hessianv bowl x23 (doubles [ 3 ] 1) |> ignore)

                expectError<ArgumentException> [ "diff"; "[2; 3]" ] (fun () -> D.diff mixing x23 |> ignore)
                expectError<ArgumentException> [ "diffn"; "-1" ] (fun () -> D.diffn -1 mixing (number 1.0) |> ignore)
                expectError<ArgumentException> [ "one number"; "[2; 2]" ] (fun () -> D.hessian mixing x23 |> ignore)

                expectError<ArgumentException> [ "floating" ] (fun () ->
                    D.jacobian Tensor.square (Tensor.ofInts [ 1 ]) |> ignore)
            }
        ]

let private second =
    testList
        "Hessians"
        [
            test "the Hessian against finite differences, symmetric" {
                let hessian = D.hessian bowl x23
                let differences = D.numhessian bowl x23
                Expect.equal hessian.Shape [| 2; 3; 2; 3 |] "the shape"
                expectClose 1e-4 "differences of values" (Tensor.toDoubles differences) (Tensor.toDoubles hessian)
                close "differences of gradients" (D.numjacobian (D.grad bowl) x23) hessian
                let flat = matrix 6 6 hessian
                exact "symmetry" flat (Tensor.transpose 0 1 flat)
            }

            test "Hessian of Rosenbrock's function against the closed form" {
                let rosenbrock (x: Tensor) =
                    100.0 * Tensor.square (at 1 x - Tensor.square (at 0 x)) + Tensor.square (1.0 - at 0 x)

                let x, y = -1.2, 1.5

                let expected =
                    Tensor.ofDoubles [ 2; 2 ] [| 1200.0 * x * x - 400.0 * y + 2.0; -400.0 * x; -400.0 * x; 200.0 |]

                let value, gradient, hessian = D.fgradhessian rosenbrock (vector [ x; y ])
                exact "value" (number (100.0 * (y - x * x) ** 2.0 + (1.0 - x) ** 2.0)) value
                exact "gradient" (vector [ -400.0 * x * (y - x * x) - 2.0 * (1.0 - x); 200.0 * (y - x * x) ]) gradient
                exact "Hessian" expected hessian
            }

            test "products, values and gradients of all the forms agree" {
                let hessian = D.hessian bowl x23
                let product = Tensor.reshape [ 2; 3 ] (Tensor.matmul (matrix 6 6 hessian) (Tensor.reshape [ 6 ] v23))
                exact "hessianv" product (D.hessianv bowl x23 v23)
                let value, slope, found = D.fgradhessianv bowl x23 v23
                exact "value" (bowl x23) value
                exact "the derivative along v" (Tensor.sum (D.grad bowl x23 * v23)) slope
                exact "product" product found
                let slope, found = D.gradhessianv bowl x23 v23
                exact "the derivative along v" (D.gradv bowl x23 v23) slope
                exact "product" product found
                let value, found = D.fhessianv bowl x23 v23
                exact "value" (bowl x23) value
                exact "product" product found
                let gradient, found = D.gradhessian bowl x23
                exact "gradient" (D.grad bowl x23) gradient
                exact "Hessian" hessian found
                let value, found = D.fhessian bowl x23
                exact "value" (bowl x23) value
                exact "Hessian" hessian found
                close "numhessianv" product (D.numjacobian (fun x -> D.gradv bowl x v23) x23)

                expectClose
                    1e-4
                    "numhessianv"
                    (Tensor.toDoubles product)
                    (Tensor.toDoubles (D.numhessianv bowl x23 v23))
            }

            test "forward over reverse, reverse over forward and reverse over reverse agree" {
                exact "forward over reverse" (D.hessianv bowl x23 v23) (D.jacobianv (D.grad bowl) x23 v23)

                exact "reverse over forward" (D.hessianv bowl x23 v23) (D.grad (fun x -> D.jacobianv bowl x v23) x23)

                let third = D.grad (fun x -> D.gradv (fun x -> D.gradv bowl x v23) x v23) x23
                close "third" (D.numgrad (fun x -> D.gradv (fun x -> D.gradv bowl x v23) x v23) x23) third
                exact "forward thrice" third (D.jacobianv (D.jacobianv (D.grad bowl) >> fun f -> f v23) x23 v23)
            }
        ]

let private fields =
    testList
        "fields"
        [
            test "the Laplacian is the trace of the Hessian, also inside a derivative" {
                let trace x =
                    let hessian = matrix 6 6 (D.hessian bowl x)
                    Seq.fold (fun sum i -> sum + at i (at i hessian)) (number 0.0) (seq { 0..5 })

                let value, laplacian = D.flaplacian bowl x23
                exact "value" (bowl x23) value
                exact "trace" (trace x23) laplacian
                exact "its gradient" (D.grad trace x23) (D.grad (D.laplacian bowl) x23)

                expectClose
                    1e-4
                    "numlaplacian"
                    [| Tensor.toFloat laplacian |]
                    [| Tensor.toFloat (D.numlaplacian bowl x23) |]
            }

            test "Laplacians of known fields" {
                let x = vector [ 0.3; -0.8; 1.1 ]
                exact "|x|²" (number 6.0) (D.laplacian (Tensor.square >> Tensor.sum) x)
                exact "1/|x| is harmonic" (number 0.0) (D.laplacian (Tensor.square >> Tensor.sum >> Tensor.rsqrt) x)
                let wave (x: Tensor) = Tensor.sum (Tensor.sin (2.0 * x))
                exact "a wave" (-4.0 * wave x) (D.laplacian wave x)
            }

            test "curl and divergence of known fields" {
                let x = vector [ 0.3; -0.8; 1.1 ]
                // A rigid rotation ω×x has curl 2ω and no divergence.
                let cross (a: Tensor) (b: Tensor) =
                    Tensor.stack
                        0
                        [
                            at 1 a * at 2 b - at 2 a * at 1 b
                            at 2 a * at 0 b - at 0 a * at 2 b
                            at 0 a * at 1 b - at 1 a * at 0 b
                        ]

                let omega = vector [ 0.5; -1.0; 2.0 ]
                let value, curl, divergence = D.fcurldivergence (cross omega) x
                exact "value" (cross omega x) value
                exact "curl" (2.0 * omega) curl
                exact "divergence" (number 0.0) divergence
                // x·|x| has no curl and divergence 4|x|.
                let length x = Tensor.sqrt (Tensor.sum (Tensor.square x))
                let curl, divergence = D.curldivergence (fun x -> x * length x) x
                exact "no curl" (vector [ 0.0; 0.0; 0.0 ]) curl
                exact "4|x|" (4.0 * length x) divergence
                exact "divergence alone" divergence (D.divergence (fun x -> x * length x) x)
                exact "its value" (x * length x) (fst (D.fdivergence (fun x -> x * length x) x))

                exact
                    "a gradient has no curl"
                    (vector [ 0.0; 0.0; 0.0 ])
                    (D.curl (D.grad (fun x -> Tensor.exp (Tensor.sum (Tensor.sin x * x)))) x)

                let field x = Tensor.sin (cross x omega * at 0 x)
                exact "its value" (field x) (fst (D.fcurl field x))
                exact "a curl has no divergence" (number 0.0) (D.divergence (D.curl field) x)
            }

            test "fields of other dimensions are refused" {
                expectError<ArgumentException> [ "curl"; "[3]"; "[2]" ] (fun () ->
                    D.curl Tensor.sin (vector [ 1.0; 2.0 ]) |> ignore)

                expectError<ArgumentException> [ "[3]"; "[]" ] (fun () ->
                    D.curl Tensor.sum (vector [ 1.0; 2.0; 3.0 ]) |> ignore)

                expectError<ArgumentException> [ "shape"; "[2; 3]" ] (fun () -> D.divergence mixing x23 |> ignore)
            }
        ]

let private batches =
    let many (x: Tensor) =
        Tensor.tanh (Tensor.matmul x (doubles [ 2; 3 ] 1))
        * Tensor.unsqueeze 1 (Tensor.sumOver 1 (Tensor.sin x))

    let one (x: Tensor) = Tensor.sumOver 1 (Tensor.exp (many x))
    let x = doubles [ 4; 2 ] 8
    let single f sample = Tensor.squeeze 0 (f (Tensor.unsqueeze 0 sample))
    let each f = Tensor.stack 0 [ for i in 0..3 -> f (at i x) ]

    testList
        "batches"
        [
            test "each sample's derivatives are those of the sample alone" {
                exact "gradBatch" (each (D.grad (single one))) (D.gradBatch one x)
                exact "jacobianBatch" (each (D.jacobian (single many))) (D.jacobianBatch many x)
                exact "hessianBatch" (each (D.hessian (single one))) (D.hessianBatch one x)
                exact "laplacianBatch" (each (D.laplacian (single one))) (D.laplacianBatch one x)

                exact
                    "divergenceBatch"
                    (each (D.divergence (D.grad (single one))))
                    (D.divergenceBatch (D.gradBatch one) x)
            }

            test "they nest" {
                let score x = Tensor.sum (D.laplacianBatch one x + Tensor.sumOver 1 (Tensor.square (D.gradBatch one x)))
                close "score matching" (D.numgrad score x) (D.grad score x)
            }

            test "per-sample gradients of parameters" {
                let ps =
                    Node
                        [
                            "w", Leaf { Role = Role.Weight; Value = doubles [ 2; 3 ] 1 }
                            "b", Leaf { Role = Role.Bias; Value = doubles [ 3 ] 2 }
                        ]

                let value name (ps: Params) = (Tree.leaf [ name ] ps).Value

                let losses x (ps: Params) =
                    Tensor.sumOver 1 (Tensor.square (Tensor.matmul x (value "w" ps) + value "b" ps))

                let gradients = D.jacobianOf Structure.parameters (losses x) ps

                for i in 0..3 do
                    let alone = D.gradParams (losses (Tensor.unsqueeze 0 (at i x)) >> Tensor.sum) ps
                    Tree.map2 (fun all one -> exact "sample" one (at i all)) gradients alone |> ignore
            }

            test "functions that mix up the samples' number are refused" {
                expectError<ArgumentException> [ "gradBatch"; "[4; 2]"; "one number" ] (fun () ->
                    D.gradBatch many x |> ignore)

                expectError<ArgumentException> [ "jacobianBatch"; "each sample" ] (fun () ->
                    D.jacobianBatch Tensor.sum x |> ignore)
            }
        ]

let tests = testList "derivatives" [ products; second; fields; batches ]
