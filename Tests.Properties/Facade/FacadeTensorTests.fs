/// Tensors and random numbers, as C# calls them: the same bits as F#'s functions give.
module FacadeTensorTests

open System
open System.Reflection
open Expecto
open Functional
open Functional.FSharp
open Support

type private Make = CSharp.Tensors
type private X = CSharp.TensorExtensions
type private K = CSharp.KeyExtensions

let private key = Key.ofSeed 4
let private x = lazy Random.normal [ 2; 3 ] key
let private y = lazy Random.normal [ 2; 3 ] (Key.child 1 key)
let private row = lazy Tensor.ofArray [ 1; 3 ] [| 1f; 2f; 3f |]
let private labels = lazy Tensor.ofInts [ 2; 0; 1 ]

// Each function of C# beside F#'s, with the same arguments.
let private making: (string * (unit -> Tensor) * (unit -> Tensor)) list =
    let signed name (csharp: Tensor -> Tensor) fsharp = name, (fun () -> csharp x.Value), (fun () -> fsharp x.Value)

    let binary name (csharp: Tensor * Tensor -> Tensor) (fsharp: Tensor -> Tensor -> Tensor) =
        name, (fun () -> csharp (x.Value, y.Value)), (fun () -> fsharp x.Value y.Value)

    let drawn name (csharp: Dtype -> Tensor) (fsharp: Dtype -> int seq -> Key -> Tensor) (shape: int list) =
        name, (fun () -> csharp Dtype.Float64), (fun () -> fsharp Dtype.Float64 shape key)

    [
        binary "Matmul" (fun (a, b) -> X.Matmul(a, X.Transpose(b, 0, 1))) (fun a b ->
            Tensor.matmul a (Tensor.transpose 0 1 b))
        binary "Dot" (fun (a, b) -> X.Dot(X.Reshape(a, -1), X.Reshape(b, 6))) (fun a b ->
            Tensor.dot (Tensor.reshape [ 6 ] a) (Tensor.reshape [ -1 ] b))
        signed "Reshape" (fun x -> X.Reshape(x, 3, -1)) (Tensor.reshape [ 3; 2 ])
        signed "Transpose" (fun x -> X.Transpose(x, 0, 1)) (Tensor.transpose 0 1)
        signed "Permute" (fun x -> X.Permute(x, 1, 0)) (Tensor.permute [ 1; 0 ])
        "Expand", (fun () -> X.Expand(row.Value, 4, 3)), (fun () -> Tensor.expand [ 4; 3 ] row.Value)
        "Squeeze", (fun () -> X.Squeeze(row.Value, 0)), (fun () -> Tensor.squeeze 0 row.Value)
        signed "Unsqueeze" (fun x -> X.Unsqueeze(x, 1)) (Tensor.unsqueeze 1)
        signed "Flip" (fun x -> X.Flip(x, 1)) (Tensor.flip [ 1 ])
        signed "Slice" (fun x -> X.Slice(x, 1, 1, 3)) (Tensor.slice 1 1 3)
        signed "IndexSelect" (fun x -> X.IndexSelect(x, 1, labels.Value)) (Tensor.indexSelect 1 labels.Value)
        signed
            "Gather"
            (fun x -> X.Gather(x, 0, Tensor.ofLongs [ 1; 3 ] [| 1L; 0L; 1L |]))
            (Tensor.gather 0 (Tensor.ofLongs [ 1; 3 ] [| 1L; 0L; 1L |]))
        signed "Cast" (fun x -> X.Cast(x, Dtype.Float64)) (Tensor.cast Dtype.Float64)
        signed "Move" (fun x -> X.Move(x, Device.Cpu)) (Tensor.move Device.Cpu)
        signed "StopGradient" X.StopGradient Tensor.stopGradient
        signed "Keep" X.Keep Tensor.keep
        signed "ZerosLike" X.ZerosLike Tensor.zerosLike
        signed "OnesLike" X.OnesLike Tensor.onesLike

        "Zeros", (fun () -> Make.Zeros(Dtype.Int64, 2, 3)), (fun () -> Tensor.zerosOf Dtype.Int64 [ 2; 3 ])
        "Full", (fun () -> Make.Full(0.1, 3, 2)), (fun () -> Tensor.full [ 3; 2 ] 0.1)
        "Scalar", (fun () -> Make.Scalar 0.1), (fun () -> Tensor.scalar 0.1)
        "Arange", (fun () -> Make.Arange 5), (fun () -> Tensor.arange 5)
        "From", (fun () -> Make.From([| 1f; 2f |], 1, 2)), (fun () -> Tensor.ofArray [ 1; 2 ] [| 1f; 2f |])
        "From", (fun () -> Make.From([| 1.5; 2.5 |], 2, 1)), (fun () -> Tensor.ofDoubles [ 2; 1 ] [| 1.5; 2.5 |])
        "From", (fun () -> Make.From([| 1L; 2L |], 2)), (fun () -> Tensor.ofLongs [ 2 ] [| 1L; 2L |])
        "From", (fun () -> Make.From([| 1uy; 255uy |], 2)), (fun () -> Tensor.ofBytes [ 2 ] [| 1uy; 255uy |])
        "Vector", (fun () -> Make.Vector [ 0.1; 0.2 ]), (fun () -> Tensor.ofSeq [ 0.1; 0.2 ])
        "Labels", (fun () -> Make.Labels [ 3; 1 ]), (fun () -> Tensor.ofInts [ 3; 1 ])
        binary "Cat" (fun (a, b) -> Make.Cat(1, [ a; b ])) (fun a b -> Tensor.cat 1 [ a; b ])
        binary "Stack" (fun (a, b) -> Make.Stack(1, [ a; b ])) (fun a b -> Tensor.stack 1 [ a; b ])

        "Uniform", (fun () -> K.Uniform(key, 3, 2)), (fun () -> Random.uniform [ 3; 2 ] key)
        "Normal", (fun () -> K.Normal(key, 5)), (fun () -> Random.normal [ 5 ] key)
        "Bernoulli", (fun () -> K.Bernoulli(key, 0.3, 9)), (fun () -> Random.bernoulli 0.3 [ 9 ] key)
        "Bernoulli", (fun () -> K.Bernoulli(key, Make.Full(0.3, 9))), (fun () -> Random.bernoulli 0.3 [ 9 ] key)
        drawn "Uniform" (fun dtype -> K.Uniform(key, dtype, 3, 2)) Random.uniformOf [ 3; 2 ]
        drawn "Normal" (fun dtype -> K.Normal(key, dtype, 5)) Random.normalOf [ 5 ]
        "TruncatedNormal",
        (fun () -> K.TruncatedNormal(key, -1.0, 2.0, 4)),
        (fun () -> Random.truncatedNormal -1.0 2.0 [ 4 ] key)
        drawn
            "TruncatedNormal"
            (fun dtype -> K.TruncatedNormal(key, dtype, -1.0, 2.0, 4))
            (fun dtype -> Random.truncatedNormalOf dtype -1.0 2.0)
            [ 4 ]
        "Exponential", (fun () -> K.Exponential(key, 3, 2)), (fun () -> Random.exponential [ 3; 2 ] key)
        drawn "Exponential" (fun dtype -> K.Exponential(key, dtype, 3, 2)) Random.exponentialOf [ 3; 2 ]
        "Laplace", (fun () -> K.Laplace(key, 3, 2)), (fun () -> Random.laplace [ 3; 2 ] key)
        drawn "Laplace" (fun dtype -> K.Laplace(key, dtype, 3, 2)) Random.laplaceOf [ 3; 2 ]
        "Gumbel", (fun () -> K.Gumbel(key, 3, 2)), (fun () -> Random.gumbel [ 3; 2 ] key)
        drawn "Gumbel" (fun dtype -> K.Gumbel(key, dtype, 3, 2)) Random.gumbelOf [ 3; 2 ]
        "Gamma", (fun () -> K.Gamma(key, 2.5, 3, 2)), (fun () -> Random.gamma 2.5 [ 3; 2 ] key)
        drawn "Gamma" (fun dtype -> K.Gamma(key, dtype, 0.5, 4)) (fun dtype -> Random.gammaOf dtype 0.5) [ 4 ]
        "Beta", (fun () -> K.Beta(key, 2.0, 3.0, 4)), (fun () -> Random.beta 2.0 3.0 [ 4 ] key)
        drawn "Beta" (fun dtype -> K.Beta(key, dtype, 2.0, 3.0, 4)) (fun dtype -> Random.betaOf dtype 2.0 3.0) [ 4 ]
        "Categorical", (fun () -> K.Categorical(key, x.Value)), (fun () -> Random.categorical x.Value key)
        "Integers", (fun () -> K.Integers(key, -3L, 9L, 5)), (fun () -> Random.integers -3L 9L [ 5 ] key)
        signed "IntegersLike" (fun x -> K.IntegersLike(key, -3L, 9L, x)) (fun x -> Random.integersLike -3L 9L x key)
        signed "UniformLike" (fun x -> K.UniformLike(key, x)) (fun x -> Random.uniformLike x key)
        signed "NormalLike" (fun x -> K.NormalLike(key, x)) (fun x -> Random.normalLike x key)
    ]

let private table = making @ FacadeFunctionTable.table

// Functions that give no tensor; the tests below call them.
let private others =
    [
        "ToArray"
        "ToDoubles"
        "ToLongs"
        "ToBytes"
        "ToDouble"
        "SameBits"
        "AllClose"
        "Child"
        "Split"
        "Stream"
        "BitsAt"
        "Permutation"
        "Choice"
    ]

let private index (i: int) : Slice = Slice.op_Implicit i
let private fromEnd (i: int) : Slice = Slice.op_Implicit (Index(i, true))
let private range (first: int) (last: Index) : Slice = Slice.op_Implicit (Range(Index first, last))

let tests =
    testList
        "facade tensors"
        [
            for number, (name, csharp, fsharp) in List.indexed (table @ FacadeShapeRows.table @ FacadeLinearRows.table) do
                test $"{name} ({number})" { expectSame name (fsharp ()) (csharp ()) }

            test "the table and the tests beside it name each function of tensors and keys" {
                let named =
                    Set.ofList (
                        [ for name, _, _ in table @ FacadeShapeRows.table @ FacadeLinearRows.table -> name ]
                        @ others
                        @ FacadeShapeRows.others
                    )

                for t in [ typeof<Make>; typeof<X>; typeof<K> ] do
                    for m in t.GetMethods(BindingFlags.Public ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly) do
                        Expect.isTrue (named.Contains m.Name) $"{t.Name}.{m.Name} has a row"
            }

            test "numbers leave a tensor as they entered it" {
                let x = x.Value
                Expect.equal (X.ToArray x) (Tensor.toArray x) "float32"
                Expect.equal (X.ToDoubles x) (Tensor.toDoubles x) "float64"
                Expect.equal (X.ToLongs(Make.Labels [ 3; -1 ])) [| 3L; -1L |] "int64"
                Expect.equal (X.ToBytes(Make.From([| 7uy; 255uy |], 2))) [| 7uy; 255uy |] "bytes"
                Expect.equal (X.ToDouble(Make.Scalar 0.5)) 0.5 "a number"
                Expect.isTrue (X.SameBits(x, x) && not (X.SameBits(x, y.Value))) "the same bits"
                Expect.isFalse (X.SameBits(x, X.Cast(x, Dtype.Float64))) "another dtype"

                Expect.isTrue
                    (X.AllClose(x, x + 1e-4, 0.0, 1e-3) && not (X.AllClose(x, x + 1e-2, 0.0, 1e-3)))
                    "absolute"

                Expect.isTrue
                    (X.AllClose(x, x * 1.001, 0.01, 0.0) && not (X.AllClose(x, x * 1.1, 0.01, 0.0)))
                    "relative"
            }

            test "keys: children, numbers and permutations" {
                Expect.equal (K.Child(key, 3)) (Key.child 3 key) "child"
                Expect.equal (K.Split key) (Key.split key) "split"
                Expect.equal (List.ofSeq (Seq.truncate 4 (K.Stream key))) [ for i in 0..3 -> Key.child i key ] "stream"
                Expect.equal (K.BitsAt(key, 5)) (Key.bits 5 key) "bits"
                Expect.equal (K.Permutation(key, 20)) (Random.permutation 20 key) "permutation"
                Expect.equal (K.Choice(key, 5, 20)) (Random.choice 5 20 key) "choice"
            }

            test "indices and ranges: x[1], x[^1], x[.., 1], x[1.., ..^1], every other column" {
                let x = Tensor.ofArray [ 3; 4 ] (Array.init 12 float32)
                let all = range 0 Index.End
                Expect.equal (X.ToArray(x[index 1])) [| 4f; 5f; 6f; 7f |] "x[1]"
                Expect.equal (X.ToArray(x[fromEnd 1])) [| 8f; 9f; 10f; 11f |] "x[^1]"
                Expect.equal (X.ToArray(x[index -1])) [| 8f; 9f; 10f; 11f |] "x[-1]"
                Expect.equal (X.ToArray(x[all, index 1])) [| 1f; 5f; 9f |] "x[.., 1]"

                Expect.equal
                    (X.ToArray(x[range 1 Index.End, range 0 (Index(1, true))]))
                    [| 4f; 5f; 6f; 8f; 9f; 10f |]
                    "x[1.., ..^1]"

                Expect.equal x[range 1 Index.End, range 0 (Index(1, true))].Shape [| 2; 3 |] "ranges keep their axes"
                Expect.equal (X.ToArray(x[index 0, Slice.Between(Range.All, 2)])) [| 0f; 2f |] "steps of two"
                Expect.equal (X.ToDouble(x[index 2, fromEnd 1])) 11.0 "one element"
                Expect.equal x[index 2, fromEnd 1].Rank 0 "without axes"
            }

            test "operators and numbers" {
                let a, b = x.Value, y.Value
                let number = Tensor.ofDoubles [] [| 2.0 |] |> Tensor.cast Dtype.Float32
                expectSame "a + 2" (a + number) (Tensor.op_Addition (a, 2.0))
                expectSame "2 - a" (number - a) (Tensor.op_Subtraction (2.0, a))
                expectSame "2·a" (a * number) (Tensor.op_Multiply (2.0, a))
                expectSame "2 / a" (number / a) (Tensor.op_Division (2.0, a))
                expectSame "-a" (Tensor.zerosLike a - a) (Tensor.op_UnaryNegation a)
                expectSame "(a - b)/b" ((a - b) / b) (Tensor.op_Division (Tensor.op_Subtraction (a, b), b))
                expectSame "ones" (Tensor.ones [ 2; 2 ]) (Tensor.Ones(2, 2))
                expectSame "zeros" (Tensor.zeros [ 3 ]) (Tensor.Zeros 3)
            }

            test "scopes free what they made, but not their result nor what is kept" {
                let mutable inside, kept = Tensor.Ones 1, Tensor.Ones 1

                let result =
                    CSharp.Scopes.Tensor(fun () ->
                        inside <- x.Value + 1.0
                        kept <- X.Keep(x.Value + 2.0)
                        inside * 2.0)

                expectError<ObjectDisposedException> [ "Keep in C#" ] (fun () -> X.Exp inside |> ignore)
                expectSame "the result" ((x.Value + 1.0) * 2.0) result
                expectSame "what is kept" (x.Value + 2.0) kept

                let number =
                    CSharp.Scopes.Value(fun () ->
                        inside <- Tensor.Ones 3
                        X.ToDouble(X.Sum inside))

                Expect.equal number 3.0 "a value"
                expectError<ObjectDisposedException> [] (fun () -> X.Exp inside |> ignore)

                let struct (a, b) =
                    CSharp.Scopes.Run(
                        (fun (struct (a, _)) -> Seq.singleton a),
                        (fun () -> struct (Tensor.Ones 2, Tensor.Ones 2))
                    )

                Expect.equal (X.ToArray a) [| 1f; 1f |] "held"
                expectError<ObjectDisposedException> [] (fun () -> X.Exp b |> ignore)
            }
        ]
