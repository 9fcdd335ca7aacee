/// Finite differences against derivatives, at the balanced step and at chosen ones.
module NumericalTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

module D = Differentiation

let private field (x: Tensor) =
    let at i = x[Slice.at i]
    Tensor.stack 0 [ at 0 * at 1; sin (at 2) * at 0; exp (at 0) + at 1 * at 2 ]

let private bowl (x: Tensor) = Tensor.sum (Tensor.exp (0.3 * x) * Tensor.square x)
let private curve (t: Tensor) = Tensor.stack 0 [ sin t; t * t * t ]
let private x3, v3, t = doubles [ 3 ] 4, doubles [ 3 ] 5, Tensor.tensorOf Dtype.Float64 0.7

/// Name, differences at a step or at the balanced one, and the derivative.
let private table: (string * (float -> Tensor) * (unit -> Tensor) * Tensor) list =
    [
        "numdiff", (fun h -> D.numdiffWith h curve t), (fun () -> D.numdiff curve t), D.diff curve t
        "numdiff2", (fun h -> D.numdiff2With h curve t), (fun () -> D.numdiff2 curve t), D.diffn 2 curve t
        "numgrad", (fun h -> D.numgradWith h bowl x3), (fun () -> D.numgrad bowl x3), D.grad bowl x3
        "numgradv", (fun h -> D.numgradvWith h bowl x3 v3), (fun () -> D.numgradv bowl x3 v3), D.gradv bowl x3 v3
        "numjacobian", (fun h -> D.numjacobianWith h field x3), (fun () -> D.numjacobian field x3), D.jacobian field x3
        "numjacobianv",
        (fun h -> D.numjacobianvWith h field x3 v3),
        (fun () -> D.numjacobianv field x3 v3),
        D.jacobianv field x3 v3
        "numhessian", (fun h -> D.numhessianWith h bowl x3), (fun () -> D.numhessian bowl x3), D.hessian bowl x3
        "numhessianv",
        (fun h -> D.numhessianvWith h bowl x3 v3),
        (fun () -> D.numhessianv bowl x3 v3),
        D.hessianv bowl x3 v3
        "numlaplacian", (fun h -> D.numlaplacianWith h bowl x3), (fun () -> D.numlaplacian bowl x3), D.laplacian bowl x3
        "numdivergence",
        (fun h -> D.numdivergenceWith h field x3),
        (fun () -> D.numdivergence field x3),
        D.divergence field x3
        "numcurl", (fun h -> D.numcurlWith h field x3), (fun () -> D.numcurl field x3), D.curl field x3
        "numcurldivergence, the curl",
        (fun h -> fst (D.numcurldivergenceWith h field x3)),
        (fun () -> fst (D.numcurldivergence field x3)),
        D.curl field x3
        "numcurldivergence, the divergence",
        (fun h -> snd (D.numcurldivergenceWith h field x3)),
        (fun () -> snd (D.numcurldivergence field x3)),
        D.divergence field x3
    ]

let private error (expected: Tensor) (found: Tensor) =
    largest (Array.map2 (-) (Tensor.toDoubles found) (Tensor.toDoubles expected))

let tests =
    testList
        "numerical derivatives"
        [
            for name, stepped, balanced, expected in table do
                test $"{name}: near the derivative, and the nearer the smaller the step" {
                    Expect.equal (balanced ()).Shape expected.Shape "the shape"
                    expectBelow 1e-6 "at the balanced step" (error expected (balanced ()))
                    expectBelow 1e-2 "at 0.05" (error expected (stepped 0.05))
                    let coarse, fine = error expected (stepped 0.4), error expected (stepped 0.1)
                    expectBelow (coarse / 3.0 + 1e-12) "a smaller step" fine
                }

                test $"{name}: a step is positive" {
                    for step in [ 0.0; -1.0; nan; infinity ] do
                        expectError<ArgumentException> [ "step" ] (fun () -> stepped step |> ignore)
                }

            test "what they are not defined for is refused" {
                expectError<ArgumentException> [ "numdiff2"; "[3]" ] (fun () -> D.numdiff2 curve x3 |> ignore)
                expectError<ArgumentException> [ "numcurl"; "[2]" ] (fun () -> D.numcurl id (doubles [ 2 ] 1) |> ignore)
                expectError<ArgumentException> [ "numcurl" ] (fun () -> D.numcurl Tensor.sum x3 |> ignore)
                expectError<ArgumentException> [ "numdivergence" ] (fun () -> D.numdivergence Tensor.sum x3 |> ignore)

                expectError<ArgumentException> [ "float16" ] (fun () ->
                    D.numgrad Tensor.sum (Tensor.cast Dtype.Float16 x3) |> ignore)
            }
        ]
