/// Functions that bring their own derivative, and functions that are computed again.
module CustomTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support

module D = Differentiation

let private x = doubles [ 3 ] 1

let private exact what (expected: Tensor) (found: Tensor) =
    Expect.equal found.Shape expected.Shape $"{what}: the shape"
    expectClose 1e-12 what (Tensor.toDoubles expected) (Tensor.toDoubles found)

// exp, whose derivative is its own value times the cotangent.
let private ownExp = D.custom Tensor.exp (fun _ y c -> y * c)

let tests =
    testList
        "custom derivatives"
        [
            test "a right rule gives what libtorch gives, to any order, in any mode" {
                let value f x = Tensor.sum (f (Tensor.sin x) * x)
                exact "value" (Tensor.exp x) (ownExp x)
                exact "order 1" (D.grad (value Tensor.exp) x) (D.grad (value ownExp) x)
                exact "order 2" (D.hessian (value Tensor.exp) x) (D.hessian (value ownExp) x)
                exact "Jacobian" (D.jacobian Tensor.exp x) (D.jacobian ownExp x)
                exact "forward" (D.jacobianv Tensor.exp x x) (D.jacobianv ownExp x x)
                Expect.isTrue (GradCheck.passes 1e-6 4 (Key.ofSeed 1) ownExp x) "to order 4"
            }

            test "a rule of one's own is what counts: the straight-through estimator" {
                let through = D.custom Tensor.sign (fun _ _ c -> c)
                exact "value" (Tensor.sign x) (through x)
                exact "derivative" (2.0 * Tensor.sign x) (D.grad (through >> Tensor.square >> Tensor.sum) x)
            }

            test "rules that call derivatives, and rules within rules" {
                let byDerivative = D.custom Tensor.sin (fun x _ c -> c * D.grad (Tensor.sin >> Tensor.sum) x)
                let within = D.custom ownExp (fun x _ c -> D.jacobianTv ownExp x c)
                let value f g x = Tensor.sum (f x * g (x * x))

                for order in 1..3 do
                    let nth f = List.fold (fun f _ -> D.grad (f >> Tensor.sum)) f [ 1..order ]
                    exact $"order {order}" (nth (value Tensor.sin Tensor.exp) x) (nth (value byDerivative within) x)
            }

            test "several inputs, one of them unused" {
                let power =
                    D.customOf Structure.triple (fun (x, p, _) -> Tensor.exp (p * Tensor.log x)) (fun (x, p, q) y c ->
                        Tensor.sum (c * p * y / x), Tensor.sum (c * y * Tensor.log x), Tensor.zerosLike q)

                let one value = Tensor.ofDoubles [] [| value |]
                let dx, dp, dq = D.gradOf Structure.triple power (one 2.0, one 3.0, one 5.0)
                exact "by the base" (one 12.0) dx
                exact "by the exponent" (one (8.0 * log 2.0)) dp
                exact "by nothing" (one 0.0) dq
            }

            test "a constant that f gives away stays a constant" {
                let constant = Tensor.ofDoubles [ 3 ] [| 1.0; 2.0; 3.0 |]
                let f = D.custom (fun _ -> constant) (fun _ _ c -> 2.0 * c)
                exact "the rule's derivative" (Tensor.fullLike 2.0 x) (D.grad (f >> Tensor.sum) x)
                let outer (y: Tensor) = Tensor.sum (D.grad (fun z -> Tensor.sum (f z * y)) x)
                exact "of a second" (Tensor.fullLike 2.0 x) (D.grad outer x)
                Expect.isFalse (Native.requiresGrad constant.Raw) "no gradient"
                exact "no derivative" (Tensor.zerosLike x) (D.grad (fun z -> Tensor.sum (z * 0.0 + constant)) x)
            }

            test "inputs freed by an inner scope serve the rule all the same" {
                let f x = Tensor.sum (Scope.tensor (fun () -> ownExp (Tensor.sin x)))
                exact "gradient" (D.grad (Tensor.sin >> Tensor.exp >> Tensor.sum) x) (D.grad f x)
            }

            test "what a rule raises comes out of the derivative, and the next one is well" {
                let failing = D.custom Tensor.exp (fun _ _ _ -> invalidOp "my own reason")

                for derivative in
                    [
                        D.grad (failing >> Tensor.sum)
                        D.hessian (failing >> Tensor.sum)
                        fun x -> D.jacobianv failing x x
                    ] do
                    expectError<InvalidOperationException> [ "my own reason" ] (fun () -> derivative x |> ignore)
                    exact "afterwards" (Tensor.exp x) (D.grad (ownExp >> Tensor.sum) x)

                Expect.equal (D.order ()) 0 "no derivative surrounds this"
            }

            test "rules of wrong shapes and values that depend on more are refused" {
                let wrong = D.custom Tensor.exp (fun _ _ c -> Tensor.sum c)

                expectError<ArgumentException> [ "vjp"; "[3]"; "[]" ] (fun () ->
                    D.grad (wrong >> Tensor.sum) x |> ignore)

                let few = D.customOf Structure.array (fun xs -> xs[0] * xs[1]) (fun _ _ c -> [| c |])

                expectError<ArgumentException> [ "2 cotangents"; "gave 1" ] (fun () ->
                    D.gradOf Structure.array (few >> Tensor.sum) [| x; x |] |> ignore)

                let hidden x = D.custom (fun y -> y * x) (fun _ _ c -> c) (Tensor.stopGradient x)
                expectError<ArgumentException> [ "not in x" ] (fun () -> D.grad (hidden >> Tensor.sum) x |> ignore)
            }

            test "checkpoints give the same derivatives and compute again" {
                let mutable calls = 0

                let counted x =
                    calls <- calls + 1
                    Tensor.sin (Tensor.exp x) * x

                let plain x = Tensor.sum (Tensor.square (counted x))
                let again x = Tensor.sum (Tensor.square (D.checkpoint counted x))
                exact "value" (plain x) (again x)
                exact "order 1" (D.grad plain x) (D.grad again x)
                exact "order 2" (D.hessian plain x) (D.hessian again x)
                calls <- 0
                D.grad plain x |> ignore
                Expect.equal calls 1 "plain: once"
                calls <- 0
                D.grad again x |> ignore
                Expect.equal calls 2 "a checkpoint: twice"
            }

            test "a checkpoint of parameters and an input" {
                let ps = Node [ "w", Leaf { Role = Role.Weight; Value = doubles [ 3; 3 ] 2 } ]
                let layer (ps: Params, x: Tensor) = Tensor.tanh (Tensor.matmul (Tree.leaf [ "w" ] ps).Value x)
                let structure = Structure.both Structure.parameters Structure.tensor
                let loss f x = D.gradParams (fun ps -> Tensor.sum (Tensor.square (f (ps, x)))) ps
                Tree.map2 (exact "gradient") (loss layer x) (loss (D.checkpointOf structure layer) x) |> ignore
            }
        ]

let private gradCheck =
    testList
        "GradCheck"
        [
            test "smooth functions pass to order 4" {
                Expect.isTrue (GradCheck.passes 1e-6 4 (Key.ofSeed 2) (Tensor.sin >> Tensor.exp) x) "exp ∘ sin"
            }

            test "a wrong rule is found at the order where it is wrong" {
                let check f =
                    GradCheck.compare 3 (Key.ofSeed 3) f x |> List.filter (fun c -> c.Error > 1e-3) |> List.map _.Order

                let wrong = D.custom Tensor.exp (fun _ y c -> 1.01 * y * c)
                Expect.contains (check wrong) 1 "order 1"
                // Right once, but constant to the next derivative.
                let once = D.custom Tensor.exp (fun x _ c -> Tensor.stopGradient (Tensor.exp x) * c)
                Expect.equal (check once |> List.tryHead) (Some 2) "order 2"
                Expect.isEmpty (check ownExp) "none"
            }

            test "numerical derivatives of float32 use its own step" {
                let x = Tensor.cast Dtype.Float32 x
                let g = D.numgrad (Tensor.exp >> Tensor.sum) x
                Expect.equal g.Dtype Dtype.Float32 "the dtype"
                expectClose 2e-3 "exp" (Tensor.toDoubles (Tensor.exp x)) (Tensor.toDoubles g)
            }

            test "numgradv and numjacobianv along vectors of any length" {
                for scale in [ 1e-6; 1.0; 1e6 ] do
                    let found = D.numgradv (Tensor.exp >> Tensor.sum) x (scale * x)

                    expectClose
                        1e-7
                        $"times {scale}"
                        [| Tensor.toFloat (Tensor.sum (Tensor.exp x * x)) |]
                        [| Tensor.toFloat found / scale |]
            }

            test "functions that give null are refused by name" {
                let x = Tensor.ones [ 2 ]
                let nothing: Tensor = Unchecked.defaultof<Tensor>
                let total (f: Tensor -> Tensor) = D.grad (f >> Tensor.sum) x |> ignore

                let refused (name: string) call =
                    let error = raised<ArgumentException> call
                    Expect.stringContains error.Message "null" name
                    Expect.equal error.ParamName name "the function"

                refused "vjp" (fun () -> total (D.custom Tensor.exp (fun _ _ _ -> nothing)))
                refused "f" (fun () -> D.custom (fun _ -> nothing) (fun _ _ c -> c) x |> ignore)
                let pair = D.customOf Structure.pair (fun (a, b) -> a * b) (fun _ _ c -> c, nothing)
                refused "vjp" (fun () -> total (fun x -> pair (x, x)))
                let array = D.customOf Structure.array (fun xs -> xs[0]) (fun _ _ _ -> Unchecked.defaultof<Tensor[]>)
                refused "vjp" (fun () -> total (fun x -> array [| x |]))

                refused "vjp" (fun () ->
                    total (fun x -> CSharp.Differentiation.Custom((fun x -> Tensor.exp x), (fun _ _ _ -> nothing), x)))
            }

            test "what cannot be checked is refused" {
                let key = Key.ofSeed 1

                expectError<ArgumentException> [ "float64" ] (fun () ->
                    GradCheck.compare 1 key Tensor.exp (Tensor.ones [ 2 ]) |> ignore)

                expectError<ArgumentException> [ "order"; "0" ] (fun () ->
                    GradCheck.compare 0 key Tensor.exp x |> ignore)

                expectError<ArgumentException> [ "numerical"; "int64" ] (fun () ->
                    D.numgrad Tensor.sum (Tensor.ofInts [ 1 ]) |> ignore)
            }
        ]

let all = testList "custom" [ tests; gradCheck ]
