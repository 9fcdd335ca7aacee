/// Derivatives as C# calls them: the same bits as F#'s functions give.
module FacadeDifferentiationTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

type private C = CSharp.Differentiation
type private S = CSharp.Structures
module D = Differentiation

let private x, v = doubles [ 3 ] 1, doubles [ 3 ] 2
let private t = Tensor.ofDoubles [] [| 0.4 |]
let private batch = doubles [ 4; 3 ] 3
let private field (x: Tensor) = Tensor.sin (x * Tensor.sum x)
let private number (x: Tensor) = Tensor.sum (Tensor.exp (Tensor.sin x) * x)
let private each (x: Tensor) = Tensor.sumOver 1 (Tensor.exp (Tensor.sin x))
let private f = Func<Tensor, Tensor> field
let private g = Func<Tensor, Tensor> number
let private path (t: Tensor) = Tensor.stack 0 [ Tensor.sin t; Tensor.exp t ]
let private p = Func<Tensor, Tensor> path
let private e = Func<Tensor, Tensor> each
let private pair struct (a, b) = [ a; b ]
let private triple struct (a, b, c) = [ a; b; c ]
let private two (a, b) = [ a; b ]
let private three (a, b, c) = [ a; b; c ]

// Each function of C# beside F#'s, with the same arguments.
let private table: (string * (unit -> Tensor list) * (unit -> Tensor list)) list =
    [
        "Grad", (fun () -> [ C.Grad(g, x) ]), (fun () -> [ D.grad number x ])
        "Fgrad", (fun () -> pair (C.Fgrad(g, x))), (fun () -> two (D.fgrad number x))
        "Grad of two",
        (fun () -> pair (C.Grad((fun a b -> number (a * b)), x, v))),
        (fun () -> two (D.gradOf Structure.pair (fun (a, b) -> number (a * b)) (x, v)))
        "Grad of three",
        (fun () -> triple (C.Grad((fun a b c -> number (a * b + c)), x, v, x))),
        (fun () -> three (D.gradOf Structure.triple (fun (a, b, c) -> number (a * b + c)) (x, v, x)))
        "GradV", (fun () -> [ C.GradV(g, x, v) ]), (fun () -> [ D.gradv number x v ])
        "FgradV", (fun () -> pair (C.FgradV(g, x, v))), (fun () -> two (D.fgradv number x v))
        "Jacobian", (fun () -> [ C.Jacobian(f, x) ]), (fun () -> [ D.jacobian field x ])
        "Fjacobian", (fun () -> pair (C.Fjacobian(f, x))), (fun () -> two (D.fjacobian field x))
        "JacobianV", (fun () -> [ C.JacobianV(f, x, v) ]), (fun () -> [ D.jacobianv field x v ])
        "FjacobianV", (fun () -> pair (C.FjacobianV(f, x, v))), (fun () -> two (D.fjacobianv field x v))
        "JacobianTV", (fun () -> [ C.JacobianTV(f, x, v) ]), (fun () -> [ D.jacobianTv field x v ])
        "FjacobianTV", (fun () -> pair (C.FjacobianTV(f, x, v))), (fun () -> two (D.fjacobianTv field x v))
        "Diff", (fun () -> [ C.Diff(p, t) ]), (fun () -> [ D.diff path t ])
        "Fdiff", (fun () -> pair (C.Fdiff(p, t))), (fun () -> two (D.fdiff path t))
        "DiffN", (fun () -> [ C.DiffN(3, p, t) ]), (fun () -> [ D.diffn 3 path t ])
        "FdiffN", (fun () -> pair (C.FdiffN(2, p, t))), (fun () -> two (D.fdiffn 2 path t))
        "Divergence", (fun () -> [ C.Divergence(f, x) ]), (fun () -> [ D.divergence field x ])
        "Fdivergence", (fun () -> pair (C.Fdivergence(f, x))), (fun () -> two (D.fdivergence field x))
        "Curl", (fun () -> [ C.Curl(f, x) ]), (fun () -> [ D.curl field x ])
        "Fcurl", (fun () -> pair (C.Fcurl(f, x))), (fun () -> two (D.fcurl field x))
        "CurlDivergence", (fun () -> pair (C.CurlDivergence(f, x))), (fun () -> two (D.curldivergence field x))
        "FcurlDivergence", (fun () -> triple (C.FcurlDivergence(f, x))), (fun () -> three (D.fcurldivergence field x))
        "Laplacian", (fun () -> [ C.Laplacian(g, x) ]), (fun () -> [ D.laplacian number x ])
        "Flaplacian", (fun () -> pair (C.Flaplacian(g, x))), (fun () -> two (D.flaplacian number x))
        "Hessian", (fun () -> [ C.Hessian(g, x) ]), (fun () -> [ D.hessian number x ])
        "Fhessian", (fun () -> pair (C.Fhessian(g, x))), (fun () -> two (D.fhessian number x))
        "GradHessian", (fun () -> pair (C.GradHessian(g, x))), (fun () -> two (D.gradhessian number x))
        "FgradHessian", (fun () -> triple (C.FgradHessian(g, x))), (fun () -> three (D.fgradhessian number x))
        "HessianV", (fun () -> [ C.HessianV(g, x, v) ]), (fun () -> [ D.hessianv number x v ])
        "FhessianV", (fun () -> pair (C.FhessianV(g, x, v))), (fun () -> two (D.fhessianv number x v))
        "GradHessianV", (fun () -> pair (C.GradHessianV(g, x, v))), (fun () -> two (D.gradhessianv number x v))
        "FgradHessianV", (fun () -> triple (C.FgradHessianV(g, x, v))), (fun () -> three (D.fgradhessianv number x v))
        "GradBatch", (fun () -> [ C.GradBatch(e, batch) ]), (fun () -> [ D.gradBatch each batch ])
        "JacobianBatch",
        (fun () -> [ C.JacobianBatch(Tensor.sin, batch) ]),
        (fun () -> [ D.jacobianBatch Tensor.sin batch ])
        "HessianBatch", (fun () -> [ C.HessianBatch(e, batch) ]), (fun () -> [ D.hessianBatch each batch ])
        "DivergenceBatch",
        (fun () -> [ C.DivergenceBatch(Tensor.sin, batch) ]),
        (fun () -> [ D.divergenceBatch Tensor.sin batch ])
        "LaplacianBatch", (fun () -> [ C.LaplacianBatch(e, batch) ]), (fun () -> [ D.laplacianBatch each batch ])
        "Checkpoint",
        (fun () -> [ C.Grad((fun x -> number (C.Checkpoint(f, x))), x) ]),
        (fun () -> [ D.grad (D.checkpoint field >> number) x ])
        "NumDiff", (fun () -> [ C.NumDiff(p, t) ]), (fun () -> [ D.numdiff path t ])
        "NumGrad", (fun () -> [ C.NumGrad(g, x) ]), (fun () -> [ D.numgrad number x ])
        "NumGradV", (fun () -> [ C.NumGradV(g, x, v) ]), (fun () -> [ D.numgradv number x v ])
        "NumJacobian", (fun () -> [ C.NumJacobian(f, x) ]), (fun () -> [ D.numjacobian field x ])
        "NumJacobianV", (fun () -> [ C.NumJacobianV(f, x, v) ]), (fun () -> [ D.numjacobianv field x v ])
        "NumHessian", (fun () -> [ C.NumHessian(g, x) ]), (fun () -> [ D.numhessian number x ])
        "NumHessianV", (fun () -> [ C.NumHessianV(g, x, v) ]), (fun () -> [ D.numhessianv number x v ])
        "NumLaplacian", (fun () -> [ C.NumLaplacian(g, x) ]), (fun () -> [ D.numlaplacian number x ])
        "NumDiff2", (fun () -> [ C.NumDiff2(p, t) ]), (fun () -> [ D.numdiff2 path t ])
        "NumDivergence", (fun () -> [ C.NumDivergence(f, x) ]), (fun () -> [ D.numdivergence field x ])
        "NumCurl", (fun () -> [ C.NumCurl(f, x) ]), (fun () -> [ D.numcurl field x ])
        "NumCurlDivergence", (fun () -> pair (C.NumCurlDivergence(f, x))), (fun () -> two (D.numcurldivergence field x))
        "NumDiff by steps", (fun () -> [ C.NumDiff(p, t, 0.01) ]), (fun () -> [ D.numdiffWith 0.01 path t ])
        "NumDiff2 by steps", (fun () -> [ C.NumDiff2(p, t, 0.01) ]), (fun () -> [ D.numdiff2With 0.01 path t ])
        "NumGrad by steps", (fun () -> [ C.NumGrad(g, x, 0.01) ]), (fun () -> [ D.numgradWith 0.01 number x ])
        "NumGradV by steps", (fun () -> [ C.NumGradV(g, x, v, 0.01) ]), (fun () -> [ D.numgradvWith 0.01 number x v ])
        "NumJacobian by steps",
        (fun () -> [ C.NumJacobian(f, x, 0.01) ]),
        (fun () -> [ D.numjacobianWith 0.01 field x ])
        "NumJacobianV by steps",
        (fun () -> [ C.NumJacobianV(f, x, v, 0.01) ]),
        (fun () -> [ D.numjacobianvWith 0.01 field x v ])
        "NumHessian by steps", (fun () -> [ C.NumHessian(g, x, 0.01) ]), (fun () -> [ D.numhessianWith 0.01 number x ])
        "NumHessianV by steps",
        (fun () -> [ C.NumHessianV(g, x, v, 0.01) ]),
        (fun () -> [ D.numhessianvWith 0.01 number x v ])
        "NumLaplacian by steps",
        (fun () -> [ C.NumLaplacian(g, x, 0.01) ]),
        (fun () -> [ D.numlaplacianWith 0.01 number x ])
        "NumDivergence by steps",
        (fun () -> [ C.NumDivergence(f, x, 0.01) ]),
        (fun () -> [ D.numdivergenceWith 0.01 field x ])
        "NumCurl by steps", (fun () -> [ C.NumCurl(f, x, 0.01) ]), (fun () -> [ D.numcurlWith 0.01 field x ])
        "NumCurlDivergence by steps",
        (fun () -> pair (C.NumCurlDivergence(f, x, 0.01))),
        (fun () -> two (D.numcurldivergenceWith 0.01 field x))
    ]

let tests =
    testList
        "facade differentiation"
        [
            for name, csharp, fsharp in table do
                test name { List.iter2 (expectSame name) (fsharp ()) (csharp ()) }

            test "structures: arrays, dictionaries, parameters, and both of two" {
                let expected = D.grad number x
                let found = (C.GradOf(S.Array, (fun xs -> number xs[0]), [| x |]))
                expectSame "array" expected found[0]
                let values = readOnlyDict [ "a/b", x ]
                let struct (value, gradients) = C.FgradOf(S.Values, (fun xs -> number xs["a/b"]), values)
                expectSame "value" (number x) value
                expectSame "values" expected gradients["a/b"]
                let parameters = readOnlyDict [ "w", { Role = Role.Weight; Value = x } ]
                let found = (C.GradOf(S.Parameters, (fun ps -> number ps["w"].Value), parameters))
                expectSame "parameters" expected found["w"]

                let struct (left, right) =
                    C.GradOf(
                        S.Both(S.Values, S.Tensor),
                        (fun (struct (xs, y)) -> number xs["a/b"] + number y),
                        struct (values, v)
                    )

                expectSame "left" expected left["a/b"]
                expectSame "right" (D.grad number v) right
                let struct (a, b) = C.GradOf(S.Pair, (fun (struct (a, b)) -> number a + number b), struct (x, v))
                expectSame "pair" expected a
                expectSame "pair" (D.grad number v) b

                let mapped =
                    S.Map(
                        S.Tensor,
                        Func<_, _> List.head,
                        Func<_, _> List.singleton,
                        Func<_, _> List.singleton,
                        Func<_, _> List.head
                    )

                expectSame "mapped" expected (C.GradOf(mapped, (fun xs -> number (List.head xs)), [ x ])).Head
            }

            test "products by structures" {
                let values, vs = readOnlyDict [ "a", x ], readOnlyDict [ "a", v ]

                let of' (f: Tensor -> Tensor) =
                    Func<Collections.Generic.IReadOnlyDictionary<string, Tensor>, Tensor>(fun xs -> f xs["a"])

                let found = (C.JacobianOf(S.Values, of' field, values))
                expectSame "JacobianOf" (D.jacobian field x) found["a"]
                expectSame "JacobianVOf" (D.jacobianv field x v) (C.JacobianVOf(S.Values, of' field, values, vs))
                let found = (C.JacobianTVOf(S.Values, of' field, values, v))
                expectSame "JacobianTVOf" (D.jacobianTv field x v) found["a"]
                let found = (C.HessianVOf(S.Values, of' number, values, vs))
                expectSame "HessianVOf" (D.hessianv number x v) found["a"]
                let struct (y, jacobian) = C.FjacobianOf(S.Values, of' field, values)
                expectSame "value" (field x) y
                expectSame "Jacobian" (D.jacobian field x) jacobian["a"]
                let struct (y, product) = C.FjacobianVOf(S.Values, of' field, values, vs)
                expectSame "value" (field x) y
                expectSame "product" (D.jacobianv field x v) product
                let struct (y, product) = C.FjacobianTVOf(S.Values, of' field, values, v)
                expectSame "value" (field x) y
                expectSame "product" (D.jacobianTv field x v) product["a"]
                let struct (y, slope, product) = C.FgradHessianVOf(S.Values, of' number, values, vs)
                expectSame "value" (number x) y
                expectSame "the derivative along v" (D.gradv number x v) slope
                expectSame "product" (D.hessianv number x v) product["a"]
                expectSame "CheckpointOf" (field x) (C.CheckpointOf(S.Values, of' field, values))
            }

            test "rules of one's own" {
                let own x = C.Custom(Tensor.exp, (fun _ y c -> y * c), x)
                expectSame "Custom" (D.grad (Tensor.exp >> Tensor.sum) x) (C.Grad(own >> Tensor.sum, x))
                let of' x = C.CustomOf(S.Array, (fun xs -> Tensor.exp xs[0]), (fun _ y c -> [| y * c |]), [| x |])
                expectSame "CustomOf" (D.grad (Tensor.exp >> Tensor.sum) x) (C.Grad(of' >> Tensor.sum, x))
            }

            test "GradCheck" {
                let key = Key.ofSeed 5

                Expect.equal
                    (List.ofSeq (CSharp.GradCheck.Compare(2, key, f, x)))
                    (GradCheck.compare 2 key field x)
                    "comparisons"

                Expect.isTrue (CSharp.GradCheck.Passes(1e-6, 2, key, f, x)) "passes"
            }
        ]
