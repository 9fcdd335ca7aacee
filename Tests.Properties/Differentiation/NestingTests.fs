/// Derivatives in derivatives, in any mixture: the problems on which systems have failed.
module NestingTests

open Expecto
open Functional
open Functional.FSharp
open Support

module D = Differentiation

let private number (value: float) = Tensor.ofDoubles [] [| value |]
let private vector (values: float list) = Tensor.ofDoubles [ values.Length ] (Array.ofList values)
let private at i (x: Tensor) = x[Slice.op_Implicit (i: int)]

// The derivative of a number by a number, by each mode.
let private slopes: (string * ((Tensor -> Tensor) -> Tensor -> Tensor)) list =
    [
        "reverse", D.grad
        "forward", D.diff
        "along", (fun f x -> D.jacobianv f x (Tensor.onesLike x))
        "transposed", (fun f x -> D.jacobianTv f x (Tensor.onesLike x))
        "whole", D.jacobian
    ]

// ∇f by each mode, for f from a vector to a number.
let private gradients: (string * ((Tensor -> Tensor) -> Tensor -> Tensor)) list =
    [
        "reverse", D.grad
        "forward",
        (fun f x ->
            let count = int x.Count
            let unit i = Tensor.cast Dtype.Float64 (Tensor.onehot count (Tensor.ofInts [ i ])) |> Tensor.squeeze 0
            Tensor.stack 0 [ for i in 0 .. count - 1 -> D.jacobianv f x (unit i) ])
    ]

// Minimises f by gradient descent.
let private descend gradient steps rate f start = Seq.fold (fun x _ -> x - rate * gradient f x) start (seq { 1..steps })

// Where the particle of Siskind and Pearlmutter (2008) crosses the axis, in plain numbers.
let private crossing (w: float) =
    let rec fall (x, y) (u, v) =
        let pull (a, b) =
            let r = sqrt ((x - a) ** 2.0 + (y - b) ** 2.0)
            (x - a) / r ** 3.0, (y - b) / r ** 3.0

        let (p, q), (r, s) = pull (10.0, 10.0 - w), pull (10.0, 0.0)
        let next = x + 0.1 * u, y + 0.1 * v

        if snd next > 0.0 then
            fall next (u + 0.1 * (p + r), v + 0.1 * (q + s))
        else
            x - y / v * u

    fall (0.0, 8.0) (0.75, 0.0)

// The w at which it crosses at 0, by bisection. Published, from a coarser search: 0.2071918.
let private aimed =
    lazy
        (Seq.fold
            (fun (low, high) _ ->
                let middle = (low + high) / 2.0
                if crossing middle > 0.0 then middle, high else low, middle)
            (0.15, 0.25)
            (seq { 1..60 })
         |> fst)

let tests =
    testList
        "nesting"
        [
            for outer, d in slopes do
                for inner, e in slopes do
                    test $"no perturbation confusion, {inner} in {outer}" {
                        // d/dx x·d/dy (x + y) = 1 and d/dx x·d/dy (x·y) = 2x: Siskind and Pearlmutter (2005).
                        let value = d (fun x -> x * e (fun y -> x + y) (number 1.0)) (number 1.0)
                        expectClose 1e-15 "x + y" [| 1.0 |] (Tensor.toDoubles value)
                        let value = d (fun x -> x * e (fun y -> x * y) (number 2.0)) (number 3.0)
                        expectClose 1e-15 "x·y" [| 6.0 |] (Tensor.toDoubles value)
                    }

                    test $"d/dx of d/dy, {inner} in {outer}, thrice nested" {
                        // ∂³/∂x∂y∂z sin(xyz) at one point for all, each level by x of the level outside.
                        let f (x: Tensor) = e (fun y -> d (fun z -> Tensor.sin (x * y * z)) (y * x)) (x + 0.1)
                        let expected = D.numdiff f (number 0.4)

                        expectClose
                            1e-6
                            "against differences"
                            (Tensor.toDoubles expected)
                            (Tensor.toDoubles (d f (number 0.4)))
                    }

            for outer, d in gradients do
                for inner, e in gradients do
                    test $"Siskind and Pearlmutter's saddle point, {inner} in {outer}" {
                        // min over x of max over y of |x|² - |y|², the inner optimum found inside the outer derivative.
                        let worst (x: Tensor) =
                            let height (y: Tensor) = Tensor.sum (Tensor.square x) - Tensor.sum (Tensor.square y)
                            let y = descend e 25 -0.3 height (0.5 * x)
                            height y

                        let x = descend d 25 0.3 worst (vector [ 1.0; 1.0 ])
                        expectClose 1e-6 "the saddle point" [| 0.0; 0.0 |] (Tensor.toDoubles x)
                    }

                    test $"Siskind and Pearlmutter's particle, {inner} in {outer}" {
                        // A charged particle falls in a potential that w shapes; the w is sought at which it meets the
                        // axis at 0, by derivatives of the whole path, each step of which is a gradient.
                        let potential (w: Tensor) (x: Tensor) =
                            let away (centre: Tensor) = Tensor.rsqrt (Tensor.sum (Tensor.square (x - centre)))
                            let moved = Tensor.stack 0 [ number 10.0; 10.0 - w ]
                            away moved + away (vector [ 10.0; 0.0 ])

                        let missed (w: Tensor) =
                            let rec fall (x: Tensor) (speed: Tensor) =
                                let force = -(e (potential w) x)
                                let next = x + 0.1 * speed

                                if Tensor.toFloat (at 1 next) > 0.0 then
                                    fall next (speed + 0.1 * force)
                                else
                                    let time = -(at 1 x) / at 1 speed
                                    Tensor.square (at 0 (x + time * speed))

                            fall (vector [ 0.0; 8.0 ]) (vector [ 0.75; 0.0 ])

                        let whole (w: Tensor) = missed (at 0 w)

                        // Gauss and Newton's step, whose target is zero, from afar; Newton's own, with second derivatives, nearby.
                        let gauss (w: Tensor) = w - 2.0 * whole w / d whole w

                        let newton (w: Tensor) =
                            let slope = d whole
                            w - slope w / d (fun w -> at 0 (slope w)) w

                        let w = vector [ 0.0 ] |> gauss |> gauss |> newton |> newton |> newton
                        expectClose 1e-8 "the w found without derivatives" [| aimed.Value |] (Tensor.toDoubles w)
                        expectClose 2e-5 "the published w" [| 0.2071918 |] (Tensor.toDoubles w)
                    }

            test "structures nest in derivatives of each other" {
                // f(w, x) = Σ (w·x)³: the derivative by x, of its sum of squares the derivative by w.
                let f (w: Tensor, x: Tensor) = Tensor.sum (Tensor.pow 3.0 (w * x))
                let w, x = vector [ 0.5; -1.0 ], vector [ 2.0; 0.7 ]

                let energy (w: Tensor) =
                    let _, dx = D.gradOf Structure.pair f (w, x)
                    Tensor.sum (Tensor.square dx)

                // ∂f/∂x = 3w³x², its square 9w⁶x⁴, by w 54w⁵x⁴.
                let expected = [| for w, x in [ 0.5, 2.0; -1.0, 0.7 ] -> 54.0 * w ** 5.0 * x ** 4.0 |]
                expectClose 1e-12 "closed form" expected (Tensor.toDoubles (D.grad energy w))
            }
        ]
