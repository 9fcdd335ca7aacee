module GradientTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

let private grad = Differentiation.grad

// Functions of a float64 tensor [2; 3] with one number as their value.
let private functions: (string * (Tensor -> Tensor)) list =
    [
        "Σ exp(sin x)", Tensor.sin >> Tensor.exp >> Tensor.sum
        "Σ tanh x · sigmoid x", (fun x -> Tensor.sum (Tensor.tanh x * Tensor.sigmoid x))
        "mean log(1 + x²)", (fun x -> Tensor.mean (Tensor.log (1.0 + Tensor.square x)))
        "Σ (x xᵀ)²", (fun x -> Tensor.sum (Tensor.square (Tensor.matmul x (Tensor.transpose 0 1 x))))
        "max over rows", (Tensor.maxOver 1 >> Tensor.sum)
        "logsoftmax", (fun x -> Tensor.sum (Tensor.cos x * Tensor.logsoftmax 1 x))
        "softmax", (fun x -> Tensor.sum (Tensor.cos x * Tensor.softmax 0 x))
        "slices and joins",
        (fun x -> Tensor.sum (Tensor.pow 3.0 (Tensor.cat 0 [ Tensor.slice 1 0 2 x; Tensor.slice 1 1 3 (2.0 * x) ])))
        "where",
        (fun x -> Tensor.sum (Tensor.where (Tensor.gt x (Tensor.zerosLike x)) (Tensor.square x) (Tensor.exp x)))
        "1/√(1 + x²)", (fun x -> Tensor.sum (Tensor.rsqrt (1.0 + x * x) / (2.0 + Tensor.cos x)))
    ]

let tests =
    testList
        "gradients"
        [
            for name, f in functions do
                test $"∇ {name} against central differences" {
                    let x = doubles [ 2; 3 ] 4
                    expectClose 1e-7 name (numericalGradient (f >> Tensor.toFloat) x) (Tensor.toDoubles (grad f x))
                }

                test $"∇∇ {name} against central differences of the gradient" {
                    let x = doubles [ 2; 3 ] 4
                    let weights = doubles [ 2; 3 ] 9
                    let directional x = Tensor.sum (weights * grad f x)
                    let expected = numericalGradient (directional >> Tensor.toFloat) x
                    expectClose 1e-6 name expected (Tensor.toDoubles (grad directional x))
                }

            test "orders 1 to 6 of tanh against the closed forms" {
                let at = Tensor.ofDoubles [] [| 0.3 |]
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

                closed
                |> List.fold
                    (fun f expected ->
                        let derivative = grad f
                        let value = Tensor.toFloat (derivative at)
                        expectBelow 1e-9 $"{value} for {expected}" (abs (value - expected) / abs expected)
                        derivative)
                    Tensor.tanh
                |> ignore
            }

            test "no perturbation confusion (Siskind and Pearlmutter): d/dx x·d/dy (x + y) = 1" {
                let value = grad (fun x -> x * grad (fun y -> x + y) x) (Tensor.ofDoubles [] [| 1.0 |])
                Expect.equal (Tensor.toFloat value) 1.0 "2 would be confusion"
            }

            test "the derivative for what is unused is zero" {
                Expect.equal
                    (Tensor.toArray (grad (fun _ -> Tensor.scalar 3.0) (Tensor.ones [ 2 ])))
                    [| 0f; 0f |]
                    "a constant function"

                let inner x = grad (fun _ -> Tensor.sum x) x |> Tensor.sum
                Expect.equal (Tensor.toArray (grad inner (Tensor.ones [ 2 ]))) [| 0f; 0f |] "nested"
            }

            test "nothing is differentiated through stopGradient" {
                let x = doubles [ 3 ] 1
                expectSame "only one factor counts" x (grad (fun x -> Tensor.sum (x * Tensor.stopGradient x)) x)
            }

            test "gradients of parameters, nested in a function of them: force matching" {
                // E(x) = p Σx², |∇E|² = 4p²Σx², its derivative by p is 8pΣx² = 336 at p = 3, Σx² = 14.
                let ps = Node [ "p", Leaf { Role = Role.Weight; Value = Tensor.scalar 3.0 } ]
                let x = Tensor.ofSeq [ 1.0; 2.0; 3.0 ]

                let loss (ps: Params) =
                    let p = (Tree.leaf [ "p" ] ps).Value
                    Tensor.sum (Tensor.square (grad (fun x -> p * Tensor.sum (Tensor.square x)) x))

                Expect.equal
                    (Tensor.toFloat (Tree.leaf [ "p" ] (Differentiation.gradParams loss ps)))
                    336.0
                    "closed form"
            }

            test "results are constants and the order is restored, also after a failure" {
                let value, gradient = Differentiation.fgrad (Tensor.square >> Tensor.sum) (Tensor.ones [ 2 ])
                Expect.isFalse value.Raw.requires_grad "the value"
                Expect.isFalse gradient.Raw.requires_grad "the gradient"

                expectError<InvalidOperationException> [ "stop" ] (fun () ->
                    grad (fun _ -> invalidOp "stop") value |> ignore)

                Expect.equal (Differentiation.order ()) 0 "no derivative surrounds this"
            }

            test "a value that is no single number is refused" {
                expectError<ArgumentException> [ "one number"; "[2]" ] (fun () ->
                    grad Tensor.exp (Tensor.ones [ 2 ]) |> ignore)
            }
        ]
